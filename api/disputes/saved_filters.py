"""Filters of the list of disputes that a mediator or a supervisor saves under a name. Nobody else sees them.

A filter holds nothing that names a party or an order. Such a thing is searched for and not saved: the erasure of that party
would not find it here.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import Field, StringConstraints, field_validator
from starlette.responses import Response

from api.http.bodies import Answer, Body, Label, example
from api.http.exact_json import ExactRoute
from api.http.problem_kinds import FiltersHaveChanged
from api.http.problems import ON_DISPUTE, ON_READ, documented
from api.http.reads import Read, Reading
from domain.kernel.base import Instant
from domain.kernel.people import Awaiting, Stage
from domain.policy.reasons import ClaimReason
from mediation.store.desk.own_desks import OwnDesk
from projections.dispute_list import Sort
from projections.waiting import Why

router = APIRouter(tags=["Disputes"], route_class=ExactRoute)

MOST = 20
"""Filters of one person."""

LONGEST_NAME = 60

_AT = "/v1/me/filters"
_TAG = re.compile(r'"([0-9a-f]{32})"')
_RULINGS = {"name": "Rulings due tomorrow", "stage": ["adjudication"], "due_within_hours": 24}
_MY_MOVE = {"name": "My move", "up_to": ["neutral"]}

Name = Annotated[Label, StringConstraints(max_length=LONGEST_NAME)]
_ANY = "Any of them; empty filters nothing."


class SavedFilter(Body):
    """A name, and what `GET /v1/disputes` is asked for."""

    model_config = example(_RULINGS)

    name: Annotated[Name, Field(description="No two of your filters have the same name.")]
    stage: Annotated[tuple[Stage, ...], Field(max_length=20, description=_ANY)] = ()
    up_to: Annotated[tuple[Awaiting, ...], Field(max_length=20, description=_ANY)] = ()
    waiting: Annotated[tuple[Why, ...], Field(max_length=20, description=_ANY)] = ()
    reason: Annotated[tuple[ClaimReason, ...], Field(max_length=20, description=_ANY)] = ()
    neutral: Annotated[tuple[UUID, ...], Field(max_length=100, description=_ANY)] = ()
    due_within_hours: Annotated[
        int | None, Field(ge=1, le=8784, description="Something is due within so many hours, or was due before.")
    ] = None
    sort: Sort = "due"

    def query(self, now: Instant) -> Mapping[str, Any]:
        """The parameters of `GET /v1/disputes` at this instant, without those that filter nothing."""
        lists = {name: [*getattr(self, name)] for name in ("stage", "up_to", "waiting", "reason", "neutral")}
        until = {} if self.due_within_hours is None else {"due_before": now + timedelta(hours=self.due_within_hours)}
        return {**{name: values for name, values in lists.items() if values}, **until, "sort": self.sort}


class SavedFilters(Body):
    """All your filters, in their order."""

    model_config = example({"items": [_RULINGS]})

    items: Annotated[tuple[SavedFilter, ...], Field(max_length=MOST)]

    @field_validator("items")
    @classmethod
    def _named_once(cls, items: tuple[SavedFilter, ...]) -> tuple[SavedFilter, ...]:
        if len({one.name for one in items}) < len(items):
            raise ValueError("two filters have the same name")
        return items


class SavedFilterShown(Answer):
    """A filter, and where its disputes are listed."""

    filter: SavedFilter
    href: Annotated[str, Field(description="Its list now. Read the filters again before you use it another day.")]


class SavedFiltersShown(Answer):
    model_config = example({"items": [{"filter": _MY_MOVE, "href": "/v1/disputes?up_to=neutral&sort=due"}]})

    items: list[SavedFilterShown]


IfFilters = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=200,
        description="The ETag of the filters as you have read them. Left out: you have saved none yet.",
    ),
]


@router.get(_AT, responses=documented(*ON_READ))
async def list_filters(reading: Read, response: Response) -> SavedFiltersShown:
    """Your saved filters, in the order in which you saved them."""
    saved = await _desk(reading).filters()
    if saved is None:
        return SavedFiltersShown(items=[])
    return _shown(SavedFilters.model_validate_json(saved.content).items, saved.tag, reading, response)


@router.put(_AT, responses=documented(*ON_DISPUTE))
async def save_filters(
    body: SavedFilters, reading: Read, response: Response, if_match: IfFilters = None
) -> SavedFiltersShown:
    """Saves all your filters at once: new ones, new names, another order. One that is left out is deleted."""
    content = body.model_dump_json(exclude_defaults=True).encode()
    tag = await _desk(reading).save_filters(content, read=_TAG.findall(if_match or ""))
    if tag is None:
        raise FiltersHaveChanged
    return _shown(body.items, tag, reading, response)


def _desk(reading: Reading) -> OwnDesk:
    services, caller = reading.http.services, reading.caller
    return OwnDesk(services.pool, services.keys, caller.marketplace, caller.subject)


def _shown(items: Sequence[SavedFilter], tag: str, reading: Reading, response: Response) -> SavedFiltersShown:
    response.headers["ETag"] = f'"{tag}"'
    now = reading.caller.at
    return SavedFiltersShown(items=[SavedFilterShown(filter=one, href=_href(one.query(now))) for one in items])


def _href(query: Mapping[str, Any]) -> str:
    told = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in query.items()}
    return f"/v1/disputes?{urlencode(told, doseq=True)}"
