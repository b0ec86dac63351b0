"""The neutral's proposals."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts, numbered
from api.disputes.remedies.goods import Goods, Instalment, Instalments
from api.disputes.remedies.vouchers import Voucher
from api.http.bodies import Act, Body, Context, Statement, example, words
from api.http.roles import PARTIES
from domain.kernel.base import Role
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.remedies.division_facts import Division
from domain.settlement import proposal

ACTS = Acts("Mediation")

_AWARD = {"buyer": {"amount": "60.00", "currency": "EUR"}, "seller": {"amount": "69.90", "currency": "EUR"}}
_REASONS = {"text": "Both bear part of the risk: the parcel left intact and arrived damaged.", "language": "en"}


class Award(Body):
    """The division of the amount in dispute: the two parts add up to it. With `goods`, the buyer's part waits for them."""

    buyer: Money
    seller: Money
    goods: Goods | None = None
    instalments: Instalments = ()
    voucher: Annotated[Voucher | None, Field(description="What the buyer gets beside the money.")] = None

    def division(self, claimant: Side) -> Division:
        to_buyer_first = (self.buyer, self.seller) if claimant is Side.BUYER else (self.seller, self.buyer)
        return Division(
            claimant=to_buyer_first[0],
            respondent=to_buyer_first[1],
            goods=self.goods.domain() if self.goods else None,
            instalments=Instalment.all(self.instalments),
            voucher=self.voucher.domain() if self.voucher else None,
        )


@ACTS.act(
    "/proposals",
    "Proposes a division of the amount in dispute. If both sides accept it, the dispute is settled.",
    by={Role.NEUTRAL},
    made=numbered(lambda dispute, _: len(dispute.proposals.made)),
)
class MakeProposal(Act):
    """The neutral's proposal. If both sides accept it, the dispute is settled."""

    model_config = example({"award": _AWARD, "reasons": _REASONS})

    award: Award
    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID, claimant: Side) -> proposal.MakeProposal:
        return proposal.MakeProposal(
            **at.common(),
            dispute_id=dispute_id,
            terms=self.award.division(claimant),
            reasons=self.reasons.words(),
        )


@ACTS.act(
    "/proposals/{number}/acceptance",
    "Accepts the proposal for one side. When both sides have accepted, the dispute is settled and the agreed amounts are owed.",
    by=PARTIES,
    if_match=True,
)
class AcceptProposal(Act):
    """One side accepts the proposal. It needs both acceptances."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> proposal.AcceptProposal:
        return proposal.AcceptProposal(**at.common(), dispute_id=dispute_id, number=number)


@ACTS.act(
    "/proposals/{number}/refusal",
    "Refuses the proposal for one side. Mediation has then failed, and the neutral rules.",
    by=PARTIES,
)
class RefuseProposal(Act):
    """One side refuses the proposal. Mediation has then failed, and the neutral rules."""

    model_config = example({"message": {"text": "这对我们不公平。", "language": "zh-Hans"}})

    message: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> proposal.RefuseProposal:
        return proposal.RefuseProposal(**at.common(), dispute_id=dispute_id, number=number, message=words(self.message))


@ACTS.act(
    "/impasse",
    "Declares that no agreement is possible. The neutral will rule.",
    by={Role.NEUTRAL},
)
class DeclareImpasse(Act):
    """The neutral declares that no agreement is possible, and will rule."""

    model_config = example({"reasons": {"text": "The parties are too far apart.", "language": "en"}})

    reasons: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID) -> proposal.DeclareImpasse:
        return proposal.DeclareImpasse(**at.common(), dispute_id=dispute_id, reasons=words(self.reasons))
