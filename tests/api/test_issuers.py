"""Tokens of identity providers: a real server publishes the keys, and another library than the engine's signs the tokens."""

import base64
import hmac
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.http import issuers
from api.http.auth import LEEWAY, Principal, Tokens, Unauthenticated
from api.http.issuer_settings import Accepted
from api.http.issuers import Issuers, KeysUnavailable, UnknownKey, subject_of
from domain.kernel.base import Role
from mediation.store.keys.blind import Blind
from tests.api.house import Sender, done, house, refused
from tests.gateways.serving import free_socket, served

ISSUER = "https://login.example.com/realms/desk"
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
SECRET, BLIND = bytes(range(32)), Blind(bytes(range(32, 64)))

RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()
KEYS: Mapping[str, Any] = {"RS256": RSA, "ES256": EC, "EdDSA": ED}
_WRITES: Mapping[str, Any] = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}


def published(algorithm: str, key: Any = None, kid: str | None = None, **more: Any) -> dict[str, Any]:
    public = (key or KEYS[algorithm]).public_key()
    written: dict[str, Any] = _WRITES[algorithm].to_jwk(public, as_dict=True)
    return {**written, "kid": kid or algorithm, "use": "sig", "alg": algorithm, **more}


ALL = [published(algorithm) for algorithm in KEYS]


def claims(**changes: Any) -> dict[str, Any]:
    at = int(NOW.timestamp())
    made = {"iss": ISSUER, "aud": "mediation", "sub": "u-17", "iat": at, "exp": at + 3600, "role": "neutral"}
    return {name: value for name, value in {**made, **changes}.items() if value is not None}


def signed(algorithm: str = "RS256", key: Any = None, kid: str | None = "", /, **changes: Any) -> str:
    header = {} if kid is None else {"kid": kid or algorithm}
    body = json.dumps(claims(**changes)).encode()  # so that the claims can be anything
    return jwt.PyJWS().encode(body, key or KEYS[algorithm], algorithm, headers=header)


def gate(*, at: datetime = NOW, keys: list[dict[str, Any]] | None = None, **settings: Any) -> Tokens:
    """The tokens of a cell that knows this issuer, with its keys given in the settings."""
    return Tokens(SECRET, foreign=_issuers(at, keys, **settings), now=lambda: at)


def _issuers(at: datetime, keys: list[dict[str, Any]] | None = None, **settings: Any) -> Issuers:
    given = {"issuer": ISSUER, "audience": "mediation", "marketplaces": ["bazaar"], "jwks": {"keys": keys or ALL}}
    accepted = Accepted.model_validate({n: v for n, v in {**given, **settings}.items() if v is not None})
    return Issuers([accepted], BLIND, now=lambda: at)


def why(token: str, **about: Any) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        gate(**about).verify(token)
    return refusal.value.reason


@pytest.mark.parametrize("algorithm", KEYS)
async def test_a_token_under_each_algorithm(algorithm: str) -> None:
    """The person is a keyed hash of issuer and subject, and the same at every token."""
    principal = gate().verify(signed(algorithm))
    assert principal == Principal(
        subject_of(BLIND, ISSUER, "u-17"), Role.NEUTRAL, "bazaar", None, NOW + timedelta(hours=1)
    )
    assert gate().verify(signed(algorithm, iat=int(NOW.timestamp()) - 60)).subject == principal.subject
    assert gate().verify(signed(algorithm, sub="u-18")).subject != principal.subject


async def test_an_own_token_is_good_beside_them() -> None:
    tokens = gate()
    own = tokens.mint(subject=UUID(int=1), role=Role.NEUTRAL, marketplace="bazaar")
    assert tokens.verify(own).subject == UUID(int=1)
    assert tokens.verify(signed()).role is Role.NEUTRAL


async def test_a_symmetric_signature_under_a_public_key_is_no_signature() -> None:
    """The classic confusion of algorithms: HS256 with what everybody may read."""
    pem = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for secret in (pem, json.dumps(published("RS256")).encode()):
        body = ".".join(_b64(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "RS256"}, claims()))
        forged = f"{body}.{_b64(hmac.digest(secret, body.encode(), 'sha256'))}"
        assert why(forged) == "signature"


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "", "HS512", "RS512", "PS256", "ES384", "ES256K", "RSA1_5", 7, None]
)
async def test_no_other_algorithm_is_taken(algorithm: Any) -> None:
    header = {"alg": algorithm, "kid": "RS256"} if algorithm is not None else {"kid": "RS256"}
    parts = [_b64(json.dumps(part).encode()) for part in (header, claims())]
    assert why(".".join([*parts, ""])) == "malformed"
    assert why(".".join([*parts, _b64(bytes(256))])) == "malformed"


