"""Who the neutral of a dispute is: assignment, reassignment, recusal; and what passes to the successor.

When a neutral leaves, their open proposal lapses. Their commitments pass to the successor, and to the supervisor while
there is no successor. A new commitment to look at the dispute soon replaces the old one. The time for the ruling begins
again with each assignment, up to a limit in all.
"""

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

from domain.clocks import deadlines, names
from domain.clocks.deadline_facts import DeadlineEvent
from domain.commitments import making
from domain.commitments.events import (
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKind,
    CommitmentMade,
    CommitmentPassed,
    CommitmentReplaced,
    Origin,
    Participant,
    Promise,
)
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Actor, Command, Event, Instant, NamesNeutral, OnDispute, Role
from domain.kernel.people import Stage, Text, Words
from domain.kernel.refusals import Conflict, DisputeIsClosed, NotYourMove
from domain.neutral import challenge_owed, eligibility
from domain.neutral.escalation import AlreadyAssigned, AssignNeutral, MayNotAssign, check_is_neutral, is_neutral
from domain.neutral.escalation_facts import EscalationEvent, NeutralAssigned, NeutralReleased, WhyReleased
from domain.neutral.mandate_facts import CaseDone, CaseHandedOver, CaseTaken, Mandate, MandateEvent
from domain.policy.policy import Policy
from domain.settlement import notes
from domain.settlement.proposal_facts import ProposalLapsed

# --- types ---


class ReassignNeutral(OnDispute):
    """Takes the dispute from its neutral and gives it to another one, or to nobody: it then waits to be assigned. `note` is
    an internal note to whoever takes over.
    """

    neutral: UUID | None = None
    reason: Words
    note: Words | None = None


class Recuse(OnDispute):
    """The neutral steps down."""

    reason: Words


class HandOver(OnDispute, NamesNeutral):
    """Takes a dispute from a neutral whose mandate was closed. The engine sends it for each of their disputes."""


AssignmentCommand = AssignNeutral | ReassignNeutral | HandOver | Recuse


class NobodyAssigned(Conflict):
    """The dispute has no neutral at this moment.

    Why: There is nobody to replace or to challenge.

    What to do: As a supervisor, assign a neutral first. As a party, wait until there is one.
    """


class HasSteppedDown(Conflict):
    """This `neutral` has stepped down from the dispute, or was challenged with success.

    Why: A neutral who gave a dispute up, or was challenged with success, must not decide it after all.

    What to do: Choose another neutral.

    Example: {"neutral": "00000000-0000-0000-0000-0000000000a1"}
    """

    pointer = "/neutral"


class TookPart(Conflict):
    """The appeal cannot go to this `neutral`, who proposed, heard a caucus, ruled or co-signed in this dispute.

    Why: An appeal is heard by somebody who has not formed an opinion on this dispute before.

    What to do: Choose a neutral who made no proposal, heard no caucus and issued or signed no ruling in it, and did not grant
    the claim on the phone.

    Example: {"neutral": "00000000-0000-0000-0000-0000000000a1"}
    """

    pointer = "/neutral"


Released = EscalationEvent | CommitmentEvent | ProposalLapsed

# --- decisions ---


def decide(basis: Basis, command: AssignmentCommand) -> Sequence[Event]:
    match command:
        case AssignNeutral():
            return assign(basis.dispute, basis.policy, basis.case.mandate, command)
        case ReassignNeutral():
            moved = reassign(basis.dispute, basis.policy, basis.case.mandate, command)
            noted = [notes.note(basis, command.note, command.actor)] if moved and command.note is not None else []
            return [*moved, *noted]
        case HandOver():
            return hand_over(basis.dispute, command)
        case Recuse():
            return recuse(basis.dispute, command)
        case _:
            assert_never(command)


def assign(
    dispute: Dispute, policy: Policy, held: Mandate | None, command: AssignNeutral
) -> list[EscalationEvent | CommitmentEvent | DeadlineEvent]:
    _check_may_assign(command.actor, command.neutral)
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if dispute.escalation.neutral == command.neutral:
        return []
    if dispute.escalation.neutral is not None:
        raise AlreadyAssigned()
    _check_may_hear(dispute, policy, held, command.neutral, command.now)
    return _assigned(dispute, policy, command.neutral, command.actor.role, command.now)


