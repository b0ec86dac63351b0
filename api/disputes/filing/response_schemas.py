"""The respondent's first answer to a claim, the claimant's rebuttal, and the counterclaim."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.disputes.remedies.goods_schemas import Goods
from api.http.bodies import Act, Context, Statement, example, words
from domain.filing import pleadings, response
from domain.filing.pleading_facts import Relief
from domain.filing.response_facts import Answer
from domain.kernel.money import Money


class Respond(Act):
    """`concede` grants the claim, `concede_part` grants `conceded` at once and contests the rest, `contest` all of it."""

    model_config = example(
        {
            "answer": "concede_part",
            "conceded": {"amount": "20.00", "currency": "EUR"},
            "statement": {"text": "包装可能破损，我们愿意退还部分款项。", "language": "zh-Hans"},
        }
    )

    answer: Answer
    conceded: Annotated[
        Money | None, Field(description="What the claimant receives at once; for `concede_part` only.")
    ] = None
    goods: Annotated[Goods | None, Field(description="What is asked of the goods; for `concede` only.")] = None
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


class Rebut(Act):
    """The claimant's answer to the response."""

    model_config = example({"statement": {"text": "La scatola era intatta, il vaso no.", "language": "it"}})

    statement: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> pleadings.Rebut:
        return pleadings.Rebut(**at.common(), dispute_id=dispute_id, statement=self.statement.words())


class RaiseCounterclaim(Act):
    """The respondent's own claim on the same order, decided in the same ruling."""

    model_config = example(
        {
            "relief": "payment",
            "amount": {"amount": "12.00", "currency": "EUR"},
            "statement": {"text": "买家未支付退货运费。", "language": "zh-Hans"},
        }
    )

    relief: Annotated[Relief, Field(description="A seller may claim the goods back; either may claim a payment.")]
    amount: Annotated[Money | None, Field(description="For `payment` only.")] = None
    statement: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> pleadings.RaiseCounterclaim:
        return pleadings.RaiseCounterclaim(
            **at.common(),
            dispute_id=dispute_id,
            relief=self.relief,
            amount=self.amount,
            statement=self.statement.words(),
        )
