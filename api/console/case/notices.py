"""What the parties of a case were told outside of the engine: the notices to each, and what became of them."""

from starlette.responses import Response

from api.console.acts.desk import read
from api.console.visit import Visit
from api.disputes.notices.notice_schemas import NoticeShown
from api.disputes.notices.notices import list_notices
from projections.paging import MAX_LIMIT


async def notices(visit: Visit) -> Response:
    """By party, the latest first. The page of the case fetches them when somebody opens them."""
    _, case = await read(visit)
    reading = await visit.reading("list_notices", dispute_id=case.id)
    sent, cursor = list[NoticeShown](), None
    while not sent or cursor is not None:
        page = await list_notices(case.id, reading, visit.words, limit=MAX_LIMIT, cursor=cursor)
        sent += page.items
        if (cursor := page.next) is None:
            break
    return visit.page("case/sent.html", case=case, sent=sent[::-1])
