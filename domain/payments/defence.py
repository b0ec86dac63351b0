"""What the record holds for the seller's answer to a payment provider, where a buyer took the dispute to their bank.

It is selection alone. `Material` has nothing that the seller was not told. A reader of each provider puts it into that
provider's own fields (`mediation.gateways.<provider>.defence`). Nothing is cut or left out silently: `LeftOut` says so.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Generic, Literal, TypeVar
from unicodedata import combining

from pydantic import Field

from domain.kernel.base import Instant, Value
from domain.kernel.frozen import frozen
from domain.kernel.money import Money
from domain.policy.reasons import ClaimReason

E = TypeVar("E", bound=Value)

# --- types ---

Kind = Literal[
    "delivery",
    "dispatch",
    "listing",
    "condition",
    "authenticity",
    "receipt",
    "refund_policy",
    "refund",
    "separate_charges",
    "correspondence",
    "other",
]
"""What a file shows."""

_KINDS: Mapping[str, Kind] = {
    "tracking": "delivery",
    "delivery": "delivery",
    "dispatch": "dispatch",
    "packing_list": "dispatch",
    "listing": "listing",
    "before_dispatch": "condition",
    "invoice": "authenticity",
    "receipt": "receipt",
    "refund_policy": "refund_policy",
    "return_policy": "refund_policy",
    "credit": "refund",
    "receipts": "separate_charges",
}
"""By the name of the evidence in the policy: those of the first policy, and names that others may use for the rest."""

Refused = Literal["media_type", "too_large", "too_large_together", "no_field_left"]
"""Why the provider would not take a file as it is."""

Why = Literal["too_long", "erased", "withdrawn", "of_the_buyer", "no_exhibit", "too_many"]


@frozen
class Document:
    """A file on record. `exhibit` is its number, or `shared` that of an exhibit that an incident shares. The correspondence has
    neither.
    """

    kind: Kind
    href: str
    name: str
    media_type: str
    size: int
    exhibit: int | None = None
    shared: int | None = None


class FileOffered(Value):
    """A file for the provider. Get it from `href` with your token, and upload it to the provider yourself."""

    field: Annotated[str, Field(description="The provider's own name of what the file is for.")]
    exhibit: Annotated[int | None, Field(description="The number of the exhibit.")]
    shared: Annotated[int | None, Field(description="The number of the exhibit, if the dispute's incident shares it.")]
    href: str
    name: str
    media_type: str
    size: Annotated[int, Field(description="The size in bytes.")]
    taken: Annotated[bool, Field(description="Whether the provider takes a file of this type and size.")]
    why: Annotated[
        Refused | None,
        Field(
            description="Why not. `too_large_together`: with the files before it. `no_field_left`: the provider takes one "
            "file for each purpose, and another exhibit stands there."
        ),
    ]


class LeftOut(Value):
    """Something on record that is not in the package, or not whole."""

    what: Annotated[
        str,
        Field(
            description="The provider's field, `exhibit 3`, `message 4`, `message 4, file 1`, or what of the case it is."
        ),
    ]
    why: Annotated[
        Why,
        Field(
            description="`too_long`: the rest of a text. `of_the_buyer`: the buyer's own exhibit, which the buyer gave for "
            "this dispute. `erased`: its author was erased; within the correspondence it reads `[erased]`. `no_exhibit`: a "
            "file of a message; it can be filed as an exhibit. `too_many`: the older messages of a very long conversation, or "
            "more parcels than the provider takes."
        ),
    ]
    signs: Annotated[int | None, Field(description="How many characters were cut off.")] = None


class Missing(Value):
    """Something that the provider wants for this reason, and that the package does not have."""

    field: Annotated[str, Field(description="The provider's own name for it.")]


class Defence(Value, Generic[E]):
    """What can be sent to a provider. `E` is the form in which that provider takes evidence."""

    reason: Annotated[
        str,
        Field(
            description="The provider's reason that is nearest to the claim's. The bank may have chosen another one."
        ),
    ]
    evidence: Annotated[E, Field(description="What the provider's own API takes, under its own names.")]
    files: tuple[FileOffered, ...]
    left_out: tuple[LeftOut, ...]
    missing: Annotated[tuple[Missing, ...], Field(description="What is still wanted for `reason`.")]


@frozen
class Shipment:
    """`status` is what the carrier last reported, and `at` when."""

    carrier: str
    number: str
    status: str | None = None
    at: Instant | None = None


@frozen
class Material:
    """What the seller may use. `goods` are the lines of the order. `account` is what the seller stated, `exhibits` what
    each exhibit is, with a file or without. `correspondence` is what buyer, seller and marketplace wrote to each other.
    """

    reason: ClaimReason
    order_id: str
    paid: Money
    paid_at: Instant
    claimed: Money
    buyer_name: str | None
    goods: tuple[str, ...]
    shipments: tuple[Shipment, ...] = ()
    delivered_at: Instant | None = None
    refunded: tuple[Money, ...] = ()
    account: tuple[str, ...] = ()
    exhibits: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    correspondence: str = ""
    left_out: tuple[LeftOut, ...] = ()


@frozen
class Limits:
    """What files a provider takes: the largest size in bytes by media type, and of all files together."""

    sizes: Mapping[str, int]
    together: int | None = None


CUT = " […]"
"""How a text ends that goes on in the record."""

_JOINER = "\u200d"

# --- decisions ---


def kind_of(evidence: str | None) -> Kind:
    """What an exhibit shows, by the name that the policy gives the evidence. A name of the policy's own says nothing here."""
    return _KINDS.get(evidence or "", "other")


