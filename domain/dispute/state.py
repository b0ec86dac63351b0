"""The state of a dispute: only what a decision needs, folded from its events in `domain.dispute.evolve`."""

from collections.abc import Mapping
from dataclasses import field
from typing import overload
from uuid import UUID

from domain.clocks.deadline_facts import Deadlines
from domain.clocks.stay_facts import Stay
from domain.commitments.events import Participant
from domain.commitments.state import Commitments
from domain.dispute.telling import Telling
from domain.evidence.exhibit_facts import Exhibits
from domain.evidence.request_facts import EvidenceRequests
from domain.filing.delivery_facts import Delivery
from domain.filing.filing_facts import ClaimedGoods
from domain.filing.key_question_facts import KeyQuestions
from domain.filing.pleading_facts import Pleadings
from domain.filing.representation_facts import Representation
from domain.filing.response_facts import Answer
from domain.filing.review_facts import MachineDecisions
from domain.filing.set_aside_facts import SetAside
from domain.filing.vexatious_facts import Finding
from domain.incidents.membership_facts import Membership
from domain.kernel.base import Actor, Instant, Role
from domain.kernel.frozen import frozen
from domain.kernel.money import Money
from domain.kernel.people import Awaiting, Member, Outcome, Side, Stage, Text, Words
from domain.neutral.escalation_facts import Escalation
from domain.neutral.independence_facts import Independence
from domain.remedies.division_facts import Division, Instalment
from domain.remedies.goods_facts import Goods, Handling
from domain.remedies.recovery_facts import Advance
from domain.ruling.ruling_facts import Adjudication
from domain.settlement.caucus_facts import Caucus
from domain.settlement.negotiation_facts import Offers
from domain.settlement.party_request_facts import PartyRequests
from domain.settlement.proposal_facts import Proposals


@frozen
class Dispute:
    """The state of one dispute.

    `claimed` is what the claimant wants, `in_dispute` what is to be divided. A conceded part is taken off both.
    `goods_value` is what the goods of the claim cost, `goods_claimed` what they are, by the numbers of their order
    lines. `elsewhere` holds the sums that were paid elsewhere towards what is owed here. `response` is the respondent's
    answer and the sum conceded. `involved` are the neutrals and supervisors who may not hear an appeal. `outcome` is
    set as soon as it is certain, `closed` once no remedy is owed any more, and `closed_at` when it was last closed, on
    record. `fast_lane` means that the claim was granted at filing, `for_a_person` that silence decides nothing.
    `resolved_by` is the agent who granted it on the phone.
    `contradicted_by_record` means that nothing was received, as is claimed, but a delivery is on record. `delivery` is
    what was reported after filing. `machine` holds what the engine decided by itself, `rectified` counts the
    corrections of its record. `telling` is what the parties were told.
    """

    id: UUID
    transaction_id: UUID
    policy_version: str
    filed_at: Instant
    imported: bool
    buyer: Member
    seller: Member
    claimant: Side
    claimed: Money
    in_dispute: Money
    held: bool
    contradicted_by_record: bool
    reason: str
    goods_value: Money
    goods_claimed: Mapping[int, ClaimedGoods]
    stage: Stage = Stage.NEGOTIATION
    awaiting: Awaiting = Awaiting.RESPONDENT
    outcome: Outcome | None = None
    closed: bool = False
    closed_at: Instant | None = None
    response: tuple[Answer, Money | None] | None = None
    exhibits: Exhibits = Exhibits()
    evidence_requests: EvidenceRequests = EvidenceRequests()
    key_questions: KeyQuestions = KeyQuestions()
    pleadings: Pleadings = Pleadings()
    caucus: Caucus = Caucus()
    offers: Offers = Offers()
    escalation: Escalation = Escalation()
    independence: Independence = Independence()
    representation: Representation = Representation()
    proposals: Proposals = Proposals()
    party_requests: PartyRequests = PartyRequests()
    adjudication: Adjudication = Adjudication()
    involved: frozenset[UUID] = frozenset()
    fast_lane: bool = False
    resolved_by: UUID | None = None
    set_aside: SetAside = SetAside()
    machine: MachineDecisions = MachineDecisions()
    commitments: Commitments = Commitments()
    goods: Handling | None = None
    advance: Advance = Advance()
    stay: Stay = Stay()
    elsewhere: tuple[Money, ...] = ()
    rated: Mapping[Side, int] = field(default_factory=dict)
    membership: Membership = Membership()
    deadlines: Deadlines = Deadlines()
    for_a_person: bool = False
    delivery: Delivery = Delivery()
    vexatious: Finding | None = None
    rectified: int = 0
    telling: Telling = Telling()

    @property
    def undecided(self) -> bool:
        """No ruling and no outcome yet: the parties may still answer, bargain, add evidence or withdraw."""
        return self.outcome is None and self.adjudication.ruling is None

    @property
    def to_be_ruled(self) -> bool:
        """Undecided, or appealed: evidence is taken, and the neutral may be challenged."""
        return self.undecided or self.adjudication.appeal is not None

    def party(self, side: Side) -> Member:
        return self.buyer if side is Side.BUYER else self.seller

    @property
    def takes_evidence(self) -> bool:
        """Whether a ruling is to come, or a decision about contested goods."""
        return self.to_be_ruled or self.goods_contested

    @property
    def goods_contested(self) -> bool:
        """Whether a decision about contested goods is awaited."""
        return self.goods is not None and not self.goods.ended and self.goods.step == "decision"

    def division(
        self, to_claimant: Money, goods: Goods | None = None, instalments: tuple[Instalment, ...] = ()
    ) -> Division:
        rest = self.in_dispute - to_claimant
        return Division(claimant=to_claimant, respondent=rest, goods=goods, instalments=instalments)

    def took_part(self, side: Side) -> bool:
        """Whether this side bargained, accepted a proposal, added evidence, answered questions or asked to be heard."""
        offers = any(o.by is side or o.status in ("accepted", "rejected") for o in self.offers.made)
        proposals = any(side in p.accepted_by for p in self.proposals.made)
        asked = self.set_aside.requested and side is self.claimant.other
        told = side in self.key_questions.by
        return asked or told or offers or proposals or self.exhibits.shown_by(side)

    def subject_of(self, actor: Actor) -> UUID:
        """The person a text by this actor is about: the party it speaks for, or else the actor."""
        return self.party(Side(actor.role.value)).subject if actor.role in (Role.BUYER, Role.SELLER) else actor.subject

    @overload
    def text(self, words: Words, actor: Actor) -> Text: ...
    @overload
    def text(self, words: Words | None, actor: Actor) -> Text | None: ...
    def text(self, words: Words | None, actor: Actor) -> Text | None:
        """The words as they are stored: with their author."""
        return words.of(self.subject_of(actor)) if words else None

    def subject_of_participant(self, participant: Participant) -> UUID | None:
        match participant:
            case Participant.BUYER | Participant.SELLER:
                return self.party(Side(participant.value)).subject
            case Participant.NEUTRAL:
                return self.escalation.neutral
            case _:
                return None
