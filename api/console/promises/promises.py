"""Promises: what is owed, by whom, and when it is due, as of any instant."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.responses import Response

from api.console.visit import LIST, Visit
from api.disputes.commitments.commitment_schemas import CommitmentInList
from api.disputes.commitments.commitments import list_commitments
from api.http.reads import Reading
from domain.commitments.events import CommitmentKind, Participant
from domain.kernel.frozen import frozen
from projections.lives import NOW, Asked
from projections.paging import MAX_LIMIT

_WEEK = timedelta(days=7)


@frozen
class Column:
    """The promises that are due in one stretch of time, the first due first. `more`: there are more of them."""

    name: str
    items: Sequence[CommitmentInList]
    more: bool


async def promises(visit: Visit) -> Response:
    """The board. A mediator sees their own promises and those of their cases; everybody else, those of the marketplace."""
    query, zone = visit.request.query_params, visit.zone
    owed_by = next((one for one in Participant if one == query.get("owed_by")), None)
    kind = next((one for one in CommitmentKind if one == query.get("kind")), None)
    as_of = _local(query.get("as_of", ""), zone)
    reading = await visit.reading("list_commitments", asked=Asked(as_of) if as_of else NOW)
    columns = [
        await _column(reading, *stretch, owed_by, kind, visit.length) for stretch in _stretches(reading.at, zone)
    ]
    return visit.page(
        "promises/promises.html",
        columns=columns,
        longer=visit.request.url.include_query_params(show=visit.length + LIST).query
        if visit.length < MAX_LIMIT
        else None,
        now=reading.at,
        as_of=as_of,
        owed_by=owed_by,
        kind=kind,
        participants=[*Participant],
        kinds=[*CommitmentKind],
    )


def _stretches(now: datetime, zone: ZoneInfo) -> Sequence[tuple[str, datetime | None, datetime | None]]:
    """The columns: their names, beginnings and ends. A day ends at midnight on the reader's clock."""
    local = now.astimezone(zone)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), zone)
    week = tomorrow + _WEEK
    return [("overdue", None, now), ("today", now, tomorrow), ("week", tomorrow, week), ("later", week, None)]


async def _column(
    reading: Reading,
    name: str,
    begin: datetime | None,
    end: datetime | None,
    owed_by: Participant | None,
    kind: CommitmentKind | None,
    limit: int,
) -> Column:
    page = await list_commitments(
        reading, owed_by=owed_by, kind=kind, due_after=begin, due_before=end, in_my_cases=True, limit=limit
    )
    return Column(name, page.items, page.next is not None)


def _local(text: str, zone: ZoneInfo) -> datetime | None:
    """An instant that was typed on the reader's clock; None if it is none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        return None
