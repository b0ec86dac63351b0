from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import today
from tests.postgres import VERSIONS, Servers

settings.register_profile("patient", deadline=None)  # beside servers that start, anything takes 200 ms now and then
settings.load_profile("patient")


def pytest_report_header() -> str | None:
    return f"engines take it to be {today.now():%A, %Y-%m-%d %H:%M} UTC" if today.AHEAD else None


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    running = Servers()
    yield running
    running.close()


@pytest.fixture(params=VERSIONS)
def database(request: pytest.FixtureRequest, servers: Servers) -> Iterator[str]:
    """How to reach a new, migrated, empty database; the test runs once on each version of PostgreSQL."""
    with servers.fresh(request.param) as conninfo:
        yield conninfo


@pytest.fixture
def database18(servers: Servers) -> Iterator[str]:
    """The same on PostgreSQL 18 alone, where the version makes no difference."""
    with servers.fresh("18") as conninfo:
        yield conninfo
