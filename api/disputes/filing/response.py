"""The respondent's first answer."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.disputes.remedies.goods import Goods
from api.http.bodies import Act, Context, Statement, example, words
from api.http.roles import PARTIES
from domain.filing import response
from domain.filing.response_facts import Answer, WithdrawalGround
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
    ground: Annotated[
        WithdrawalGround | None,
        Field(
            description="Why a withdrawal from the contract does not count; needed to contest one, and given only then. "
            "`period_over`: the period of the law had ended. `exempt`: the law exempts this contract."
        ),
    ] = None

    def command(self, at: Context, *, dispute_id: UUID) -> response.Respond:
        return response.Respond(
            **at.common(),
            dispute_id=dispute_id,
            answer=self.answer,
            conceded=self.conceded,
            goods=self.goods.domain() if self.goods else None,
            statement=words(self.statement),
            ground=self.ground,
        )
