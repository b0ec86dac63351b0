"""One movement of money, with its own life at the payment provider.

    instructed → submitted → confirmed → bounced
                 ↑    ↓ no answer, or failed
                 └────┴─ retried, until it is handed to a person → settled otherwise | retried | cancelled

`submitted` is recorded before the provider is called. A crash in between leaves a question to ask the provider, and
never a second payment. Each attempt is one such fact: only the worker that stored it makes it. The facts say when the
next attempt is due, so a crashed worker does not stop it.
"""

from uuid import UUID

from domain.kernel.base import Instant, Role
from domain.kernel.conversion import Quote, RateDoesNotFit, SameCurrency, converted
from domain.kernel.money import Money
from domain.kernel.refusals import Conflict, Forbidden, Unknown
from domain.payments.refund_facts import (
    WAITS,
    FailureReason,
    Otherwise,
    Refund,
    RefundCancelled,
    RefundConfirmed,
    RefundEvent,
    RefundFailed,
    RefundPaidDifferently,
    RefundSettledOtherwise,
    Status,
    wait_after,
)

# --- types ---

DEFINITE: frozenset[FailureReason] = frozenset(
    {"insufficient_funds", "account_closed", "currency_not_supported", "not_possible", "bounced"}
)
"""A retry would not help: a person decides at once."""

ATTEMPTS = len(WAITS) + 1


class UnknownRefund(Unknown):
    """There is no such refund in this dispute or this marketplace.

    Why: A refund has an id that belongs to one dispute of one marketplace.

    What to do: Take the id from `GET /v1/refunds`. In a notice of your provider, check the metadata that the engine
    gave the payment.

    Example: {"refund_id": "d1d0c07b-d3d6-5023-993e-bd5e7d5b9ad2"}
    """


class PaidOtherwise(Conflict):
    """The refund was confirmed before with another `provider_reference`: it was perhaps paid twice.

    Why: Two references mean two payments. If one of them were dropped silently, a double payment would stay unnoticed.

    What to do: Compare both payments at your provider. If the refund was paid twice, recover the second payment; if a
    reference was wrong, keep the first report.

    Example: {"refund_id": "d1d0c07b-d3d6-5023-993e-bd5e7d5b9ad2"}
    """

    pointer = "/provider_reference"


class RefundEnded(Conflict):
    """The refund, or the commitment that it carries out, has already ended in another way.

    Why: The refund is over: it was confirmed, settled otherwise or cancelled, or its commitment was waived or replaced.
    `status` says which.

    What to do: Do not pay it. If money moved all the same, report that with `POST
    /v1/disputes/{dispute_id}/refunds-elsewhere`.

    Example: {"status": "confirmed"}
    """


class PaidDifferently(Conflict):
    """`paid` is not the sum that was owed, and the refund is already confirmed, or belongs to an imported past case.

    Why: A confirmation keeps the commitment, so it must be for the sum that was owed.

    What to do: Compare `owed` and `paid` at your provider. While the refund is open, a different sum is recorded and a
    supervisor looks at it. Here it is confirmed already: correct the report.

    Example: {"owed": "129.90 EUR", "paid": "12.99 EUR"}
    """

    pointer = "/paid"


class NobodyKnowsYet(Conflict):
    """The refund is not known to be unpaid. You can retry it, or confirm what the provider shows as paid.

    Why: The provider may still pay. If the money were sent in another way meanwhile, the buyer would be paid twice.

    What to do: Retry the refund: the engine then asks the provider. Or report its failure first, when the provider says
    that it will not pay.

    Example: {"status": "submitted"}
    """


class MayNotReport(Forbidden):
    """Your role cannot report on refunds. The marketplace can.

    Why: Whether money moved is known to the marketplace, which pays. A party could say that it was paid when it was
    not.

    What to do: Send the report as the marketplace's backend, without `Mediation-As`.

    Example: {"role": "supervisor"}
    """


