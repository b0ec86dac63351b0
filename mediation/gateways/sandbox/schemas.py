"""What the sandbox provider accepts, keeps and shows."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from domain.kernel.conversion import Quote, Rate, RateSource
from domain.kernel.money import Currency, Money
from domain.payments.refund_facts import FailureReason


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RefundAsked(Shape):
    refund_id: UUID
    charge: Annotated[str | None, Field(max_length=200)] = None
    recipient: Literal["buyer", "seller"] = "buyer"
    amount: Money
    attempt: Annotated[int, Field(ge=1)] = 1


class RefundShown(Shape):
    """`reference` is the provider's own name for the movement."""

    reference: str
    refund_id: UUID | None
    status: Literal["pending", "paid", "failed"]
    amount: Money
    made_at: AwareDatetime
    attempt: int | None = None
    reason: FailureReason | None = None
    payout: Quote | None = None


class RefundsShown(Shape):
    """`next` is the value of `after` for the next page."""

    items: list[RefundShown]
    next: int | None


class PaidOutIn(Shape):
    currency: Currency
    rate: Rate
    source: RateSource = "sandbox"


class Faults(Shape):
    """The faults of the provider. A number of times is counted down to zero; the other faults last until they are changed."""

    down: Annotated[bool, Field(description="It answers every request with 503, and does nothing.")] = False
    unanswered: Annotated[
        int, Field(ge=0, description="The number of times that it pays, but gives no answer (504).")
    ] = 0
    lost: Annotated[
        int, Field(ge=0, description="The number of times that it gives no answer (504), and does not pay.")
    ] = 0
    answer_after: Annotated[
        float, Field(ge=0, le=120, description="Seconds that it waits before it answers, or gives no answer.")
    ] = 0
    pay_twice: Annotated[int, Field(ge=0, description="The number of times that it makes a payment twice.")] = 0
    decline: Annotated[FailureReason | None, Field(description="It declines, for this reason.")] = None
    fails: Annotated[
        FailureReason | None, Field(description="It answers pending, and fails later for this reason.")
    ] = None
    bounces: Annotated[
        FailureReason | None, Field(description="It answers paid, and the money comes back later for this reason.")
    ] = None
    pending: Annotated[bool, Field(description="It answers pending, and pays later.")] = False
    settles_after: Annotated[
        float, Field(ge=0, le=3600, description="Seconds until a pending refund is settled, or a paid one comes back.")
    ] = 0
    forget_keys: Annotated[bool, Field(description="It ignores idempotency keys.")] = False
    short_by: Annotated[int, Field(ge=0, description="The minor units by which it pays too little.")] = 0
    paid_out_in: Annotated[PaidOutIn | None, Field(description="It pays out in another currency, at this rate.")] = None
    notices: Annotated[bool, Field(description="Whether it sends notices.")] = True
    notice_after: Annotated[float, Field(ge=0, le=3600, description="Seconds until a notice is sent.")] = 0
    notice_copies: Annotated[int, Field(ge=1, le=5, description="How often each notice is sent.")] = 1
    notice_order: Annotated[
        Literal["as_it_happened", "reversed"], Field(description="The order of the notices that wait.")
    ] = "as_it_happened"
    notice_signature: Annotated[
        Literal["right", "wrong"], Field(description="A notice with a wrong signature must change nothing.")
    ] = "right"
