"""Goods, vouchers, money that was paid elsewhere or turned out to belong to another, and how a dispute ends and is reopened."""

from typing import Annotated, Literal, assert_never
from uuid import UUID

from pydantic import Field

from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.remedies.closure_facts import ClaimWithdrawn, ClosureEvent, DisputeCancelled, DisputeClosed
from domain.remedies.elsewhere_facts import ElsewhereEvent, How, RefundElsewhereTakenBack
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
from domain.remedies.inspection_facts import GoodsInspected
from domain.remedies.recovery_facts import AwardOverturned, RecoveryEvent, RulingExecuted
from domain.remedies.reopening_facts import DisputeReopened, GroundOnRecord, HandlingRated, ReopeningEvent
from domain.remedies.return_details_facts import ReturnDetailsGiven, ReturnLabelAdded
from domain.remedies.voucher_facts import VoucherEvent, VoucherIssued, VoucherOwed
from mediation.store.log.recorded import Recorded
from projections.case_story.items import as_json, changed, instant, item, money_of
from projections.case_story.parts import Divided, GoodsTerms, Part, Said, VoucherTerms, awarded
from projections.case_story.returns import InspectionShown, LabelShown, ReturnDetailsShown, detailed, inspected
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
    details: Annotated[ReturnDetailsShown | None, Field(description="The newest details of a return.")] = None
    label: Annotated[LabelShown | None, Field(description="The newest label of a return.")] = None
    sent: SentShown | None
    inspection: InspectionShown | None = None
    contest: ContestShown | None
    decision: GoodsDecisionShown | None
    ended: GoodsEndShown | None


class VoucherShown(VoucherTerms):
    """A voucher that is or was owed to the buyer. The commitment `commitment_id` shows until when."""

    number: int
    arises_from: str
    commitment_id: UUID | None
    status: Annotated[
        Literal["owed", "issued", "waived", "over"],
        Field(description="`over`: nobody owes it any more, although it was neither issued nor waived."),
    ]
    code: Annotated[str | None, Field(description="Shown to the buyer and to the issuer alone, once it was issued.")]
    expires_at: Instant | None
    owed_since: Instant
    ended_at: Instant | None


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
    taken_back_at: Annotated[
        Instant | None,
        Field(
            description="Since when the buyer no longer has it: the seller won the chargeback. The claim rose again."
        ),
    ] = None


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


_AT_FIRST = ("details", "label", "sent", "inspection", "contest", "decision", "ended")


def handled(doc: Doc, event: GoodsEvent, recorded: Recorded) -> Doc:
    at, goods = instant(recorded.occurred_at), doc["goods"]
    match event:
        case GoodsAwaited():
            going = goods if goods and goods["ended"] is None else dict.fromkeys(_AT_FIRST)
            return {"goods": {**going, **item(event, since=at)}}
        case ReturnDetailsGiven() | ReturnLabelAdded():
            story = detailed(event, at)
        case GoodsInspected():
            story = inspected(event, at)
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


def vouched(doc: Doc, event: VoucherEvent, recorded: Recorded) -> Doc:
    at, vouchers = instant(recorded.occurred_at), doc["vouchers"]
    match event:
        case VoucherOwed(number=number, arises_from=arises_from):
            terms = item(event)["voucher"]
            begun: Doc = {"number": number, "arises_from": arises_from.value, "status": "owed", "owed_since": at}
            rest = dict.fromkeys(("commitment_id", "code", "expires_at", "ended_at"))
            return {"vouchers": [*vouchers, {**terms, **begun, **rest}]}
        case VoucherIssued(number=number):
            told = {name: item(event)[name] for name in ("subject", "code", "expires_at")}
            return {"vouchers": changed(vouchers, "number", number, status="issued", ended_at=at, **told)}
        case _:
            assert_never(event)


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


def refunded_elsewhere(doc: Doc, event: ElsewhereEvent, recorded: Recorded) -> Doc:
    at = instant(recorded.occurred_at)
    if isinstance(event, RefundElsewhereTakenBack):
        key, refunds = str(event.payment_key), doc["refunds_elsewhere"]
        raised = {name: as_json(money_of(doc[name]) + event.on_claim) for name in ("claimed", "in_dispute")}
        return {"refunds_elsewhere": changed(refunds, "payment_key", key, taken_back_at=at), **raised}
    told = item(event, at=at)
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
