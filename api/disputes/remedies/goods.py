"""The acts on goods: sent, contested, decided. To report their arrival, keep the commitment of that step."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator

from api.acts.declare import Acts
from api.http.bodies import MAX_ITEMS, Act, Body, Context, Label, Statement, example, words
from api.http.roles import PARTIES
from domain.kernel.base import Role
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.quantities import Quantity
from domain.kernel.windows import Window
from domain.remedies import division_facts, goods_facts, handover
from domain.remedies.goods_facts import ContestGround, GoodsAct

ACTS = Acts("Goods")

RETURN: dict[str, Any] = {
    "act": "return",
    "freight": "seller",
    "freight_cost": {"amount": "12.50", "currency": "EUR"},
}


class GoodsPart(Body):
    """Some of the goods of the claim: a line of the order, or so much of it."""

    line: Annotated[int, Field(ge=1, description="The place of the line in `transaction.lines`. 1 is the first.")]
    quantity: Annotated[
        Quantity | None,
        Field(description="In the measure of the line, or in pieces. Left out: all that is claimed of the line."),
    ] = None


class Goods(Body):
    """What must happen to the goods before the buyer's part is owed: return, destruction, collection at the door, or
    replacement."""

    model_config = example(RETURN)

    act: GoodsAct
    freight: Annotated[
        Side | None, Field(description="The side that pays for the return. Left out: the side that the policy names.")
    ] = None
    freight_cost: Annotated[
        Money | None, Field(description="The cost of the return; at most the price of the goods.")
    ] = None

    parts: Annotated[
        tuple[GoodsPart, ...],
        Field(max_length=MAX_ITEMS, description="Only these goods, each line once. Left out: all goods of the claim."),
    ] = ()

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        if len({part.line for part in self.parts}) != len(self.parts):
            raise ValueError("two parts name the same line of the order")
        return self

    def domain(self) -> goods_facts.Goods:
        parts = tuple(goods_facts.GoodsPart(line=part.line, quantity=part.quantity) for part in self.parts)
        return goods_facts.Goods(**dict(self) | {"parts": parts})


class Instalment(Body):
    """A part of the claimant's amount. It is owed when this window after the outcome has passed."""

    amount: Money
    after: Window

    @classmethod
    def all(cls, parts: tuple[Self, ...]) -> tuple[division_facts.Instalment, ...]:
        return tuple(division_facts.Instalment(amount=part.amount, after=part.after) for part in parts)


Instalments = Annotated[
    tuple[Instalment, ...],
    Field(
        max_length=24,
        description="They add up to the claimant's amount. Not possible with money in escrow, or with `goods`.",
    ),
]


@ACTS.act(
    "/commitments/{commitment_id}/dispatch",
    "Reports that the goods were sent, with carrier and tracking number; or gives the proof that they were destroyed.",
    by=PARTIES,
    needs_body=True,
)
class SendGoods(Act):
    """The carrier and tracking number of the goods; or, if they were destroyed, the proof."""

    model_config = example({"carrier": "DHL", "number": "JD0146", "statement": None})

    carrier: Label | None = None
    number: Label | None = None
    statement: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, commitment_id: UUID) -> handover.SendGoods:
        return handover.SendGoods(
            **at.common(),
            dispute_id=dispute_id,
            commitment_id=commitment_id,
            carrier=self.carrier,
            number=self.number,
            statement=words(self.statement),
        )


@ACTS.act(
    "/commitments/{commitment_id}/contest",
    "Contests the goods that arrived, or that any arrived. The neutral decides; if there is none, a supervisor.",
    by=PARTIES | {Role.MARKETPLACE},
)
class ContestGoods(Act):
    """Reports that the wrong goods arrived, or none. A neutral decides who gets the money."""

    model_config = example({"ground": "empty_box", "statement": {"text": "箱子是空的。", "language": "zh-Hans"}})

    ground: ContestGround
    statement: Statement

    def command(self, at: Context, *, dispute_id: UUID, commitment_id: UUID) -> handover.ContestGoods:
        return handover.ContestGoods(
            **at.common(),
            dispute_id=dispute_id,
            commitment_id=commitment_id,
            ground=self.ground,
            statement=self.statement.words(),
        )


@ACTS.act(
    "/goods-decision",
    "Divides the amount at stake over contested goods. The decision is final.",
    by={Role.NEUTRAL, Role.SUPERVISOR},
)
class DecideGoods(Act):
    """Divides the amount at stake over contested goods. The decision is final."""

    model_config = example(
        {
            "to_buyer": {"amount": "60.00", "currency": "EUR"},
            "reasons": {"text": "The weight at dispatch shows that it was not empty.", "language": "en"},
        }
    )

    to_buyer: Annotated[Money, Field(description="The rest of the amount at stake goes to the seller.")]
    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> handover.DecideGoods:
        return handover.DecideGoods(
            **at.common(), dispute_id=dispute_id, to_buyer=self.to_buyer, reasons=self.reasons.words()
        )
