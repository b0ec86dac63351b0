"""Facts about goods: awaited, sent, contested, decided, ended; and the terms that can be agreed about them.

Of what goes with a return, `return_details_facts` and `inspection_facts` have the facts.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, assert_never
from uuid import UUID

from domain.commitments.events import (
    CommitmentEvent,
    CommitmentKept,
    CommitmentKind,
    CommitmentReplaced,
    Origin,
    Participant,
)
from domain.kernel.base import Event, Role, Value
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.money import Money
from domain.kernel.people import Side, Text
from domain.kernel.personal import PersonalOfSubject
from domain.kernel.quantities import Quantity
from domain.kernel.windows import Window
from domain.remedies.inspection_facts import GoodsInspected
from domain.remedies.return_details_facts import ReturnDetailsEvent, ReturnDetailsGiven, ReturnLabelAdded

# --- types ---


class GoodsAct(StrEnum):
    RETURN = "return"
    DESTROY = "destroy"
    PICK_UP = "pick_up"
    REPLACE = "replace"
    REPAIR = "repair"


class GoodsPart(Value):
    """So much of an order line, in the line's unit or in pieces; None: all that is claimed of it. `line` is its number in
    the order: 1 is the first.
    """

    line: Told[int]
    quantity: Told[Quantity | None] = None


class Goods(Value):
    """What happens to the goods. For a return, and a repair that the buyer sends in: `freight` is who pays for the way to the
    seller, `freight_cost` what it costs.

    For a repair only: with `fetched` the seller has the goods fetched; `within` is the seller's time from having them until
    they are on their way back, and None only in terms that are not recorded yet. Without `parts` it happens to all goods of
    the claim, otherwise only to these.
    """

    act: Told[GoodsAct]
    freight: Told[Side | None] = None
    freight_cost: Told[Money | None] = None
    parts: Told[tuple[GoodsPart, ...]] = ()
    fetched: Told[bool] = False
    within: Told[Window | None] = None

    @property
    def sent_by_buyer(self) -> bool:
        """Whether the buyer sends the goods to the seller, and somebody pays for that."""
        return self.act is GoodsAct.RETURN or (self.act is GoodsAct.REPAIR and not self.fetched)


StepName = Literal[
    "details", "dispatch", "proof", "collection", "carriage", "repair", "carriage_back", "receipt", "decision"
]
ContestGround = Literal[
    "empty_box",
    "not_the_goods",
    "damaged",
    "used",
    "incomplete",
    "refused",
    "customs",
    "lost",
    "not_repaired",
    "not_repairable",
    "other",
]


class Shipment(Value):
    """How to track the goods. `subject` is the person who sent them."""

    subject: UUID
    carrier: Told[PersonalOfSubject]
    number: Told[PersonalOfSubject]


class GoodsAwaited(Event, kind="GoodsAwaited", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The goods have reached a step. `commitment_id` is the commitment to take it. `at_stake` waits for the end of all
    steps.
    """

    schema_version = 3

    goods: Told[Goods]
    at_stake: Told[Money]
    arises_from: Told[Literal[Origin.SETTLEMENT, Origin.RULING, Origin.CONCESSION, Origin.DEFAULT]]
    step: Told[StepName]
    commitment_id: Told[UUID]


class GoodsSent(Event, kind="GoodsSent", stream="dispute", told_to=Audience.ALL):
    """The goods are on their way, or destroyed. `statement` is the proof if there is nothing to track."""

    commitment_id: Told[UUID]
    by: Told[Side]
    shipment: Told[Shipment | None] = None
    statement: Told[Text | None] = None


class GoodsContested(Event, kind="GoodsContested", stream="dispute", told_to=Audience.ALL):
    """The goods are not as they should be, or did not come. A neutral decides."""

    commitment_id: Told[UUID]
    by: Told[Role]
    ground: Told[ContestGround]
    statement: Told[Text]


class GoodsDecided(Event, kind="GoodsDecided", stream="dispute", told_to=Audience.ALL):
    """The neutral or a supervisor decided how the stake is divided."""

    to_buyer: Told[Money]
    to_seller: Told[Money]
    by: Told[Role]
    reasons: Told[Text]


class GoodsEnded(Event, kind="GoodsEnded", stream="dispute", told_to=Audience.ALL, consequence=True):
    """Nothing waits for the goods any more. The two parts add up to what was at stake."""

    how: Told[Literal["received", "deemed_received", "waived", "lapsed", "decided"]]
    to_buyer: Told[Money]
    to_seller: Told[Money]


GoodsEvent = GoodsAwaited | ReturnDetailsEvent | GoodsSent | GoodsInspected | GoodsContested | GoodsDecided | GoodsEnded


@frozen
class Step:
    """`broken` is what the breach of the step's commitment means: which side receives the stake, or what happens next."""

    name: StepName
    kind: CommitmentKind
    by: Participant
    to: Side
    broken: Side | Literal["received", "decision", "stays"]


_B, _S = Side.BUYER, Side.SELLER

_DETAILS = Step("details", CommitmentKind.TELL_ADDRESS, Participant.SELLER, _B, broken="stays")
_DISPATCH = Step("dispatch", CommitmentKind.RETURN, Participant.BUYER, _S, broken=_S)
_CARRIAGE = Step("carriage", CommitmentKind.SHIP, Participant.CARRIER, _S, broken="decision")
_COLLECTION = Step("collection", CommitmentKind.RETURN, Participant.SELLER, _B, broken=_B)
_MENDING = (
    Step("repair", CommitmentKind.SHIP, Participant.SELLER, _B, broken=_B),
    Step("carriage_back", CommitmentKind.SHIP, Participant.CARRIER, _B, broken=_B),
    Step("receipt", CommitmentKind.CONFIRM, Participant.BUYER, _S, broken="received"),
)