async def test_a_key_is_used_for_its_own_algorithm_alone() -> None:
    """The header names another key, or the key is meant for something else."""
    assert why(signed("RS256", None, "ES256")) == "unknown_key"
    assert why(signed("ES256", None, "EdDSA")) == "unknown_key"
    for other in ({"use": "enc"}, {"alg": "RS512"}, {"alg": "RSA-OAEP"}):
        assert why(signed(), keys=[published("RS256", **other), published("ES256")]) == "unknown_key"


async def test_another_key_under_the_known_name_signs_nothing() -> None:
    assert why(signed("RS256", rsa.generate_private_key(65537, 2048))) == "signature"
    assert why(signed("ES256", ec.generate_private_key(ec.SECP256R1()))) == "signature"
    assert why(signed("EdDSA", ed25519.Ed25519PrivateKey.generate())) == "signature"
    head, _, signature = signed().split(".")
    assert why(f"{head}.{_b64(json.dumps(claims(role='administrator')).encode())}.{signature}") == "signature"


async def test_a_key_that_the_token_brings_along_is_not_used() -> None:
    mine = rsa.generate_private_key(65537, 2048)
    for header in (
        {"jwk": published("RS256", mine)},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example"},
    ):
        token = jwt.encode(claims(), mine, "RS256", headers={"kid": "RS256", **header})
        assert why(token) in ("signature", "malformed")


async def test_a_token_without_the_name_of_a_key_is_good_if_only_one_fits() -> None:
    assert gate().verify(signed("ES256", None, None)).role is Role.NEUTRAL
    two = [published("ES256"), published("ES256", ec.generate_private_key(ec.SECP256R1()), "second")]
    assert why(signed("ES256", None, None), keys=two) == "unknown_key"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"iss": "https://elsewhere.example"}, "issuer"),
        ({"iss": "mediation"}, "issuer"),
        ({"iss": [ISSUER]}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"aud": "another"}, "audience"),
        ({"aud": None}, "audience"),
        ({"sub": None}, "claims"),
        ({"sub": ""}, "claims"),
        ({"sub": 17}, "claims"),
        ({"exp": None}, "claims"),
        ({"iat": None}, "claims"),
        ({"iat": "now"}, "claims"),
        ({"exp": int(NOW.timestamp()) - 11}, "expired"),
        ({"nbf": int(NOW.timestamp()) + 11}, "not_yet_valid"),
        ({"iat": int(NOW.timestamp()) + 11}, "not_yet_valid"),
        ({"exp": int(NOW.timestamp()) + 86_401}, "claims"),
        ({"iat": int(NOW.timestamp()) + 9, "exp": int(NOW.timestamp()) + 8}, "claims"),
        ({"iat": -(10**30)}, "claims"),
        ({"role": None}, "claims"),
        ({"role": "king"}, "claims"),
        ({"role": "engine"}, "claims"),
        ({"role": "buyer", "dispute": str(UUID(int=1))}, "claims"),
        ({"role": ["neutral", "supervisor"]}, "claims"),
        ({"marketplace": "another"}, "claims"),
        ({"marketplace": "*"}, "claims"),
        ({"marketplace": ["bazaar"]}, "claims"),
    ],
)
async def test_what_does_not_fit_is_refused(changed: dict[str, Any], reason: str) -> None:
    assert why(signed(**changed)) == reason


async def test_clocks_may_be_apart_by_so_much() -> None:
    ends, second = NOW + timedelta(hours=1), timedelta(seconds=1)
    for at in (NOW - LEEWAY, ends + LEEWAY - second):
        assert gate(at=at).verify(signed(nbf=int(NOW.timestamp()))).role is Role.NEUTRAL
    assert why(signed(), at=ends + LEEWAY) == "expired"
    assert why(signed(), at=NOW - LEEWAY - second) == "not_yet_valid"


async def test_names_of_claims_and_roles_are_the_issuers() -> None:
    """As Keycloak (a path) and Auth0 (a name that is an address) write them."""
    nested: dict[str, Any] = {
        "claims": {"role": ["realm_access", "roles"], "subject": "oid", "marketplace": "https://example.com/shop"},
        "roles": {"dispute-neutral": "neutral", "dispute-lead": "supervisor"},
        "marketplaces": ["bazaar", "souk"],
    }
    said = {
        "realm_access": {"roles": ["offline_access", "dispute-lead"]},
        "oid": "7",
        "https://example.com/shop": "souk",
    }
    found = gate(**nested).verify(signed(**said))
    assert (found.role, found.marketplace) == (Role.SUPERVISOR, "souk")
    assert found.subject == subject_of(BLIND, ISSUER, "7")
    assert why(signed(**{**said, "https://example.com/shop": None}), **nested) == "claims"
    assert why(signed(**{**said, "realm_access": {"roles": ["neutral"]}}), **nested) == "claims"
    assert why(signed(**{**said, "realm_access": ["dispute-lead"]}), **nested) == "claims"


