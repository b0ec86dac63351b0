"""Where it is measured: one PostgreSQL 18 as the engine ships it, everything at its default, `fsync` on."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from shutil import rmtree

import psycopg
from psycopg import sql

from mediation.store.embedded.server import DATABASE, Server


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done: `rounds` of `seconds` each, on logs of `events`; the curve over the log's size goes through
    `sizes`, `sealed` events are sealed and verified, and so many deadlines are `due` at one instant."""

    rounds: int
    seconds: float
    events: int
    sizes: tuple[int, ...]
    writers: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64, 128, 256)
    workers: tuple[int, ...] = (1, 2, 3, 4, 6)
    sealed: int = 1_000_000
    due: tuple[int, int] = (500, 5_000)


DEFAULT = Effort(rounds=5, seconds=3.0, events=20_000, sizes=(10_000, 100_000, 400_000))
LONG = replace(DEFAULT, sizes=(10_000, 100_000, 1_000_000, 2_000_000))
QUICK = Effort(
    rounds=1,
    seconds=1.0,
    events=3_000,
    sizes=(3_000, 10_000),
    writers=(1, 32),
    workers=(1, 2),
    sealed=10_000,
    due=(100, 500),
)
SMOKE = Effort(rounds=1, seconds=0.2, events=150, sizes=(200,), writers=(2,), workers=(1,), sealed=200, due=(3, 5))
"""Only to see that every benchmark still runs."""


class Bench:
    """A server and how much is asked of it."""

    def __init__(self, server: Server, effort: Effort) -> None:
        self.server = server
        self.effort = effort
        self._numbers = count(1)

    @contextmanager
    def database(self, template: str = DATABASE) -> Iterator[str]:
        """How to reach a copy of a database, which is dropped afterwards; that of the migrated, empty one, unless told."""
        name = f"bench_{next(self._numbers)}"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        with psycopg.connect(self.server.conninfo_of("postgres"), autocommit=True) as conn:
            conn.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
            conn.execute("CHECKPOINT")  # nobody pays for what others have written before
            try:
                yield self.server.conninfo_of(name)
            finally:
                conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def bench(effort: Effort) -> Iterator[Bench]:
    """With a server of its own."""
    data_dir = Path(tempfile.mkdtemp(prefix="mediation-bench-"))
    try:
        with Server(data_dir) as server:
            yield Bench(server, effort)
    finally:
        rmtree(data_dir, ignore_errors=True)


def name_of(conninfo: str) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(conninfo)["dbname"])
