"""The body of the act that files a dispute: the order, the two parties and the claim."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from api.acts.declare import Acts
from api.disputes.filing.key_questions import GivenAnswer
from api.http.bodies import (
    MAX_ID,
    MAX_ITEMS,
    Act,
    Body,
    Context,
    Count,
    Id,
    Label,
    Statement,
    Title,
    When,
    example,
    same_id,
)
from api.http.relative import ago
from api.http.roles import PARTIES
from domain.evidence.exhibit_facts import NewExhibit
from domain.filing import file_dispute, filing_facts
from domain.filing.filing_facts import ReliefSought
from domain.kernel import people
from domain.kernel.base import Role
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.places import Country, LanguageTag, TimeZone
from domain.kernel.quantities import Measure, Quantity
from domain.kernel.regions import Region
from domain.kernel.texts import shown
from domain.payments import transaction_facts
from domain.policy.policy import Tier
from domain.policy.reasons import AskedName, ClaimReason, Forum

ACTS = Acts("Disputes")

_EMAIL = r"^[^@\s\x00-\x1f\x7f-\x9f]+@[^@\s\x00-\x1f\x7f-\x9f]+$"


def _address(email: str) -> str:
    """Its two halves show something."""
    for half in email.split("@"):
        shown(half)
    return email


EXAMPLE: dict[str, Any] = {
    "marketplace_reference": "MP-2026-000123",
    "transaction": {
        "order_id": "O-77",
        "payment_reference": "pi_123",
        "paid": {"amount": "129.90", "currency": "EUR"},
        "paid_at": ago(days=32),
        "delivered_at": None,
        "latest_delivery_at": ago(days=9),
        "lines": [
            {"id": "1", "title": "Vaso in ceramica", "quantity": 2, "amount": {"amount": "129.90", "currency": "EUR"}}
        ],
        "held": [],
        "charges": [],
        "tracking": [{"carrier": "DHL", "number": "JD0146", "status": "in_transit", "at": ago(days=15)}],
    },
    "buyer": {
        "id": "b-77",
        "name": "Ada Rossi",
        "email": "ada@example.com",
        "country": "IT",
        "region": "IT-MI",
        "language": "it",
        "time_zone": "Europe/Rome",
        "tier": "gold",
    },
    "seller": {
        "id": "s-9",
        "name": "景德镇瓷器",
        "email": "shop@example.com",
        "country": "CN",
        "language": "zh-Hans",
        "time_zone": "Asia/Shanghai",
        "tier": "standard",
    },
    "claimant": "buyer",
    "claim": {
        "reason": "not_as_described",
        "lines": ["1"],
        "amount": {"amount": "129.90", "currency": "EUR"},
        "relief_sought": "refund",
        "statement": {"text": "Il vaso è arrivato rotto e di un altro colore.", "language": "it"},
    },
    "seller_contacted_at": ago(days=6),
}


class Line(Body):
    id: Id
    title: Title
    quantity: Annotated[Count, Field(description="How many pieces.")]
    amount: Money
    measure: Annotated[
        Measure | None,
        Field(
            description="How much it is, if the goods are sold by weight, volume, length or area. Parts of the line are then "
            "in this unit, otherwise in pieces."
        ),
    ] = None


class Held(Body):
    """A sum in escrow, and the side that paid it in."""

    by: Side
    amount: Money


class Charge(Body):
    """A sum on the order beside its lines: shipping, duty, a fee. Give a charge that was made twice two times."""

    label: Label
    amount: Money


class Tracking(Body):
    """The last report of a carrier, and its instant."""

    carrier: Label
    number: Label
    status: Literal["label_created", "in_transit", "out_for_delivery", "delivered", "returned", "exception"]
    at: When


class Transaction(Body):
    """The order as the marketplace knows it. If sums are `held`, their total is the amount in dispute."""

    order_id: Id
    payment_reference: Id | None = None
    paid: Money
    paid_at: When
    delivered_at: When | None = None
    latest_delivery_at: When | None = None
    lines: Annotated[list[Line], Field(min_length=1, max_length=MAX_ITEMS)]
    held: Annotated[tuple[Held, ...], Field(max_length=10)] = ()
    charges: Annotated[tuple[Charge, ...], Field(max_length=50)] = ()
    tracking: Annotated[tuple[Tracking, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _lines_are_distinct(self) -> Self:
        if len({same_id(line.id) for line in self.lines}) != len(self.lines):
            raise ValueError("two lines of the order have the same id")
        return self


class Party(Body):
    """A buyer or a seller, as the marketplace knows them. `tier` is one of the tiers in the marketplace's policy."""

    id: Id
    name: Label | None = None
    email: Annotated[str, StringConstraints(max_length=254, pattern=_EMAIL), AfterValidator(_address)] | None = None
    country: Country
    language: LanguageTag
    time_zone: TimeZone
    region: Annotated[
        Region | None,
        Field(
            description="The part of the country where they live, by ISO 3166-2, such as GB-SCT. Their deadlines then follow "
            "the holidays of that region. Without it, policy says which holidays count."
        ),
    ] = None
    tier: Annotated[Tier, Field(examples=["standard"])]

    def domain(self, at: Context) -> people.Party:
        return people.Party(subject=at.party(self.id), **vars(self))


class ClaimedPart(Body):
    """So much of an order line, in its `measure` or in pieces. `line` is its id."""

    line: Id
    quantity: Quantity


