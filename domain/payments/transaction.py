"""One order of one marketplace: what was paid or is held, which lines are in dispute, and every movement of money back.

Each filing and each refund appends to this stream. So its version, not a view, refuses a second open dispute on the
same lines and a refund above what was paid, however many act at once.
"""

from uuid import UUID

from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict, Malformed
from domain.payments.transaction_facts import (
    ClaimEnded,
    ClaimOpened,
    OpenClaim,
    RefundReserved,
    Transaction,
    TransactionEvent,
    TransactionRecorded,
)

# --- types ---


class LinesAlreadyInDispute(Conflict):
    """`lines` has an order line on which another dispute is still open.

    Why: The same order line could otherwise be refunded twice.

    What to do: Use the open dispute in `open_disputes`, or wait until it is closed. Claims on other lines of the order
    can be filed now.

    Example: {"open_disputes": ["00000000-0000-0000-0000-0000000000d1"]}
    """

    pointer = "/claim/lines"


class InadmissibleForGood(Conflict):
    """`lines` has an order line on which a claim like this was declared inadmissible for good.

    Why: A neutral or a supervisor declared such a claim vexatious or out of scope. It would be decided in the same way
    again.

    What to do: Nothing can be filed on these lines for this reason. If the declaration was wrong, ask a supervisor to
    look at the dispute in `disputes`.

    Example: {"disputes": ["00000000-0000-0000-0000-0000000000d1"]}
    """

    pointer = "/claim/lines"


class ClaimExceedsPaid(Conflict):
    """`amount` of the `claim` is more than can still be paid out of this order.

    Why: No more can be paid out of an order than was paid for it. Other open claims and earlier refunds of the order
    count too.

    What to do: Claim at most `left`.

    Example: {"amount": "129.91 EUR", "left": "129.90 EUR"}
    """

    pointer = "/claim/amount"


class TransactionDiffers(Conflict):
    """The `transaction` is already on record with other parties, sums or lines.

    Why: All disputes on an order share one record of it. Two descriptions of the same order would allow two refunds of
    the same money.

    What to do: Send the order exactly as in its first filing: the same parties, `paid`, `held` and `lines`. `paid` is
    the sum on record.

    Example: {"paid": "129.90 EUR"}
    """

    pointer = "/transaction"


class UnknownLine(Malformed):
    """`lines` names an order line that the transaction does not have.

    Why: A claim names the order lines that it is about, by the marketplace's own ids. A line that the `transaction`
    does not have cannot be checked.

    What to do: Use only ids of `transaction.lines`. `unknown` says how many were not found.

    Example: {"unknown": 1}
    """

    pointer = "/claim/lines"


class FollowsNothing(Conflict):
    """`follows` is not a closed dispute on this order, or another dispute already follows it.

    Why: `follows` continues a closed dispute on the same order, and each one is continued once. So the history of an
    order is one line.

    What to do: Name the last closed dispute on this order, or leave out `follows`.

    Example: {"follows": "00000000-0000-0000-0000-0000000000d1"}
    """

    pointer = "/follows"


class TakenMeanwhile(Conflict):
    """Another dispute has taken up these order lines, or their money, since this one was closed.

    Why: Since this dispute was closed, another one claims the same lines or has used their money. If both were open,
    the money would be promised twice.

    What to do: Deal with the claim in the other dispute.
    """


class RefundExceedsPaid(Conflict):
    """The refund is more than what is left for it of the money of this order.

    Why: Money that leaves an order was paid for it before. What open disputes may still take is kept for them.

    What to do: Lower the amount to what is `left`, or wait until other disputes on this order are closed.

    Example: {"amount": "100.00 EUR", "left": "0.00 EUR"}
    """


# --- decisions ---


