"""The ruling, its co-signature and its appeal."""
