"""Law reports of `domain/incidents`."""
