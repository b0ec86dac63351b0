"""The event log on PostgreSQL, the keys it is sealed with, and reading it in order."""
