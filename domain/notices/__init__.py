"""How a party is told outside of the engine: notices, and who owes it to reach somebody whom none reached."""