def record(tx: Transaction, recorded: TransactionRecorded) -> list[TransactionEvent]:
    """Records the order. The same again does nothing; anything else is refused."""
    if tx.paid is None:
        return [recorded]
    same = (tx.parties, tx.paid, tx.held, dict(tx.lines)) == (
        (recorded.buyer, recorded.seller),
        recorded.paid,
        recorded.held,
        {line.key: line.amount for line in recorded.lines},
    )
    if not same:
        raise TransactionDiffers(paid=str(tx.paid))
    return []


def open_claim(
    tx: Transaction,
    *,
    dispute_id: UUID,
    lines: tuple[UUID, ...],
    amount: Money,
    pays_in: bool,
    follows: UUID | None = None,
) -> list[TransactionEvent]:
    """`pays_in` marks a claim for payment into the order: what can still be paid out does not limit it."""
    if unknown := [key for key in lines if key not in tx.lines]:
        raise UnknownLine(unknown=len(unknown))
    if taken := [str(other) for other, claim in tx.claims.items() if claim.lines & set(lines)]:
        raise LinesAlreadyInDispute(open_disputes=taken)
    if not pays_in and amount > (left := tx.unclaimed()):
        raise ClaimExceedsPaid(amount=str(amount), left=str(left))
    if follows is not None and (follows not in tx.ended or follows in tx.followed):
        raise FollowsNothing(follows=str(follows))
    return [ClaimOpened(dispute_id=dispute_id, lines=lines, amount=amount, pays_in=pays_in, follows=follows)]


def check_not_barred(tx: Transaction, claimant: Side, lines: tuple[UUID, ...], reason: str) -> None:
    """Raises InadmissibleForGood, with the disputes in which that was declared."""
    alike = (bar for bar in tx.bars if bar.claimant is claimant and bar.reason in (None, reason))
    if barred := [str(bar.dispute_id) for bar in alike if set(bar.lines) & set(lines)]:
        raise InadmissibleForGood(disputes=barred)


def not_heard_before(
    tx: Transaction, claimant: Side, lines: tuple[UUID, ...], follows: UUID | None
) -> OpenClaim | None:
    """The claim that the new one follows: of the same side, on these lines, not heard, and one that may be filed again."""
    before = tx.ended.get(follows) if follows else None
    if before is None or follows is None or tx.returns.get(follows) is not claimant:
        return None
    return before if set(lines) <= before.lines else None


def reopen_claim(tx: Transaction, dispute_id: UUID) -> list[TransactionEvent]:
    """Opens the claim of a closed dispute again. Raises TakenMeanwhile if another claims its lines or its money."""
    if (claim := tx.ended.get(dispute_id)) is None:
        return []
    taken = any(open_one.lines & claim.lines for open_one in tx.claims.values())
    opened = ClaimOpened(
        dispute_id=dispute_id, lines=tuple(sorted(claim.lines)), amount=claim.amount, pays_in=claim.pays_in
    )
    moved = (m.amount for m in tx.movements.values() if m.dispute_id == dispute_id and not m.beyond_claim)
    had = Money.total(moved, claim.amount.currency)
    if taken or (not claim.pays_in and claim.amount > tx.unclaimed() + had):
        raise TakenMeanwhile()
    return [opened]


def end_claim(tx: Transaction, dispute_id: UUID, at: Instant) -> list[TransactionEvent]:
    return [ClaimEnded(dispute_id=dispute_id, ended_at=at)] if dispute_id in tx.claims else []


def reserve(
    tx: Transaction, *, refund_id: UUID, dispute_id: UUID, amount: Money, beyond_claim: bool = False
) -> list[TransactionEvent]:
    """`beyond_claim`: the refund may take only what no open dispute can still take."""
    if refund_id in tx.movements:
        return []
    if amount > (left := tx.unclaimed() if beyond_claim else tx.left()):
        raise RefundExceedsPaid(amount=str(amount), left=str(left))
    return [RefundReserved(refund_id=refund_id, dispute_id=dispute_id, amount=amount, beyond_claim=beyond_claim)]
