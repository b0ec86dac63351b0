"""Acts on awaited goods: to send them, to contest them, to decide about them.

To record that goods were carried, collected or received, keep the commitment of that step (`domain.commitments.keeping`).
"""

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

from domain.commitments import making
from domain.commitments.events import CommitmentDischarged, CommitmentEvent
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Event, OnDispute, Role
from domain.kernel.money import CurrencyMismatch, Money
from domain.kernel.people import Side, Words
from domain.kernel.refusals import Conflict, Forbidden, Malformed
from domain.neutral.escalation import is_neutral
from domain.remedies.goods_facts import (
    ContestGround,
    GoodsContested,
    GoodsDecided,
    GoodsEvent,
    GoodsSent,
    Handling,
    Shipment,
)

# --- types ---


class SendGoods(OnDispute, halted_by_stay=True):
    """Sends goods, repaired or not, or shows that they were destroyed. Sent by the side that owes that: with tracking, or
    with the proof.
    """

    commitment_id: UUID
    carrier: str | None = None
    number: str | None = None
    statement: Words | None = None


class ContestGoods(OnDispute, halted_by_stay=True, recorded_as=GoodsContested):
    commitment_id: UUID
    ground: ContestGround
    statement: Words


class DecideGoods(OnDispute, halted_by_stay=True, recorded_as=GoodsDecided):
    """Divides the stake of contested goods. `to_buyer` is what the buyer receives. The rest goes to the seller."""

    to_buyer: Money
    reasons: Words


_CONTESTABLE = ("carriage", "collection", "repair", "carriage_back", "receipt")

HandoverCommand = SendGoods | ContestGoods | DecideGoods


class GoodsNotAwaited(Conflict):
    """The goods are not at the step that this act belongs to.

    Why: Goods move step by step: sent, carried, received, or decided about. Each act belongs to one step, so that the
    money follows the goods.

    What to do: Look at `goods` of the case file. `step` is where they are now, and `commitment_id` is the commitment of
    that step.

    Example: {"step": "dispatch"}
    """


class NotYoursToSend(Forbidden):
    """You are not the side that sends the goods or shows that they were destroyed.

    Why: The side that has the goods sends them. `owed_by` says which side that is.

    What to do: Wait until the other side has sent them.

    Example: {"owed_by": "buyer", "role": "seller"}
    """


class NotYoursToContest(Forbidden):
    """Your role cannot contest the goods at this `step`.

    Why: Goods are contested by those who can see them at that step: on receipt the receiver, while a carrier has them
    both sides and the marketplace, and when they are collected or repaired the seller and the marketplace.

    What to do: If you know something about the goods, write a message or add an exhibit.

    Example: {"role": "supervisor", "step": "carriage"}
    """


class NotYoursToDecide(Forbidden):
    """Your role cannot decide on the contested goods. The neutral of this dispute or a supervisor can.

    Why: Contested goods are decided by somebody who is on neither side: the neutral of this dispute, or a supervisor.

    What to do: Give your arguments in messages and exhibits.

    Example: {"role": "buyer"}
    """


class TrackingMissing(Malformed):
    """`carrier` or `number` of the shipment is missing.

    Why: Without tracking nobody can see whether the goods arrived, and the money waits for that.

    What to do: Send `carrier` and `number`.
    """

    pointer = "/number"


class ProofMissing(Malformed):
    """`statement` is missing: it is the proof that the goods were destroyed.

    Why: Goods that are destroyed do not come back, so the proof takes the place of the parcel.

    What to do: Send a `statement` that says how and when they were destroyed. Add photographs as exhibits.
    """

    pointer = "/statement"


class ExceedsStake(Malformed):
    """`to_buyer` is more than the sum at stake.

    Why: Only the money that waits for these goods can be divided. The rest of the dispute is decided already.

    What to do: Send a `to_buyer` of at most `at_stake`. The rest goes to the seller.

    Example: {"at_stake": "129.90 EUR"}
    """

    pointer = "/to_buyer"


# --- decisions ---


def decide(basis: Basis, command: HandoverCommand) -> Sequence[Event]:
    match command:
        case SendGoods():
            return send(basis.dispute, command)
        case ContestGoods():
            return contest(basis.dispute, command)
        case DecideGoods():
            return decide_goods(basis.dispute, command)
        case _:
            assert_never(command)


