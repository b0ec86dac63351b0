"""Deadlines, with their proofs and in each party's local time."""

from typing import Annotated, Any

from pydantic import Field

from api.http.bodies import Answer, example
from api.http.relative import ago, ahead
from domain.kernel.people import Side
from projections.case_story.clocks import DueDateShown, LocalTime

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
        "region": None,
        "counted_by": "national",
        "population": None,
        "outages": [],
    },
    "status": "running",
    "ended_at": None,
    "recorded_at": None,
    "moved": [],
    "remind_at": [ahead(days=2)],
}


class DueDate(DueDateShown):
    """An instant at which a right ends, with the proof of its calculation."""

    model_config = example(_DUE)

    local: Annotated[dict[Side, LocalTime], Field(description="`due_at` in the local time of each party.")]


class Deadlines(Answer):
    model_config = example({"items": [_DUE]})

    items: list[DueDate]
