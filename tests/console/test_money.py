"""The bar of the money adds up, whatever happened to a case."""

from types import SimpleNamespace
from typing import Any

import pytest

from api.console.case.money import bar
from domain.kernel.money import Money
from domain.kernel.people import Outcome, Side, Stage


def yen(minor: int) -> Money:
    return Money(minor, "JPY")


def case(paid: int, in_dispute: int, **more: Any) -> Any:
    """What the bar reads of a case file."""
    nothing = dict.fromkeys(("outcome", "response", "settlement", "withdrawal", "cancellation", "default"))
    plain = {"claimant": Side.BUYER, "stage": Stage.NEGOTIATION, "rulings": [], "offers": [], "refunds_elsewhere": []}
    money = {"transaction": SimpleNamespace(paid=yen(paid)), "in_dispute": yen(in_dispute)}
    return SimpleNamespace(**(nothing | plain | money | more))


def offered(amount: int) -> Any:
    return SimpleNamespace(status="open", amount=yen(amount))


def awarded(buyer: int, seller: int) -> Any:
    return SimpleNamespace(status="in_effect", award=SimpleNamespace(buyer=yen(buyer), seller=yen(seller)))


_PART = SimpleNamespace(answer="concede_part", conceded=yen(300))
_WHOLE = SimpleNamespace(answer="concede", conceded=yen(1000))
_BEYOND = SimpleNamespace(off_claim=yen(100))
_GRANTED = SimpleNamespace(granted=True, claimant_receives=yen(700))


@pytest.mark.parametrize(
    ("file", "parts"),
    [
        (case(1000, 1000), {"open": 1000}),
        (case(3000, 1000), {"open": 1000, "undisputed": 2000}),
        (case(1000, 1300), {"open": 1300}),
        (case(1000, 700, response=_PART, offers=[offered(200)]), {"conceded": 300, "offered": 200, "open": 500}),
        (case(1000, 900, refunds_elsewhere=[_BEYOND]), {"elsewhere": 100, "open": 900}),
        (case(1000, 700, response=_PART, settlement=awarded(700, 0)), {"conceded": 300, "to_buyer": 700}),
        (case(1000, 1000, withdrawal=awarded(0, 1000), stage=Stage.CLOSED), {"to_seller": 1000}),
        (case(1000, 1000, rulings=[awarded(600, 400)]), {"to_buyer": 600, "to_seller": 400}),
        (case(1000, 1000, response=_WHOLE, outcome=Outcome.CONCEDED), {"to_buyer": 1000}),
        (case(1000, 1000, outcome=Outcome.CONCEDED, claimant=Side.SELLER), {"to_seller": 1000}),
        (
            case(1000, 1000, outcome=Outcome.GRANTED_BY_DEFAULT, default=_GRANTED),
            {"to_buyer": 700, "to_seller": 300},
        ),
        (case(1000, 800, stage=Stage.CLOSED, outcome=Outcome.WITHDRAWN), {"ended": 800, "undisputed": 200}),
    ],
)
def test_the_parts_are_what_was_paid(file: Any, parts: dict[str, int]) -> None:
    """And what is in dispute beyond that. The bar is full."""
    shown = bar(file)
    assert {part.kind: part.money.minor for part in shown.parts} == parts
    beyond = shown.beyond.minor if shown.beyond else 0
    assert sum(parts.values()) == shown.paid.minor + beyond
    assert sum(part.width for part in shown.parts) == pytest.approx(100)
