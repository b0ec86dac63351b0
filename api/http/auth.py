"""Bearer tokens (JWT, RFC 7519) that say who calls. They are signed with HMAC-SHA256 under a secret of this cell alone.

A token names a role, a marketplace and, for a party, a dispute. The deciders decide what that role may do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal
from uuid import UUID

from joserfc import jwt
from joserfc.errors import BadSignatureError, ClaimError, ExpiredTokenError, JoseError
from joserfc.jwk import OctKey
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

_MAX_LENGTH = 4096
_REMEMBERED = 1_000
"""Tokens kept in memory. Backends send the same token for hours."""

Reason = Literal["missing", "malformed", "signature", "expired", "not_yet_valid", "issuer", "audience", "claims"]
_MESSAGES: dict[Reason, str] = {
    "missing": "No token was sent: the header Authorization has none of the form `Bearer …`.",
    "malformed": "This is no signed token (JWT, HS256).",
    "signature": "The token was not signed here, or it was changed.",
    "expired": "The token has expired.",
    "not_yet_valid": "The token is not valid yet.",
    "issuer": "The token was issued by somebody else.",
    "audience": "The token is meant for another service.",
    "claims": "The token lacks a claim that is needed, or has one that makes no sense.",
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


class _Claims(BaseModel):
    """The claims of this service beside the registered ones, and which of them go together."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sub: UUID
    role: Role
    marketplace: str | None = Field(default=None, pattern=MARKETPLACE)
    dispute: UUID | None = None
    exp: int

    @model_validator(mode="after")
    def _coherent(self) -> "_Claims":
        if self.role is Role.ENGINE:
            raise ValueError("the engine carries no token")
        if self.marketplace is None and self.role is not Role.AUDITOR:
            raise ValueError("only an auditor acts for no marketplace in particular")
        if (self.dispute is not None) != (self.role in PARTIES):
            raise ValueError("a party's token is for one dispute, any other for none")
        return self


def _now() -> datetime:
    return datetime.now(UTC)


class Tokens:
    """Mints and verifies tokens.

    `secret` has at least 32 bytes. `audience` names this cell, so that a token is valid in one cell only.
    """

    def __init__(
        self,
        secret: bytes,
        *,
        issuer: str = "mediation",
        audience: str = "mediation",
        now: Callable[[], datetime] = _now,
    ) -> None:
        if len(secret) < 32:
            raise ValueError("the secret for tokens has at least 32 bytes")
        self._key = OctKey.import_key(secret)
        self._issuer, self._audience, self._now = issuer, audience, now
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
    ) -> str:
        """A token valid from now for `life`. ValueError where role, marketplace, dispute and life don't go together."""
        if role in PARTIES and life > PARTY_TOKEN_LIFE:
            raise ValueError("a party's token lasts at most 15 minutes")
        issued = int(self._now().timestamp())
        expires = issued + int(life.total_seconds())
        claims = _Claims(sub=subject, role=role, marketplace=marketplace, dispute=dispute, exp=expires)
        registered = {"iss": self._issuer, "aud": self._audience, "iat": issued, "nbf": issued}
        return jwt.encode(
            {"alg": ALGORITHM, "typ": "JWT"},
            registered | claims.model_dump(mode="json", exclude_none=True),
            self._key,
            algorithms=[ALGORITHM],
        )

    def verify(self, token: str) -> Principal:
        """Who the bearer is. Raises Unauthenticated. A proven token is remembered until it expires."""
        principal = self._proven(token)
        if self._now() - LEEWAY >= principal.expires_at:
            raise Unauthenticated("expired")
        return principal

    def _prove(self, token: str) -> Principal:
        """Checks a token that is not remembered. Only what a valid token proves is remembered, never a refusal."""
        if len(token) > _MAX_LENGTH or not token.isascii():
            raise Unauthenticated("malformed")
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            self._registered.validate(claims)
            ours = _Claims.model_validate(claims)
            expires_at = datetime.fromtimestamp(ours.exp, UTC)
        except BadSignatureError:
            raise Unauthenticated("signature") from None
        except ExpiredTokenError:
            raise Unauthenticated("expired") from None
        except ClaimError as error:
            raise Unauthenticated(_reason(error, claims)) from None
        except (ValidationError, OverflowError, OSError):
            raise Unauthenticated("claims") from None
        except (JoseError, ValueError, RecursionError):
            raise Unauthenticated("malformed") from None
        return Principal(ours.sub, ours.role, ours.marketplace, ours.dispute, expires_at)


def _reason(error: ClaimError, claims: jwt.Claims) -> Reason:
    match error.claim:
        case "iss":
            return "issuer"
        case "aud":
            return "audience"
        case "nbf" | "iat" if isinstance(claims.get(error.claim), int):
            return "not_yet_valid"
        case _:
            return "claims"
