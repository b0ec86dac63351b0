"""Stripe's notices of disputes: https://docs.stripe.com/api/events/types#event_types-charge.dispute.created.

Each has a copy of the dispute as it was when the notice was made. So the latest copy counts. `created` is in whole seconds:
of several copies of one second, one that says how the dispute ended is the last.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from domain.kernel.refusals import Refusal
from domain.payments.provider_disputes import Funds, Notice, Says
from mediation.gateways.dispute_notices import Read, Unknown, names, odd, part, text
from mediation.gateways.stripe.units import from_stripe

_STATUS: Mapping[str, Says] = {
    "warning_needs_response": "inquiry",
    "warning_under_review": "inquiry",
    "warning_closed": "inquiry",
    "needs_response": "opened",
    "under_review": "opened",
    "won": "won",
    "lost": "lost",
    "prevented": "cancelled",
}
_FUNDS: Mapping[str, Funds] = {
    "charge.dispute.funds_withdrawn": "withdrawn",
    "charge.dispute.funds_reinstated": "reinstated",
}
_TYPES = {*_FUNDS, "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed"}


def read(body: bytes) -> Read:
    event: Any = None
    kind: object = None
    try:
        event = json.loads(body)
        kind = text(event, "type")
        if kind.startswith("refund.") or kind == "charge.refund.updated":
            return ()  # the gateway reads these
        if kind not in _TYPES:
            return (Unknown(kind[:100], "type"),)
        return (_notice(kind, event),)
    except (ValueError, LookupError, TypeError, RecursionError, OverflowError, OSError, Refusal) as error:
        return (odd(event, kind, error),)


def _notice(kind: str, event: Any) -> Notice:
    dispute = part(part(event, "data"), "object")
    status = text(dispute, "status")
    if status not in _STATUS:
        raise KeyError(f"status {status}")
    created = _seconds(event, "created")
    due = dispute.get("evidence_details")
    due_by = due.get("due_by") if isinstance(due, dict) else None
    return Notice(
        dispute=text(dispute, "id"),
        payments=names(dispute.get("charge"), dispute.get("payment_intent")),
        code=kind,
        says=_STATUS[status],
        rank=created,
        at=datetime.fromtimestamp(created, UTC),
        stage=status,
        amount=from_stripe(_whole(dispute, "amount"), text(dispute, "currency")),
        funds=_FUNDS.get(kind),
        answer_by=datetime.fromtimestamp(due_by, UTC) if isinstance(due_by, int) and due_by else None,
    )


def _whole(of: Any, name: str) -> int:
    found = part(of, name)
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise KeyError(name)
    return found


def _seconds(of: Any, name: str) -> int:
    found = _whole(of, name)
    if found >= 253_402_300_800:
        raise KeyError(name)
    return found
