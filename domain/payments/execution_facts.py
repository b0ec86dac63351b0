"""Facts about a refund in the stream of its dispute: underway, stalled, referred to a person, returned."""

from typing import Literal, assert_never
from uuid import UUID

from domain.commitments.state import Commitments, referred, stalled, underway, unpaid
from domain.kernel.base import Event
from domain.kernel.disclosure import Audience, Told

# --- types ---

ReferralReason = Literal["refused", "attempts_used_up", "no_answer", "paid_differently", "bounced", "contradicted"]


class RefundUnderway(
    Event, kind="RefundUnderway", stream="dispute", told_to=Audience.ALL, consequence=True, bookkeeping=True
):
    """An attempt to move the money has begun. Until it fails, the commitment cannot be waived or replaced."""

    commitment_id: Told[UUID]
    refund_id: Told[UUID]


class RefundStalled(Event, kind="RefundStalled", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The refund failed at the provider. The money is still owed."""

    commitment_id: Told[UUID]
    refund_id: Told[UUID]


class RefundReferred(Event, kind="RefundReferred", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The refund is referred to a person. `decision_id` is that person's commitment to retry it or settle it otherwise.
    `bounced`: it came back after the dispute was closed, and the commitment is to reopen the dispute. `contradicted`:
    somebody confirmed it without a reference, and the provider reports that it failed.
    """

    commitment_id: Told[UUID]
    refund_id: Told[UUID]
    decision_id: Told[UUID]
    why: Told[ReferralReason]


class RefundReturned(Event, kind="RefundReturned", stream="dispute", told_to=Audience.ALL):
    """The refund was confirmed and then came back. The commitment that it had carried out is not kept after all."""

    commitment_id: Told[UUID]
    refund_id: Told[UUID]


ExecutionEvent = RefundUnderway | RefundStalled | RefundReferred | RefundReturned


# --- evolve ---


def evolve(held: Commitments, event: ExecutionEvent) -> Commitments:
    match event:
        case RefundUnderway(commitment_id=cid, refund_id=rid):
            return underway(held, cid, rid)
        case RefundStalled(commitment_id=cid):
            return stalled(held, cid)
        case RefundReferred(commitment_id=cid, decision_id=decision):
            return referred(held, cid, decision)
        case RefundReturned(commitment_id=cid):
            return unpaid(held, cid)
        case _:
            assert_never(event)