class Claim(Body):
    """What the claimant wants, and why. The claimant asks to receive `amount`; `lines` are ids of the order's lines."""

    reason: ClaimReason
    lines: Annotated[list[Id], Field(min_length=1, max_length=MAX_ITEMS)]
    amount: Money
    relief_sought: ReliefSought
    statement: Statement
    parts: Annotated[
        tuple[ClaimedPart, ...],
        Field(
            max_length=MAX_ITEMS,
            description="How much is claimed of a line, where that is not all of it. Each names one of `lines`, once.",
        ),
    ] = ()

    @model_validator(mode="after")
    def _parts_are_of_lines(self) -> Self:
        named = [same_id(part.line) for part in self.parts]
        if len(set(named)) != len(named):
            raise ValueError("two parts name the same line")
        if not {same_id(line) for line in self.lines}.issuperset(named):
            raise ValueError("a part names a line that is not in `lines`")
        return self


class FiledExhibit(Body):
    """An exhibit without a file. Files are added after filing."""

    description: Statement
    shows: Annotated[
        AskedName | None, Field(description="The name of the evidence, if it is evidence that the policy calls for.")
    ] = None


@ACTS.by_hand(by=PARTIES | {Role.MARKETPLACE})
class FileDispute(Act):
    """A claim about an order. A buyer seeks a refund; a seller seeks payment."""

    model_config = example(EXAMPLE)

    marketplace_reference: Annotated[
        Id, Field(description=f"The marketplace's own name for it, at most {MAX_ID} characters.")
    ]
    transaction: Transaction
    buyer: Party
    seller: Party
    claimant: Side
    claim: Claim
    exhibits: Annotated[tuple[FiledExhibit, ...], Field(max_length=20)] = ()
    follows: Annotated[
        UUID | None, Field(description="The id of a closed dispute on the same order that this one continues.")
    ] = None
    seller_contacted_at: Annotated[
        When | None,
        Field(
            description="When the buyer contacted the seller. A policy may require this, some time before the filing."
        ),
    ] = None
    other_forum: Annotated[
        Forum | None,
        Field(
            description="The other forum that deals with the same money. A policy may leave the dispute to that forum."
        ),
    ] = None

    answers: Annotated[
        tuple[GivenAnswer, ...], Field(max_length=20, description="Answers to the key questions for the claimant.")
    ] = ()

    def command(self, at: Context, *, dispute_id: UUID) -> file_dispute.FileDispute:
        buyer, seller = self.buyer.domain(at), self.seller.domain(at)
        claimant = buyer if self.claimant is Side.BUYER else seller
        keys = self._keys(at)
        return file_dispute.FileDispute(
            **at.common(),
            dispute_id=dispute_id,
            reference=self.marketplace_reference,
            reference_key=at.blind.uuid("reference", at.marketplace, self.marketplace_reference),
            order=self._order(at, buyer.subject, keys),
            buyer=buyer,
            seller=seller,
            claimant=self.claimant,
            claim=filing_facts.Claim(
                reason=self.claim.reason,
                lines=tuple(dict.fromkeys([keys[line_id] for line_id in self.claim.lines])),
                amount=self.claim.amount,
                relief_sought=self.claim.relief_sought,
                statement=self.claim.statement.words().of(claimant.subject),
                parts=tuple(
                    transaction_facts.LinePart(line=keys[part.line], quantity=part.quantity)
                    for part in self.claim.parts
                ),
            ),
            exhibits=tuple(NewExhibit(description=e.description.words(), shows=e.shows) for e in self.exhibits),
            follows=self.follows,
            seller_contacted_at=self.seller_contacted_at,
            other_forum=self.other_forum,
            answers=tuple(given.domain() for given in self.answers),
        )

    def _order(self, at: Context, buyer: UUID, keys: Mapping[str, UUID]) -> filing_facts.Order:
        order = self.transaction
        return filing_facts.Order(
            subject=buyer,
            transaction_id=transaction_id(at, order.order_id),
            order_id=order.order_id,
            payment_reference=order.payment_reference,
            paid=order.paid,
            paid_at=order.paid_at,
            delivered_at=order.delivered_at,
            latest_delivery_at=order.latest_delivery_at,
            lines=tuple([filing_facts.Line(key=keys[line.id], subject=buyer, **vars(line)) for line in order.lines]),
            held=tuple(transaction_facts.Held(by=h.by, amount=h.amount) for h in order.held),
            charges=tuple(
                filing_facts.Charge(
                    subject=buyer, **vars(c), key=at.blind.uuid("charge", at.marketplace, order.order_id, c.label)
                )
                for c in order.charges
            ),
            tracking=tuple(filing_facts.Tracking(subject=buyer, **vars(t)) for t in order.tracking),
        )

    def _keys(self, at: Context) -> dict[str, UUID]:
        """Of the lines of the order and of the claim, by their ids. Two spellings of an id have one key."""
        order_id, named = (
            self.transaction.order_id,
            {line.id for line in self.transaction.lines}.union(
                self.claim.lines, (part.line for part in self.claim.parts)
            ),
        )
        return {line_id: at.blind.uuid("line", at.marketplace, order_id, line_id) for line_id in named}


def transaction_id(at: Context, order_id: str) -> UUID:
    """The id of the stream of one order of one marketplace."""
    return at.blind.uuid("transaction", at.marketplace, order_id)
