"""Who owes what by when: how a commitment is made, kept, waived, replaced, broken and reminded of."""