class MayNotDecideRefund(Forbidden):
    """Your role cannot decide what becomes of this refund. A supervisor or the marketplace can.

    Why: What happens to a failed payment is decided by those who can pay in another way: the marketplace, or a
    supervisor for it.

    What to do: As a party, write a message to the supervisor.

    Example: {"role": "buyer"}
    """


# --- state ---

PAID: frozenset[Status] = frozenset({"confirmed", "settled_otherwise"})

OVER: frozenset[Status] = frozenset({"confirmed", "settled_otherwise", "cancelled", "bounced"})


# --- decisions ---


def known(refund: Refund | None, refund_id: UUID, dispute_id: UUID) -> Refund:
    """Raises UnknownRefund, also for a refund of another dispute."""
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
    """Whether this role decides on a refund that failed for good."""
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
    """`paid` is what the provider says it paid, in the refund's currency. `quote` is the payout in another currency."""
    if refund.status == "confirmed" and reference_key is not None and reference_key != refund.reference_key:
        raise PaidOtherwise(refund_id=str(refund.id))
    if refund.status in OVER - {"confirmed"}:
        raise RefundEnded(status=refund.status)
    if paid is not None and paid != refund.amount:
        raise PaidDifferently(owed=str(refund.amount), paid=str(paid))
    if refund.status == "confirmed":
        return []
    return [affirm(refund, provider_reference, reference_key, paid, quote)]


def affirm(
    refund: Refund,
    provider_reference: str | None,
    reference_key: UUID | None,
    paid: Money | None = None,
    quote: Quote | None = None,
) -> RefundConfirmed:
    """The confirmation as it is recorded; also a second one, with the reference that the first one lacked."""
    if paid is not None and paid != refund.amount:
        raise PaidDifferently(owed=str(refund.amount), paid=str(paid))
    return RefundConfirmed(
        recipient_subject=refund.recipient_subject,
        provider_reference=provider_reference,
        reference_key=reference_key,
        payout=converted(refund.amount, quote),
    )


def unnamed(refund: Refund) -> bool:
    """Whether it is confirmed, and the record does not say by which payment."""
    return refund.status == "confirmed" and refund.reference_key is None


def differs(refund: Refund, paid: Money | None, quote: Quote | None, by: Role) -> bool:
    """Whether this report is about another payment than the one that is owed.

    A rate that does not give the sum is a slip in a person's request, which is refused. A provider's report of it
    cannot be corrected by the engine.
    """
    if paid is not None and paid != refund.amount:
        return True
    try:
        converted(refund.amount, quote)
    except (RateDoesNotFit, SameCurrency):
        return by is Role.ENGINE
    return False


def against_record(refund: Refund, paid: Money | None, reference_key: UUID | None) -> bool:
    """Whether a payment contradicts how this refund ended.

    The payment that ended it is no contradiction when it is reported again. Neither is the first one that is named of a
    refund which somebody confirmed without a reference.
    """
    if refund.status == "confirmed":
        another = refund.reference_key is not None and reference_key != refund.reference_key
        return another or (paid is not None and paid != refund.amount)
    return refund.status in OVER and reference_key != refund.reference_key


def differently(
    refund: Refund, provider_reference: str | None, reference_key: UUID | None, paid: Money, quote: Quote | None
) -> list[RefundEvent]:
    """Records the report. The same report again does nothing."""
    told = RefundPaidDifferently(
        recipient_subject=refund.recipient_subject,
        paid=paid,
        payout=quote,
        reference_key=reference_key,
        provider_reference=provider_reference,
    )
    return [] if (paid, quote, reference_key) in refund.differing else [told]


def contradicts(refund: Refund, by: Role, attempt: int | None) -> bool:
    """Whether a provider says of a confirmed refund that it failed, and nobody can tell if it speaks of that payment."""
    return by is Role.ENGINE and unnamed(refund) and (attempt is None or attempt >= refund.attempts)


def fail(refund: Refund, reason: FailureReason, now: Instant, attempt: int | None = None) -> list[RefundEvent]:
    """Records a failed attempt; None means the last one. A report on an attempt that another one followed is ignored."""
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
    """Only a refund that is known to be unpaid can be paid in another way."""
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
