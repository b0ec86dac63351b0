"""Deadlines, with their proof and on everybody's clock."""

from typing import Annotated, Any, Literal

from pydantic import Field

from api.http.bodies import Answer, example
from api.http.relative import ago, ahead
from domain.kernel.base import Instant
from domain.kernel.people import Side
from domain.kernel.places import TimeZone
from domain.kernel.windows import DeadlineProof
from domain.policy.outage_facts import Outage


class LocalTime(Answer):
    """An instant as somebody reads it on their wall."""

    time: Annotated[str, Field(description="ISO 8601, with the offset of the zone at that instant.")]
    time_zone: TimeZone


_DUE: dict[str, Any] = {
    "name": "response",
    "whose": "seller",
    "due_at": ahead(days=3),
    "local": {
        "buyer": {"time": ahead("Europe/Rome", days=3), "time_zone": "Europe/Rome"},
        "seller": {"time": ahead("Asia/Shanghai", days=3), "time_zone": "Asia/Shanghai"},
    },
    "proof": {
        "rule": "first-2026/response",
        "window": {"amount": 5, "unit": "calendar_days"},
        "starts_at": ago(days=2),
        "calendar": "holidays 0.109 CN",
        "time_zone": "Asia/Shanghai",
        "tzdata": "2026.6",
        "closed": [],
        "outages": [],
    },
    "status": "running",
    "ended_at": None,
    "recorded_at": None,
    "moved": [],
    "remind_at": [ahead(days=2)],
}


class ShownProof(DeadlineProof):
    """How it was reckoned, and what has moved it since without anybody's doing."""

    outages: Annotated[
        tuple[Outage, ...], Field(description="Ours: what was due in one is due 24 hours after its end.")
    ] = ()


class DueDate(Answer):
    """An instant at which a right ends, with the proof of how it was reckoned."""

    model_config = example(_DUE)

    name: str
    whose: Literal["buyer", "seller", "both", "neutral"]
    due_at: Instant
    local: Annotated[dict[Side, LocalTime], Field(description="`due_at` by each party's clocks.")]
    proof: ShownProof
    status: Literal["running", "met", "moot", "lapsed"]
    ended_at: Annotated[Instant | None, Field(description="A deadline that lapsed ended when it was due.")]
    recorded_at: Annotated[
        Instant | None,
        Field(
            description="When the engine put the end on record; None while it runs, and where nothing follows from it."
        ),
    ]
    moved: Annotated[
        list[str], Field(description="Why it is due later than its proof says: `stay`, `extension`, `outage`.")
    ]
    remind_at: Annotated[list[Instant], Field(description="When whoever must act will be reminded, by the policy.")]


class Deadlines(Answer):
    model_config = example({"items": [_DUE]})

    items: list[DueDate]
