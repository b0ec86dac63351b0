"""Forgetting a person: asked for, put off for as long as something stands against it, and then done.

    ErasureRequested → ErasureDeferred … → ErasureGranted → PersonErased → ErasureCompleted

What is personal is sealed under a key of that person alone, and erasing them is destroying it. The key goes between
`ErasureGranted` and `PersonErased`: whoever reads that a person was erased finds nothing readable, and whoever dies between the
two finds on record what is left to do. With `ErasureCompleted` the master key is gone too under which old copies of that key,
in backups of the key store, were wrapped.

What stands against it is a legal hold, a dispute that is open, or the retention period of the policy under which one was
filed. To do it then is a commitment of the marketplace like any other, and so it lives in a dispute: the person's last.

    Refusal
    ├── Unknown
    │   └── UnknownPerson           nobody of that name took part in a dispute here
    ├── Conflict
    │   └── HeldElsewhere           the promise to erase lives in another dispute; ask again
    └── Forbidden
        └── MayNotErase             for the marketplace and its administrators
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from domain.commitments import making
from domain.commitments.events import (
    CommitmentDeferred,
    CommitmentEvent,
    CommitmentKind,
    Origin,
    Participant,
    Promise,
)
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import AboutPerson, Event, Instant, OnDispute, Role, Value
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict, Forbidden, Unknown
from domain.policy.book import PolicyBook
from domain.privacy import legal_hold
from domain.privacy.erasure_facts import (
    EARLY,
    ErasureCompleted,
    ErasureDeferred,
    ErasureGranted,
    ErasureGround,
    ErasureRequested,
    Person,
    PersonErased,
    PersonEvent,
    StandsAgainst,
    evolve,
)
from domain.privacy.legal_hold import LegalHoldCommand, LiftLegalHold, PlaceLegalHold

# --- types ---

CARRIED_OUT_WITHIN = timedelta(days=1)
"""From when nothing stands against it any more; the engine does it at once, and whoever looks after it has a day."""
LOOKED_AT_AGAIN = timedelta(days=30)
"""Where nobody knows until when something stands against it, it is looked at so often, and put off on record."""


class ClosedUnder(Value):
    """Of a person's closed disputes under one version of the policy the one that was closed last."""

    policy_version: str
    dispute_id: UUID
    closed_at: Instant


class TookPart(Value):
    """What a person took part in, and whether anything of theirs can still be read. `open_dispute`: the last that is open."""

    side: Side
    open_dispute: UUID | None = None
    closed: tuple[ClosedUnder, ...] = ()
    readable: bool = True


class RequestErasure(OnDispute, AboutPerson):
    """`dispute_id`: in which the promise lives, if it has to be put off."""

    ground: ErasureGround
    took_part: TookPart


class PursueErasure(OnDispute, AboutPerson):
    """Sent by the engine when something that stood against it may have ended."""

    took_part: TookPart


class RecordErased(AboutPerson):
    """Sent by the engine when the key is gone. `dispute_id`: where the promise lives, if there is one."""

    dispute_id: UUID | None
    number: int
    erased_at: Instant


class RecordCompleted(AboutPerson):
    """Sent by the engine when the master key is gone."""

    number: int
    completed_at: Instant


class ReapplyErasure(AboutPerson):
    """Sent by the engine when a log was restored that does not know of an erasure."""

    number: int
    ground: ErasureGround


ErasureCommand = RequestErasure | PursueErasure | RecordErased
"""Commands on a dispute of the person."""
PersonCommand = RecordCompleted | ReapplyErasure | LegalHoldCommand
"""Commands on the person alone, as is a `RecordErased` that names no dispute."""


class UnknownPerson(Unknown):
    """This person has not taken part in a dispute of this marketplace, for either side."""


class HeldElsewhere(Conflict):
    """The commitment to erase this person is in another dispute. You can ask again."""


class MayNotErase(Forbidden):
    """Your role cannot have a person erased. The marketplace and its administrators can."""


# --- decisions ---


def decide(basis: Basis, command: ErasureCommand) -> Sequence[Event]:
    dispute, book, person = basis.dispute, basis.case.policies, basis.case.person
    match command:
        case RequestErasure():
            return request(dispute, book, person, command)
        case PursueErasure():
            return pursue(dispute, book, person, command)
        case RecordErased():
            return record(dispute, person, command)
        case _:
            assert_never(command)


def decide_about_person(person: Person, command: PersonCommand | RecordErased) -> Sequence[Event]:
    match command:
        case RecordErased():
            return record(None, person, command)
        case RecordCompleted():
            return _completed(person, command)
        case ReapplyErasure():
            return _reapplied(person, command)
        case PlaceLegalHold():
            being_erased = person.pending is not None and person.pending.granted
            return [*legal_hold.place(person.holds, command, being_erased=being_erased)]
        case LiftLegalHold():
            return [*legal_hold.lift(person.holds, command)]
        case _:
            assert_never(command)


