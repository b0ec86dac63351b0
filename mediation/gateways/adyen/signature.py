"""The signature of each item of Adyen's notices: https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures."""

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from mediation.gateways.payments import UntrustedNotice

_SIGNED = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference", "value", "currency",
           "eventCode", "success")  # fmt: skip


def check(
    headers: Mapping[str, str], body: bytes, keys: Sequence[bytes], sign_in: tuple[str, str] | None = None
) -> None:
    """Every item has to be rightly signed under one of the keys. `sign_in` is the name and password of basic authentication.

    Raises UntrustedNotice, also if no item is in it.
    """
    if sign_in is not None and not _signed_in(headers.get("authorization", ""), sign_in):
        raise UntrustedNotice("the name or the password is not the one of this endpoint")
    try:
        items = [one["NotificationRequestItem"] for one in json.loads(body)["notificationItems"]]
        signed = bool(items) and all(any(_is_signed(item, key) for key in keys) for item in items)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise UntrustedNotice("no signature can be found in it") from None
    if not signed:
        raise UntrustedNotice("an item is not rightly signed")


def sign(item: Mapping[str, Any], key: bytes) -> str:
    """The fields are joined by colons, as they are: Adyen's own libraries escape nothing."""
    amount = item.get("amount") or {}
    fields = {**item, "value": amount.get("value"), "currency": amount.get("currency")}
    joined = ":".join("" if fields.get(name) is None else str(fields[name]) for name in _SIGNED)
    return base64.b64encode(hmac.digest(key, joined.encode(), "sha256")).decode()


def _is_signed(item: Mapping[str, Any], key: bytes) -> bool:
    told = item["additionalData"]["hmacSignature"]
    return isinstance(told, str) and hmac.compare_digest(sign(item, key).encode(), told.encode())


def _signed_in(header: str, sign_in: tuple[str, str]) -> bool:
    wanted = "Basic " + base64.b64encode(":".join(sign_in).encode()).decode()
    return hmac.compare_digest(header.encode(), wanted.encode())
