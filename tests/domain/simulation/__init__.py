"""Law reports of `domain/policy`."""
