"""Law reports of `domain/notices`."""
