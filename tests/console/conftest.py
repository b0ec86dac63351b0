from tests.api.conftest import shared_database

__all__ = ["shared_database"]
