"""Stays, extensions, and proceedings outside the engine about the same money."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts, numbered
from api.http.bodies import Act, Context, Label, Statement, When, example, words
from api.http.relative import ahead
from domain.clocks import extensions, proceedings, stay
from domain.clocks.stay_facts import Proceeding
from domain.kernel.base import Role
from domain.kernel.windows import Window

ACTS = Acts("Stays")

_WAITS = {"text": "The laboratory needs two weeks.", "language": "en"}


@ACTS.act(
    "/stay",
    "Stops every clock of the dispute until an instant. Until then nothing lapses, nothing is decided, and no refund begins.",
    by={Role.NEUTRAL, Role.SUPERVISOR},
)
class OrderStay(Act):
    """Stops the clocks until an instant, or until the stay is lifted. During the stay nothing is decided or paid."""

    model_config = example({"until": ahead(days=14), "reasons": _WAITS})

    until: Annotated[When, Field(description="The instant at which the stay ends by itself, at most a year ahead.")]
    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> stay.OrderStay:
        return stay.OrderStay(**at.common(), dispute_id=dispute_id, until=self.until, reasons=self.reasons.words())


@ACTS.act(
    "/resumption",
    "Lifts a stay. Every deadline moves by the length of the stay.",
    by={Role.NEUTRAL, Role.SUPERVISOR},
)
class LiftStay(Act):
    """The dispute resumes. A supervisor can lift the stay even while proceedings elsewhere are still open."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID) -> stay.LiftStay:
        return stay.LiftStay(**at.common(), dispute_id=dispute_id)


@ACTS.act(
    "/extensions",
    "Gives the person who must act more time, up to the maximum of the policy. Only a supervisor extends the neutral's "
    "own deadlines.",
    by={Role.NEUTRAL, Role.SUPERVISOR},
)
class ExtendDeadline(Act):
    """Gives the person who must act more time, counted on the calendar of the deadline."""

    model_config = example({"name": "response", "more": {"amount": 3, "unit": "business_days"}})

    name: Annotated[Label, Field(description="The name of a running deadline, as in the case file.")]
    more: Window

    def command(self, at: Context, *, dispute_id: UUID) -> extensions.ExtendDeadline:
        return extensions.ExtendDeadline(**at.common(), dispute_id=dispute_id, name=self.name, more=self.more)


@ACTS.act(
    "/parallel-proceedings",
    "Records a chargeback or a court case about the same money. The dispute is stayed, and refunds that have not begun "
    "are held.",
    by={Role.MARKETPLACE, Role.SUPERVISOR},
    made=numbered(lambda dispute, _: dispute.stay.recorded),
)
class RecordParallelProceeding(Act):
    """Records a chargeback or a court case about the same money. The dispute is stayed until it ends."""

    model_config = example(
        {"what": "chargeback", "statement": {"text": "The buyer's bank opened case 4711.", "language": "en"}}
    )

    what: Proceeding
    statement: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> proceedings.RecordParallelProceeding:
        return proceedings.RecordParallelProceeding(
            **at.common(), dispute_id=dispute_id, what=self.what, statement=self.statement.words()
        )


@ACTS.act(
    "/parallel-proceedings/{number}/end",
    "Reports that the proceeding has ended. When the last one ends, the dispute resumes.",
    by={Role.MARKETPLACE, Role.SUPERVISOR},
)
class EndParallelProceeding(Act):
    """Reports that a proceeding has ended. When the last one ends, the dispute resumes."""

    model_config = example({"statement": {"text": "Decided for the seller.", "language": "en"}})

    statement: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> proceedings.EndParallelProceeding:
        return proceedings.EndParallelProceeding(
            **at.common(), dispute_id=dispute_id, number=number, statement=words(self.statement)
        )
