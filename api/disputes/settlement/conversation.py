"""Messages about a dispute, and their files."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from api.acts.declare import last_commitment
from api.disputes.settlement import sight
from api.disputes.settlement.conversation_schemas import MessageForm, Messages, PostMessage
from api.disputes.settlement.translation import with_translations
from api.http.act_route import ActRoute, FormRoute
from api.http.addresses import FORM
from api.http.answers import FileReceived, Posted
from api.http.bodies import Number
from api.http.files import CONTENT, download, with_file
from api.http.problems import ON_DISPUTE, ON_READ, documented
from api.http.reads import Cursor, Limit, Read, ReadAsOf
from api.http.writes import WriteOnDispute, Writing
from domain.evidence.attachments import UnknownAttachment
from domain.evidence.exhibit_facts import File
from domain.settlement.channels import arrived_before
from mediation.engine import Handled
from mediation.store.files.content import ALLOWED
from projections import conversations
from projections.conversations import CONVERSATIONS

router = APIRouter(tags=["Conversation"], route_class=ActRoute)

_MESSAGES = "/v1/disputes/{dispute_id}/messages"
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {"$ref": "#/components/schemas/MessageForm"},
                "encoding": {
                    "files": {"contentType": ", ".join(ALLOWED)},
                    "promise": {"contentType": "application/json"},
                },
            }
        },
    }
}


async def _post_form(dispute_id: UUID, writing: WriteOnDispute) -> Posted:
    outcome, body, received = await with_file(writing, dispute_id, MessageForm)
    assert isinstance(body, PostMessage), "what the form becomes"
    return await _posted(writing, outcome, body, received.files)


router.add_api_route(
    _MESSAGES,
    _post_form,
    methods=["POST"],
    name="post_message",
    status_code=201,
    route_class_override=FormRoute,
    openapi_extra=_FORM,
    include_in_schema=False,  # the route below has both bodies in its documentation
)


@router.post(_MESSAGES, status_code=201, responses=documented(*ON_DISPUTE), openapi_extra=_FORM)
async def post_message(dispute_id: UUID, body: PostMessage, writing: WriteOnDispute) -> Posted:
    """Sends a message to everybody in the dispute, also after closure. With files it is sent as a form. The author owes the
    commitment that comes with it. A reply that the author owed is kept by it. If the policy has the window `message_reply`,
    whoever it is written `to` owes an answer."""
    return await _posted(writing, await writing.act(body, dispute_id=dispute_id), body, ())


async def _posted(writing: Writing, outcome: Handled, body: PostMessage, files: tuple[File, ...]) -> Posted:
    talk = outcome.case.conversation
    number, promised = talk.messages, last_commitment(outcome.dispute, answers=False) if body.promise else None
    arrival = body.arrival(writing.context())
    if (came := arrived_before(talk, arrival)) is not None:  # now, or before
        number, promised = came.number, came.commitment_id
    received = tuple(FileReceived(number=place, sha256=file.sha256) for place, file in enumerate(files, start=1))
    return await writing.done(outcome, Posted, number=number, commitment_id=promised, files=received)


@router.get(_MESSAGES, responses=documented(*ON_READ))
async def list_messages(dispute_id: UUID, reading: ReadAsOf, limit: Limit = 50, cursor: Cursor = None) -> Messages:
    """The messages, in the order in which they were posted. Whoever reads them is marked as having read so far. If the
    reader owes the answer to one of them, its first sight is a fact, told to the neutral."""
    doc = await reading.case(dispute_id)
    services = reading.http.services
    page = await reading.see(
        CONVERSATIONS,
        conversations.messages,
        services.pool,
        reading.caller.marketplace,
        dispute_id,
        asked=reading.asked,
        limit=limit,
        cursor=reading.cursor(cursor),
    )
    seen = await sight.seen(reading, dispute_id)
    shown = [{**reading.viewer.message(row, doc), "seen_at": seen.get(row.number)} for row in page.rows]
    items = await with_translations(reading, dispute_id, await reading.open(shown), reading.reads(doc))
    last = max((row.number for row in page.rows), default=0)
    before = await sight.mark(reading, dispute_id, doc, last)
    owed = sight.owed_since(doc)
    return Messages.model_validate(
        {"items": items, "next": reading.next(page.next), "reply_owed_since": owed, "read_up_to": before}
    )


@router.get(
    _MESSAGES + "/{number}/files/{file}",
    response_class=StreamingResponse,
    responses=CONTENT | documented(*ON_READ, 410),
)
async def get_message_file(dispute_id: UUID, number: Number, file: Number, reading: Read) -> StreamingResponse:
    """A file of a message. A browser saves it and does not display it."""
    await reading.case(dispute_id)
    services, marketplace = reading.http.services, reading.caller.marketplace
    found = await reading.see(CONVERSATIONS, conversations.message, services.pool, marketplace, dispute_id, number)
    files = found.files if found is not None else []
    if file > len(files):
        raise UnknownAttachment(message=number, file=file)
    return await download(reading, files[file - 1], number)
