"""A payment provider to try things on, and the gateway that asks it. No money moves here.

`provider.py` is the provider: a small HTTP service of its own, with a store of its own (`store.py`). It behaves as a good
provider does, honours idempotency keys and signs its notices, until it is told not to. `gateway.py` is the engine's side of it.
"""
