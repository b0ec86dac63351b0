"""Messages about a dispute."""

from uuid import UUID

from fastapi import APIRouter

from api.acts.declare import last_commitment
from api.disputes.settlement import sight
from api.disputes.settlement.conversation_schemas import Messages, PostMessage
from api.disputes.settlement.translation import language_for, with_translations
from api.http.act_route import ActRoute
from api.http.answers import Posted
from api.http.problems import ON_DISPUTE, ON_READ, documented
from api.http.reads import Cursor, Limit, ReadAsOf
from api.http.writes import WriteOnDispute
from projections import conversations
from projections.conversations import CONVERSATIONS

router = APIRouter(tags=["Conversation"], route_class=ActRoute)


@router.post("/v1/disputes/{dispute_id}/messages", status_code=201, responses=documented(*ON_DISPUTE))
async def post_message(dispute_id: UUID, body: PostMessage, writing: WriteOnDispute) -> Posted:
    """Sends a message to everybody in the dispute, also after closure. The author owes the commitment that comes with it. A
    reply that the author owed is kept by it. If the policy has the window `message_reply`, whoever it is written `to` owes
    an answer."""
    outcome = await writing.act(body, dispute_id=dispute_id)
    number = outcome.case.conversation.messages
    promised = last_commitment(outcome.dispute, answers=False) if body.promise else None
    return await writing.done(outcome, Posted, number=number, commitment_id=promised)


@router.get("/v1/disputes/{dispute_id}/messages", responses=documented(*ON_READ))
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
    items = await with_translations(reading, dispute_id, await reading.open(shown), language_for(reading, doc))
    last = max((row.number for row in page.rows), default=0)
    before = await sight.mark(reading, dispute_id, doc, last)
    owed = sight.owed_since(doc)
    return Messages.model_validate(
        {"items": items, "next": reading.next(page.next), "reply_owed_since": owed, "read_up_to": before}
    )
