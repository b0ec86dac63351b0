"""Bearer tokens (JWT, RFC 7519) that say who calls.

This cell signs its own tokens with HMAC-SHA256 under a secret of its own. Identity providers that the operator names sign
others with keys of theirs: see `api.http.issuers`. A token names a role, a marketplace and, for a party, a dispute. The
deciders decide what that role may do. A token can be revoked: see `api.http.revocations`.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, Protocol
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.errors import BadSignatureError, ClaimError, ExpiredTokenError, JoseError
from joserfc.jwk import OctKey
from joserfc.jws import extract_compact
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from api.http.roles import PARTIES
from domain.kernel.base import Role

ALGORITHM = "HS256"
LEEWAY = timedelta(seconds=10)
"""How far two clocks may be apart."""

PARTY_TOKEN_LIFE = timedelta(minutes=15)
"""The longest life of a buyer's or seller's token."""

MARKETPLACE = "^[A-Za-z0-9._-]{1,100}$"
"""The name of a marketplace: plain enough for a header and for the database."""

_MAX_LENGTH = 8192
_REMEMBERED = 4_000
"""Tokens kept in memory. Backends send the same token for hours. A live stream proves its token again before each event, so
that a worker remembers as many as it has connections (`api.http.connections`).
"""

Reason = Literal[
    "missing",
    "malformed",
    "signature",
    "unknown_key",
    "expired",
    "not_yet_valid",
    "issuer",
    "audience",
    "claims",
    "revoked",
]
_MESSAGES: dict[Reason, str] = {
    "missing": "No token was sent: the header Authorization has none of the form `Bearer …`.",
    "malformed": "This is no signed token (JWT), or its algorithm is not taken here.",
    "signature": "The token was not signed with a key that is known here, or it was changed.",
    "unknown_key": "The token names a key that its issuer does not publish.",
    "expired": "The token has expired.",
    "not_yet_valid": "The token is not valid yet.",
    "issuer": "The token was issued by somebody else.",
    "audience": "The token is meant for another service.",
    "claims": "The token lacks a claim that is needed, or has one that makes no sense.",
    "revoked": "The token was revoked.",
}


class Unauthenticated(Exception):
    """The bearer token is not one that this service accepts: `reason` says why.

    `reason` is for programs, the message for people; neither repeats the token.

    Why: Every request is made on behalf of somebody, and the token proves of whom. Without it nobody's data could be
    protected.

    What to do: Send `Authorization: Bearer` with a token of this service. `reason` in the facts says what is wrong with
    it; an expired token must be made anew.

    Example: {"reason": "expired"}
    """

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(_MESSAGES[reason])


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls.

    `marketplace` is None only for an auditor of the whole cell. `dispute` is set only for a party.
    """

    subject: UUID
    role: Role
    marketplace: str | None
    dispute: UUID | None
    expires_at: datetime


