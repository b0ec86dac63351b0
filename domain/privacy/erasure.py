"""The erasure of a person: requested, deferred while something stands against it, then carried out.

    ErasureRequested → ErasureDeferred … → ErasureGranted → PersonErased → ErasureCompleted

Personal data is sealed under a key of that person alone; to erase the person is to destroy the key. The key is
destroyed between `ErasureGranted` and `PersonErased`. So after `PersonErased` nothing is readable, and after a crash
between the two the log shows what is left to do. At `ErasureCompleted` the master key is destroyed too, which wrapped
old copies of that key in backups of the key store.

An erasure has to wait for the end of a legal hold, of an open dispute, and of the retention period by the policy of a
closed one. The marketplace then owes it later. That is a commitment like any other, so it lives in a dispute: the
person's last. A person who only had contacts has no dispute: their erasure waits for a legal hold alone, and is owed without a
commitment.

    Refusal
    ├── Unknown
    │   └── UnknownPerson           nobody of that name took part in a dispute or had a contact here
    ├── Conflict
    │   └── HeldElsewhere           the commitment to erase lives in another dispute; ask again
    └── Forbidden
        └── MayNotErase             for the marketplace and its administrators
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from domain.commitments import making
from domain.commitments import reach as to_reach
from domain.commitments.events import (
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKind,
    Origin,
    Participant,
    Promise,
)
from domain.dispute.case import Basis, Case
from domain.dispute.state import Dispute
from domain.kernel.base import AboutPerson, Event, Instant, Role, Value
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict, Forbidden, Unknown
from domain.policy.book import PolicyBook
from domain.privacy import legal_hold, reach
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
from domain.privacy.reach import GiveMailAddress
from domain.settlement import party_requests, replies

# --- types ---

CARRIED_OUT_WITHIN = timedelta(days=1)
"""Counted from when nothing stands against it any more. The engine erases at once; its operators have a day."""
LOOKED_AT_AGAIN = timedelta(days=30)
"""If nobody knows how long something stands against it, the engine looks at it again, and defers it, after this time.
"""


class ClosedUnder(Value):
    """The person's dispute that was closed last under one version of the policy."""

    policy_version: str
    dispute_id: UUID
    closed_at: Instant


class TookPart(Value):
    """The disputes of a person, and whether any of the person's data is readable. `open_dispute` is the last open one. There
    is none of a person who only had contacts.

    `erased` is the number of the person's last erasure when this was read; 0 if there was none.
    """

    side: Side
    open_dispute: UUID | None = None
    closed: tuple[ClosedUnder, ...] = ()
    readable: bool = True
    erased: int = 0


class RequestErasure(AboutPerson):
    """Asks to erase a person. `dispute_id` is the dispute in which the commitment lives if the erasure is deferred; None for a
    person without a dispute.
    """

    dispute_id: UUID | None
    ground: ErasureGround
    took_part: TookPart


class PursueErasure(AboutPerson):
    """Sent by the engine when something that stood against the erasure may have ended."""

    dispute_id: UUID | None
    took_part: TookPart


class RecordErased(AboutPerson):
    """Sent by the engine when the key is destroyed. `dispute_id` is the dispute of the commitment, if there is one."""

    dispute_id: UUID | None
    number: int
    erased_at: Instant


class RecordCompleted(AboutPerson):
    """Sent by the engine when the master key is destroyed."""

    number: int
    completed_at: Instant


class ReapplyErasure(AboutPerson):
    """Sent by the engine when a restored log does not know of an erasure."""

    number: int
    ground: ErasureGround


ErasureCommand = RequestErasure | PursueErasure | RecordErased
"""Commands on a dispute of the person. Without a dispute they are on the person alone."""
PersonCommand = RecordCompleted | ReapplyErasure | LegalHoldCommand | GiveMailAddress
"""Commands on the person alone."""


class UnknownPerson(Unknown):
    """This person has not taken part in a dispute of this marketplace, for either side, and no contact of theirs is kept.

    Why: The engine can act only on people of whom it knows something: a buyer, a seller or a representative in a
    dispute, or somebody whose contact about an order is on record.

    What to do: Check the marketplace's id of the person. If the person never took part in a dispute and no contact of theirs
    is kept, the engine keeps nothing about them.
    """


class HeldElsewhere(Conflict):
    """The commitment to erase this person is in another dispute. You can ask again.

    Why: The commitment to erase a person is kept in one dispute, so that it exists once. It was made in another one
    since you asked.

    What to do: Send the same request again.

    Example: {"dispute_id": "00000000-0000-0000-0000-0000000000d1"}
    """


class MayNotErase(Forbidden):
    """Your role cannot have a person erased. The marketplace and its administrators can.

    Why: An erasure cannot be undone. The marketplace checks who asks for it.

    What to do: As a party, ask the marketplace. It sends the request for you.

    Example: {"role": "buyer"}
    """


# --- decisions ---


def decide(basis: Basis, command: ErasureCommand) -> Sequence[Event]:
    return _decide(basis.dispute, basis.case, command)


def decide_alone(case: Case, command: ErasureCommand) -> Sequence[Event]:
    """For a person without a dispute."""
    return _decide(None, case, command)


def _decide(dispute: Dispute | None, case: Case, command: ErasureCommand) -> Sequence[Event]:
    match command:
        case RequestErasure():
            return request(dispute, case.policies, case.person, command)
        case PursueErasure():
            return pursue(dispute, case.policies, case.person, command)
        case RecordErased():
            return record(dispute, case.person, command)
        case _:
            assert_never(command)


