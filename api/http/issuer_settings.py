"""The identity providers that the operator names, and which of the keys that one publishes are taken."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Annotated, Any, Final, Literal, Self, get_args

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key
from pydantic import (
    AnyHttpUrl,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from api.http.auth import MARKETPLACE

ANY: Final = "*"
"""In `marketplaces`: any of them, and an auditor of the whole cell."""

ALGORITHMS: Mapping[str, type[RSAKey | ECKey | OKPKey]] = {
    "RS256": RSAKey, "ES256": ECKey, "EdDSA": OKPKey, "Ed25519": OKPKey,
}  # fmt: skip

Claim = Annotated[str, Field(min_length=1)] | Annotated[tuple[str, ...], Field(min_length=1)]
"""The name of a claim, or the path to one inside another: ["realm_access", "roles"]."""

StaffRole = Literal["marketplace", "neutral", "supervisor", "administrator", "auditor"]

_PRIVATE = frozenset({"d", "k", "p", "q"})
_LEAST_BITS = 2048


class ClaimNames(BaseModel):
    """The claims that say who calls, in which role, for which marketplace."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: Claim = "sub"
    role: Claim = "role"
    marketplace: Claim = "marketplace"


class SignIn(BaseModel):
    """How people sign in to the console with an identity provider. `key` names it in the address to which it sends people
    back: `/console/sign-in/with/{key}/callback`. `name` is on the button. Without a secret the client is a public one. A
    provider that is not `listed` has no button: people open `/console/sign-in/with/{key}`. Who signs out of the console signs
    out at the provider too, unless `signs_out` is false.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    client_id: Annotated[str, Field(min_length=1, max_length=500)]
    client_secret: SecretStr | None = None
    scopes: tuple[str, ...] = ("openid", "profile")
    listed: bool = True
    signs_out: bool = True

    @field_validator("scopes")
    @classmethod
    def _is_openid(cls, scopes: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in scopes:
            raise ValueError("without the scope openid nobody says who signs in")
        return scopes


class Accepted(BaseModel):
    """One identity provider. `jwks` are its keys, where they are not fetched from `jwks_url`.

    `roles` translates the issuer's roles; of several in one token, exactly one must be known. A token without a claim
    of the marketplace is for the one in `marketplaces`. No token may last longer than `longest_hours`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: Annotated[str, Field(min_length=1, max_length=500)]
    audience: Annotated[str, Field(min_length=1, max_length=500)]
    marketplaces: Annotated[tuple[str, ...], Field(min_length=1, max_length=1000)]
    jwks_url: AnyHttpUrl | None = None
    jwks: dict[str, Any] | None = None
    claims: ClaimNames = ClaimNames()
    roles: dict[str, StaffRole] = Field(default_factory=lambda: {role: role for role in get_args(StaffRole)})
    refresh_minutes: Annotated[float, Field(gt=0, le=24 * 60)] = 15
    longest_hours: Annotated[float, Field(gt=0, le=24 * 31)] = 24
    sign_in: SignIn | None = None

    @field_validator("issuer")
    @classmethod
    def _is_another(cls, issuer: str) -> str:
        if issuer == "mediation":
            raise ValueError("this is the engine's own name: it signs tokens under MEDIATION_TOKEN_KEY")
        return issuer

    @field_validator("marketplaces")
    @classmethod
    def _are_names(cls, marketplaces: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [one for one in marketplaces if one != ANY and not re.fullmatch(MARKETPLACE, one)]:
            raise ValueError(f"not the name of a marketplace: {wrong[0]}")
        return marketplaces

    @field_validator("jwks_url")
    @classmethod
    def _is_secure(cls, url: AnyHttpUrl | None) -> AnyHttpUrl | None:
        if url is not None and not is_secure(url):
            raise ValueError("keys are fetched over https: whoever can change the answer could sign every token")
        return url

    @model_validator(mode="after")
    def _is_found(self) -> Self:
        if self.sign_in is not None and not is_secure(self.issuer):
            raise ValueError("people sign in with an issuer whose name is its address: https://…")
        return self

    @model_validator(mode="after")
    def _has_keys(self) -> Self:
        if (self.jwks is None) == (self.jwks_url is None):
            raise ValueError("give either `jwks_url` or `jwks`")
        if self.jwks is not None and not [*usable_keys(self.jwks)]:
            raise ValueError("`jwks` holds no public key for RS256, ES256 or EdDSA")
        return self


def is_secure(address: AnyHttpUrl | str) -> bool:
    """Whether it is reached over HTTPS, or on this machine."""
    try:
        url = AnyHttpUrl(address) if isinstance(address, str) else address
    except ValidationError:
        return False
    return url.scheme == "https" or _is_loopback(url.host or "")


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    return host == "localhost"


def usable_keys(published: object) -> Iterator[Key]:
    """The public keys that tokens may be signed with. What is not one is passed over: an issuer may publish others."""
    keys = published.get("keys") if isinstance(published, dict) else None
    for one in keys if isinstance(keys, list) else ():
        if not isinstance(one, dict) or one.get("use", "sig") != "sig" or _PRIVATE & one.keys():
            continue
        with suppress(JoseError, ValueError, TypeError, KeyError):
            key = import_key(one)
            if isinstance(key, RSAKey) and key.raw_value.key_size < _LEAST_BITS:
                continue
            if isinstance(key, RSAKey) or one.get("crv") in ("P-256", "Ed25519"):
                yield key
