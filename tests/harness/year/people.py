"""What the people of one dispute do when they look at it: they act, or stay silent. The state of the dispute limits the
acts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID, uuid5

from domain.clocks.stay import LiftStay, OrderStay
from domain.commands import AnyCommand
from domain.commitments.events import CommitmentKind, refund_id_of
from domain.commitments.keeping import KeepCommitment, may_keep
from domain.dispute.state import Dispute
from domain.filing.file_dispute import FileDispute
from domain.filing.filing_facts import Claim, Line, Order, ReliefSought
from domain.filing.response import Respond
from domain.filing.response_facts import Answer
from domain.kernel.base import Actor, Command, Role
from domain.kernel.money import Money
from domain.kernel.people import Party, Side, Stage, Text, Words
from domain.neutral.assignment import may_hear
from domain.neutral.escalation import AssignNeutral, Escalate
from domain.payments.referral import RetryRefund
from domain.policy.reasons import ClaimReason
from domain.remedies.division_facts import Division
from domain.remedies.goods_facts import Goods, GoodsAct, Handling
from domain.remedies.handover import ContestGoods, DecideGoods, contestable, may_contest
from domain.ruling.appeal import Appeal
from domain.ruling.rulings import IssueRuling, WaiveAppeal
from domain.settlement.negotiation import AcceptOffer, MakeOffer
from domain.settlement.proposal import AcceptProposal, DeclareImpasse, MakeProposal, RefuseProposal
from tests.harness.year.telling import Telling
from tests.harness.year.world import PLACES, Home
from tests.worlds import MARKETPLACE

C = TypeVar("C", bound=Command)

SAID = Words(text="Guten Tag", language="de")
SUPERVISOR = UUID(int=1)
NEUTRALS = tuple(UUID(int=100 + n) for n in range(6))


@dataclass
class People:
    """`silent` sellers never answer. `amount` is the price of the order; all of it is claimed. They act at `acts_at`. Where
    the policy asks for notice, `telling` is how they are told."""

    id: UUID
    random: Random
    seller_at: Home
    filed: bool = False
    acts_at: datetime = datetime.min.replace(tzinfo=UTC)
    telling: Telling | None = None

    def __post_init__(self) -> None:
        self.silent = self.random.random() < 0.35
        self.buyer_at = self.random.choice(PLACES)
        self.amount = Money(self.random.randint(500, 50_000), self.seller_at[2])

    def looks_at(self, now: datetime) -> datetime:
        """When somebody looks at the dispute again: to act, or some hours from now because a party was not told yet."""
        if self.telling is None or not self.telling.busy:
            return self.acts_at
        return min(self.acts_at, now + timedelta(seconds=self.random.randrange(600, 16 * 3_600)))

    def files(self, now: datetime) -> FileDispute:
        buyer, seller = uuid5(self.id, "buyer"), uuid5(self.id, "seller")
        line = Line(key=uuid5(self.id, "line"), subject=buyer, id="1", title="Vase", quantity=1, amount=self.amount)
        order = Order(
            subject=buyer,
            transaction_id=uuid5(self.id, "order"),
            order_id=f"O-{self.id}",
            paid=self.amount,
            paid_at=now - timedelta(days=20),
            delivered_at=now - timedelta(days=4),
            lines=(line,),
        )
        claim = Claim(
            reason=ClaimReason.NOT_AS_DESCRIBED,
            lines=(line.key,),
            amount=self.amount,
            relief_sought=ReliefSought.REFUND,
            statement=Text(text="Il vaso è rotto", language="it", author=buyer),
        )
        return FileDispute(
            marketplace=MARKETPLACE,
            actor=Actor(subject=buyer, role=Role.BUYER),
            now=now,
            dispute_id=self.id,
            reference=f"MP-{self.id}",
            reference_key=uuid5(self.id, "reference"),
            order=order,
            buyer=_party(buyer, self.buyer_at),
            seller=_party(seller, self.seller_at),
            claimant=Side.BUYER,
            claim=claim,
        )

    def acts(self, dispute: Dispute, now: datetime) -> Iterator[AnyCommand]:
        """Either every commitment that is due is kept, or none. Beside that there is one move, or none. Sometimes a
        stay is ordered."""
        if dispute.stay.since is not None:
            if self.random.random() < 0.2:
                yield _do(LiftStay, Role.SUPERVISOR, SUPERVISOR, dispute, now)
            return
        if not dispute.closed and self.random.random() < 0.03:
            until = now + timedelta(days=self.random.randint(1, 20), seconds=self.random.randrange(86_400))
            yield _do(OrderStay, Role.SUPERVISOR, SUPERVISOR, dispute, now, until=until, reasons=SAID)
            return
        if self.random.random() < 0.6:
            yield from self._duties(dispute, now)
        moves = [*self._moves(dispute, now)]
        if moves and self.random.random() < 0.8:
            yield self.random.choice(moves)

    def _duties(self, dispute: Dispute, now: datetime) -> Iterator[AnyCommand]:
        for owed in dispute.commitments.open.values():
            if owed.kind is CommitmentKind.ASSIGN:
                yield self._assigns(dispute, now)
            elif dispute.goods_contested and dispute.goods and dispute.goods.waits_for(owed.id):
                part = Money(self.random.randint(0, dispute.goods.at_stake.minor), dispute.goods.at_stake.currency)
                yield _do(DecideGoods, Role.SUPERVISOR, SUPERVISOR, dispute, now, to_buyer=part, reasons=SAID)
            elif owed.decision is not None and owed.by_refund:
                yield _do(RetryRefund, Role.SUPERVISOR, SUPERVISOR, dispute, now, refund_id=refund_id_of(owed.id))
            elif not owed.by_refund and not owed.kept_by_its_own_act:
                for by in (
                    role for role in (Role.SUPERVISOR, Role.MARKETPLACE, Role.BUYER) if may_keep(dispute, owed, role)
                ):
                    subject = dispute.buyer.subject if by is Role.BUYER else SUPERVISOR
                    yield _do(KeepCommitment, by, subject, dispute, now, commitment_id=owed.id)

    def _moves(self, dispute: Dispute, now: datetime) -> Iterator[AnyCommand]:
        match dispute.stage:
            case Stage.NEGOTIATION:
                yield from self._negotiates(dispute, now)
            case Stage.MEDIATION:
                yield from self._mediates(dispute, now)
            case Stage.ADJUDICATION:
                yield self._rules(dispute, now)
            case Stage.APPEAL if dispute.adjudication.appeal is not None:
                yield self._rules(dispute, now)
            case Stage.APPEAL if dispute.adjudication.ruling is not None and self.random.random() < 0.3:
                for side in (side for side in Side if side in dispute.adjudication.ruling.appealable_by):
                    yield self._party(WaiveAppeal, side, dispute, now)
                    yield self._party(Appeal, side, dispute, now, ground="stated_error", statement=SAID)
            case Stage.EXECUTION if dispute.goods is not None and self.random.random() < 0.5:
                yield from self._contests(dispute, dispute.goods, now)
            case _:
                pass

    def _rules(self, dispute: Dispute, now: datetime) -> AnyCommand:
        if (neutral := dispute.escalation.neutral) is None:
            return self._assigns(dispute, now)
        rules = {"award": dispute.division(self._part(dispute)), "cites_clauses": ("conformity",), "reasons": SAID}
        return _do(IssueRuling, Role.NEUTRAL, neutral, dispute, now, **rules)

    def _contests(self, dispute: Dispute, handling: Handling, now: datetime) -> Iterator[AnyCommand]:
        awaited = handling.commitment_id
        if not handling.ended and contestable(handling, awaited):
            for side in (side for side in Side if may_contest(handling, Role(side.value))):
                about = {"commitment_id": awaited, "ground": "empty_box", "statement": SAID}
                yield self._party(ContestGoods, side, dispute, now, **about)

    def _goods(self, dispute: Dispute) -> Goods | None:
        """Sometimes the money waits for goods. The buyer pays for what the buyer sends."""
        if self.random.random() > 0.4:
            return None
        kind = self.random.choice([*GoodsAct])
        cost = Money(1, dispute.in_dispute.currency) if kind in (GoodsAct.RETURN, GoodsAct.REPAIR) else None
        return Goods(act=kind, freight=Side.BUYER if cost else None, freight_cost=cost)

    def _negotiates(self, dispute: Dispute, now: datetime) -> Iterator[AnyCommand]:
        buyer, seller = Side.BUYER, Side.SELLER
        if dispute.response is None:
            if not self.silent:
                answer = self.random.choice((Answer.CONCEDE, Answer.CONTEST, Answer.CONTEST))
                yield self._party(Respond, seller, dispute, now, answer=answer)
            return
        if now - dispute.filed_at > timedelta(days=3) and self.random.random() < 0.3:
            yield self._party(Escalate, self.random.choice([buyer, seller]), dispute, now)
        for side in (buyer, seller):
            standing = [*dispute.offers.open(side)]
            if standing:
                yield self._party(AcceptOffer, side.other, dispute, now, number=standing[-1].number)
            elif len(dispute.offers.made) < 3:
                yield self._party(MakeOffer, side, dispute, now, amount=self._part(dispute), goods=self._goods(dispute))

    def _mediates(self, dispute: Dispute, now: datetime) -> Iterator[AnyCommand]:
        neutral = dispute.escalation.neutral
        if neutral is None:
            yield self._assigns(dispute, now)
        elif (proposal := dispute.proposals.open) is not None:
            for side in (side for side in Side if side not in proposal.accepted_by):
                if self.random.random() < 0.7:
                    yield self._party(AcceptProposal, side, dispute, now, number=proposal.number)
                else:
                    yield self._party(RefuseProposal, side, dispute, now, number=proposal.number)
        else:
            terms: Division = dispute.division(self._part(dispute), self._goods(dispute))
            yield _do(MakeProposal, Role.NEUTRAL, neutral, dispute, now, terms=terms, reasons=SAID)
            yield _do(DeclareImpasse, Role.NEUTRAL, neutral, dispute, now)

    def _assigns(self, dispute: Dispute, now: datetime) -> AnyCommand:
        free = [n for n in NEUTRALS if may_hear(dispute, n)]
        neutral = self.random.choice(free)
        return _do(AssignNeutral, Role.SUPERVISOR, SUPERVISOR, dispute, now, neutral=neutral)

    def _part(self, dispute: Dispute) -> Money:
        return Money(self.random.randint(1, dispute.in_dispute.minor - 1), dispute.in_dispute.currency)

    def _party(self, kind: type[C], side: Side, dispute: Dispute, now: datetime, **about: Any) -> C:
        return _do(kind, Role(side.value), dispute.party(side).subject, dispute, now, **about)


def _do(kind: type[C], role: Role, subject: UUID, dispute: Dispute, now: datetime, **about: Any) -> C:
    actor = Actor(subject=subject, role=role)
    return kind.model_validate(
        {"marketplace": MARKETPLACE, "actor": actor, "now": now, "dispute_id": dispute.id, **about}
    )


def _party(subject: UUID, at: Home) -> Party:
    country, zone, _, region = at
    return Party(
        subject=subject,
        id="p-1",
        name="Ada",
        country=country,
        language="en",
        time_zone=zone,
        tier="standard",
        region=region,
    )
