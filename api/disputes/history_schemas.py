"""What happened, fact by fact, in a public form: never the bodies that are stored."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.http.bodies import Answer, Page, example
from api.http.parts import DISPUTE_ID
from api.http.relative import ago
from domain.kernel.base import Instant

_OFFER: dict[str, Any] = {
    "id": "q3VbK1m0Y1n2qkzv0tK8pQhWcQ",
    "kind": "OfferMade",
    "title": "Offer made",
    "occurred_at": ago(days=1),
    "recorded_at": ago(days=1, milliseconds=-3.215),
    "by": "buyer",
    "actor": None,
    "correlation_id": None,
    "causation_id": None,
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


class HistoryEntry(Answer):
    """One fact. When it happened and when the engine learned it are two things."""

    model_config = example(_OFFER)

    id: Annotated[str, Field(description="Opaque, and the same wherever this fact is shown.")]
    kind: Annotated[str, Field(description="A name that never changes; new kinds may come.")]
    title: str
    occurred_at: Instant
    recorded_at: Instant
    by: Annotated[str | None, Field(description="In which role somebody did it.")]
    actor: Annotated[
        UUID | None,
        Field(description="Who did it; for the marketplace and its staff, and for all where it was a representative."),
    ]
    correlation_id: Annotated[
        UUID | None,
        Field(description="The request that began the chain it belongs to; for the marketplace and its staff."),
    ]
    causation_id: Annotated[
        UUID | None,
        Field(description="What made it, and all that was stored together with it; for the marketplace and its staff."),
    ]
    details: Annotated[dict[str, Any], Field(description="What the fact says; the fields depend on its kind.")]


class History(Page[HistoryEntry]):
    model_config = example({"items": [_OFFER], "next": None})


class FeedEntry(HistoryEntry):
    model_config = example({**_OFFER, "dispute_id": DISPUTE_ID})

    dispute_id: UUID


class Feed(Answer):
    """What has become known since a cursor. `next` is always there: ask with it later for what is new then."""

    model_config = example({"items": [{**_OFFER, "dispute_id": DISPUTE_ID}], "next": "sLk2Vd8XbK1m0Y1n2qkzv0tK8pQ"})

    items: list[FeedEntry]
    next: str
