"""Bearer tokens: only a valid token that this cell signed for itself, and that is consistent, is accepted."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.http.auth import LEEWAY, PARTY_TOKEN_LIFE, Claims, Principal, Tokens, Unauthenticated
from domain.kernel.base import Role


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


SECRET = bytes(range(32))
NOW = datetime(2026, 10, 26, 9, 0, tzinfo=UTC)
SUBJECT, DISPUTE = UUID(int=1), UUID(int=2)
CLAIMS = {
    "iss": "mediation",
    "aud": "mediation",
    "sub": str(SUBJECT),
    "role": "neutral",
    "marketplace": "bazaar",
    "iat": int(NOW.timestamp()),
    "nbf": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 900,
}
NESTED = f"{b64(b'[' * 5_900)}.e30.e30"  # as deep as fits


def tokens(at: datetime = NOW, secret: bytes = SECRET, name: str = "mediation") -> Tokens:
    return Tokens(secret, now=lambda: at, issuer=name, audience=name)


def signed(claims: Any, header: dict[str, Any] | None = None, secret: bytes = SECRET, digest: str = "sha256") -> str:
    """Signs by hand, so that the claims can be anything."""
    head = {"alg": "HS256", "typ": "JWT"} if header is None else header
    message = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(claims).encode())}"
    return f"{message}.{b64(hmac.digest(secret, message.encode(), digest))}"


def refused(token: str, at: datetime = NOW) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        tokens(at).verify(token)
    assert len(token) < 10 or token not in str(refusal.value)
    return refusal.value.reason


@pytest.mark.parametrize(
    ("role", "marketplace", "dispute"),
    [
        (Role.MARKETPLACE, "bazaar", None),
        (Role.NEUTRAL, "bazaar", None),
        (Role.SUPERVISOR, "bazaar", None),
        (Role.ADMINISTRATOR, "bazaar", None),
        (Role.AUDITOR, "bazaar", None),
        (Role.AUDITOR, None, None),
        (Role.BUYER, "bazaar", DISPUTE),
        (Role.SELLER, "bazaar", DISPUTE),
    ],
)
def test_a_minted_token_says_who_is_calling(role: Role, marketplace: str | None, dispute: UUID | None) -> None:
    token = tokens().mint(subject=SUBJECT, role=role, marketplace=marketplace, dispute=dispute)
    assert tokens().verify(token) == Principal(SUBJECT, role, marketplace, dispute, NOW + PARTY_TOKEN_LIFE)


@pytest.mark.parametrize(
    ("role", "marketplace", "dispute"),
    [
        (Role.NEUTRAL, None, None),
        (Role.MARKETPLACE, None, None),
        (Role.MARKETPLACE, "", None),
        (Role.MARKETPLACE, "ba\x00zaar", None),
        (Role.MARKETPLACE, "bazaar\n", None),
        (Role.AUDITOR, "*", None),
        (Role.NEUTRAL, "bazaar", DISPUTE),
        (Role.AUDITOR, None, DISPUTE),
        (Role.BUYER, "bazaar", None),
        (Role.SELLER, None, DISPUTE),
        (Role.ENGINE, "bazaar", None),
    ],
)
def test_what_does_not_go_together_is_neither_minted_nor_accepted(
    role: Role, marketplace: str | None, dispute: UUID | None
) -> None:
    with pytest.raises(ValueError, match=r"token|auditor|marketplace"):
        tokens().mint(subject=SUBJECT, role=role, marketplace=marketplace, dispute=dispute)
    claims = CLAIMS | {"role": role, "marketplace": marketplace, "dispute": str(dispute) if dispute else None}
    assert refused(signed(claims)) == "claims"


def test_a_party_token_lasts_a_quarter_of_an_hour_at_most_others_as_long_as_asked() -> None:
    with pytest.raises(ValueError, match="15 minutes"):
        tokens().mint(
            subject=SUBJECT, role=Role.BUYER, marketplace="bazaar", dispute=DISPUTE, life=timedelta(minutes=16)
        )
    week = timedelta(days=7)
    token = tokens().mint(subject=SUBJECT, role=Role.SUPERVISOR, marketplace="bazaar", life=week)
    assert tokens(NOW + week).verify(token).expires_at == NOW + week


def test_a_token_is_good_from_its_minting_to_its_end_give_or_take_the_clocks() -> None:
    token = signed(CLAIMS)
    second, end = timedelta(seconds=1), NOW + timedelta(seconds=900)
    for good in (NOW - LEEWAY, NOW, end, end + LEEWAY - second):
        assert tokens(good).verify(token).subject == SUBJECT
    assert refused(token, NOW - LEEWAY - second) == "not_yet_valid"
    assert refused(token, end + LEEWAY) == "expired"


def test_a_token_that_was_good_a_moment_ago_expires_all_the_same_and_one_that_was_not_yet_becomes_good() -> None:
    at = [NOW - timedelta(minutes=1)]
    here, token = Tokens(SECRET, now=lambda: at[0]), signed(CLAIMS)
    with pytest.raises(Unauthenticated, match="not valid yet"):
        here.verify(token)
    end = NOW + timedelta(seconds=900)
    for at[0] in (NOW, end, end + LEEWAY - timedelta(microseconds=1)):
        assert here.verify(token).subject == SUBJECT
    at[0] = end + LEEWAY
    with pytest.raises(Unauthenticated, match="expired"):
        here.verify(token)


def test_tokens_of_every_accepted_key_are_good_and_the_first_signs() -> None:
    """To change the key without refusing anybody: first every worker accepts the new key, then it signs, and the old one is
    accepted until its tokens have ended."""
    old, new = SECRET, bytes(range(1, 33))
    minted: dict[str, Any] = {"subject": SUBJECT, "role": Role.NEUTRAL, "marketplace": "bazaar"}
    before, during, after = (Tokens(*keys, now=lambda: NOW) for keys in ((old, new), (new, old), (new,)))
    by_old, by_new = before.mint(**minted), during.mint(**minted)
    for worker in (before, during):
        assert worker.verify(by_old) == worker.verify(by_new)
    assert after.verify(by_new).subject == SUBJECT
    with pytest.raises(Unauthenticated, match="not signed with a key that is known"):
        after.verify(by_old)
    with pytest.raises(ValueError, match="32 bytes"):
        Tokens(new, bytes(31))


def test_a_revoked_token_is_refused_also_where_it_was_proven_before() -> None:
    revoked = set[str | None]()
    here = Tokens(SECRET, now=lambda: NOW, revoked=lambda claims: claims.jti in revoked)
    first, second = (
        here.mint(subject=SUBJECT, role=Role.NEUTRAL, marketplace="bazaar", token_id=UUID(int=n)) for n in (1, 2)
    )
    assert here.verify(first) == here.verify(second)
    revoked.add(str(UUID(int=1)))
    here.forget()
    with pytest.raises(Unauthenticated, match="revoked"):
        here.verify(first)
    assert here.verify(second).subject == SUBJECT


def test_the_tokens_of_two_thousand_streams_are_proven_once_each() -> None:
    proven = list[str | None]()

    def revoked(claims: Claims) -> bool:
        proven.append(claims.jti)
        return False

    here = Tokens(SECRET, now=lambda: NOW, revoked=revoked)
    minted = [here.mint(subject=uuid4(), role=Role.SUPERVISOR, marketplace="bazaar") for _ in range(2_000)]
    for token in [*minted, *minted]:
        here.verify(token)
    assert len(proven) == len(minted)


def test_another_key_signs_nothing_here() -> None:
    assert refused(signed(CLAIMS, secret=bytes(32))) == "signature"
    with pytest.raises(ValueError, match="32 bytes"):
        Tokens(bytes(31))


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "None"},
        {"alg": ""},
        {},
        {"alg": "RS256"},
        {"alg": "HS512"},
        {"alg": "HS384"},
        {"alg": 1},
    ],
)
def test_no_other_algorithm_is_taken(header: dict[str, Any]) -> None:
    digest = "sha512" if header.get("alg") == "HS512" else "sha256"
    assert refused(signed(CLAIMS, header, digest=digest)) == "malformed"
    unsigned = signed(CLAIMS, header).rsplit(".", 1)[0]
    assert refused(f"{unsigned}.") == "malformed"


def test_a_key_that_the_token_brings_along_is_not_used() -> None:
    mine = b"k" * 32
    header = {
        "alg": "HS256",
        "jwk": {"kty": "oct", "k": b64(mine)},
        "kid": "../../dev/null",
        "jku": "http://example.org",
    }
    assert refused(signed(CLAIMS, header, secret=mine)) in {"signature", "malformed"}
    assert refused(signed(CLAIMS, {"alg": "HS256", "crit": ["b64"], "b64": False})) == "malformed"


def test_a_changed_token_is_refused() -> None:
    head, body, signature = signed(CLAIMS).split(".")
    forged = b64(json.dumps(CLAIMS | {"role": "administrator"}).encode())
    assert refused(f"{head}.{forged}.{signature}") == "signature"
    assert refused(f"{head}.{body}.{b64(hashlib.sha256(b'').digest())}") == "signature"
    assert refused(f"{head}.{body}.") == "signature"


@pytest.mark.parametrize(("claim", "reason"), [("iss", "issuer"), ("aud", "audience")])
@pytest.mark.parametrize("value", ["elsewhere", "", None, 7, ["elsewhere"]])
def test_a_token_of_another_issuer_or_for_another_service_is_refused(claim: str, reason: str, value: Any) -> None:
    assert refused(signed(CLAIMS | {claim: value})) == reason
    other = tokens(name="elsewhere").mint(subject=SUBJECT, role=Role.NEUTRAL, marketplace="bazaar")
    assert refused(other) in {"issuer", "audience"}


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "role", "marketplace", "iat", "nbf", "exp"])
def test_no_claim_may_be_missing(claim: str) -> None:
    reason = {"iss": "issuer", "aud": "audience"}.get(claim, "claims")
    assert refused(signed({name: value for name, value in CLAIMS.items() if name != claim})) == reason


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "king"}, {"role": "engine"}, {"role": ["neutral"]}, {"role": None}, {"sub": "me"}, {"sub": 7},
        {"marketplace": 7}, {"marketplace": "m" * 101}, {"dispute": "mine"}, {"role": "buyer", "dispute": "1"},
        {"exp": "tomorrow"}, {"exp": None}, {"exp": True}, {"exp": 10**30}, {"exp": float("nan")}, {"exp": float("inf")},
        {"iat": "x"}, {"nbf": []},
    ],
)  # fmt: skip
def test_a_claim_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    assert refused(signed(CLAIMS | wrong)) == "claims"


@pytest.mark.parametrize("claims", [[], "text", None, 7, {}])
def test_a_payload_that_is_no_claims_is_refused(claims: Any) -> None:
    assert refused(signed(claims)) in {"malformed", "claims", "issuer", "audience"}


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "...", "a.b.c", "Bearer x", "é.é.é", "e30.e30.e30", "\x00", "x" * 100_000, str(SUBJECT), NESTED],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    assert refused(token) == "malformed"
