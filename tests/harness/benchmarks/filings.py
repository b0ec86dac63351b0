"""Requests that file disputes: an order, its parties and the claim, as a marketplace's backend sends them."""

from datetime import timedelta
from typing import Any

from api.disputes.filing.filing_schemas import EXAMPLE
from api.http.relative import resolved
from tests import today
from tests.harness.benchmarks.sender import DIGITS, SELLERS

MARKETPLACE = "bazaar"


def filing(number: int) -> dict[str, Any]:
    """Each is about another order of another buyer. Sellers repeat."""
    now = today.now().replace(microsecond=0)
    body: dict[str, Any] = resolved(EXAMPLE, now)
    order = body["transaction"]
    order["order_id"] = f"O-{number:0{DIGITS}}"
    order["paid_at"] = (now - timedelta(days=20)).isoformat()
    order["latest_delivery_at"] = (now - timedelta(days=4)).isoformat()
    order["tracking"][0]["at"] = (now - timedelta(days=6)).isoformat()
    body["marketplace_reference"] = f"MP-{number:0{DIGITS}}"
    body["buyer"]["id"] = f"b-{number:0{DIGITS}}"
    body["seller"]["id"] = f"s-{number % SELLERS:0{DIGITS}}"
    return body
