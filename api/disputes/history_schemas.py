"""The history, fact by fact, in a public form. Stored bodies are never shown as they are."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.http.bodies import Answer, Page, example
from api.http.parts import DISPUTE_ID
from api.http.relative import ago
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.people import Side

OFFER: dict[str, Any] = {
    "id": "q3VbK1m0Y1n2qkzv0tK8pQhWcQ",
    "kind": "OfferMade",
    "title": "Offer made",
    "occurred_at": ago(days=1),
    "recorded_at": ago(days=1, milliseconds=-3.215),
    "by": "buyer",
    "actor": None,
    "correlation_id": None,
    "causation_id": None,
    "refund": None,
    "details": {
        "number": 1,
        "by": "buyer",
        "terms": {
            "claimant": {"amount": "60.00", "currency": "EUR"},
            "respondent": {"amount": "69.90", "currency": "EUR"},
        },
        "counters": None,
        "message": {"text": "Accetterei la metà.", "language": "it"},
    },
}


class RefundOfFact(Answer):
    """What is to be paid, to whom, and out of which payment."""

    id: UUID
    amount: Money
    recipient: Side
    commitment_id: UUID
    attempt: Annotated[
        int | None,
        Field(description="The number of the submission, from 1, if the fact is about one: submitted, or failed."),
    ] = None
    order_id: str
    marketplace_reference: Annotated[str | None, Field(description="Not shown to the parties.")]
    payment_reference: Annotated[str | None, Field(description="As stated at filing. Not shown to the parties.")]


class HistoryEntry(Answer):
    """One fact: when it happened (`occurred_at`), and when the engine learned it (`recorded_at`)."""

    model_config = example(OFFER)

    id: Annotated[str, Field(description="An opaque id. It is the same wherever this fact is shown.")]
    kind: Annotated[str, Field(description="The name of the kind. It never changes. New kinds may be added.")]
    title: str
    occurred_at: Instant
    recorded_at: Instant
    by: Annotated[str | None, Field(description="The role of the person who did it.")]
    actor: Annotated[
        UUID | None,
        Field(
            description="The person who did it. The marketplace and its staff see this; everybody sees it of a representative."
        ),
    ]
    correlation_id: Annotated[
        UUID | None,
        Field(
            description="The request that began the chain of this fact. Only the marketplace and its staff see this."
        ),
    ]
    causation_id: Annotated[
        UUID | None,
        Field(
            description="The command that made this fact and those stored with it. Only the marketplace and its staff see this."
        ),
    ]
    refund: Annotated[
        RefundOfFact | None,
        Field(description="The payment that the fact is about: enough to make it. Null for other facts."),
    ]
    details: Annotated[dict[str, Any], Field(description="The content of the fact. Its fields depend on the kind.")]


class History(Page[HistoryEntry]):
    model_config = example({"items": [OFFER], "next": None})


class OrderOfFact(Answer):
    """What the dispute is about, by the names that the marketplace gave it."""

    order_id: str
    marketplace_reference: Annotated[str | None, Field(description="Of the dispute. Not shown to the parties.")]
    payment_reference: Annotated[str | None, Field(description="As stated at filing. Not shown to the parties.")]


_IN_FEED: dict[str, Any] = {
    **OFFER,
    "dispute_id": DISPUTE_ID,
    "order": {"order_id": "O-1042", "marketplace_reference": "CASE-77", "payment_reference": "ch_3PqT"},
}


class FeedEntry(HistoryEntry):
    model_config = example(_IN_FEED)

    dispute_id: UUID
    order: OrderOfFact


class Feed(Answer):
    """The facts that the engine learned since a cursor. `next` is always given: ask with it for newer facts.

    With filters, a page may be shorter than `limit` while more facts follow. An empty page is the end for now.
    """

    model_config = example({"items": [_IN_FEED], "next": "sLk2Vd8XbK1m0Y1n2qkzv0tK8pQ"})

    items: list[FeedEntry]
    next: str
