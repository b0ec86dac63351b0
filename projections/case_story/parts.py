"""What the parts of a case file have in common. The document stores a part in the same form in which the API answers it.

A stored part also has fields that no model here names, such as the author of a text. No answer contains them.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.places import LanguageTag
from domain.kernel.windows import Window
from domain.remedies.goods_facts import GoodsAct


class Part(BaseModel):
    """Something in a case file. Fields are only ever added. `at` is when it happened, `by` is who did it."""

    model_config = ConfigDict(frozen=True)


class Said(Part):
    """A text as it was written, or "[erased]" where its author has been erased."""

    text: str
    language: LanguageTag


class GoodsTerms(Part):
    act: GoodsAct
    freight: Annotated[Side | None, Field(description="The side that pays for the return of the goods.")]
    freight_cost: Money | None


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
