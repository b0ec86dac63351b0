"""The claims of one buyer or seller in one marketplace, as far as policy counts them: its limits, and repeated offences.

Where a limit is set, each filing appends to the claimant's stream: its version, not a view, refuses the claim too many, also of
two filed at once. Where none is, nothing is kept here. What is counted for a period begins with the policy that counts it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, assert_never
from uuid import UUID

from domain.kernel.base import Event, Instant
from domain.kernel.money import Money
from domain.kernel.people import Side, Text
from domain.kernel.refusals import Conflict
from domain.neutral.escalation import Escalated
from domain.policy.book import Policy
from domain.policy.claim_limits import ClaimLimit, Ground

if TYPE_CHECKING:
    from domain.filing.filing import FileDispute

# --- types ---

What = Literal["claims", "amounts", "vexatious"]
"""Of a limit: which part of it was reached."""

MarketplaceAnswer = Literal["acted", "declined"]


class ClaimCounted(Event, kind="ClaimCounted", stream="claims"):
    """A filing under a limit."""

    dispute_id: UUID
    amount: Money
    filed_at: Instant


class CaseCounted(Event, kind="CaseCounted", stream="claims"):
    """A case against somebody is final, since `at`."""

    dispute_id: UUID
    ground: Ground
    at: Instant


class CaseUncounted(Event, kind="CaseUncounted", stream="claims"):
    """It was overturned, and stands against nobody."""

    dispute_id: UUID
    ground: Ground


class ActionRecommended(Event, kind="ActionRecommended", stream="claims"):
    """So many `cases` of one `ground` in so many days: the marketplace is to `delist` a seller, or `restrict` a buyer.

    The answer is owed as a commitment in `dispute_id`, the last of the cases; it has the recommendation's id.
    """

    recommendation_id: UUID
    dispute_id: UUID
    party: UUID
    side: Side
    action: Literal["delist", "restrict"]
    ground: Ground
    cases: tuple[UUID, ...]
    days: int
    due_at: Instant


class RecommendationAnswered(Event, kind="RecommendationAnswered", stream="claims"):
    recommendation_id: UUID
    answer: MarketplaceAnswer
    reason: Text | None = None


ClaimsEvent = ClaimCounted | CaseCounted | CaseUncounted | ActionRecommended | RecommendationAnswered


class ClaimBeyondLimit(Event, kind="ClaimBeyondLimit", stream="dispute"):
    """Filed beyond a limit of the policy, which gives it to a person. `most` of what it limits, in so many days."""

    what: What
    days: int
    most: str


class TooManyClaims(Conflict):
    """The policy limits what one party may claim in a period, and this claim is beyond that."""


# --- state ---


@dataclass(frozen=True, slots=True)
class Filed:
    at: Instant
    amount: Money


@dataclass(frozen=True, slots=True)
class Offence:
    """`told`: it stands behind a recommendation, and behind no other."""

    at: Instant
    told: bool = False


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """`filed` by dispute; `offences` by ground and dispute; `recommended` says of each recommendation what was answered."""

    filed: Mapping[UUID, Filed] = field(default_factory=dict)
    offences: Mapping[tuple[Ground, UUID], Offence] = field(default_factory=dict)
    recommended: Mapping[UUID, str | None] = field(default_factory=dict)


# --- evolve ---


def evolve(record: ClaimRecord, event: ClaimsEvent) -> ClaimRecord:
    match event:
        case ClaimCounted(dispute_id=dispute_id):
            return replace(record, filed={**record.filed, dispute_id: Filed(event.filed_at, event.amount)})
        case CaseCounted(dispute_id=dispute_id, ground=ground, at=at):
            return replace(record, offences={**record.offences, (ground, dispute_id): Offence(at)})
        case CaseUncounted(dispute_id=dispute_id, ground=ground):
            left = {key: known for key, known in record.offences.items() if key != (ground, dispute_id)}
            return replace(record, offences=left)
        case ActionRecommended(recommendation_id=rid, ground=ground, cases=cases):
            behind = {(ground, i): replace(record.offences[ground, i], told=True) for i in cases}
            offences, recommended = {**record.offences, **behind}, {**record.recommended, rid: None}
            return replace(record, offences=offences, recommended=recommended)
        case RecommendationAnswered(recommendation_id=rid, answer=answer):
            return replace(record, recommended={**record.recommended, rid: answer})
        case _:
            assert_never(event)


# --- decisions ---


def count(
    record: ClaimRecord, policy: Policy, command: "FileDispute"
) -> list[ClaimsEvent | ClaimBeyondLimit | Escalated]:
    """Raises TooManyClaims. A past case that is imported is limited by nothing, and counts for nothing."""
    limits = policy.abuse.limits_on(command.claimant)
    if not limits or not command.silence:
        return []
    counted = ClaimCounted(dispute_id=command.dispute_id, amount=command.claim.amount, filed_at=command.now)
    reached = beyond(record, policy, command)
    for limit, what, most in reached:
        if limit.beyond == "refuse":
            raise TooManyClaims(what=what, most=most, days=limit.days)
    for limit, what, most in reached:
        if limit.beyond == "review":
            return [counted, ClaimBeyondLimit(what=what, days=limit.days, most=most), Escalated(by="policy")]
    return [counted]


def beyond(record: ClaimRecord, policy: Policy, command: "FileDispute") -> list[tuple[ClaimLimit, What, str]]:
    """The limits of the policy that one more claim is beyond: which part of each, and how much of that it allows."""
    claimed, limits = command.claim.amount, policy.abuse.limits_on(command.claimant)
    return [(limit, *over) for limit in limits if (over := _over(record, limit, claimed, command.now))]


def _over(record: ClaimRecord, limit: ClaimLimit, claimed: Money, now: Instant) -> tuple[What, str] | None:
    """Which part of the limit does not allow one more claim of this amount, and how much it would."""
    since = now - timedelta(days=limit.days)
    recent = [filed for filed in record.filed.values() if filed.at > since]
    if limit.claims is not None and len(recent) >= limit.claims:
        return "claims", str(limit.claims)
    for most in limit.amounts:
        same = (filed.amount for filed in recent if filed.amount.currency == most.currency)
        if most.currency == claimed.currency and Money.total(same, most.currency) + claimed > most:
            return "amounts", str(most)
    if limit.vexatious is not None and len(of_ground(record, "found_vexatious", since)) >= limit.vexatious:
        return "vexatious", str(limit.vexatious)
    return None


def of_ground(record: ClaimRecord, ground: Ground, since: Instant) -> dict[UUID, Offence]:
    """Offences of one ground after an instant, by dispute."""
    return {i: known for (g, i), known in record.offences.items() if g == ground and known.at > since}
