"""What the engine read in the files of a dispute's exhibits, one row for each reading. The texts are sealed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from domain.evidence.machine_reading_facts import FileNotRead, TextFound
from mediation.store.log.recorded import Recorded
from projections.lives import Asked
from projections.paging import Where, select
from projections.table import Doc, Pool
from projections.view import Rows, View, kinds


@dataclass(frozen=True, kw_only=True)
class MachineReading:
    """`source` is the keyed hash of the file, its author and the dispute. `found` is a
    `domain.evidence.machine_reading_facts.TextFound` in JSON, sealed; None if the file was not read, for the reason `why`.
    """

    reading_id: UUID
    marketplace: str
    dispute_id: UUID
    exhibit: int
    source: str
    found: Doc | None
    why: str | None
    made_at: datetime
    recorded_at: datetime


_Event: TypeAlias = TextFound | FileNotRead


def _fold(rows: Rows[MachineReading], recorded: Recorded) -> Iterable[MachineReading]:
    event = recorded.event
    assert isinstance(event, _Event), "a fact that this view concerns"
    assert recorded.dispute_id is not None, "a conversation belongs to a dispute"
    return [
        MachineReading(
            reading_id=event.reading_id,
            marketplace=recorded.marketplace,
            dispute_id=recorded.dispute_id,
            exhibit=event.exhibit,
            source=event.source,
            found=event.model_dump(mode="json") if isinstance(event, TextFound) else None,
            why=event.why if isinstance(event, FileNotRead) else None,
            made_at=recorded.occurred_at,
            recorded_at=recorded.recorded_at,
        )
    ]


MACHINE_READINGS = View(
    title="machine_readings",
    version=1,
    row=MachineReading,
    key=("reading_id",),
    concerns=kinds(TextFound, FileNotRead),
    fold=_fold,
    indexes=("(dispute_id, exhibit)",),
)


async def machine_reading(
    pool: Pool, marketplace: str, dispute_id: UUID, *, exhibit: int, source: str | None, asked: Asked
) -> MachineReading | None:
    """The last reading of an exhibit's file, or of the same file in another exhibit of its author. One that failed counts only
    if no other did not. None if the file was not read.
    """
    where = Where()
    where.equal(marketplace=marketplace, dispute_id=dispute_id)
    where.add("(exhibit = %s OR source = %s)", exhibit, source)
    if asked.as_of is not None:
        where.add("made_at <= %s", asked.as_of)
    if asked.known_at is not None:
        where.add("recorded_at <= %s", asked.known_at)
    view = MACHINE_READINGS
    newest = "ORDER BY why IS NULL DESC, recorded_at DESC LIMIT 1"
    found = await select(
        pool, view, f"SELECT {view.selected} FROM {view.table} WHERE {where.sql} {newest}", where.values
    )
    return found[0] if found else None
