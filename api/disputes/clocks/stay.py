"""Stays, extensions, and what goes on elsewhere: proceedings about the same money, and refunds that were made there."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts, numbered
from api.http.bodies import Act, Answer, Context, Label, Statement, When, example, words
from api.http.parts import Said
from api.http.relative import ago, ahead
from domain.clocks import stay
from domain.clocks.stay_facts import Proceeding
from domain.kernel.base import Instant, Role
from domain.kernel.money import Money
from domain.kernel.windows import Window
from domain.remedies import elsewhere
from domain.remedies.elsewhere_facts import How

ACTS = Acts("Stays")

_WAITS = {"text": "The laboratory needs two weeks.", "language": "en"}


@ACTS.act(
    "/stay",
    "Stops every clock until an instant. Nothing lapses, nothing is decided, no refund begins.",
    by={Role.NEUTRAL, Role.SUPERVISOR},
)
class OrderStay(Act):
    """The clocks stand still until then, or until the stay is lifted. Nothing is decided or paid meanwhile."""

    model_config = example({"until": ahead(days=14), "reasons": _WAITS})

    until: Annotated[When, Field(description="When it ends by itself, at most a year ahead.")]
    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> stay.OrderStay:
        return stay.OrderStay(**at.common(), dispute_id=dispute_id, until=self.until, reasons=self.reasons.words())


@ACTS.act(
    "/resumption",
    "Lifts a stay. Every clock moves on by the time for which it stood still.",
    by={Role.NEUTRAL, Role.SUPERVISOR},
)
class LiftStay(Act):
    """The dispute resumes. A supervisor also lets it wait no longer for proceedings elsewhere."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID) -> stay.LiftStay:
        return stay.LiftStay(**at.common(), dispute_id=dispute_id)


@ACTS.act(
    "/extensions",
    "Gives whoever must act more time, within the longest that the policy allows; a neutral's own only by a "
    "supervisor.",
    by={Role.NEUTRAL, Role.SUPERVISOR},
)
class ExtendDeadline(Act):
    """More time for whoever must act, reckoned on the calendar of the deadline."""

    model_config = example({"name": "response", "more": {"amount": 3, "unit": "business_days"}})

    name: Annotated[Label, Field(description="A running deadline, as the case file names it.")]
    more: Window

    def command(self, at: Context, *, dispute_id: UUID) -> stay.ExtendDeadline:
        return stay.ExtendDeadline(**at.common(), dispute_id=dispute_id, name=self.name, more=self.more)


@ACTS.act(
    "/parallel-proceedings",
    "A chargeback or a court case about the same money: the dispute is stayed, and refunds that have not begun "
    "are held.",
    by={Role.MARKETPLACE, Role.SUPERVISOR},
    made=numbered(lambda dispute, _: dispute.stay.recorded),
)
class RecordParallelProceeding(Act):
    """A chargeback or a court case about the same money. Until it ends the dispute is stayed."""

    model_config = example(
        {"what": "chargeback", "statement": {"text": "The buyer's bank opened case 4711.", "language": "en"}}
    )

    what: Proceeding
    statement: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> stay.RecordParallelProceeding:
        return stay.RecordParallelProceeding(
            **at.common(), dispute_id=dispute_id, what=self.what, statement=self.statement.words()
        )


@ACTS.act(
    "/parallel-proceedings/{number}/end",
    "It has ended; with the last one the dispute resumes.",
    by={Role.MARKETPLACE, Role.SUPERVISOR},
)
class EndParallelProceeding(Act):
    """It has ended. With the last one the dispute resumes."""

    model_config = example({"statement": {"text": "Decided for the seller.", "language": "en"}})

    statement: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> stay.EndParallelProceeding:
        return stay.EndParallelProceeding(
            **at.common(), dispute_id=dispute_id, number=number, statement=words(self.statement)
        )


@ACTS.act(
    "/refunds-elsewhere",
    "The buyer got money back in another way. It lowers the claim, or what is owed; paid in full it closes the "
    "dispute.",
    by={Role.MARKETPLACE},
)
class RecordRefundElsewhere(Act):
    """Money that the buyer got back in another way. It lowers what is claimed, or what is owed."""

    model_config = example(
        {
            "amount": {"amount": "9.90", "currency": "EUR"},
            "how": "chargeback",
            "reference": "cb-4711",
            "paid_at": ago(days=3),
        }
    )

    amount: Money
    how: How
    reference: Annotated[Label, Field(description="Its own name; reported again under the same one it counts once.")]
    paid_at: When

    def command(self, at: Context, *, dispute_id: UUID) -> elsewhere.RecordRefundElsewhere:
        return elsewhere.RecordRefundElsewhere(
            **at.common(),
            dispute_id=dispute_id,
            payment_key=at.blind.uuid("refund elsewhere", at.marketplace, self.reference),
            amount=self.amount,
            how=self.how,
            paid_at=self.paid_at,
        )


class StayShown(Answer):
    by: str
    until: Instant
    reasons: Said
    at: Instant


class ProceedingShown(Answer):
    number: int
    what: Proceeding
    by: str
    statement: Said
    at: Instant
    end: Said | None
    ended_at: Instant | None


class RefundElsewhereShown(Answer):
    amount: Money
    off_claim: Annotated[Money, Field(description="By how much it lowered what is claimed and in dispute.")]
    how: How
    resolves: bool
    excess: Annotated[
        Money | None,
        Field(description="What was paid beyond what was left of the order; it counts nowhere. Look whose it is."),
    ] = None
    at: Instant
