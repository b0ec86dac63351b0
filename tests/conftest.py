import gc
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

settings.register_profile("patient", deadline=None)  # while servers start in parallel, anything may take 200 ms
settings.load_profile("patient")

# A shell starts background jobs with Ctrl-C ignored. Programs that the tests start would inherit that, and could not be
# stopped.
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


# The tests start some hundred programs, which find the modules compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Temporary folders, also those of servers, are in memory where there is room: a new database then takes 50 ms, not 400.
if "TMPDIR" not in os.environ and _has_room():
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


# Nothing of what is imported and collected is garbage: looking for it takes a quarter of that time.
gc.disable()


def pytest_collection_finish() -> None:
    """From here on garbage is looked for as `mediation serve` does, and among what is made from now on."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


def pytest_report_header() -> str | None:
    return f"engines take it to be {today.now():%A, %Y-%m-%d %H:%M} UTC" if today.AHEAD else None


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    running = Servers()
    yield running
    running.close()


@pytest.fixture
def database(request: pytest.FixtureRequest, servers: Servers) -> Iterator[str]:
    """The conninfo of a new, migrated, empty database: on PostgreSQL 18, and with `each_version` once on each version."""
    with servers.fresh(getattr(request, "param", "18")) as conninfo:
        yield conninfo


@pytest.fixture(scope="module")
def shared_database(servers: Servers) -> Iterator[str]:
    """The same on PostgreSQL 18, for all tests of a module."""
    with servers.fresh("18") as conninfo:
        yield conninfo


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long tests come first. They mostly wait, so that nothing is left to wait for at the end."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)
