"""What is new in a dispute since its reader last looked, and the mark of that look."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from api.disputes import chronicle, last_look
from api.disputes.history_schemas import OFFER, HistoryEntry
from api.http.bodies import Answer, Body, Page, example
from api.http.exact_json import ExactRoute
from api.http.opaque import UnknownToken
from api.http.problems import ON_READ, documented
from api.http.reads import Cursor, Limit, Read, Reading
from api.http.relative import ago
from api.http.words import Words
from domain.kernel.base import Instant
from domain.kernel.refusals import Malformed
from projections import paging

router = APIRouter(tags=["History"], route_class=ExactRoute)

_CHANGES = "/v1/disputes/{dispute_id}/changes"
_PLACE = "Zk3sQ0mVb1XhT8yR5wJ2nC7dLp4eGfAu9iKoB6rSxYtEqWcHvN1zMj3aUg8O5lDb"

ReadUpTo = Annotated[
    str,
    Field(
        max_length=200, description="A place in what you were told of this dispute. It is opaque.", examples=[_PLACE]
    ),
]
Since = Annotated[
    Instant | None,
    Field(
        description="When you last marked this dispute as read. Null: never. Everything that you were told is new then."
    ),
]


class UnknownReadUpTo(Malformed):
    """`read_up_to` is not a value that was given out for this dispute.

    Why: The value is a sealed place in the log. It means nothing in another dispute. After a restore of the log, a place that
    was lost means nothing either.

    What to do: Read `GET /v1/disputes/{dispute_id}/changes` again, and send its `read_up_to` as you receive it.
    """

    pointer = "/read_up_to"


class Changes(Page[HistoryEntry]):
    """What is new for you in a dispute, the first recorded first."""

    model_config = example({"items": [OFFER], "next": None, "count": 1, "since": ago(days=3), "read_up_to": _PLACE})

    count: Annotated[int, Field(description="How many facts are new, on all pages.")]
    since: Since
    read_up_to: Annotated[
        ReadUpTo,
        Field(description="Send it to `PUT …/changes/read-up-to` when you have read this page and those before it."),
    ]


class MarkAsRead(Body):
    """How far you have read."""

    model_config = example({"read_up_to": _PLACE})

    read_up_to: ReadUpTo


class MarkedAsRead(Answer):
    """Where your mark is now."""

    model_config = example({"moved": True, "read_up_to": _PLACE, "since": ago()})

    moved: Annotated[
        bool, Field(description="False: your mark was there already, or further on. It stays where it is.")
    ]
    read_up_to: ReadUpTo
    since: Since


@router.get(_CHANGES, responses=documented(*ON_READ))
async def list_changes(
    dispute_id: UUID, reading: Read, words: Words, limit: Limit = 50, cursor: Cursor = None
) -> Changes:
    """What you were told of a dispute since you last marked it as read. Reading it moves no mark.

    What you did yourself is left out, with what followed from it at once. So are messages that you have read, and
    bookkeeping. A backend that reads for a party has that party's mark.
    """
    doc = await reading.case(dispute_id)
    found = await last_look.since_last_look(reading, dispute_id, doc)
    place = reading.cursor(cursor)
    (after,) = paging.opened(place, ["bigint"]) if place is not None else (0,)
    left = [entry for entry in found.news if entry.position > after]
    page, more = left[:limit], len(left) > limit
    end = page[-1].position if more else found.end
    return Changes.model_validate(
        {
            "items": await chronicle.of_case(reading, dispute_id, doc, page, words),
            "next": reading.next(paging.after(end)) if more else None,
            "count": len(found.news),
            "since": found.looked_at,
            "read_up_to": _sealed(reading, dispute_id, end),
        }
    )


@router.put(_CHANGES + "/read-up-to", responses=documented(*ON_READ, 408, 413, 415))
async def mark_changes_as_read(dispute_id: UUID, body: MarkAsRead, reading: Read) -> MarkedAsRead:
    """Marks the dispute as read, up to a `read_up_to` of its changes. The mark only moves forward: an older value changes
    nothing, and the answer says so. It is no fact, and nobody else learns of it."""
    doc = await reading.case(dispute_id)
    position = await _opened(reading, dispute_id, body.read_up_to)
    moved, mark = await last_look.mark(reading, dispute_id, doc, position)
    place = _sealed(reading, dispute_id, mark.position)
    return MarkedAsRead(moved=moved, read_up_to=place, since=mark.position_read_at)


def _sealed(reading: Reading, dispute_id: UUID, position: int) -> str:
    return reading.http.opaque.seal("read_up_to", reading.caller.marketplace, str(position), of=str(dispute_id))


async def _opened(reading: Reading, dispute_id: UUID, sealed: str) -> int:
    """The position. After a restore, the log may hold no fact of this dispute there. Raises UnknownReadUpTo."""
    try:
        position = reading.http.opaque.open("read_up_to", reading.caller.marketplace, sealed, of=str(dispute_id))
    except UnknownToken:
        raise UnknownReadUpTo from None
    at = await reading.http.services.log.at([int(position)])
    if [fact.dispute_id for fact in at] != [dispute_id]:
        raise UnknownReadUpTo
    return int(position)
