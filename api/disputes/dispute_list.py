"""The list of disputes: a desk's queue, and the search for a dispute by what people call it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BeforeValidator
from starlette.responses import Response

from api.disputes import in_words
from api.disputes import snoozed as put_aside
from api.disputes.dispute_list_schemas import Count, Disputes
from api.http.bodies import Id, When
from api.http.exact_json import ExactRoute
from api.http.problems import ON_READ, documented
from api.http.reads import Cursor, Limit, ReadAsOf, Reading
from api.http.words import said_in
from api.words import terms
from api.words.catalogue import Catalogue, spoken_to
from domain.kernel.base import Role
from domain.kernel.people import Awaiting, Side, Stage
from domain.policy.reasons import ClaimReason
from domain.settlement.conversation import may_write
from mediation.store.desk import read_marks
from projections import dispute_list
from projections.caseload import CASELOAD, Standing
from projections.dispute_list import MOST_COUNTED, Counted, Filters, Named, Sort
from projections.lives import NOW
from projections.paging import Page
from projections.table import Doc
from projections.waiting import Due, Why

router = APIRouter(tags=["Disputes"], route_class=ExactRoute)

_SORT = (
    "`due`: what is due first comes first, and disputes in which nothing is due come last. `filed`: the latest filed first. "
    "`changed`: the latest changed first. `amount`: by currency, the greatest amount in dispute first. Only in the order of "
    "`filed` no dispute moves while you turn the pages."
)
_Q = (
    "A case number, the id of a dispute or an order, a marketplace's reference, or the id of a party. Spaces around it make no "
    "difference. A case number may be in small letters. An id or a reference is found as it is typed, and also in capitals or "
    "in small letters: the engine keeps only a keyed hash of the exact text."
)
_COUNTS = "The filters by which the disputes are counted; `all` counts all that are listed. Exact up to 1,000."
_SNOOZED = "True: what you have put aside now and what has not come back. False: everything else."
_UP_TO = (
    "Up to whom it is now. As `awaiting`, with one exception: when the neutral has asked a party for a reply, it is up to that "
    "party until the reply comes or is late, unless the neutral owes something before. For a party: as `awaiting`. Several "
    "values: any of them."
)
_ANY = "Several values: any of them."


def _stripped(q: Any) -> Any:
    return q.strip() if isinstance(q, str) else q


@router.get("/v1/disputes", responses=documented(*ON_READ))
async def list_disputes(
    reading: ReadAsOf,
    response: Response,
    q: Annotated[Id | None, BeforeValidator(_stripped), Query(description=_Q)] = None,
    stage: Annotated[list[Stage] | None, Query(description=_ANY, max_length=20)] = None,
    awaiting: Annotated[list[Awaiting] | None, Query(description=_ANY, max_length=20)] = None,
    up_to: Annotated[list[Awaiting] | None, Query(description=_UP_TO, max_length=20)] = None,
    waiting: Annotated[
        list[Why] | None, Query(description=f"What it waits for: `why` in `waiting`. {_ANY}", max_length=20)
    ] = None,
    reason: Annotated[list[ClaimReason] | None, Query(description=_ANY, max_length=20)] = None,
    order_id: Id | None = None,
    marketplace_reference: Id | None = None,
    seller: Annotated[Id | None, Query(description="The marketplace's id of the seller.")] = None,
    neutral: Annotated[
        list[UUID] | None,
        Query(description=f"The neutral to whom the dispute is assigned. {_ANY}", max_length=100),
    ] = None,
    changed_after: Annotated[
        When | None,
        Query(description="Changes at exactly this instant are included, so that repeated requests miss nothing."),
    ] = None,
    due_before: Annotated[When | None, Query(description="Something is due before this instant, or was.")] = None,
    snoozed: Annotated[bool | None, Query(description=_SNOOZED)] = None,
    sort: Annotated[Sort, Query(description=_SORT)] = "filed",
    counts: Annotated[list[Counted] | None, Query(description=_COUNTS, max_length=6)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Disputes:
    """Disputes, with what a desk needs to choose the next one. A neutral sees the disputes assigned to them, and those that
    wait for a neutral."""
    calling, blind = reading.caller, reading.http.services.blind
    marketplace, pool = calling.marketplace, reading.http.services.pool
    filters = Filters(
        marketplace=marketplace,
        stage=stage,
        awaiting=awaiting,
        up_to=up_to,
        waiting=waiting,
        reason=reason,
        transaction_ids=blind.spellings("transaction", marketplace, order_id) if order_id else None,
        reference_keys=blind.spellings("reference", marketplace, marketplace_reference)
        if marketplace_reference
        else None,
        sellers=blind.spellings("party", marketplace, seller) if seller else None,
        neutral=neutral,
        for_neutral=calling.subject if calling.role is Role.NEUTRAL else None,
        named=await _named(reading, q) if q else None,
        changed_after=changed_after and calling.clock.first_showed(changed_after),
        due_before=due_before,
        to=calling.side,
    )
    if snoozed is not None:
        aside = [*await put_aside.aside(reading)]
        filters = replace(filters, only=aside) if snoozed else replace(filters, without=aside)
    place, asked = reading.cursor(cursor), reading.asked
    page: Page[Standing] = Page([], None)
    if limit:  # a screen that only counts wants none
        page = await reading.see(
            CASELOAD, dispute_list.disputes, pool, filters, sort=sort, asked=asked, limit=limit, cursor=place
        )
    words = spoken_to(reading.accept_language)
    said_in(words, response)
    items = await reading.open(await _shown(reading, words, page.rows))
    numbers = await dispute_list.counts(pool, filters, counts, asked) if counts else None
    return Disputes(items=items, next=reading.next(page.next), counts=None if numbers is None else _counted(numbers))


async def _named(reading: Reading, q: str) -> Named:
    """What `q` may be the id of, as far as the caller may know ids: a neutral knows none of parties, and a party neither
    the marketplace's reference nor the other party's id."""
    services, calling = reading.http.services, reading.caller
    marketplace = calling.marketplace
    ways = dict.fromkeys((q, q.upper(), q.lower()))

    def ids(kind: str) -> Sequence[UUID]:
        return [one for way in ways for one in services.blind.spellings(kind, marketplace, way)]

    disputes = [found] if (found := await services.case_numbers.dispute(q, marketplace)) else []
    with suppress(ValueError):
        disputes.append(UUID(q))
    knows = reading.viewer.knows_id
    return Named(
        disputes=disputes,
        transactions=ids("transaction"),
        references=() if calling.side else ids("reference"),
        buyers=ids("party") if knows(Side.BUYER) else (),
        sellers=ids("party") if knows(Side.SELLER) else (),
    )


async def _shown(reading: Reading, words: Catalogue, rows: Sequence[Standing]) -> list[Doc]:
    unread = await _unread(reading, rows)
    numbers, viewer = reading.http.services.case_numbers, reading.viewer
    items = []
    for row in rows:
        shown = viewer.standing(row)
        due = row.due if reading.caller.side is None else row.due_as_told
        items.append(
            {
                **shown,
                "case_number": numbers.of(row.filed_position),
                "title": in_words.title(
                    words,
                    shown["awaiting"],
                    Side(row.claimant),
                    (reading.caller.side or reading.caller.role).value,
                    closed=row.stage == Stage.CLOSED.value,
                    stayed=row.stayed_since is not None,
                ),
                "due": due and _due(words, due),
                "unread": unread.get(row.dispute_id),
            }
        )
    return items


def _due(words: Catalogue, due: Due) -> dict[str, Any]:
    if due.kind is not None:
        said = words.say("commitments", terms.COMMITMENTS[due.kind])
    else:
        said = words.say("deadlines", terms.DEADLINES[_WINDOWS.get(due.what, due.what)])
    return {"what": due.what, "what_in_words": said, "by": due.by, "kind": due.kind, "at": due.at}


_WINDOWS = {"offer_reply": "offer", "proposal_reply": "proposal"}
"""The names of windows that differ from what is awaited in them."""


async def _unread(reading: Reading, rows: Sequence[Standing]) -> dict[UUID, int]:
    """How many messages the reader has not read in each dispute. Nobody has marks who takes no part in the conversation."""
    caller = reading.caller
    if not rows or reading.asked != NOW or not may_write(caller.role):
        return {}
    of_party = {Side.BUYER: "buyer_subject", Side.SELLER: "seller_subject"}
    readers = {
        row.dispute_id: getattr(row, of_party[caller.speaks_for]) if caller.speaks_for else caller.subject
        for row in rows
    }
    marks = await read_marks.of_each(reading.http.services.pool, readers)
    return {row.dispute_id: max(0, row.messages - marks.get(row.dispute_id, 0)) for row in rows}


def _counted(numbers: dict[Counted, dict[str, int]]) -> dict[Counted, list[Count]]:
    return {name: [_count(value, number) for value, number in found.items()] for name, found in numbers.items()}


def _count(value: str, number: int) -> Count:
    text = f"{MOST_COUNTED:,}+" if number > MOST_COUNTED else f"{number:,}"
    return Count(value=value, count=min(number, MOST_COUNTED), text=text)
