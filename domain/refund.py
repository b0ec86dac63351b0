"""One movement of money, with its own life at the payment provider.

    instructed → submitted → confirmed
                           ↘ failed → confirmed | released         confirmed → bounced

`submitted` is on record before the provider is called, so that a crash in between leaves a question to ask it and never a
second payment.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Literal, assert_never
from uuid import UUID

from domain.base import Event, Role
from domain.money import Money
from domain.people import Side
from domain.personal import Personal
from domain.refusals import Conflict, Forbidden, Unknown

# --- types ---

FailureReason = Literal["insufficient_funds", "account_closed", "declined", "provider_unavailable", "bounced", "other"]
"""`bounced`: it was paid, and came back; on record as confirmed or not."""


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
    pass


class RefundConfirmed(Event, kind="RefundConfirmed", stream="refund"):
    """`reference_key` is a keyed hash of the provider's reference, so that another one is noticed."""

    recipient_subject: UUID
    reference_key: UUID | None = None
    provider_reference: Annotated[str | None, Personal("recipient_subject")] = None


class RefundFailed(Event, kind="RefundFailed", stream="refund"):
    reason: FailureReason


class RefundCancelled(Event, kind="RefundCancelled", stream="refund"):
    """After a failure, what it was to carry out was waived or replaced; this movement will never happen."""


class RefundBounced(Event, kind="RefundBounced", stream="refund"):
    """It was confirmed, and came back: what it was to carry out is owed again, and moves by another refund."""


RefundEvent = RefundInstructed | RefundSubmitted | RefundConfirmed | RefundFailed | RefundCancelled | RefundBounced


class UnknownRefund(Unknown):
    """There is no such refund here."""


class PaidOtherwise(Conflict):
    """This refund was confirmed with another reference of the provider; look whether it was paid twice."""

    pointer = "/provider_reference"


class RefundEnded(Conflict):
    """This refund has already ended in another way, or what it was to carry out has."""


class BouncedAfterClosure(Conflict):
    """The dispute is closed: a supervisor reopens it for the refund that came back."""


class MayNotReport(Forbidden):
    """Only the marketplace, or the engine for a payment provider, says what became of a refund."""


# --- state ---


@dataclass(frozen=True, slots=True)
class Refund:
    id: UUID
    dispute_id: UUID
    commitment_id: UUID
    recipient_subject: UUID
    amount: Money
    status: Literal["instructed", "submitted", "confirmed", "failed", "cancelled", "bounced"] = "instructed"
    reference_key: UUID | None = None


# --- evolve ---


def evolve(refund: Refund | None, event: RefundEvent) -> Refund:
    if isinstance(event, RefundInstructed):
        return Refund(event.refund_id, event.dispute_id, event.commitment_id, event.recipient_subject, event.amount)
    assert refund is not None, "a refund's stream begins with its instruction"
    match event:
        case RefundSubmitted():
            return replace(refund, status="submitted")
        case RefundConfirmed(reference_key=key):
            return replace(refund, status="confirmed", reference_key=key)
        case RefundFailed():
            return replace(refund, status="failed")
        case RefundCancelled():
            return replace(refund, status="cancelled")
        case RefundBounced():
            return replace(refund, status="bounced")
        case _:
            assert_never(event)


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


def confirm(refund: Refund, provider_reference: str | None, reference_key: UUID | None) -> list[RefundEvent]:
    if refund.status == "confirmed":
        if reference_key is not None and reference_key != refund.reference_key:
            raise PaidOtherwise(refund_id=str(refund.id))
        return []
    if refund.status in ("cancelled", "bounced"):
        raise RefundEnded(status=refund.status)
    return [
        RefundConfirmed(
            recipient_subject=refund.recipient_subject,
            provider_reference=provider_reference,
            reference_key=reference_key,
        )
    ]


def fail(refund: Refund, reason: FailureReason) -> list[RefundEvent]:
    if refund.status == "failed":
        return []
    if refund.status in ("confirmed", "cancelled", "bounced"):
        raise RefundEnded(status=refund.status)
    return [RefundFailed(reason=reason)]


def release(refund: Refund) -> list[RefundEvent]:
    return [RefundCancelled()] if refund.status == "failed" else []
