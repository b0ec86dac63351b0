"""One dispute: its state, the union of its events, and how each event changes the state."""
