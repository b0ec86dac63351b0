"""Commitments: the acts on them, and the lists of them."""
