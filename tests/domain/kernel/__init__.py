"""Law reports of `domain/kernel`."""
