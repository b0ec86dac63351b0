"""The OpenAPI document of each audience: what its tokens open, and nothing else; as valid as the whole one, and short."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from api.app import ROUTERS, routes_of
from api.http.access import ROLES_BY_ROUTE
from api.http.audiences import AUDIENCES
from tests.api.house import House, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHORT = 832 * 1024
"""Bytes that editors, generators and mock servers read without delay. The whole document has about twice as many."""

ROUTES = {route.name: route for route in routes_of(ROUTERS)}


async def _of(house: House, audience: str) -> dict[str, Any]:
    response = await house.http.get("/openapi.json", params={"for": audience})
    assert response.status_code == 200
    assert len(response.content) < SHORT
    document: dict[str, Any] = response.json()
    return document


async def _beside_whole(house: House, audience: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """An audience's document and the whole one, both of the same hour: the instants in examples move on with the hour."""
    while True:
        whole, document = house.app.openapi(), await _of(house, audience)
        if whole == house.app.openapi():
            return document, whole


@pytest.mark.parametrize("audience", AUDIENCES)
async def test_an_audience_gets_the_routes_that_are_for_it(at_home: House, audience: str) -> None:
    """Each operation says the same as in the whole document. Only headers that this audience cannot use are missing."""
    document, whole = await _beside_whole(at_home, audience)
    shown = {operation["operationId"] for operation in _operations(document)}
    for name, roles in ROLES_BY_ROUTE.items():
        if audience == "party" and "dispute_id" not in ROUTES[name].path:
            continue
        assert (name in shown) is bool(roles & AUDIENCES[audience]), name
    assert {"explain_problem", "health"} < shown
    assert "take_notice" not in shown
    for path, operations in document["paths"].items():
        for how, operation in operations.items():
            expected = dict(whole["paths"][path][how])
            told = {one["name"] for one in _resolved(document, operation.get("parameters", []))}
            if "parameters" in expected:
                left_out = {one["name"] for one in expected["parameters"]} - told
                assert left_out <= {"Mediation-As", "Mediation-Marketplace"}
                expected["parameters"] = [one for one in expected["parameters"] if one["name"] in told]
            assert {**operation, **_open(document, operation)} == expected


@pytest.mark.parametrize("audience", AUDIENCES)
async def test_it_has_the_schemas_that_are_reached_and_no_other(at_home: House, audience: str) -> None:
    document, whole = await _beside_whole(at_home, audience)
    components = document["components"]
    for kind in ("schemas", "parameters", "responses"):
        named = set(re.findall(rf'"#/components/{kind}/([^"]+)"', json.dumps(document)))
        assert named == components[kind].keys(), kind
    for name, schema in components["schemas"].items():
        assert schema == whole["components"]["schemas"][name]
    tags = {tag["name"] for tag in document["tags"]}
    assert tags == {tag for operation in _operations(document) for tag in operation["tags"]}
    assert document["info"]["title"].endswith(audience)
    assert document["servers"]


async def test_a_header_is_shown_to_those_who_can_use_it(at_home: House) -> None:
    headers = {audience: {*(await _of(at_home, audience))["components"]["parameters"]} for audience in AUDIENCES}
    assert [audience for audience in AUDIENCES if "Mediation-As" in headers[audience]] == ["backend"]
    assert [audience for audience in AUDIENCES if "Mediation-Marketplace" in headers[audience]] == ["auditor"]


async def test_a_party_finds_what_its_token_opens(at_home: House) -> None:
    """It is good for one dispute, and not for the list of disputes."""
    names = {operation["operationId"] for operation in _operations(await _of(at_home, "party"))}
    assert {"get_dispute", "respond", "list_policies", "request_access"} < names
    assert not names & {"list_disputes", "file_dispute", "list_events", "mint_party_token"}


async def test_an_audience_that_does_not_exist_is_refused(at_home: House) -> None:
    for page in ("/openapi.json", "/docs"):
        problem = refused(await at_home.http.get(page, params={"for": "everyone"}), 422, "UnknownAudience")
        assert problem["facts"]["known"] == sorted(AUDIENCES)
        refused(await at_home.http.get(f"{page}?for=party&for=neutral"), 422, "ParameterRepeated")


async def test_the_page_opens_each_document(at_home: House) -> None:
    page = (await at_home.http.get("/docs")).text
    links = re.findall(r'<a href="([^"]+)"', page)
    assert links == ["/docs", *(f"/docs?for={audience}" for audience in AUDIENCES)]
    for audience, link in zip(AUDIENCES, links[1:], strict=True):
        assert f"/openapi.json?for={audience}'" in (await at_home.http.get(link)).text
    first = await at_home.http.get("/openapi.json?for=party")
    again = await at_home.http.get("/openapi.json?for=party", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    other = await at_home.http.get("/openapi.json?for=neutral", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in document["paths"].values():
        yield from operations.values()


def _open(document: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of the operation that may be references, without them."""
    return {name: _resolved(document, operation[name]) for name in ("parameters", "responses") if name in operation}


def _resolved(document: Mapping[str, Any], parts: Any) -> Any:
    """A list or mapping of headers or problems, with each one in the place of its reference."""
    if isinstance(parts, list):
        return [_named(document, one) for one in parts]
    return {name: _named(document, one) for name, one in parts.items()}


def _named(document: Mapping[str, Any], part: Mapping[str, Any]) -> Any:
    if "$ref" not in part:
        return part
    _, _, kind, name = part["$ref"].split("/")
    return document["components"][kind][name]
