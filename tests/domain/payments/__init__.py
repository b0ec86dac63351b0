"""Law reports of `domain/payments`."""
