"""The feed of all facts about all disputes, for backends that follow them."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from api.audit.kinds import Kind, check_kinds
from api.disputes import chronicle
from api.disputes.history_schemas import Feed
from api.http.problems import ON_READ, documented
from api.http.reads import Cursor, Limit, Read, Reading
from api.http.words import Words
from domain.kernel.base import Event
from domain.kernel.disclosure import Audience
from projections import audit_trail, filings
from projections.audit_trail import Entry
from projections.paging import Page

router = APIRouter(tags=["History"])

LONGEST = 25
"""Seconds for which a request waits at most: proxies end a request that is silent for 30."""

_GATHER = 0.1
"""Seconds between a new fact and the next look at the log: where many facts come at once, few of them may match."""

_POLL = 1.0
"""Seconds after which a request that waits looks again by itself: a notification may be lost with its connection."""

Kinds = Annotated[
    list[Kind],
    Query(alias="kind", max_length=50, description="Only facts of these kinds, by their stored names."),
]
From = Annotated[
    Literal["start", "now"],
    Query(alias="from", description="Where to begin without a `cursor`: at the first fact, or after the last one."),
]
Wait = Annotated[
    int,
    Query(
        ge=0,
        le=LONGEST,
        description="Seconds to wait for the first new fact, if there is none yet. The answer comes as soon as there is one.",
    ),
]
Bookkeeping = Annotated[
    bool,
    Query(
        description="Also facts that only keep windows, whose move it is, and locks, such as DeadlineSet. A kind that you ask "
        "for in `kind` comes in any case."
    ),
]


@router.get("/v1/events", responses=documented(*ON_READ))
async def list_events(
    reading: Read,
    words: Words,
    kinds: Kinds = [],  # noqa: B006 - the framework makes a new list for each request
    dispute_id: Annotated[UUID | None, Query(description="Only facts about this dispute.")] = None,
    bookkeeping: Bookkeeping = False,
    begin: From = "start",
    wait: Wait = 0,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Feed:
    """The facts about all disputes, in the order in which the engine learned them. Ask again with `next` for new facts."""
    check_kinds(kinds)
    sought = _Sought(reading, kinds or _all_kinds(bookkeeping), dispute_id, limit)
    place = reading.cursor(cursor)
    if place is None and begin == "now":
        place = str(await sought.end())
    found, last = await _first(sought, int(place or 0), wait)
    log = reading.http.services.log
    filed = await filings.filings(log, {entry.dispute_id for entry in found if entry.dispute_id is not None})
    items = await chronicle.told(reading, found, words)
    orders = [reading.viewer.order_of_fact(filed[item["dispute_id"]]) for item in items]
    return Feed.model_validate(
        {
            "items": [{**item, "order": order} for item, order in zip(items, await reading.open(orders), strict=True)],
            "next": reading.next(str(last)),
        }
    )


@cache
def _all_kinds(bookkeeping: bool) -> tuple[str, ...]:
    """The kinds that are told to anybody, with or without bookkeeping."""
    return tuple(
        kind
        for kind, event in Event.registry.items()
        if event.told_to is not Audience.NOBODY and (bookkeeping or not event.bookkeeping)
    )


@dataclass(frozen=True)
class _Sought:
    reading: Reading
    kinds: Sequence[str]
    dispute_id: UUID | None
    limit: int

    async def end(self) -> int:
        """The position of the marketplace's last fact. The cell's last one would tell when others are busy."""
        caller, log = self.reading.caller, self.reading.http.services.log
        return await audit_trail.end(log, caller.marketplace)

    async def after(self, since: int) -> tuple[list[Entry], int]:
        """The next facts that the reader may see, and the place from which to go on."""
        side = self.reading.caller.side
        end = await self.end()
        found: list[Entry] = []
        last, full = since, True
        while full and len(found) < self.limit:
            page = await self._page(last)
            last, full = (page.rows[-1].position if page.rows else last), page.next is not None
            if side is None:
                found += chronicle.seen(self.reading, page.rows)
            else:
                found += await chronicle.as_told(self.reading, side, page.rows)
        if len(found) > self.limit or side is not None:  # a party's place moves with what it is told alone
            found = found[: self.limit]
            return found, found[-1].position if found else since
        return found, last if full else max(last, end)

    async def _page(self, after: int) -> Page[Entry]:
        return await audit_trail.entries(
            self.reading.http.services.log,
            self.reading.caller.marketplace,
            kinds=self.kinds,
            dispute_id=self.dispute_id,
            of_disputes=True,
            after=after,
            limit=self.limit,
        )


async def _first(sought: _Sought, since: int, wait: float) -> tuple[list[Entry], int]:
    """What is found at once, or as soon as something is there, or nothing after `wait` seconds."""
    follow, clock = sought.reading.http.services.follow, asyncio.get_running_loop().time
    until = clock() + wait
    while True:
        stored = follow.stored
        found, since = await sought.after(since)
        left = until - clock()
        if found or left <= 0:
            return found, since
        with suppress(TimeoutError):
            async with asyncio.timeout(min(left, _POLL)):
                await stored.wait()
                await asyncio.sleep(_GATHER)
