"""The state machine: whole disputes played by chance, and what must hold in each."""
