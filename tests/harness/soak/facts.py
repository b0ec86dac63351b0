"""Events that only the harness stores, and a consumer of its own that counts what it was given."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.kernel.base import Event
from domain.kernel.personal import PersonalOfSubject
from mediation.store.follow import progress
from mediation.store.follow.catch_up import Source
from mediation.store.log.recorded import Recorded
from projections.caseload import CASELOAD
from projections.view import View


class Ticked(Event, kind="TestTicked", stream="conversation"):
    """The `i`-th fact of act `n` of a writer. Some carry a text that must be sealed."""

    writer: int
    n: int
    i: int
    subject: UUID
    said: PersonalOfSubject | None = None


class Venom(Event, kind="TestVenom", stream="conversation"):
    """A fact that the poisoned tally cannot fold."""

    writer: int
    n: int
    i: int


class Poisoned(Exception):
    """The error that a mistake in a view would raise."""


_TABLE = """CREATE TABLE IF NOT EXISTS {} (subject uuid PRIMARY KEY, facts bigint NOT NULL, total numeric NOT NULL,
squares numeric NOT NULL, first bigint NOT NULL, last bigint NOT NULL, disorder bigint NOT NULL)"""

_COUNT = """INSERT INTO {} AS t (subject, facts, total, squares, first, last, disorder)
SELECT * FROM unnest(%b::uuid[], %b::bigint[], %b::numeric[], %b::numeric[], %b::bigint[], %b::bigint[], %b::bigint[])
ON CONFLICT (subject) DO UPDATE SET facts = t.facts + excluded.facts, total = t.total + excluded.total,
  squares = t.squares + excluded.squares, last = excluded.last,
  disorder = t.disorder + excluded.disorder + (t.last >= excluded.first)::int"""


@dataclass
class Count:
    """The positions that were given: their number, sum and sum of squares, the first, the last, and how often one did
    not grow."""

    positions: list[int] = field(default_factory=list)

    def row(self, subject: UUID) -> tuple[UUID, int, int, int, int, int, int]:
        given = self.positions
        disorder = sum(later <= earlier for earlier, later in pairwise(given))
        return subject, len(given), sum(given), sum(p * p for p in given), given[0], given[-1], disorder


class Tally:
    """Keeps one row for each subject. The row shows events that were missed, doubled or out of order."""

    concerns = None

    def __init__(self, *, version: int = 1, poisoned: bool = False) -> None:
        self.name = f"tally@{version}"
        self.table = f"tally_{version}"
        self._poisoned = poisoned

    async def create(self, connection: AsyncConnection) -> None:
        await connection.execute(_TABLE.format(self.table))

    async def apply(self, connection: AsyncConnection, batch: Sequence[Recorded]) -> None:
        counts: dict[UUID, Count] = {}
        for recorded in batch:
            if self._poisoned and isinstance(recorded.event, Venom):
                raise Poisoned
            counts.setdefault(recorded.subject, Count()).positions.append(recorded.position)
        columns: list[Any] = [list(c) for c in zip(*(count.row(s) for s, count in counts.items()), strict=True)]
        await connection.execute(_COUNT.format(self.table).encode(), columns)

    async def start_over(self, log: Source, pool: AsyncConnectionPool[AsyncConnection]) -> None:
        async with pool.connection() as connection, connection.transaction():
            await progress.start_over(connection, self.name, [self.table])


def poisoned_caseload() -> View[Any]:
    """The engine's caseload view, with a mistake: it fails on the response in some disputes. See `checks.POISONED`."""

    def fold(rows: Any, recorded: Recorded) -> Any:
        dispute = recorded.dispute_id
        if recorded.kind == "ResponseGiven" and dispute is not None and dispute.bytes[0] < 8:
            raise Poisoned
        return CASELOAD.fold(rows, recorded)

    return replace(CASELOAD, fold=fold)
