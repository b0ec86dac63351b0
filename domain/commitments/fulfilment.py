"""Which act keeps which commitment. The act itself keeps it: nobody has to confirm it as well.

    reply      a message of the debtor to the creditor or to everybody; in caucus, to that side or to the neutral. The
               answer that a message waits for is kept by the debtor's next message, and where the public reads that
               message, by the next one in public
    provide    an exhibit, or an answer to a key question
    review     a proposal, an impasse, and every act that decides
    decide     a ruling in effect, or another decision on the outcome; the neutral's by policy, as soon as it is issued
    confirm    to confirm that money or goods came
    co_sign    the signature, or its refusal
    assign     a neutral assigned
    reach      a notice that was delivered, or a person who reached the party otherwise
    translate  a translation that is safe, or that a person approved or corrected

A call back is no act in this system: the creditor confirms it, or the marketplace. Commitments of money and goods, and
those that name one thing (a refund, a recommendation), are kept where that is decided. A commitment to provide or to
decide may name what it is about; then only the act about that keeps it (`domain.commitments.matters`). A commitment
that policy creates to bring the dispute on is kept by anybody's act, and by nobody's report (`ActDecides`). One that a
person makes freely is kept only by that person's act.
"""

from collections.abc import Mapping, Sequence

from domain.commitments import making, matters
from domain.commitments.events import (
    CLAIM,
    GOODS_KINDS,
    CommitmentClass,
    CommitmentKept,
    CommitmentKind,
    Origin,
    Participant,
)
from domain.commitments.participants import THIRD_PARTIES
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.evidence.exhibit_facts import ExhibitAdded
from domain.filing.admissibility_facts import DeclaredInadmissible
from domain.filing.claim_facts import RecommendationAnswered
from domain.filing.key_question_facts import KeyQuestionAnswered
from domain.filing.review_facts import ReviewAnswered
from domain.filing.set_aside_facts import DefaultSetAside, SetAsideRefused
from domain.incidents.membership import JoinIncident, LeaveIncident
from domain.kernel.base import Actor, Command, Event, Role
from domain.kernel.channels import PUBLIC_CHANNELS
from domain.neutral.assignment import ReassignNeutral, Recuse
from domain.neutral.escalation import is_neutral
from domain.neutral.escalation_facts import NeutralAssigned
from domain.neutral.independence import DeclareInterests, decisions_owed
from domain.neutral.independence_facts import ChallengeDecided
from domain.notices.notices_facts import NoticeDelivered, PersonReached
from domain.notices.otherwise import RecordReached
from domain.payments.refund_facts import RefundConfirmed, RefundSettledOtherwise, RefundSubmitted
from domain.privacy.access_facts import AccessAnswered
from domain.privacy.erasure_facts import PersonErased
from domain.remedies.goods_facts import GoodsDecided, GoodsSent
from domain.remedies.reopening_facts import DisputeReopened
from domain.ruling.ruling_facts import AppealSentBack, CoSignatureRefused, RulingCoSigned, RulingIssued
from domain.settlement.caucus_facts import CaucusMessagePosted
from domain.settlement.conversation_facts import MessagePosted
from domain.settlement.notes import WriteNote
from domain.settlement.party_request_facts import PartyRequestAnswered, PartyRequestDeclined
from domain.settlement.proposal_facts import ImpasseDeclared, ProposalMade
from domain.settlement.replies import NoReplyNeeded, SeeMessages
from domain.settlement.translation_facts import TRANSLATED

# --- types ---

_REVIEW = frozenset({CommitmentKind.REVIEW})
_DECISION = frozenset({CommitmentKind.REVIEW, CommitmentKind.DECIDE})
_SIGNATURE = frozenset({CommitmentKind.REVIEW, CommitmentKind.CO_SIGN})

