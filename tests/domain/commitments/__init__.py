"""Law reports of `domain/commitments`."""
