"""The API as commands use it: over the network, or in their own process."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from api.cli.terminal import Failed
from api.http.addresses import NDJSON
from api.imports.import_schemas import LineResult

_TIMEOUT = httpx.Timeout(60.0, connect=5.0)  # seconds
_PAUSES = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between attempts at a request that is worth repeating."""


class Interrupted(Exception):
    """The answer did not come, or ended too early. The same request may be sent again."""


class Api:
    """Speaks with one token. A refusal of the server becomes Failed, with the server's own words."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def get(self, path: str, *, at_least: str | None = None, **filters: str) -> dict[str, Any]:
        return await self._answer("GET", path, params=filters, headers={"At-Least": at_least} if at_least else {})

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self._answer("POST", path, json=body, headers={"Idempotency-Key": str(uuid4())})

    async def imported(self, lines: Sequence[bytes]) -> AsyncIterator[LineResult]:
        """The result of each line, as the server answers. Raises Interrupted."""
        headers = {"Idempotency-Key": str(uuid4()), "Content-Type": NDJSON}
        try:
            async with self._http.stream("POST", "/v1/imports", content=b"\n".join(lines), headers=headers) as response:
                if response.status_code != httpx.codes.OK:
                    await response.aread()
                    raise _refused(response)
                async for line in response.aiter_lines():
                    yield LineResult.model_validate_json(line)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol):
            raise
        except httpx.HTTPError as error:
            raise Interrupted(str(error)) from None

    async def _answer(self, method: str, path: str, **sent: Any) -> dict[str, Any]:
        for pause in (*_PAUSES, None):
            response = await self._http.request(method, path, **sent)
            if response.is_success:
                answer: dict[str, Any] = response.json()
                return answer
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE or pause is None:
                break
            await asyncio.sleep(pause)
        raise _refused(response)


@asynccontextmanager
async def over_network(url: str, token: str) -> AsyncIterator[Api]:
    """Raises Failed where no server answers."""
    try:
        async with httpx.AsyncClient(base_url=url, headers=_bearer(token), timeout=_TIMEOUT) as http:
            yield Api(http)
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise Failed(f"{url} is no address of a server, such as http://127.0.0.1:8000") from None
    except httpx.HTTPError as error:
        raise Failed(
            f"no server answers at {url} ({error}): start one with `mediation serve`, or name it with --url"
        ) from None


@asynccontextmanager
async def in_process(app: FastAPI, token: str) -> AsyncIterator[Api]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://mediation", headers=_bearer(token)) as http:
        yield Api(http)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _refused(response: httpx.Response) -> Failed:
    """Quotes the problem document, where the answer is one."""
    try:
        problem = response.json()
        told = f"{problem['code']}: {problem.get('detail') or problem['title']}"
    except (ValueError, KeyError, TypeError):
        told = f"{response.status_code} {response.reason_phrase}"
    return Failed(f"the server refused: {told}")
