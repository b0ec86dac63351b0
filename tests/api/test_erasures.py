"""Erasing a person over HTTP: what becomes unreadable, what stays, what stands against it, and who may ask."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from psycopg import AsyncConnection, errors

from mediation.store.keys.rotation import rotate
from tests.api.house import House, Sender, done, filing, house, refused, said
from tests.api.rulings import people, somebody
from tests.postgres import Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")

ERASED = "[erased]"


async def closed(house: House, buyer: str, seller: str | None = None) -> dict[str, Any]:
    """A dispute that the buyer filed and withdrew."""
    filed = await house.filed(**people(buyer, seller or somebody()))
    done(
        await house.speaking_for("buyer").post(
            f"/v1/disputes/{filed['id']}/withdrawal", {"reason": said("Va bene.", "it")}
        )
    )
    return filed


async def erased(sender: Sender, buyer: str, status: int = 201, **more: Any) -> dict[str, Any]:
    return done(await sender.post("/v1/erasures", {"party": buyer, "ground": "person_asked"}, **more), status)


async def test_a_person_is_forgotten(at_home: House) -> None:
    """Their data and texts are gone, now and as of any instant. The other party's texts stay."""
    buyer, seller = somebody(), somebody()
    filed = await closed(at_home, buyer, seller)
    at = f"/v1/disputes/{filed['id']}"
    before = await at_home.seen(filed["id"], filed["position"])
    told = await erased(at_home.backend, buyer)
    assert (told["status"], told["ground"], told["number"], told["against"]) == ("erased", "person_asked", 1, [])
    after = await at_home.seen(filed["id"], told["position"])
    assert after["buyer"]["id"] == after["buyer"]["name"] == after["claim"]["statement"]["text"] == ERASED
    assert after["transaction"]["order_id"] == after["transaction"]["lines"][0]["title"] == ERASED
    assert after["seller"] == before["seller"]
    then = done(await at_home.backend.get(at, params={"as_of": before["filed_at"]}))
    assert then["buyer"]["name"] == ERASED
    trail = done(await at_home.sender("auditor").get(f"/v1/audit/disputes/{filed['id']}/trail"))
    (person,) = trail["erased"]
    assert (person["who"], person["ground"], person["erased_at"]) == ("buyer", "person_asked", told["erased_at"])
    assert "[erased]" in trail["items"][0]["what"]
    listed = done(
        await at_home.backend.get(
            "/v1/erasures", headers={"At-Least": told["position"]}, params={"subject": told["subject"]}
        )
    )
    assert [one["status"] for one in listed["items"]] == ["erased"]


async def test_it_is_done_once(at_home: House) -> None:
    """It is requested again, by several senders at once, under one key or many."""
    buyer = somebody()
    await closed(at_home, buyer)
    key = str(uuid4())
    backends = [at_home.backend for _ in range(3)]
    answers = await asyncio.gather(*(erased(backend, buyer) for backend in backends))
    again = [await erased(backends[0], buyer, key=key) for _ in range(2)]
    assert len({one["erased_at"] for one in [*answers, *again]}) == 1
    asked = {"params": {"kind": "PersonErased", "limit": 100}, "headers": {"At-Least": again[0]["position"]}}
    facts = done(await at_home.sender("auditor").get("/v1/audit/trail", **asked))
    assert [f["body"]["subject"] for f in facts["items"]].count(answers[0]["subject"]) == 1


