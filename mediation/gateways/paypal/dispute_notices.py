"""PayPal's notices of disputes: https://developer.paypal.com/docs/api/customer-disputes/v1/#disputes_get.

Each has a copy of the dispute. The copy with the latest `update_time` counts. `dispute_outcome` says something only when the
status is `RESOLVED`.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from domain.kernel.money import Money
from domain.kernel.refusals import Refusal
from domain.payments.provider_disputes import Funds, Notice, Says
from mediation.gateways.dispute_notices import Read, Unknown, names, odd, part, text

_TYPES = frozenset({"CUSTOMER.DISPUTE.CREATED", "CUSTOMER.DISPUTE.UPDATED", "CUSTOMER.DISPUTE.RESOLVED"})
_STATUSES = frozenset(
    {"OPEN", "WAITING_FOR_BUYER_RESPONSE", "WAITING_FOR_SELLER_RESPONSE", "UNDER_REVIEW", "RESOLVED", "OTHER"}
)
_STAGES = frozenset({"INQUIRY", "CHARGEBACK", "PRE_ARBITRATION", "ARBITRATION"})
_OUTCOMES: Mapping[str, Says] = {
    "RESOLVED_BUYER_FAVOUR": "lost",
    "RESOLVED_WITH_PAYOUT": "lost",
    "ACCEPTED": "lost",
    "RESOLVED_SELLER_FAVOUR": "won",
    "DENIED": "won",
    "CANCELED_BY_BUYER": "cancelled",
    "NONE": "noted",
}


def read(body: bytes) -> Read:
    event: Any = None
    kind: object = None
    try:
        event = json.loads(body)
        kind = text(event, "event_type")
        if kind not in _TYPES:
            return (Unknown(kind[:100], "event_type"),)
        return (_notice(kind, part(event, "resource")),)
    except (ValueError, LookupError, TypeError, ArithmeticError, RecursionError, Refusal) as error:
        return (odd(event, kind, error),)


def _notice(kind: str, dispute: Any) -> Notice:
    status, stage = text(dispute, "status"), text(dispute, "dispute_life_cycle_stage")
    if status not in _STATUSES or stage not in _STAGES:
        raise KeyError(f"{status} {stage}")
    says: Says = "inquiry" if stage == "INQUIRY" else "opened"
    amount = _money(dispute["dispute_amount"]) if dispute.get("dispute_amount") else None
    if status == "RESOLVED":
        outcome = part(dispute, "dispute_outcome")
        code = text(outcome, "outcome_code")
        if code not in _OUTCOMES:
            raise KeyError(f"outcome_code {code}")
        says = _OUTCOMES[code]
        if says == "lost":
            refunded = outcome.get("amount_refunded")
            amount = _money(refunded) if refunded else amount if stage != "INQUIRY" else None
    updated = _instant(dispute.get("update_time") or text(dispute, "create_time"))
    answer_by = dispute.get("seller_response_due_date")
    return Notice(
        dispute=text(dispute, "dispute_id"),
        payments=_payments(dispute.get("disputed_transactions")),
        code=kind,
        says=says,
        rank=int(updated.timestamp() * 1_000),
        at=updated,
        stage=f"{stage} {status}",
        amount=amount,
        funds=_funds(dispute.get("money_movements")),
        answer_by=_instant(answer_by) if isinstance(answer_by, str) else None,
    )


def _payments(transactions: Any) -> tuple[str, ...]:
    found = transactions if isinstance(transactions, list) else []
    keys = ("seller_transaction_id", "buyer_transaction_id", "reference_id")
    return names(*(one.get(key) for one in found if isinstance(one, dict) for key in keys))


def _funds(movements: Any) -> Funds | None:
    """What happened last to the seller's money."""
    found = [one for one in movements or () if isinstance(one, dict)] if isinstance(movements, list) else []
    mine = [one for one in found if (one.get("affected_party"), one.get("reason")) == ("SELLER", "DISPUTE_SETTLEMENT")]
    last = max(mine, key=lambda one: (str(one.get("initiated_time")), one.get("type") == "CREDIT"), default=None)
    return None if last is None else "reinstated" if last.get("type") == "CREDIT" else "withdrawn"


def _money(told: Any) -> Money:
    """PayPal writes decimals, such as `12.50`, and `1200` for yen."""
    return Money.of(text(told, "value"), text(told, "currency_code"))


def _instant(told: str) -> datetime:
    at = datetime.fromisoformat(told.upper())
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return at.astimezone(UTC)
