"""Revoked tokens: refused by every worker within a second, and after a restart. And who a token says that one is."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from httpx import Response

from api.http.auth import Tokens
from domain.kernel.base import Role
from tests.api.house import MARKETPLACE, PLAYGROUND, House, Sender, done, filing, house, refused
from tests.api.terminal import environment
from tests.api.test_cli import Typing, typing

__all__ = ["typing"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


def _with_id(at_home: House, role: str = "supervisor", **about: Any) -> tuple[Sender, str]:
    """A sender, and the id of the token."""
    token_id, subject = uuid4(), about.pop("subject", uuid4())
    marketplace = about.pop("marketplace", MARKETPLACE)
    token = at_home.services.tokens.mint(
        subject=subject, role=Role(role), marketplace=marketplace, token_id=token_id, life=timedelta(hours=1)
    )
    return Sender(at_home.http, token, subject=subject), str(token_id)


def _revoked(response: Response) -> None:
    assert refused(response, 401, "Unauthenticated")["facts"] == {"reason": "revoked"}


async def _within_a_second(sender: Sender, since: float) -> None:
    """Refused at last, no later than two seconds after this instant: a busy machine gets one second more."""
    while (answer := await sender.get("/v1/me")).status_code == 200:
        assert time.monotonic() - since < 2
        await asyncio.sleep(0.02)
    _revoked(answer)


async def test_a_leaked_token(at_home: House) -> None:
    """It worked a moment ago. Other tokens of the same person go on."""
    leaked, token_id = _with_id(at_home)
    other, _ = _with_id(at_home, subject=leaked.subject)
    done(await leaked.get("/v1/me"))
    admin = at_home.sender("administrator")
    answer = done(await admin.post("/v1/revocations", {"token_id": token_id}), 201)
    assert set(answer) == {"position"}
    _revoked(await leaked.get("/v1/me"))
    done(await other.get("/v1/me"))
    done(await admin.post("/v1/revocations", {"token_id": token_id}), 201)


async def test_everything_that_a_person_has(at_home: House) -> None:
    """Up to an instant; what they get after it is good."""
    lost, _ = _with_id(at_home)
    admin = at_home.sender("administrator")
    before = {"subject": str(lost.subject), "issued_before": (datetime.now(UTC) - timedelta(minutes=1)).isoformat()}
    done(await admin.post("/v1/revocations", before), 201)
    done(await lost.get("/v1/me"))
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    await asyncio.sleep((at - datetime.now(UTC)).total_seconds())  # tokens tell their time to the second
    done(await admin.post("/v1/revocations", {"subject": str(lost.subject)}), 201)
    _revoked(await lost.get("/v1/me"))
    again = done(await admin.get("/v1/revocations"))["items"][-1]
    assert (again["subject"], again["token_id"], again["by"]) == (str(lost.subject), None, "administrator")


async def test_a_turned_clock_locks_nobody_out(at_home: House) -> None:
    """Tokens follow the machine's clock."""
    admin = at_home.sender("administrator", marketplace=PLAYGROUND)
    turned = {"now": (datetime.now(UTC) + timedelta(days=400)).isoformat()}
    done(await admin.send("PUT", "/v1/sandbox/clock", json=turned))
    who = uuid4()
    done(await admin.post("/v1/revocations", {"subject": str(who)}), 201)
    await asyncio.sleep(1.1)  # tokens tell their time to the second
    done(await at_home.sender("supervisor", marketplace=PLAYGROUND, subject=who).get("/v1/me"))
    ahead = {"subject": str(who), "issued_before": (datetime.now(UTC) + timedelta(days=1)).isoformat()}
    refused(await admin.post("/v1/revocations", ahead), 422, "RevokedAhead")


async def test_a_marketplace_ends_its_own_tokens_alone(at_home: House) -> None:
    elsewhere, token_id = _with_id(at_home, marketplace="elsewhere")
    admin = at_home.sender("administrator")
    done(await admin.post("/v1/revocations", {"token_id": token_id}), 201)
    done(await admin.post("/v1/revocations", {"subject": str(elsewhere.subject)}), 201)
    done(await elsewhere.get("/v1/me"))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"token_id": "a", "subject": str(UUID(int=1))},
        {"token_id": "a", "issued_before": "2026-12-01T09:00:00Z"},
        {"token_id": "a b"},
        {"subject": "me"},
    ],
)
async def test_a_request_that_names_no_token(at_home: House, body: dict[str, Any]) -> None:
    refused(await at_home.sender("administrator").post("/v1/revocations", body), 422, "InvalidRequest")


async def test_a_party_s_token(at_home: House) -> None:
    """The answer that has it also has its id."""
    filed = done(await at_home.backend.post("/v1/disputes", filing()), 201)
    minted = done(await at_home.backend.post(f"/v1/disputes/{filed['id']}/party-tokens", {"side": "buyer"}), 201)
    buyer = Sender(at_home.http, minted["token"])
    me = done(await buyer.get("/v1/me"))
    assert (me["role"], me["dispute_id"], me["marketplace"]) == ("buyer", filed["id"], MARKETPLACE)
    done(await at_home.sender("administrator").post("/v1/revocations", {"token_id": minted["token_id"]}), 201)
    _revoked(await buyer.get(f"/v1/disputes/{filed['id']}"))


