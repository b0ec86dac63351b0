"""Exhibits: numbered evidence, kept for ever. Withdrawing an exhibit only takes it back; it is never deleted.

Nobody is ruled against on evidence that they could not answer. A ruling may cite an exhibit once each side that did not
add it has answered it, or has had the time that the policy gives for it.
"""

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.evidence.exhibit_facts import (
    ExhibitAdded,
    ExhibitAnswered,
    ExhibitEvent,
    ExhibitWithdrawn,
    NewExhibit,
)
from domain.evidence.requests import check_is_asked
from domain.filing import key_questions
from domain.kernel.base import Event, Instant, OnDispute, Role
from domain.kernel.people import Side, Words, side_of
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden, Malformed, Unknown
from domain.policy.policy import Policy

# --- types ---

MAX_EXHIBITS = 100


class AddExhibit(OnDispute):
    exhibit: NewExhibit
    answers_request: int | None = None


class WithdrawExhibit(OnDispute, recorded_as=ExhibitWithdrawn):
    number: int


class AnswerExhibit(OnDispute, recorded_as=ExhibitAnswered):
    number: int
    message: Words | None = None


ExhibitCommand = AddExhibit | WithdrawExhibit | AnswerExhibit


class UnknownExhibit(Unknown):
    """There is no exhibit or caucus message with this number, or no file belongs to it.

    Why: Exhibits are numbered in each dispute from 1, caucus messages in each caucus. Not every exhibit has a file.

    What to do: Take the number from `exhibits` of the case file. An item has a file if its `file` is not null.

    Example: {"number": 0}
    """


class ExhibitNotCitable(Malformed):
    """`cites_exhibits` names an exhibit that does not exist or was withdrawn.

    Why: A ruling rests on evidence that both sides can read. An exhibit that was withdrawn, or that never existed, is
    no such evidence.

    What to do: Remove the numbers in `exhibits` from `cites_exhibits`.

    Example: {"exhibits": [3]}
    """

    pointer = "/cites_exhibits"


class ExhibitStillUnanswered(Conflict):
    """`cites_exhibits` names an exhibit that a side has not answered and has time to answer until `citable_at`.

    Why: Each side may answer what the other side shows before a decision rests on it. It has time for that until
    `citable_at`.

    What to do: Rule after `citable_at`, or as soon as the side has answered, or leave the exhibit out of
    `cites_exhibits`.

    Example: {"exhibits": [3], "citable_at": "2026-11-09T10:00:00+00:00"}
    """

    pointer = "/cites_exhibits"


class ExhibitIsWithdrawn(Conflict):
    """The exhibit was withdrawn, so there is nothing to answer.

    Why: What was withdrawn is no evidence any more, so no answer to it is needed.

    What to do: Do nothing. If the same exhibit is added again, you can answer that one.

    Example: {"number": 2}
    """


class NotYoursToAnswer(Forbidden):
    """The exhibit is from your own side, so your side cannot answer it.

    Why: To answer an exhibit means to say what you think of the other side's evidence.

    What to do: To explain your own exhibit, send a message, or add another exhibit.

    Example: {"number": 1, "role": "buyer"}
    """


class ExhibitIsCited(Conflict):
    """The exhibit is cited in a ruling, so it cannot be withdrawn.

    Why: A ruling rests on this exhibit. If it were withdrawn, the ruling would rest on something that is not in
    evidence.

    What to do: Leave the exhibit. If it is wrong, say so in a message or in an appeal.

    Example: {"number": 1}
    """


class MayNotSubmit(Forbidden):
    """Your role cannot add exhibits. The parties and the neutral can.

    Why: Evidence comes from those who take part in the dispute: the parties, and the neutral for what the neutral
    found. The desk does not add evidence to a dispute that it may have to review.

    What to do: Ask the party or the neutral to add it. A marketplace's backend acts for a party with `Mediation-As`.

    Example: {"role": "supervisor"}
    """


class NotYourExhibit(Forbidden):
    """The exhibit was added by another side or by the neutral, so you cannot withdraw it.

    Why: An exhibit is withdrawn by those who added it. Otherwise one side could take the other side's evidence away.

    What to do: If you think that the exhibit is wrong, answer it.

    Example: {"number": 1, "role": "seller"}
    """


class TooManyExhibits(Conflict):
    """The dispute would have more than `limit` exhibits.

    Why: The limit bounds what both sides and the neutral have to read, and what one dispute stores.

    What to do: Withdraw exhibits that are no longer needed, or put several papers into one file.

    Example: {"limit": 100}
    """


class RecordIsClosed(Conflict):
    """The dispute takes no more evidence: it is already ruled, settled or decided in another way.

    Why: Evidence helps a decision. Once the dispute is decided, new evidence could change nothing in it.

    What to do: If you can appeal, add the evidence after you appealed. Otherwise send a message; a supervisor may
    reopen the dispute.

    Example: {"stage": "appeal"}
    """


