"""The claimant's withdrawal."""

from uuid import UUID

from api.schemas.base import Act, Context, Statement, example, words
from domain import closure


class Withdraw(Act):
    """The claimant takes the claim back. What was conceded before stays owed."""

    model_config = example({"reason": {"text": "Abbiamo risolto tra di noi.", "language": "it"}})

    reason: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID) -> closure.Withdraw:
        return closure.Withdraw(**at.common(), dispute_id=dispute_id, reason=words(self.reason))
