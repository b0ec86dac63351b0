"""What the `eventsourcing` library is given of the engine."""
