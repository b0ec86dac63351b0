"""Refunds through Stripe, with its own client. Only the charged person is paid, and in the currency of the charge.

Each refund carries the engine's id in its metadata, which finds it among the refunds of its charge. Stripe keeps
idempotency keys for a day or so (https://docs.stripe.com/api/idempotent_requests): the engine sends them, but does not
rely on them.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import stripe
from pydantic import BaseModel, Field

from domain.kernel.people import Side
from domain.kernel.refusals import Refusal
from domain.payments.refund_facts import FailureReason
from mediation.gateways.payments import (
    Declined,
    NoAnswer,
    NotUnderstood,
    Payment,
    ProviderName,
    Unread,
    UntrustedNotice,
    Wanted,
    our_id,
    unread,
)
from mediation.gateways.stripe import signature
from mediation.gateways.stripe.units import NotExpressible, from_stripe, to_stripe

_ID, _ATTEMPT = "mediation_refund", "mediation_attempt"
_PATIENCE = 15.0  # seconds

_STATUS: Mapping[str, Literal["pending", "paid", "failed"]] = {
    "succeeded": "paid",
    "pending": "pending",
    "requires_action": "pending",
    "failed": "failed",
    "canceled": "failed",
}
# https://docs.stripe.com/api/refunds/object#refund_object-failure_reason
_REASONS: Mapping[str, FailureReason] = {
    "insufficient_funds": "insufficient_funds",
    "expired_or_canceled_card": "account_closed",
    "lost_or_stolen_card": "account_closed",
    "declined": "declined",
}
# https://docs.stripe.com/error-codes
_CODES: Mapping[str, FailureReason] = {
    "balance_insufficient": "insufficient_funds",
    "insufficient_funds": "insufficient_funds",
    "account_closed": "account_closed",
    "lock_timeout": "provider_unavailable",
}


class StripeGateway:
    """Raises ValueError if the key is no secret key of Stripe. `address` is another server with the same protocol."""

    name = "stripe"
    asked = True

    def __init__(self, secret_key: str, notice_secret: str | None = None, address: str | None = None) -> None:
        bases: Any = {"api": address} if address else {}
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses=bases,
            max_network_retries=0,  # a retry is an attempt, and the engine makes the attempts
            http_client=stripe.HTTPXClient(timeout=_PATIENCE),
        )
        self._notice_secret = notice_secret

    async def find(self, wanted: Wanted) -> Sequence[Payment]:
        asked: Any = {**_charge(wanted), "limit": 100}
        with _questions():
            page = await self._client.v1.refunds.list_async(asked)
            rows = [_row(one) async for one in page.auto_paging_iter()]
            # Only the rows under the refund's id have to be understood: a charge may have refunds from elsewhere.
            return [_payment(row) for row in rows if _whose(row) == wanted.refund_id]

    async def pay(self, wanted: Wanted) -> Payment:
        try:
            amount = to_stripe(wanted.amount)
        except NotExpressible:
            raise Declined("currency_not_supported") from None
        metadata = {_ID: str(wanted.refund_id), _ATTEMPT: str(wanted.attempt)}
        asked: Any = {**_charge(wanted), "amount": amount, "metadata": metadata}
        with _answers():
            made = await self._client.v1.refunds.create_async(asked, {"idempotency_key": wanted.key})
            return _payment(_row(made))

    async def payments(self, since: datetime) -> AsyncIterator[Payment | Unread]:
        """The newest come first: https://docs.stripe.com/api/refunds/list."""
        with _questions():
            page = await self._client.v1.refunds.list_async({"limit": 100})
            async for one in page.auto_paging_iter():
                row = _row(one)
                if (made_at := _made_at(row)) is not None and made_at < since.timestamp():
                    return
                try:
                    read: Payment | Unread = _payment(row)
                except NotUnderstood as odd:
                    read = odd.row
                yield read

    def notice(self, headers: Mapping[str, str], body: bytes) -> Payment | None:
        if self._notice_secret is None:
            raise UntrustedNotice("no secret is set by which a notice could be believed")
        signature.check(headers, body, self._notice_secret, datetime.now(UTC))
        try:
            about = json.loads(body)["data"]["object"]
            if about["object"] != "refund":
                return None
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise unread(body, None, None, error) from None
        return _payment(about)

    async def close(self) -> None:
        pass


def _charge(wanted: Wanted) -> dict[str, str]:
    """Raises Declined: only the person who was charged can be paid back."""
    source = wanted.source or ""
    if wanted.recipient is not Side.BUYER:
        raise Declined("not_possible")
    if source.startswith(("ch_", "py_")):
        return {"charge": source}
    if source.startswith("pi_"):
        return {"payment_intent": source}
    raise Declined("not_possible")


@contextmanager
def _questions() -> Iterator[None]:
    """After any error it stays unknown what was paid before. A page of an odd shape is such an error."""
    try:
        yield
    except (stripe.StripeError, NotUnderstood, LookupError, TypeError, AttributeError) as error:
        raise NoAnswer(str(error)) from error


@contextmanager
def _answers() -> Iterator[None]:
    """Separates Stripe's errors by one question: may something have been paid?"""
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.IdempotencyError) as error:
        raise NoAnswer(str(error)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise Declined("provider_unavailable") from error
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        raise Declined(_CODES.get(error.code or "", "not_possible")) from error
    except (stripe.StripeError, NotUnderstood, LookupError, TypeError, AttributeError) as error:
        raise NoAnswer(str(error)) from error


class _Refund(BaseModel):
    """What is read of Stripe's refund: https://docs.stripe.com/api/refunds/object."""

    id: ProviderName
    amount: Annotated[int, Field(strict=True, ge=0)]
    currency: str
    status: str | None = None
    created: Annotated[int, Field(strict=True, ge=0, lt=253_402_300_800)]
    failure_reason: str | None = None
    metadata: dict[str, Any] | None = None


def _payment(row: Any) -> Payment:
    """Raises NotUnderstood."""
    try:
        refund = _Refund.model_validate(row)
        metadata = refund.metadata or {}
        status = _STATUS.get(refund.status or "", "pending")
        return Payment(
            reference=refund.id,
            refund_id=our_id(metadata.get(_ID)),
            status=status,
            amount=from_stripe(refund.amount, refund.currency),
            made_at=datetime.fromtimestamp(refund.created, UTC),
            attempt=int(metadata[_ATTEMPT]) if _ATTEMPT in metadata else None,
            reason=_REASONS.get(refund.failure_reason or "", "other") if status == "failed" else None,
        )
    except (ValueError, TypeError, Refusal) as error:
        raise unread(row, row.get("id") if isinstance(row, dict) else None, _whose(row), error) from None


def _row(one: Any) -> Any:
    return one.to_dict() if isinstance(one, stripe.StripeObject) else one


def _made_at(row: Any) -> int | None:
    made_at = row.get("created") if isinstance(row, dict) else None
    return made_at if isinstance(made_at, int) else None


def _whose(row: Any) -> UUID | None:
    metadata = row.get("metadata") if isinstance(row, dict) else None
    return our_id(metadata.get(_ID)) if isinstance(metadata, dict) else None
