"""The people of the law reports. Their acts are in `acts_of_parties`, `acts_of_the_desk` and `acts_of_the_house`."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.kernel.base import Role
from domain.kernel.people import Side
from domain.kernel.windows import Window
from domain.remedies.division_facts import Instalment
from domain.remedies.goods_facts import Goods, GoodsAct
from domain.remedies.voucher_facts import Issuer, Voucher
from tests.domain.law.acts import money
from tests.domain.law.acts_of_parties import OfParties
from tests.domain.law.acts_of_the_desk import OfTheDesk
from tests.domain.law.acts_of_the_house import OfTheHouse


@dataclass(frozen=True)
class Person(OfParties, OfTheDesk, OfTheHouse):
    """A person in one role. This class allows every act; the rules decide who may do what."""


def back(freight_cost: str | None = "10.00 EUR", freight: str | None = None) -> Goods:
    """Goods that are sent back."""
    return Goods(
        act=GoodsAct.RETURN,
        freight=Side(freight) if freight else None,
        freight_cost=money(freight_cost) if freight_cost else None,
    )


DESTROYED, PICKED_UP, REPLACED = Goods(act=GoodsAct.DESTROY), Goods(act=GoodsAct.PICK_UP), Goods(act=GoodsAct.REPLACE)


def repaired(freight_cost: str | None = "10.00 EUR", **terms: Any) -> Goods:
    """Goods that the buyer sends in for repair; without their freight, the seller has them fetched."""
    cost = money(freight_cost) if freight_cost else None
    return Goods(act=GoodsAct.REPAIR, freight_cost=cost, fetched=cost is None, **terms)


def voucher(amount: str, issued_by: Issuer = Role.SELLER, valid_days: int | None = None) -> Voucher:
    return Voucher(amount=money(amount), issued_by=issued_by, valid_days=valid_days)


def instalment(amount: str, days: int) -> Instalment:
    return Instalment(amount=money(amount), after=Window(amount=days, unit="calendar_days"))


buyer = Person(Role.BUYER, UUID(int=0xB))
seller = Person(Role.SELLER, UUID(int=0x5))
neutral = Person(Role.NEUTRAL, UUID(int=0xA1))
another_neutral = Person(Role.NEUTRAL, UUID(int=0xA2))
third_neutral = Person(Role.NEUTRAL, UUID(int=0xA8))
deputy = Person(Role.NEUTRAL, UUID(int=0xAA))
"""A neutral who is always available, and takes no part before all others have."""
spare = Person(Role.NEUTRAL, UUID(int=0xAB))
"""One more neutral, for when the deputy was challenged too."""
NEUTRALS = (neutral, another_neutral, third_neutral, deputy, spare)
lawyer = Person(Role.BUYER, UUID(int=0xE1))
"""A person who may act for the buyer."""
supervisor = Person(Role.SUPERVISOR, UUID(int=0xA3))
administrator = Person(Role.ADMINISTRATOR, UUID(int=0xA4))
auditor = Person(Role.AUDITOR, UUID(int=0xA5))
marketplace = Person(Role.MARKETPLACE, UUID(int=0xA6))
engine = Person(Role.ENGINE, UUID(int=0xA7))