PROMISED_FREELY: Mapping[type[Event], frozenset[CommitmentKind]] = {
    MessagePosted: frozenset({CommitmentKind.REPLY}),
    CaucusMessagePosted: frozenset({CommitmentKind.REPLY}),
    ExhibitAdded: frozenset({CommitmentKind.PROVIDE}),
    KeyQuestionAnswered: frozenset({CommitmentKind.PROVIDE}),
    CommitmentKept: frozenset({CommitmentKind.CONFIRM}),
    NeutralAssigned: frozenset({CommitmentKind.ASSIGN}),
    ProposalMade: _REVIEW,
    ImpasseDeclared: _REVIEW,
    AppealSentBack: _REVIEW,
    ChallengeDecided: _REVIEW,
    CoSignatureRefused: _SIGNATURE,
    RulingCoSigned: _SIGNATURE | _DECISION,
    RulingIssued: _DECISION,
    DeclaredInadmissible: _DECISION,
    GoodsDecided: _DECISION,
    DefaultSetAside: _DECISION,
    SetAsideRefused: _DECISION,
}
"""For each fact: the kinds of free commitments that it keeps, if its actor owes them."""

REVIEWS: Sequence[type[Event]] = [fact for fact, kinds in PROMISED_FREELY.items() if CommitmentKind.REVIEW in kinds]
"""The facts that keep a commitment to review."""

PROMISED_BY_POLICY: Mapping[type[Event], CommitmentKind] = {
    NeutralAssigned: CommitmentKind.ASSIGN,
    RulingCoSigned: CommitmentKind.CO_SIGN,
    CoSignatureRefused: CommitmentKind.CO_SIGN,
    ChallengeDecided: CommitmentKind.DECIDE,
    DefaultSetAside: CommitmentKind.REPLY,
    SetAsideRefused: CommitmentKind.REPLY,
}
"""For each fact: the kind of commitment by policy that it keeps."""

_ONE_THING: Mapping[Origin, tuple[type[Event], ...]] = {
    Origin.REFUND: (RefundSubmitted, RefundConfirmed, RefundSettledOtherwise, DisputeReopened),
    Origin.RECOMMENDATION: (RecommendationAnswered,),
    Origin.ERASURE: (PersonErased,),
    Origin.ACCESS: (AccessAnswered,),
    Origin.REVIEW: (ReviewAnswered,),
    Origin.REQUEST: (PartyRequestAnswered, PartyRequestDeclined),
    Origin.NOTICE: (NoticeDelivered, PersonReached),
    Origin.TRANSLATION: TRANSLATED,
    Origin.CONFIDED: TRANSLATED,
}
"""Commitments of these origins are about one thing, and are kept where that is decided."""

_SENT = GOODS_KINDS | {CommitmentKind.PROVIDE}
_SIDES = frozenset({Participant.BUYER, Participant.SELLER})

_NOT_YET_LOOKING = (
    Recuse
    | ReassignNeutral
    | DeclareInterests
    | JoinIncident
    | LeaveIncident
    | NoReplyNeeded
    | SeeMessages
    | WriteNote
    | RecordReached
)
"""A neutral's acts that are no first look at the case: to give it up, to declare interests, to group it with others, to
read messages or say that one needs no answer, to reach a party. Nor is a note of the desk: the parties would see what it keeps.
"""


# --- decisions ---


def kept_by(dispute: Dispute, command: Command, acted: Sequence[Event]) -> list[CommitmentKept]:
    """The commitments owed before the command that its events keep, each by the first event that keeps it."""
    owed = dispute.commitments.open.values()
    first = ((promise, next((f for f in acted if _keeps(dispute, command, f, promise)), None)) for promise in owed)
    by = command.actor.role
    return [
        making.keep_commitment(promise, command.now, by, _named(fact)) for promise, fact in first if fact is not None
    ]


def keepers(owed: Commitment) -> tuple[type[Event], ...] | None:
    """The kinds of facts that keep this commitment. None: any act of its debtor on the dispute.

    `CommitmentKept` alone: the creditor or the marketplace says that it was kept.
    """
    if owed.is_first_act:
        return None
    if owed.is_ruling:
        return (*matters.SETTLED_BY[CLAIM.what], AppealSentBack)
    if (only := _ONE_THING.get(owed.arises_from)) is not None:
        return only
    if owed.by_refund:
        return RefundConfirmed, RefundSettledOtherwise
    if owed.ends_with_dispute:
        return tuple(fact for fact, kind in PROMISED_BY_POLICY.items() if kind is owed.kind)
    if owed.answers_message:
        return MessagePosted, CommitmentKept
    if owed.about is not None:
        return matters.SETTLED_BY[owed.about.what]
    if owed.arises_from is Origin.PROMISE:
        freely = (fact for fact, kinds in PROMISED_FREELY.items() if owed.kind in kinds)
        return tuple(dict.fromkeys((*freely, CommitmentKept)))
    if owed.commitment_class is CommitmentClass.REMEDY and owed.kind is CommitmentKind.DECIDE:
        return (GoodsDecided,)
    return (GoodsSent, CommitmentKept) if owed.kind in _SENT and owed.owed_by in _SIDES else (CommitmentKept,)


