"""Calling a neutral: a party escalates, or silence does. `domain.neutral.assignment` says who the neutral is."""

from collections.abc import Sequence
from datetime import timedelta

from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Actor, Event, Instant, NamesNeutral, OnDispute, Role
from domain.kernel.people import Side, Stage, Text, Words, side_of
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden, NotYourMove
from domain.neutral.escalation_facts import Escalated, EscalationEvent, EscalationJoined, NeutralAssigned
from domain.policy.policy import Policy

# --- types ---


class Escalate(OnDispute, halted_by_stay=True, recorded_as=(Escalated, EscalationJoined)):
    reason: Words | None = None


EscalationCommand = Escalate


class AssignNeutral(OnDispute, NamesNeutral, recorded_as=NeutralAssigned):
    pass


class EscalationNotOpenYet(Conflict):
    """The dispute is not open for escalation yet; it opens at `opens_at`.

    Why: The parties first get some time to settle without a neutral. Most disputes end in that time.

    What to do: Wait until `opens_at`. Meanwhile make an offer or write to the other side.

    Example: {"opens_at": "2026-11-05T10:00:00+00:00", "clause": "first-2026/escalation"}
    """


class AlreadyAssigned(Conflict):
    """The dispute already has another neutral.

    Why: A dispute has one neutral at a time, so that it is clear who decides.

    What to do: As a supervisor, replace the neutral with `POST /v1/disputes/{dispute_id}/reassignment`, and give a
    reason.
    """


class MayNotAssign(Forbidden):
    """Your role cannot assign or replace this neutral. A supervisor or an administrator can.

    Why: Who decides a dispute is for the desk to choose, so that no party can choose its judge. A neutral can take a
    waiting dispute for themselves only, and hand over only their own.

    What to do: To take a dispute as a neutral, send your own id. Otherwise ask a supervisor or an administrator.

    Example: {"role": "neutral"}
    """


class NotTheNeutral(Forbidden):
    """You are not the neutral of this dispute.

    Why: Proposals, rulings and requests for evidence come from the one neutral who has the dispute.

    What to do: If you were its neutral before, it was given to somebody else: see `neutral` of the case file. If it
    waits for a neutral, take it first.

    Example: {"role": "neutral"}
    """


# --- decisions ---


def decide(basis: Basis, command: EscalationCommand) -> Sequence[Event]:
    return escalate(basis.dispute, basis.policy, command)


def escalate(dispute: Dispute, policy: Policy, command: Escalate) -> list[EscalationEvent]:
    side = side_of(command.actor)
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if side in dispute.escalation.called_by:
        return []
    if may_join(dispute, side):
        return [EscalationJoined(by=side, reason=dispute.text(command.reason, command.actor))]
    if dispute.stage is not Stage.NEGOTIATION:
        raise NotYourMove(stage=dispute.stage.value)
    if command.now < (opens_at := escalation_opens_at(dispute, policy)):
        raise EscalationNotOpenYet(opens_at=opens_at.isoformat(), clause=policy.rule("escalation"))
    return [escalated(dispute, side, dispute.text(command.reason, command.actor))]


def may_escalate(dispute: Dispute, policy: Policy, side: Side, now: Instant) -> bool:
    opened = dispute.stage is Stage.NEGOTIATION and now >= escalation_opens_at(dispute, policy)
    return opened or may_join(dispute, side)


def may_join(dispute: Dispute, side: Side) -> bool:
    """Whether a neutral was already called, and this side may still say that it wants one too, and why."""
    escalation = dispute.escalation
    return escalation.escalated and dispute.undecided and side not in escalation.called_by


def escalation_opens_at(dispute: Dispute, policy: Policy) -> Instant:
    return dispute.filed_at + timedelta(hours=policy.windows.escalation_opens_after_hours)


def escalated(dispute: Dispute, by: Side | None, reason: Text | None = None) -> Escalated:
    """`by` is None if nobody escalated and the negotiation window lapsed."""
    standing = tuple(o.number for o in dispute.offers.open())
    return Escalated(by=by.value if by else "silence", offers_standing=standing, reason=reason)


def check_is_neutral(dispute: Dispute, actor: Actor) -> None:
    """Raises NotTheNeutral unless the actor is the neutral assigned to this dispute."""
    if not is_neutral(dispute, actor):
        raise NotTheNeutral(role=actor.role.value)


def is_neutral(dispute: Dispute, actor: Actor) -> bool:
    return actor.role is Role.NEUTRAL and actor.subject == dispute.escalation.neutral


def check_not_a_stranger(dispute: Dispute, actor: Actor) -> None:
    """A neutral acts only in a dispute that is assigned to them. Raises NotTheNeutral."""
    if actor.role is Role.NEUTRAL:
        check_is_neutral(dispute, actor)