async def test_an_open_dispute_puts_it_off(at_home: House) -> None:
    """The erasure is owed in the open dispute. It is done when that dispute closes, without a second request."""
    buyer = somebody()
    filed = await at_home.filed(**people(buyer))
    told = await erased(at_home.sender("administrator"), buyer, 202)
    assert (told["status"], told["until"]) == ("deferred", None)
    assert [(one["what"], one["dispute_id"]) for one in told["against"]] == [("open_dispute", filed["id"])]
    owed = {"kind": "erase", "dispute_id": filed["id"]}
    backend = at_home.backend
    (promise,) = done(await backend.get("/v1/commitments", params=owed, headers={"At-Least": told["position"]}))[
        "items"
    ]
    assert (promise["id"], promise["owed_by"], promise["owed_to"]) == (told["commitment_id"], "marketplace", "buyer")
    assert (promise["arises_from"], promise["due_at"]) == ("erasure", told["due_at"])
    at = f"/v1/disputes/{filed['id']}"
    refused(await at_home.backend.post(f"{at}/commitments/{promise['id']}/fulfilment", {}), 409, "ErasureDecides")
    for side in ("buyer", "seller"):
        case = await at_home.seen(filed["id"], told["position"], at_home.speaking_for(side))
        assert not [one for one in case["commitments"] if one["kind"] == "erase"]
    done(await at_home.speaking_for("buyer").post(f"{at}/withdrawal", {}))
    assert (await until_done(at_home, told["subject"]))["status"] == "erased"
    status = promise["status"]
    async with asyncio.timeout(60):
        while status == "pending":
            (promise,) = done(await backend.get("/v1/commitments", params=owed | {"status": "all"}))["items"]
            status = promise["status"]
    assert status == "kept"


