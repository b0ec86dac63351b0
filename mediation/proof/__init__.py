"""The proof that nobody touched the log: a Merkle tree over it, signed checkpoints, and their verification without any server."""
