"""Law reports of `domain/remedies`."""
