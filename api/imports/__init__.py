"""Past cases as data: each act with the instant at which it happened."""
