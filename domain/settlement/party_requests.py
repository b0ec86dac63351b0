"""What a party asks of the other party: a photograph, an address, an explanation. The other party then owes an answer.

The answer is a commitment of the class `service`. Only three acts end it: the party that was asked answers or declines, or
the party that asks withdraws the request. When no answer comes in time, the commitment is broken. Everybody in the dispute
sees that, and nothing else follows: no right ends, so the window begins at once, also where the policy has
`notice: required`. A late answer still keeps the commitment. A stay defers it like every other one.

This is no request for evidence: only the neutral makes those (`domain.evidence.requests`), and silence there allows an
inference.
"""

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

from domain.commitments import making
from domain.commitments.events import (
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKind,
    Matter,
    Origin,
    Promise,
)
from domain.commitments.state import Commitment
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.evidence.exhibits import check_on_record
from domain.kernel.base import Event, OnDispute
from domain.kernel.people import Side, Words, side_of
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden, Malformed, Unknown
from domain.kernel.windows import Window
from domain.policy.party_request_rules import PartyRequestRules
from domain.policy.policy import Policy
from domain.settlement.party_request_facts import (
    AsksFor,
    PartyRequest,
    PartyRequestAnswered,
    PartyRequestDeclined,
    PartyRequestEvent,
    PartyRequestMade,
    PartyRequestWithdrawn,
)

# --- types ---

MAX_PARTY_REQUESTS = 100
"""In one dispute."""


class MakePartyRequest(OnDispute, halted_by_stay=True, recorded_as=PartyRequestMade):
    """`days` is the time to answer, in calendar days. Without it, the window of the policy applies."""

    asks_for: AsksFor
    text: Words
    days: int | None = None


class AnswerPartyRequest(OnDispute, recorded_as=PartyRequestAnswered):
    number: int
    text: Words
    exhibits: tuple[int, ...] = ()


class DeclinePartyRequest(OnDispute, recorded_as=PartyRequestDeclined):
    number: int
    text: Words | None = None


class WithdrawPartyRequest(OnDispute, recorded_as=PartyRequestWithdrawn):
    number: int


PartyRequestCommand = MakePartyRequest | AnswerPartyRequest | DeclinePartyRequest | WithdrawPartyRequest


class PartyRequestsNotTaken(Conflict):
    """The policy of this dispute has no rules for requests from one party to the other.

    Why: A request makes the other party owe an answer. Only the rules under which the dispute began can do that.

    What to do: Write to the other party with `POST /v1/disputes/{dispute_id}/messages`.

    Example: {"policy_version": "first-2026"}
    """


class TimeOutOfBounds(Malformed):
    """`days` is less or more time than the policy allows for an answer.

    Why: Too little time could not be kept, and too much would keep both sides waiting.

    What to do: Send a number of days from `at_least` to `at_most`, or leave out `days`.

    Example: {"at_least": 1, "at_most": 14}
    """

    pointer = "/days"


class TooManyPartyRequests(Conflict):
    """Your side already made `limit` requests that are not answered, or the dispute has `limit` requests in all.

    Why: Each request makes the other party owe an answer. The limit keeps one side from burying the other in questions.

    What to do: Wait for an answer, or withdraw a request that you no longer need.

    Example: {"limit": 5}
    """


class UnknownPartyRequest(Unknown):
    """There is no request between the parties with this number.

    Why: The requests of both parties are numbered together in each dispute, from 1.

    What to do: Take the number from `party_requests` of the case file.

    Example: {"number": 2}
    """


class NotYourPartyRequest(Forbidden):
    """The request is not yours to end in this way.

    Why: Only the party that was asked can answer or decline. Only the party that asks can withdraw the request.

    What to do: Answer what the other party asks of you. Withdraw what you asked yourself.

    Example: {"by": "buyer", "role": "buyer"}
    """


class PartyRequestIsOver(Conflict):
    """The request has already ended in another way.

    Why: Each request ends once, so that both sides know how it ended.

    What to do: Read `status` of the request in the case file. To say more, write a message.

    Example: {"ended": "withdrawn"}
    """


# --- decisions ---


def decide(basis: Basis, command: PartyRequestCommand) -> Sequence[Event]:
    match command:
        case MakePartyRequest():
            return make(basis.dispute, basis.policy, command)
        case AnswerPartyRequest() | DeclinePartyRequest():
            return respond(basis.dispute, command)
        case WithdrawPartyRequest():
            return withdraw(basis.dispute, command)
        case _:
            assert_never(command)


