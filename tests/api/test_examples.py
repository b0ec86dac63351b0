"""The examples in the documentation are sent unchanged, and work on any day: their dates are accepted."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import uuid4

import pytest

from api.app import assemble
from api.http.access import ROLES_BY_ROUTE
from tests import today
from tests.api.house import PLAYGROUND, House, Sender, done, euros, filing, person
from tests.api.test_access import ROUTES, Sample, sample

__all__ = ["sample"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


def _examples(document: dict[str, Any]) -> dict[str, Any]:
    """The examples of each route that takes one JSON object."""
    found = {}
    for operations in document["paths"].values():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
                found[operation["operationId"]] = document["components"]["schemas"][name]["examples"][0]
    return found


EXAMPLES = _examples(assemble(today.now).openapi())
_A_DAY_LATER = _examples(assemble(lambda: today.now() + timedelta(days=1)).openapi())
DATED = {name for name, example in EXAMPLES.items() if example != _A_DAY_LATER[name]}

QUOTED = {"confirm_refund", "settle_refund_otherwise"}
"""Their quoted rate has a date in the past, so only their form is checked: their amounts fit another refund."""


def _instants(value: Any) -> Iterator[datetime]:
    """Each instant in a JSON value."""
    match value:
        case str():
            with suppress(ValueError):
                if (instant := datetime.fromisoformat(value)).tzinfo is not None:
                    yield instant
        case dict():
            yield from chain.from_iterable(map(_instants, value.values()))
        case list():
            yield from chain.from_iterable(map(_instants, value))


@pytest.mark.parametrize("name", sorted(DATED))
async def test_an_example_can_still_be_sent_hours_after_it_was_read(name: str) -> None:
    """The document is written once an hour, and stays open in a browser for longer than that."""
    read_at = today.now()
    assert [at for at in _instants(EXAMPLES[name]) if read_at < at < read_at + timedelta(hours=20)] == []


MALFORMED = {"InvalidRequest", "UnreadableBody", "NameRepeated", "UnsupportedContent"}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
async def test_no_example_is_malformed(sample: Sample, name: str) -> None:
    """What the state of the dispute says about it depends on the examples that were sent before."""
    with_examples = replace(sample, bodies=EXAMPLES)
    response = await with_examples.request(ROUTES[name], sample.sender(min(ROLES_BY_ROUTE[name])))
    assert response.is_success or response.json()["code"] not in MALFORMED, response.text


async def test_every_dated_example_is_taken(at_home: House) -> None:
    """By a sender with the right role, about a thing that fits."""
    taken = set()

    async def send(name: str, sender: Sender, status: int = 200, **about: str) -> dict[str, Any]:
        taken.add(name)
        route = ROUTES[name]
        path, method = route.path.format(**about), next(iter(route.methods or ()))
        if method == "PUT":
            return done(await sender.send(method, path, json=EXAMPLES[name]), status)
        return done(await sender.post(path, EXAMPLES[name]), status)

    fresh = f"m-{uuid4().hex[:8]}"  # a marketplace in which the example's order has no dispute
    filed = await send("file_dispute", at_home.sender("marketplace", marketplace=fresh), 201)
    await send("tell_eligibility", at_home.sender("marketplace", marketplace=fresh))
    await send("make_commitment", at_home.speaking_for("seller", fresh), 201, dispute_id=filed["id"])
    await send("order_stay", at_home.sender("supervisor", marketplace=fresh), dispute_id=filed["id"])
    administrator, supervisor, backend = at_home.sender("administrator"), at_home.sender("supervisor"), at_home.backend
    neutral = await at_home.neutral()
    owed = (await at_home.filed())["id"]
    done(await at_home.speaking_for("seller").post(f"/v1/disputes/{owed}/response", {"answer": "concede"}))
    (refund,) = await at_home.refunds(1, dispute_id=owed)
    failure = ROUTES["fail_refund"].path.format(refund_id=refund["id"])
    done(await backend.post(failure, EXAMPLES["fail_refund"]))
    about = {"dispute_id": owed, "commitment_id": refund["commitment_id"]}
    await send("replace_commitment", at_home.speaking_for("buyer"), 201, **about)
    paid = (await at_home.filed())["id"]
    await send("record_refund_elsewhere", backend, dispute_id=paid)
    await send("report_delivery", backend, dispute_id=(await at_home.filed())["id"])
    held = person(EXAMPLES["place_legal_hold"]["party"], "IT", "it", "Europe/Rome")
    done(await backend.post("/v1/disputes", filing(buyer=held)), 201)
    await send("place_legal_hold", supervisor, 201)
    await send("snooze_dispute", supervisor, dispute_id=(await at_home.filed())["id"])
    terms = {"amount": euros("0.00"), "voucher": {"amount": euros("50.00"), "issued_by": "seller"}}
    seller, settled = at_home.speaking_for("seller"), (await at_home.filed())["id"]
    made = done(await seller.post(f"/v1/disputes/{settled}/offers", terms), 201)
    accepted = f"/v1/disputes/{settled}/offers/1/acceptance"
    done(await at_home.speaking_for("buyer").post(accepted, match=made["version"]))
    await send("issue_voucher", seller, dispute_id=settled, number="1")
    await send("record_contact", backend, 201)
    await send("begin_leave", administrator, neutral=str(neutral.subject))
    await send("record_outage", administrator, 201)
    await send("publish_policy", administrator, 201)
    await send("validate_policy", administrator)
    elsewhere = f"m-{uuid4().hex[:8]}"
    done(
        await at_home.sender("administrator", marketplace=elsewhere).post("/v1/policies", EXAMPLES["publish_policy"]),
        201,
    )
    await send("resolve_claim", at_home.sender("marketplace", marketplace=elsewhere), 201)
    await send("turn_clock", at_home.sender("marketplace", marketplace=PLAYGROUND))
    assert taken == DATED - QUOTED


async def test_past_cases_are_imported_as_the_example_tells_them(at_home: House) -> None:
    filed, paid = assemble(today.now).openapi()["components"]["schemas"]["PastAct"]["examples"]
    conceded = filed | {"act": "respond", "as": "seller", "body": {"answer": "concede"}}
    lines = "\n".join(json.dumps(act) for act in (filed, conceded, paid))
    headers = {"Content-Type": "application/x-ndjson"}
    sender = at_home.sender("marketplace", marketplace=f"m-{uuid4().hex[:8]}")
    response = await sender.post("/v1/imports", content=lines.encode(), headers=headers)
    assert [json.loads(line)["status"] for line in response.text.splitlines()] == ["stored"] * 3
