"""Whoever was asked says that no answer is needed."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Context, Number, example
from api.http.roles import PROMISERS
from domain.settlement import replies

ACTS = Acts("Conversation")


@ACTS.act(
    "/commitments/{commitment_id}/no-reply-needed",
    "Says that a message needs no answer. Only whoever owes the answer can say it; whoever asked can waive the answer.",
    by=PROMISERS,
)
class NoReplyNeeded(Act):
    """Ends the answer that a message waits for: a commitment that arises from `message`."""

    model_config = example({"up_to": None})

    up_to: Annotated[
        Number | None,
        Field(
            description="The number of the last message that you have read. If a later one waits for your answer too, the "
            "act is refused. Left out: it is not checked."
        ),
    ] = None

    def command(self, at: Context, *, dispute_id: UUID, commitment_id: UUID) -> replies.NoReplyNeeded:
        return replies.NoReplyNeeded(
            **at.common(), dispute_id=dispute_id, commitment_id=commitment_id, up_to=self.up_to
        )
