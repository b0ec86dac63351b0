"""Identity providers whose tokens are accepted beside this cell's own: OpenID Connect, or anything that publishes a JWKS.

A token is proven with a public key of the issuer that it names, under one of three algorithms: RS256, ES256, EdDSA (which
is also written Ed25519). A symmetric key is never taken from an issuer: whoever can read it could sign with it. The keys
are fetched anew every `refresh_minutes`, and when a token names a key that is not known, at most once in ten seconds. When
they can't be fetched, known keys go on being used.

Who calls is a keyed hash of the issuer and its subject. Parties have no such tokens: theirs are for one dispute and last
15 minutes, and the marketplace's backend gets them here.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from uuid import UUID

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import UnsupportedAlgorithmError
from joserfc.jwk import Key, OKPKey
from joserfc.jws import JWSRegistry, extract_compact

from api.http.auth import LEEWAY, Unauthenticated, registered
from api.http.issuer_settings import ALGORITHMS, ANY, Accepted, usable_keys
from domain.kernel.base import Role
from mediation.store.keys.blind import Blind

_AGAIN = 10.0
"""Seconds between two fetches for keys that are not known. Anybody may send a token that names one."""
_TIMEOUT = 5.0  # seconds
_MOST_BYTES = 256 * 1024
_CHECK = 5.0
"""Seconds between two looks at which keys are due to be fetched."""

_log = structlog.get_logger(__name__)


class KeysUnavailable(Exception):
    """The key of the token is not known, and its issuer's keys cannot be fetched at this moment. You can ask again.

    Why: The signature of a token is checked with its issuer's keys. A token that cannot be checked is neither taken nor
    refused.

    What to do: Ask again after the seconds in `Retry-After`. As the operator, check that the issuer's address can be
    reached from here.
    """


class UnknownKey(Unauthenticated):
    """The token names a key that is not known: the issuer may have a new one."""

    def __init__(self, issuer: "Issuer") -> None:
        self.issuer = issuer
        super().__init__("unknown_key")


class _Registry(JWSRegistry):
    """Takes the algorithms above alone, and headers that this cell does not know, as issuers add some."""

    def __init__(self) -> None:
        super().__init__(algorithms=ALGORITHMS.keys(), strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(f"Algorithm of {name!r} is not allowed")
        return self.algorithms[name]  # without the library's advice against the name EdDSA, which issuers use


_REGISTRY = _Registry()


class Issuer:
    """An identity provider and its keys as they were last fetched."""

    def __init__(
        self, accepted: Accepted, http: httpx.AsyncClient, *, changed: Callable[[], None], now: Callable[[], datetime]
    ) -> None:
        self.accepted = accepted
        self._http, self._changed = http, changed
        self._fetching = asyncio.Lock()
        self._tried_at: float | None = None
        self._fetched_at: float | None = None
        self._keys: Sequence[Key] = [*usable_keys(accepted.jwks)] if accepted.jwks is not None else ()
        self._now = now

    def _registered(self, audience: str) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=lambda: int(self._now().timestamp()),
            leeway=int(LEEWAY.total_seconds()),
            iss={"essential": True, "value": self.accepted.issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            iat={"essential": True},
        )

    @property
    def due(self) -> bool:
        """Whether the keys are older than they may become."""
        if self.accepted.jwks_url is None:
            return False
        fetched = self._fetched_at
        return fetched is None or monotonic() - fetched >= 60 * self.accepted.refresh_minutes

    def prove(self, token: str, header: Mapping[str, Any], audience: str) -> Mapping[str, Any]:
        """The registered claims hold. Raises UnknownKey, Unauthenticated and JoseError."""
        token_claims = jwt.decode(token, self._key(header), registry=_REGISTRY).claims
        claims = registered(token_claims, self._registered(audience))
        if not 0 < claims["exp"] - claims["iat"] <= 3600 * self.accepted.longest_hours:
            raise Unauthenticated("claims")
        return claims

    def _key(self, header: Mapping[str, Any]) -> Key:
        """The one key that fits: its type to the algorithm, its id to the header. Without an id only one may fit."""
        algorithm, kid = header.get("alg"), header.get("kid")
        kind = ALGORITHMS.get(algorithm) if isinstance(algorithm, str) else None
        if kind is None:
            raise Unauthenticated("malformed")
        written = ("EdDSA", "Ed25519") if kind is OKPKey else (algorithm,)
        fitting = [key for key in self._keys if isinstance(key, kind) and key.get("alg", algorithm) in written]
        named = fitting if kid is None else [key for key in fitting if key.kid == kid]
        if len(named) != 1:
            raise UnknownKey(self)
        return named[0]

    async def fetch_again(self) -> None:
        """For a token whose key is not known. Raises KeysUnavailable if the keys can't be fetched."""
        if self.accepted.jwks_url is None:
            return
        async with self._fetching:
            if self._tried_at is None or monotonic() - self._tried_at >= _AGAIN:
                await self._fetch()
            if self._fetched_at is None or self._tried_at is None or self._fetched_at < self._tried_at:
                raise KeysUnavailable

    async def refresh(self) -> None:
        async with self._fetching:
            if self.due and (self._tried_at is None or monotonic() - self._tried_at >= _AGAIN):
                await self._fetch()

    async def _fetch(self) -> None:
        self._tried_at = monotonic()
        try:
            async with asyncio.timeout(_TIMEOUT):
                keys = [*usable_keys(await self._published())]
        except (httpx.HTTPError, TimeoutError, ValueError, RecursionError) as error:
            _log.error("issuer_keys_unavailable", issuer=self.accepted.issuer, error=type(error).__name__)
            return
        if not keys:
            _log.error("issuer_keys_unavailable", issuer=self.accepted.issuer, error="no usable key")
            return
        self._fetched_at = monotonic()
        if [(key.kid, key.thumbprint()) for key in keys] != [(key.kid, key.thumbprint()) for key in self._keys]:
            _log.info("issuer_keys", issuer=self.accepted.issuer, kids=[key.kid for key in keys])
            self._keys = keys
            self._changed()

    async def _published(self) -> object:
        """Raises httpx.HTTPError and ValueError."""
        read = bytearray()
        async with self._http.stream("GET", str(self.accepted.jwks_url)) as response:
            if response.status_code != httpx.codes.OK:
                raise ValueError(f"answered {response.status_code}")
            async for piece in response.aiter_bytes():
                read += piece
                if len(read) > _MOST_BYTES:
                    raise ValueError("too long")
        return json.loads(read)


