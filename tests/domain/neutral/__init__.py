"""Law reports of `domain/neutral`."""
