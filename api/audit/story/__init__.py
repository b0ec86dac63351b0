"""One dispute, told in words."""
