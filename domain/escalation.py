"""Calling a neutral: escalation by a party or by silence, assignment, and the neutral's first promise."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, assert_never
from uuid import UUID

from domain import commitments, deadlines, mandate
from domain.base import Actor, Command, Event, Instant, Role
from domain.commitments import Bearer, CommitmentEvent, CommitmentKind, Promise
from domain.mandate import Mandate, MandateEvent
from domain.people import Side, Stage, Text, Words, side_of
from domain.policy import Policy
from domain.refusals import Conflict, DisputeIsClosed, Forbidden, NotYourMove

if TYPE_CHECKING:
    from domain.deadlines import DeadlineEvent
    from domain.dispute import Dispute

# --- types ---


class Escalated(Event, kind="Escalated", stream="dispute"):
    """`offers_standing` are the offers that stay acceptable until the ruling."""

    by: Literal["buyer", "seller", "silence"]
    offers_standing: tuple[int, ...] = ()
    reason: Text | None = None


class NeutralAssigned(Event, kind="NeutralAssigned", stream="dispute"):
    neutral: UUID
    by: Role


class Referred(Event, kind="Referred", stream="dispute"):
    """To the supervisor: the ruling did not come in time."""

    reason: Literal["ruling_overdue"]


EscalationEvent = Escalated | NeutralAssigned | Referred


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


class TookPart(Forbidden):
    """An appeal is heard by a neutral who neither proposed, heard a caucus, ruled nor co-signed before."""


class NotTheNeutral(Forbidden):
    """Only the neutral to whom this dispute is assigned may do this."""


# --- state ---


@dataclass(frozen=True, slots=True)
class Escalation:
    escalated: bool = False
    offers_standing: frozenset[int] = frozenset()
    neutral: UUID | None = None
    referred: bool = False


# --- evolve ---


def evolve(escalation: Escalation, event: EscalationEvent) -> Escalation:
    match event:
        case Escalated(offers_standing=standing):
            return replace(escalation, escalated=True, offers_standing=frozenset(standing))
        case NeutralAssigned(neutral=neutral):
            return replace(escalation, neutral=neutral)
        case Referred():
            return replace(escalation, referred=True)
        case _:
            assert_never(event)


def vacated(escalation: Escalation) -> Escalation:
    """Nobody has it any more; a neutral is to be found."""
    return replace(escalation, neutral=None, referred=False)


# --- decisions ---


def escalate(dispute: "Dispute", policy: Policy, command: Escalate) -> list[EscalationEvent]:
    side = side_of(command.actor)
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if dispute.escalation.escalated:
        return []
    if dispute.stage is not Stage.NEGOTIATION:
        raise NotYourMove(stage=dispute.stage.value)
    if command.now < (opens_at := escalation_opens_at(dispute, policy)):
        raise EscalationNotOpenYet(opens_at=opens_at.isoformat(), clause=policy.rule("escalation"))
    return [escalated(dispute, side, dispute.text(command.reason, command.actor))]


def escalation_opens_at(dispute: "Dispute", policy: Policy) -> Instant:
    return dispute.filed_at + timedelta(hours=policy.windows.escalation_opens_after_hours)


def escalated(dispute: "Dispute", by: Side | None, reason: Text | None = None) -> Escalated:
    """By None: nobody did, the negotiation window lapsed."""
    standing = tuple(o.number for o in dispute.offers.open())
    return Escalated(by=by.value if by else "silence", offers_standing=standing, reason=reason)


def assign(
    dispute: "Dispute", policy: Policy, held: Mandate | None, command: AssignNeutral
) -> "list[EscalationEvent | MandateEvent | CommitmentEvent | DeadlineEvent]":
    _check_may_assign(command.actor, command.neutral)
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if dispute.escalation.neutral == command.neutral:
        return []
    if dispute.escalation.neutral is not None:
        raise AlreadyAssigned()
    if not wants_neutral(dispute):
        raise NotYourMove(stage=dispute.stage.value)
    if not may_hear(dispute, command.neutral):
        raise TookPart(neutral=str(command.neutral))
    taken = mandate.take(held, command.neutral, dispute.id)
    ruling = deadlines.for_desk("ruling", policy.windows.ruling, policy, "ruling", command.now)
    return [
        NeutralAssigned(neutral=command.neutral, by=command.actor.role),
        _first_act(dispute, policy, command),
        ruling,
        *commitments.kept_by_policy(dispute, CommitmentKind.ASSIGN, command.now, command.actor.role),
        *taken,
    ]


def wants_neutral(dispute: "Dispute") -> bool:
    """Whether it is at a stage where a neutral has something to do."""
    return dispute.stage in (Stage.MEDIATION, Stage.ADJUDICATION) or dispute.adjudication.appeal is not None


def may_hear(dispute: "Dispute", neutral: UUID) -> bool:
    """On appeal, only somebody who took no part before."""
    return dispute.adjudication.appeal is None or neutral not in dispute.involved


def kept_by_acting(dispute: "Dispute", actor: Actor, now: Instant) -> list[CommitmentEvent]:
    """The neutral's promise to look at the case is kept by the neutral's first act in it."""
    if not is_neutral(dispute, actor):
        return []
    return [commitments.kept(c, now, actor.role) for c in dispute.commitments.open.values() if c.is_first_act]


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


def _check_may_assign(actor: Actor, neutral: UUID) -> None:
    assigns = actor.role in (Role.SUPERVISOR, Role.ADMINISTRATOR)
    takes = actor.role is Role.NEUTRAL and actor.subject == neutral
    if not (assigns or takes):
        raise MayNotAssign(role=actor.role.value)


def _first_act(dispute: "Dispute", policy: Policy, command: AssignNeutral) -> CommitmentEvent:
    top = dispute.buyer.tier == policy.tiers[-1]
    window = policy.windows.first_act_top_tier if top else policy.windows.first_act
    due_at, proof = commitments.on_calendar_of(None, window, policy, "first_act", command.now)
    promise = Promise(
        kind=CommitmentKind.REVIEW,
        owed_by=Bearer.NEUTRAL,
        owed_to=commitments.bearer(dispute.claimant),
        subject=command.neutral,
        due_at=due_at,
        proof=proof,
    )
    return commitments.made(dispute, promise, "policy")
