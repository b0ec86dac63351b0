"""What a commitment must say so that somebody can keep it: who owes it to whom, how much, until when."""

from domain.commitments.events import MONEY_KINDS, CommitmentKind, Participant, Promise
from domain.dispute.state import Dispute
from domain.kernel.base import Instant
from domain.kernel.money import CurrencyMismatch
from domain.kernel.refusals import Malformed

# --- types ---


class DueInThePast(Malformed):
    """`due_at` does not lie in the future.

    Why: A commitment that is due in the past would be broken at the moment it is made.

    What to do: Send a `due_at` after `now`. To report something that was already done, use a message.

    Example: {"due_at": "2026-11-02T10:00:00+00:00", "now": "2026-11-02T10:00:00+00:00"}
    """

    pointer = "/due_at"


class AmountMissing(Malformed):
    """`amount` is missing or zero, but the commitment is one of money.

    Why: A commitment to pay names its sum, so that the engine can set the money aside and compare what was paid.

    What to do: Send an `amount` above zero. If no money is to move, use another `kind`.

    Example: {"kind": "refund"}
    """

    pointer = "/amount"


class AmountOutOfPlace(Malformed):
    """`amount` is given, but the commitment is not one of money.

    Why: A sum on a commitment that is not about money would not be paid by anybody, but would look as if it were.

    What to do: Leave out `amount`, or use the `kind` `refund` or `pay`.

    Example: {"kind": "ship"}
    """

    pointer = "/amount"


class RefundOutOfPlace(Malformed):
    """`kind` is `refund`, but it is not owed to the buyer by the seller or the marketplace.

    Why: A refund is money of the order that goes back to the buyer. So the buyer receives it, and the seller or the
    marketplace bears it.

    What to do: For money in another direction, use the `kind` `pay`. For a refund, set `owed_to` to `buyer`.

    Example: {"owed_by": "buyer", "owed_to": "seller"}
    """

    pointer = "/kind"


class OwedToOneself(Malformed):
    """`owed_to` is the same as `owed_by`.

    Why: Nobody can hold themselves to a commitment: the creditor is the one who can waive it or confirm that it was
    kept.

    What to do: Name somebody else in `owed_to`.

    Example: {"owed_by": "seller"}
    """

    pointer = "/owed_to"


# --- decisions ---


def check_terms(dispute: Dispute, promise: Promise, now: Instant, *, under: str = "") -> None:
    """`under` is the place of the commitment in the request."""
    amount, order_currency = promise.amount, dispute.in_dispute.currency
    if promise.owed_by is promise.owed_to:
        raise OwedToOneself(at=f"{under}/owed_to", owed_by=promise.owed_by.value)
    if promise.due_at <= now:
        raise DueInThePast(at=f"{under}/due_at", due_at=promise.due_at.isoformat(), now=now.isoformat())
    if promise.kind in MONEY_KINDS and (amount is None or amount.is_zero):
        raise AmountMissing(kind=promise.kind.value)
    if promise.kind not in MONEY_KINDS and amount is not None:
        raise AmountOutOfPlace(kind=promise.kind.value)
    if promise.kind is CommitmentKind.REFUND and not _is_refund(promise):
        raise RefundOutOfPlace(owed_by=promise.owed_by.value, owed_to=promise.owed_to.value)
    if promise.by_refund and amount is not None and amount.currency != order_currency:
        raise CurrencyMismatch(at="/amount", expected=order_currency, found=amount.currency)


def _is_refund(promise: Promise) -> bool:
    return promise.owed_to is Participant.BUYER and promise.owed_by in (Participant.SELLER, Participant.MARKETPLACE)
