"""Adyen's notices of disputes: https://docs.adyen.com/risk-management/disputes-api/dispute-notifications.

One post may have several items. All items about a dispute have its `pspReference`. The stages of a dispute follow each other:
chargeback, second chargeback, pre-arbitration, arbitration. So what an item of a later stage says counts, whenever it came.
Booleans are sent as words.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.kernel.refusals import Refusal
from domain.payments.provider_disputes import Funds, Notice, Says
from mediation.gateways.adyen.units import from_adyen
from mediation.gateways.dispute_notices import Read, Unknown, names, odd, part, text

_CODES: Mapping[str, tuple[int, Says, Funds | None]] = {
    "NOTIFICATION_OF_FRAUD": (0, "noted", None),
    "INFORMATION_SUPPLIED": (0, "noted", None),
    "ISSUER_COMMENTS": (0, "noted", None),
    "REQUEST_FOR_INFORMATION": (0, "inquiry", None),
    "NOTIFICATION_OF_CHARGEBACK": (1, "opened", None),
    "DISPUTE_OPENED_WITH_CHARGEBACK": (1, "opened", None),  # in Adyen's guide, and not in its specification
    "CHARGEBACK": (1, "opened", "withdrawn"),
    "CHARGEBACK_REVERSED": (1, "opened", "reinstated"),  # the issuer may still go on
    "ISSUER_RESPONSE_TIMEFRAME_EXPIRED": (1, "won", None),
    "DISPUTE_DEFENSE_PERIOD_ENDED": (1, "noted", None),  # its `disputeStatus` may say more
    "SECOND_CHARGEBACK": (2, "opened", "withdrawn"),
    "PREARBITRATION_OPEN": (3, "opened", None),
    "PREARBITRATION_WON": (3, "won", "reinstated"),
    "PREARBITRATION_LOST": (3, "lost", "withdrawn"),
    "SCHEME_ARBITRATION": (4, "opened", None),
    "SCHEME_ARBITRATION_WON": (4, "won", "reinstated"),
    "SCHEME_ARBITRATION_LOST": (4, "lost", "withdrawn"),
}
_LOST = frozenset({"Lost", "Accepted", "Expired"})
_MAY_END = frozenset({"DISPUTE_DEFENSE_PERIOD_ENDED", "SECOND_CHARGEBACK"})
"""They end the dispute, if their `disputeStatus` says that it is lost. It is not sent for payments in Brazil."""


def read(body: bytes) -> Read:
    told: Any = None
    try:
        told = json.loads(body)
        items = part(told, "notificationItems")
        return tuple(_item(one) for one in items) or (Unknown(None, "no items"),)
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        return (odd(told, None, error),)


def _item(one: Any) -> Notice | Unknown:
    code: object = None
    try:
        item = part(one, "NotificationRequestItem")
        code = text(item, "eventCode")
        if code not in _CODES:
            return Unknown(code[:100], "eventCode")
        return _notice(code, item)
    except (ValueError, LookupError, TypeError, OverflowError, Refusal) as error:
        return odd(one, code, error)


def _notice(code: str, item: Mapping[str, Any]) -> Notice:
    rank, says, funds = _CODES[code]
    more = item.get("additionalData")
    more = more if isinstance(more, dict) else {}
    status, amount, ends_at = more.get("disputeStatus"), item.get("amount"), more.get("defensePeriodEndsAt")
    if _word(item, "success") is False:
        says, funds = "noted", None
    elif code in _MAY_END and status in _LOST:
        says = "lost"
    return Notice(
        dispute=text(item, "pspReference"),
        payments=names(item.get("originalReference"), more.get("capturePspReference")),
        code=code,
        says=says,
        rank=rank,
        at=_instant(text(item, "eventDate")),
        stage=status if isinstance(status, str) else None,
        amount=_money(amount) if amount is not None else None,
        funds=funds,
        answer_by=_instant(ends_at) if isinstance(ends_at, str) else None,
    )


def _word(of: Mapping[str, Any], name: str) -> bool:
    """Raises KeyError for what is neither yes nor no."""
    found = {"true": True, "false": False}.get(str(part(of, name)).lower())
    if found is None:
        raise KeyError(name)
    return found


def _money(amount: Any) -> Any:
    value = part(amount, "value")
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise KeyError("value")
    return from_adyen(value, text(amount, "currency"))


def _instant(told: str) -> datetime:
    at = datetime.fromisoformat(told)
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return at
