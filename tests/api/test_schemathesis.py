"""Requests that the OpenAPI document allows, and many that it does not, over a real socket: no 5xx, no undocumented answer."""

import asyncio
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.case import Case
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import assemble
from domain.kernel.base import Role
from tests import today
from tests.api.house import House, done, euros, house
from tests.postgres import Servers

DISPUTES = 12
FRAMING = ("Connection", "Content-Length", "Expect", "Transfer-Encoding", "Upgrade")
"""Headers that the HTTP server reads itself, and refuses before the application gets the request."""


@dataclass(frozen=True, slots=True)
class Served:
    url: str
    tokens: dict[str, str]
    disputes: list[str]
    refunds: list[str]


@pytest.fixture(scope="module")
def served(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with servers.fresh("18") as conninfo, _serving(conninfo, tmp_path_factory.mktemp("served")) as running:
        yield running


@schemathesis.serializer("application/x-ndjson")
def lines(context: schemathesis.SerializationContext, value: Any) -> bytes:
    return json.dumps(value).encode()


@schemathesis.serializer("message/rfc822")
def mail(context: schemathesis.SerializationContext, value: Any) -> bytes:
    return str(value).encode(errors="surrogateescape")


@schemathesis.deserializer("application/x-ndjson")
def first_line(context: schemathesis.DeserializationContext, response: schemathesis.Response) -> Any:
    return json.loads(response.content.splitlines()[0])


LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
"""Twenty drawn requests for each route in place of four, and those that follow from the document one by one, about 150.
They take several minutes."""

schema = schemathesis.openapi.from_dict(
    assemble(today.now).openapi(), config=SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": LONG}}})
)


@schema.parametrize()
@settings(max_examples=20 if LONG else 4, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_5xx_and_nothing_undocumented(case: Case[Any], served: Served) -> None:
    """Unless the case says otherwise, by a sender with the right role, about a dispute that exists."""
    chance = Random(case.id)
    _about_something_real(case, served, chance)
    ours = _sender(case, served, chance)
    for name in FRAMING:
        case.headers.pop(name, None)
    response = case.call(base_url=served.url, headers=ours)
    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
    ]
    said_by_line = case.operation.path == "/v1/imports"
    needs_no_key = "dry_run" in (case.query or {})
    if not said_by_line and not needs_no_key and not ours.keys() & case.headers.keys():
        checks.append(negative_data_rejection)
    case.validate_response(response, checks=checks)


def _about_something_real(case: Case[Any], served: Served, chance: Random) -> None:
    for name, values in (("dispute_id", served.disputes), ("refund_id", served.refunds)):
        if _is_uuid(case.path_parameters.get(name)):
            case.path_parameters[name] = chance.choice(values)


def _sender(case: Case[Any], served: Served, chance: Random) -> dict[str, str]:
    roles = case.operation.definition.raw.get("x-roles")
    if roles is None:
        return {}
    role = chance.choice(roles)
    if role in ("buyer", "seller"):
        return {"Authorization": f"Bearer {served.tokens['marketplace']}", "Mediation-As": role}
    return {"Authorization": f"Bearer {served.tokens[role]}"}


def _is_uuid(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True


@contextmanager
def _serving(conninfo: str, folder: Path) -> Iterator[Served]:
    """The application in its own thread, with its own loop."""
    ready: list[Served] = []
    told, ended = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with house(conninfo, folder) as running:
            config = uvicorn.Config(running.app, log_config=None, lifespan="off")
            server = uvicorn.Server(config)
            listening = socket.create_server(("127.0.0.1", 0))
            serving = asyncio.create_task(server.serve([listening]))
            ready.append(await _furnished(running, f"http://127.0.0.1:{listening.getsockname()[1]}"))
            told.set()
            await ended.wait()
            server.should_exit = True
            await serving

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert told.wait(60)
    yield ready[0]
    loop.call_soon_threadsafe(ended.set)
    thread.join()


async def _furnished(running: House, url: str) -> Served:
    """Disputes at several stages, and a token for each role."""
    await running.open_at_once()
    neutral = await running.neutral()
    disputes = [(await running.filed())["id"] for _ in range(DISPUTES)]
    buyer, seller = running.speaking_for("buyer"), running.speaking_for("seller")
    for n, dispute_id in enumerate(disputes):
        at = f"/v1/disputes/{dispute_id}"
        done(await seller.post(f"{at}/response", {"answer": "concede_part", "conceded": euros("9.90")}))
        done(await seller.post(f"{at}/offers", {"amount": euros("20.00")}), 201)
        if n % 3:
            done(await buyer.post(f"{at}/escalation"))
            done(await neutral.post(f"{at}/assignment", {"neutral": str(neutral.subject)}))
        if n % 3 == 2:
            done(await neutral.post(f"{at}/impasse"))
    refunds = await running.refunds(DISPUTES)
    tokens = {role.value: running.sender(role).token for role in Role if role not in (Role.ENGINE, "buyer", "seller")}
    tokens["neutral"] = neutral.token
    return Served(url, tokens, disputes, [refund["id"] for refund in refunds])
