"""After closure: reopening, and how the parties rate the handling. Messages stay possible too."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Answer, Context, Statement, example, words
from api.http.parts import Said
from api.http.roles import PARTIES
from domain.kernel.base import Instant, Role
from domain.kernel.people import Side
from domain.remedies import reopening
from domain.remedies.reopening_facts import ReopeningGround

ACTS = Acts("Disputes")


@ACTS.act(
    "/reopening",
    "Reopens a closed dispute, by a supervisor, with a ground. What was paid counts against what is decided then.",
    by={Role.SUPERVISOR},
)
class Reopen(Act):
    """A refund that bounced is owed again; on another ground the outcome is overturned, and a neutral rules anew."""

    model_config = example(
        {
            "ground": "fraud",
            "reasons": {"text": "The tracking was forged.", "language": "en"},
            "commitment_id": None,
        }
    )

    ground: ReopeningGround
    reasons: Statement
    commitment_id: Annotated[
        UUID | None, Field(description="The promise whose refund bounced; for `bounced_refund` only.")
    ] = None

    def command(self, at: Context, *, dispute_id: UUID) -> reopening.Reopen:
        return reopening.Reopen(
            **at.common(),
            dispute_id=dispute_id,
            ground=self.ground,
            reasons=self.reasons.words(),
            commitment_id=self.commitment_id,
        )


@ACTS.act(
    "/rating",
    "Says how the dispute was handled; once by each party, after closure.",
    by=PARTIES,
)
class RateHandling(Act):
    """How the dispute was handled, from 1, poor, to 5; once by each party, after closure."""

    model_config = example({"rating": 4, "text": {"text": "Veloce e chiaro.", "language": "it"}})

    rating: Annotated[int, Field(strict=True, ge=1, le=5)]
    text: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID) -> reopening.RateHandling:
        return reopening.RateHandling(**at.common(), dispute_id=dispute_id, rating=self.rating, text=words(self.text))


class ReopeningShown(Answer):
    ground: ReopeningGround
    by: str
    reasons: Said
    bounced: Annotated[UUID | None, Field(description="The promise whose refund bounced.")]
    at: Instant


class RatingShown(Answer):
    by: Side
    rating: int
    text: Said | None
    at: Instant
