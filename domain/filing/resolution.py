"""Resolutions: an agent of the desk files a buyer's claim on the phone, grants it, and orders the refund, in one act.

What an agent may grant is policy: by role, reason, ground and amount, and by buyer in a rolling period. All grants to one
buyer append to the buyer's stream of claims. So its version, not a view, refuses a grant too many, even if two agents
grant at once.

Policy says who bears the money. What the seller is to bear is like a grant of the fast lane (`domain.filing.fast_lane`):
the seller may contest it, and then a neutral is called. What the marketplace bears burdens nobody else, so nobody contests
it.

Refusal
├── Malformed
│   ├── NotABuyersClaim   only a buyer gets a refund
│   └── MoneyIsHeld       what is in escrow belongs to both sides
├── Forbidden
│   └── BeyondAuthority   no clause lets this role grant so much for this reason and ground
└── Conflict
    ├── GrantedTooMuch    this buyer was granted enough in the period
    └── ClaimNotHeard     the policy does not admit the claim
"""

from datetime import timedelta

from domain.clocks import deadlines, names
from domain.clocks.deadline_facts import DeadlineSet
from domain.commitments.events import CommitmentEvent, Origin, Participant
from domain.dispute.state import Dispute
from domain.filing import claims
from domain.filing.claim_facts import ClaimRecord, GrantCounted
from domain.filing.file_dispute import ResolveClaim
from domain.filing.resolution_facts import ResolutionGranted
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict, Forbidden, Malformed
from domain.policy.policy import Policy
from domain.policy.resolution_rules import ResolutionClause
from domain.remedies import remedy
from domain.remedies.goods_facts import GoodsEvent

# --- types ---


class NotABuyersClaim(Malformed):
    """Only a buyer's claim is granted on the phone, and this claim is the seller's.

    Why: A resolution pays a refund, and a refund goes to the buyer. A seller's claim takes money from the buyer, who must
    be heard first.

    What to do: File the seller's claim with `POST /v1/disputes`.

    Example: {"claimant": "seller"}
    """

    pointer = "/claimant"


class MoneyIsHeld(Malformed):
    """Money of this order is held in escrow, and it cannot be granted on the phone.

    Why: What is held belongs to both sides until somebody divides it. A grant to one side would take the rest from the
    other without a hearing.

    What to do: File the claim with `POST /v1/disputes`.
    """

    pointer = "/transaction/held"


class BeyondAuthority(Forbidden):
    """Your role may not grant this claim on the phone.

    Why: The policy limits what an agent grants alone: by role, reason, ground, currency and amount.

    What to do: Grant at most the amount in `up_to`, if it is given. Otherwise let a supervisor grant the claim, or file it
    with `POST /v1/disputes`.

    Example: {"role": "neutral", "reason": "damaged", "ground": "goodwill", "amount": "80.00 EUR", "up_to": "50.00 EUR"}
    """


class GrantedTooMuch(Conflict):
    """This buyer was already granted as much as one buyer may be granted in the period.

    Why: A refund on the phone is paid without hearing the seller. The limit keeps one buyer from asking again and again.

    What to do: File the claim with `POST /v1/disputes`. `most` says how much is granted in `days` days.

    Example: {"what": "amounts", "most": "100.00 EUR", "days": 30}
    """


class ClaimNotHeard(Conflict):
    """The policy does not admit this claim, so nobody can grant it.

    Why: A claim that is out of scope, lies before another forum, or comes too early is not heard here.

    What to do: See the `ground`. If the ground can be cured, cure it and send the resolution again.

    Example: {"ground": "other_forum"}
    """


# --- decisions ---


def check(policy: Policy, record: ClaimRecord, command: ResolveClaim) -> None:
    """Raises NotABuyersClaim, MoneyIsHeld, BeyondAuthority, GrantedTooMuch, ClaimNotHeard.

    A claim that a limit of the policy sends to a neutral is not for an agent to grant.
    """
    if command.claimant is not Side.BUYER:
        raise NotABuyersClaim(claimant=command.claimant.value)
    if command.order.held:
        raise MoneyIsHeld()
    _check_not_too_much(record, clause_for(policy, command), command)
    if any(limit.beyond == "review" for limit, *_ in claims.beyond(record, policy, command)):
        raise ClaimNotHeard(ground="policy")


def clause_for(policy: Policy, command: ResolveClaim) -> ResolutionClause:
    """The first clause that lets the agent grant the claim. Raises BeyondAuthority with the highest limit there is."""
    role, reason, amount = command.actor.role.value, command.claim.reason, command.claim.amount
    fitting = [
        (clause, most)
        for clause in policy.resolutions
        if role in clause.by and reason in clause.reasons and command.ground in clause.grounds
        if (most := clause.limit_for(amount)) is not None
    ]
    for clause, most in fitting:
        if amount <= most:
            return clause
    up_to = str(max(most for _, most in fitting)) if fitting else None
    raise BeyondAuthority(role=role, reason=reason.value, ground=command.ground, amount=str(amount), up_to=up_to)


def at_filing(policy: Policy, command: ResolveClaim) -> list[ResolutionGranted | DeadlineSet | GrantCounted]:
    """The grant, and the seller's window to contest it if the seller is to bear it."""
    amount, clause = command.claim.amount, clause_for(policy, command)
    up_to = clause.limit_for(amount)
    assert up_to is not None, "the clause lists the currency"
    granted = ResolutionGranted(
        clause=clause.clause,
        ground=command.ground,
        said=command.said.of(command.actor.subject),
        by=command.actor.role,
        agent=command.actor.subject,
        claimant_receives=amount,
        up_to=up_to,
        charged_to=clause.charged_to,
    )
    counted = GrantCounted(dispute_id=command.dispute_id, amount=amount, granted_at=command.now)
    if clause.charged_to == "marketplace":
        return [granted, counted]
    seller = command.seller.member(Side.SELLER)
    return [granted, deadlines.for_party(names.Response(), policy, "fast_lane", seller, command.now), counted]


def commitments_of(dispute: Dispute, policy: Policy, now: Instant) -> list[CommitmentEvent | GoodsEvent]:
    """What the marketplace owes the buyer at once."""
    return remedy.advanced(dispute, policy, Participant.MARKETPLACE, dispute.claimed, Origin.DEFAULT, now)


def _check_not_too_much(record: ClaimRecord, clause: ResolutionClause, command: ResolveClaim) -> None:
    limit, amount = clause.per_buyer, command.claim.amount
    since = command.now - timedelta(days=limit.days)
    recent = [granted for granted in record.granted.values() if granted.at > since]
    if limit.grants is not None and len(recent) >= limit.grants:
        raise GrantedTooMuch(what="grants", most=str(limit.grants), days=limit.days)
    same = (granted.amount for granted in recent if granted.amount.currency == amount.currency)
    in_all = Money.total(same, amount.currency) + amount
    for most in limit.amounts:
        if most.currency == amount.currency and in_all > most:
            raise GrantedTooMuch(what="amounts", most=str(most), days=limit.days)
