"""Commitments: made, kept, waived, replaced, listed."""
