"""Gateways move the money. A refund is recorded as submitted before a gateway is asked to carry it out.

The engine relies on one thing only: a provider that is asked for a refund's id finds what it has paid under it. The
provider may forget idempotency keys, pay twice when asked twice, pay more than was charged, or not answer. So the
engine asks before each attempt, one worker makes each attempt, and the order's own stream keeps the total.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Literal, Protocol
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationError

from domain.kernel.conversion import Quote
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.payments.refund_facts import FailureReason


@dataclass(frozen=True, slots=True)
class Wanted:
    """One attempt to move money. `source` is the provider's own name for the payment to give back, if there is one.

    `key` names the request: an attempt without an answer is made again under the same key.
    """

    refund_id: UUID
    amount: Money
    recipient: Side
    source: str | None
    attempt: int
    key: str


_LONGEST_NAME = 200


def _printable(name: str) -> str:
    if not name.isprintable():
        raise ValueError("a name has no control characters")
    return name


ProviderName = Annotated[str, Field(min_length=1, max_length=_LONGEST_NAME), AfterValidator(_printable)]
"""A provider's own name for a movement of money, as it is stored."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What a provider knows about one movement. `refund_id` is the engine's id, None if the movement has none.
    `reference` is the provider's own name for it."""

    reference: str
    refund_id: UUID | None
    status: Literal["pending", "paid", "failed"]
    amount: Money
    made_at: datetime
    attempt: int | None = None
    reason: FailureReason | None = None
    payout: Quote | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A row of a provider's list that cannot be understood: an unknown currency, for example, or a broken attempt.

    `reference` is the provider's own name for it; without one, a digest of the row. `refund_id` is as in `Payment`.
    """

    reference: str
    refund_id: UUID | None
    why: str


class NotUnderstood(Exception):
    """A rightly signed notice, or a row of a list, that cannot be understood. `row` says what is known about it."""

    def __init__(self, row: Unread) -> None:
        self.row = row
        super().__init__(row.why)


class NoAnswer(Exception):
    """It is unknown whether anything was paid: no answer came, or one that cannot be understood."""


class Declined(Exception):
    """The provider refused the refund, and paid nothing."""

    def __init__(self, reason: FailureReason) -> None:
        self.reason: FailureReason = reason
        super().__init__(reason)


class UntrustedNotice(Exception):
    """The notice has no valid signature of the provider. Nothing was changed."""


class PaymentGateway(Protocol):
    """One provider. `asked` is False if the engine asks nobody, because the payer reports by itself.

    Every call to the provider may raise `NoAnswer`.
    """

    name: str
    asked: bool

    async def find(self, wanted: Wanted) -> Sequence[Payment]:
        """Every payment that it knows under the refund's id."""

    async def pay(self, wanted: Wanted) -> Payment:
        """Asks for the payment. Raises Declined."""

    def payments(self, since: datetime) -> AsyncIterator[Payment | Unread]:
        """The provider's own list of what it has moved since then. One odd row does not end the list."""

    def notice(self, headers: Mapping[str, str], body: bytes) -> Payment | None:
        """What a notice says; None if it is about something else. Raises UntrustedNotice, NotUnderstood."""

    async def close(self) -> None: ...


class MarketplaceGateway:
    """The marketplace pays: it reads `GET /v1/refunds?status=submitted`, and reports each result over the API."""

    name = "marketplace"
    asked = False

    async def find(self, wanted: Wanted) -> Sequence[Payment]:
        return ()

    async def pay(self, wanted: Wanted) -> Payment:
        """Does nothing: the marketplace reads the submitted refund by itself."""
        raise NoAnswer

    async def payments(self, since: datetime) -> AsyncIterator[Payment | Unread]:
        for payment in list[Payment]():
            yield payment

    def notice(self, headers: Mapping[str, str], body: bytes) -> Payment | None:
        raise UntrustedNotice("the marketplace reports over the API, and not by notices")

    async def close(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Gateways:
    """The gateway of each marketplace: the configured one, or else the marketplace itself."""

    by_marketplace: Mapping[str, PaymentGateway]
    otherwise: PaymentGateway = MarketplaceGateway()

    def of(self, marketplace: str) -> PaymentGateway:
        return self.by_marketplace.get(marketplace, self.otherwise)

    async def close(self) -> None:
        for gateway in self.by_marketplace.values():
            await gateway.close()


def unread(row: object, name: object, refund_id: UUID | None, why: Exception) -> NotUnderstood:
    """`name` is what the row calls itself. `why` is told without the values of the row, which may be personal."""
    if isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME and name.isprintable():
        reference = name
    else:
        reference = "sha256:" + sha256(repr(row).encode("utf-8", "backslashreplace")).hexdigest()
    return NotUnderstood(Unread(reference, refund_id, _in_short(why)))


def our_id(told: object) -> UUID | None:
    """The engine's id of a refund, as a provider gives it back; None for anything else."""
    try:
        return UUID(told) if isinstance(told, str) else None
    except ValueError:
        return None


def _in_short(why: Exception) -> str:
    if isinstance(why, ValidationError):
        return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in why.errors(include_input=False))
    return f"{type(why).__name__}: {why}"


_WEIGHT = {"paid": 0, "pending": 1, "failed": 2}


def where_it_stands(found: Sequence[Payment]) -> Payment | None:
    """The payment that counts among all under one id: paid before pending before failed, then the latest attempt.

    A pending payment is not tried again.
    """
    return min(found, key=lambda p: (_WEIGHT[p.status], -(p.attempt or 0)), default=None)
