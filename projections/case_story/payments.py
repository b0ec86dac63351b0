"""Refunds."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from domain.commitments.events import Participant
from domain.kernel.base import Instant
from domain.kernel.conversion import Payout
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.payments.execution_facts import RefundReferred
from domain.payments.refund_facts import (
    RefundEvent,
    RefundInstructed,
    RefundPaidAgainstRecord,
    RefundPaidDifferently,
)
from mediation.store.log.recorded import Recorded
from projections.case_story.items import changed, instant, item
from projections.case_story.parts import Part
from projections.refund_steps import step
from projections.table import Doc


class Refund(Part):
    """One movement of money. `funded_by` bears it."""

    id: UUID
    commitment_id: UUID
    amount: Money
    recipient: Side
    funded_by: Participant
    status: Literal[
        "instructed", "submitted", "confirmed", "failed", "referred", "settled_otherwise", "cancelled", "bounced"
    ]
    reason: Annotated[
        str | None, Field(description="Why it failed or was referred to a supervisor, or how it was settled otherwise.")
    ]
    provider_reference: Annotated[
        str | None,
        Field(description="The payment provider's own name for it. Hidden from the party who does not get the money."),
    ]
    payout: Annotated[
        Payout | None,
        Field(description="What the recipient got, and at what rate, if it was paid out in another currency."),
    ] = None


class RefundOfDispute(Refund):
    reported: Annotated[
        Money | None,
        Field(
            description="The amount that was last reported as paid, if it is not the amount owed, or if the refund had "
            "ended before: a supervisor decides. It stays on record when the refund is confirmed later."
        ),
    ] = None
    instructed_at: Instant
    changed_at: Instant


def paid(doc: Doc, event: RefundEvent, recorded: Recorded) -> Doc:
    at, refunds, refund_id = instant(recorded.occurred_at), doc["refunds"], str(recorded.stream_id)
    match event:
        case RefundInstructed():
            told = event.model_dump(mode="json", exclude={"refund_id", "dispute_id", "transaction_id"})
            begun = {"status": "instructed", "reason": None, "provider_reference": None, "payout": None}
            return {"refunds": [*refunds, {"id": refund_id, **told, **begun, "instructed_at": at, "changed_at": at}]}
        case RefundPaidDifferently():
            changes = {**step(event), "reported": item(event)["paid"]}
        case RefundPaidAgainstRecord():
            changes = {"reported": item(event)["paid"]}
        case _:
            changes = step(event)
    return {"refunds": changed(refunds, "id", refund_id, **changes, changed_at=at)}


def handed_over(doc: Doc, event: RefundReferred, recorded: Recorded) -> Doc:
    """The fact is in the stream of the dispute, because a supervisor now owes something in it."""
    moved = {**step(event), "changed_at": instant(recorded.occurred_at)}
    return {"refunds": changed(doc["refunds"], "id", str(event.refund_id), **moved)}
