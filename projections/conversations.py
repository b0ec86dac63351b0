"""What people wrote to each other about a dispute, one row per message. The original text is the record, and is sealed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.settlement.conversation_facts import MessagePosted
from mediation.store.log.recorded import Recorded
from projections.lives import NOW, Asked
from projections.paging import Page, Where, page, select
from projections.table import Doc, Pool
from projections.view import Rows, View, kinds


@dataclass(frozen=True, kw_only=True)
class Message:
    """`by` is the author's role. `text` is a `domain.kernel.people.Text` in JSON, sealed. `written_at` is when it was
    written, if that is known to be earlier than its posting. `addressee` is its reader, None if it is for all.
    `promise` is a `domain.settlement.conversation_facts.PromiseInMessage` in JSON. `attached` has `files`: each is a
    `domain.evidence.exhibit_facts.File` in JSON, with its name and its hash sealed. `call` is a
    `domain.kernel.channels.Call` in JSON, `public` a `PublicPost` with its address sealed, `mail` a
    `Mailed` with its texts sealed."""

    dispute_id: UUID
    number: int
    marketplace: str
    by: str
    text: Doc
    channel: str
    written_at: datetime | None
    posted_at: datetime
    recorded_at: datetime
    addressee: str | None
    promise: Doc | None
    attached: Doc
    in_reply_to: int | None
    machine_written: bool
    call: Doc | None
    public: Doc | None
    mail: Doc | None

    @property
    def files(self) -> list[Doc]:
        """The attachments, each with its number in the message."""
        return [{"number": number, **file} for number, file in enumerate(self.attached["files"], start=1)]


def _fold(rows: Rows[Message], recorded: Recorded) -> Iterable[Message]:
    event = recorded.event
    assert isinstance(event, MessagePosted), "all that the view concerns"
    assert recorded.dispute_id is not None, "a conversation belongs to a dispute"
    return [
        Message(
            dispute_id=recorded.dispute_id,
            number=event.number,
            marketplace=recorded.marketplace,
            by=event.by.value,
            text=event.message.model_dump(mode="json"),
            channel=event.channel,
            written_at=event.written_at,
            posted_at=recorded.occurred_at,
            recorded_at=recorded.recorded_at,
            addressee=event.to,
            promise=event.promise.model_dump(mode="json") if event.promise else None,
            attached={"files": [file.model_dump(mode="json") for file in event.files]},
            in_reply_to=event.in_reply_to,
            machine_written=event.machine_written,
            call=event.call.model_dump(mode="json") if event.call else None,
            public=event.public.model_dump(mode="json") if event.public else None,
            mail=event.mail.model_dump(mode="json") if event.mail else None,
        )
    ]


CONVERSATIONS = View(
    title="conversations",
    version=5,
    row=Message,
    key=("dispute_id", "number"),
    concerns=kinds(MessagePosted),
    fold=_fold,
    needs=None,
)


async def messages(
    pool: Pool,
    marketplace: str | None,
    dispute_id: UUID,
    *,
    asked: Asked = NOW,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[Message]:
    """The messages of a dispute in their order."""
    where = Where()
    where.equal(marketplace=marketplace, dispute_id=dispute_id)
    if asked.as_of is not None:
        where.add("posted_at <= %s", asked.as_of)
    if asked.known_at is not None:
        where.add("recorded_at <= %s", asked.known_at)
    return await page(pool, CONVERSATIONS, where, order=("number",), limit=limit, cursor=cursor)


async def message(pool: Pool, marketplace: str, dispute_id: UUID, number: int) -> Message | None:
    """One message of a dispute."""
    where, view = Where(), CONVERSATIONS
    where.equal(marketplace=marketplace, dispute_id=dispute_id, number=number)
    found = await select(pool, view, f"SELECT {view.selected} FROM {view.table} WHERE {where.sql}", where.values)
    return found[0] if found else None
