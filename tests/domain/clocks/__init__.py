"""Law reports of `domain/clocks`."""
