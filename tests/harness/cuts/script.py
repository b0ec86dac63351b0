"""The acts of the people in a dispute, one after the other, and the amount owed to the buyer after each."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from domain.kernel.money import Money
from tests.api.house import filing, said

MARKETPLACE = "soak"
CURRENCIES = ("EUR", "JPY", "KWD")
_AT = "/v1/disputes/{dispute_id}"


@dataclass(frozen=True, slots=True)
class Act:
    """`route` is the route of the API. `expects` is the kind of fact that is on record once the act is granted.
    `matches`: it sends the version that was read. `owed` is the amount owed to the buyer from then on."""

    by: str
    route: str
    body: Any
    expects: str
    matches: bool = False
    owed: Money | None = None

    def path(self, dispute_id: UUID | None) -> str:
        return self.route.format(dispute_id=dispute_id, number=1)


def scripts(random: Random, name: str) -> Iterator[Act]:
    """One dispute about an order of its own."""
    currency = random.choice(CURRENCIES)
    paid = Money(random.randint(2_000, 30_000), currency)
    part = Money(random.randint(1, paid.minor - 1), currency)
    return random.choice((_conceded, _settled, _ruled))(name, paid, part)


def _conceded(name: str, paid: Money, part: Money) -> Iterator[Act]:
    yield _file(name, paid)
    yield _message("Buongiorno")
    yield Act("seller", f"{_AT}/response", {"answer": "concede"}, "ResponseGiven", owed=paid)


def _settled(name: str, paid: Money, part: Money) -> Iterator[Act]:
    yield _file(name, paid)
    yield Act("seller", f"{_AT}/response", {"answer": "contest"}, "ResponseGiven")
    yield Act("seller", f"{_AT}/offers", {"amount": _json(part)}, "OfferMade")
    yield Act("buyer", f"{_AT}/offers/{{number}}/acceptance", None, "OfferAccepted", matches=True, owed=part)


def _ruled(name: str, paid: Money, part: Money) -> Iterator[Act]:
    yield _file(name, paid)
    yield Act("seller", f"{_AT}/response", {"answer": "contest"}, "ResponseGiven")
    yield Act("buyer", f"{_AT}/escalation", None, "Escalated")
    yield Act("neutral", f"{_AT}/assignment", {}, "NeutralAssigned")
    yield Act("neutral", f"{_AT}/impasse", None, "ImpasseDeclared")
    award = {"buyer": _json(part), "seller": _json(paid - part)}
    ruling = {"award": award, "cites_clauses": ["conformity"], "reasons": said("It was as described.")}
    yield Act("neutral", f"{_AT}/rulings", ruling, "RulingIssued", matches=True)
    yield Act("buyer", f"{_AT}/appeal-waiver", None, "AppealWaived")
    yield Act("seller", f"{_AT}/appeal-waiver", None, "AppealWaived", owed=part)


def _file(name: str, paid: Money) -> Act:
    body = filing(order=f"O-{name}", paid=paid.amount, marketplace_reference=f"MP-{name}")
    for whole in (body["transaction"], body["claim"], *body["transaction"]["lines"]):
        whole.update({field: _json(paid) for field in ("paid", "amount") if field in whole})
    return Act("buyer", "/v1/disputes", body, "DisputeFiled")


def _message(text: str) -> Act:
    return Act("buyer", f"{_AT}/messages", {"message": said(text, "it")}, "MessagePosted")


def _json(money: Money) -> dict[str, str]:
    return {"amount": money.amount, "currency": money.currency}