async def test_the_list_page_by_page(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path) as home:
        admin = home.sender("administrator")
        ids = [str(uuid4()) for _ in range(5)]
        for token_id in ids:
            why = {"text": "It leaked.", "language": "en"}
            done(await admin.post("/v1/revocations", {"token_id": token_id, "reason": why}), 201)
        listed: list[dict[str, Any]] = []
        page: dict[str, Any] = {"next": None}
        while not listed or page["next"]:
            query = {"limit": "2", **({"cursor": page["next"]} if page["next"] else {})}
            page = done(await home.sender("auditor").get("/v1/revocations", params=query))
            listed += page["items"]
        assert [one["token_id"] for one in listed] == ids
        assert {one["reason"]["text"] for one in listed} == {"It leaked."}


async def test_every_worker_knows_and_so_does_the_next_one(database: str, tmp_path: Path) -> None:
    """Two workers on one database; then one that starts afterwards."""
    async with house(database, tmp_path) as here, house(database, tmp_path) as there:
        leaked, token_id = _with_id(here)
        elsewhere = Sender(there.http, leaked.token)
        done(await elsewhere.get("/v1/me"))
        since = time.monotonic()
        done(await here.sender("administrator").post("/v1/revocations", {"token_id": token_id}), 201)
        await _within_a_second(elsewhere, since)
    async with house(database, tmp_path) as later:
        _revoked(await Sender(later.http, leaked.token).get("/v1/me"))


async def test_a_token_for_all_marketplaces_is_revoked_from_the_terminal(
    database: str, tmp_path: Path, typing: Typing
) -> None:
    async with house(database, tmp_path) as home:
        auditor, token_id = _with_id(home, "auditor", marketplace=None)
        supervisor, _ = _with_id(home)
        assert done(await auditor.get("/v1/me"))["marketplace"] is None
        mediation = typing(environment(tmp_path) | {"DATABASE_URL": database})
        told = [await asyncio.to_thread(mediation, "revoke", "--token-id", token_id) for _ in range(2)]
        assert [one.out.splitlines()[-1] for one in told] == ["revoked", "that was revoked already"]
        await _within_a_second(auditor, time.monotonic())
        done(await supervisor.get("/v1/me"))
        all_of_them = await asyncio.to_thread(mediation, "revoke", "--subject", str(supervisor.subject))
        assert all_of_them.code == 0, all_of_them.err
        wrong = await asyncio.to_thread(mediation, "revoke")
        assert (wrong.code, "name either --token-id, or --subject" in wrong.err) == (1, True)


async def test_the_fact_is_on_record_and_the_reason_sealed(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path) as home:
        admin = home.sender("administrator")
        why = {"text": "Zanzibar", "language": "en"}
        done(await admin.post("/v1/revocations", {"token_id": "onrtac:17", "reason": why}), 201)
    with psycopg.connect(database) as owner:
        rows = owner.execute("SELECT marketplace, actor, convert_from(body, 'UTF8') FROM event").fetchall()
    ((marketplace, actor, body),) = rows
    assert (marketplace, actor) == (MARKETPLACE, admin.subject)
    assert "onrtac:17" in body
    assert "Zanzibar" not in body


async def test_the_token_key_is_changed_without_refusing_anybody(database: str, tmp_path: Path) -> None:
    """New key accepted, then signing, then the old one taken away. The database does not mind."""
    old, new = uuid4().hex * 2, uuid4().hex * 2
    async with house(database, tmp_path, token_key=old, accepted_token_keys=[new]) as home:
        of_old, by_new = _with_id(home)[0].token, Tokens(bytes.fromhex(new))
        minted = by_new.mint(subject=uuid4(), role=Role.SUPERVISOR, marketplace=MARKETPLACE)
        for token in (of_old, minted):
            done(await Sender(home.http, token).get("/v1/me"))
    async with house(database, tmp_path, token_key=new, accepted_token_keys=[old]) as home:
        for token in (of_old, minted):
            done(await Sender(home.http, token).get("/v1/me"))
    async with house(database, tmp_path, token_key=new) as home:
        done(await Sender(home.http, minted).get("/v1/me"))
        ended = refused(await Sender(home.http, of_old).get("/v1/me"), 401, "Unauthenticated")
        assert ended["facts"] == {"reason": "signature"}


async def test_a_promoted_standby_may_have_another_revocation_at_the_same_position(
    database: str, tmp_path: Path
) -> None:
    """As many as before, and the last one where it was: only the worker's doubt makes it read them again."""
    async with house(database, tmp_path) as home:
        lost, lost_id = _with_id(home)
        revoked, revoked_id = _with_id(home)
        done(await home.sender("administrator").post("/v1/revocations", {"token_id": lost_id}), 201)
        _revoked(await lost.get("/v1/me"))
        with psycopg.connect(database) as owner:
            owner.execute("SET session_replication_role = replica")
            owner.execute(
                "UPDATE event SET body = convert_to(replace(convert_from(body, 'UTF8'), %s, %s), 'UTF8')"
                "WHERE kind = 'TokenRevoked'",
                (lost_id, revoked_id),
            )
        since = time.monotonic()
        home.services.log.memory.lost(1, 1)
        await _within_a_second(revoked, since)
        done(await lost.get("/v1/me"))
