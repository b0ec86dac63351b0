"""All facts about one dispute in one document. Each viewer is shown their part of it.

No consumer of the log keeps the stored documents up to date. A reader takes the stored one, folds what was recorded
since, and stores what it made for the next reader. So a read is never behind, and a dispute that nobody looks at costs
nothing. The fields are in `projections.case_document`.

A party's document is made of the facts that the party was told, and of nothing else (`projections.told_facts`).

The fold never refuses. A document as of an instant may hold facts that occurred before facts which they follow in the
log. Then a fact about something that is not there yet changes nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from psycopg.types.json import Jsonb

from domain.course import Fact
from domain.dispute.events import DisputeEvent
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.base import OF_DISPUTE, OnDispute, Stream
from domain.kernel.people import Side
from domain.payments.refund_facts import RefundEvent
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded
from projections.case_document import beginning, filed
from projections.case_story import stories
from projections.paging import select
from projections.table import Doc, Pool, Table
from projections.told_facts import with_late
from projections.view import kinds


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """The document after all facts of the dispute up to `position`. `reader` is the party that it was told to, or `all`."""

    dispute_id: UUID
    reader: str
    marketplace: str
    position: int
    doc: Doc


CASE_FILE = Table(title="case_file", version=17, row=CaseFile, key=("dispute_id", "reader"))

_CHANGING = kinds(DisputeEvent, RefundEvent)

_SAVE = (
    f"INSERT INTO {CASE_FILE.table} (dispute_id, reader, marketplace, position, doc) VALUES (%s, %s, %s, %s, %s) "
    "ON CONFLICT (dispute_id, reader) DO UPDATE SET position = excluded.position, doc = excluded.doc "
    f"WHERE {CASE_FILE.table}.position < excluded.position"
)
"""Readers save at the same time. The latest document stays."""


async def get(
    pool: Pool, log: EventLog, marketplace: str | None, dispute_id: UUID, side: Side | None = None
) -> Doc | None:
    """The document of a dispute, as this side is told it; None: whole. None is returned if there is no such dispute in
    this marketplace. Without a marketplace it looks in the whole cell.
    """
    reader = side.value if side is not None else "all"
    query = f"SELECT {CASE_FILE.selected} FROM {CASE_FILE.table} WHERE dispute_id = %s AND reader = %s"
    stored = next(iter(await select(pool, CASE_FILE, query, [dispute_id, reader])), None)
    news = await log.of_dispute(dispute_id, after=stored.position if stored else 0)
    if not (stored or news) or marketplace not in (None, stored.marketplace if stored else news[0].marketplace):
        return None
    # A field may be younger than the stored document.
    known = {**beginning(), **stored.doc} if stored else None
    if side is not None and stored and news:  # what a fact tells a party depends on all facts before it
        news, known = await log.of_dispute(dispute_id), None
    doc = _folded(known, news if side is None else with_late(side, news))
    if news and doc is not None:
        async with pool.connection() as connection:
            await connection.execute(_SAVE, (dispute_id, reader, doc["marketplace"], news[-1].position, Jsonb(doc)))
    return doc


def of(facts: Iterable[Recorded], side: Side | None = None, *, until: int | None = None) -> Doc | None:
    """The document that these facts of one dispute make, all of them or those up to an instant; None if its filing is not
    among them. With a side, only those that it was told. `until` is the last version of the dispute that counts.
    """
    told = facts if side is None else with_late(side, facts)
    return _folded(None, (f for f in told if until is None or f.event.stream != "dispute" or f.version <= until))


def foreseen(facts: Iterable[Fact], command: OnDispute, side: Side) -> Doc:
    """The document that a filing would make, as this side would be told it. The facts are not stored, and nothing is sealed."""
    doc = of(_as_if_stored(facts, command), side)
    assert doc is not None, "the first fact of a filing is `DisputeFiled`"
    return doc


def _as_if_stored(facts: Iterable[Fact], command: OnDispute) -> Iterator[Recorded]:
    versions = Counter[Stream]()
    for position, fact in enumerate(facts, 1):
        versions[fact.stream] += 1
        yield Recorded(
            position=position,
            recorded_at=command.now,
            occurred_at=fact.occurred_at,
            stream_id=command.dispute_id,
            version=versions[fact.stream],
            dispute_id=command.dispute_id if fact.stream in OF_DISPUTE else None,
            marketplace=command.marketplace,
            kind=fact.event.kind,
            schema_version=fact.event.schema_version,
            actor=command.actor.subject,
            correlation_id=None,
            causation_id=None,
            event=fact.event,
        )


def _folded(doc: Doc | None, facts: Iterable[Recorded]) -> Doc | None:
    for recorded in facts:
        if isinstance(recorded.event, DisputeFiled):
            doc = filed(recorded.event, recorded)
        elif doc is not None and recorded.kind in _CHANGING:
            doc = stories.told(doc, recorded)
    return doc
