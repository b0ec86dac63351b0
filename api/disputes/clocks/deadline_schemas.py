"""Deadlines, with their proofs and in each party's local time."""

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
    """An instant in the local time of a party."""

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
    """How the deadline was calculated, and the outages of the engine that moved it since."""

    outages: Annotated[
        tuple[Outage, ...],
        Field(description="Outages of the engine. A deadline that was due in one is due 24 hours after its end."),
    ] = ()


class DueDate(Answer):
    """An instant at which a right ends, with the proof of its calculation."""

    model_config = example(_DUE)

    name: str
    whose: Literal["buyer", "seller", "both", "neutral"]
    due_at: Instant
    local: Annotated[dict[Side, LocalTime], Field(description="`due_at` in the local time of each party.")]
    proof: ShownProof
    status: Literal["running", "met", "moot", "lapsed"]
    ended_at: Annotated[Instant | None, Field(description="If the deadline lapsed, the same as `due_at`.")]
    recorded_at: Annotated[
        Instant | None,
        Field(
            description="When the engine recorded the end. None while it runs, and where nothing follows from its end."
        ),
    ]
    moved: Annotated[
        list[str], Field(description="Why it is due later than the proof says: `stay`, `extension`, `outage`.")
    ]
    remind_at: Annotated[
        list[Instant], Field(description="When the person who must act will be reminded, under the policy.")
    ]


class Deadlines(Answer):
    model_config = example({"items": [_DUE]})

    items: list[DueDate]
