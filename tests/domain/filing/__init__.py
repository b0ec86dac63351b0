"""Law reports of `domain/filing`."""
