"""Facts about one movement of money: instructed, submitted, confirmed, failed, bounced."""

from datetime import timedelta
from typing import Annotated, Literal, assert_never
from uuid import UUID

from domain.kernel.base import Event, Instant, Role
from domain.kernel.conversion import Payout, Quote
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.personal import Personal

# --- types ---

FailureReason = Literal[
    "insufficient_funds",
    "account_closed",
    "currency_not_supported",
    "not_possible",
    "declined",
    "provider_unavailable",
    "bounced",
    "other",
]
"""`bounced`: it was paid and came back, whether it was recorded as confirmed or not."""

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
"""How long each attempt waits for an answer, and a failed one for the next. After the last wait a person decides."""

Otherwise = Literal["bank_transfer", "store_credit", "voucher", "cash", "goods", "other"]


class RefundInstructed(Event, kind="RefundInstructed", stream="refund", told_to=Audience.ALL):
    """A refund is to be paid. `recipient` receives the money, `funded_by` bears it. Its first attempt is due at once."""

    refund_id: Told[UUID]
    dispute_id: UUID
    transaction_id: UUID
    commitment_id: Told[UUID]
    recipient: Told[Side]
    recipient_subject: UUID
    funded_by: Told[str]
    amount: Told[Money]


class RefundSubmitted(Event, kind="RefundSubmitted", stream="refund", told_to=Audience.ALL):
    """An attempt, recorded before it is made. `by` is who wants it.

    The worker that stores an attempt makes it. So if a person wants one, the engine at once makes the next attempt.
    """

    schema_version = 2

    attempt: Told[int] = 1
    by: Told[Role] = Role.ENGINE


class RefundConfirmed(Event, kind="RefundConfirmed", stream="refund", told_to=Audience.ALL):
    """The provider paid. `reference_key` is a keyed hash of the provider's reference, to notice a different one.

    `payout` is what was paid out, if in another currency.
    """

    schema_version = 2

    recipient_subject: UUID
    reference_key: UUID | None = None
    provider_reference: Annotated[str | None, Personal("recipient_subject")] = None
    payout: Told[Payout | None] = None


class RefundPaidDifferently(Event, kind="RefundPaidDifferently", stream="refund", told_to=Audience.ALL):
    """A report that another sum was paid than the one owed, or at a rate that does not give the sum. Nothing is
    confirmed: a person looks at it.
    """

    recipient_subject: UUID
    paid: Told[Money]
    payout: Told[Quote | None] = None
    reference_key: UUID | None = None
    provider_reference: Annotated[str | None, Personal("recipient_subject")] = None


class RefundPaidAgainstRecord(Event, kind="RefundPaidAgainstRecord", stream="refund", told_to=Audience.ALL_BUT_PARTIES):
    """The provider reports a payment that the record does not allow for: of a refund that is settled otherwise,
    cancelled or bounced, or that nobody owes any more; or a second payment, or one of another sum, after the first was
    confirmed. Nothing is confirmed: `decision_id` is a supervisor's commitment to look at it.
    """

    recipient_subject: UUID
    decision_id: Told[UUID]
    paid: Told[Money]
    payout: Told[Quote | None] = None
    reference_key: UUID | None = None
    provider_reference: Annotated[str | None, Personal("recipient_subject")] = None


class RefundFailed(Event, kind="RefundFailed", stream="refund", told_to=Audience.ALL):
    """An attempt failed. `retry_at` is when the next one is due; without it a person decides."""

    schema_version = 2

    reason: Told[FailureReason]
    attempt: Told[int] = 1
    retry_at: Told[Instant | None] = None


class RefundSettledOtherwise(Event, kind="RefundSettledOtherwise", stream="refund", told_to=Audience.ALL):
    """The provider did not pay it and never will. It was paid in another way."""

    how: Told[Otherwise]
    by: Told[Role]
    recipient_subject: UUID
    reference_key: UUID
    reference: Annotated[str, Personal("recipient_subject")]
    payout: Told[Payout | None] = None


class RefundCancelled(Event, kind="RefundCancelled", stream="refund", told_to=Audience.ALL):
    """The refund failed, and its commitment was then waived or replaced. This movement will never happen."""


class RefundBounced(Event, kind="RefundBounced", stream="refund", told_to=Audience.ALL):
    """The refund was confirmed and came back. Its commitment is owed again, and another refund carries it out."""


RefundEvent = (
    RefundInstructed
    | RefundSubmitted
    | RefundConfirmed
    | RefundPaidDifferently
    | RefundPaidAgainstRecord
    | RefundFailed
    | RefundSettledOtherwise
    | RefundCancelled
    | RefundBounced
)


# --- state ---

Status = Literal["instructed", "submitted", "confirmed", "failed", "settled_otherwise", "cancelled", "bounced"]


Report = tuple[Money, Quote | None, UUID | None]
"""A payment that was reported and was not the one owed: the sum, the payout, and the key of the provider's reference."""


@frozen
class Refund:
    """`attempts` counts all attempts; `tries` counts those that the engine made since a person last asked for one.

    `next_at` is when another attempt may be made. `failures` numbers the requests to the provider: an unanswered
    request is sent again as the same one. `differing` are the reports of payments other than the one owed.
    """

    id: UUID
    dispute_id: UUID
    commitment_id: UUID
    recipient_subject: UUID
    amount: Money
    recipient: Side = Side.BUYER
    status: Status = "instructed"
    reference_key: UUID | None = None
    attempts: int = 0
    tries: int = 0
    failures: int = 0
    next_at: Instant | None = None
    differing: tuple[Report, ...] = ()


# --- evolve ---


def evolve(refund: Refund | None, event: RefundEvent, at: Instant) -> Refund:
    if isinstance(event, RefundInstructed):
        return Refund(
            event.refund_id,
            event.dispute_id,
            event.commitment_id,
            event.recipient_subject,
            event.amount,
            event.recipient,
            next_at=at,
        )
    assert refund is not None, "a refund's stream begins with its instruction"
    match event:
        case RefundSubmitted(attempt=attempt, by=by):
            tries = refund.tries + 1 if by is Role.ENGINE else 0
            next_at = at + wait_after(tries) if tries else at
            return replace(refund, status="submitted", attempts=attempt, tries=tries, next_at=next_at)
        case RefundConfirmed(reference_key=key):
            return replace(refund, status="confirmed", reference_key=key, next_at=None)
        case RefundPaidDifferently(paid=paid, payout=payout, reference_key=key):
            # Something was paid. What that means is for a person to say, and no attempt is due.
            return replace(refund, status="submitted", next_at=None, differing=(*refund.differing, (paid, payout, key)))
        case RefundPaidAgainstRecord(paid=paid, payout=payout, reference_key=key):
            return replace(refund, differing=(*refund.differing, (paid, payout, key)))
        case RefundFailed(retry_at=retry_at):
            return replace(refund, status="failed", failures=refund.failures + 1, next_at=retry_at)
        case RefundSettledOtherwise(reference_key=key):
            return replace(refund, status="settled_otherwise", reference_key=key, next_at=None)
        case RefundCancelled():
            return replace(refund, status="cancelled", next_at=None)
        case RefundBounced():
            return replace(refund, status="bounced", next_at=None)
        case _:
            assert_never(event)


def wait_after(tries: int) -> timedelta:
    """How long after the `tries`th attempt in a row there may be another."""
    return WAITS[min(max(tries, 1), len(WAITS)) - 1]
