"""Which act keeps which promise. What somebody promised to do is kept by doing it, and nobody has to say so as well.

    reply      a message of whoever owes it, to whom it is owed or to everybody; in caucus, to that side or to the neutral
    provide    an exhibit, or an answer to a key question
    review     a proposal, an impasse, and whatever decides
    decide     a ruling in effect, or another decision on the outcome
    confirm    saying of money or goods that they came
    co_sign    the signature, or its refusal
    assign     a neutral assigned

For a call back there is no act here: whom it is owed to says so, or the marketplace that hears of it. Money, goods, and what
names the one thing it is about (a refund, a recommendation) are kept where that is decided. A promise to provide or to decide
that says what it is about is kept by the act about that alone (`domain.commitments.subjects`). What policy had somebody promise
in order to bring the dispute on is kept whoever does it; what somebody promised freely, by nobody else.
"""

from collections.abc import Mapping, Sequence

from domain.commitments import making
from domain.commitments import subjects as matters
from domain.commitments.acts import THIRD_PARTIES
from domain.commitments.events import CommitmentClass, CommitmentKept, CommitmentKind, Origin, Participant
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.evidence.exhibit_facts import ExhibitAdded
from domain.filing.admissibility_facts import DeclaredInadmissible
from domain.filing.key_question_facts import KeyQuestionAnswered
from domain.filing.set_aside_facts import DefaultSetAside, SetAsideRefused
from domain.incidents.membership import JoinIncident, LeaveIncident
from domain.kernel.base import Actor, Command, Event, Role
from domain.neutral.assignment import Recuse
from domain.neutral.escalation import is_neutral
from domain.neutral.escalation_facts import NeutralAssigned
from domain.neutral.independence import DeclareInterests, decisions_owed
from domain.neutral.independence_facts import ChallengeDecided
from domain.remedies.goods_facts import GoodsDecided
from domain.ruling.ruling_facts import AppealSentBack, CoSignatureRefused, RulingCoSigned, RulingIssued
from domain.settlement.caucus_facts import CaucusMessagePosted
from domain.settlement.conversation_facts import MessagePosted
from domain.settlement.proposal_facts import ImpasseDeclared, ProposalMade

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
"""What each fact keeps of what the one who made it happen had promised."""

PROMISED_BY_POLICY: Mapping[type[Event], CommitmentKind] = {
    NeutralAssigned: CommitmentKind.ASSIGN,
    RulingCoSigned: CommitmentKind.CO_SIGN,
    CoSignatureRefused: CommitmentKind.CO_SIGN,
    ChallengeDecided: CommitmentKind.DECIDE,
    DefaultSetAside: CommitmentKind.REPLY,
    SetAsideRefused: CommitmentKind.REPLY,
}
"""What each fact keeps of what policy had somebody promise."""

_NOT_YET_LOOKING = Recuse | DeclareInterests | JoinIncident | LeaveIncident
"""Acts of a neutral that are no look at the case: giving it up, saying whether one may have it, putting it with others."""


# --- decisions ---


def kept_by(dispute: Dispute, command: Command, acted: Sequence[Event]) -> list[CommitmentKept]:
    """What is kept by what a command makes happen, of all that was owed before; each by the first fact that keeps it."""
    owed = dispute.commitments.open.values()
    first = ((promise, next((f for f in acted if _keeps(dispute, command, f, promise)), None)) for promise in owed)
    by = command.actor.role
    return [
        making.keep_commitment(promise, command.now, by, _named(fact)) for promise, fact in first if fact is not None
    ]


def _named(fact: Event) -> Event | None:
    """What a party may not learn of, or not yet, is not named in what every party is told."""
    unsigned = isinstance(fact, RulingIssued) and fact.awaits_co_signature
    return None if unsigned or isinstance(fact, CoSignatureRefused | CaucusMessagePosted) else fact


def _keeps(dispute: Dispute, command: Command, fact: Event, owed: Commitment) -> bool:
    if owed.is_first_act:
        return is_neutral(dispute, command.actor) and not isinstance(command, _NOT_YET_LOOKING)
    if owed.ends_with_dispute:
        return PROMISED_BY_POLICY.get(type(fact)) is owed.kind and _is_about(dispute, fact, owed)
    if owed.arises_from is not Origin.PROMISE:
        return False
    does = matters.settles(fact, owed.about) if owed.about else owed.kind in PROMISED_FREELY.get(type(fact), ())
    if not does:
        return False
    return _does(dispute, fact, command.actor, owed.owed_by) and _reaches(dispute, fact, owed)


def _is_about(dispute: Dispute, fact: Event, owed: Commitment) -> bool:
    """A decision on a challenge is owed to each side on its own."""
    if not isinstance(fact, ChallengeDecided):
        return True
    return owed in decisions_owed(dispute, dispute.independence.challenges[fact.number - 1])


def _does(dispute: Dispute, fact: Event, actor: Actor, owed_by: Participant) -> bool:
    """Whether it is the act of whoever owes something: a ruling that is signed is also the neutral's who gave it."""
    if isinstance(fact, RulingCoSigned) and owed_by is Participant.NEUTRAL:
        return dispute.adjudication.rulings[fact.number - 1].neutral == dispute.escalation.neutral
    return owed_by.value == actor.role.value


def _reaches(dispute: Dispute, fact: Event, owed: Commitment) -> bool:
    """Whether whom it is owed to learns of it by that. Third parties read nothing here: the marketplace tells of them."""
    if owed.owed_to in THIRD_PARTIES:
        return False
    match fact:
        case MessagePosted(to=to, promise=promise):
            # who promises a reply has not replied
            again = promise is not None and promise.kind is CommitmentKind.REPLY
            return not again and (to is None or to == owed.owed_to.value)
        case CaucusMessagePosted(by=by, side=side):
            return owed.owed_to.value == (side.value if by is Role.NEUTRAL else Role.NEUTRAL.value)
        case CommitmentKept(commitment_id=came):
            return _came(dispute.commitments.get(came), owed.owed_by)
        case RulingIssued(awaits_co_signature=unsigned):
            return not unsigned
        case _:
            return True


def _came(kept: Commitment | None, to: Participant) -> bool:
    """Whether it tells that something came: money or goods of somebody else, or a parcel whose receipt was to be confirmed."""
    if kept is None or kept.commitment_class is not CommitmentClass.REMEDY:
        return False
    return kept.kind is CommitmentKind.CONFIRM or kept.owed_by is not to