async def until_done(house: House, subject: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            asked = done(await house.backend.get("/v1/erasures", params={"subject": subject}))["items"]
            if asked and asked[-1]["status"] in ("erased", "complete"):
                return dict(asked[-1])
            await asyncio.sleep(0.02)


async def test_a_legal_hold_puts_it_off(at_home: House) -> None:
    buyer = somebody()
    await closed(at_home, buyer)
    supervisor = at_home.sender("supervisor")
    held = done(await supervisor.post("/v1/legal-holds", {"party": buyer, "reason": said("A court asks.")}), 201)
    assert held["number"] == 1
    told = await erased(at_home.backend, buyer, 202)
    assert [(one["what"], one["hold"], one["until"]) for one in told["against"]] == [("legal_hold", 1, None)]
    again = await erased(at_home.backend, buyer, 202)
    assert again["commitment_id"] == told["commitment_id"]
    listed = done(
        await supervisor.get(
            "/v1/legal-holds", params={"subject": told["subject"]}, headers={"At-Least": held["position"]}
        )
    )
    assert listed["items"][0]["reason"]["text"] == "A court asks."
    at = f"/v1/legal-holds/{told['subject']}/1/lifting"
    lifted = done(await supervisor.post(at, {"reason": said("It has ruled.")}))
    done(await supervisor.post(at))
    assert (await until_done(at_home, told["subject"]))["status"] == "erased"
    open_ones = done(
        await supervisor.get(
            "/v1/legal-holds",
            params={"subject": told["subject"], "lifted": "false"},
            headers={"At-Least": lifted["position"]},
        )
    )
    assert open_ones["items"] == []
    refused(await supervisor.post(f"/v1/legal-holds/{told['subject']}/2/lifting"), 404, "UnknownHold")


async def test_a_retention_period_puts_it_off(at_home: House) -> None:
    """The period of the policy under which each dispute was filed, from its closure."""
    policy = {"version": f"keeps-{uuid4().hex[:8]}", "retention_days": 30}
    done(await at_home.sender("administrator").post("/v1/policies", policy), 201)
    buyer = somebody()
    filed = await closed(at_home, buyer)
    none = {"version": f"keeps-nothing-{uuid4().hex[:8]}"}
    done(await at_home.sender("administrator").post("/v1/policies", none), 201)
    told = await erased(at_home.backend, buyer, 202)
    (against,) = told["against"]
    assert (against["what"], against["dispute_id"]) == ("retention", filed["id"])
    assert against["rule"] == f"{policy['version']}/retention_days"
    assert told["until"] == against["until"] < told["due_at"]


async def test_bad_input(at_home: House) -> None:
    backend, supervisor = at_home.backend, at_home.sender("supervisor")
    ground = {"ground": "person_asked"}
    refused(await backend.post("/v1/erasures", {"party": somebody(), **ground}), 404, "UnknownPerson")
    refused(await backend.post("/v1/erasures", {"subject": str(uuid4()), **ground}), 404, "UnknownPerson")
    refused(await backend.post("/v1/erasures", ground), 422, "InvalidRequest")
    refused(
        await backend.post("/v1/erasures", {"party": "b", "subject": str(uuid4()), **ground}), 422, "InvalidRequest"
    )
    refused(await backend.post("/v1/erasures", {"party": "b-77", "ground": "because"}), 422, "InvalidRequest")
    refused(await supervisor.post("/v1/erasures", {"party": "b-77", **ground}), 403, "NotForThisRole")
    refused(await backend.post("/v1/legal-holds", {"party": "b-77", "reason": said("No.")}), 403, "NotForThisRole")
    buyer = somebody()
    filed = await closed(at_home, buyer)
    elsewhere = at_home.sender("marketplace", marketplace="elsewhere")
    refused(await elsewhere.post("/v1/erasures", {"party": buyer, **ground}), 404, "UnknownPerson")
    past = {"party": buyer, "reason": said("Late."), "until": "2020-01-01T00:00:00Z"}
    refused(await supervisor.post("/v1/legal-holds", past), 422, "HoldEndsInThePast")
    assert (await at_home.seen(filed["id"], filed["position"]))["buyer"]["name"] != ERASED


async def test_who_was_erased_may_come_back(at_home: House) -> None:
    """They file a new dispute, under a new key."""
    buyer = somebody()
    await closed(at_home, buyer)
    await erased(at_home.backend, buyer)
    again = done(await at_home.backend.post("/v1/disputes", filing(**people(buyer))), 201)
    assert (await at_home.seen(again["id"], again["position"]))["buyer"]["id"] == buyer
    done(await at_home.speaking_for("buyer").post(f"/v1/disputes/{again['id']}/withdrawal", {}))
    second = await erased(at_home.backend, buyer)
    assert second["number"] == 2


async def test_the_key_store_may_be_a_database_of_its_own(servers: Servers, tmp_path: Path) -> None:
    """Then no key is beside the log. In both databases the log's connections can't read keys."""
    with servers.fresh("18") as log, servers.fresh("18") as keys:
        async with house(log, tmp_path, keys_url=keys) as home:
            buyer = somebody()
            filed = await closed(home, buyer)
            assert await _keys(log) == 0
            assert await _keys(keys) > 1
            async with home.services.pool.connection() as connection:
                with pytest.raises(errors.InsufficientPrivilege):
                    await connection.execute("SELECT FROM keys.data_key")
            told = await erased(home.backend, buyer)
            assert (await home.seen(filed["id"], told["position"]))["buyer"]["name"] == ERASED
            rotated = await rotate(home.services.key_pool, home.services.settings.secret.masters)
            assert rotated.destroyed
            assert await home.services.rotations.record() == 1
            assert await home.services.rotations.record() == 0
            newest = {"At-Least": told["position"]}
            async with asyncio.timeout(60):
                while True:
                    (one,) = done(await home.backend.get("/v1/erasures", headers=newest))["items"]
                    if one["status"] == "complete":
                        break
            assert one["completed_at"] > one["erased_at"]


async def test_another_worker_forgets_within_seconds(servers: Servers, tmp_path: Path) -> None:
    """A second API over the same database has just shown the person, and forgets what it had in memory."""
    with servers.fresh("18") as conninfo:
        async with house(conninfo, tmp_path) as here, house(conninfo, tmp_path) as there:
            buyer = somebody()
            filed = await closed(here, buyer)
            reader = there.sender("marketplace")
            assert (await there.seen(filed["id"], filed["position"], reader))["buyer"]["id"] == buyer
            await erased(here.backend, buyer)
            async with asyncio.timeout(5):
                shown = buyer
                while shown != ERASED:
                    shown = (await there.seen(filed["id"], filed["position"], reader))["buyer"]["id"]


async def _keys(conninfo: str) -> int:
    async with await AsyncConnection.connect(conninfo) as connection:
        row = await (await connection.execute("SELECT count(*) FROM keys.data_key")).fetchone()
    assert row is not None
    return int(row[0])
