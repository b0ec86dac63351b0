"""One movement of money, with its own life at the payment provider.

    instructed → submitted → confirmed → bounced
                 ↑    ↓ no answer, or failed
                 └────┴─ retried, until it is handed to a person → settled otherwise | retried | cancelled

`submitted` is on record before the provider is called, so that a crash in between leaves a question to ask it and never a
second payment. Each attempt is one such fact: whoever stored it makes it, and nobody else does. When the next one is due
follows from the facts, and so survives whoever was to make it.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Literal, assert_never
from uuid import UUID

from domain.kernel.base import Event, Instant, Role
from domain.kernel.conversion import Payout, Quote, converted
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.personal import Personal
from domain.kernel.refusals import Conflict, Forbidden, Unknown

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
"""`bounced`: it was paid, and came back; on record as confirmed or not."""

DEFINITE: frozenset[FailureReason] = frozenset(
    {"insufficient_funds", "account_closed", "currency_not_supported", "not_possible", "bounced"}
)
"""Asking again would not help: a person decides at once."""

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
"""How long each attempt waits for an answer, and a failed one for the next. After the last wait a person decides."""

ATTEMPTS = len(WAITS) + 1

Otherwise = Literal["bank_transfer", "store_credit", "voucher", "cash", "goods", "other"]


class RefundInstructed(Event, kind="RefundInstructed", stream="refund"):
    """`recipient` is who receives the money, `funded_by` who bears it."""

    refund_id: UUID
    dispute_id: UUID
    transaction_id: UUID
    commitment_id: UUID
    recipient: Side
    recipient_subject: UUID
    funded_by: str
    amount: Money


class RefundSubmitted(Event, kind="RefundSubmitted", stream="refund"):
    """An attempt, before it is made. `by` is who wants it.

    What a person wants the engine makes as the attempt after, at once: whoever stores one makes it.
    """

    schema_version = 2

    attempt: int = 1
    by: Role = Role.ENGINE


class RefundConfirmed(Event, kind="RefundConfirmed", stream="refund"):
    """`reference_key` is a keyed hash of the provider's reference, so that another one is noticed.

    `payout` is what was paid out where that is of another currency.
    """

    schema_version = 2

    recipient_subject: UUID
    reference_key: UUID | None = None
    provider_reference: Annotated[str | None, Personal("recipient_subject")] = None
    payout: Payout | None = None


class RefundFailed(Event, kind="RefundFailed", stream="refund"):
    """`retry_at` is when the next attempt is due; without it a person decides."""

    schema_version = 2

    reason: FailureReason
    attempt: int = 1
    retry_at: Instant | None = None


class RefundSettledOtherwise(Event, kind="RefundSettledOtherwise", stream="refund"):
    """The provider did not pay it, and never will; it was paid in another way."""

    how: Otherwise
    by: Role
    recipient_subject: UUID
    reference_key: UUID
    reference: Annotated[str, Personal("recipient_subject")]
    payout: Payout | None = None


class RefundCancelled(Event, kind="RefundCancelled", stream="refund"):
    """After a failure, what it was to carry out was waived or replaced; this movement will never happen."""


class RefundBounced(Event, kind="RefundBounced", stream="refund"):
    """It was confirmed, and came back: what it was to carry out is owed again, and moves by another refund."""


RefundEvent = (
    RefundInstructed
    | RefundSubmitted
    | RefundConfirmed
    | RefundFailed
    | RefundSettledOtherwise
    | RefundCancelled
    | RefundBounced
)


class UnknownRefund(Unknown):
    """There is no such refund here."""


class PaidOtherwise(Conflict):
    """This refund was confirmed with another reference of the provider; look whether it was paid twice."""

    pointer = "/provider_reference"


class RefundEnded(Conflict):
    """This refund has already ended in another way, or what it was to carry out has."""


class PaidDifferently(Conflict):
    """Another sum was paid than was owed; a person has to look at it."""

    pointer = "/paid"


class NobodyKnowsYet(Conflict):
    """The provider may have paid, or paid another sum. Retry it, which asks the provider; or confirm what it shows as paid."""


class BouncedAfterClosure(Conflict):
    """The dispute is closed: a supervisor reopens it for the refund that came back."""


class MayNotReport(Forbidden):
    """Only the marketplace, or the engine for a payment provider, says what became of a refund."""


class MayNotDecideRefund(Forbidden):
    """Only a supervisor or the marketplace decides what becomes of a refund that failed."""


# --- state ---

Status = Literal["instructed", "submitted", "confirmed", "failed", "settled_otherwise", "cancelled", "bounced"]
PAID: frozenset[Status] = frozenset({"confirmed", "settled_otherwise"})
OVER: frozenset[Status] = frozenset({"confirmed", "settled_otherwise", "cancelled", "bounced"})


@dataclass(frozen=True, slots=True)
class Refund:
    """`attempts` counts all of them, `tries` those that the engine made since a person last wanted it.

    `next_at` is when another one may be made.

    `failures` tells one request to the provider from the next: an unanswered one is asked again as the same request.
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
        )
    assert refund is not None, "a refund's stream begins with its instruction"
    match event:
        case RefundSubmitted(attempt=attempt, by=by):
            tries = refund.tries + 1 if by is Role.ENGINE else 0
            next_at = at + wait_after(tries) if tries else at
            return replace(refund, status="submitted", attempts=attempt, tries=tries, next_at=next_at)
        case RefundConfirmed(reference_key=key):
            return replace(refund, status="confirmed", reference_key=key, next_at=None)
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
    """How long after an attempt, the `tries`th in a row, there may be another."""
    return WAITS[min(max(tries, 1), len(WAITS)) - 1]


