"""Filters of My day: chosen in a form, and saved under a name as tabs of the reader's own."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from pydantic import ValidationError
from starlette.datastructures import QueryParams
from starlette.responses import RedirectResponse, Response

from api.console.submitted import submitted
from api.console.visit import Visit
from api.disputes.saved_filters import MOST, SavedFilter, SavedFilters, list_filters, save_filters
from api.http.access import ROLES_BY_ROUTE
from api.http.problem_kinds import FiltersHaveChanged, InvalidRequest
from domain.kernel.people import Awaiting, Stage
from domain.policy.reasons import ClaimReason

CHOICES = {
    "stage": [stage.value for stage in Stage],
    "up_to": [one.value for one in Awaiting if one is not Awaiting.NONE],
    "reason": [reason.value for reason in ClaimReason],
}
"""What can be chosen in the form, by the name of the filter. Any number of each."""

HOURS = (24, 72, 168)
"""Within which something is due."""

_UNNAMED = "-"

Items = list[SavedFilter]


def may_save(visit: Visit) -> bool:
    return visit.session.principal.role in ROLES_BY_ROUTE["save_filters"]


async def saved(visit: Visit) -> Sequence[SavedFilter]:
    """The reader's own, in their order."""
    if not may_save(visit):
        return ()
    return [one.filter for one in (await list_filters(await visit.reading("list_filters"), Response())).items]


def chosen(query: QueryParams) -> SavedFilter:
    """What an address asks for. What is no filter is left out: the address may have been made for another version."""
    told = {name: [one for one in query.getlist(name) if one in values] for name, values in CHOICES.items()}
    within = query.get("due_within_hours", "")
    hours = int(within) if within.isdecimal() and int(within) in HOURS else None
    neutral = query.getlist("neutral")
    try:
        return SavedFilter.model_validate({"name": _UNNAMED, **told, "neutral": neutral, "due_within_hours": hours})
    except ValidationError:
        return SavedFilter.model_validate({"name": _UNNAMED, **told, "due_within_hours": hours})


def inputs(one: SavedFilter) -> Sequence[tuple[str, str]]:
    """The filter as names and values of a form."""
    told = one.model_dump(mode="json", exclude_defaults=True, exclude={"name", "sort"})
    return [(name, str(one)) for name, given in told.items() for one in (given if isinstance(given, list) else [given])]


async def save_filter(visit: Visit) -> Response:
    """Saves what the form holds as the last tab, or in the place of the tab of the same name."""
    form = await submitted(visit.request)
    name, kept = " ".join((form.one("name") or "").split()), chosen(QueryParams([*form.inputs]))
    try:
        new = SavedFilter.model_validate({**kept.model_dump(), "name": name})
    except ValidationError:
        raise InvalidRequest(at="/name") from None

    def added(items: Items) -> Items | None:
        if any(one.name == name for one in items):
            return [new if one.name == name else one for one in items]
        return [*items, new] if len(items) < MOST else None

    return _to(name) if await _changed(visit, added) else _to(None, "full")


async def change_filter(visit: Visit) -> Response:
    """Gives a tab another name or place, or deletes it."""
    form = await submitted(visit.request)
    name, does = form.one("filter") or "", form.one("do")
    called = " ".join((form.one("name") or "").split())

    def changed(items: Items) -> Items | None:
        at = next((place for place, one in enumerate(items) if one.name == name), None)
        if at is None:
            return items  # another window deleted it
        match does:
            case "rename" if any(one.name == called for one in items if one.name != name):
                return None
            case "rename":
                return [*items[:at], items[at].model_copy(update={"name": called}), *items[at + 1 :]]
            case "delete":
                return items[:at] + items[at + 1 :]
            case _:
                to = max(at - 1, 0) if does == "earlier" else at + 1
                rest = items[:at] + items[at + 1 :]
                return [*rest[:to], items[at], *rest[to:]]

    done = await _changed(visit, changed)
    if does == "delete":
        return _to(None)
    return _to(called if does == "rename" and done else name, None if done else "taken")


async def _changed(visit: Visit, change: Callable[[Items], Items | None]) -> bool:
    """Whether the change was made; another window's change is kept. Raises InvalidRequest for a name that is none."""
    while True:
        read = Response()
        now = [one.filter for one in (await list_filters(await visit.reading("list_filters"), read)).items]
        if (then := change(now)) is None:
            return False
        try:
            body = SavedFilters.model_validate({"items": [one.model_dump() for one in then]})
        except ValidationError:
            raise InvalidRequest(at="/name") from None
        try:
            await save_filters(body, await visit.reading("save_filters"), Response(), read.headers.get("ETag"))
        except FiltersHaveChanged:
            continue
        return True


def _to(name: str | None, told: str | None = None) -> Response:
    query = {name: value for name, value in {"filter": name, "told": told}.items() if value}
    return RedirectResponse(f"/console/?{urlencode(query)}" if query else "/console/", 303)