async def test_an_auditor_of_the_whole_cell_comes_from_an_issuer_for_all_marketplaces() -> None:
    everywhere = gate(marketplaces=["*"])
    assert everywhere.verify(signed(role="auditor")).marketplace is None
    assert everywhere.verify(signed(marketplace="souk")).marketplace == "souk"
    assert gate().verify(signed(role="auditor")).marketplace == "bazaar"
    assert why(signed(), marketplaces=["*"]) == "claims"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"jwks": None}, "either `jwks_url` or `jwks`"),
        ({"jwks_url": "https://login.example.com/jwks"}, "either `jwks_url` or `jwks`"),
        ({"jwks": None, "jwks_url": "http://login.example.com/jwks"}, "over https"),
        ({"jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "1"}]}}, "no public key"),
        ({"jwks": {"keys": [{**published("RS256"), "d": "AQAB"}]}}, "no public key"),
        ({"jwks": {"keys": [published("RS256", rsa.generate_private_key(65537, 1024))]}}, "no public key"),
        ({"jwks": []}, "dictionary"),
        ({"issuer": "mediation"}, "the engine's own name"),
        ({"marketplaces": []}, "at least 1 item"),
        ({"marketplaces": ["a b"]}, "not the name of a marketplace"),
        ({"roles": {"all": "engine"}}, "roles.all"),
        ({"roles": {"all": "buyer"}}, "roles.all"),
        ({"secret": "x"}, "secret"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        _issuers(NOW, **wrong)


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost:1", "[::1]:1"])
def test_keys_may_come_from_this_machine_without_encryption(host: str) -> None:
    Accepted.model_validate(
        {"issuer": ISSUER, "audience": "m", "marketplaces": ["bazaar"], "jwks_url": f"http://{host}/jwks"}
    )


class Provider:
    """Publishes keys over HTTP, and counts how often they were asked for. With `fault`, it answers something else."""

    def __init__(self) -> None:
        self.keys = ALL
        self.asked = 0
        self.fault: Response | None = None

    async def answer(self, _: Request) -> Response:
        self.asked += 1
        return self.fault or Response(json.dumps({"keys": self.keys}), media_type="application/json")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        listening, address = free_socket()
        async with served(Starlette(routes=[Route("/jwks", self.answer)]), listening):
            yield f"{address}/jwks"


@asynccontextmanager
async def fetching(provider: Provider, **settings: Any) -> AsyncIterator[tuple[Tokens, Issuers]]:
    async with provider.running() as address:
        found = _issuers(NOW, jwks=None, jwks_url=address, **settings)
        tokens = Tokens(SECRET, foreign=found, now=lambda: NOW)
        found.changed = tokens.forget
        try:
            yield tokens, found
        finally:
            await found.close()


async def asked(tokens: Tokens, token: str) -> Principal:
    """As the reception does it."""
    try:
        return tokens.verify(token)
    except UnknownKey as unknown:
        await unknown.issuer.fetch_again()
        return tokens.verify(token)


async def test_keys_are_fetched_when_they_are_first_needed_and_then_remembered() -> None:
    provider = Provider()
    async with fetching(provider) as (tokens, _):
        for algorithm in KEYS:
            assert (await asked(tokens, signed(algorithm))).role is Role.NEUTRAL
        assert provider.asked == 1


async def test_a_new_key_is_fetched_and_a_withdrawn_one_is_good_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for a token that was proven before."""
    provider, new = Provider(), ec.generate_private_key(ec.SECP256R1())
    async with fetching(provider) as (tokens, _):
        old = signed("ES256")
        assert (await asked(tokens, old)).role is Role.NEUTRAL
        provider.keys = [published("ES256", new, "new")]
        monkeypatch.setattr(issuers, "_AGAIN", 0.0)
        assert (await asked(tokens, signed("ES256", new, "new"))).role is Role.NEUTRAL
        with pytest.raises(UnknownKey):
            await asked(tokens, old)


async def test_unknown_keys_are_asked_for_once_in_a_while() -> None:
    """A thousand tokens that nobody signed make one request."""
    provider = Provider()
    async with fetching(provider) as (tokens, _):
        for number in range(1000):
            with pytest.raises(UnknownKey):
                await asked(tokens, signed("EdDSA", None, f"key-{number}"))
        assert provider.asked == 1


async def test_keys_become_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are fetched anew without being asked for: a withdrawn key is noticed although all tokens fit."""
    provider = Provider()
    async with fetching(provider, refresh_minutes=0.000001) as (tokens, known):
        await known.refresh()
        token = signed("EdDSA")
        assert tokens.verify(token).role is Role.NEUTRAL
        provider.keys = [published("RS256")]
        monkeypatch.setattr(issuers, "_AGAIN", 0.0)
        await known.refresh()
        with pytest.raises(UnknownKey):
            tokens.verify(token)


FAULTS = {
    "500": Response("no", status_code=500),
    "no JSON": Response("<html>"),
    "no keys": Response(json.dumps({"keys": []})),
    "no set": Response(json.dumps([1])),
    "too long": Response(json.dumps({"keys": ALL, "x": "x" * 300_000})),
    "elsewhere": RedirectResponse("https://evil.example/jwks"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_known_keys_go_on_being_used_while_no_others_can_be_fetched(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token under a key that is not known may be good: it is asked for again, and not refused."""
    provider, new = Provider(), ec.generate_private_key(ec.SECP256R1())
    monkeypatch.setattr(issuers, "_AGAIN", 0.0)
    async with fetching(provider, refresh_minutes=0.000001) as (tokens, known):
        await known.refresh()
        provider.fault = FAULTS[fault]
        await known.refresh()
        assert (await asked(tokens, signed())).role is Role.NEUTRAL
        with pytest.raises(KeysUnavailable):
            await asked(tokens, signed("ES256", new, "new"))
        provider.fault, provider.keys = None, [*ALL, published("ES256", new, "new")]
        assert (await asked(tokens, signed("ES256", new, "new"))).role is Role.NEUTRAL


async def test_other_keys_in_the_set_do_no_harm() -> None:
    """Keys for encryption, of unknown kinds, weak ones, symmetric ones, and what is no key at all."""
    odd: list[Any] = [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "RS256"},
        {"kty": "AKP", "kid": "x"},
        {"kty": "EC", "crv": "P-256"},
        {"kty": ["RSA"]},
        {},
        7,
        None,
        published("RS256", kid="enc", use="enc"),
        published("RS256", rsa.generate_private_key(65537, 1024), "weak"),
    ]
    assert gate(keys=[*odd, *ALL]).verify(signed()).role is Role.NEUTRAL
    assert why(signed("RS256", None, "weak"), keys=[*odd, *ALL]) == "unknown_key"


async def test_a_neutral_with_the_token_of_an_issuer(database: str, tmp_path: Path) -> None:
    """Over HTTP: who they are, the mandate that an administrator gives them, and their work. Then the keys can't be
    fetched, and then the token is revoked."""
    provider = Provider()
    at = int(datetime.now(UTC).timestamp())
    times = {"iat": at, "exp": at + 600, "jti": "onrtac:17"}
    async with provider.running() as address:
        accepted = {"issuer": ISSUER, "audience": "mediation", "marketplaces": ["bazaar"], "jwks_url": address}
        async with house(database, tmp_path, issuers=[accepted]) as home:
            neutral = Sender(home.http, signed(**times))
            me = done(await neutral.get("/v1/me"))
            assert (me["role"], me["marketplace"]) == ("neutral", "bazaar")
            refused(await neutral.get("/v1/disputes"), 403, "NotInOffice")
            mandate = {"neutral": me["subject"], "languages": ["en"], "authority": []}
            admin = home.sender("administrator")
            done(await admin.post("/v1/mandates", mandate), 201)
            assert done(await neutral.get("/v1/disputes"))["items"] == []
            provider.fault = FAULTS["500"]
            unknown = Sender(home.http, signed("EdDSA", ed25519.Ed25519PrivateKey.generate(), "new", **times))
            unproven = refused(await unknown.get("/v1/me"), 401, "Unauthenticated")
            assert unproven["facts"] == {"reason": "unknown_key"}, "the keys were fetched a moment ago"
            done(await admin.post("/v1/revocations", {"token_id": "onrtac:17"}), 201)
            ended = refused(await neutral.get("/v1/me"), 401, "Unauthenticated")
            assert ended["facts"] == {"reason": "revoked"}


async def test_keys_that_cannot_be_fetched_are_no_fault_of_the_token(database: str, tmp_path: Path) -> None:
    """503 with `Retry-After`: the token may be good."""
    closed = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{closed.getsockname()[1]}/jwks"
    closed.close()
    accepted = {"issuer": ISSUER, "audience": "mediation", "marketplaces": ["bazaar"], "jwks_url": address}
    at = int(datetime.now(UTC).timestamp())
    async with house(database, tmp_path, issuers=[accepted]) as home:
        answer = await Sender(home.http, signed(iat=at, exp=at + 600)).get("/v1/me")
        refused(answer, 503, "KeysUnavailable")
        assert answer.headers["Retry-After"] == "1"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
