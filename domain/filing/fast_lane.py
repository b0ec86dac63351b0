"""The fast lane: a clause of the policy grants a small claim at filing, if the record shows it.

The grant is a default that does not wait for silence, and it is paid at once. The respondent may still answer. If the
respondent concedes, or stays silent until the window ends, the grant stands. If the respondent contests, in whole or in
part, the grant falls: the dispute is undecided from that instant, and a neutral is called. What was paid by then stays
paid for the time being, and counts against the later decision (`domain.remedies.recovery`).

A claim that is not clear goes the ordinary way: a seller's claim, a past case, an order that had another dispute or
refund, a claim that another forum deals with too, and a claim of a buyer who has reached a limit of the policy.
"""

from collections import Counter

from domain.clocks import deadlines, names
from domain.clocks.deadline_facts import DeadlineSet
from domain.commitments.events import Origin, Participant
from domain.dispute.state import Dispute
from domain.filing import claims, machine_decisions
from domain.filing.claim_facts import ClaimRecord
from domain.filing.fast_lane_facts import FastLaneContested, FastLaneGranted, ShownBy
from domain.filing.file_dispute import FileDispute
from domain.filing.filing_facts import Order
from domain.filing.review_facts import MachineDecided
from domain.kernel.base import Instant
from domain.kernel.frozen import replace
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.neutral.escalation import escalated
from domain.neutral.escalation_facts import Escalated
from domain.payments.transaction_facts import Transaction, total_held
from domain.policy.policy import Policy
from domain.policy.reasons import ClaimReason
from domain.remedies import recovery, remedy
from domain.remedies.division_facts import RemedyEvent
from domain.remedies.recovery_facts import RecoveryEvent

# --- types ---

_SHOWN_BY: dict[ClaimReason, ShownBy] = {
    ClaimReason.ITEM_NOT_RECEIVED: "tracking",
    ClaimReason.DUPLICATE_CHARGE: "charges",
}


# --- decisions ---


def at_filing(
    tx: Transaction, policy: Policy, record: ClaimRecord, command: FileDispute
) -> list[FastLaneGranted | MachineDecided | DeadlineSet]:
    """The grant, what it rests on, and the respondent's window to contest it. Nothing if the claim goes the ordinary way."""
    order, claim = command.order, command.claim
    in_dispute = total_held(order.held) or claim.amount
    limits = ((c, c.limit_for(in_dispute)) for c in policy.fast_lane if c.reason is claim.reason)
    under = next(((c, most) for c, most in limits if most is not None), None)
    if under is None or not _is_alone(tx, command):
        return []
    if claims.beyond(record, policy, command) or not _is_shown(order, claim.reason, claim.amount, command.now):
        return []
    clause, up_to = under
    seller = command.seller.member(Side.SELLER)
    granted = FastLaneGranted(
        clause=clause.clause,
        shown_by=_SHOWN_BY[claim.reason],
        claimant_receives=claim.amount,
        up_to=up_to,
        funded_by=None if order.held else Participant(clause.funded_by),
    )
    used: dict[str, object] = {
        "shown_by": granted.shown_by,
        "claimed": claim.amount,
        "in_dispute": in_dispute,
        "up_to": up_to,
    }
    used["latest_delivery_at"] = order.latest_delivery_at if granted.shown_by == "tracking" else None
    return [
        granted,
        machine_decisions.explained("granted_at_once", policy, clause.clause, seller, command.now, used),
        deadlines.for_party(names.Response(), policy, "fast_lane", seller, command.now),
    ]


def commitments_of(dispute: Dispute, policy: Policy, granted: FastLaneGranted, now: Instant) -> list[RemedyEvent]:
    """What the grant makes owed at once."""
    return remedy.advanced(dispute, policy, granted.funded_by, dispute.claimed, Origin.DEFAULT, now)


def may_be_contested(dispute: Dispute) -> bool:
    """Whether the grant may still fall. While it may, the dispute stays open, even if paid."""
    return dispute.fast_lane and dispute.response is None and dispute.deadlines.get(names.Response()) is not None


def contested(
    dispute: Dispute, by: Side
) -> tuple[list[FastLaneContested | RecoveryEvent | RemedyEvent | Escalated], Dispute]:
    """What follows when the respondent contests; and the dispute after that, for the rest of the answer."""
    fallen = recovery.overturn(dispute)
    after = replace(dispute, advance=recovery.overturned(dispute.advance, fallen))
    return [FastLaneContested(by=by), *fallen, escalated(dispute, by)], after


def _is_alone(tx: Transaction, command: FileDispute) -> bool:
    """Whether this is a buyer's new claim, and no other dispute, refund or forum touches the money of the order."""
    untouched = not (tx.claims or tx.ended or tx.movements)
    return not command.imported and command.claimant is Side.BUYER and command.other_forum is None and untouched


def _is_shown(order: Order, reason: ClaimReason, amount: Money, now: Instant) -> bool:
    if _SHOWN_BY[reason] == "tracking":
        return _is_overdue(order, now)
    return _was_charged_twice(order, amount)


def _is_overdue(order: Order, now: Instant) -> bool:
    """A carrier has the parcel on record, nobody reports it delivered, and its latest delivery time has passed."""
    late = order.latest_delivery_at is not None and order.latest_delivery_at < now
    return late and bool(order.tracking) and not order.tracked_as_delivered


def _was_charged_twice(order: Order, amount: Money) -> bool:
    """Either the claim is for a charge that is on the order twice, with the same label, and both were paid; or the
    whole order was paid twice.
    """
    cost = Money.total([*(x.amount for x in order.lines), *(x.amount for x in order.charges)], order.paid.currency)
    times = Counter((charge.key, charge.amount) for charge in order.charges if charge.key is not None)
    twice = any(n > 1 and charged == amount for (_, charged), n in times.items())
    return (twice and order.paid == cost) or (amount == cost and order.paid == cost + cost)
