"""Messages about a dispute. They are not evidence."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.schemas.base import Act, Answer, Context, Page, Statement, When, example
from api.schemas.parts import Said
from domain import conversation
from domain.base import Instant
from domain.conversation import Channel


class PostMessage(Act):
    model_config = example(
        {
            "message": {"text": "Quando posso spedirlo indietro?", "language": "it"},
            "channel": "web",
            "written_at": None,
        }
    )

    message: Statement
    channel: Annotated[Channel, Field(description="How it reached the marketplace.")] = "api"
    written_at: Annotated[When | None, Field(description="When it was written, where that is known to be earlier.")] = (
        None
    )

    def command(self, at: Context, *, dispute_id: UUID) -> conversation.PostMessage:
        return conversation.PostMessage(
            **at.common(),
            dispute_id=dispute_id,
            message=self.message.words(),
            channel=self.channel,
            written_at=self.written_at,
        )


_MESSAGE: dict[str, Any] = {
    "number": 1,
    "by": "buyer",
    "message": {"text": "Quando posso spedirlo indietro?", "language": "it"},
    "channel": "web",
    "written_at": None,
    "posted_at": "2026-11-03T09:30:00Z",
    "recorded_at": "2026-11-03T09:30:00.003215Z",
}


class Message(Answer):
    model_config = example(_MESSAGE)

    number: int
    by: Annotated[str, Field(description="In which role somebody wrote it.")]
    message: Said
    channel: Channel
    written_at: Instant | None
    posted_at: Instant
    recorded_at: Instant


class Messages(Page[Message]):
    model_config = example({"items": [_MESSAGE], "next": None})