def decide_about_person(person: Person, command: PersonCommand) -> Sequence[Event]:
    match command:
        case RecordCompleted():
            return _completed(person, command)
        case ReapplyErasure():
            return _reapplied(person, command)
        case PlaceLegalHold():
            being_erased = person.pending is not None and person.pending.granted
            return [*legal_hold.place(person.holds, command, being_erased=being_erased)]
        case GiveMailAddress():
            return reach.give(person, command)
        case LiftLegalHold():
            return [*legal_hold.lift(person.holds, command)]
        case _:
            assert_never(command)


def request(
    dispute: Dispute | None, book: PolicyBook, person: Person, command: RequestErasure
) -> list[PersonEvent | CommitmentEvent]:
    """Erases at once, or defers with a commitment. A repeated request is looked at again.

    Of several requests at once, the first is carried out, and the others find the person erased.
    """
    if command.actor.role not in (Role.MARKETPLACE, Role.ADMINISTRATOR):
        raise MayNotErase(role=command.actor.role.value)
    last, part = max(person.erased, default=0), command.took_part
    if person.pending is None and last and (last > part.erased or not part.readable):
        return []
    asked: list[PersonEvent | CommitmentEvent] = []
    if person.pending is None:
        new = ErasureRequested(subject=command.subject, number=last + 1, ground=command.ground, by=command.actor.role)
        asked, person = [new], evolve(person, new, command.now)
    return [*asked, *pursue(dispute, book, person, command)]


def pursue(
    dispute: Dispute | None, book: PolicyBook, person: Person, command: RequestErasure | PursueErasure
) -> list[PersonEvent | CommitmentEvent]:
    """Grants the erasure if nothing stands against it. Else records why not, if that or the due instant has changed."""
    pending = person.pending
    if pending is None or pending.granted:
        return []
    if dispute is not None and pending.dispute_id not in (None, dispute.id):
        raise HeldElsewhere(dispute_id=str(pending.dispute_id))
    against = tuple(_against(dispute, book, person, command))
    if not against:
        return [ErasureGranted(subject=command.subject, number=pending.number)]
    known = [one.until for one in against if one.until is not None]
    until = max(known) if len(known) == len(against) else None
    owed = dispute.commitments.get(pending.commitment_id) if dispute and pending.commitment_id else None
    due_before = owed.due_at if owed and not owed.overdue else pending.due_at
    due_at = _due(until, due_before, command.now)
    if (against, due_at) == (pending.against, due_before):
        return []
    told: list[CommitmentEvent] = []
    commitment_id = pending.commitment_id
    if dispute is not None and commitment_id is None:
        promise = Promise(
            kind=CommitmentKind.ERASE,
            owed_by=Participant.MARKETPLACE,
            owed_to=making.participant(command.took_part.side),
            due_at=due_at,
            made_at=command.now,
        )
        made = making.make_commitment(dispute, promise, Origin.ERASURE)
        commitment_id, told = made.commitment_id, [made]
    elif owed is not None and not owed.overdue and owed.due_at != due_at:
        told = [CommitmentDeferred(commitment_id=owed.id, due_at=due_at)]
    deferred = ErasureDeferred(
        subject=command.subject,
        number=pending.number,
        against=against,
        until=until,
        due_at=due_at,
        dispute_id=dispute.id if dispute else None,
        commitment_id=commitment_id,
    )
    return [deferred, *told]


def record(dispute: Dispute | None, person: Person, command: RecordErased) -> list[PersonEvent | CommitmentEvent]:
    """Records the erasure, and keeps its commitment, if there is one. Answers that the person owes there end, and nobody has
    to reach them: after a restore the dispute may be open again.
    """
    pending = person.pending
    if pending is None or pending.number != command.number or not pending.granted:
        return []
    erased = PersonErased(
        subject=command.subject, number=command.number, ground=pending.ground, erased_at=command.erased_at
    )
    owed = dispute.commitments.get(pending.commitment_id) if dispute and pending.commitment_id else None
    kept = [making.keep_commitment(owed, command.now, command.actor.role, erased)] if owed else []
    return [erased, *kept, *(_ended(dispute, command.subject) if dispute else [])]


def _ended(dispute: Dispute, subject: UUID) -> list[CommitmentDischarged]:
    return [
        *replies.ended_by_erasure(dispute, subject),
        *party_requests.ended_by_erasure(dispute, subject),
        *to_reach.ended_by_erasure(dispute, subject),
    ]


def _due(until: Instant | None, due_before: Instant | None, now: Instant) -> Instant:
    """A day after the last obstacle ends. If nobody knows when that is, the instant to look at it again."""
    if until is not None:
        return max(until + CARRIED_OUT_WITHIN, due_before or until)
    return due_before if due_before and due_before > now + EARLY else now + LOOKED_AT_AGAIN


def _against(
    dispute: Dispute | None, book: PolicyBook, person: Person, command: RequestErasure | PursueErasure
) -> Iterator[StandsAgainst]:
    for number, until in person.holds.in_force(command.now).items():
        yield StandsAgainst(what="legal_hold", until=until, hold=number)
    took_part = command.took_part
    if took_part.open_dispute is not None:
        here = dispute if dispute and dispute.id == took_part.open_dispute else None
        owing = here is not None and bool(here.commitments.open_remedies())
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
    """Applies an erasure that was already decided, so nothing can stand against it. Facts that the restored log holds
    are not repeated.
    """
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