class Claims(BaseModel):
    """What a token says, beside who issued it for whom; and which of it goes together. `jti` is the token's id."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sub: UUID
    role: Role
    marketplace: str | None = Field(default=None, pattern=MARKETPLACE)
    dispute: UUID | None = None
    exp: int
    iat: int
    jti: str | None = None

    @model_validator(mode="after")
    def _coherent(self) -> "Claims":
        if self.role is Role.ENGINE:
            raise ValueError("the engine carries no token")
        if self.marketplace is None and self.role is not Role.AUDITOR:
            raise ValueError("only an auditor acts for no marketplace in particular")
        if (self.dispute is not None) != (self.role in PARTIES):
            raise ValueError("a party's token is for one dispute, any other for none")
        return self


class Foreign(Protocol):
    """Who proves the tokens that this cell did not sign."""

    def claims(self, token: str) -> Mapping[str, Any]:
        """The claims, in the words of this cell. Raises Unauthenticated, JoseError and ValueError."""
        ...


class NothingForeign:
    """No identity provider is named: a token that this cell did not sign is none."""

    def claims(self, token: str) -> Mapping[str, Any]:
        raise Unauthenticated("malformed")


def _now() -> datetime:
    return datetime.now(UTC)


class Tokens:
    """Mints and verifies tokens.

    Each secret has at least 32 bytes. The first one signs; the `accepted` ones are secrets before it or after it, whose
    tokens are good too. `audience` names this cell, so that a token is valid in one cell only. `revoked` says whether a
    token was revoked. Call `forget` when that, or a key of an issuer, may have changed.
    """

    def __init__(
        self,
        secret: bytes,
        *accepted: bytes,
        issuer: str = "mediation",
        audience: str = "mediation",
        foreign: Foreign = NothingForeign(),  # noqa: B008 - it has no state
        revoked: Callable[[Claims], bool] = lambda _: False,
        now: Callable[[], datetime] = _now,
    ) -> None:
        if any(len(one) < 32 for one in (secret, *accepted)):
            raise ValueError("the secret for tokens has at least 32 bytes")
        self._keys = [OctKey.import_key(one) for one in (secret, *accepted)]
        self._issuer, self._audience, self.now = issuer, audience, now
        self._foreign, self._revoked = foreign, revoked
        self._registered = jwt.JWTClaimsRegistry(
            now=lambda: int(now().timestamp()),
            leeway=int(LEEWAY.total_seconds()),
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            iat={"essential": True},
            nbf={"essential": True},
            sub={"essential": True},
        )
        self._proven = lru_cache(_REMEMBERED)(self._prove)

    def mint(
        self,
        *,
        subject: UUID,
        role: Role,
        marketplace: str | None,
        dispute: UUID | None = None,
        life: timedelta = PARTY_TOKEN_LIFE,
        token_id: UUID | None = None,
    ) -> str:
        """A token valid from now for `life`. ValueError where role, marketplace, dispute and life don't go together."""
        if role in PARTIES and life > PARTY_TOKEN_LIFE:
            raise ValueError("a party's token lasts at most 15 minutes")
        issued = int(self.now().timestamp())
        said = {"sub": subject, "role": role, "marketplace": marketplace, "dispute": dispute}
        times = {"iat": issued, "exp": issued + int(life.total_seconds())}
        claims = Claims.model_validate({**said, **times, "jti": str(token_id or uuid4())})
        here = {"iss": self._issuer, "aud": self._audience, "nbf": issued}
        return jwt.encode(
            {"alg": ALGORITHM, "typ": "JWT"},
            here | claims.model_dump(mode="json", exclude_none=True),
            self._keys[0],
            algorithms=[ALGORITHM],
        )

    def verify(self, token: str) -> Principal:
        """Who the bearer is. Raises Unauthenticated. A proven token is remembered until it expires or is revoked."""
        principal = self._proven(token)
        if self.now() - LEEWAY >= principal.expires_at:
            raise Unauthenticated("expired")
        return principal

    def forget(self) -> None:
        """Proves every token anew."""
        self._proven.cache_clear()

    def _prove(self, token: str) -> Principal:
        """Checks a token that is not remembered. Only what a valid token proves is remembered, never a refusal."""
        if len(token) > _MAX_LENGTH or not token.isascii():
            raise Unauthenticated("malformed")
        try:
            own = extract_compact(token.encode()).headers().get("alg") == ALGORITHM
            claims = Claims.model_validate(self._own(token) if own else self._foreign.claims(token))
            expires_at = datetime.fromtimestamp(claims.exp, UTC)
            revoked = self._revoked(claims)
        except BadSignatureError:
            raise Unauthenticated("signature") from None
        except ExpiredTokenError:
            raise Unauthenticated("expired") from None
        except (ValidationError, OverflowError, OSError):
            raise Unauthenticated("claims") from None
        except (JoseError, ValueError, RecursionError):
            raise Unauthenticated("malformed") from None
        if revoked:
            raise Unauthenticated("revoked")
        return Principal(claims.sub, claims.role, claims.marketplace, claims.dispute, expires_at)

    def _own(self, token: str) -> Mapping[str, Any]:
        for key in self._keys:
            with suppress(BadSignatureError):
                return registered(jwt.decode(token, key, algorithms=[ALGORITHM]).claims, self._registered)
        raise Unauthenticated("signature")


def registered(claims: dict[str, Any], registry: jwt.JWTClaimsRegistry) -> Mapping[str, Any]:
    """The claims, if those that every token has are as they should be. Raises Unauthenticated, ExpiredTokenError."""
    try:
        registry.validate(claims)
    except ExpiredTokenError:
        raise
    except ClaimError as error:
        raise Unauthenticated(_reason(error, claims)) from None
    return claims


def _reason(error: ClaimError, claims: Mapping[str, Any]) -> Reason:
    match error.claim:
        case "iss":
            return "issuer"
        case "aud":
            return "audience"
        case "nbf" | "iat" if isinstance(claims.get(error.claim), int | float):
            return "not_yet_valid"
        case _:
            return "claims"
