"""What the parties are told of a dispute: which facts, how many of them, and whose move they see.

What a party may not know is absent from everything that it gets. So the version of a dispute, for a party, is the number
of facts that it was told. For everybody else it is the version of the stream. Each event declares who is told it
(`domain.kernel.disclosure`). Three things depend on earlier facts, and `Telling` keeps them: the commitments that are
hidden, the move that the parties were last shown, and whether a ruling awaits its co-signature.
"""

from collections.abc import Mapping
from typing import Any, Self, assert_never
from uuid import UUID

from domain.clocks import names
from domain.clocks.deadline_facts import DeadlineEnded
from domain.commitments.events import CommitmentMade, Origin, Participant
from domain.dispute.events import MovePassed
from domain.kernel.base import Event
from domain.kernel.disclosure import Audience
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Awaiting, Side, Stage
from domain.neutral.escalation_facts import NeutralAssigned, NeutralReleased
from domain.ruling.ruling_facts import (
    AppealWithdrawn,
    CoSignatureRefused,
    RulingCoSigned,
    RulingIssued,
    UnsignedRulingEnded,
)

# --- types ---

Terms = Mapping[str, frozenset[str]]
"""Some of the terms of commitments, each with the values that it may have."""

_HIDDEN: tuple[Terms, ...] = (
    {
        "owed_by": frozenset({Participant.NEUTRAL.value, Participant.SUPERVISOR.value}),
        "owed_to": frozenset({Participant.MARKETPLACE.value}),
        "arises_from": frozenset({Origin.POLICY.value, Origin.BREACH.value}),
    },
    {"arises_from": frozenset({Origin.RECOMMENDATION.value, Origin.ERASURE.value, Origin.PAYMENT.value})},
    {"arises_from": frozenset({Origin.CONFIDED.value}), "owed_to": frozenset({Participant.NEUTRAL.value})},
)
"""The commitments that neither party sees: those with all values of one of these.

The first are what the desk owes the marketplace by policy (to rule, to co-sign), and what follows from the breach of it.
The end of any of these would reveal a hidden ruling. Then what is owed because of one party, or because of a payment of the
marketplace's that the record does not allow for. The last is a text in caucus that the neutral cannot read: its terms do not
say whose caucus it is.
"""

_TO_ONE_PARTY = frozenset({Origin.REVIEW.value, Origin.ACCESS.value, Origin.CONFIDED.value, Origin.NOTICE.value})
"""Origins of commitments that only the party sees to whom they are owed."""

HIDDEN_COMMITMENTS: Mapping[Side, tuple[Terms, ...]] = {
    side: (*_HIDDEN, {"arises_from": _TO_ONE_PARTY, "owed_to": frozenset({side.other.value})}) for side in Side
}
"""What is hidden from each side: the commitments with all values of one of these."""

_RULED_IN = frozenset({Stage.ADJUDICATION, Stage.APPEAL})

_DOES_MORE: frozenset[type[Event]] = frozenset(
    {
        NeutralAssigned,
        NeutralReleased,
        RulingIssued,
        RulingCoSigned,
        CoSignatureRefused,
        UnsignedRulingEnded,
        AppealWithdrawn,
        DeadlineEnded,
    }
)


# --- state ---


