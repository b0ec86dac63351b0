import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import settings

from tests import today
from tests.postgres import Servers

settings.register_profile("patient", deadline=None)  # beside servers that start, anything takes 200 ms now and then
settings.load_profile("patient")

# A shell starts its background jobs with Ctrl-C ignored, and so would the programs be that the tests start and stop by it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

MEMORY = Path("/dev/shm")
ROOM = 6 * 2**30
"""Bytes. A whole run takes a sixth of that."""


def _has_room() -> bool:
    if not os.access(MEMORY, os.W_OK) or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return False
    free = psutil.virtual_memory().available
    return min(shutil.disk_usage(MEMORY).free, free) > ROOM


# The programs that the tests start, some hundred times, find the modules compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Temporary folders, those of servers among them, lie in memory where there is room: a new database then takes 50 ms, not 400.
if "TMPDIR" not in os.environ and _has_room():
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def pytest_report_header() -> str | None:
    return f"engines take it to be {today.now():%A, %Y-%m-%d %H:%M} UTC" if today.AHEAD else None


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    running = Servers()
    yield running
    running.close()


@pytest.fixture
def database(request: pytest.FixtureRequest, servers: Servers) -> Iterator[str]:
    """How to reach a new, migrated, empty database: on PostgreSQL 18, and with `each_version` once on each."""
    with servers.fresh(getattr(request, "param", "18")) as conninfo:
        yield conninfo


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones come first: they wait more than they work, and nothing is left to wait for at the end."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)
