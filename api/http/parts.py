"""Parts that several answers share."""

from typing import Annotated

from pydantic import Field

from api.http.bodies import Answer
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.places import LanguageTag
from domain.kernel.windows import Window
from domain.remedies.goods_facts import GoodsAct

EUR = {"amount": "60.00", "currency": "EUR"}
COMMITMENT_ID = "5f0c2f0e-52a6-5d1c-9d0a-3f1f3f6c2a11"
REFUND_ID = "c1d2f0e3-1a2b-5c3d-8e4f-5a6b7c8d9e0f"
DISPUTE_ID = "0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11"


class Said(Answer):
    """A text as it was written, or "[erased]" where its author has been erased."""

    text: str
    language: LanguageTag


class GoodsTerms(Answer):
    act: GoodsAct
    freight: Annotated[Side | None, Field(description="The side that pays for the return of the goods.")]
    freight_cost: Money | None


class InstalmentShown(Answer):
    amount: Money
    after: Window


class Divided(Answer):
    """How the amount in dispute is divided."""

    buyer: Money
    seller: Money
    goods: GoodsTerms | None = None
    instalments: tuple[InstalmentShown, ...] = ()
