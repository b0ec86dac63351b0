"""One case: where it stands, what comes next, what everybody said and showed, the money, the clocks, and its story."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from starlette.responses import Response

from api.console.acts import meanwhile
from api.console.acts.desk import acts_of
from api.console.case import money
from api.console.case.files import PICTURES
from api.console.my_day import onward
from api.console.visit import Visit
from api.disputes.case_file import get_dispute
from api.disputes.case_file_schemas import CaseFile
from api.disputes.chronicle import Step
from api.disputes.history import outline
from api.disputes.in_words import get_dispute_in_words
from api.disputes.last_look import mark, since_last_look
from api.disputes.settlement.conversation import list_messages
from api.disputes.settlement.conversation_schemas import Message
from api.disputes.settlement.note_schemas import Note
from api.disputes.settlement.notes import list_notes
from api.disputes.snooze import get_snooze
from api.http.access import ROLES_BY_ROUTE
from domain.kernel.frozen import frozen
from projections.audit_trail import Entry
from projections.paging import MAX_LIMIT


@frozen
class Line:
    """One line of the conversation: a message, or an internal note."""

    kind: Literal["message", "note"]
    at: datetime
    it: Message | Note


async def case(visit: Visit) -> Response:
    """The case, as its reader may see it."""
    dispute_id: UUID = visit.request.path_params["dispute_id"]
    reading = await visit.reading("get_dispute", dispute_id=dispute_id)
    file = await get_dispute(dispute_id, reading, Response())
    assert isinstance(file, CaseFile), "the whole case file was asked for"
    told = await get_dispute_in_words(
        dispute_id, await visit.reading("get_dispute_in_words", dispute_id=dispute_id), Response()
    )
    return visit.page(
        "case/case.html",
        case=file,
        form=None,
        leads=onward.of_address(visit),
        before=await onward.before(visit),
        acts=acts_of(reading, file),
        recorded=await meanwhile.recorded(reading, dispute_id, _led_here_by(visit)),
        **await _snooze(visit, dispute_id),
        news=await _news(visit, dispute_id),
        told=told,
        lines=await _conversation(visit, dispute_id),
        story=await _story(visit, dispute_id),
        bar=money.bar(file),
        sums=money.sums(file),
        pictures=PICTURES,
        now=reading.caller.at,
    )


async def _snooze(visit: Visit, dispute_id: UUID) -> dict[str, Any]:
    """Whether the reader may put the case aside, and until when it is."""
    if visit.session.principal.role not in ROLES_BY_ROUTE["get_snooze"]:
        return {"may_snooze": False, "aside": None}
    shown = await get_snooze(dispute_id, await visit.reading("get_snooze", dispute_id=dispute_id))
    return {"may_snooze": True, "aside": shown.until}


async def _news(visit: Visit, dispute_id: UUID) -> Sequence[Entry]:
    """What is new since the reader last opened the case, which they do now. A page that is fetched again while it is open
    shows no news: what happens meanwhile is seen where it happens.
    """
    if "hx-request" in visit.request.headers or visit.session.principal.role not in ROLES_BY_ROUTE["list_changes"]:
        return []
    reading = await visit.reading("list_changes", dispute_id=dispute_id)
    doc = await reading.case(dispute_id)
    look = await since_last_look(reading, dispute_id, doc)
    await mark(reading, dispute_id, doc, look.end)
    return look.news if look.looked_at is not None else []


def _led_here_by(visit: Visit) -> str | None:
    """The position of the act that led to this page. A page that is fetched again says it no more: the form has said it."""
    return None if "hx-request" in visit.request.headers else visit.request.query_params.get("at_least")


async def _conversation(visit: Visit, dispute_id: UUID) -> Sequence[Line]:
    """Messages and, for the desk, its notes, in the order in which they were written."""
    lines: list[Line] = []
    reading, cursor = await visit.reading("list_messages", dispute_id=dispute_id), None
    while True:
        messages = await list_messages(dispute_id, reading, limit=MAX_LIMIT, cursor=cursor)
        lines += [Line("message", one.posted_at, one) for one in messages.items]
        if (cursor := messages.next) is None:
            break
    if visit.session.principal.role in ROLES_BY_ROUTE["list_notes"]:
        notes = await list_notes(dispute_id, await visit.reading("list_notes", dispute_id=dispute_id), limit=MAX_LIMIT)
        lines += [Line("note", one.written_at, one) for one in notes.items]
    return sorted(lines, key=lambda line: line.at)


async def _story(visit: Visit, dispute_id: UUID) -> Sequence[Step]:
    """What happened, the latest first."""
    reading = await visit.reading("get_history", dispute_id=dispute_id)
    return (await outline(dispute_id, reading, visit.words))[::-1]