PATHS: Mapping[GoodsAct, tuple[Step, ...]] = {
    GoodsAct.RETURN: (
        _DETAILS,
        _DISPATCH,
        _CARRIAGE,
        Step("receipt", CommitmentKind.CONFIRM, Participant.SELLER, _B, broken="received"),
    ),
    GoodsAct.DESTROY: (
        Step("proof", CommitmentKind.PROVIDE, Participant.BUYER, _S, broken=_S),
        Step("receipt", CommitmentKind.CONFIRM, Participant.SELLER, _B, broken="received"),
    ),
    GoodsAct.PICK_UP: (_COLLECTION,),
    GoodsAct.REPLACE: (
        Step("dispatch", CommitmentKind.SHIP, Participant.SELLER, _B, broken=_B),
        Step("carriage", CommitmentKind.SHIP, Participant.CARRIER, _B, broken=_B),
        Step("receipt", CommitmentKind.CONFIRM, Participant.BUYER, _S, broken="received"),
    ),
    GoodsAct.REPAIR: (_DETAILS, _DISPATCH, _CARRIAGE, *_MENDING),
}

FETCHED_REPAIR = (_COLLECTION, *_MENDING)
"""The path of a repair for which the seller has the goods fetched."""


def path_of(goods: Goods) -> tuple[Step, ...]:
    return FETCHED_REPAIR if goods.fetched else PATHS[goods.act]


DECISION_STEPS = {
    participant: Step("decision", CommitmentKind.DECIDE, participant, _B, broken="stays")
    for participant in (Participant.NEUTRAL, Participant.SUPERVISOR)
}


# --- state ---


@frozen
class Handling:
    """The goods of one outcome.

    `commitment_id` is the commitment to keep now; `received` says whether the receiver of the goods confirmed it.
    `sent`, `inspected` and `contested` are the commitments of the steps at which that happened. `decided` is what the
    neutral or a supervisor gave the buyer. `stated` counts the addresses and labels for a return. `prepaid` says that the
    receiver has paid the carrier.
    """

    goods: Goods
    at_stake: Money
    arises_from: Origin
    step: StepName
    commitment_id: UUID
    sent: frozenset[UUID] = frozenset()
    stated: int = 0
    prepaid: bool = False
    received: bool = False
    inspected: UUID | None = None
    contested: UUID | None = None
    decided: Money | None = None
    ended: bool = False

    @property
    def prize(self) -> Side:
        """Who receives the stake when the goods have completed their steps."""
        return Side.SELLER if self.goods.act in (GoodsAct.REPLACE, GoodsAct.REPAIR) else Side.BUYER

    @property
    def receiver(self) -> Side:
        """Who receives what is sent."""
        return self.prize.other

    @property
    def arriving(self) -> bool:
        """Whether a parcel is on its way, or waits to be confirmed."""
        parcel = self.goods.act in (GoodsAct.RETURN, GoodsAct.REPLACE)
        return parcel and not self.ended and self.step in ("carriage", "receipt")

    @property
    def present(self) -> Step:
        """The present step."""
        if self.step == "decision":
            return DECISION_STEPS[Participant.NEUTRAL]
        return next(step for step in path_of(self.goods) if step.name == self.step)

    def waits_for(self, commitment_id: UUID) -> bool:
        return not self.ended and self.commitment_id == commitment_id


# --- evolve ---


def evolve(handling: Handling | None, event: GoodsEvent) -> Handling | None:
    if isinstance(event, GoodsAwaited):
        begun = Handling(event.goods, event.at_stake, event.arises_from, event.step, event.commitment_id)
        if handling is None or handling.ended:
            return begun
        return replace(
            begun,
            sent=handling.sent,
            stated=handling.stated,
            prepaid=handling.prepaid,
            inspected=handling.inspected,
            contested=handling.contested,
        )
    if handling is None:
        return None
    match event:
        case ReturnDetailsGiven(freight=freight, freight_cost=cost, prepaid=prepaid):
            goods = handling.goods.model_copy(update={"freight": freight, "freight_cost": cost})
            return replace(handling, goods=goods, prepaid=prepaid, stated=handling.stated + 1)
        case ReturnLabelAdded():
            return replace(handling, stated=handling.stated + 1)
        case GoodsSent(commitment_id=cid):
            return replace(handling, sent=handling.sent | {cid})
        case GoodsInspected(commitment_id=cid):
            return replace(handling, inspected=cid)
        case GoodsContested(commitment_id=cid):
            return replace(handling, contested=cid)
        case GoodsDecided(to_buyer=to_buyer):
            return replace(handling, decided=to_buyer)
        case GoodsEnded():
            return replace(handling, ended=True)
        case _:
            assert_never(event)


def promised(handling: Handling | None, event: CommitmentEvent) -> Handling | None:
    """What the end of the awaited commitment means for the goods."""
    if handling is None:
        return None
    match event:
        case CommitmentReplaced(commitment_id=cid, replaced_by=successor) if cid == handling.commitment_id:
            return replace(handling, commitment_id=successor)
        case CommitmentKept(commitment_id=cid, by=by) if cid == handling.commitment_id:
            return replace(handling, received=by.value == handling.present.to.value)
        case _:
            return handling
