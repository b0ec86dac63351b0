"""Tracking and delivery that become known after filing: the marketplace reports them, and both parties see them.

A delivery contradicts a claim that nothing was received. From then on silence does not grant that claim: a neutral
looks at it, as if the delivery had been in the filing. The window for filing is not judged again, because it was open
when the claim was filed. Goods that are sent during the dispute are reported as such (`domain.remedies.handover`).
"""

from collections.abc import Sequence
from uuid import UUID

from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.filing import delivery_facts
from domain.filing.delivery_facts import DeliveryReported
from domain.kernel.base import Event, Instant, OnDispute, Role
from domain.kernel.refusals import DisputeIsClosed, Forbidden, Malformed

# --- types ---


class ReportDelivery(OnDispute, recorded_as=DeliveryReported, given_by=Role.MARKETPLACE):
    """`carrier` and `number` come together, with the keyed hash of both. All may be left out, but not everything."""

    carrier: str | None = None
    number: str | None = None
    tracking_key: UUID | None = None
    delivered_at: Instant | None = None
    latest_delivery_at: Instant | None = None


DeliveryCommand = ReportDelivery


class NothingReported(Malformed):
    """`tracking`, `delivered_at` and `latest_delivery_at` are all missing.

    Why: A report without content would be a fact that tells both parties nothing.

    What to do: Send at least one of `tracking`, `delivered_at` and `latest_delivery_at`.
    """


class NotDeliveredYet(Malformed):
    """`delivered_at` lies in the future.

    Why: A delivery speaks against a claim that nothing came. So it counts only when it has happened.

    What to do: Send the instant at which the carrier delivered. For a delivery that is still expected, send
    `latest_delivery_at`.

    Example: {"now": "2026-11-02T10:00:00+00:00"}
    """

    pointer = "/delivered_at"


class MayNotReportDelivery(Forbidden):
    """Your role cannot report a delivery. The marketplace can.

    Why: A reported delivery changes what silence means. The marketplace hears it from the carrier; a party could invent
    it.

    What to do: As a party, add the tracking as an exhibit. As a backend, send the report without `Mediation-As`.

    Example: {"role": "buyer"}
    """


# --- decisions ---


def decide(basis: Basis, command: DeliveryCommand) -> Sequence[Event]:
    return report(basis.dispute, command)


def report(dispute: Dispute, command: ReportDelivery) -> list[DeliveryReported]:
    """Records what is new. A claim that was decided stays decided."""
    if command.actor.role is not Role.MARKETPLACE:
        raise MayNotReportDelivery(role=command.actor.role.value)
    if command.tracking_key is None and command.delivered_at is None and command.latest_delivery_at is None:
        raise NothingReported
    if command.delivered_at is not None and command.delivered_at > command.now:
        raise NotDeliveredYet(now=command.now.isoformat())
    reported = DeliveryReported(
        subject=dispute.buyer.subject,
        carrier=command.carrier,
        number=command.number,
        tracking_key=command.tracking_key,
        delivered_at=command.delivered_at,
        latest_delivery_at=command.latest_delivery_at,
    )
    if delivery_facts.evolve(dispute.delivery, reported) == dispute.delivery:
        return []
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    return [reported]