def reassign(
    dispute: Dispute, policy: Policy, held: Mandate | None, command: ReassignNeutral
) -> list[Released | DeadlineEvent]:
    """A supervisor, an administrator or the neutral of the dispute does this, with a reason."""
    if is_handed_over(dispute, command):
        return []
    if not (may_assign(command.actor.role) or is_neutral(dispute, command.actor)):
        raise MayNotAssign(role=command.actor.role.value)
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if dispute.escalation.neutral == command.neutral:
        return []
    if dispute.escalation.neutral is None:
        raise NobodyAssigned()
    reason = dispute.text(command.reason, command.actor)
    if command.neutral is None:
        _check_waits_for_a_ruling(dispute)
        return [*release(dispute, "reassigned", command.actor.role, reason)]
    _check_may_hear(dispute, policy, held, command.neutral, command.now)
    return [
        *_gone(dispute, "reassigned", command.actor.role, reason),
        *_assigned(dispute, policy, command.neutral, command.actor.role, command.now),
    ]


def is_handed_over(dispute: Dispute, command: Command) -> bool:
    """Whether this neutral has just handed the dispute over, as they ask for again."""
    return (
        isinstance(command, ReassignNeutral)
        and command.actor.role is Role.NEUTRAL
        and dispute.escalation.handed_over_by == command.actor.subject
        and dispute.escalation.neutral == command.neutral
    )


def recuse(dispute: Dispute, command: Recuse) -> list[Released]:
    stepped_down = dispute.escalation.stepped_down
    if command.actor.subject in stepped_down and command.actor.role is Role.NEUTRAL:
        return []
    check_is_neutral(dispute, command.actor)
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if not may_recuse(dispute):
        raise NotYourMove(stage=dispute.stage.value)
    return release(dispute, "recused", command.actor.role, dispute.text(command.reason, command.actor))


def hand_over(dispute: Dispute, command: HandOver) -> list[Released]:
    """Nothing stays with a neutral who has left. In a closed dispute, only their open commitments pass on."""
    if command.actor.role is not Role.ENGINE:
        raise MayNotAssign(role=command.actor.role.value)
    if dispute.escalation.neutral != command.neutral:
        return []
    return [*_passed(dispute)] if dispute.closed else release(dispute, "mandate_closed", command.actor.role)


def release(dispute: Dispute, why: WhyReleased, by: Role, reason: Text | None = None) -> list[Released]:
    """Takes the dispute from its neutral, if it has one. The supervisor then owes what the neutral owed."""
    if dispute.escalation.neutral is None:
        return []
    return [*_gone(dispute, why, by, reason), *_passed(dispute)]


def promised(dispute: Dispute, policy: Policy, at: Instant) -> list[CommitmentEvent]:
    """While a dispute waits for a neutral, the supervisor owes an assignment in time. Otherwise that commitment ends.

    It runs after every act, so no act can forget it.
    """
    owing = [c for c in dispute.commitments.open.values() if c.owes_neutral]
    waits = dispute.escalation.neutral is None and waits_for_a_ruling(dispute)
    if not waits:
        return [CommitmentDischarged(commitment_id=c.id, reason="dispute_over") for c in owing]
    if owing:
        return []
    due_at, proof = policy.due("assignment", None, at, window=policy.windows.appeal_assignment)
    promise = Promise(
        kind=CommitmentKind.ASSIGN,
        owed_by=Participant.SUPERVISOR,
        owed_to=making.participant(dispute.adjudication.appeal or dispute.claimant),
        due_at=due_at,
        proof=proof,
    )
    return [making.make_commitment(dispute, promise, Origin.POLICY)]


def held(dispute: Dispute, mandate: Mandate | None) -> list[MandateEvent]:
    """A case counts in a mandate while it is open, and later while the neutral owes something in it.

    It runs after every act, so no act can forget it.
    """
    if mandate is None:
        return []
    theirs, listed = dispute.escalation.neutral == mandate.neutral, dispute.id in mandate.cases
    if listed and not theirs:
        return [CaseHandedOver(dispute_id=dispute.id)]
    busy = not dispute.closed or any(c.owed_by is Participant.NEUTRAL for c in dispute.commitments.open.values())
    if theirs and busy and not listed:
        return [CaseTaken(dispute_id=dispute.id)]
    return [CaseDone(dispute_id=dispute.id)] if listed and not busy else []


def may_assign(role: Role) -> bool:
    return role in (Role.SUPERVISOR, Role.ADMINISTRATOR)


def may_take(dispute: Dispute, actor: Actor) -> bool:
    """Whether the dispute waits for a neutral and this one may hear it. This does not check the mandate."""
    waits = dispute.escalation.neutral is None and waits_for_a_ruling(dispute)
    return waits and actor.role is Role.NEUTRAL and may_hear(dispute, actor.subject)


def may_hear(dispute: Dispute, neutral: UUID) -> bool:
    """False for a neutral who stepped down, or granted the claim on the phone; on appeal, for all who took part before."""
    return neutral not in dispute.escalation.stepped_down and not _took_part(dispute, neutral)


def _took_part(dispute: Dispute, neutral: UUID) -> bool:
    granted_it = neutral == dispute.resolved_by
    return granted_it or (dispute.adjudication.appeal is not None and neutral in dispute.involved)


