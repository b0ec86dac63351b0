"""Goods, money that was paid elsewhere or turned out to belong to another, and how a dispute ends and is reopened."""

from typing import Annotated, assert_never
from uuid import UUID

from pydantic import Field

from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.remedies.closure_facts import ClaimWithdrawn, ClosureEvent, DisputeCancelled, DisputeClosed
from domain.remedies.elsewhere_facts import How, RefundedElsewhere
from domain.remedies.goods_facts import (
    ContestGround,
    GoodsAwaited,
    GoodsContested,
    GoodsDecided,
    GoodsEnded,
    GoodsEvent,
    GoodsSent,
    StepName,
)
from domain.remedies.recovery_facts import AwardOverturned, RecoveryEvent, RulingExecuted
from domain.remedies.reopening_facts import DisputeReopened, GroundOnRecord, HandlingRated, ReopeningEvent
from mediation.store.log.recorded import Recorded
from projections.case_story.items import as_json, changed, instant, item, money_of
from projections.case_story.parts import Divided, GoodsTerms, Part, Said, awarded
from projections.table import Doc


class ShipmentShown(Part):
    carrier: str
    number: str


class SentShown(Part):
    by: Side
    shipment: ShipmentShown | None
    statement: Said | None
    at: Instant


class ContestShown(Part):
    by: str
    ground: ContestGround
    statement: Said
    at: Instant


class GoodsDecisionShown(Part):
    by: str
    to_buyer: Money
    to_seller: Money
    reasons: Said
    at: Instant


class GoodsEndShown(Part):
    how: str
    to_buyer: Money
    to_seller: Money
    at: Instant


class GoodsShown(Part):
    """The handling of the goods. The amount at stake is owed to nobody until the handling has ended."""

    goods: GoodsTerms
    at_stake: Money
    arises_from: str
    step: StepName
    commitment_id: Annotated[UUID, Field(description="The commitment of the present step.")]
    since: Instant
    sent: SentShown | None
    contest: ContestShown | None
    decision: GoodsDecisionShown | None
    ended: GoodsEndShown | None


class RefundElsewhereShown(Part):
    amount: Money
    off_claim: Annotated[Money, Field(description="How much it lowered the claim and the amount in dispute.")]
    how: How
    resolves: bool
    excess: Annotated[
        Money | None,
        Field(description="The part above what was left of the order. It counts nowhere: find out to whom it belongs."),
    ] = None
    at: Instant


class EarlyExecutionShown(Part):
    """A ruling that was executed before it was final. `funded_by` bears the risk."""

    number: int
    funded_by: str
    at: Instant


class OverturnedShown(Part):
    """The amounts that each side got under an outcome that was overturned. They count towards the next decision."""

    to_buyer: Money
    to_seller: Money
    at: Instant


class WithdrawalShown(Part):
    reason: Said | None
    award: Annotated[Divided | None, Field(description="The division of the money in escrow.")] = None
    at: Instant


class CancellationShown(Part):
    """The cancellation by the marketplace."""

    reason: Said
    award: Annotated[Divided | None, Field(description="The division of the money in escrow.")] = None
    at: Instant


class ReopeningShown(Part):
    ground: GroundOnRecord
    by: str
    reasons: Said
    bounced: Annotated[UUID | None, Field(description="The commitment whose refund bounced.")]
    at: Instant


class RatingShown(Part):
    by: Side
    rating: int
    text: Said | None
    at: Instant


def handled(doc: Doc, event: GoodsEvent, recorded: Recorded) -> Doc:
    at, goods = instant(recorded.occurred_at), doc["goods"]
    match event:
        case GoodsAwaited():
            going = (
                goods if goods and goods["ended"] is None else dict.fromkeys(("sent", "contest", "decision", "ended"))
            )
            return {"goods": {**going, **item(event, since=at)}}
        case GoodsSent():
            story = {"sent": item(event, at=at)}
        case GoodsContested():
            story = {"contest": item(event, at=at)}
        case GoodsDecided():
            story = {"decision": item(event, at=at)}
        case GoodsEnded():
            story = {"ended": item(event, at=at)}
        case _:
            assert_never(event)
    return {"goods": {**goods, **story}} if goods else {}


def recovered(doc: Doc, event: RecoveryEvent, recorded: Recorded) -> Doc:
    at = instant(recorded.occurred_at)
    match event:
        case RulingExecuted():
            return {"early_execution": item(event, at=at)}
        case AwardOverturned():
            return {"overturned": item(event, at=at), **_goods_of_nothing(doc, at)}
        case _:
            assert_never(event)


def _goods_of_nothing(doc: Doc, at: str) -> Doc:
    """Nothing waits any more for goods whose steps had not ended when the outcome fell."""
    goods = doc["goods"]
    if goods is None or goods["ended"] is not None:
        return {}
    nothing = as_json(Money.zero(goods["at_stake"]["currency"]))
    return {"goods": {**goods, "ended": {"how": "overturned", "to_buyer": nothing, "to_seller": nothing, "at": at}}}


def refunded_elsewhere(doc: Doc, event: RefundedElsewhere, recorded: Recorded) -> Doc:
    told = item(event, at=instant(recorded.occurred_at))
    changes: Doc = {"refunds_elsewhere": [*doc["refunds_elsewhere"], told]}
    if event.resolves:
        return changes
    lowered = {name: as_json(money_of(doc[name]) - event.off_claim) for name in ("claimed", "in_dispute")}
    return changes | lowered


def ended(doc: Doc, event: ClosureEvent, recorded: Recorded) -> Doc:
    at = instant(recorded.occurred_at)
    match event:
        case ClaimWithdrawn():
            return {"withdrawal": awarded(item(event, at=at), doc["claimant"])}
        case DisputeCancelled():
            return {"cancellation": awarded(item(event, at=at), doc["claimant"])}
        case DisputeClosed():
            return {"closed_at": at}
        case _:
            assert_never(event)


def reopened(doc: Doc, event: ReopeningEvent, recorded: Recorded) -> Doc:
    told = item(event, at=instant(recorded.occurred_at))
    match event:
        case HandlingRated():
            return {"ratings": [*doc["ratings"], told]}
        case DisputeReopened(bounced=None):
            rulings = changed(doc["rulings"], "status", "in_effect", status="overturned")
            return {"reopenings": [*doc["reopenings"], told], "closed_at": None, "rulings": rulings}
        case DisputeReopened():
            return {"reopenings": [*doc["reopenings"], told], "closed_at": None}
        case _:
            assert_never(event)
