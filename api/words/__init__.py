"""What the engine itself says, in the reader's language: titles of refusals, names of values, the state of a dispute."""
