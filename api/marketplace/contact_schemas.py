"""What people asked the marketplace for about an order, before and beside a dispute."""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from api.disputes.filing.filing_schemas import transaction_id
from api.http.answers import DONE, Position
from api.http.bodies import Act, Answer, Context, Id, Statement, When, example, words
from api.http.relative import ago, date_ahead
from domain.contacts import contacts
from domain.contacts.contact_facts import ContactOutcome, ReasonCode, Wanted
from domain.kernel.base import Instant
from domain.kernel.channels import Channel, arrived
from domain.kernel.people import Side
from domain.kernel.places import LanguageTag, TimeZone

_REASON = {"text": "L'ordine è già in preparazione.", "language": "it"}
_GIVEN: dict[str, Any] = {
    "order_id": "O-2026-4711",
    "side": "buyer",
    "party": "b-17",
    "channel": "app",
    "wanted": "cancel",
    "outcome": "refused",
    "reason_code": "already_packed",
    "reason": _REASON,
    "at": ago(days=3),
    "channel_id": "app-55817",
}
_SHOWN: dict[str, Any] = {
    "number": 1,
    "side": "buyer",
    "channel": "app",
    "wanted": "cancel",
    "outcome": "refused",
    "reason_code": "already_packed",
    "reason": _REASON,
    "at": ago(days=3),
    "recorded_at": ago(days=3, minutes=-1),
}

OrderId = Annotated[Id, Field(description="The marketplace's own id of the order, as in a filing.")]


class RecordContact(Act):
    """Somebody asked the marketplace for something about an order. A dispute need not follow."""

    model_config = example(_GIVEN)

    order_id: OrderId
    side: Annotated[Side, Field(description="Whether the person is the buyer or the seller of the order.")]
    party: Annotated[Id, Field(description="The marketplace's id of the person, as in a filing.")]
    channel: Channel
    wanted: Wanted
    outcome: Annotated[
        ContactOutcome,
        Field(
            description="`refused`: the person was told no. `failed`: it broke on the way. `abandoned`: the person gave up."
        ),
    ]
    reason_code: Annotated[
        ReasonCode | None,
        Field(description="Your own word for why, which reports count. It must name nobody."),
    ] = None
    reason: Annotated[
        Statement | None, Field(description="The reason as the person was shown it, or what was said in the call.")
    ] = None
    at: Annotated[When, Field(description="When it happened.")]
    channel_id: Annotated[
        Id | None,
        Field(
            description="The id that it has in its channel. What arrives again with the same one is the same contact: it is "
            "answered as the first time."
        ),
    ] = None

    def command(self, at: Context) -> contacts.RecordContact:
        return contacts.RecordContact(
            **at.common(),
            subject=at.party(self.party),
            transaction_id=transaction_id(at, self.order_id),
            order_id=self.order_id,
            side=self.side,
            channel=self.channel,
            wanted=self.wanted,
            outcome=self.outcome,
            reason_code=self.reason_code,
            reason=words(self.reason),
            happened_at=self.at,
            arrival=self.arrival(at),
        )

    def arrival(self, at: Context) -> UUID | None:
        if self.channel_id is None:
            return None
        return at.blind.uuid("arrival", at.marketplace, *arrived(self.channel, self.side.value, self.channel_id))


class ContactGiven(Answer):
    """The contact is on record, with this number among those about its order."""

    model_config = example({"number": 1, "position": DONE["position"]})
    spared: ClassVar[bool] = True

    number: int
    position: Position


class ReasonShown(Answer):
    """A reason as the person was shown it, or "[erased]" if the person was erased."""

    text: str
    language: LanguageTag


class ContactShown(Answer):
    """One contact about an order."""

    model_config = example(_SHOWN)

    number: Annotated[int, Field(description="Its number among those about the order, from 1.")]
    side: Side
    channel: Channel
    wanted: Wanted
    outcome: ContactOutcome
    reason_code: str | None
    reason: ReasonShown | None
    at: Annotated[Instant, Field(description="When it happened.")]
    recorded_at: Instant


class ContactsShown(Answer):
    """All that is kept about one order, in the order in which it happened."""

    model_config = example({"items": [_SHOWN]})

    items: list[ContactShown]


ReportedBy = Literal["channel", "reason", "week"]


class ContactLine(Answer):
    """The contacts that wanted the same. What was not asked for in `by` is null."""

    wanted: Wanted
    channel: Channel | None
    reason_code: str | None
    week: Annotated[date | None, Field(description="The first day of the week, a Monday, in `time_zone`.")]
    contacts: int
    done: int
    refused: int
    failed: int
    abandoned: int
    orders: Annotated[int, Field(description="How many orders these contacts are about.")]
    disputed_orders: Annotated[
        int, Field(description="Of these orders, those about which a dispute was filed after the contact.")
    ]


class ContactReport(Answer):
    """What people wanted of the marketplace, and what became of it. No line names anybody."""

    model_config = example(
        {
            "time_zone": "Europe/Rome",
            "happened_after": ago(days=84),
            "happened_before": ago(),
            "items": [
                {
                    "wanted": "cancel",
                    "channel": "app",
                    "reason_code": "already_packed",
                    "week": date_ahead(-7),
                    "contacts": 41,
                    "done": 12,
                    "refused": 24,
                    "failed": 2,
                    "abandoned": 3,
                    "orders": 38,
                    "disputed_orders": 9,
                }
            ],
            "more": False,
        }
    )

    time_zone: Annotated[TimeZone, Field(description="The zone of the desk, by the policy in force.")]
    happened_after: Instant
    happened_before: Instant
    items: list[ContactLine]
    more: Annotated[
        bool, Field(description="Whether there are more lines. Ask for a shorter period, or for less in `by`.")
    ]
