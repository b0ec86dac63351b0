"""Calling a neutral: escalation by a party or by silence. `domain.neutral.assignment` says who then is the neutral."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, assert_never
from uuid import UUID

from domain.kernel.base import Actor, Command, Event, Instant, Role
from domain.kernel.people import Side, Stage, Text, Words, side_of
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden, NotYourMove
from domain.policy.book import Policy

if TYPE_CHECKING:
    from domain.dispute.state import Dispute

# --- types ---


class Escalated(Event, kind="Escalated", stream="dispute"):
    """`offers_standing` are the offers that stay acceptable until the ruling."""

    by: Literal["buyer", "seller", "silence", "policy"]
    offers_standing: tuple[int, ...] = ()
    reason: Text | None = None


class NeutralAssigned(Event, kind="NeutralAssigned", stream="dispute"):
    neutral: UUID
    by: Role


class EscalationJoined(Event, kind="EscalationJoined", stream="dispute"):
    """A neutral had been called already; this side wants one too."""

    by: Side
    reason: Text | None = None


WhyReleased = Literal[
    "reassigned",
    "recused",
    "challenged",
    "first_act_missed",
    "mandate_closed",
    "appealed",
    "sent_back",
    "reopened",
    "appeal_withdrawn",
]


class NeutralReleased(Event, kind="NeutralReleased", stream="dispute"):
    """The neutral has this dispute no longer."""

    neutral: UUID
    why: WhyReleased
    by: Role
    reason: Text | None = None


class Referred(Event, kind="Referred", stream="dispute"):
    """To the supervisor: the ruling did not come in time."""

    reason: Literal["ruling_overdue"]


EscalationEvent = Escalated | EscalationJoined | NeutralAssigned | NeutralReleased | Referred


class Escalate(Command):
    dispute_id: UUID
    reason: Words | None = None


class AssignNeutral(Command):
    dispute_id: UUID
    neutral: UUID


class EscalationNotOpenYet(Conflict):
    """The parties are given some time to settle between themselves first."""


class AlreadyAssigned(Conflict):
    """Another neutral has this dispute."""


class MayNotAssign(Forbidden):
    """A supervisor or an administrator assigns; a neutral may only take a dispute for themselves."""


class NotTheNeutral(Forbidden):
    """Only the neutral to whom this dispute is assigned may do this."""


# --- state ---


@dataclass(frozen=True, slots=True)
class Escalation:
    """`called_by` are the sides that asked for a neutral. `stepped_down` are the neutrals who may not have it again.

    `referred`: the time for the ruling has lapsed once.
    """

    escalated: bool = False
    called_by: frozenset[Side] = frozenset()
    offers_standing: frozenset[int] = frozenset()
    neutral: UUID | None = None
    stepped_down: frozenset[UUID] = frozenset()
    referred: bool = False


FOR_GOOD = frozenset({"recused", "challenged"})
"""Why a neutral was released who may not have the dispute again."""

# --- evolve ---


def evolve(escalation: Escalation, event: EscalationEvent) -> Escalation:
    match event:
        case Escalated(by=by, offers_standing=standing):
            called_by = frozenset({Side(by)}) if by in set(Side) else frozenset()
            return replace(escalation, escalated=True, called_by=called_by, offers_standing=frozenset(standing))
        case EscalationJoined(by=side):
            return replace(escalation, called_by=escalation.called_by | {side})
        case NeutralAssigned(neutral=neutral):
            return replace(escalation, neutral=neutral)
        case NeutralReleased(neutral=neutral, why=why):
            gone = frozenset({neutral}) if why in FOR_GOOD else frozenset()
            return replace(escalation, neutral=None, stepped_down=escalation.stepped_down | gone)
        case Referred():
            return replace(escalation, referred=True)
        case _:
            assert_never(event)


# --- decisions ---


def escalate(dispute: "Dispute", policy: Policy, command: Escalate) -> list[EscalationEvent]:
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


def may_join(dispute: "Dispute", side: Side) -> bool:
    """Whether a neutral was called by somebody else, and this side may still say that it wants one too, and why."""
    escalation = dispute.escalation
    return escalation.escalated and dispute.undecided and side not in escalation.called_by


def escalation_opens_at(dispute: "Dispute", policy: Policy) -> Instant:
    return dispute.filed_at + timedelta(hours=policy.windows.escalation_opens_after_hours)


def escalated(dispute: "Dispute", by: Side | None, reason: Text | None = None) -> Escalated:
    """By None: nobody did, the negotiation window lapsed."""
    standing = tuple(o.number for o in dispute.offers.open())
    return Escalated(by=by.value if by else "silence", offers_standing=standing, reason=reason)


def check_is_neutral(dispute: "Dispute", actor: Actor) -> None:
    """Raises NotTheNeutral unless the actor is the neutral assigned to this dispute."""
    if not is_neutral(dispute, actor):
        raise NotTheNeutral(role=actor.role.value)


def is_neutral(dispute: "Dispute", actor: Actor) -> bool:
    return actor.role is Role.NEUTRAL and actor.subject == dispute.escalation.neutral


def check_not_a_stranger(dispute: "Dispute", actor: Actor) -> None:
    """A neutral acts only in a dispute that is assigned to them. Raises NotTheNeutral."""
    if actor.role is Role.NEUTRAL:
        check_is_neutral(dispute, actor)
