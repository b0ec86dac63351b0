from tests.store.conftest import codec, keys, log, pool

__all__ = ["codec", "keys", "log", "pool"]
