"""The claims of one buyer or seller in one marketplace, where policy counts them: its limits, and repeated offences.

If a limit is set, each filing appends to the claimant's stream. The version of that stream, not a view, finds the
claim too many, even if two are filed at once. Without a limit, nothing is kept here. A claim or case counts only if the
policy of its time counts such claims.

A claim too many is not heard (`domain.filing.admissibility`), or goes to a person, as the limit says. One that is not
heard does not count, unless a review admits it.
"""

from datetime import timedelta
from uuid import UUID

from domain.dispute.state import Dispute
from domain.filing.claim_facts import ClaimBeyondLimit, ClaimCounted, ClaimRecord, ClaimsEvent, Offence, What
from domain.filing.file_dispute import FileDispute
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.neutral.escalation_facts import Escalated
from domain.policy.claim_limits import ClaimLimit, Ground
from domain.policy.policy import Policy

# --- types ---

Reached = tuple[ClaimLimit, What, str]
"""A limit that one more claim would break, which part of it, and how much that part allows."""


# --- decisions ---


def count(
    record: ClaimRecord, policy: Policy, command: FileDispute, *, limited: bool
) -> list[ClaimsEvent | ClaimBeyondLimit | Escalated]:
    """The claim is counted, and goes to a person where a limit says so, if it is `limited`. An imported past case does not
    count.
    """
    limits = policy.abuse.limits_on(command.claimant)
    if not limits or command.imported:
        return []
    counted = ClaimCounted(dispute_id=command.dispute_id, amount=command.claim.amount, filed_at=command.now)
    for limit, what, most in beyond(record, policy, command) if limited else ():
        if limit.beyond == "review":
            return [counted, ClaimBeyondLimit(what=what, days=limit.days, most=most), Escalated(by="policy")]
    return [counted]


def admitted(dispute: Dispute, policy: Policy) -> list[ClaimCounted]:
    """A claim that was not heard, and now is, counts from its filing."""
    if not policy.abuse.limits_on(dispute.claimant):
        return []
    return [ClaimCounted(dispute_id=dispute.id, amount=dispute.claimed, filed_at=dispute.filed_at)]


def refusing(record: ClaimRecord, policy: Policy, command: FileDispute) -> Reached | None:
    """The first limit because of which this claim is not heard. Nothing limits an imported past case."""
    limited = policy.abuse.limits_on(command.claimant) and not command.imported
    reached = beyond(record, policy, command) if limited else []
    return next((one for one in reached if one[0].beyond == "refuse"), None)


def within_from(record: ClaimRecord, reached: Reached, now: Instant) -> Instant | None:
    """When a claim is within the limit again, if nothing else is filed; None where only amounts or findings say so."""
    limit, what, _ = reached
    if what != "claims" or limit.claims is None:
        return None
    lasts = timedelta(days=limit.days)
    recent = sorted(filed.at for filed in record.filed.values() if filed.at > now - lasts)
    return recent[len(recent) - limit.claims] + lasts


def beyond(record: ClaimRecord, policy: Policy, command: FileDispute) -> list[Reached]:
    """The limits that one more claim would break."""
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
