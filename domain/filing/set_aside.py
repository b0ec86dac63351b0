"""Setting a default aside: a respondent who was silent for a cause asks to be heard, by a neutral.

What the default made owed is then no longer owed. What was paid stays paid for the time being, and counts against the
later decision (`domain.remedies.recovery`).
"""

from collections.abc import Sequence
from typing import assert_never

from domain.clocks import deadlines, names
from domain.clocks.deadline_facts import DeadlineSet
from domain.commitments import making
from domain.commitments.events import CommitmentEvent, CommitmentKind, Origin, Participant, Promise
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.filing.set_aside_facts import (
    DefaultSetAside,
    SetAsideEvent,
    SetAsideRefused,
    SetAsideRequested,
)
from domain.kernel.base import Actor, Event, OnDispute, Role
from domain.kernel.people import Outcome, Side, Words, side_of
from domain.kernel.refusals import Conflict, DeadlineHasLapsed, Forbidden
from domain.neutral import challenge_owed
from domain.neutral.escalation import escalated, is_neutral
from domain.neutral.escalation_facts import Escalated
from domain.policy.policy import Policy
from domain.remedies import recovery
from domain.remedies.division_facts import RemedyEvent
from domain.remedies.recovery_facts import RecoveryEvent

# --- types ---


class RequestSetAside(OnDispute, halted_by_stay=True, recorded_as=SetAsideRequested):
    cause: Words


class SetDefaultAside(OnDispute, halted_by_stay=True, recorded_as=DefaultSetAside):
    reasons: Words


class RefuseSetAside(OnDispute, halted_by_stay=True, recorded_as=SetAsideRefused):
    reasons: Words


SetAsideCommand = RequestSetAside | SetDefaultAside | RefuseSetAside


class NothingToSetAside(Conflict):
    """There is no default to set aside, no open request to do so, or it was already decided.

    Why: Only a default that was granted because of silence can be set aside, once, and while the request is open. A
    fast-lane grant is contested by a response instead.

    What to do: Look at `default` and `set_aside` of the case file. To contest a fast-lane grant, send a response.

    Example: {"stage": "execution"}
    """


class OnlyRespondentAsks(Forbidden):
    """You do not act for the respondent, so you cannot ask to set the default aside.

    Why: A default burdens the respondent, who was silent. The claimant loses nothing by it.

    What to do: As the claimant you need do nothing. You can end the dispute in another way by an offer.

    Example: {"role": "buyer"}
    """


class MayNotSetAside(Forbidden):
    """Your role cannot decide on the default. The neutral of this dispute or a supervisor can.

    Why: To set a default aside takes back what was granted. Those who answer for the dispute decide it: its neutral, or
    a supervisor.

    What to do: As the respondent, ask for it with `POST /v1/disputes/{dispute_id}/default/set-aside-request`. A
    supervisor then owes you an answer.

    Example: {"role": "buyer"}
    """


# --- decisions ---


def decide(basis: Basis, command: SetAsideCommand) -> Sequence[Event]:
    match command:
        case RequestSetAside():
            return request(basis.dispute, basis.policy, command)
        case SetDefaultAside():
            return set_aside(basis.dispute, basis.policy, command)
        case RefuseSetAside():
            return refuse(basis.dispute, command)
        case _:
            assert_never(command)


def request(dispute: Dispute, policy: Policy, command: RequestSetAside) -> list[SetAsideEvent | CommitmentEvent]:
    """A supervisor then owes an answer within the policy's window."""
    side = side_of(command.actor)
    if side is dispute.claimant:
        raise OnlyRespondentAsks(role=side.value)
    if dispute.set_aside.pending:
        return []
    by_silence = dispute.outcome is Outcome.GRANTED_BY_DEFAULT and not dispute.fast_lane
    if not by_silence or dispute.set_aside.requested:
        raise NothingToSetAside(stage=dispute.stage.value)
    if dispute.deadlines.get(names.SetAside()) is None:
        raise DeadlineHasLapsed(deadline=names.SetAside())
    due_at, proof = policy.due("set_aside", None, command.now, window=policy.windows.set_aside_answer)
    promise = Promise(
        kind=CommitmentKind.REPLY,
        owed_by=Participant.SUPERVISOR,
        owed_to=making.participant(side),
        due_at=due_at,
        proof=proof,
    )
    asked = SetAsideRequested(by=side, cause=dispute.text(command.cause, command.actor))
    return [asked, making.make_commitment(dispute, promise, Origin.POLICY)]


def set_aside(
    dispute: Dispute, policy: Policy, command: SetDefaultAside
) -> list[SetAsideEvent | RecoveryEvent | RemedyEvent | Escalated | DeadlineSet]:
    """The respondent gets a new window to respond. Its silence now decides nothing, because it asked to be heard."""
    _check_may_decide(dispute, command.actor)
    if dispute.set_aside.decided == "set_aside":
        return []
    _check_pending(dispute)
    respondent = dispute.claimant.other
    member, now = dispute.party(respondent), command.now
    reasons = dispute.text(command.reasons, command.actor)
    return [
        DefaultSetAside(by=command.actor.role, reasons=reasons),
        *recovery.overturn(dispute),
        *challenge_owed.owed_anew(dispute, policy, dispute.escalation.neutral, now),
        *([] if dispute.escalation.escalated else [escalated(dispute, respondent)]),
        deadlines.for_party(names.Response(), policy, "response", member, now),
        *(
            [deadlines.for_desk(names.Ruling(), policy, "ruling", now)]
            if dispute.escalation.neutral is not None
            else []
        ),
    ]


def refuse(dispute: Dispute, command: RefuseSetAside) -> list[SetAsideEvent | CommitmentEvent]:
    _check_may_decide(dispute, command.actor)
    if dispute.set_aside.decided == "refused":
        return []
    _check_pending(dispute)
    reasons = dispute.text(command.reasons, command.actor)
    return [SetAsideRefused(by=command.actor.role, reasons=reasons)]


def may_request(dispute: Dispute, side: Side) -> bool:
    return side is dispute.claimant.other and dispute.deadlines.get(names.SetAside()) is not None


def may_decide(dispute: Dispute, actor: Actor) -> bool:
    return dispute.set_aside.pending and (actor.role is Role.SUPERVISOR or is_neutral(dispute, actor))


def may_still_fall(dispute: Dispute) -> bool:
    """Whether the default may still be set aside. While it may, the dispute stays open, even if paid."""
    return dispute.set_aside.pending or dispute.deadlines.get(names.SetAside()) is not None


def _check_may_decide(dispute: Dispute, actor: Actor) -> None:
    if actor.role is not Role.SUPERVISOR and not is_neutral(dispute, actor):
        raise MayNotSetAside(role=actor.role.value)


def _check_pending(dispute: Dispute) -> None:
    if not dispute.set_aside.pending:
        raise NothingToSetAside(stage=dispute.stage.value)
