"""Real PostgreSQL servers for the tests: 18 as the engine ships it, 15 as in Debian 12. A missing one is a failure.

Each test process starts its own servers when they are needed, and copies a migrated database for every test.
"""

import asyncio
import fcntl
import os
import shutil
import subprocess
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

VERSIONS = ("18", "15")
each_version = pytest.mark.parametrize("database", VERSIONS, indirect=True)
"""For tests of SQL: on each version of PostgreSQL."""
VOLATILE: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""No test of these servers cuts the power. Those that do (`tests/store/test_server.py`) start their own."""

INSTALLED_15 = Path("/usr/lib/postgresql/15")
CACHE = Path("/var/cache/mediation-engine") if os.geteuid() == 0 else Path(__file__).parents[1] / ".data"
"""Where a package is unpacked. For root it is outside the checkout, which the servers' account may not be able to enter."""


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
    root = CACHE / "postgresql-15"
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "postgresql-15.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.exists():
            unpack("postgresql-15", root)
    libraries = {str(file.parent) for file in root.glob("**/*-linux-gnu*/*.so*")}
    return root / INSTALLED_15.relative_to("/"), {"LD_LIBRARY_PATH": os.pathsep.join(sorted(libraries))}


def unpack(package: str, root: Path) -> None:
    """Unpacks Debian's package, and libraries that this machine lacks, into a folder. Installs nothing.

    apt works on its own state, so no rights are needed, and the machine's package lists stay unchanged.
    """
    with tempfile.TemporaryDirectory(dir=root.parent) as temporary:
        work = Path(temporary)
        for folder in ("lists/partial", "cache/archives/partial", "debs", "tree"):
            (work / folder).mkdir(parents=True)
        options = {"Dir::State::lists": work / "lists", "Dir::Cache": work / "cache", "APT::Sandbox::User": "root"}
        apt = ["apt-get", "-q", *(f"-o{name}={value}" for name, value in options.items())]
        _run([*apt, "update"], work)
        plan = _run([*apt, "--simulate", "--no-install-recommends", "install", package], work)
        wanted = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
        libraries = [name for name in wanted if name.startswith("lib") and not name.startswith(("libllvm", "libperl"))]
        _run([*apt, "download", package, *libraries], work / "debs")
        for deb in (work / "debs").iterdir():
            _run(["dpkg-deb", "--extract", str(deb), str(work / "tree")], work)
        (work / "tree").chmod(0o755)
        (work / "tree").rename(root)


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(
            f"the tests need PostgreSQL 15, and Debian's package could not be had; install postgresql-15, or see why "
            f"`{' '.join(command)}` failed:\n{done.stderr}"
        )
    return done.stdout
