"""What is new in a dispute for one reader: what they were told since they last marked the dispute as read.

Not new are what the reader did themselves, with what followed from it at once; a message that they have read in the
conversation; bookkeeping; what a machine read in a picture; and that somebody saw a message. What follows later is new, such
as the payment of a refund that the reader granted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from api.disputes import chronicle
from api.disputes.settlement import sight
from api.http.reads import Reading
from domain.commitments.events import CommitmentMade, Origin
from domain.kernel.base import Command
from domain.kernel.people import Side
from domain.settlement.conversation_facts import MessagePosted
from mediation.store.desk import read_marks
from mediation.store.desk.read_marks import Mark
from projections.audit_trail import Entry, entry_of
from projections.table import Doc
from projections.told_facts import told_to


@dataclass(frozen=True, slots=True)
class SinceLastLook:
    """`looked_at` is when the reader last marked the dispute as read; None: never. `news` are in the order in which they were
    recorded. `end` is the position of the last fact that the reader was told, new or not.
    """

    looked_at: datetime | None
    news: Sequence[Entry]
    end: int


async def since_last_look(reading: Reading, dispute_id: UUID, doc: Doc) -> SinceLastLook:
    """What is new for the reader, who may see the dispute. `doc` is its case file. It moves no mark.

    A party's facts are read from the filing on: what it is told of a fact depends on the facts before.
    """
    log, side = reading.http.services.log, reading.caller.side
    mark = await read_marks.of(reading.http.services.pool, sight.person(reading, doc), dispute_id)
    if side is None:
        facts = await log.of_dispute(dispute_id, after=mark.position)
    else:
        facts = [*told_to(side, await log.of_dispute(dispute_id))]
    told = chronicle.seen(reading, map(entry_of, facts))
    news = [*_news(_Reader.of(reading, doc, told), told, mark)]
    return SinceLastLook(mark.position_read_at, news, told[-1].position if told else mark.position)


async def mark(reading: Reading, dispute_id: UUID, doc: Doc, position: int) -> tuple[bool, Mark]:
    """The reader has read what they were told up to a position. Returns whether that moved their mark, and the mark."""
    pool, person = reading.http.services.pool, sight.person(reading, doc)
    moved = await read_marks.mark_facts(
        pool,
        subject=person,
        marketplace=reading.caller.marketplace,
        dispute_id=dispute_id,
        position=position,
        at=reading.caller.at,
    )
    return moved, await read_marks.of(pool, person, dispute_id)


def _news(reader: "_Reader", told: Sequence[Entry], mark: Mark) -> Iterator[Entry]:
    for _, group in groupby(told, lambda entry: (entry.causation_id or entry.position, entry.occurred_at)):
        act = [*group]  # a command may also record what lapsed before it, at its own instant
        if reader.did(act):
            continue
        for entry in act:
            if entry.position > mark.position and not _is_aside(entry) and not _is_read(entry, mark):
                yield entry


def _is_aside(entry: Entry) -> bool:
    return entry.event.bookkeeping or entry.event.stream == "seen" or entry.kind in chronicle.OF_MACHINES


def _is_read(entry: Entry, mark: Mark) -> bool:
    return isinstance(entry.event, MessagePosted) and entry.event.number <= mark.message


@dataclass(frozen=True, slots=True)
class _Reader:
    """`subjects` act for the reader: their own, and for a party the backend that reads now or that filed the dispute. Backends
    act for both sides, so the role counts too.
    """

    role: str
    claimant: Side
    subjects: frozenset[UUID]

    @classmethod
    def of(cls, reading: Reading, doc: Doc, told: Sequence[Entry]) -> "_Reader":
        caller = reading.caller
        subjects = {caller.subject, person := sight.person(reading, doc)}
        if caller.side is not None and str(person) == doc[caller.side.value]["subject"]:
            subjects |= {entry.actor for entry in told if entry.kind == "DisputeFiled" and entry.actor is not None}
        return cls(caller.role.value, Side(doc["claimant"]), frozenset(subjects))

    def did(self, act: Sequence[Entry]) -> bool:
        return any(entry.actor in self.subjects and self._by(entry) == self.role for entry in act)

    def _by(self, entry: Entry) -> str | None:
        """The side or role that did it. None for what follows by itself."""
        event = entry.event
        if event.consequence:
            return None
        if isinstance(event, CommitmentMade):
            promised = event.arises_from in (Origin.PROMISE, Origin.GOODWILL)  # nobody promises for another
            return str(event.promise.owed_by) if promised else None
        if (by := chronicle.by(entry.kind, entry.body)) is not None:
            return by
        command = Command.recorded.get(type(event))
        given_by = command.given_by if command else None
        sides = {"claimant": self.claimant.value, "respondent": self.claimant.other.value}
        return sides.get(str(given_by), given_by and str(given_by))
