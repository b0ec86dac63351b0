"""An identity provider with which people sign in: OpenID Connect 1.0, the authorization code with PKCE (RFC 7636, S256).

This is written with `httpx` and `joserfc`, which the engine has already. The signature, the keys and the claims of an ID token
are checked by the same code as a bearer token (`api.http.issuers`): a second library would bring a second way to do that.

Each provider has a redirect address of its own, and `iss` is checked where the provider sends it (RFC 9207), so that a code of
one provider is never sent to another.
"""

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from time import monotonic
from typing import Any, Literal
from urllib.parse import quote, urlencode

import httpx
import structlog
from joserfc.errors import JoseError
from pydantic import BaseModel, ValidationError

from api.http.auth import Claims, Unauthenticated
from api.http.issuer_settings import Accepted, SignIn, is_secure
from api.http.issuers import Issuers, KeysUnavailable
from mediation.store.desk.console_sessions import Person

_MOST_BYTES = 256 * 1024
_KNOWN = 15 * 60.0
"""Seconds for which a provider's description counts."""
_ERROR = re.compile(r"[a-z_]{1,50}")
_NAME = 200
_LONGEST_HINT = 4000
"""Characters of an ID token that go into an address. Servers commonly read addresses of 8,000."""

Fault = Literal["unavailable", "begin_again", "refused", "not_proven", "no_role", "no_mandate", "revoked"]

_log = structlog.get_logger(__name__)


