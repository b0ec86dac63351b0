"""Offers between the parties, and the answers to them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.disputes.remedies.goods_schemas import Goods, Instalment, Instalments
from api.http.bodies import Act, Context, Number, Statement, example, words
from domain.kernel.money import Money
from domain.settlement import negotiation

_MESSAGE = {"text": "Accetterei la metà.", "language": "it"}


class MakeOffer(Act):
    """What the claimant is to receive; the rest of what is in dispute goes to the respondent."""

    model_config = example(
        {
            "amount": {"amount": "65.00", "currency": "EUR"},
            "goods": None,
            "instalments": [],
            "counters": None,
            "message": _MESSAGE,
        }
    )

    amount: Annotated[Money, Field(description="What the claimant receives.")]
    goods: Goods | None = None
    instalments: Instalments = ()
    counters: Annotated[
        Number | None, Field(description="The number of the other side's offer that this one answers.")
    ] = None
    message: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID) -> negotiation.MakeOffer:
        return negotiation.MakeOffer(
            **at.common(),
            dispute_id=dispute_id,
            amount=self.amount,
            goods=self.goods.domain() if self.goods else None,
            instalments=Instalment.all(self.instalments),
            counters=self.counters,
            message=words(self.message),
        )


class AcceptOffer(Act):
    """Settles the dispute on the terms of the offer."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> negotiation.AcceptOffer:
        return negotiation.AcceptOffer(**at.common(), dispute_id=dispute_id, number=number)


class RejectOffer(Act):
    """Turns the offer down."""

    model_config = example({"message": _MESSAGE})

    message: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> negotiation.RejectOffer:
        return negotiation.RejectOffer(**at.common(), dispute_id=dispute_id, number=number, message=words(self.message))