def send(dispute: Dispute, command: SendGoods) -> list[GoodsEvent | CommitmentEvent]:
    handling = dispute.goods
    if handling is not None and command.commitment_id in handling.sent:
        return []
    if not sendable(handling, command.commitment_id):
        raise GoodsNotAwaited(step=handling.step if handling and not handling.ended else None)
    assert handling is not None, "only what is awaited is sendable"
    if not may_send(handling, command.actor.role):
        raise NotYoursToSend(owed_by=handling.present.by.value, role=command.actor.role.value)
    shipment = None
    if command.carrier is not None and command.number is not None:
        subject = dispute.subject_of(command.actor)
        shipment = Shipment(subject=subject, carrier=command.carrier, number=command.number)
    if handling.step in ("dispatch", "repair") and shipment is None:
        raise TrackingMissing()
    if handling.step == "proof" and command.statement is None:
        raise ProofMissing()
    sent = GoodsSent(
        commitment_id=command.commitment_id,
        by=Side(command.actor.role.value),
        shipment=shipment,
        statement=dispute.text(command.statement, command.actor),
    )
    return [
        sent,
        making.keep_commitment(
            dispute.commitments.open[command.commitment_id],
            command.now,
            command.actor.role,
            sent,
            note=dispute.text(command.statement, command.actor),
        ),
    ]


def sendable(handling: Handling | None, commitment_id: UUID) -> bool:
    return (
        handling is not None and handling.waits_for(commitment_id) and handling.step in ("dispatch", "proof", "repair")
    )


def may_send(handling: Handling, role: Role) -> bool:
    return role.value == handling.present.by.value


def may_keep(handling: Handling, role: Role) -> bool:
    """Whether this role may confirm the present step: the receiver, or the marketplace, which hears from carriers."""
    if handling.step in ("details", "decision"):
        return False
    receiver = handling.present.by if handling.step == "receipt" else handling.present.to
    return role in (Role(receiver.value), Role.MARKETPLACE)


def may_waive(handling: Handling) -> bool:
    """A side may waive a step only if it gives something up by that."""
    return handling.step != "decision" and handling.present.to is not handling.prize


def contest(dispute: Dispute, command: ContestGoods) -> list[GoodsEvent | CommitmentEvent]:
    handling = dispute.goods
    if handling is not None and handling.contested == command.commitment_id:
        return []
    if handling is None or not contestable(handling, command.commitment_id):
        raise GoodsNotAwaited(step=handling.step if handling and not handling.ended else None)
    if not may_contest(handling, command.actor.role):
        raise NotYoursToContest(role=command.actor.role.value, step=handling.step)
    return [
        GoodsContested(
            commitment_id=command.commitment_id,
            by=command.actor.role,
            ground=command.ground,
            statement=dispute.text(command.statement, command.actor),
        ),
        CommitmentDischarged(commitment_id=command.commitment_id, reason="contested"),
    ]


def contestable(handling: Handling, commitment_id: UUID) -> bool:
    return handling.waits_for(commitment_id) and handling.step in _CONTESTABLE


def may_contest(handling: Handling, role: Role) -> bool:
    if handling.step == "receipt":
        return role.value == handling.present.by.value
    if handling.step in ("collection", "repair"):
        return role in (Role.SELLER, Role.MARKETPLACE)
    return role in (Role.BUYER, Role.SELLER, Role.MARKETPLACE)


def decide_goods(dispute: Dispute, command: DecideGoods) -> list[GoodsEvent | CommitmentEvent]:
    handling = dispute.goods
    if command.actor.role is not Role.SUPERVISOR and not is_neutral(dispute, command.actor):
        raise NotYoursToDecide(role=command.actor.role.value)
    if handling is not None and handling.decided is not None and handling.decided == command.to_buyer:
        return []
    if handling is None or handling.ended or handling.step != "decision":
        raise GoodsNotAwaited(step=handling.step if handling and not handling.ended else None)
    if command.to_buyer.currency != handling.at_stake.currency:
        raise CurrencyMismatch(at="/to_buyer", expected=handling.at_stake.currency, found=command.to_buyer.currency)
    if command.to_buyer > handling.at_stake:
        raise ExceedsStake(at_stake=str(handling.at_stake))
    decided = GoodsDecided(
        to_buyer=command.to_buyer,
        to_seller=handling.at_stake - command.to_buyer,
        by=command.actor.role,
        reasons=dispute.text(command.reasons, command.actor),
    )
    owed = dispute.commitments.open[handling.commitment_id]
    return [decided, making.keep_commitment(owed, command.now, command.actor.role, decided)]
