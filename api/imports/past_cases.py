"""Past cases of a ledger, mediated, ruled and executed again as they were, and compared with what was published.

The ledger says when a case was opened and closed, who opened it, and how the escrow was divided. Acts between that
it does not date (calling and assigning the mediator) happen at the opening; the ruling and the payments happen at
the close. It does not say where the parties are: they get the zone of its times, and a calendar of holidays that
decides nothing in a past case.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from api.imports.import_schemas import LineResult, PastAct
from api.imports.ledger import PastCase, in_words
from domain.kernel.money import Money
from domain.kernel.people import Side

NEUTRAL = uuid5(UUID("6b1d0f0e-7a55-5c0b-9a3e-0d4f8a7c2b19"), "the mediator of past cases")
_COUNTRY = "GB"
_LANGUAGE = "en"

POLICY: dict[str, Any] = {
    "version": "p2p-2020",
    "windows": {"escalation_opens_after_hours": 0},
    "clauses": {
        "filing": "Either trader may open a dispute while a trade is in escrow.",
        "escalation": "A mediator is called with the opening of the dispute.",
        "escrow": "The trade amount and both deposits are divided between the traders, to the last unit.",
        "remedy": "What is divided is paid out of escrow to both traders.",
    },
}
"""A policy for peer-to-peer trades: a mediator at once, and a clause for dividing the escrow."""


def mandate(cases: list[PastCase]) -> dict[str, Any]:
    """The mandate of the one mediator, large enough for the largest of the cases."""
    largest: dict[str, Money] = {}
    for past in cases:
        held = past.in_escrow
        largest[held.currency] = max(held, largest.get(held.currency, held))
    return {
        "neutral": str(NEUTRAL),
        "languages": [_LANGUAGE],
        "authority": [_money(limit) for limit in largest.values()],
    }


def acts(past: PastCase, zone: str) -> Iterator[PastAct]:
    """A case as lines of an import."""
    claimant = past.opened_by.value

    def act(name: str, by: str, at: datetime, body: dict[str, Any], **about: Any) -> PastAct:
        neutral = NEUTRAL if by == "neutral" else None
        told = {"case": past.case, "act": name, "as_": by, "neutral": neutral, "occurred_at": at, "body": body}
        return PastAct.model_validate(told | about)

    yield act("file_dispute", claimant, past.opened_at, _filing(past, zone))
    yield act("escalate", claimant, past.opened_at, {})
    yield act("assign_neutral", "supervisor", past.opened_at, {"neutral": str(NEUTRAL)})
    yield act("declare_impasse", "neutral", past.closed_at, {})
    yield act("issue_ruling", "neutral", past.closed_at, _ruling(past))
    for side in Side:
        yield act("waive_appeal", side.value, past.closed_at, {})
    for side in Side:
        if not past.paid_to(side).is_zero:
            yield act("confirm_refund", "marketplace", past.closed_at, {}, recipient=side)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the API says of a case. `took` is the time from opening to close, None for an open case; `owed` counts
    open commitments.
    """

    took: timedelta | None
    paid: dict[Side, Money]
    owed: int
    refused: LineResult | None

    @property
    def total(self) -> Money:
        return self.paid[Side.BUYER] + self.paid[Side.SELLER]


def replayed(
    past: PastCase,
    case_file: dict[str, Any] | None,
    refunds: list[dict[str, Any]],
    owed: int,
    refused: LineResult | None,
) -> Replayed:
    """What became of the case, from the answers of the API. Only a confirmed refund counts as paid."""
    took = None
    if case_file is not None and case_file["closed_at"] is not None:
        took = datetime.fromisoformat(case_file["closed_at"]) - datetime.fromisoformat(case_file["filed_at"])
    currency = past.in_escrow.currency
    paid = {
        side: Money.total(
            (
                Money.of(**refund["amount"])
                for refund in refunds
                if refund["status"] == "confirmed" and refund["recipient"] == side.value
            ),
            currency,
        )
        for side in Side
    }
    return Replayed(took, paid, owed, refused)


def for_party(past: PastCase, paid: dict[Side, Money]) -> Side | None:
    """The side that got more than its deposit back; None where neither side did, or both got equally more."""
    gained = {side: paid[side].minor - past.deposit_of(side).minor for side in Side}
    if gained[Side.BUYER] == gained[Side.SELLER]:
        return None
    return max(Side, key=lambda side: gained[side])


def differences(past: PastCase, came: Replayed) -> list[str]:
    """The differences from what was published; empty where there are none."""
    found = []
    if came.refused is not None and came.refused.problem is not None:
        found.append(f"refused: {came.refused.problem.code}")
    if came.took is None:
        found.append("not closed")
    elif came.took // timedelta(minutes=1) != past.duration // timedelta(minutes=1):
        found.append(f"duration: {in_words(came.took)}")
    found += [f"paid to {side}" for side in Side if came.paid[side] != past.paid_to(side)]
    if came.total != past.in_escrow:
        found.append("not all that was held")
    if came.owed:
        found.append("still owed")
    if for_party(past, came.paid) is not past.for_party:
        found.append("for the other party")
    return found


def _filing(past: PastCase, zone: str) -> dict[str, Any]:
    """The claimant wants the trade amount and their own deposit. The seller put the trade amount in escrow."""
    side = past.opened_by
    put_in = {Side.BUYER: past.deposit_buyer, Side.SELLER: past.deposit_seller + past.trade_amount}
    title = f"{past.trade_amount} against {past.counter_asset} by {past.payment_method}"
    place = {"country": _COUNTRY, "language": _LANGUAGE, "time_zone": zone, "tier": "standard"}
    return {
        "marketplace_reference": past.case,
        "transaction": {
            "order_id": f"trade of case {past.case}",
            "paid": _money(past.trade_amount),
            "paid_at": past.opened_at.isoformat(),
            "lines": [{"id": "1", "title": title, "quantity": 1, "amount": _money(past.trade_amount)}],
            "held": [{"by": by.value, "amount": _money(sum_)} for by, sum_ in put_in.items() if not sum_.is_zero],
        },
        "buyer": {"id": f"buyer of case {past.case}", **place},
        "seller": {"id": f"seller of case {past.case}", **place},
        "claimant": side.value,
        "claim": {
            "reason": "other",
            "lines": ["1"],
            "amount": _money(past.trade_amount + past.deposit_of(side)),
            "relief_sought": "payment" if side is Side.SELLER else "refund",
            "statement": _text(f"Dispute opened by the {side}. Reason as published: {past.reason}."),
        },
    }


def _ruling(past: PastCase) -> dict[str, Any]:
    return {
        "award": {"buyer": _money(past.paid_to_buyer), "seller": _money(past.paid_to_seller)},
        "cites_clauses": ["escrow"],
        "reasons": _text(past.summary),
    }


def _text(text: str) -> dict[str, str]:
    return {"text": text, "language": _LANGUAGE}


def _money(money: Money) -> dict[str, str]:
    return {"amount": money.amount, "currency": money.currency}
