from tests.api.conftest import at_home, shared_database

__all__ = ["at_home", "shared_database"]
