"""The PostgreSQL server that the engine starts by itself."""
