"""What is owed, and how it is carried out: money and goods."""

from typing import assert_never

from domain.commitments.events import (
    CommitmentBreached,
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKept,
    CommitmentMade,
    CommitmentPassed,
    CommitmentReplaced,
    CommitmentWaived,
)
from domain.payments.execution_facts import (
    ExecutionEvent,
    RefundReferred,
    RefundReturned,
    RefundStalled,
    RefundUnderway,
)
from domain.payments.refund_facts import (
    RefundBounced,
    RefundCancelled,
    RefundConfirmed,
    RefundEvent,
    RefundFailed,
    RefundInstructed,
    RefundSettledOtherwise,
    RefundSubmitted,
)
from domain.remedies.elsewhere_facts import RefundedElsewhere
from domain.remedies.goods_facts import GoodsAwaited, GoodsContested, GoodsDecided, GoodsEnded, GoodsEvent, GoodsSent
from domain.remedies.recovery_facts import AwardOverturned, RecoveryEvent, RulingExecuted
from mediation.store.log.recorded import Recorded
from projections.case_story.items import as_json, changed, instant, item, money_of
from projections.view import Doc


def owed(doc: Doc, event: CommitmentEvent | ExecutionEvent, recorded: Recorded) -> Doc:
    if isinstance(event, CommitmentMade):
        return {"commitments": [*doc["commitments"], _promised(event, recorded)]}
    at = instant(recorded.occurred_at)
    match event:
        case CommitmentDeferred():
            changes: Doc = {"due_at": instant(event.due_at)}
        case CommitmentBreached():
            changes = {"status": "overdue"}
        case CommitmentKept():
            status = "kept_late" if event.late else "kept"
            told = item(event)
            shown = {"by": event.by.value, "end_note": told["note"], "kept_by": told["kept_by"]}
            changes = {"status": status, **shown, "ended_at": at}
        case CommitmentWaived():
            changes = {"status": "waived", "by": event.by.value, "end_note": item(event)["note"], "ended_at": at}
        case CommitmentReplaced(replaced_by=successor):
            replaced = {"status": "replaced", "replaced_by": str(successor)}
            changes = {**replaced, "by": event.by.value, "ended_at": at}
        case CommitmentPassed():
            changes = {"owed_by": event.owed_by.value, "subject": item(event)["subject"]}
        case CommitmentDischarged():
            changes = {"status": "discharged", "ended_at": at}
        case RefundUnderway():
            changes = {"refund_id": str(event.refund_id)}
        case RefundStalled() | RefundReferred() | RefundReturned():
            changes = {}  # the refund itself shows what became of the money
        case _:
            assert_never(event)
    return {"commitments": changed(doc["commitments"], "id", str(event.commitment_id), **changes)}


def _promised(event: CommitmentMade, recorded: Recorded) -> Doc:
    return {
        "id": str(event.commitment_id),
        "number": event.number,
        "class": event.commitment_class.value,
        **event.promise.model_dump(mode="json"),
        "arises_from": event.arises_from.value,
        "because_of": str(event.because_of) if event.because_of else None,
        "message": event.message,
        "status": "pending",
        "made_at": instant(recorded.occurred_at),
        **dict.fromkeys(("refund_id", "replaced_by", "by", "end_note", "kept_by", "ended_at")),
    }


def paid(doc: Doc, event: RefundEvent, recorded: Recorded) -> Doc:
    at, refunds, refund_id = instant(recorded.occurred_at), doc["refunds"], str(recorded.stream_id)
    match event:
        case RefundInstructed():
            told = event.model_dump(mode="json", exclude={"refund_id", "dispute_id", "transaction_id"})
            step = {"status": "instructed", "reason": None, "provider_reference": None, "payout": None}
            return {"refunds": [*refunds, {"id": refund_id, **told, **step, "instructed_at": at, "changed_at": at}]}
        case RefundSubmitted():
            changes: Doc = {"status": "submitted"}
        case RefundConfirmed():
            changes = {"status": "confirmed", "reason": None, "provider_reference": event.provider_reference}
            changes["payout"] = item(event)["payout"]
        case RefundFailed():
            changes = {"status": "failed", "reason": event.reason}
        case RefundSettledOtherwise():
            changes = {"status": "settled_otherwise", "provider_reference": event.reference}
            changes["payout"] = item(event)["payout"]
        case RefundCancelled():
            changes = {"status": "cancelled"}
        case RefundBounced():
            changes = {"status": "bounced"}
        case _:
            assert_never(event)
    return {"refunds": changed(refunds, "id", refund_id, **changes, changed_at=at)}


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
            return {"overturned": item(event, at=at)}
        case _:
            assert_never(event)


def refunded_elsewhere(doc: Doc, event: RefundedElsewhere, recorded: Recorded) -> Doc:
    told = item(event, at=instant(recorded.occurred_at))
    changes: Doc = {"refunds_elsewhere": [*doc["refunds_elsewhere"], told]}
    if event.resolves:
        return changes
    lowered = {name: as_json(money_of(doc[name]) - event.off_claim) for name in ("claimed", "in_dispute")}
    return changes | lowered
