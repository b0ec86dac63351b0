"""Who else is at a case. It stands beside the pages: a script (`static/presence.js`) says every few seconds that a page is
looked at, and puts what is answered into it. So no page waits for it, and no page loses anything when it fails.

A stream that is open is no proof that somebody looks: where a network is lost, the server learns of it only after minutes.
"""

from uuid import UUID

from starlette.responses import Response

from api.acts.registry import DECLARED
from api.console.submitted import Submitted, submitted
from api.console.visit import Visit
from api.disputes.presence import BePresent, be_present, end_presence, list_presence
from api.http.problem_kinds import InvalidRequest
from api.http.reads import Reading
from api.http.request_log import BY_ITSELF
from domain.kernel.base import act_name
from domain.moves import TAKE_CASE, Move

_MOST = 100


async def at_case(visit: Visit) -> Response:
    """The reader looks at the case. Answers who else does, and who else fills in the same form."""
    _note(visit)
    dispute_id: UUID = visit.request.path_params["dispute_id"]
    given = await submitted(visit.request)
    reading = await visit.reading("be_present", dispute_id=dispute_id)
    form = given.one("form")
    act = act_name(Move(form).command) if form == TAKE_CASE else form
    writing = act if act in DECLARED and given.one("typed") else None
    body = BePresent(page=await _page(given, reading, dispute_id), writing=writing)
    people = (await be_present(dispute_id, body, reading)).people
    return visit.page("presence/at_case.html", people=people, same=[one for one in people if act in one.writing])


async def left(visit: Visit) -> Response:
    """The page was closed."""
    _note(visit)
    dispute_id: UUID = visit.request.path_params["dispute_id"]
    reading = await visit.reading("end_presence", dispute_id=dispute_id)
    await end_presence(dispute_id, reading, await _page(await submitted(visit.request), reading, dispute_id))
    return Response(status_code=204)


async def in_list(visit: Visit) -> Response:
    """Who else is at the cases of a list."""
    _note(visit)
    try:
        asked = [UUID(one) for one in visit.request.query_params.getlist("dispute_id")][:_MOST]
    except ValueError:
        raise InvalidRequest(at="/dispute_id") from None
    reading = await visit.reading("list_presence")
    there = {one.dispute_id: one.people for one in (await list_presence(reading, asked)).items}
    return visit.page("presence/in_list.html", there={one: there.get(one, []) for one in asked})


def _note(visit: Visit) -> None:
    """The page asks by itself: the log has no line for each."""
    setattr(visit.request.state, BY_ITSELF, True)


async def _page(given: Submitted, reading: Reading, dispute_id: UUID) -> UUID:
    """Raises InvalidRequest, but for a dispute that is not the reader's what `Reading.case` raises."""
    try:
        return UUID(given.one("page") or "")
    except ValueError:
        await reading.case(dispute_id)
        raise InvalidRequest(at="/page") from None
