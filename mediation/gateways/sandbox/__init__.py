"""A payment provider to try things on: a small HTTP service of its own, with a store of its own. No money moves here.

It behaves as a good provider does, honours idempotency keys and signs its notices, until it is told not to.
"""
