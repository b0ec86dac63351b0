"""The claims of one buyer or seller in one marketplace, where policy counts them: its limits, and repeated offences.

If a limit is set, each filing appends to the claimant's stream. The version of that stream, not a view, refuses the
claim too many, even if two are filed at once. Without a limit, nothing is kept here. A claim or case counts only if the
policy of its time counts such claims.
"""

from datetime import timedelta
from uuid import UUID

from domain.filing.claim_facts import ClaimBeyondLimit, ClaimCounted, ClaimRecord, ClaimsEvent, Offence, What
from domain.filing.file_dispute import FileDispute
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.refusals import Conflict
from domain.neutral.escalation_facts import Escalated
from domain.policy.claim_limits import ClaimLimit, Ground
from domain.policy.policy import Policy

# --- types ---


class TooManyClaims(Conflict):
    """The claimant has reached a limit of the policy on claims: see `what`, `most` and `days`.

    Why: The marketplace limits how many claims one buyer or seller may file in some days, or for what sum, so that a
    few people do not take the time of all others.

    What to do: Wait until earlier claims are older than `days` days, or ask the marketplace, which knows the limit.

    Example: {"what": "claims", "most": "1", "days": 30}
    """


# --- decisions ---


def count(
    record: ClaimRecord, policy: Policy, command: FileDispute
) -> list[ClaimsEvent | ClaimBeyondLimit | Escalated]:
    """Raises TooManyClaims. An imported past case is not limited and does not count."""
    limits = policy.abuse.limits_on(command.claimant)
    if not limits or command.imported:
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


def beyond(record: ClaimRecord, policy: Policy, command: FileDispute) -> list[tuple[ClaimLimit, What, str]]:
    """The limits that one more claim would break: for each, which part of it, and how much that part allows."""
    claimed, limits = command.claim.amount, policy.abuse.limits_on(command.claimant)
    return [(limit, *over) for limit in limits if (over := _over(record, limit, claimed, command.now))]


def _over(record: ClaimRecord, limit: ClaimLimit, claimed: Money, now: Instant) -> tuple[What, str] | None:
    """Which part of the limit does not allow one more claim of this amount, and how much that part allows."""
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
    """The offences of one ground after `since`, by dispute."""
    return {i: known for (g, i), known in record.offences.items() if g == ground and known.at > since}