def may_recuse(dispute: Dispute) -> bool:
    """While there is something to decide: the claim, an appeal, or contested goods, which a supervisor then decides."""
    return waits_for_a_ruling(dispute) or dispute.goods_contested


def waits_for_a_ruling(dispute: Dispute) -> bool:
    """Whether a neutral is needed: before the ruling, and again for an appeal."""
    return dispute.stage in (Stage.MEDIATION, Stage.ADJUDICATION) or dispute.adjudication.appeal is not None


def _passed(dispute: Dispute) -> list[CommitmentEvent]:
    """The neutral's commitments pass to the supervisor. Those owed to the supervisor end: nobody owes anything to
    themselves.
    """
    return [
        CommitmentDischarged(commitment_id=c.id, reason="neutral_gone")
        if c.owed_to is Participant.SUPERVISOR
        else CommitmentPassed(commitment_id=c.id, owed_by=Participant.SUPERVISOR)
        for c in dispute.commitments.open.values()
        if c.owed_by is Participant.NEUTRAL
    ]


def _gone(dispute: Dispute, why: WhyReleased, by: Role, reason: Text | None) -> list[Released]:
    neutral, proposed = dispute.escalation.neutral, dispute.proposals.open
    assert neutral is not None, "only who has a dispute is released from it"
    released = NeutralReleased(neutral=neutral, why=why, by=by, reason=reason)
    return [released, *([ProposalLapsed(number=proposed.number, why="moot")] if proposed else [])]


def _assigned(
    dispute: Dispute, policy: Policy, neutral: UUID, by: Role, now: Instant
) -> list[EscalationEvent | CommitmentEvent | DeadlineEvent]:
    look = _first_act(dispute, policy, neutral, now)
    inherited: list[CommitmentEvent] = []
    for owed in dispute.commitments.open.values():
        if owed.is_ruling:
            continue  # it follows the time to rule: see `domain.ruling.ruling_owed`
        if owed.is_first_act:
            inherited.append(CommitmentReplaced(commitment_id=owed.id, replaced_by=look.commitment_id, by=by))
        elif owed.owed_by is Participant.NEUTRAL or owed.passed:
            inherited.append(CommitmentPassed(commitment_id=owed.id, owed_by=Participant.NEUTRAL, subject=neutral))
    return [
        NeutralAssigned(neutral=neutral, by=by),
        look,
        *inherited,
        *challenge_owed.owed_anew(dispute, policy, neutral, now),
        *_time_to_rule(dispute, policy, now),
    ]


def _time_to_rule(dispute: Dispute, policy: Policy, now: Instant) -> list[DeadlineEvent]:
    """Each neutral gets the whole window, up to the limit in all. After it the dispute stays with the supervisor."""
    whole = deadlines.for_desk(names.Ruling(), policy, "ruling", now)
    since = dispute.deadlines.since.get(names.Ruling())
    if since is None:
        return [whole]
    limit = deadlines.for_desk(names.Ruling(), policy, "longest", since)
    first = min(whole, limit, key=lambda d: d.deadline.due_at)
    return [first] if first.deadline.due_at > now else []


def _first_act(dispute: Dispute, policy: Policy, neutral: UUID, now: Instant) -> CommitmentMade:
    top = dispute.buyer.tier == policy.tiers[-1]
    window = policy.windows.first_act_top_tier if top else policy.windows.first_act
    due_at, proof = policy.due("first_act", None, now, window=window)
    promise = Promise(
        kind=CommitmentKind.REVIEW,
        owed_by=Participant.NEUTRAL,
        owed_to=making.participant(dispute.claimant),
        subject=neutral,
        due_at=due_at,
        proof=proof,
    )
    return making.make_commitment(dispute, promise, Origin.POLICY)


def _check_may_assign(actor: Actor, neutral: UUID) -> None:
    takes = actor.role is Role.NEUTRAL and actor.subject == neutral
    if not (may_assign(actor.role) or takes):
        raise MayNotAssign(role=actor.role.value)


def _check_waits_for_a_ruling(dispute: Dispute) -> None:
    if not waits_for_a_ruling(dispute):
        raise NotYourMove(stage=dispute.stage.value)


def _check_may_hear(dispute: Dispute, policy: Policy, held: Mandate | None, neutral: UUID, now: Instant) -> None:
    """Raises the refusal if this neutral may not hear this dispute now."""
    _check_waits_for_a_ruling(dispute)
    if neutral in dispute.escalation.stepped_down:
        raise HasSteppedDown(neutral=str(neutral))
    if _took_part(dispute, neutral):
        raise TookPart(neutral=str(neutral))
    eligibility.check_may_take(held, neutral, dispute, policy, now)
