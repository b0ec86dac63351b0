"""Law reports of `domain/privacy`."""
