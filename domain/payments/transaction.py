"""One order of one marketplace: what was paid or is held, which lines are in dispute, and every movement of money back.

Each filing and each refund appends to this stream. So its version, not a view, refuses a second open dispute on the
same lines and a refund above what was paid, however many act at once.
"""

from fractions import Fraction
from uuid import UUID

from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.quantities import Quantity, shown, total
from domain.kernel.refusals import Conflict, Malformed
from domain.payments.transaction_facts import (
    ClaimEnded,
    ClaimOpened,
    LinePart,
    OpenClaim,
    RefundReserved,
    Transaction,
    TransactionEvent,
    TransactionRecorded,
    part_of,
)

# --- types ---


class LinesAlreadyInDispute(Conflict):
    """`lines` has an order line on which another dispute is still open.

    Why: The same order line could otherwise be refunded twice.

    What to do: Use the open dispute in `open_disputes`, or wait until it is closed. Claims on other lines of the order
    can be filed now. If the open dispute is about a part of the line, you can claim what it leaves: name it in `parts`.

    Example: {"open_disputes": ["00000000-0000-0000-0000-0000000000d1"]}
    """

    pointer = "/claim/lines"


class QuantityInDispute(Conflict):
    """`parts` names more of an order line than the other open disputes leave of it.

    Why: Several disputes may be about different pieces of one line, but together never about more than was bought.

    What to do: Claim at most `left`, or use one of the `open_disputes`.

    Example: {"open_disputes": ["00000000-0000-0000-0000-0000000000d1"], "left": "3"}
    """

    pointer = "/claim/parts"


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
    """Records the order. The same again does nothing; anything else is refused.

    An order of a time without quantities is recorded again, with them.
    """
    if tx.paid is None:
        return [recorded]
    lines, unmeasured = {line.key: line for line in recorded.lines}, any(x.quantity is None for x in tx.lines.values())
    if unmeasured:
        lines = {key: line.model_copy(update={"quantity": None}) for key, line in lines.items()}
    same = (tx.parties, tx.paid, tx.held, dict(tx.lines)) == (
        (recorded.buyer, recorded.seller),
        recorded.paid,
        recorded.held,
        lines,
    )
    if not same:
        raise TransactionDiffers(paid=str(tx.paid))
    return [recorded] if unmeasured else []


def open_claim(
    tx: Transaction,
    *,
    dispute_id: UUID,
    lines: tuple[UUID, ...],
    amount: Money,
    pays_in: bool,
    follows: UUID | None = None,
    parts: tuple[LinePart, ...] = (),
) -> list[TransactionEvent]:
    """`pays_in` marks a claim for payment into the order: what can still be paid out does not limit it."""
    if unknown := [key for key in lines if key not in tx.lines]:
        raise UnknownLine(unknown=len(unknown))
    check_free(tx, lines, parts)
    if not pays_in and amount > (left := tx.unclaimed()):
        raise ClaimExceedsPaid(amount=str(amount), left=str(left))
    if follows is not None and (follows not in tx.ended or follows in tx.followed):
        raise FollowsNothing(follows=str(follows))
    opened = ClaimOpened(
        dispute_id=dispute_id, lines=lines, amount=amount, pays_in=pays_in, follows=follows, parts=parts
    )
    return [opened]


def check_free(tx: Transaction, lines: tuple[UUID, ...], parts: tuple[LinePart, ...]) -> None:
    """Raises LinesAlreadyInDispute or QuantityInDispute if these lines, or so much of them, are not free."""
    for key in lines:
        holding = {dispute: claim.part(key) for dispute, claim in tx.claims.items() if key in claim.lines}
        left, wanted = _left(tx, key, list(holding.values())), part_of(parts, key)
        if holding and (wanted is None or not left):
            raise LinesAlreadyInDispute(open_disputes=[str(dispute) for dispute in holding])
        if wanted is not None and Fraction(wanted) > left:
            raise QuantityInDispute(open_disputes=[str(dispute) for dispute in holding], left=shown(left))


def _left(tx: Transaction, line: UUID, taken: list[Quantity | None]) -> Fraction:
    """How much of the line these leave. None takes all of it."""
    whole = tx.lines[line].quantity
    known = [quantity for quantity in taken if quantity is not None]
    return Fraction(whole) - total(known) if whole is not None and len(known) == len(taken) else Fraction(0)


def check_not_barred(
    tx: Transaction, claimant: Side, lines: tuple[UUID, ...], parts: tuple[LinePart, ...], reason: str
) -> None:
    """Raises InadmissibleForGood, with the disputes in which that was declared.

    A bar on a part of a line leaves the rest of the line. Nobody can say which piece is which, so bars add up.
    """
    alike = [bar for bar in tx.bars if bar.claimant is claimant and bar.reason in (None, reason)]
    for key in lines:
        bars = [bar for bar in alike if key in bar.lines]
        wanted = part_of(parts, key)
        left = _left(tx, key, [part_of(bar.parts, key) for bar in bars]) if bars else None
        if left is not None and (wanted is None or Fraction(wanted) > left):
            raise InadmissibleForGood(disputes=[str(bar.dispute_id) for bar in bars])


def not_heard_before(
    tx: Transaction, claimant: Side, lines: tuple[UUID, ...], parts: tuple[LinePart, ...], follows: UUID | None
) -> OpenClaim | None:
    """The claim that the new one follows: of the same side, on these lines and no more of them, not heard, and one that may
    be filed again.
    """
    before = tx.ended.get(follows) if follows else None
    if before is None or follows is None or tx.returns.get(follows) is not claimant:
        return None
    return (
        before if all(key in before.lines and _within(part_of(parts, key), before.part(key)) for key in lines) else None
    )


def _within(part: Quantity | None, most: Quantity | None) -> bool:
    """None is all of the line."""
    return most is None or (part is not None and Fraction(part) <= Fraction(most))


def reopen_claim(tx: Transaction, dispute_id: UUID) -> list[TransactionEvent]:
    """Opens the claim of a closed dispute again. Raises TakenMeanwhile if another claims its lines or its money."""
    if (claim := tx.ended.get(dispute_id)) is None:
        return []
    lines = tuple(sorted(claim.lines))
    opened = ClaimOpened(
        dispute_id=dispute_id, lines=lines, amount=claim.amount, pays_in=claim.pays_in, parts=claim.parts
    )
    try:
        check_free(tx, lines, claim.parts)
    except (LinesAlreadyInDispute, QuantityInDispute):
        raise TakenMeanwhile from None
    moved = (m.amount for m in tx.movements.values() if m.dispute_id == dispute_id and not m.beyond_claim)
    had = Money.total(moved, claim.amount.currency)
    if not claim.pays_in and claim.amount > tx.unclaimed() + had:
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
