"""Acts after closure: reopening, and the parties' ratings of the handling. Messages stay possible too."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Context, Statement, example, words
from api.http.roles import PARTIES
from domain.kernel.base import Role
from domain.remedies import reopening
from domain.remedies.reopening_facts import ReopeningGround

ACTS = Acts("Disputes")


@ACTS.act(
    "/reopening",
    "Reopens a closed dispute, on a ground. Amounts already paid count towards the new decision.",
    by={Role.SUPERVISOR, *PARTIES},
)
class Reopen(Act):
    """Reopens a closed dispute. With `bounced_refund`, the refund is owed again. On any other ground, the outcome is
    overturned, and a neutral rules again. A party whom the ruling burdens can do it with `translation_corrected` alone."""

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
        UUID | None, Field(description="The commitment whose refund bounced; only with `bounced_refund`.")
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
    "Rates the handling of the dispute. Each party can do this once, after closure.",
    by=PARTIES,
)
class RateHandling(Act):
    """Rates the handling from 1 (poor) to 5. Each party can do this once, after closure."""

    model_config = example({"rating": 4, "text": {"text": "Veloce e chiaro.", "language": "it"}})

    rating: Annotated[int, Field(strict=True, ge=1, le=5)]
    text: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID) -> reopening.RateHandling:
        return reopening.RateHandling(**at.common(), dispute_id=dispute_id, rating=self.rating, text=words(self.text))