class NotSignedIn(Exception):
    """Why a person did not get in."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault)


class Description(BaseModel):
    """What a provider publishes about itself (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    end_session_endpoint: str | None = None
    authorization_response_iss_parameter_supported: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """What is kept while a person is at the provider, in a sealed cookie of their browser. `to` is where they go afterwards."""

    key: str
    state: str
    nonce: str
    verifier: str
    to: str


@dataclass(frozen=True, slots=True)
class Came:
    """Who came back, in the words of the cell. `token` is the ID token, `issued_at` its instant, in seconds since 1970."""

    person: Person
    issued_at: int
    token: str


class Provider:
    """One per provider and worker. It sends people to `callback` when they signed in, and to `after` when they signed out."""

    def __init__(self, accepted: Accepted, sign_in: SignIn, issuers: Issuers, callback: str, after: str) -> None:
        self.sign_in = sign_in
        self.accepted = accepted
        self._issuers = issuers
        self._callback = callback
        self._after = after
        self._described: tuple[float, Description] | None = None

    async def address(self, begun: Begun) -> str:
        """Where the person signs in. Raises NotSignedIn."""
        challenge = urlsafe_b64encode(sha256(begun.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.sign_in.client_id,
            "redirect_uri": self._callback,
            "scope": " ".join(self.sign_in.scopes),
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return _asking((await self._description()).authorization_endpoint, asked)

    async def way_out(self, token: str | None, state: str) -> str | None:
        """Where the person signs out (OpenID Connect RP-Initiated Logout 1.0). None if the provider has no such address, or the
        setting says that people stay signed in there. A token that is too long for an address is left out: the provider then
        asks the person. Raises NotSignedIn if it does not answer.
        """
        at = (await self._description()).end_session_endpoint if self.sign_in.signs_out else None
        if at is None or not is_secure(at):
            return None
        asked = {"client_id": self.sign_in.client_id, "post_logout_redirect_uri": self._after, "state": state}
        short = token is not None and len(token) <= _LONGEST_HINT
        return _asking(at, {"id_token_hint": token or ""} | asked if short else asked)

    async def came(self, begun: Begun, answer: Mapping[str, str]) -> Came:
        """Who came back with this answer. Raises NotSignedIn."""
        described = await self._description()
        if not compare_digest(answer.get("state", "").encode(), begun.state.encode()):
            raise NotSignedIn("begin_again")
        told = answer.get("iss")
        if told != self.accepted.issuer and (
            told is not None or described.authorization_response_iss_parameter_supported
        ):
            self._note("another_issuer")
            raise NotSignedIn("not_proven")
        if "code" not in answer:
            error = answer.get("error", "")
            self._note(error if _ERROR.fullmatch(error) else "no_code")
            raise NotSignedIn("refused")
        return await self._proven(await self._exchanged(described, answer["code"], begun), begun)

    async def _exchanged(self, described: Description, code: str, begun: Begun) -> str:
        """The ID token for the code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._callback,
            "code_verifier": begun.verifier,
        }
        secret = self.sign_in.client_secret
        headers = {"Accept": "application/json"}
        if secret is None:
            form["client_id"] = self.sign_in.client_id
        else:  # RFC 6749, section 2.3.1: both are written as in a form
            pair = f"{quote(self.sign_in.client_id, safe='')}:{quote(secret.get_secret_value(), safe='')}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        status, told = await self._ask("POST", described.token_endpoint, data=form, headers=headers)
        token = told.get("id_token")
        if status == httpx.codes.OK and isinstance(token, str):
            return token
        error = str(told.get("error"))
        self._note(error if _ERROR.fullmatch(error) else f"status_{status}")
        raise NotSignedIn("not_proven" if status < 500 else "unavailable")

    async def _proven(self, token: str, begun: Begun) -> Came:
        client = self.sign_in.client_id
        try:
            its, told = await self._issuers.identity(self.accepted.issuer, token, client)
        except KeysUnavailable:
            raise NotSignedIn("unavailable") from None
        except Unauthenticated as error:
            self._note(error.reason)
            raise NotSignedIn("no_role" if error.reason == "claims" else "not_proven") from None
        except (JoseError, ValueError, RecursionError) as error:
            self._note(type(error).__name__)
            raise NotSignedIn("not_proven") from None
        nonce, audience, party = its.get("nonce"), its["aud"], its.get("azp")
        alone = audience in (client, [client])
        if not isinstance(nonce, str) or not compare_digest(nonce.encode(), begun.nonce.encode()):
            self._note("nonce")
            raise NotSignedIn("not_proven")
        if party != client and (party is not None or not alone):
            self._note("azp")
            raise NotSignedIn("not_proven")
        try:
            claims = Claims.model_validate(told)
        except ValidationError:
            raise NotSignedIn("no_role") from None
        return Came(Person(claims.sub, claims.role.value, claims.marketplace, _name(its)), claims.iat, token)

    async def _description(self) -> Description:
        if self._described is not None and monotonic() - self._described[0] < _KNOWN:
            return self._described[1]
        at = f"{self.accepted.issuer.rstrip('/')}/.well-known/openid-configuration"
        status, told = await self._ask("GET", at)
        try:
            described = Description.model_validate(told)
        except ValidationError:
            self._note(f"no_description_{status}")
            raise NotSignedIn("unavailable") from None
        endpoints = (described.authorization_endpoint, described.token_endpoint)
        if described.issuer != self.accepted.issuer or not all(is_secure(one) for one in endpoints):
            self._note("description_of_another")
            raise NotSignedIn("unavailable")
        self._described = monotonic(), described
        return described

    async def _ask(self, method: str, address: str, **more: Any) -> tuple[int, Mapping[str, Any]]:
        """The status, and the JSON object of the answer; an empty one for what is none. Raises NotSignedIn."""
        read = bytearray()
        try:
            async with self._issuers.http.stream(method, address, **more) as response:
                async for piece in response.aiter_bytes():
                    read += piece
                    if len(read) > _MOST_BYTES:
                        raise NotSignedIn("unavailable")
        except httpx.HTTPError as error:
            self._note(type(error).__name__)
            raise NotSignedIn("unavailable") from None
        try:
            told = json.loads(read)
        except (ValueError, RecursionError):
            told = None
        return response.status_code, told if isinstance(told, dict) else {}

    def _note(self, why: str) -> None:
        _log.warning("sign_in_failed", provider=self.sign_in.key, why=why)


def _asking(at: str, asked: Mapping[str, str]) -> str:
    return f"{at}{'&' if '?' in at else '?'}{urlencode(asked)}"


def _name(claims: Mapping[str, Any]) -> str | None:
    name = claims.get("name")
    return name if isinstance(name, str) and name.isprintable() and 0 < len(name) <= _NAME else None
