"""A payment provider for trials, and the gateway that asks it. No money moves here.

`provider.py` is the provider: a small HTTP service with a store of its own (`store.py`). By default it behaves well,
honours idempotency keys and signs its notices; it can be told to make faults. `gateway.py` is the engine's side.
"""
