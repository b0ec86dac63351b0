"""Goods on their way: sent, contested, decided. That they arrived is told by keeping the commitment of that step."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Answer, Body, Context, Label, Statement, example, words
from api.http.parts import GoodsTerms, Said
from api.http.roles import PARTIES
from domain.kernel.base import Instant, Role
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.windows import Window
from domain.remedies import division_facts, goods_facts, handover
from domain.remedies.goods_facts import ContestGround, GoodsAct, StepName

ACTS = Acts("Goods")

RETURN: dict[str, Any] = {
    "act": "return",
    "freight": "seller",
    "freight_cost": {"amount": "12.50", "currency": "EUR"},
}


class Goods(Body):
    """The buyer's part waits for the goods: sent back, destroyed, fetched at the door, or replaced."""

    model_config = example(RETURN)

    act: GoodsAct
    freight: Annotated[
        Side | None, Field(description="Who pays the way back of a return; left out: whom the policy names.")
    ] = None
    freight_cost: Annotated[
        Money | None, Field(description="What the way back of a return costs; no more than the goods did.")
    ] = None

    def domain(self) -> goods_facts.Goods:
        return goods_facts.Goods(**dict(self))


class Instalment(Body):
    """Part of what the claimant receives, owed when this window after the outcome has passed."""

    amount: Money
    after: Window

    @classmethod
    def all(cls, parts: tuple[Self, ...]) -> tuple[division_facts.Instalment, ...]:
        return tuple(division_facts.Instalment(amount=part.amount, after=part.after) for part in parts)


Instalments = Annotated[
    tuple[Instalment, ...],
    Field(max_length=24, description="They add up to what the claimant receives; not out of escrow, nor with goods."),
]


@ACTS.act(
    "/commitments/{commitment_id}/dispatch",
    "Says that goods are on their way, with a carrier and a number; or shows that they were destroyed.",
    by=PARTIES,
    needs_body=True,
)
class SendGoods(Act):
    """Says how the goods can be followed; or, where they were destroyed, shows it."""

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
    "Contests what came, or that it came. A neutral, or a supervisor where there is none, decides.",
    by=PARTIES | {Role.MARKETPLACE},
)
class ContestGoods(Act):
    """What came is not what should have come, or nothing did. A neutral decides what becomes of the money."""

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
    "Divides what is at stake over contested goods. It is final.",
    by={Role.NEUTRAL, Role.SUPERVISOR},
)
class DecideGoods(Act):
    """Divides what is at stake over contested goods. It is final."""

    model_config = example(
        {
            "to_buyer": {"amount": "60.00", "currency": "EUR"},
            "reasons": {"text": "The weight at dispatch shows that it was not empty.", "language": "en"},
        }
    )

    to_buyer: Annotated[Money, Field(description="The rest of what is at stake goes to the seller.")]
    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> handover.DecideGoods:
        return handover.DecideGoods(
            **at.common(), dispute_id=dispute_id, to_buyer=self.to_buyer, reasons=self.reasons.words()
        )


class ShipmentShown(Answer):
    carrier: str
    number: str


class SentShown(Answer):
    by: Side
    shipment: ShipmentShown | None
    statement: Said | None
    at: Instant


class ContestShown(Answer):
    by: str
    ground: ContestGround
    statement: Said
    at: Instant


class GoodsDecisionShown(Answer):
    by: str
    to_buyer: Money
    to_seller: Money
    reasons: Said
    at: Instant


class GoodsEndShown(Answer):
    how: str
    to_buyer: Money
    to_seller: Money
    at: Instant


class GoodsShown(Answer):
    """Goods on their way. What is at stake is owed to nobody until it is ended."""

    goods: GoodsTerms
    at_stake: Money
    arises_from: str
    step: StepName
    commitment_id: Annotated[UUID, Field(description="What has to be kept for the present step.")]
    since: Instant
    sent: SentShown | None
    contest: ContestShown | None
    decision: GoodsDecisionShown | None
    ended: GoodsEndShown | None
