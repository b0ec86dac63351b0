"""The rebuttal and the counterclaim."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Context, Statement, example
from api.http.roles import PARTIES
from domain.filing import pleadings
from domain.filing.pleading_facts import Relief
from domain.kernel.money import Money

ACTS = Acts("Response")


@ACTS.act(
    "/rebuttal",
    "Answers the response. The claimant can do this once.",
    by=PARTIES,
)
class Rebut(Act):
    """The claimant's answer to the response."""

    model_config = example({"statement": {"text": "La scatola era intatta, il vaso no.", "language": "it"}})

    statement: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> pleadings.Rebut:
        return pleadings.Rebut(**at.common(), dispute_id=dispute_id, statement=self.statement.words())


@ACTS.act(
    "/counterclaim",
    "Raises the respondent's own claim on the same order: the goods back, or a payment. The ruling on the claim decides it.",
    by=PARTIES,
)
class RaiseCounterclaim(Act):
    """The respondent's own claim on the same order. The same ruling decides it."""

    model_config = example(
        {
            "relief": "payment",
            "amount": {"amount": "12.00", "currency": "EUR"},
            "statement": {"text": "买家未支付退货运费。", "language": "zh-Hans"},
        }
    )

    relief: Annotated[Relief, Field(description="A seller may claim the goods back; either may claim a payment.")]
    amount: Annotated[Money | None, Field(description="Only with `payment`.")] = None
    statement: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> pleadings.RaiseCounterclaim:
        return pleadings.RaiseCounterclaim(
            **at.common(),
            dispute_id=dispute_id,
            relief=self.relief,
            amount=self.amount,
            statement=self.statement.words(),
        )
