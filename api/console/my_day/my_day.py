"""My day: what waits for the reader, in the order in which it is due."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import RedirectResponse, Response

from api.console.acts import handing_over
from api.console.my_day import filters, onward, snooze
from api.console.my_day.claims import in_short
from api.console.my_day.lists import count_of, listed, names
from api.console.reader import AT
from api.console.visit import LIST, Visit
from api.disputes.commitments.commitment_schemas import Commitments
from api.disputes.commitments.commitments import list_commitments, number_owed
from api.disputes.dispute_list import list_disputes
from api.disputes.dispute_list_schemas import Disputes
from api.disputes.saved_filters import LONGEST_NAME, MOST, SavedFilter
from api.disputes.snoozed import aside
from api.http.access import ROLES_BY_ROUTE
from api.http.reads import Reading
from domain.commitments.events import Participant
from domain.kernel.base import Role
from domain.kernel.frozen import frozen
from mediation.store.desk import console_names
from projections import mandates
from projections.mandates import MANDATES
from projections.paging import MAX_LIMIT


@frozen
class Tab:
    """A list of the reader, with the number of its items in words. `saved`: the reader's own filter, which has its name."""

    name: str
    count: str
    current: bool
    address: str
    saved: bool = False


@frozen
class Asked:
    """What the address asks for: a list by its name; or what is called `q`; or what a filter lets through, saved or not."""

    tab: str
    q: str = ""
    filter: SavedFilter | None = None
    saved: bool = False


async def my_day(visit: Visit) -> Response:
    """The queue of the reader; with `q`, what is called so; with a filter, what it lets through."""
    query, role = visit.request.query_params, visit.session.principal.role
    own, reading = await filters.saved(visit), await visit.reading("list_disputes")
    asked = _asked(visit, own)
    page = await _page(visit, reading, asked, limit=visit.length, cursor=query.get("cursor"))
    if asked.q and len(page.items) == 1 and isinstance(page, Disputes):  # nobody looks at a list of one
        return RedirectResponse(f"{AT}/disputes/{page.items[0].id}", HTTPStatus.SEE_OTHER)
    cases = page.items if isinstance(page, Disputes) else []
    tabs = await _tabs(visit, reading, own, asked)
    known = {one.neutral for one in cases if one.neutral is not None}
    return visit.page(
        "my_day/my_day.html",
        tabs=tabs,
        asked=asked,
        searched=asked.q,
        promises=page if isinstance(page, Commitments) else None,
        disputes=page if isinstance(page, Disputes) else None,
        claims=await in_short(reading, [one.id for one in cases]),
        mediators=None if role is Role.NEUTRAL else await _names(reading, known),
        more=_more(visit, page),
        in_all=next((one.count for one in tabs if one.current), "") or _counted(page),
        leads=None if asked.q or asked.filter else onward.opened_from(visit, asked.tab),
        before=await onward.before(visit),
        left=await handing_over.told(visit),
        now=reading.caller.at,
        form=await _form(visit, reading, own, asked),
        told=query.get("told"),
        back=await aside(reading) if asked.tab == "snoozed" and not asked.q and asked.filter is None else {},
        put_aside=await snooze.just_done(visit),
    )


def _asked(visit: Visit, own: Sequence[SavedFilter]) -> Asked:
    query, lists = visit.request.query_params, names(visit.session.principal.role)
    tab = query.get("tab", lists[0])
    asked = Asked(tab if tab in lists else lists[0], query.get("q", "").strip())
    if asked.q:
        return asked
    if saved := next((one for one in own if one.name == query.get("filter")), None):
        return Asked(asked.tab, filter=saved, saved=True)
    return Asked(asked.tab, filter=filters.chosen(query)) if "narrow" in query else asked


async def _page(
    visit: Visit, reading: Reading, asked: Asked, *, limit: int, cursor: str | None
) -> Disputes | Commitments:
    if asked.q:
        return await list_disputes(reading, Response(), q=asked.q, limit=limit)
    if asked.filter is not None:
        return await _let_through(reading, asked.filter, limit=limit, cursor=cursor)
    if asked.tab == "promised":
        return await _promised(visit, limit, cursor)
    return await listed(reading, asked.tab, limit=limit, cursor=cursor)