def _named(fact: Event) -> Event | None:
    """The fact to name in `CommitmentKept`, which the parties see; None if they may not see the fact, or not yet."""
    unsigned = isinstance(fact, RulingIssued) and fact.awaits_co_signature
    return None if unsigned or isinstance(fact, CoSignatureRefused | CaucusMessagePosted) else fact


def _keeps(dispute: Dispute, command: Command, fact: Event, owed: Commitment) -> bool:
    if isinstance(fact, MessagePosted) and fact.machine_written:
        return False  # an automatic "we have received your message" is no answer
    if owed.is_first_act:
        return is_neutral(dispute, command.actor) and not isinstance(command, _NOT_YET_LOOKING)
    if owed.is_ruling:
        return isinstance(fact, AppealSentBack) or matters.settles(fact, CLAIM)
    if owed.ends_with_dispute:
        return PROMISED_BY_POLICY.get(type(fact)) is owed.kind and _is_about(dispute, fact, owed)
    if owed.answers_message:
        if not isinstance(fact, MessagePosted) or fact.by.value != owed.owed_by.value:
            return False
        return fact.channel in PUBLIC_CHANNELS or not owed.answers_in_public
    if owed.arises_from is not Origin.PROMISE:
        return False
    does = matters.settles(fact, owed.about) if owed.about else owed.kind in PROMISED_FREELY.get(type(fact), ())
    if not does:
        return False
    return _does(dispute, fact, command.actor, owed.owed_by) and _reaches(dispute, fact, owed)


def _is_about(dispute: Dispute, fact: Event, owed: Commitment) -> bool:
    """A decision on a challenge is owed to each side separately."""
    if not isinstance(fact, ChallengeDecided):
        return True
    return owed in decisions_owed(dispute, dispute.independence.challenges[fact.number - 1])


def _does(dispute: Dispute, fact: Event, actor: Actor, owed_by: Participant) -> bool:
    """Whether the debtor did this. A signed ruling also counts as an act of the neutral who issued it. An exhibit that the
    neutral filed for a side counts as an act of that side.
    """
    if isinstance(fact, ExhibitAdded):
        return owed_by.value == fact.by.value
    if isinstance(fact, RulingCoSigned) and owed_by is Participant.NEUTRAL:
        return dispute.adjudication.rulings[fact.number - 1].neutral == dispute.escalation.neutral
    return owed_by.value == actor.role.value


def _reaches(dispute: Dispute, fact: Event, owed: Commitment) -> bool:
    """Whether the creditor learns of the fact. Third parties read nothing here: the marketplace informs them."""
    if owed.owed_to in THIRD_PARTIES:
        return False
    match fact:
        case MessagePosted(to=to, promise=promise):
            # a message that makes a commitment to reply is no reply
            again = promise is not None and promise.kind is CommitmentKind.REPLY
            return not again and (to is None or to == owed.owed_to.value)
        case CaucusMessagePosted(by=by, side=side):
            return owed.owed_to.value == (side.value if by is Role.NEUTRAL else Role.NEUTRAL.value)
        case CommitmentKept(commitment_id=kept):
            return came(dispute.commitments.get(kept), owed.owed_by)
        case RulingIssued(awaits_co_signature=unsigned):
            return not unsigned
        case _:
            return True


def came(kept: Commitment | None, to: Participant) -> bool:
    """Whether this kept commitment shows that something came: money or goods from somebody else, or a parcel whose
    receipt was to be confirmed.
    """
    if kept is None or kept.commitment_class is not CommitmentClass.REMEDY:
        return False
    return kept.kind is CommitmentKind.CONFIRM or kept.owed_by is not to
