"""The body of the act for the desk's phone: a buyer's claim and its grant."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.disputes.filing.filing_schemas import EXAMPLE, FileDispute
from api.http.answers import DONE, Filed
from api.http.bodies import Context, Statement, example
from domain.filing import file_dispute
from domain.kernel.base import Role
from domain.policy.resolution_rules import ResolutionGround
from mediation import case_numbers

ACTS = Acts("Disputes")

_GRANT: dict[str, Any] = {
    "ground": "proven",
    "said": {"text": "Il rimborso arriva entro oggi.", "language": "it"},
}


@ACTS.by_hand(by={Role.MARKETPLACE, Role.NEUTRAL, Role.SUPERVISOR}, past=False)
class ResolveClaim(FileDispute):
    """A buyer's claim, and its grant. What is granted is the `amount` of the `claim`: agree on it with the buyer first."""

    model_config = example({**EXAMPLE, **_GRANT})

    ground: Annotated[
        ResolutionGround, Field(description="Why the agent grants the claim. Policy says which grounds count.")
    ]
    said: Annotated[Statement, Field(description="What the agent told the buyer. Both sides can read it.")]

    def command(self, at: Context, *, dispute_id: UUID) -> file_dispute.ResolveClaim:
        filed = super().command(at, dispute_id=dispute_id)
        return file_dispute.ResolveClaim(**dict(filed), ground=self.ground, said=self.said.words())


class Resolved(Filed):
    """With the case number of the new dispute and the id of the ordered refund."""

    model_config = example(
        {**DONE, "case_number": case_numbers.EXAMPLE, "refund_id": "5d0c9a5e-6f0d-5b1e-9c57-1f8a4e3b2d10"}
    )

    refund_id: UUID
