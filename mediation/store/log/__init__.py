"""The event log: storing facts in batches, reading them back, and their stored form."""