def request(
    dispute: Dispute, book: PolicyBook, person: Person, command: RequestErasure
) -> list[PersonEvent | CommitmentEvent]:
    """Done at once, or put off with a promise. Asked for again it is looked at again."""
    if command.actor.role not in (Role.MARKETPLACE, Role.ADMINISTRATOR):
        raise MayNotErase(role=command.actor.role.value)
    if person.pending is None and person.erased and not command.took_part.readable:
        return []
    asked: list[PersonEvent | CommitmentEvent] = []
    if person.pending is None:
        number = max(person.erased, default=0) + 1
        new = ErasureRequested(subject=command.subject, number=number, ground=command.ground, by=command.actor.role)
        asked, person = [new], evolve(person, new, command.now)
    return [*asked, *pursue(dispute, book, person, command)]


def pursue(
    dispute: Dispute, book: PolicyBook, person: Person, command: RequestErasure | PursueErasure
) -> list[PersonEvent | CommitmentEvent]:
    """Grants what nothing stands against any more; else says why not, where that has changed or is to be said again."""
    pending = person.pending
    if pending is None or pending.granted:
        return []
    if pending.dispute_id not in (None, dispute.id):
        raise HeldElsewhere(dispute_id=str(pending.dispute_id))
    against = tuple(_against(dispute, book, person, command))
    if not against:
        return [ErasureGranted(subject=command.subject, number=pending.number)]
    known = [one.until for one in against if one.until is not None]
    until = max(known) if len(known) == len(against) else None
    owed = dispute.commitments.get(pending.commitment_id) if pending.commitment_id else None
    due_before = owed.due_at if owed and not owed.overdue else pending.due_at
    due_at = _due(until, due_before, command.now)
    if (against, due_at) == (pending.against, due_before):
        return []
    told: list[CommitmentEvent] = []
    if pending.commitment_id is None:
        promise = Promise(
            kind=CommitmentKind.ERASE,
            owed_by=Participant.MARKETPLACE,
            owed_to=making.participant(command.took_part.side),
            due_at=due_at,
            made_at=command.now,
        )
        made = making.make_commitment(dispute, promise, Origin.ERASURE)
        commitment_id, told = made.commitment_id, [made]
    else:
        commitment_id = pending.commitment_id
        if owed is not None and not owed.overdue and owed.due_at != due_at:
            told = [CommitmentDeferred(commitment_id=commitment_id, due_at=due_at)]
    deferred = ErasureDeferred(
        subject=command.subject,
        number=pending.number,
        against=against,
        until=until,
        due_at=due_at,
        dispute_id=dispute.id,
        commitment_id=commitment_id,
    )
    return [deferred, *told]


def record(dispute: Dispute | None, person: Person, command: RecordErased) -> list[PersonEvent | CommitmentEvent]:
    """With the promise that it keeps, if there is one."""
    pending = person.pending
    if pending is None or pending.number != command.number or not pending.granted:
        return []
    erased = PersonErased(
        subject=command.subject, number=command.number, ground=pending.ground, erased_at=command.erased_at
    )
    owed = dispute.commitments.get(pending.commitment_id) if dispute and pending.commitment_id else None
    return [erased, *([making.keep_commitment(owed, command.now, command.actor.role, erased)] if owed else [])]


def _due(until: Instant | None, due_before: Instant | None, now: Instant) -> Instant:
    """A day after nothing stands against it any more; where nobody knows when that is, when to look at it again."""
    if until is not None:
        return max(until + CARRIED_OUT_WITHIN, due_before or until)
    return due_before if due_before and due_before > now + EARLY else now + LOOKED_AT_AGAIN


def _against(
    dispute: Dispute, book: PolicyBook, person: Person, command: RequestErasure | PursueErasure
) -> Iterator[StandsAgainst]:
    for number, until in person.holds.in_force(command.now).items():
        yield StandsAgainst(what="legal_hold", until=until, hold=number)
    took_part = command.took_part
    if took_part.open_dispute is not None:
        owing = dispute.id == took_part.open_dispute and bool(dispute.commitments.open_remedies())
        yield StandsAgainst(what="open_remedy" if owing else "open_dispute", dispute_id=took_part.open_dispute)
    for closed in took_part.closed:
        policy = book.version(closed.policy_version)
        until = closed.closed_at + timedelta(days=policy.retention_days)
        if until > command.now:
            rule = policy.rule("retention_days")
            yield StandsAgainst(what="retention", until=until, dispute_id=closed.dispute_id, rule=rule)


def _completed(person: Person, command: RecordCompleted) -> list[PersonEvent]:
    done = person.erased.get(command.number)
    if done is None or done.completed_at is not None:
        return []
    return [ErasureCompleted(subject=command.subject, number=command.number, completed_at=command.completed_at)]


def _reapplied(person: Person, command: ReapplyErasure) -> list[PersonEvent]:
    """As it was decided once; nothing can stand against what is done. What a restored log knows of it is not said again."""
    if command.number in person.erased:
        return []
    pending = person.pending
    events: list[PersonEvent] = []
    if pending is None:
        events.append(
            ErasureRequested(
                subject=command.subject, number=command.number, ground=command.ground, by=command.actor.role
            )
        )
    if pending is None or not pending.granted:
        events.append(ErasureGranted(subject=command.subject, number=command.number))
    return events
