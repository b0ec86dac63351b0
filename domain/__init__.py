"""The rules of a dispute: commands, events, state, deciders. No clock, no randomness, no I/O, no framework."""
