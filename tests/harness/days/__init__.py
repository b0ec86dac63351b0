"""How many calls, and how many bytes, a day at a desk takes."""
