"""The conversation of a case in one order: what people asked for before the dispute, messages of every channel, and notes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from api.console.visit import Visit
from api.disputes.case_file_schemas import CaseFile
from api.disputes.settlement.conversation import list_messages
from api.disputes.settlement.conversation_schemas import Message
from api.disputes.settlement.note_schemas import Note
from api.disputes.settlement.notes import list_notes
from api.http.access import ROLES_BY_ROUTE
from api.marketplace.contact_schemas import ContactShown
from domain.kernel.frozen import frozen
from projections.paging import MAX_LIMIT


@frozen
class Line:
    """One line of the conversation: what somebody asked the marketplace for, a message, or an internal note."""

    kind: Literal["contact", "message", "note"]
    at: datetime
    it: ContactShown | Message | Note


async def lines_of(visit: Visit, file: CaseFile) -> Sequence[Line]:
    """In the order in which it happened, as far as that is known: a call may be told of days later."""
    lines = [Line("contact", one.at, one) for one in file.contacts or ()]
    reading, cursor = await visit.reading("list_messages", dispute_id=file.id), None
    while True:
        messages = await list_messages(file.id, reading, limit=MAX_LIMIT, cursor=cursor)
        lines += [Line("message", _when(one), one) for one in messages.items]
        if (cursor := messages.next) is None:
            break
    if visit.session.principal.role in ROLES_BY_ROUTE["list_notes"]:
        notes = await list_notes(file.id, await visit.reading("list_notes", dispute_id=file.id), limit=MAX_LIMIT)
        lines += [Line("note", one.written_at, one) for one in notes.items]
    return sorted(lines, key=lambda line: line.at)


def _when(message: Message) -> datetime:
    if message.call is not None:
        return message.call.began_at
    return message.public.public_since if message.public is not None else message.written_at or message.posted_at
