"""What the record holds for the seller's answer to a payment provider, where a buyer took the dispute to their bank.

It is selection alone. `Material` has nothing that the seller was not told. A reader of each provider puts it into that
provider's own fields (`mediation.gateways.<provider>.defence`). Nothing is cut or left out silently: `LeftOut` says so.
"""

from typing import Annotated, Generic, Literal, TypeVar
from unicodedata import combining

from pydantic import Field

from domain.kernel.base import Instant, Value
from domain.kernel.frozen import frozen
from domain.kernel.money import Money
from domain.payments.defence_files import Document, FileOffered
from domain.policy.reasons import ClaimReason

E = TypeVar("E", bound=Value)

# --- types ---

Why = Literal["too_long", "erased", "withdrawn", "of_the_buyer", "no_exhibit", "too_many"]


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


CUT = " […]"
"""How a text ends that goes on in the record."""

_JOINER = "\u200d"

# --- decisions ---


def cut(field: str, text: str, limit: int) -> tuple[str, list[LeftOut]]:
    """The text, in at most `limit` characters, and what was left out. A letter keeps its marks: Arabic vowels stay with it."""
    if len(text) <= limit:
        return text, []
    end = limit - len(CUT)
    while end > 0 and (combining(text[end]) or text[end] == _JOINER or text[end - 1] == _JOINER):
        end -= 1
    return text[:end] + CUT, [LeftOut(what=field, why="too_long", signs=len(text) - end)]


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