@frozen
class Telling:
    """`buyer` and `seller` are how many facts each of them was told. `stage` and `awaiting` are the move that the parties
    were last shown. `hidden` are the commitments that a side does not see,
    `rulings` how many rulings took effect.
    """

    buyer: int = 0
    seller: int = 0
    stage: Stage = Stage.NEGOTIATION
    awaiting: Awaiting = Awaiting.RESPONDENT
    has_neutral: bool = False
    unsigned: bool = False
    rulings: int = 0
    hidden: frozenset[tuple[UUID, Side]] = frozenset()

    def as_json(self) -> dict[str, Any]:
        """Without the counts."""
        return {
            "stage": self.stage.value,
            "awaiting": self.awaiting.value,
            "has_neutral": self.has_neutral,
            "unsigned": self.unsigned,
            "rulings": self.rulings,
            "hidden": sorted([str(owed), side.value] for owed, side in self.hidden),
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(
            stage=Stage(kept["stage"]),
            awaiting=Awaiting(kept["awaiting"]),
            has_neutral=kept["has_neutral"],
            unsigned=kept["unsigned"],
            rulings=kept["rulings"],
            hidden=frozenset((UUID(owed), Side(side)) for owed, side in kept["hidden"]),
        )

    def count(self, side: Side) -> int:
        return self.buyer if side is Side.BUYER else self.seller

    def shows(self, stage: Stage, awaiting: Awaiting) -> bool:
        """Whether the parties were last shown this stage and this move, as they see it."""
        return (stage, as_shown(stage, awaiting, self.has_neutral)) == (self.stage, self.awaiting)

    def tells(self, event: Event, side: Side) -> bool:
        """Whether the side is told this event, if it is the next one."""
        match event.told_to:
            case Audience.ALL | Audience.PARTIES_AND_DESK:
                return not (self.unsigned and _of_time_to_rule(event))
            case Audience.NOBODY | Audience.ALL_BUT_PARTIES | Audience.NEUTRAL_STAFF_AND_AUDITOR:
                return False
            case Audience.STAFF_OR_ALL:
                return bool(getattr(event, "shared", False))
            case Audience.ALL_WHEN_IN_EFFECT:
                return not getattr(event, "awaits_co_signature", False)
            case Audience.ALL_AS_SHOWN:
                return isinstance(event, MovePassed) and not self.shows(event.stage, event.awaiting)
            case Audience.WHOM_COMMITMENT_CONCERNS:
                return not self._hides(event, side)
            case Audience.DOER:
                return bool(getattr(event, "by", None) == side)
            case Audience.BURDENED:  # who asks for a review is whom the decision burdens
                return bool((getattr(event, "burdens", None) or getattr(event, "by", None)) == side)
            case Audience.ADDRESSEE:
                return bool(getattr(event, "to", None) is side)
            case Audience.VOUCHER:
                return bool(side is Side.BUYER or getattr(event, "by", None) == side)
            case Audience.CAUCUS_AND_DESK | Audience.CAUCUS:
                return bool(getattr(event, "side", None) is side)
            case _:
                assert_never(event.told_to)

    def hides(self, commitment_id: UUID) -> bool:
        """Whether a party does not see this commitment."""
        return any((commitment_id, side) in self.hidden for side in Side)

    def _hides(self, event: Event, side: Side) -> bool:
        if isinstance(event, CommitmentMade):
            promise = event.promise
            return is_hidden(
                {"owed_by": promise.owed_by, "owed_to": promise.owed_to, "arises_from": event.arises_from}, side
            )
        return (getattr(event, "commitment_id", None), side) in self.hidden


def is_hidden(owed: Mapping[str, Any], side: Side) -> bool:
    """Whether the side does not see a commitment with these terms."""
    return any(all(owed[name] in values for name, values in terms.items()) for terms in HIDDEN_COMMITMENTS[side])


def as_shown(stage: Stage, awaiting: Awaiting, has_neutral: bool) -> Awaiting:
    """Whose move the parties see. While a neutral has the dispute, they see the neutral's move even if it is the
    supervisor's: otherwise they would see that a ruling awaits its co-signature.
    """
    with_supervisor = awaiting is Awaiting.SUPERVISOR and stage in _RULED_IN and has_neutral
    return Awaiting.NEUTRAL if with_supervisor else awaiting


def _of_time_to_rule(event: Event) -> bool:
    """Whether the time to rule ended. In an earlier release an unsigned ruling ended it."""
    return isinstance(event, DeadlineEnded) and event.name == names.Ruling()


# --- evolve ---

FILED = Telling(buyer=1, seller=1)
"""Right after the filing."""


def is_plain(event: Event) -> bool:
    """Whether both parties are told the event, whatever was before, and it decides nothing about later ones. Most do."""
    return event.told_to is Audience.ALL and type(event) not in _DOES_MORE


def evolve(telling: Telling, event: Event) -> Telling:
    """Counts the event for each side that is told it. Never refuses."""
    if event.told_to is Audience.ALL and type(event) not in _DOES_MORE:  # as in `is_plain`, and so for most events
        return Telling(
            telling.buyer + 1,
            telling.seller + 1,
            telling.stage,
            telling.awaiting,
            telling.has_neutral,
            telling.unsigned,
            telling.rulings,
            telling.hidden,
        )
    return replace(
        telling,
        buyer=telling.buyer + telling.tells(event, Side.BUYER),
        seller=telling.seller + telling.tells(event, Side.SELLER),
        **_kept(telling, event),
    )


def _kept(telling: Telling, event: Event) -> dict[str, Any]:
    match event:
        case MovePassed(stage=stage, awaiting=awaiting):
            return {"stage": stage, "awaiting": as_shown(stage, awaiting, telling.has_neutral)}
        case NeutralAssigned():
            return {"has_neutral": True}
        case NeutralReleased():
            return {"has_neutral": False}
        case RulingIssued(awaits_co_signature=unsigned):
            return {"unsigned": True} if unsigned else {"rulings": telling.rulings + 1}
        case RulingCoSigned():
            return {"unsigned": False, "rulings": telling.rulings + 1}
        case CoSignatureRefused() | UnsignedRulingEnded() | AppealWithdrawn():
            return {"unsigned": False}
        case CommitmentMade(commitment_id=commitment_id):
            hidden = frozenset((commitment_id, side) for side in Side if not telling.tells(event, side))
            return {"hidden": telling.hidden | hidden} if hidden else {}
        case _:
            return {}
