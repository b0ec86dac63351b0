"""Repeat offenders, reported to the marketplace with the cases. The marketplace owes an answer: it acts or declines.

The party is told: that it was warned, where policy warns first, or that the marketplace was recommended to act. It reads
the rule, the cases, that no person decided, and how to object (`domain.filing.review`).

A case counts once nobody can appeal it any more, and stands behind at most one recommendation. The answer is a
commitment like any other, so it belongs to a dispute: the last of the cases behind the recommendation, closed or not.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from domain.commitments import making
from domain.commitments.events import (
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKind,
    Origin,
    Participant,
    Promise,
)
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.filing import claim_facts, claims, machine_decisions, vexatious
from domain.filing.claim_facts import (
    ActionRecommended,
    CaseCounted,
    CaseUncounted,
    ClaimRecord,
    ClaimsEvent,
    MarketplaceAnswer,
    PartyWarned,
    RecommendationAnswered,
    RecommendationWithdrawn,
    WarningWithdrawn,
)
from domain.filing.review_facts import Decision, MachineDecided, Standing
from domain.kernel.base import Event, Instant, OnDispute, Role
from domain.kernel.people import Outcome, Side, Words
from domain.kernel.refusals import Conflict, Forbidden, Unknown
from domain.policy.claim_limits import Ground, Threshold
from domain.policy.policy import Policy

# --- types ---


class CountCase(OnDispute):
    """Sent by the engine when a ruling became final or was overturned: updates the count of `side`, from `since`."""

    side: Side
    since: Instant


class AnswerRecommendation(OnDispute):
    """The marketplace acts or declines. `side` is the side of the party that the recommendation is about."""

    recommendation_id: UUID
    side: Side
    answer: MarketplaceAnswer
    reason: Words | None = None


RecommendationCommand = CountCase | AnswerRecommendation


class UnknownRecommendation(Unknown):
    """There is no such recommendation in this marketplace.

    Why: A recommendation belongs to one marketplace and has an id of its own.

    What to do: Take the id from `GET /v1/recommendations`.

    Example: {"recommendation_id": "6b979cb2-70c5-547e-b58c-1e868e2287bf"}
    """


class OnlyMarketplaceAnswers(Forbidden):
    """Your role cannot answer a recommendation. The marketplace can.

    Why: The recommendation is made to the marketplace, which decides about the accounts of its buyers and sellers.

    What to do: Send the answer as the marketplace's backend, in its own name.

    Example: {"role": "seller"}
    """


class AnsweredOtherwise(Conflict):
    """The recommendation was already answered in another way.

    Why: The answer to a recommendation is on record, and the engine and others have acted on it.

    What to do: Leave it. If the marketplace thinks otherwise now, act on that; the next recommendation can be answered
    in the new way.

    Example: {"answer": "acted"}
    """


class DeclinedWithoutReason(Conflict):
    """`reason` is missing, but the recommendation is declined.

    Why: Whoever declines a recommendation about a repeat offender answers for it later, so the reason is on record.

    What to do: Send a `reason`.
    """

    pointer = "/reason"


# --- decisions ---


def decide(basis: Basis, command: RecommendationCommand) -> Sequence[Event]:
    match command:
        case CountCase():
            return count(basis.dispute, basis.policy, basis.case.claims, command)
        case AnswerRecommendation():
            return answer(basis.dispute, basis.case.claims, command)
        case _:
            assert_never(command)


def count(
    dispute: Dispute, policy: Policy, record: ClaimRecord, command: CountCase
) -> list[ClaimsEvent | CommitmentEvent | MachineDecided]:
    """Brings the record of one side up to date with this dispute. An imported past case does not count."""
    events: list[ClaimsEvent | CommitmentEvent | MachineDecided] = []
    grounds: tuple[Ground, ...] = ("ruled_against", "found_vexatious")
    for ground in grounds:
        counted = (ground, dispute.id) in record.offences
        is_so = _is_against(dispute, command.side, ground) and policy.abuse.counts(command.side, ground)
        if counted and not is_so:
            events.append(CaseUncounted(dispute_id=dispute.id, ground=ground))
        elif is_so and not counted and not dispute.imported:
            case = CaseCounted(dispute_id=dispute.id, ground=ground, at=command.since)
            events += [case, *_recommended(dispute, policy, claim_facts.evolve(record, case), command, ground)]
    return events


def answer(dispute: Dispute, record: ClaimRecord, command: AnswerRecommendation) -> list[ClaimsEvent | CommitmentEvent]:
    if command.actor.role is not Role.MARKETPLACE:
        raise OnlyMarketplaceAnswers(role=command.actor.role.value)
    if command.recommendation_id not in record.recommended:
        raise UnknownRecommendation(recommendation_id=str(command.recommendation_id))
    if (before := record.recommended[command.recommendation_id]) is not None:
        if before == command.answer:
            return []
        raise AnsweredOtherwise(answer=before)
    if command.answer == "declined" and command.reason is None:
        raise DeclinedWithoutReason()
    owed = dispute.commitments.open[command.recommendation_id]
    answered = RecommendationAnswered(
        recommendation_id=command.recommendation_id,
        answer=command.answer,
        reason=dispute.text(command.reason, command.actor),
    )
    return [answered, making.keep_commitment(owed, command.now, command.actor.role, answered)]


def _is_against(dispute: Dispute, side: Side, ground: Ground) -> bool:
    if ground == "found_vexatious":
        return side is dispute.claimant and vexatious.is_final(dispute)
    return side is dispute.claimant.other and dispute.outcome is Outcome.RULED_FOR_CLAIMANT


def _recommended(
    dispute: Dispute, policy: Policy, record: ClaimRecord, command: CountCase, ground: Ground
) -> list[ClaimsEvent | CommitmentEvent | MachineDecided]:
    """Applies the first threshold that enough cases reach. Cases behind an earlier recommendation do not count."""
    for threshold in policy.abuse.thresholds:
        if (threshold.of, threshold.ground) == (command.side, ground):
            since = command.since - timedelta(days=threshold.days)
            known = claims.of_ground(record, ground, since)
            cases = tuple(i for i, offence in known.items() if not offence.told)
            if len(cases) < threshold.cases:
                continue
            warned_at = record.warned.get(ground)
            if threshold.warn_first and (warned_at is None or warned_at <= since):
                return _to_the_party(dispute, policy, threshold, cases, command)
            return _to_the_marketplace(dispute, policy, threshold, cases, command, warned_at)
    return []


def _to_the_party(
    dispute: Dispute, policy: Policy, threshold: Threshold, cases: tuple[UUID, ...], command: CountCase
) -> list[ClaimsEvent | CommitmentEvent | MachineDecided]:
    warned = PartyWarned(
        dispute_id=dispute.id,
        party=dispute.party(command.side).subject,
        side=command.side,
        ground=threshold.ground,
        cases=cases,
        days=threshold.days,
        warned_at=command.now,
    )
    about = Standing(ground=threshold.ground)
    return [warned, _explained(dispute, policy, "warned", threshold, cases, command, about)]


def _explained(
    dispute: Dispute,
    policy: Policy,
    decision: Decision,
    threshold: Threshold,
    cases: tuple[UUID, ...],
    command: CountCase,
    about: Standing,
    warned_at: Instant | None = None,
) -> MachineDecided:
    """The statement of reasons for the party: its own disputes, how many of them the rule allows, and in which time."""
    facts = {
        "ground": threshold.ground,
        "cases": len(cases),
        "disputes": " ".join(map(str, cases)),
        "from_cases": threshold.cases,
        "days": threshold.days,
        "warned_at": warned_at,
    }
    party, number = dispute.party(command.side), dispute.machine.following()
    return machine_decisions.explained(
        decision, policy, "abuse.thresholds", party, command.now, facts, number=number, standing=about
    )


def withdraw(
    dispute: Dispute, policy: Policy, record: ClaimRecord, about: Standing, side: Side, now: Instant
) -> list[ClaimsEvent | CommitmentEvent]:
    """A review found that the warning or the recommendation should not stand. If the marketplace has already acted on
    it, it owes the party a decision on what becomes of that.
    """
    if about.recommendation_id is None:
        return [WarningWithdrawn(ground=about.ground)]
    answered = record.recommended.get(about.recommendation_id)
    withdrawn = RecommendationWithdrawn(recommendation_id=about.recommendation_id)
    if answered is None:
        over = CommitmentDischarged(commitment_id=about.recommendation_id, reason="recommendation_withdrawn")
        return [withdrawn, over]
    if answered != "acted":
        return [withdrawn]
    due_at, proof = policy.due("recommendation", None, now, window=policy.abuse.answer)
    promise = Promise(
        kind=CommitmentKind.DECIDE,
        owed_by=Participant.MARKETPLACE,
        owed_to=making.participant(side),
        due_at=due_at,
        proof=proof,
    )
    return [withdrawn, making.make_commitment(dispute, promise, Origin.REVIEW)]


def _to_the_marketplace(
    dispute: Dispute,
    policy: Policy,
    threshold: Threshold,
    cases: tuple[UUID, ...],
    command: CountCase,
    warned_at: Instant | None,
) -> list[ClaimsEvent | CommitmentEvent | MachineDecided]:
    due_at, proof = policy.due("recommendation", None, command.now, window=policy.abuse.answer)
    promise = Promise(
        kind=CommitmentKind.REPLY,
        owed_by=Participant.MARKETPLACE,
        owed_to=Participant.SUPERVISOR,
        due_at=due_at,
        proof=proof,
    )
    owed = making.make_commitment(dispute, promise, Origin.RECOMMENDATION)
    recommended = ActionRecommended(
        recommendation_id=owed.commitment_id,
        dispute_id=dispute.id,
        party=dispute.party(command.side).subject,
        side=command.side,
        action="delist" if command.side is Side.SELLER else "restrict",
        ground=threshold.ground,
        cases=cases,
        days=threshold.days,
        due_at=due_at,
    )
    about = Standing(ground=threshold.ground, recommendation_id=owed.commitment_id)
    decision: Decision = "delisting_recommended" if command.side is Side.SELLER else "restriction_recommended"
    told = _explained(dispute, policy, decision, threshold, cases, command, about, warned_at)
    return [recommended, owed, told]
