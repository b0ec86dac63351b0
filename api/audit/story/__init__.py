"""One dispute in words."""
