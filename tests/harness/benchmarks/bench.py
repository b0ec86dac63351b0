"""The environment of all measurements: one PostgreSQL 18 as the engine ships it, with default settings and `fsync`
on."""

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
    """The size of a run: `rounds` of `seconds` each, on logs of `events`. The curve over the log's size uses `sizes`;
    `sealed` events are sealed and verified; `due` deadlines fall on one instant; the list holds so many `disputes`, and
    the log of the console a tenth of them, with so many `readers`; each thing is done in the console `turns` times a
    round."""

    rounds: int
    seconds: float
    events: int
    sizes: tuple[int, ...]
    writers: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64, 128, 256)
    workers: tuple[int, ...] = (1, 2, 3, 4, 6)
    sealed: int = 1_000_000
    due: tuple[int, int] = (500, 5_000)
    disputes: int = 1_000_000
    readers: int = 500
    turns: int = 8


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
    disputes=20_000,
    readers=100,
)
SMOKE = Effort(
    rounds=1,
    seconds=0.2,
    events=150,
    sizes=(200,),
    writers=(2,),
    workers=(1,),
    sealed=200,
    due=(3, 5),
    disputes=200,
    readers=20,
    turns=2,
)
"""Only shows that every benchmark still runs."""


class Bench:
    """A server, and the size of the run."""

    def __init__(self, server: Server, effort: Effort) -> None:
        self.server = server
        self.effort = effort
        self._numbers = count(1)

    @contextmanager
    def database(self, template: str = DATABASE) -> Iterator[str]:
        """The connection string of a copy of a database, which is dropped afterwards; by default of the migrated, empty
        one."""
        name = f"bench_{next(self._numbers)}"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        with psycopg.connect(self.server.conninfo_of("postgres"), autocommit=True) as conn:
            conn.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
            conn.execute("CHECKPOINT")  # so that no round pays for the writes of another
            try:
                yield self.server.conninfo_of(name)
            finally:
                conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def bench(effort: Effort) -> Iterator[Bench]:
    """A bench with a server of its own."""
    data_dir = Path(tempfile.mkdtemp(prefix="mediation-bench-"))
    try:
        with Server(data_dir) as server:
            yield Bench(server, effort)
    finally:
        rmtree(data_dir, ignore_errors=True)


def name_of(conninfo: str) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(conninfo)["dbname"])
