"""What reading a conversation leaves behind: a mark of how far somebody read, and the first sight of what waits for them.

The first sight of a message whose answer the reader owes is a fact. Every other reading only moves the reader's mark.
Auditors and administrators take no part in the conversation, and leave nothing here.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import structlog
from psycopg import Error
from psycopg_pool import PoolTimeout

from api.http.reads import Reading
from domain.commitments.events import ASKED
from domain.kernel.refusals import Refusal
from domain.settlement.conversation import may_write
from domain.settlement.replies import SeeMessages
from domain.settlement.replies_facts import MessageSeen
from domain.stream_ids import seen_id
from mediation.engine import Contended
from mediation.store.desk import read_marks
from mediation.store.follow.consumer import PASSING, describe
from projections.lives import NOW
from projections.table import Doc

_log = structlog.get_logger(__name__)


def owed_since(doc: Doc) -> dict[str, str]:
    """Whose answer is owed, each with the instant since when; the first one first."""
    found: dict[str, str] = {}
    for owed in doc["commitments"]:
        if owed["arises_from"] in ASKED and owed["status"] in ("pending", "overdue"):
            since = str((owed["proof"] or {}).get("starts_at") or owed["made_at"])
            found[owed["owed_by"]] = min(since, found.get(owed["owed_by"], since))
    return dict(sorted(found.items(), key=lambda one: (one[1], one[0])))


async def seen(reading: Reading, dispute_id: UUID) -> Mapping[int, datetime]:
    """When each message that waits for an answer was first seen by whoever owes it, as far as the reader is told."""
    stream_id = seen_id(dispute_id)
    facts = (await reading.http.services.log.read([(stream_id, 0)])).streams[stream_id]
    found: dict[int, datetime] = {}
    for fact in reading.asked.told(facts):
        event = fact.event
        assert isinstance(event, MessageSeen), "this stream holds nothing else"
        if reading.viewer.told_of(event, event.model_dump(mode="json")) is not None:
            found.setdefault(event.message, fact.occurred_at)
    return found


async def mark(reading: Reading, dispute_id: UUID, doc: Doc, last: int) -> int | None:
    """The reader was shown the messages up to `last`. Returns how far they had read before; None for whoever has no mark.

    A reading as of an earlier instant moves nothing. Nor does one fail because this cannot be stored: the next reading
    stores it then.
    """
    caller, pool = reading.caller, reading.http.services.pool
    if not may_write(caller.role):
        return None
    reader = person(reading, doc)
    before = (await read_marks.of(pool, reader, dispute_id)).message
    if reading.asked != NOW or last <= before:
        return before
    try:
        if caller.role.value in owed_since(doc):
            command = SeeMessages(
                marketplace=caller.marketplace,
                actor=caller.actor,
                now=caller.now(),
                dispute_id=dispute_id,
                up_to=last,
            )
            await reading.http.services.engine.handle(command)
        await read_marks.mark(
            pool,
            subject=reader,
            marketplace=caller.marketplace,
            dispute_id=dispute_id,
            number=last,
            at=caller.at,
        )
    except (Refusal, Contended, Error, PoolTimeout, *PASSING) as error:
        _log.warning("reading_not_marked", dispute_id=str(dispute_id), error=describe(error))
    return before


def person(reading: Reading, doc: Doc) -> UUID:
    """Whose mark it is. A backend that reads for a party reads as that party, and not as itself."""
    side = reading.caller.speaks_for
    return UUID(doc[side.value]["subject"]) if side else reading.caller.subject
