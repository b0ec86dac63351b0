"""The respondent's first answer to a claim."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.schemas.base import Act, Context, Statement, example, words
from api.schemas.goods import Goods
from domain import response
from domain.money import Money
from domain.response import Answer


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
