"""Real PostgreSQL servers for the tests: 18 as the engine ships it, 15 as in Debian 12. A missing one is a failure.

Each test process starts its own servers when they are needed, and copies a migrated database for every test.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from mediation.store.embedded.server import DATABASE, Server
from mediation.store.postgres.migrate import migrate
from tests import today
from tests.debian import libraries, unpacked

VERSIONS = ("18",) if today.AHEAD else ("18", "15")
"""On another day than today the engine's clock is tried, and one version is enough for that."""
each_version = pytest.mark.parametrize("database", VERSIONS, indirect=True)
"""For tests of SQL: on each version of PostgreSQL."""
VOLATILE: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""No test of these servers cuts the power. Those that do (`tests/store/test_server.py`) start their own."""

INSTALLED_15 = Path("/usr/lib/postgresql/15")


class Servers:
    """The servers of one test process."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._servers: dict[str, Server] = {}
        self._numbers = count(1)

    def close(self) -> None:
        self._open.close()

    def server(self, version: str) -> Server:
        """A running server. Its own database is migrated and stays empty: tests copy it."""
        if version not in self._servers:
            binaries, environment = (None, {}) if version == "18" else debian_15()
            # The account owns the folder itself, directly below a folder that everybody can enter.
            data_dir = Path(tempfile.mkdtemp(prefix=f"mediation-postgresql-{version}-"))
            self._open.callback(shutil.rmtree, data_dir)
            server = Server(data_dir, binaries=binaries, settings=VOLATILE, environment=environment)
            self._servers[version] = self._open.enter_context(server)
            asyncio.run(migrate(server.conninfo))
        return self._servers[version]

    @contextmanager
    def fresh(self, version: str, *, template: str = DATABASE) -> Iterator[str]:
        """The conninfo of a new, migrated, empty database, which is dropped afterwards."""
        server = self.server(version)
        name = f"test_{next(self._numbers)}"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
        with psycopg.connect(server.conninfo_of("postgres"), autocommit=True) as conn:
            conn.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
            yield server.conninfo_of(name)
            conn.execute(drop.format(sql.Identifier(name)))

    @contextmanager
    def empty(self, version: str) -> Iterator[str]:
        """The same without a single table, as the target of a restored dump."""
        with self.fresh(version, template="template0") as conninfo:
            yield conninfo


def debian_15() -> tuple[Path, dict[str, str]]:
    """Debian's installation folder and its environment. It is unpacked first where it isn't installed."""
    if (INSTALLED_15 / "bin" / "postgres").exists():
        return INSTALLED_15, {}
    root = unpacked("postgresql-15")
    return root / INSTALLED_15.relative_to("/"), {"LD_LIBRARY_PATH": libraries(root)}
