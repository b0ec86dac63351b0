"""What the parts of a case file have in common. The document stores a part in the same form in which the API answers it.

A stored part also has fields that no model here names, such as the author of a text. No answer contains them.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.places import LanguageTag
from domain.kernel.quantities import Quantity
from domain.kernel.windows import Window
from domain.remedies.goods_facts import GoodsAct


class Part(BaseModel):
    """Something in a case file. Fields are only ever added. `at` is when it happened, `by` is who did it."""

    model_config = ConfigDict(frozen=True)


class Kept(Part):
    text: Annotated[str, Field(description="As it stands in the original, letter by letter.")]
    own_form: Annotated[
        str | None,
        Field(
            description="The same date or amount as a reader of the language writes it. None if they write it just so, if "
            "it is neither, or if it can be read in two ways, such as 03/11/2026."
        ),
    ]


class TranslationShown(Part):
    """A text in the reader's language. The original is the record."""

    id: UUID
    text: Annotated[
        str | None,
        Field(
            description="None if no engine of the marketplace offers the language, and nobody has translated it yet. What the "
            "original says of amounts, dates and names stands in it letter by letter."
        ),
    ]
    html: Annotated[
        str | None,
        Field(
            description="`text` for a web page: escaped, and what is kept stands in `<bdi>` with its own direction. In an "
            "Arabic sentence an amount would else be shown in another order. The reader's own form follows in brackets."
        ),
    ] = None
    kept: Annotated[
        tuple[Kept, ...], Field(description="The amounts, dates, numbers and references in `text`, in their order.")
    ] = ()
    language: LanguageTag
    engine: str | None
    version: str | None
    via: Annotated[
        tuple[str, ...], Field(description="The languages in between; `unknown` if the engine does not say.")
    ]
    safe: Annotated[
        bool,
        Field(
            description="False: something may be wrong in it, see `faults`. Show it only to somebody who asks for it."
        ),
    ]
    faults: Annotated[
        tuple[str, ...],
        Field(
            description="`empty`, `lost` (an amount, a date, a number or a name is missing), `doubled`, `number_added`, "
            "`not_translated`."
        ),
    ]
    approved_by: Annotated[str | None, Field(description="The role of the person who approved or corrected it.")]
    corrected: bool


class Languages(Part):
    """The language that the author of a text declared, and the one that the engine found it to be in."""

    declared: LanguageTag
    detected: LanguageTag


class Said(Part):
    """A text as it was written, or "[erased]" where its author has been erased."""

    text: str
    language: Annotated[LanguageTag, Field(description="As the author declared it.")]
    detected_language: Annotated[
        LanguageTag | None,
        Field(
            exclude_if=lambda detected: detected is None,
            description="The language that the text is in, if it is reliably not the declared one, or if none was declared "
            "(`und`). The text is translated from this one. Left out otherwise.",
        ),
    ] = None
    translation: Annotated[
        TranslationShown | None,
        Field(
            exclude_if=lambda translation: translation is None,
            description="The text in the language that you ask for with `Accept-Language`, or else in the party's own. Left "
            "out if it is in that language, and while it is being translated.",
        ),
    ] = None


class GoodsPartShown(Part):
    line: Annotated[int, Field(description="The place of the order line in `transaction.lines`. 1 is the first.")]
    quantity: Annotated[
        Quantity | None,
        Field(description="In the measure of the line, or in pieces. None: all that is claimed of the line."),
    ]


class GoodsTerms(Part):
    act: GoodsAct
    freight: Annotated[Side | None, Field(description="The side that pays for the return of the goods.")]
    freight_cost: Money | None
    parts: Annotated[
        tuple[GoodsPartShown, ...], Field(description="The goods that are meant. Empty: all goods of the claim.")
    ] = ()


class InstalmentShown(Part):
    amount: Money
    after: Window


class Divided(Part):
    """How the amount in dispute is divided."""

    buyer: Money
    seller: Money
    goods: GoodsTerms | None = None
    instalments: tuple[InstalmentShown, ...] = ()


def awarded(told: dict[str, Any], claimant: str) -> dict[str, Any]:
    """What happened, with its `terms` as an `award`."""
    terms = told.pop("terms")
    return {**told, "award": terms and divided(terms, claimant)}


def divided(terms: Mapping[str, Any], claimant: str) -> dict[str, Any]:
    """A division between claimant and respondent, as one between buyer and seller. In JSON form, see `Divided`."""
    parts = {claimant: terms["claimant"], Side(claimant).other.value: terms["respondent"]}
    return {**parts, "goods": terms["goods"], "instalments": terms["instalments"]}
