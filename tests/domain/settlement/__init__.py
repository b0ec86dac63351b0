"""Law reports of `domain/settlement`."""
