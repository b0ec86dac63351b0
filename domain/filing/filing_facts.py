"""The fact that a dispute was filed, with its order and its claim."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from domain.kernel.base import Event, Instant, Value
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen
from domain.kernel.money import Money
from domain.kernel.people import Party, Side, Text
from domain.kernel.personal import Personal
from domain.kernel.quantities import Measure, Quantity, worth
from domain.kernel.windows import Deadline
from domain.payments.transaction_facts import Held, LinePart, part_of
from domain.policy.reasons import ClaimReason, Forum

# --- types ---


class ReliefSought(StrEnum):
    REFUND = "refund"
    PARTIAL_REFUND = "partial_refund"
    PAYMENT = "payment"


class Tracking(Value):
    """What a carrier last reported. `at` is when it reported it."""

    subject: UUID
    carrier: Annotated[str, Personal("subject")]
    number: Annotated[str, Personal("subject")]
    status: Literal["label_created", "in_transit", "out_for_delivery", "delivered", "returned", "exception"]
    at: Instant


class Line(Value):
    """`quantity` counts the pieces. With a `measure`, parts of the line are measured in its unit and not in pieces."""

    key: UUID
    subject: UUID
    id: Annotated[str, Personal("subject")]
    title: Annotated[str, Personal("subject")]
    quantity: Annotated[int, Field(gt=0)]
    amount: Money
    measure: Measure | None = None

    @property
    def whole(self) -> Quantity:
        """All of the line, in its unit or in pieces."""
        return self.measure.quantity if self.measure else str(self.quantity)

    def worth(self, part: Quantity | None) -> Money:
        """What this part of the line costs; None: all of it."""
        return self.amount if part is None else worth(self.amount, part, self.whole)


@frozen
class ClaimedGoods:
    """The `quantity` of an order line that is claimed. `whole` is all of the line, and costs `amount`."""

    quantity: Quantity
    whole: Quantity
    amount: Money
    in_pieces: bool

    def worth(self, part: Quantity | None) -> Money:
        """What this part of it costs; None: all that is claimed."""
        return worth(self.amount, self.quantity if part is None else part, self.whole)


class Charge(Value):
    """A sum on the order beside its lines: shipping, duty, a fee. `key` is a keyed hash, to find equal labels."""

    subject: UUID
    label: Annotated[str, Personal("subject")]
    amount: Money
    key: UUID | None = None


class Order(Value):
    """The transaction as the marketplace describes it at filing. `subject` is the buyer, whose order it is."""

    subject: UUID
    transaction_id: UUID
    order_id: Annotated[str, Personal("subject")]
    payment_reference: Annotated[str | None, Personal("subject")] = None
    paid: Money
    paid_at: Instant
    delivered_at: Instant | None = None
    latest_delivery_at: Instant | None = None
    lines: tuple[Line, ...]
    held: tuple[Held, ...] = ()
    charges: tuple[Charge, ...] = ()
    tracking: tuple[Tracking, ...] = ()

    @property
    def tracked_as_delivered(self) -> bool:
        return self.delivered_at is not None or any(t.status == "delivered" for t in self.tracking)


class Claim(Value):
    """`amount` is what the claimant wants to receive. `lines` are the keys of the order lines claimed. `parts` says how
    much of a line is claimed, where that is not all of it.
    """

    reason: Told[ClaimReason]
    lines: Annotated[tuple[UUID, ...], Field(min_length=1)]
    amount: Told[Money]
    relief_sought: Told[ReliefSought]
    statement: Told[Text]
    parts: tuple[LinePart, ...] = ()

    def part(self, line: UUID) -> Quantity | None:
        """How much of the line is claimed; None: all of it."""
        return part_of(self.parts, line)


class DisputeFiled(Event, kind="DisputeFiled", stream="dispute", told_to=Audience.ALL):
    """A claimant filed a dispute. `in_dispute` is what is to be divided: all that is held, or else the claim.

    `follows` is the closed dispute on the same order that this one continues. `seller_contacted_at` and `other_forum`
    are what the marketplace states about the time before: when the buyer contacted the seller, and who else deals with
    the same money. `answers_due` is until when each side answers key questions. Nothing follows from that end, so no
    event marks it.

    `reference_key` and `order.transaction_id` are keyed hashes, so that equal values can be found without being read.
    """

    schema_version = 6

    dispute_id: UUID
    reference: Annotated[str, Personal("reference_subject")]
    reference_subject: UUID
    reference_key: UUID
    policy_version: Told[str]
    order: Order
    buyer: Party
    seller: Party
    claimant: Told[Side]
    claim: Told[Claim]
    in_dispute: Told[Money]
    imported: Told[bool] = False
    follows: UUID | None = None
    seller_contacted_at: Told[Instant | None] = None
    other_forum: Told[Forum | None] = None
    answers_due: Told[tuple[Deadline, ...]] = ()

    def party(self, side: Side) -> Party:
        return self.buyer if side is Side.BUYER else self.seller

    @property
    def goods_claimed(self) -> dict[int, ClaimedGoods]:
        """The goods of the claim, by the numbers of their order lines."""
        claim = self.claim
        return {
            number: ClaimedGoods(claim.part(line.key) or line.whole, line.whole, line.amount, line.measure is None)
            for number, line in enumerate(self.order.lines, 1)
            if line.key in claim.lines
        }

    @property
    def goods_value(self) -> Money:
        """What the goods of the claim cost."""
        return Money.total((goods.worth(None) for goods in self.goods_claimed.values()), self.in_dispute.currency)
