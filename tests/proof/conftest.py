from tests.store.conftest import codec, database, key_pool, keys, log, pool

__all__ = ["codec", "database", "key_pool", "keys", "log", "pool"]