def make(dispute: Dispute, policy: Policy, command: MakePartyRequest) -> list[PartyRequestEvent | CommitmentEvent]:
    side, rules, made = side_of(command.actor), policy.party_requests, dispute.party_requests.made
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if rules is None:
        raise PartyRequestsNotTaken(policy_version=policy.version)
    if command.days is not None and not rules.at_least_days <= command.days <= rules.at_most_days:
        raise TimeOutOfBounds(at_least=rules.at_least_days, at_most=rules.at_most_days)
    if (limit := _reached(dispute, rules, side)) is not None:
        raise TooManyPartyRequests(limit=limit)
    window = rules.window if command.days is None else Window(amount=command.days, unit="calendar_days")
    due_at, proof = policy.due("party_requests", dispute.party(side.other), command.now, window=window)
    number = len(made) + 1
    promise = Promise(
        kind=CommitmentKind.REPLY,
        owed_by=making.participant(side.other),
        owed_to=making.participant(side),
        subject=dispute.party(side.other).subject,
        due_at=due_at,
        proof=proof,
        about=Matter(what="party_request", number=number),
    )
    owed = making.make_commitment(dispute, promise, Origin.REQUEST)
    asked = PartyRequestMade(
        number=number,
        by=side,
        asks_for=command.asks_for,
        text=dispute.text(command.text, command.actor),
        days=command.days,
        commitment_id=owed.commitment_id,
    )
    return [asked, owed]


def respond(
    dispute: Dispute, command: AnswerPartyRequest | DeclinePartyRequest
) -> list[PartyRequestEvent | CommitmentEvent]:
    """Also possible during a stay, and after the time to answer has passed."""
    side = side_of(command.actor)
    request = _named(dispute, command.number)
    if request.by is side:
        raise NotYourPartyRequest(by=request.by.value, role=side.value)
    how = "answered" if isinstance(command, AnswerPartyRequest) else "declined"
    if request.ended == how:
        return []
    owed = _owed(dispute, request)
    event: PartyRequestAnswered | PartyRequestDeclined
    if isinstance(command, AnswerPartyRequest):
        check_on_record(dispute, command.exhibits)
        text = dispute.text(command.text, command.actor)
        event = PartyRequestAnswered(number=request.number, by=side, text=text, exhibits=command.exhibits)
    else:
        why = dispute.text(command.text, command.actor)
        event = PartyRequestDeclined(number=request.number, by=side, text=why)
    return [event, making.keep_commitment(owed, command.now, command.actor.role, event)]


def withdraw(dispute: Dispute, command: WithdrawPartyRequest) -> list[PartyRequestEvent | CommitmentEvent]:
    side = side_of(command.actor)
    request = _named(dispute, command.number)
    if request.by is not side:
        raise NotYourPartyRequest(by=request.by.value, role=side.value)
    if request.ended == "withdrawn":
        return []
    owed = _owed(dispute, request)
    return [
        PartyRequestWithdrawn(number=request.number, by=side),
        CommitmentDischarged(commitment_id=owed.id, reason="request_withdrawn"),
    ]


def may_make(dispute: Dispute, policy: Policy, side: Side) -> bool:
    rules = policy.party_requests
    return rules is not None and not dispute.closed and _reached(dispute, rules, side) is None


def _reached(dispute: Dispute, rules: PartyRequestRules, side: Side) -> int | None:
    """The limit that this side has reached: of open requests, or of requests in the whole dispute."""
    if len(open_of(dispute, side)) >= rules.open_at_once:
        return rules.open_at_once
    return MAX_PARTY_REQUESTS if len(dispute.party_requests.made) >= MAX_PARTY_REQUESTS else None


def open_of(dispute: Dispute, side: Side) -> list[PartyRequest]:
    """The requests of this side that still wait for an answer, overdue ones among them."""
    return [
        one for one in dispute.party_requests.made if one.by is side and one.commitment_id in dispute.commitments.open
    ]


def over(dispute: Dispute) -> list[CommitmentDischarged]:
    """Once the dispute is closed, nobody owes an answer any more."""
    if not dispute.closed:
        return []
    waiting = (one for side in Side for one in open_of(dispute, side))
    return [CommitmentDischarged(commitment_id=one.commitment_id, reason="dispute_over") for one in waiting]


def ended_by_erasure(dispute: Dispute, subject: UUID) -> list[CommitmentDischarged]:
    """An erased person answers no more, and what they asked cannot be read any more."""
    if subject not in {dispute.party(side).subject for side in Side}:
        return []
    waiting = (one for one in dispute.party_requests.made if one.commitment_id in dispute.commitments.open)
    return [
        CommitmentDischarged(
            commitment_id=one.commitment_id,
            reason="author_erased" if dispute.party(one.by).subject == subject else "person_erased",
        )
        for one in waiting
    ]


def _named(dispute: Dispute, number: int) -> PartyRequest:
    if (request := dispute.party_requests.get(number)) is None:
        raise UnknownPartyRequest(number=number)
    return request


def _owed(dispute: Dispute, request: PartyRequest) -> Commitment:
    """The answer that is still owed. The request may also be over because the dispute closed, or a person was erased."""
    if (owed := dispute.commitments.get(request.commitment_id)) is None:
        raise PartyRequestIsOver(ended=request.ended or dispute.commitments.ended[request.commitment_id])
    return owed
