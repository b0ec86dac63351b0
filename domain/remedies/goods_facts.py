"""Facts about goods: awaited, sent, contested, decided, ended; and the terms that can be agreed about them."""

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

# --- types ---


class GoodsAct(StrEnum):
    RETURN = "return"
    DESTROY = "destroy"
    PICK_UP = "pick_up"
    REPLACE = "replace"


class GoodsPart(Value):
    """So much of an order line, in the line's unit or in pieces; None: all that is claimed of it. `line` is its number in
    the order: 1 is the first.
    """

    line: Told[int]
    quantity: Told[Quantity | None] = None


class Goods(Value):
    """What happens to the goods. For a return only: `freight` is who pays for it, `freight_cost` what it costs.

    Without `parts` it happens to all goods of the claim, otherwise only to these.
    """

    act: Told[GoodsAct]
    freight: Told[Side | None] = None
    freight_cost: Told[Money | None] = None
    parts: Told[tuple[GoodsPart, ...]] = ()


StepName = Literal["dispatch", "proof", "collection", "carriage", "receipt", "decision"]

ContestGround = Literal["empty_box", "not_the_goods", "damaged", "refused", "customs", "lost", "other"]


class Shipment(Value):
    """How to track the goods. `subject` is the person who sent them."""

    subject: UUID
    carrier: Told[PersonalOfSubject]
    number: Told[PersonalOfSubject]


class GoodsAwaited(Event, kind="GoodsAwaited", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The goods have reached a step. `commitment_id` is the commitment to take it. `at_stake` waits for the end of all
    steps.
    """

    schema_version = 2

    goods: Told[Goods]
    at_stake: Told[Money]
    arises_from: Told[Literal[Origin.SETTLEMENT, Origin.RULING, Origin.CONCESSION]]
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


GoodsEvent = GoodsAwaited | GoodsSent | GoodsContested | GoodsDecided | GoodsEnded


@frozen
class Step:
    """`broken` is what the breach of the step's commitment means: which side receives the stake, or what happens next."""

    name: StepName
    kind: CommitmentKind
    by: Participant
    to: Side
    broken: Side | Literal["received", "decision", "stays"]


_B, _S = Side.BUYER, Side.SELLER

PATHS: Mapping[GoodsAct, tuple[Step, ...]] = {
    GoodsAct.RETURN: (
        Step("dispatch", CommitmentKind.RETURN, Participant.BUYER, _S, broken=_S),
        Step("carriage", CommitmentKind.SHIP, Participant.CARRIER, _S, broken="decision"),
        Step("receipt", CommitmentKind.CONFIRM, Participant.SELLER, _B, broken="received"),
    ),
    GoodsAct.DESTROY: (
        Step("proof", CommitmentKind.PROVIDE, Participant.BUYER, _S, broken=_S),
        Step("receipt", CommitmentKind.CONFIRM, Participant.SELLER, _B, broken="received"),
    ),
    GoodsAct.PICK_UP: (Step("collection", CommitmentKind.RETURN, Participant.SELLER, _B, broken=_B),),
    GoodsAct.REPLACE: (
        Step("dispatch", CommitmentKind.SHIP, Participant.SELLER, _B, broken=_B),
        Step("carriage", CommitmentKind.SHIP, Participant.CARRIER, _B, broken=_B),
        Step("receipt", CommitmentKind.CONFIRM, Participant.BUYER, _S, broken="received"),
    ),
}

DECISION_STEPS = {
    participant: Step("decision", CommitmentKind.DECIDE, participant, _B, broken="stays")
    for participant in (Participant.NEUTRAL, Participant.SUPERVISOR)
}


# --- state ---


@frozen
class Handling:
    """The goods of one outcome.

    `commitment_id` is the commitment to keep now; `received` says whether the receiver of the goods confirmed it.
    `sent` and `contested` are the commitments of the steps at which that happened. `decided` is what the neutral or a
    supervisor gave the buyer.
    """

    goods: Goods
    at_stake: Money
    arises_from: Origin
    step: StepName
    commitment_id: UUID
    sent: frozenset[UUID] = frozenset()
    received: bool = False
    contested: UUID | None = None
    decided: Money | None = None
    ended: bool = False

    @property
    def prize(self) -> Side:
        """Who receives the stake when the goods have completed their steps."""
        return Side.SELLER if self.goods.act is GoodsAct.REPLACE else Side.BUYER

    @property
    def present(self) -> Step:
        """The present step."""
        if self.step == "decision":
            return DECISION_STEPS[Participant.NEUTRAL]
        return next(step for step in PATHS[self.goods.act] if step.name == self.step)

    def waits_for(self, commitment_id: UUID) -> bool:
        return not self.ended and self.commitment_id == commitment_id


# --- evolve ---


def evolve(handling: Handling | None, event: GoodsEvent) -> Handling | None:
    if isinstance(event, GoodsAwaited):
        begun = Handling(event.goods, event.at_stake, event.arises_from, event.step, event.commitment_id)
        if handling is None or handling.ended:
            return begun
        return replace(begun, sent=handling.sent, contested=handling.contested)
    if handling is None:
        return None
    match event:
        case GoodsSent(commitment_id=cid):
            return replace(handling, sent=handling.sent | {cid})
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
