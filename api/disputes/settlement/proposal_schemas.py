"""From the call for a neutral to the neutral's proposal and the answers to it."""

from uuid import UUID

from api.disputes.remedies.goods_schemas import Goods, Instalment, Instalments
from api.http.bodies import Act, Body, Context, Statement, example, words
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.neutral import escalation
from domain.remedies.division_facts import Division
from domain.settlement import proposal

_AWARD = {"buyer": {"amount": "60.00", "currency": "EUR"}, "seller": {"amount": "69.90", "currency": "EUR"}}
_REASONS = {"text": "Both bear part of the risk: the parcel left intact and arrived damaged.", "language": "en"}


class Award(Body):
    """How what is in dispute is divided; the parts add up to it. With `goods`, the buyer's part waits for them."""

    buyer: Money
    seller: Money
    goods: Goods | None = None
    instalments: Instalments = ()

    def division(self, claimant: Side) -> Division:
        to_buyer_first = (self.buyer, self.seller) if claimant is Side.BUYER else (self.seller, self.buyer)
        return Division(
            claimant=to_buyer_first[0],
            respondent=to_buyer_first[1],
            goods=self.goods.domain() if self.goods else None,
            instalments=Instalment.all(self.instalments),
        )


class Escalate(Act):
    """Asks for a neutral. Open offers stay acceptable until the ruling."""

    model_config = example({"reason": {"text": "Non risponde più.", "language": "it"}})

    reason: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID) -> escalation.Escalate:
        return escalation.Escalate(**at.common(), dispute_id=dispute_id, reason=words(self.reason))


class MakeProposal(Act):
    """What the neutral proposes. It settles the dispute when both sides accept it."""

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


class AcceptProposal(Act):
    """One side's acceptance. The proposal needs both."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> proposal.AcceptProposal:
        return proposal.AcceptProposal(**at.common(), dispute_id=dispute_id, number=number)


class RefuseProposal(Act):
    """One side's refusal. Mediation has then failed, and the neutral rules."""

    model_config = example({"message": {"text": "这对我们不公平。", "language": "zh-Hans"}})

    message: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> proposal.RefuseProposal:
        return proposal.RefuseProposal(**at.common(), dispute_id=dispute_id, number=number, message=words(self.message))


class DeclareImpasse(Act):
    """The neutral sees no agreement to be had, and will rule."""

    model_config = example({"reasons": {"text": "The parties are too far apart.", "language": "en"}})

    reasons: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID) -> proposal.DeclareImpasse:
        return proposal.DeclareImpasse(**at.common(), dispute_id=dispute_id, reasons=words(self.reasons))
