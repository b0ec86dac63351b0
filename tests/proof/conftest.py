from tests.store.conftest import codec, key_pool, keys, log, pool

__all__ = ["codec", "key_pool", "keys", "log", "pool"]
