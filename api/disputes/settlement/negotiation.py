"""Offers between the parties, and the answers to them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts, numbered
from api.disputes.remedies.goods import Goods, Instalment, Instalments
from api.disputes.remedies.vouchers import Voucher
from api.http.bodies import Act, Context, Number, Statement, example, words
from api.http.roles import PARTIES
from domain.dispute.state import Dispute
from domain.kernel.base import Actor
from domain.kernel.money import Money
from domain.settlement import negotiation

ACTS = Acts("Negotiation")


_MESSAGE = {"text": "Accetterei la metà.", "language": "it"}


def _own_last(dispute: Dispute, actor: Actor) -> int:
    return [offer.number for offer in dispute.offers.made if offer.by.value == actor.role.value][-1]


@ACTS.act(
    "/offers",
    "Makes an offer to the other side. It replaces your own open offer, and rejects the offer that it `counters`.",
    by=PARTIES,
    made=numbered(_own_last),
)
class MakeOffer(Act):
    """An offer: the claimant gets `amount`, and the respondent gets the rest of the amount in dispute."""

    model_config = example(
        {
            "amount": {"amount": "65.00", "currency": "EUR"},
            "goods": None,
            "instalments": [],
            "voucher": None,
            "counters": None,
            "message": _MESSAGE,
        }
    )

    amount: Annotated[Money, Field(description="The amount that the claimant gets.")]
    goods: Goods | None = None
    instalments: Instalments = ()
    voucher: Annotated[Voucher | None, Field(description="What the buyer gets beside the money.")] = None
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
            voucher=self.voucher.domain() if self.voucher else None,
            counters=self.counters,
            message=words(self.message),
        )


@ACTS.act(
    "/offers/{number}/acceptance",
    "Accepts the other side's offer. The dispute is settled, and the agreed amounts are owed.",
    by=PARTIES,
    if_match=True,
)
class AcceptOffer(Act):
    """Settles the dispute on the terms of the offer."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> negotiation.AcceptOffer:
        return negotiation.AcceptOffer(**at.common(), dispute_id=dispute_id, number=number)


@ACTS.act(
    "/offers/{number}/rejection",
    "Rejects the other side's offer.",
    by=PARTIES,
)
class RejectOffer(Act):
    """Rejects the offer."""

    model_config = example({"message": _MESSAGE})

    message: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> negotiation.RejectOffer:
        return negotiation.RejectOffer(**at.common(), dispute_id=dispute_id, number=number, message=words(self.message))
