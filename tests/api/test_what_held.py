"""Ids, headers, tokens and cursors that are not the sender's own, on every route. Roles and tenants are in `test_access`,
the claims of tokens in `test_auth`.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from api.http.access import ROLES_BY_ROUTE
from api.http.auth import Tokens
from domain.kernel.base import Role
from tests.api.attacks import method, one_role, position, query_names
from tests.api.house import MARKETPLACE, House, Sender, done, refused
from tests.api.test_access import GUARDED, ROUTES, Sample
from tests.api.test_access import sample as _sample
from tests.api.test_auth import b64

pytestmark = pytest.mark.asyncio(loop_scope="module")

sample = _sample

# --- ids of others ---

WITH_MORE = [name for name in GUARDED if "{dispute_id}" in ROUTES[name].path and ROUTES[name].path.count("{") > 1]
OF_NEUTRALS = [n for n in GUARDED if "{dispute_id}" in ROUTES[n].path and Role.NEUTRAL in ROLES_BY_ROUTE[n]]


async def test_a_thing_of_another_dispute_is_unknown_in_this_one(sample: Sample) -> None:
    """Under the address of an own dispute, with the number or id of a thing of another one."""
    own = (await sample.house.filed())["id"]
    other = replace(sample, ids={**sample.ids, "dispute_id": own}, returned=own, with_voucher=own)
    before, tried = await position(sample.house), 0
    for name in WITH_MORE:
        for role in ROLES_BY_ROUTE[name] - {Role.AUDITOR, Role.ADMINISTRATOR}:
            response = await other.request(ROUTES[name], sample.sender(role))
            if method(ROUTES[name]) == "GET":  # the number may be one that every dispute has
                assert sample.dispute_id not in response.text, (name, role)
            else:
                assert response.status_code in (403, 404, 409, 422), (name, role, response.text)
            tried += 1
    assert tried > 30
    assert await position(sample.house) == before


async def test_a_neutral_does_nothing_in_the_case_of_another(sample: Sample) -> None:
    stranger, before = await sample.house.neutral(), await position(sample.house)
    for name in OF_NEUTRALS:
        response = await sample.request(ROUTES[name], stranger)
        assert response.status_code in (403, 404, 409), (name, response.text)
    assert await position(sample.house) == before


async def test_a_header_makes_nobody_more(sample: Sample) -> None:
    """A party's token speaks for its party alone, and every token in its own marketplace."""
    party = sample.house.sender(Role.BUYER, dispute=sample.dispute_id)
    backend, before = sample.house.backend, await position(sample.house)
    for name in GUARDED:
        path = ROUTES[name].path.format(**sample.ids)
        for sender, more in (
            (party, {"Mediation-As": "seller"}),
            (party, {"Mediation-Marketplace": "elsewhere"}),
            (backend, {"Mediation-Marketplace": "elsewhere"}),
            (backend, {"Mediation-As": "supervisor"}),
        ):
            key = {"Idempotency-Key": str(uuid4())}
            response = await sender.send(method(ROUTES[name]), path, headers=key | more)
            assert response.status_code in (403, 422, 428), (name, more, response.text)
    assert await position(sample.house) == before


# --- tokens ---


def _forged(house: House) -> Iterator[str]:
    tokens = house.services.tokens
    claims: dict[str, Any] = {"subject": uuid4(), "role": Role.ADMINISTRATOR, "marketplace": MARKETPLACE}
    good = tokens.mint(**claims)
    head, body, signature = good.split(".")
    told = json.loads(_unpadded(body))
    yield f"{b64(json.dumps({'alg': 'none'}).encode())}.{body}."
    yield f"{head}.{b64(json.dumps(told | {'role': 'supervisor'}).encode())}.{signature}"
    yield f"{head}.{b64(json.dumps(told | {'marketplace': 'elsewhere'}).encode())}.{signature}"
    yield f"{head}.{b64(json.dumps(told | {'exp': told['exp'] + 9}).encode())}.{signature}"
    yield f"{head}.{body}.{signature[:-2]}"
    yield Tokens(bytes(range(1, 33))).mint(**claims)
    yield tokens.mint(**claims, life=timedelta(days=-1))


def _unpadded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def test_no_route_takes_a_forged_token(sample: Sample) -> None:
    forged = [*_forged(sample.house)]
    for name in GUARDED:
        path = ROUTES[name].path.format(**sample.ids)
        for token in forged:
            response = await Sender(sample.house.http, token).send(method(ROUTES[name]), path)
            assert refused(response, 401, "Unauthenticated")["facts"]["reason"] != "missing", name


# --- cursors ---


async def test_a_cursor_opens_its_own_list_in_its_own_marketplace(sample: Sample) -> None:
    """Not another list, not for another marketplace, and not if a single character is changed."""
    house = sample.house
    lists = [name for name in GUARDED if "cursor" in query_names(house, name)]
    given = dict[str, str]()
    for name in lists:
        reader, path = sample.sender(one_role(name)), ROUTES[name].path.format(**sample.ids)
        page = done(await reader.get(path, params={"limit": 1}))
        if page["next"] is not None:
            given[name] = page["next"]
    assert len(lists) > 8
    assert len(given) > 3
    for name in lists:
        reader, path = sample.sender(one_role(name)), ROUTES[name].path.format(**sample.ids)
        own = given.get(name)
        for of, cursor in given.items():
            response = await reader.get(path, params={"cursor": cursor})
            done(response) if of == name else refused(response, 422, "UnknownToken")
        for cursor in [*_changed(own or next(iter(given.values()))), "", "0", "W10", "é", "A" * 400, "../x"]:
            refused(await reader.get(path, params={"cursor": cursor}), 422, "UnknownToken")
        if own is not None and one_role(name) is not Role.NEUTRAL:
            foreign = sample.sender(one_role(name), "elsewhere")
            response = await foreign.get(path, params={"cursor": own})
            assert (response.status_code, response.json()["code"]) in (
                (422, "UnknownToken"), (404, "UnknownDispute"), (404, "UnknownIncident"), (404, "UnknownWebhookEndpoint"),
            ), name  # fmt: skip


def _changed(cursor: str) -> Iterator[str]:
    for place in (0, 7, len(cursor) // 2, len(cursor) - 2):
        other = "A" if cursor[place] != "A" else "B"
        yield cursor[:place] + other + cursor[place + 1 :]
    yield cursor[:-4]
    yield cursor + "AAAA"
    yield cursor[::-1]
    yield cursor.swapcase()
