"""Access to the engine for users of the `eventsourcing` library."""