# --- decisions ---


def known(refund: Refund | None, refund_id: UUID, dispute_id: UUID) -> Refund:
    """Raises UnknownRefund, also for one of another dispute."""
    if refund is None or refund.dispute_id != dispute_id:
        raise UnknownRefund(refund_id=str(refund_id))
    return refund


def may_report(role: Role) -> bool:
    return role in {Role.MARKETPLACE, Role.ENGINE}


def check_may_report(role: Role) -> None:
    """Raises MayNotReport."""
    if not may_report(role):
        raise MayNotReport(role=role.value)


def may_decide(role: Role) -> bool:
    """Who is asked when a refund failed for good."""
    return role in {Role.MARKETPLACE, Role.SUPERVISOR}


def check_may_decide(role: Role) -> None:
    """Raises MayNotDecideRefund."""
    if not may_decide(role):
        raise MayNotDecideRefund(role=role.value)


def confirm(
    refund: Refund,
    provider_reference: str | None,
    reference_key: UUID | None,
    paid: Money | None = None,
    quote: Quote | None = None,
) -> list[RefundEvent]:
    """`paid` is what the provider says that it paid, in the refund's currency; `quote` how it was paid out in another one."""
    if refund.status == "confirmed":
        if reference_key is not None and reference_key != refund.reference_key:
            raise PaidOtherwise(refund_id=str(refund.id))
        return []
    if refund.status in OVER:
        raise RefundEnded(status=refund.status)
    if paid is not None and paid != refund.amount:
        raise PaidDifferently(owed=str(refund.amount), paid=str(paid))
    return [
        RefundConfirmed(
            recipient_subject=refund.recipient_subject,
            provider_reference=provider_reference,
            reference_key=reference_key,
            payout=converted(refund.amount, quote),
        )
    ]


def fail(refund: Refund, reason: FailureReason, now: Instant, attempt: int | None = None) -> list[RefundEvent]:
    """What is said of an attempt that was followed by another is no news. `attempt` None: of the last one."""
    if attempt is not None and attempt < refund.attempts:
        return []
    if refund.status == "failed":
        return []
    if refund.status in OVER:
        raise RefundEnded(status=refund.status)
    again = reason not in DEFINITE and refund.tries < ATTEMPTS
    retry_at = now + wait_after(refund.tries) if again else None
    return [RefundFailed(reason=reason, attempt=max(1, refund.attempts), retry_at=retry_at)]


def settle(
    refund: Refund, how: Otherwise, by: Role, reference: str, reference_key: UUID, quote: Quote | None
) -> list[RefundEvent]:
    """Only what is known not to have been paid is paid in another way."""
    if refund.status == "settled_otherwise" and refund.reference_key == reference_key:
        return []
    if refund.status in OVER:
        raise RefundEnded(status=refund.status)
    if refund.status != "failed":
        raise NobodyKnowsYet(status=refund.status)
    return [
        RefundSettledOtherwise(
            how=how,
            by=by,
            recipient_subject=refund.recipient_subject,
            reference_key=reference_key,
            reference=reference,
            payout=converted(refund.amount, quote),
        )
    ]


def release(refund: Refund) -> list[RefundEvent]:
    return [RefundCancelled()] if refund.status == "failed" else []
