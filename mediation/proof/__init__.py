"""Proves that nobody changed the log: a Merkle tree over it, signed checkpoints, and a verifier that needs no server."""
