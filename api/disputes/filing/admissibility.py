"""The act that declares a claim inadmissible, and how the case file shows it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Answer, Context, Statement, example
from api.http.parts import Said
from domain.filing import admissibility
from domain.filing.admissibility_facts import Ground
from domain.kernel.base import Instant, Role

ACTS = Acts("Disputes")


@ACTS.act(
    "/inadmissibility",
    "Declares the claim inadmissible, on a ground and with reasons that both sides see. Only before a ruling or payment.",
    by={Role.NEUTRAL, Role.SUPERVISOR},
)
class DeclareInadmissible(Act):
    """Declares the claim inadmissible. If it is vexatious or out of scope, it cannot be filed again."""

    model_config = example(
        {"ground": "other_forum", "reasons": {"text": "A court in Rome has heard both sides.", "language": "en"}}
    )

    ground: Ground
    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> admissibility.DeclareInadmissible:
        return admissibility.DeclareInadmissible(
            **at.common(), dispute_id=dispute_id, ground=self.ground, reasons=self.reasons.words()
        )


class InadmissibleShown(Answer):
    """Why the claim is not heard."""

    ground: Ground
    by: Annotated[Role, Field(description="`engine`: the policy decided it at filing.")]
    clause: Annotated[str | None, Field(description="The rule of the policy. None if a person declared it.")]
    reasons: Said | None
    may_file_from: Annotated[
        Instant | None, Field(description="When the seller will have had enough time, if that is the only reason.")
    ]
    at: Instant