class NotOnRecord(Malformed):
    """`exhibits` names evidence that does not exist or was withdrawn.

    Why: Who reads of the evidence is to find it.

    What to do: Add the evidence first, then send its number. Or leave the numbers in `exhibits` out.

    Example: {"exhibits": [3]}
    """

    pointer = "/exhibits"


# --- decisions ---


def decide(basis: Basis, command: ExhibitCommand) -> Sequence[Event]:
    match command:
        case AddExhibit():
            return add(basis.dispute, basis.policy, command)
        case WithdrawExhibit():
            return withdraw(basis.dispute, command)
        case AnswerExhibit():
            return answer(basis.dispute, command)
        case _:
            assert_never(command)


def may_submit(role: Role) -> bool:
    return role in {Role.BUYER, Role.SELLER, Role.NEUTRAL}


def may_answer(dispute: Dispute, number: int, side: Side) -> bool:
    return dispute.takes_evidence and dispute.exhibits.stands(number) and side in dispute.exhibits.unanswered_by(number)


def citable_at(policy: Policy, now: Instant) -> Instant:
    """When an exhibit that is disclosed now may be cited unanswered."""
    return policy.due("disclosure", None, now)[0]


def numbered(
    exhibits: tuple[NewExhibit, ...], by: Role, author: UUID, ripe_at: Instant | None, *, already: int = 0
) -> list[ExhibitEvent]:
    if already + len(exhibits) > MAX_EXHIBITS:
        raise TooManyExhibits(limit=MAX_EXHIBITS)
    return [
        ExhibitAdded(
            number=already + n,
            by=by,
            description=e.description.of(author),
            file=e.file,
            citable_at=ripe_at,
            shows=e.shows,
        )
        for n, e in enumerate(exhibits, start=1)
    ]


def add(dispute: Dispute, policy: Policy, command: AddExhibit) -> list[ExhibitEvent]:
    if not may_submit(command.actor.role):
        raise MayNotSubmit(role=command.actor.role.value)
    check_record_is_open(dispute)
    check_is_asked(dispute, command.actor.role, command.answers_request)
    key_questions.check_called_for(dispute, policy, command.actor.role, command.exhibit.shows)
    author = dispute.subject_of(command.actor)
    ripe_at = None if dispute.imported else citable_at(policy, command.now)
    (added,) = numbered((command.exhibit,), command.actor.role, author, ripe_at, already=len(dispute.exhibits.by))
    return [added.model_copy(update={"answers_request": command.answers_request})]


def answer(dispute: Dispute, command: AnswerExhibit) -> list[ExhibitEvent]:
    """Each side answers an exhibit once. For anything more, it has messages and exhibits of its own."""
    side = side_of(command.actor)
    owner = dispute.exhibits.by.get(command.number)
    if owner is None:
        raise UnknownExhibit(number=command.number)
    if owner.value == side.value:
        raise NotYoursToAnswer(number=command.number, role=side.value)
    if side not in dispute.exhibits.unanswered_by(command.number):
        return []
    if not dispute.exhibits.stands(command.number):
        raise ExhibitIsWithdrawn(number=command.number)
    check_record_is_open(dispute)
    return [ExhibitAnswered(number=command.number, by=side, message=dispute.text(command.message, command.actor))]


def withdraw(dispute: Dispute, command: WithdrawExhibit) -> list[ExhibitEvent]:
    owner = dispute.exhibits.by.get(command.number)
    if owner is None:
        raise UnknownExhibit(number=command.number)
    if owner is not command.actor.role:
        raise NotYourExhibit(number=command.number, role=command.actor.role.value)
    if command.number in dispute.exhibits.withdrawn:
        return []
    if command.number in dispute.adjudication.cited:
        raise ExhibitIsCited(number=command.number)
    check_record_is_open(dispute)
    return [ExhibitWithdrawn(number=command.number, by=command.actor.role)]


def check_citable(dispute: Dispute, numbers: tuple[int, ...], now: Instant) -> None:
    """Raises ExhibitNotCitable, ExhibitStillUnanswered."""
    exhibits = dispute.exhibits
    if bad := [n for n in numbers if not exhibits.stands(n)]:
        raise ExhibitNotCitable(exhibits=bad)
    if early := {n: exhibits.ripens[n].isoformat() for n in numbers if not exhibits.citable(n, now)}:
        raise ExhibitStillUnanswered(exhibits=[*early], citable_at=max(early.values()))


def check_on_record(dispute: Dispute, numbers: Sequence[int], *, at: str | None = None) -> None:
    """Raises NotOnRecord. `at` is where the request names the exhibits, if not in `exhibits`."""
    if missing := [number for number in numbers if not dispute.exhibits.stands(number)]:
        raise NotOnRecord(at=at, exhibits=missing)


def check_record_is_open(dispute: Dispute) -> None:
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if not dispute.takes_evidence:
        raise RecordIsClosed(stage=dispute.stage.value)