async def _let_through(reading: Reading, one: SavedFilter, *, limit: int, cursor: str | None = None) -> Disputes:
    return await list_disputes(
        reading, Response(), **one.query(reading.caller.at), counts=["all"], limit=limit, cursor=cursor
    )


async def _promised(visit: Visit, limit: int, cursor: str | None = None) -> Commitments:
    owed_by = Participant(visit.session.principal.role)
    return await list_commitments(await visit.reading("list_commitments"), owed_by=owed_by, limit=limit, cursor=cursor)


async def _tabs(visit: Visit, reading: Reading, own: Sequence[SavedFilter], asked: Asked) -> Sequence[Tab]:
    lists = names(visit.session.principal.role)
    at_list = not asked.q and asked.filter is None
    every: Sequence[str | SavedFilter] = [*lists, *own]
    counts = await asyncio.gather(*(_count(visit, reading, one) for one in every))
    tabs = [
        Tab(one, count, at_list and one == asked.tab, f"?tab={one}") for one, count in zip(lists, counts, strict=False)
    ]
    for one, count in zip(own, counts[len(lists) :], strict=True):
        tabs.append(Tab(one.name, count, asked.filter is one, f"?{urlencode({'filter': one.name})}", saved=True))
    return tabs


async def _count(visit: Visit, reading: Reading, of: str | SavedFilter) -> str:
    """How many items a list has, in words."""
    if isinstance(of, SavedFilter):
        return count_of(await _let_through(reading, of, limit=0))
    if of == "promised":
        owing = await visit.reading("list_commitments")
        return str(await number_owed(owing, Participant(visit.session.principal.role)))
    return count_of(await listed(reading, of, counts=["all"], limit=0))


def _counted(page: Disputes | Commitments) -> str:
    """How many there are in all, where the page itself says it."""
    return count_of(page) if isinstance(page, Disputes) and page.counts else ""


def _more(visit: Visit, page: Disputes | Commitments) -> str | None:
    """The address of the same list with more of it; of its next page, once it is as long as a page may be."""
    if page.next is None:
        return None
    kept = [(name, value) for name, value in visit.request.query_params.multi_items() if name not in _PLACE]
    at = visit.request.query_params.get("cursor")
    if visit.length < MAX_LIMIT:
        kept += [("show", str(visit.length + LIST)), *([("cursor", at)] if at else [])]
    else:
        kept += [("show", str(visit.length)), ("cursor", page.next)]
    return f"?{urlencode(kept)}"


_PLACE = ("show", "cursor", "after", "at_least", "told", "aside", "left")


async def _names(reading: Reading, subjects: Collection[UUID]) -> Mapping[UUID, str]:
    services = reading.http.services
    return await console_names.names(services.pool, services.keys, subjects, reading.caller.marketplace)


async def _form(visit: Visit, reading: Reading, own: Sequence[SavedFilter], asked: Asked) -> Mapping[str, Any]:
    """What the form of the filters shows."""
    set_now = filters.inputs(asked.filter) if asked.filter else ()
    called: Mapping[UUID, str] = {}
    role = visit.session.principal.role
    if role is not Role.NEUTRAL and role in ROLES_BY_ROUTE["list_mandates"]:
        listing = await visit.reading("list_mandates")
        found = await listing.page(MANDATES, mandates.mandates, MAX_LIMIT, None, closed=False)
        called = await _names(reading, [one.neutral for one in found.rows])
    return {
        "set": set_now,
        "choices": filters.CHOICES,
        "hours": filters.HOURS,
        "mediators": called,
        "may_save": filters.may_save(visit),
        "full": len(own) >= MOST,
        "longest": LONGEST_NAME,
        "name": asked.filter.name if asked.saved and asked.filter else visit.request.query_params.get("name", ""),
        "known": visit.request.query_params.get("name", "") in [one.name for one in own],
        "first": bool(own) and own[0] is asked.filter,
        "last": bool(own) and own[-1] is asked.filter,
    }
