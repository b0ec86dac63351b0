"""Access: a person asks what is kept about them, and gets all of it within a calendar month.

    AccessRequested → AccessAnswered

A party asks for themselves, or the marketplace asks for them. The marketplace then owes the answer. That is a commitment
like any other, so it lives in a dispute: the person's last. Whoever acts for the marketplace makes sure who asks, and
opens the answer; that keeps the commitment. The engine makes the answer from the log (`api.marketplace.access_answers`).

    Refusal
    ├── Forbidden
    │   ├── MayNotAskForThem        a representative, or another party
    │   └── MayNotOpenAnswer        for the marketplace and its administrators
    └── Conflict
        └── NoAccessRequested       nothing waits for an answer in this dispute
"""

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

from domain.commitments import making
from domain.commitments.events import CommitmentEvent, CommitmentKind, Origin, Participant, Promise
from domain.dispute.case import Basis, Case
from domain.dispute.state import Dispute
from domain.kernel.base import AboutPerson, Event, Role
from domain.kernel.people import Side
from domain.kernel.places import TimeZone
from domain.kernel.refusals import Conflict, Forbidden
from domain.kernel.windows import a_month_after
from domain.privacy.access_facts import AccessAnswered, AccessEvent, AccessRequested, Asked
from domain.privacy.erasure_facts import Person

# --- types ---


class RequestAccess(AboutPerson):
    """`dispute_id` is the person's last dispute, and `side` the side for which they took part in it. A person who only had
    contacts has no dispute: the answer is owed without a commitment.
    """

    dispute_id: UUID | None
    side: Side


class AnswerAccess(AboutPerson):
    """Opens the answer to the request that waits in this dispute, or outside of any."""

    dispute_id: UUID | None


AccessCommand = RequestAccess | AnswerAccess


class MayNotAskForThem(Forbidden):
    """You are not this person, and you do not act for the marketplace or as its administrator.

    Why: The answer holds everything about one person, of all their disputes. A representative acts in one dispute,
    and the other side has rights of its own.

    What to do: Ask with the party's own token, or let the marketplace ask for them.

    Example: {"role": "seller"}
    """


class MayNotOpenAnswer(Forbidden):
    """Your role cannot open the answer to an access request. The marketplace and its administrators can.

    Why: Somebody who answers for the marketplace has to make sure that the person is who they say.

    What to do: Ask the marketplace or one of its administrators.

    Example: {"role": "supervisor"}
    """


class NoAccessRequested(Conflict):
    """There is no access request of this person that is still to be answered.

    Why: An answer is opened for a request, so that it is on record who asked for it and when.

    What to do: Look at `GET /v1/access-requests`. If it was answered, read the answer; otherwise send `POST
    /v1/access-requests`.
    """


_DESK = (Role.MARKETPLACE, Role.ADMINISTRATOR)


# --- decisions ---


def decide(basis: Basis, command: AccessCommand) -> Sequence[Event]:
    return _decide(basis.dispute, basis.case, command)


def decide_alone(case: Case, command: AccessCommand) -> Sequence[Event]:
    """For a person without a dispute."""
    return _decide(None, case, command)


def _decide(dispute: Dispute | None, case: Case, command: AccessCommand) -> Sequence[Event]:
    match command:
        case RequestAccess():
            home = dispute.party(command.side) if dispute else case.policies.in_force(command.now).desk
            return request(dispute, case.person, command, home.time_zone)
        case AnswerAccess():
            return answer(dispute, case.person, command)
        case _:
            assert_never(command)


def request(
    dispute: Dispute | None, person: Person, command: RequestAccess, time_zone: TimeZone
) -> list[AccessEvent | CommitmentEvent]:
    """The marketplace owes the answer. While one request waits, another one is the same request."""
    if command.actor.role not in _DESK and not (dispute and _is_themselves(dispute, command)):
        raise MayNotAskForThem(role=command.actor.role.value)
    if pending(person) is not None:
        return []
    due_at = a_month_after(command.now, time_zone)
    number = len(person.access) + 1
    if dispute is None:
        return [AccessRequested(subject=command.subject, number=number, by=command.actor.role, due_at=due_at)]
    promise = Promise(
        kind=CommitmentKind.PROVIDE,
        owed_by=Participant.MARKETPLACE,
        owed_to=making.participant(command.side),
        due_at=due_at,
        made_at=command.now,
    )
    owed = making.make_commitment(dispute, promise, Origin.ACCESS)
    asked = AccessRequested(
        subject=command.subject,
        number=number,
        by=command.actor.role,
        due_at=due_at,
        dispute_id=dispute.id,
        commitment_id=owed.commitment_id,
    )
    return [asked, owed]


def answer(dispute: Dispute | None, person: Person, command: AnswerAccess) -> list[AccessEvent | CommitmentEvent]:
    if command.actor.role not in _DESK:
        raise MayNotOpenAnswer(role=command.actor.role.value)
    asked = pending(person)
    if asked is None or asked.dispute_id != command.dispute_id:
        raise NoAccessRequested()
    answered = AccessAnswered(subject=command.subject, number=asked.number, by=command.actor.role)
    owed = dispute.commitments.get(asked.commitment_id) if dispute and asked.commitment_id else None
    kept = [making.keep_commitment(owed, command.now, command.actor.role, answered)] if owed else []
    return [answered, *kept]


def pending(person: Person) -> Asked | None:
    """The request that waits for an answer, if there is one."""
    return next((asked for asked in person.access.values() if asked.answered_at is None), None)


def _is_themselves(dispute: Dispute, command: RequestAccess) -> bool:
    """A party acts for itself. A representative does not see what is kept about the party in other disputes."""
    if command.actor.role.value != command.side.value or command.actor.subject in dispute.representation.acting:
        return False
    return dispute.party(command.side).subject == command.subject
