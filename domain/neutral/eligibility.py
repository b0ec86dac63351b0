"""Which neutral may get which dispute: mandate, leave, load, the buyer's tier, interests, languages.

Conflict
├── IsOnLeave         gets no new disputes
├── HoldsTooMany      holds as many as the mandate allows at once
├── TierNotServed     the mandate is for other buyers
├── HasAnInterest     in one of the parties
└── LanguageNotRead   not what the policy asks for
"""

from collections.abc import Iterator
from uuid import UUID

from domain.dispute.state import Dispute
from domain.kernel.base import Instant
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict
from domain.neutral.mandate import in_office
from domain.neutral.mandate_facts import Mandate
from domain.policy.policy import Policy

# --- types ---


class IsOnLeave(Conflict):
    """The neutral is on leave and takes no new disputes.

    Why: A neutral on leave would not look at the dispute in time.

    What to do: Assign another neutral, or end the leave first. `until` says when it ends, if that is known.

    Example: {"until": "2026-11-06T08:00:00+00:00"}
    """


class HoldsTooMany(Conflict):
    """The neutral already holds as many disputes as the mandate allows at once.

    Why: The mandate limits how many disputes a neutral has at once, so that each gets enough attention.

    What to do: Assign another neutral, or let an administrator raise the limit in the mandate.

    Example: {"held": 0, "most": 0}
    """


class TierNotServed(Conflict):
    """The neutral's mandate does not cover buyers of this tier.

    Why: Some neutrals are for certain tiers of buyers only, as their mandate says.

    What to do: Assign a neutral whose mandate covers the tier in `tier`, or has no tiers.

    Example: {"tier": "standard", "tiers": ["gold"]}
    """


class LanguageNotRead(Conflict):
    """The neutral does not read the languages of the parties that the policy asks for.

    Why: The policy says whose language the neutral must read, so that nobody is judged on a text that the neutral does
    not understand.

    What to do: Assign a neutral who reads the languages in `wanted`. An administrator can correct the languages of a
    mandate.

    Example: {"languages": ["en"], "wanted": ["it", "zh-Hans"], "neutral_reads": "either_side"}
    """


class HasAnInterest(Conflict):
    """The neutral has an interest in one of the parties of this dispute.

    Why: Nobody decides about a person in whom they have an interest. `parties` says on which side that person is.

    What to do: Assign another neutral. If the interest is over, an administrator can correct the mandate.

    Example: {"parties": ["buyer"]}
    """


# --- decisions ---


def check_may_take(mandate: Mandate | None, neutral: UUID, dispute: Dispute, policy: Policy, now: Instant) -> None:
    """Checks that a neutral may get one more dispute, and this one. Raises NoMandate and the refusals above."""
    held = in_office(mandate, neutral)
    if held.on_leave(now):
        raise IsOnLeave(until=held.leave.until.isoformat() if held.leave and held.leave.until else None)
    if held.most_cases is not None and len(held.cases - {dispute.id}) >= held.most_cases:
        raise HoldsTooMany(held=len(held.cases), most=held.most_cases)
    if held.tiers and dispute.buyer.tier not in held.tiers:
        raise TierNotServed(tier=dispute.buyer.tier, tiers=list(held.tiers))
    if interests := [*_interests(held, dispute)]:
        raise HasAnInterest(parties=interests)
    _check_languages(held, dispute, policy)


def _interests(mandate: Mandate, dispute: Dispute) -> Iterator[str]:
    """The sides in which the neutral has an interest, through a representative too. Nobody hears their own dispute."""
    for side in Side:
        if ({dispute.party(side).subject} | dispute.representation.of(side)) & (mandate.conflicts | {mandate.neutral}):
            yield side.value


def _check_languages(mandate: Mandate, dispute: Dispute, policy: Policy) -> None:
    if policy.neutral_reads == "translations":
        return
    read = [mandate.reads(dispute.party(side).language) for side in Side]
    if not (all(read) if policy.neutral_reads == "both_sides" else any(read)):
        wanted = [dispute.party(side).language for side in Side]
        raise LanguageNotRead(languages=list(mandate.languages), wanted=wanted, neutral_reads=policy.neutral_reads)
