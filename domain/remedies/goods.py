"""Goods that go back, are destroyed, fetched or replaced, and the part of a division that waits for it.

Goods never change how money is divided. Terms that name goods put the buyer's part *at stake*: it is owed to nobody until the
goods have gone their way, and then to one side or the other, to the last unit. The way is a chain of commitments: one falls
due when another is kept, and each says what its breach means.

    return    dispatch (buyer) → carriage (carrier) → receipt (seller)   done: to the buyer    not sent: to the seller
    destroy   proof (buyer)    → receipt (seller)                        done: to the buyer    no proof: to the seller
    pick_up   collection (seller)                                        done: to the buyer    not fetched: to the buyer
    replace   dispatch (seller) → carriage (carrier) → receipt (buyer)   done: to the seller   not sent or lost: to the buyer

Silence at receipt: deemed received. Goods sent back that never arrive, and goods that whoever receives them contests, are for
a neutral to decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, assert_never
from uuid import UUID

from domain.commitments import state as commitments
from domain.commitments.events import (
    Bearer,
    CommitmentClass,
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKept,
    CommitmentKind,
    CommitmentReplaced,
    Promise,
)
from domain.kernel.base import Event, Instant, Role, Value
from domain.kernel.money import Money
from domain.kernel.people import Side, Text
from domain.kernel.personal import PersonalOfSubject
from domain.kernel.windows import Window
from domain.policy.book import Policy

if TYPE_CHECKING:
    from domain.dispute.state import Dispute

# --- types ---


class GoodsAct(StrEnum):
    RETURN = "return"
    DESTROY = "destroy"
    PICK_UP = "pick_up"
    REPLACE = "replace"


class Goods(Value):
    """What happens to the goods. `freight` is who pays the way back, `freight_cost` what it costs; for a return only."""

    act: GoodsAct
    freight: Side | None = None
    freight_cost: Money | None = None


StepName = Literal["dispatch", "proof", "collection", "carriage", "receipt", "decision"]
ContestGround = Literal["empty_box", "not_the_goods", "damaged", "refused", "customs", "lost", "other"]


class Shipment(Value):
    """How goods can be followed on their way. `subject` is who sent them."""

    subject: UUID
    carrier: PersonalOfSubject
    number: PersonalOfSubject


class GoodsAwaited(Event, kind="GoodsAwaited", stream="dispute"):
    """The step that the goods have come to, and the commitment to take it; `at_stake` waits for the end of them all."""

    goods: Goods
    at_stake: Money
    arises_from: Literal["settlement", "ruling", "concession"]
    step: StepName
    commitment_id: UUID


class GoodsSent(Event, kind="GoodsSent", stream="dispute"):
    """On their way, or destroyed; `statement` is the proof where there is nothing to follow."""

    commitment_id: UUID
    by: Side
    shipment: Shipment | None = None
    statement: Text | None = None


class GoodsContested(Event, kind="GoodsContested", stream="dispute"):
    """What came is not what should have come, or nothing did: a neutral decides."""

    commitment_id: UUID
    by: Role
    ground: ContestGround
    statement: Text


class GoodsDecided(Event, kind="GoodsDecided", stream="dispute"):
    """By the neutral or a supervisor: how what was at stake is divided."""

    to_buyer: Money
    to_seller: Money
    by: Role
    reasons: Text


class GoodsEnded(Event, kind="GoodsEnded", stream="dispute"):
    """Nothing waits for the goods any more; the two parts add up to what was at stake."""

    how: Literal["received", "deemed_received", "waived", "lapsed", "decided"]
    to_buyer: Money
    to_seller: Money


GoodsEvent = GoodsAwaited | GoodsSent | GoodsContested | GoodsDecided | GoodsEnded


@dataclass(frozen=True, slots=True)
class Step:
    """`broken` is what the breach of its commitment means: who then receives the stake, or what else happens."""

    name: StepName
    kind: CommitmentKind
    by: Bearer
    to: Side
    broken: Side | Literal["received", "decision", "stays"]


_CARRIAGE, _RECEIPT = ("carriage", CommitmentKind.SHIP, Bearer.CARRIER), ("receipt", CommitmentKind.CONFIRM)
_B, _S = Side.BUYER, Side.SELLER

PATHS: Mapping[GoodsAct, tuple[Step, ...]] = {
    GoodsAct.RETURN: (
        Step("dispatch", CommitmentKind.RETURN, Bearer.BUYER, _S, broken=_S),
        Step("carriage", CommitmentKind.SHIP, Bearer.CARRIER, _S, broken="decision"),
        Step("receipt", CommitmentKind.CONFIRM, Bearer.SELLER, _B, broken="received"),
    ),
    GoodsAct.DESTROY: (
        Step("proof", CommitmentKind.PROVIDE, Bearer.BUYER, _S, broken=_S),
        Step("receipt", CommitmentKind.CONFIRM, Bearer.SELLER, _B, broken="received"),
    ),
    GoodsAct.PICK_UP: (Step("collection", CommitmentKind.RETURN, Bearer.SELLER, _B, broken=_B),),
    GoodsAct.REPLACE: (
        Step("dispatch", CommitmentKind.SHIP, Bearer.SELLER, _B, broken=_B),
        Step("carriage", CommitmentKind.SHIP, Bearer.CARRIER, _B, broken=_B),
        Step("receipt", CommitmentKind.CONFIRM, Bearer.BUYER, _S, broken="received"),
    ),
}
_DECISION = {
    bearer: Step("decision", CommitmentKind.DECIDE, bearer, _B, broken="stays")
    for bearer in (Bearer.NEUTRAL, Bearer.SUPERVISOR)
}


# --- state ---


@dataclass(frozen=True, slots=True)
class Handling:
    """`commitment_id` is what has to be kept now, `received` whether whoever receives the goods kept it. `sent` and `contested`
    are those with which that was done, `decided` what a neutral gave the buyer."""

    goods: Goods
    at_stake: Money
    arises_from: str
    step: StepName
    commitment_id: UUID
    sent: frozenset[UUID] = frozenset()
    received: bool = False
    contested: UUID | None = None
    decided: Money | None = None
    ended: bool = False

    @property
    def prize(self) -> Side:
        """Who receives what is at stake when the goods have gone their way."""
        return Side.SELLER if self.goods.act is GoodsAct.REPLACE else Side.BUYER

    @property
    def present(self) -> Step:
        """The step that it has come to."""
        if self.step == "decision":
            return _DECISION[Bearer.NEUTRAL]
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
    """What the end of the commitment that it waits for tells about the goods."""
    if handling is None:
        return None
    match event:
        case CommitmentReplaced(commitment_id=cid, replaced_by=successor) if cid == handling.commitment_id:
            return replace(handling, commitment_id=successor)
        case CommitmentKept(commitment_id=cid, by=by) if cid == handling.commitment_id:
            return replace(handling, received=by.value == handling.present.to.value)
        case _:
            return handling


# --- decisions ---


def begin(
    dispute: "Dispute", policy: Policy, goods: Goods, at_stake: Money, arises_from: str, now: Instant
) -> list[GoodsEvent | CommitmentEvent]:
    return _awaited(dispute, policy, PATHS[goods.act][0], goods, at_stake, arises_from, now)


def _awaited(
    dispute: "Dispute", policy: Policy, step: Step, goods: Goods, at_stake: Money, arises_from: str, now: Instant
) -> list[GoodsEvent | CommitmentEvent]:
    party = dispute.party(Side(step.by.value)) if step.by in (Bearer.BUYER, Bearer.SELLER) else None
    due_at, proof = commitments.on_calendar_of(party, _window(policy, step), policy, f"goods_{step.name}", now)
    promise = Promise(
        kind=step.kind,
        owed_by=step.by,
        owed_to=commitments.bearer(step.to),
        subject=dispute.subject_of_bearer(step.by),
        due_at=due_at,
        proof=proof,
    )
    made = commitments.made(dispute, promise, arises_from, as_class=CommitmentClass.REMEDY)
    awaited = GoodsAwaited.model_validate(
        {
            "goods": goods,
            "at_stake": at_stake,
            "arises_from": arises_from,
            "step": step.name,
            "commitment_id": made.commitment_id,
        }
    )
    return [awaited, made]


def _window(policy: Policy, step: Step) -> Window:
    windows = policy.windows
    match step.name:
        case "dispatch" | "proof" | "collection":
            return windows.goods_sent
        case "carriage":
            return windows.carriage
        case "receipt":
            return windows.goods_confirmed
        case "decision":
            return windows.ruling
        case _:
            assert_never(step.name)


def follow(dispute: "Dispute", policy: Policy, at: Instant) -> list[GoodsEvent | CommitmentEvent]:
    """What follows from how the present step stands: the next one, a decision, or the end. Nothing while it is awaited."""
    handling = dispute.goods
    if handling is None or handling.ended:
        return []
    waiting = dispute.commitments.get(handling.commitment_id)
    if handling.decided is not None:
        return [_ended(handling, "decided", handling.decided)]
    if waiting is None:
        return _after(dispute, policy, handling, at)
    broken = handling.present.broken
    if not waiting.overdue or broken == "stays":
        return []
    if broken == "decision":
        over = CommitmentDischarged(commitment_id=waiting.id, reason="contested")
        return [over, *_next(dispute, policy, handling, _decision(dispute), at)]
    if broken == "received":
        over = CommitmentDischarged(commitment_id=waiting.id, reason="deemed_received")
        return [over, _done(handling, "deemed_received")]
    over = CommitmentDischarged(commitment_id=waiting.id, reason="remedy_lapsed")
    return [over, _ended(handling, "lapsed", _part(handling, to=broken))]


def _after(dispute: "Dispute", policy: Policy, handling: Handling, at: Instant) -> list[GoodsEvent | CommitmentEvent]:
    """The present step is over."""
    if handling.contested == handling.commitment_id:
        return _next(dispute, policy, handling, _decision(dispute), at)
    if dispute.commitments.ended[handling.commitment_id] == "waived":
        return [_done(handling, "waived")]
    path = PATHS[handling.goods.act]
    following = path[path.index(handling.present) + 1 :]
    if handling.received or not following:
        return [_done(handling, "received")]
    return _next(dispute, policy, handling, following[0], at)


def _next(
    dispute: "Dispute", policy: Policy, handling: Handling, step: Step, at: Instant
) -> list[GoodsEvent | CommitmentEvent]:
    return _awaited(dispute, policy, step, handling.goods, handling.at_stake, handling.arises_from, at)


def _decision(dispute: "Dispute") -> Step:
    return _DECISION[Bearer.NEUTRAL if dispute.escalation.neutral else Bearer.SUPERVISOR]


def _done(handling: Handling, how: Literal["received", "deemed_received", "waived"]) -> GoodsEnded:
    return _ended(handling, how, _part(handling, to=handling.prize))


def _part(handling: Handling, *, to: Side) -> Money:
    """What the buyer receives where all of it goes to one side."""
    return handling.at_stake if to is Side.BUYER else Money.zero(handling.at_stake.currency)


def _ended(
    handling: Handling, how: Literal["received", "deemed_received", "waived", "lapsed", "decided"], to_buyer: Money
) -> GoodsEnded:
    return GoodsEnded(how=how, to_buyer=to_buyer, to_seller=handling.at_stake - to_buyer)