class Issuers:
    """All identity providers of this cell. `changed` is called when keys of one have changed. `now` is the machine's clock."""

    def __init__(
        self,
        accepted: Sequence[Accepted],
        blind: Blind,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.changed: Callable[[], None] = lambda: None
        self._blind = blind
        self.http = httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False)
        self._issuers = {one.issuer: Issuer(one, self.http, changed=self._tell, now=now) for one in accepted}

    def _tell(self) -> None:
        self.changed()

    async def close(self) -> None:
        await self.http.aclose()

    async def run(self) -> None:
        """Fetches keys that are due, until cancelled."""
        while True:
            await self.refresh()
            await asyncio.sleep(_CHECK)

    async def refresh(self) -> None:
        await asyncio.gather(*(issuer.refresh() for issuer in self._issuers.values() if issuer.due))

    def claims(self, token: str) -> Mapping[str, Any]:
        """What a bearer token says, in the words of this cell. Raises Unauthenticated, JoseError and ValueError."""
        unproven = extract_compact(token.encode(), registry=_REGISTRY)
        named = json.loads(unproven.payload or b"null")
        issuer = self._issuers.get(named["iss"]) if isinstance(named, dict) and _is_text(named.get("iss")) else None
        if issuer is None:
            raise Unauthenticated("issuer" if self._issuers else "malformed")
        return self._told(issuer.accepted, issuer.prove(token, unproven.headers(), issuer.accepted.audience))

    async def identity(self, issuer: str, token: str, client_id: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """What an ID token of this issuer for this client says: in its own words, and in those of the cell.

        Raises Unauthenticated, KeysUnavailable, JoseError and ValueError.
        """
        its = self._issuers[issuer]
        header = extract_compact(token.encode(), registry=_REGISTRY).headers()
        try:
            proven = its.prove(token, header, client_id)
        except UnknownKey:
            await its.fetch_again()
            proven = its.prove(token, header, client_id)
        return proven, self._told(its.accepted, proven)

    def _told(self, accepted: Accepted, proven: Mapping[str, Any]) -> Mapping[str, Any]:
        """The claims in the words of this cell. Raises Unauthenticated."""
        return {
            "sub": self._subject(accepted, proven),
            "role": _role(accepted, proven),
            "marketplace": _marketplace(accepted, proven),
            "exp": int(proven["exp"]),
            "iat": int(proven["iat"]),
            "jti": proven.get("jti"),
        }

    def _subject(self, accepted: Accepted, claims: Mapping[str, Any]) -> UUID:
        subject = _at(claims, accepted.claims.subject)
        if not _is_text(subject):
            raise Unauthenticated("claims")
        return subject_of(self._blind, accepted.issuer, str(subject))


def subject_of(blind: Blind, issuer: str, subject: str) -> UUID:
    """The id of a person whom an issuer calls `subject`. It is compared byte for byte, as RFC 7519 says."""
    return blind.exactly("issued", issuer, subject)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 500


def _at(claims: Mapping[str, Any], claim: str | tuple[str, ...]) -> object:
    found: object = claims
    for name in (claim,) if isinstance(claim, str) else claim:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _role(accepted: Accepted, claims: Mapping[str, Any]) -> Role:
    said = _at(claims, accepted.claims.role)
    named = said if isinstance(said, list) else [said]
    roles = {accepted.roles[one] for one in named if isinstance(one, str) and one in accepted.roles}
    if len(roles) != 1:
        raise Unauthenticated("claims")
    return Role(roles.pop())


def _marketplace(accepted: Accepted, claims: Mapping[str, Any]) -> str | None:
    """Raises Unauthenticated for a marketplace that this issuer does not speak for."""
    said, own = _at(claims, accepted.claims.marketplace), accepted.marketplaces
    if said is None and len(own) == 1:
        return None if ANY in own else own[0]
    if isinstance(said, str) and (said in own or ANY in own) and said != ANY:
        return said
    raise Unauthenticated("claims")
