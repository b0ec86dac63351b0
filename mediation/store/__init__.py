"""The event log on PostgreSQL, the keys that seal it, and the consumers that read it in order."""
