"""Messages about a dispute."""

from uuid import UUID

from fastapi import APIRouter

from api.problems import ON_DISPUTE, ON_READ, documented
from api.reading import Cursor, Limit, ReadAsOf
from api.schemas.answers import Numbered
from api.schemas.conversation import Messages, PostMessage
from api.writing import WriteOnDispute
from projections import conversations
from projections.conversations import CONVERSATIONS

router = APIRouter(tags=["Conversation"])


@router.post("/v1/disputes/{dispute_id}/messages", status_code=201, responses=documented(*ON_DISPUTE))
async def post_message(dispute_id: UUID, body: PostMessage, writing: WriteOnDispute) -> Numbered:
    """Writes to everybody in the dispute, also after it has closed."""
    outcome = await writing.act(body, dispute_id=dispute_id)
    return await writing.done(outcome, Numbered, number=outcome.case.conversation.messages)


@router.get("/v1/disputes/{dispute_id}/messages", responses=documented(*ON_READ))
async def list_messages(dispute_id: UUID, reading: ReadAsOf, limit: Limit = 50, cursor: Cursor = None) -> Messages:
    """The conversation, in the order in which it was posted."""
    await reading.case(dispute_id)
    services = reading.front.services
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
    items = await reading.open([reading.viewer.message(row) for row in page.rows])
    return Messages(items=items, next=reading.next(page.next))
