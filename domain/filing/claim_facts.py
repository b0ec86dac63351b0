"""Facts about the claims of one buyer or seller, where policy counts them."""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal, assert_never
from uuid import UUID

from domain.kernel.base import Event, Instant
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.money import Money
from domain.kernel.people import Side, Text
from domain.policy.claim_limits import Ground

# --- types ---

What = Literal["claims", "amounts", "vexatious"]
"""The part of a limit that was reached."""

MarketplaceAnswer = Literal["acted", "declined"]


class ClaimCounted(Event, kind="ClaimCounted", stream="claims"):
    """A party filed a claim while policy limits its claims."""

    dispute_id: UUID
    amount: Money
    filed_at: Instant


class GrantCounted(Event, kind="GrantCounted", stream="claims"):
    """An agent granted this buyer a claim on the phone."""

    dispute_id: UUID
    amount: Money
    granted_at: Instant


class CaseCounted(Event, kind="CaseCounted", stream="claims"):
    """A case against this party is final since `at`, and counts."""

    dispute_id: UUID
    ground: Ground
    at: Instant


class CaseUncounted(Event, kind="CaseUncounted", stream="claims"):
    """A counted case was overturned and no longer counts."""

    dispute_id: UUID
    ground: Ground


class ActionRecommended(Event, kind="ActionRecommended", stream="claims"):
    """After these `cases` of one `ground` in `days`, the marketplace is to `delist` a seller or `restrict` a buyer.

    The marketplace owes an answer as a commitment in `dispute_id`, the last of the cases. The commitment has the id of
    the recommendation.
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


class RecommendationWithdrawn(Event, kind="RecommendationWithdrawn", stream="claims"):
    """A person reviewed the recommendation, and it no longer stands. The cases behind it count for no other one."""

    recommendation_id: UUID


class PartyWarned(Event, kind="PartyWarned", stream="claims"):
    """The party was warned, because policy warns before it recommends anything to the marketplace."""

    dispute_id: UUID
    party: UUID
    side: Side
    ground: Ground
    cases: tuple[UUID, ...]
    days: int
    warned_at: Instant


class WarningWithdrawn(Event, kind="WarningWithdrawn", stream="claims"):
    """A person reviewed the warning, and it no longer stands: the party was not warned on this ground."""

    ground: Ground


ClaimsEvent = (
    ClaimCounted
    | GrantCounted
    | CaseCounted
    | CaseUncounted
    | ActionRecommended
    | RecommendationAnswered
    | RecommendationWithdrawn
    | PartyWarned
    | WarningWithdrawn
)


class ClaimBeyondLimit(
    Event, kind="ClaimBeyondLimit", stream="dispute", told_to=Audience.NEUTRAL_STAFF_AND_AUDITOR, consequence=True
):
    """The claim is beyond a limit of the policy, so a person decides it. The limit is `most` of `what` in `days`."""

    what: Told[What]
    days: Told[int]
    most: Told[str]


# --- state ---


@frozen
class Filed:
    at: Instant
    amount: Money


@frozen
class Offence:
    """`told`: the case stands behind a recommendation, and counts for no other."""

    at: Instant
    told: bool = False


@frozen
class ClaimRecord:
    """`filed` and `granted` are by dispute, `offences` by ground and dispute. `recommended` holds answers or None. `warned` is
    when the party was last warned, by ground.
    """

    filed: Mapping[UUID, Filed] = field(default_factory=dict)
    offences: Mapping[tuple[Ground, UUID], Offence] = field(default_factory=dict)
    recommended: Mapping[UUID, str | None] = field(default_factory=dict)
    warned: Mapping[Ground, Instant] = field(default_factory=dict)
    granted: Mapping[UUID, Filed] = field(default_factory=dict)


# --- evolve ---


def evolve(record: ClaimRecord, event: ClaimsEvent) -> ClaimRecord:
    match event:
        case ClaimCounted(dispute_id=dispute_id):
            return replace(record, filed={**record.filed, dispute_id: Filed(event.filed_at, event.amount)})
        case GrantCounted(dispute_id=dispute_id):
            return replace(record, granted={**record.granted, dispute_id: Filed(event.granted_at, event.amount)})
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
        case RecommendationWithdrawn(recommendation_id=rid):
            return replace(record, recommended={**record.recommended, rid: "withdrawn"})
        case PartyWarned(ground=ground, warned_at=at):
            return replace(record, warned={**record.warned, ground: at})
        case WarningWithdrawn(ground=ground):
            return replace(record, warned={of: at for of, at in record.warned.items() if of != ground})
        case _:
            assert_never(event)
