"""The respondent's first answer, the rebuttal and the counterclaim."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.disputes.remedies.goods import Goods
from api.http.bodies import Act, Context, Statement, example, words
from api.http.roles import PARTIES
from domain.filing import pleadings, response
from domain.filing.pleading_facts import Relief
from domain.filing.response_facts import Answer
from domain.kernel.money import Money

ACTS = Acts("Response")


@ACTS.act(
    "/response",
    "Concedes, concedes a part, or contests. A conceded amount is owed at once; the dispute goes on about the rest.",
    by=PARTIES,
)
class Respond(Act):
    """`concede` grants the claim. `concede_part` grants `conceded` at once and contests the rest. `contest` contests all."""

    model_config = example(
        {
            "answer": "concede_part",
            "conceded": {"amount": "20.00", "currency": "EUR"},
            "statement": {"text": "包装可能破损，我们愿意退还部分款项。", "language": "zh-Hans"},
        }
    )

    answer: Answer
    conceded: Annotated[
        Money | None, Field(description="The amount that the claimant gets at once; only with `concede_part`.")
    ] = None
    goods: Annotated[Goods | None, Field(description="What must happen to the goods; only with `concede`.")] = None
    statement: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID) -> response.Respond:
        return response.Respond(
            **at.common(),
            dispute_id=dispute_id,
            answer=self.answer,
            conceded=self.conceded,
            goods=self.goods.domain() if self.goods else None,
            statement=words(self.statement),
        )


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