def cut(field: str, text: str, limit: int) -> tuple[str, list[LeftOut]]:
    """The text, in at most `limit` characters, and what was left out. A letter keeps its marks: Arabic vowels stay with it."""
    if len(text) <= limit:
        return text, []
    end = limit - len(CUT)
    while end > 0 and (combining(text[end]) or text[end] == _JOINER or text[end - 1] == _JOINER):
        end -= 1
    return text[:end] + CUT, [LeftOut(what=field, why="too_long", signs=len(text) - end)]


def placed(
    documents: Sequence[Document], fields: Callable[[Kind], Sequence[str]], limits: Limits, *, one_each: bool = True
) -> tuple[FileOffered, ...]:
    """Each file, in the first of the fields for its kind that is free. `one_each`: a field takes one file."""
    offered, used, total = list[FileOffered](), set[str](), 0
    for one in documents:
        wanted = fields(one.kind)
        free = [field for field in wanted if not one_each or field not in used]
        why = _refused(one, limits, total) or (None if free else "no_field_left")
        if why is None:
            used.add(free[0])
            total += one.size
        offered.append(
            FileOffered(
                field=free[0] if free else wanted[0],
                exhibit=one.exhibit,
                shared=one.shared,
                href=one.href,
                name=one.name,
                media_type=one.media_type,
                size=one.size,
                taken=why is None,
                why=why,
            )
        )
    return tuple(offered)


def _refused(one: Document, limits: Limits, total: int) -> Refused | None:
    if one.media_type not in limits.sizes:
        return "media_type"
    if one.size > limits.sizes[one.media_type]:
        return "too_large"
    return "too_large_together" if limits.together is not None and total + one.size > limits.together else None


def summary(material: Material) -> str:
    """The order in a few sentences, for a reader at a bank."""
    told = [
        f"Order {material.order_id}.",
        f"Paid: {material.paid} on {day(material.paid_at)}.",
        f"Claimed: {material.claimed}.",
        *map(_shipped, material.shipments),
    ]
    if material.delivered_at is not None:
        told.append(f"Delivered on {day(material.delivered_at)}, as the marketplace reported.")
    told += [f"Refunded: {amount}." for amount in material.refunded]
    return " ".join(told)


def _shipped(one: Shipment) -> str:
    told = f"Shipped with {one.carrier}, tracking number {one.number}"
    if one.status is None or one.at is None:
        return f"{told}."
    return f"{told}; the carrier reported on {day(one.at)}: {one.status.replace('_', ' ')}."


def in_full(material: Material) -> str:
    """Everything that the seller may say, as one text."""
    goods, exhibits = "\n".join(material.goods), "\n".join(material.exhibits)
    return blocks(summary(material), goods, *material.account, exhibits, material.correspondence)


def day(at: Instant) -> str:
    return f"{at:%Y-%m-%d}"


def blocks(*texts: str) -> str:
    """The texts that say something, with an empty line between them."""
    return "\n\n".join(text for text in texts if text)
