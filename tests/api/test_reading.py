"""Reads: as the viewer may see them, as of any instant, and never older than the viewer's own write."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from psycopg import AsyncConnection
from structlog.testing import capture_logs

from api.cli.logs import with_correlation
from mediation.store.postgres import probe
from projections import dispute_list
from projections.caseload import CASELOAD, Standing
from projections.conversations import CONVERSATIONS
from projections.paging import Page
from tests import today
from tests.api.house import House, Sender, done, filing, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")

_LISTENERS_GONE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND (query LIKE 'LISTEN %' OR query = 'SELECT')"""


async def test_a_write_is_read_at_once(at_home: House) -> None:
    """Many writes at the same time, each read in every view."""

    async def write_and_read() -> None:
        filed = await at_home.filed()
        at, backend = f"/v1/disputes/{filed['id']}", at_home.backend
        posted = done(await backend.post(f"{at}/messages", {"message": said("Hello")}), 201)
        headers = {"At-Least": posted["position"]}
        assert done(await backend.get(at, headers=headers))["version"] == posted["version"]
        assert len(done(await backend.get(f"{at}/messages", headers=headers))["items"]) == 1
        history = done(await backend.get(f"{at}/history", headers=headers))["items"]
        assert history[-1]["kind"] == "MessagePosted"

    await asyncio.gather(*(write_and_read() for _ in range(10)))


async def test_what_was_read_while_the_server_crashed_is_read_again(
    at_home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The crash may have lost what the view reported as stored. Then its last batch is fed again."""
    filed = await at_home.filed()
    follow, query = at_home.services.follow, dispute_list.disputes
    reads: list[int] = []

    async def crashed_at_first(*args: Any, **asked: Any) -> Page[Standing]:
        reads.append(doubts := follow.doubts)
        if len(reads) > 1:
            return await query(*args, **asked)
        async with await AsyncConnection.connect(str(at_home.services.settings.database_url)) as owner:
            await owner.execute(_LISTENERS_GONE)
        async with asyncio.timeout(60):
            while follow.doubts == doubts:
                await at_home.services.log.last_position()  # lets the follower notice it
        return Page([], None)

    monkeypatch.setattr(dispute_list, "disputes", crashed_at_first)
    listed = done(await at_home.backend.get("/v1/disputes", headers={"At-Least": filed["position"]}))
    assert filed["id"] in {dispute["id"] for dispute in listed["items"]}
    assert len(reads) == 2


async def test_a_view_that_lags_behind_is_not_waited_for_in_vain(
    at_home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.http.reads.PATIENCE", 0.05)
    far = at_home.app.state.http.opaque.seal("position", "bazaar", "1000000")
    response = await at_home.backend.get("/v1/disputes", headers={"At-Least": far})
    problem = refused(response, 503, "ViewBehind")
    assert problem["facts"] == {"view": "caseload", "parked": False}
    assert response.headers["Retry-After"] == "1"


_PARK = "INSERT INTO parked (consumer, subject, position, error) VALUES (%s, %s, %s, 'KeyError in apply')"


async def test_a_view_that_parked_what_is_asked_for_says_that_it_is_behind(at_home: House) -> None:
    """Its position moves past what it could not take. With `At-Least`, an answer without the dispute would be wrong."""
    lost, other = await at_home.filed(), await at_home.filed()
    position = int(at_home.app.state.http.opaque.open("position", "bazaar", lost["position"]))
    async with at_home.services.pool.connection() as connection:
        await connection.execute(_PARK, (CASELOAD.name, lost["id"], position))
        await connection.execute(_PARK, (CONVERSATIONS.name, lost["id"], position))
    for path, token, view in (
        ("/v1/disputes", lost["position"], "caseload"),
        (f"/v1/disputes/{lost['id']}/messages", lost["position"], "conversations"),
        (f"/v1/disputes/{lost['id']}/messages", other["position"], "conversations"),
    ):
        problem = refused(await at_home.backend.get(path, headers={"At-Least": token}), 503, "ViewBehind")
        assert problem["facts"] == {"view": view, "parked": True}
    listed = done(await at_home.backend.get("/v1/disputes", headers={"At-Least": other["position"]}))
    assert other["id"] in {dispute["id"] for dispute in listed["items"]}
    done(await at_home.backend.get("/v1/disputes"))
    ready = done(await at_home.http.get("/ready"))
    async with at_home.services.pool.connection() as connection:
        await connection.execute("DELETE FROM parked")
    assert ready == {"status": "ok", "evidence": "ok", "parked": {"caseload": 1, "conversations": 1}}


async def test_positions_tell_nothing(at_home: House) -> None:
    """They show neither the number nor its length, and another marketplace can't use them."""
    seal = at_home.app.state.http.opaque.seal
    one, million = seal("position", "bazaar", "1"), seal("position", "bazaar", "1000000")
    assert len(one) == len(million)
    assert seal("position", "elsewhere", "1") != one


async def test_each_sees_what_is_theirs(at_home: House) -> None:
    filed = await at_home.filed()
    senders = {
        "buyer": at_home.speaking_for("buyer"),
        "seller": at_home.sender("seller", dispute=filed["id"]),
        "marketplace": at_home.backend,
        "supervisor": at_home.sender("supervisor"),
        "administrator": at_home.sender("administrator"),
        "auditor": at_home.sender("auditor"),
    }
    seen = {who: await at_home.seen(filed["id"], filed["position"], sender) for who, sender in senders.items()}
    for side, other in (("buyer", "seller"), ("seller", "buyer")):
        case = seen[side]
        assert case[side]["email"] is not None
        assert case[other]["name"] is not None
        hidden = ("id", "email", "tier")
        assert [case[other][name] for name in hidden] == [None] * 3
        assert case["marketplace_reference"] is None
        assert case["transaction"]["payment_reference"] is None
    for who in ("marketplace", "supervisor", "administrator", "auditor"):
        case = seen[who]
        assert case["buyer"]["email"] == "b-77@example.com"
        assert case["seller"]["id"] == "s-9"
        assert case["transaction"]["payment_reference"] == "pi_123"
    assert seen["auditor"]["actions"] == []


async def test_the_neutral_sees_both_parties_but_not_how_to_reach_them(at_home: House) -> None:
    await at_home.open_at_once()
    filed = await at_home.filed()
    waiting = done(await at_home.speaking_for("buyer").post(f"/v1/disputes/{filed['id']}/escalation"))
    case = await at_home.seen(filed["id"], waiting["position"], await at_home.neutral())
    for side in ("buyer", "seller"):
        assert case[side]["name"] is not None
        assert case[side]["tier"] == "standard"
        assert case[side]["email"] is case[side]["id"] is None
    assert [action["name"] for action in case["actions"]] == ["take_case"]


async def test_who_did_it_is_for_those_inside(at_home: House) -> None:
    filed = await at_home.filed()
    headers, at = {"At-Least": filed["position"]}, f"/v1/disputes/{filed['id']}/history"
    inside = done(await at_home.sender("auditor").get(at, headers=headers))["items"]
    outside = done(await at_home.speaking_for("buyer").get(at, headers=headers))["items"]
    assert all(entry["actor"] for entry in inside)
    assert not any(entry["actor"] for entry in outside)
    assert [entry["id"] for entry in inside] == [entry["id"] for entry in outside]
    assert "example.com" not in str(inside)


async def test_the_provider_s_reference_is_for_who_received_the_money(at_home: House) -> None:
    filed = await at_home.filed()
    at, backend = f"/v1/disputes/{filed['id']}", at_home.backend
    conceded = done(await at_home.speaking_for("seller").post(f"{at}/response", {"answer": "concede"}))
    (refund,) = await at_home.refunds(1, dispute_id=filed["id"])
    assert conceded["stage"] == "execution"
    paid = done(await backend.post(f"/v1/refunds/{refund['id']}/confirmation", {"provider_reference": "re_1"}))
    for sender, told in (
        (backend, "re_1"),
        (at_home.speaking_for("buyer"), "re_1"),
        (at_home.speaking_for("seller"), None),
    ):
        headers = {"At-Least": paid["position"]}
        whole = done(await sender.get(f"/v1/refunds/{refund['id']}", headers=headers))
        assert whole["provider_reference"] == told
        assert [step["status"] for step in whole["steps"]] == ["instructed", "submitted", "confirmed"]
        case = await at_home.seen(filed["id"], paid["position"], sender)
        assert case["refunds"][0]["provider_reference"] == told


async def test_as_of_any_instant(at_home: House) -> None:
    """Case file, commitments, deadlines, messages and history, as they stood, and as they were known."""
    filed = await at_home.filed()
    at, buyer, seller = f"/v1/disputes/{filed['id']}", at_home.speaking_for("buyer"), at_home.speaking_for("seller")
    facts = done(await buyer.get(f"{at}/history", headers={"At-Least": filed["position"]}))["items"]
    before = {"as_of": facts[-1]["occurred_at"], "known_at": facts[-1]["recorded_at"]}
    done(await buyer.post(f"{at}/messages", {"message": said("Ciao", "it")}), 201)
    last = done(await seller.post(f"{at}/response", {"answer": "concede"}))
    now = {"At-Least": last["position"]}
    for name, instant in before.items():
        then = {name: instant}
        case = done(await buyer.get(at, params=then, headers=now))
        assert (case["version"], case["stage"], case["response"], case["actions"]) == (
            filed["version"],
            "negotiation",
            None,
            [],
        )
        assert done(await buyer.get(f"{at}/commitments", params=then, headers=now))["items"] == []
        statuses = [d["status"] for d in done(await buyer.get(f"{at}/deadlines", params=then, headers=now))["items"]]
        assert statuses == ["running"] * 4
        assert done(await buyer.get(f"{at}/messages", params=then, headers=now))["items"] == []
        kinds = [e["kind"] for e in done(await buyer.get(f"{at}/history", params=then, headers=now))["items"]]
        assert kinds == ["DisputeFiled", "DeadlineSet", "DeadlineSet"]
        long_ago = {name: "2020-01-01T00:00:00Z"}
        refused(await buyer.get(at, params=long_ago, headers=now), 404, "UnknownDispute")
    assert done(await buyer.get(f"{at}/commitments", headers=now))["items"][0]["kind"] == "refund"
    assert [d["status"] for d in done(await buyer.get(f"{at}/deadlines", headers=now))["items"]] == [
        "met",
        *["moot"] * 3,
    ]


async def test_a_deadline_is_told_on_everybody_s_clock_with_its_proof(at_home: House) -> None:
    filed = await at_home.filed()
    at = f"/v1/disputes/{filed['id']}/deadlines"
    response = done(await at_home.backend.get(at, headers={"At-Least": filed["position"]}))["items"][0]
    assert response["name"] == "response"
    local = response["local"]
    assert datetime.fromisoformat(local["buyer"]["time"]) == datetime.fromisoformat(response["due_at"])
    assert local["seller"]["time"].endswith("+08:00")
    assert response["proof"]["window"] == {"amount": 5, "unit": "calendar_days"}
    assert response["proof"]["time_zone"] == "Asia/Shanghai"


async def test_disputes_are_found_by_what_the_marketplace_calls_them(at_home: House) -> None:
    body = filing(order="O-found", marketplace_reference="MP-found")
    body["seller"]["id"] = "s-found"
    filed = done(await at_home.backend.post("/v1/disputes", body), 201)
    for query in (
        {"order_id": "O-found"},
        {"marketplace_reference": "MP-found"},
        {"seller": "s-found"},
        {"seller": "s-found", "stage": "negotiation", "awaiting": "respondent", "reason": "not_as_described"},
    ):
        listed = done(await at_home.backend.get("/v1/disputes", params=query, headers={"At-Least": filed["position"]}))
        assert [dispute["id"] for dispute in listed["items"]] == [filed["id"]]
        assert listed["items"][0]["marketplace_reference"] == "MP-found"
    nothing = done(await at_home.backend.get("/v1/disputes", params={"seller": "s-found", "stage": "closed"}))
    assert nothing == {"items": [], "next": None, "counts": None}


async def test_pages_follow_each_other(at_home: House) -> None:
    orders = [(await at_home.filed())["id"] for _ in range(5)]
    last = await at_home.filed()
    found: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = done(await at_home.backend.get("/v1/disputes", params=query, headers={"At-Least": last["position"]}))
        found += [dispute["id"] for dispute in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert len(found) == len(set(found))
    assert set(orders) <= set(found)
    assert found[0] == last["id"]


async def test_the_feed_goes_on_where_it_was_left(at_home: House) -> None:
    """The end of the feed has a cursor too, which finds what comes later."""
    backend = at_home.backend
    cursor = await _end_of_feed(backend, (await at_home.filed())["position"])
    filed = await at_home.filed()
    page = done(await backend.get("/v1/events", params={"cursor": cursor}, headers={"At-Least": filed["position"]}))
    assert [(entry["kind"], entry["dispute_id"]) for entry in page["items"]] == [("DisputeFiled", filed["id"])]
    assert page["items"][0]["details"]["claim"]["statement"]["text"] == "Il vaso è rotto."
    assert "order" not in page["items"][0]["details"]
    again = done(await backend.get("/v1/events", params={"cursor": page["next"]}))
    assert again == {"items": [], "next": page["next"]}


async def test_what_a_case_file_offers_can_be_done(at_home: House) -> None:
    """Each action leads to a route that exists, is open to the caller, and takes the example unchanged."""
    await at_home.open_at_once()
    filed = await at_home.filed()
    seller = at_home.sender("seller", dispute=filed["id"])
    case = await at_home.seen(filed["id"], filed["position"], seller)
    offered = {action["name"]: action for action in case["actions"]}
    assert set(offered) >= {"respond", "make_offer", "add_exhibit", "post_message", "escalate"}
    assert offered["respond"]["until"] == case["deadlines"][0]["due_at"]
    last = [action for action in case["actions"] if action["name"] in ("respond", "escalate")]
    for action in [*(action for action in case["actions"] if action not in last), *last]:
        await _sent(seller, action)
    buyer = at_home.sender("buyer", dispute=filed["id"])
    case = done(await buyer.get(f"/v1/disputes/{filed['id']}"))
    (accept,) = (action for action in case["actions"] if action["name"] == "accept_offer")
    refused(await buyer.post(accept["href"], accept["example"]), 428, "IfMatchMissing")
    assert (await _sent(buyer, accept, case["version"]))["outcome"] == "settled"


async def _sent(by: Sender, action: dict[str, Any], version: int | None = None) -> dict[str, Any]:
    """Sends an action as the case file describes it."""
    assert action["if_match"] is (version is not None)
    form = action["media_type"] == "multipart/form-data"
    body = {"data": action["example"], "files": {"file": (None, b"")}} if form else {"json": action["example"]}
    response = await by.post(action["href"], match=version, **body)
    assert response.status_code in (200, 201), f"{action}: {response.text}"
    answer: dict[str, Any] = response.json()
    return answer


async def test_a_backend_mints_tokens_for_the_parties(at_home: House) -> None:
    filed, other = await at_home.filed(), await at_home.filed()
    token = done(await at_home.backend.post(f"/v1/disputes/{filed['id']}/party-tokens", {"side": "buyer"}), 201)
    buyer = Sender(at_home.http, token["token"])
    at = f"/v1/disputes/{filed['id']}"
    posted = done(await buyer.post(f"{at}/messages", {"message": said("Ciao", "it")}), 201)
    message = done(await buyer.get(f"{at}/messages", headers={"At-Least": posted["position"]}))["items"][0]
    assert (message["by"], message["message"]) == ("buyer", said("Ciao", "it"))
    refused(await buyer.get(f"/v1/disputes/{other['id']}"), 404, "UnknownDispute")
    done(await buyer.get("/v1/policies"))
    unknown = "/v1/disputes/01a1fffc-49ee-72a0-9fa3-0c006668cd79/party-tokens"
    refused(await at_home.backend.post(unknown, {"side": "buyer"}), 404, "UnknownDispute")


async def _end_of_feed(backend: Sender, position: str) -> str:
    """After `position`, and after everything that other tests left in the view."""
    query: dict[str, Any] = {"limit": 100}
    while (page := done(await backend.get("/v1/events", params=query, headers={"At-Least": position})))["items"]:
        query["cursor"] = page["next"]
    end: str = page["next"]
    return end


async def test_the_case_file_never_lags_behind_what_was_answered(at_home: House) -> None:
    """Also without `At-Least`. The actions are those of the version shown."""
    filed = await at_home.filed()
    at, seller = f"/v1/disputes/{filed['id']}", at_home.speaking_for("seller")
    answered = done(await seller.post(f"{at}/response", {"answer": "contest"}))
    shown = done(await seller.get(at))
    assert (shown["version"], shown["response"]["answer"]) == (answered["version"], "contest")
    assert [{**action, "example": None} for action in shown["actions"]] == [
        {**action, "example": None} for action in answered["actions"]
    ]


async def test_the_actions_are_those_of_the_version_shown(at_home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another act comes between the two reads, and the view is ahead of the engine's state."""
    filed = await at_home.filed()
    at, seller = f"/v1/disputes/{filed['id']}", at_home.speaking_for("seller")
    before = await at_home.services.engine.dispute(UUID(filed["id"]), "bazaar")
    answered = done(await seller.post(f"{at}/response", {"answer": "contest"}))
    await at_home.seen(filed["id"], answered["position"])

    async def then(*about: Any) -> Any:
        return before

    monkeypatch.setattr(type(at_home.services.engine), "dispute", then)
    response = await seller.get(at)
    assert (done(response)["version"], done(response)["response"]) == (filed["version"], None)
    assert "respond" in {action["name"] for action in done(response)["actions"]}


async def test_a_cursor_is_good_for_its_own_list(at_home: House) -> None:
    filed = [await at_home.filed() for _ in range(3)]
    newest = {"At-Least": filed[-1]["position"]}
    at, backend = f"/v1/disputes/{filed[0]['id']}/history", at_home.backend
    for one in ("/v1/disputes", "/v1/events", at):
        given = done(await backend.get(one, params={"limit": 1}, headers=newest))["next"]
        for other in ("/v1/disputes", "/v1/events", "/v1/refunds", "/v1/commitments", at):
            response = await backend.get(other, params={"cursor": given})
            if other == one:
                done(response)
            else:
                refused(response, 422, "UnknownToken")


@pytest.mark.parametrize("name", ["as_of", "known_at"])
async def test_of_the_future_nothing_is_told(at_home: House, name: str) -> None:
    filed = await at_home.filed()
    later = {name: (max(today.now(), datetime.now(UTC)) + timedelta(minutes=1)).isoformat()}
    for path in (f"/v1/disputes/{filed['id']}", "/v1/disputes", "/v1/commitments", "/v1/refunds"):
        refused(await at_home.backend.get(path, params=later), 422, "NotYetKnown")


async def test_what_caused_what_is_for_those_inside(at_home: House) -> None:
    filed = await at_home.filed()
    headers, at = {"At-Least": filed["position"]}, f"/v1/disputes/{filed['id']}/history"
    facts = await at_home.services.log.of_dispute(UUID(filed["id"]))
    for reader in (at_home.backend, *map(at_home.sender, ("supervisor", "administrator", "auditor"))):
        entries = done(await reader.get(at, headers=headers))["items"]
        for entry, fact in zip(entries, facts, strict=True):
            assert entry["correlation_id"] == str(fact.correlation_id)
            assert entry["causation_id"] == str(fact.causation_id)
    for entry in done(await at_home.speaking_for("buyer").get(at, headers=headers))["items"]:
        assert entry["correlation_id"] is entry["causation_id"] is None


async def test_ready_means_that_views_and_processes_are_carried_on(
    at_home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert done(await at_home.http.get("/ready")) == {"status": "ok", "evidence": "ok", "parked": {}}
    monkeypatch.setattr("api.http.health.PATIENCE", 0.2)
    monkeypatch.setattr(
        "api.http.health._CARRIED_ON", "SELECT name FROM progress WHERE name = ANY(%s) AND name NOT LIKE 'refunds@%%'"
    )
    refused(await at_home.http.get("/ready"), 503, "NotCarriedOn")


@pytest.mark.parametrize(
    "failing",
    [
        "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$",
        "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'read_only_sql_transaction'; END $$",
    ],
)
async def test_ready_means_that_a_write_was_taken(
    at_home: House, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    """A database with a full disk still answers every read. One proof counts for a second: the route is public."""
    proof = at_home.app.state.http.write_proof
    monkeypatch.setattr(proof, "_every", 0.0)
    monkeypatch.setattr("mediation.store.postgres.probe._NEW_SPACE", failing)
    with capture_logs() as logs:
        refused(await at_home.http.get("/ready"), 503, "NoWrites")
    assert [one["sqlstate"] for one in logs if one["event"] == "no_writes"] in (["53100"], ["25006"])
    monkeypatch.undo()
    proof._found = None
    done(await at_home.http.get("/ready"))


async def test_many_who_ask_share_one_proof(at_home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[None] = []

    async def counted(*_: Any, **__: Any) -> None:
        tries.append(None)

    monkeypatch.setattr("mediation.store.postgres.probe.prove", counted)
    monkeypatch.setattr(at_home.app.state.http.write_proof, "_every", 60.0)
    at_home.app.state.http.write_proof._found = None
    for _ in range(5):
        done(await at_home.http.get("/ready"))
    assert len(tries) == 1


async def test_the_proof_of_a_write_needs_new_space_on_the_disk(at_home: House) -> None:
    """A write into space that the table already has would succeed on a full disk."""
    async with at_home.services.pool.connection() as connection, connection.transaction():
        await connection.execute("SET LOCAL work_mem = '64kB'")
        plan = await connection.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {probe._NEW_SPACE}".encode())
        ((found,),) = await plan.fetchall()
    assert found[0]["Plan"]["Temp Written Blocks"] > 50


async def test_who_is_refused_for_want_of_a_right_is_in_the_security_log(at_home: House) -> None:
    """401 and 403: what was asked for, and by whom, if that is known. Never the token, nor what was written."""
    stranger, neutral = "not.a.token", at_home.sender("neutral")
    with capture_logs([with_correlation]) as logs:
        answers = [
            await at_home.http.get("/v1/disputes/maria-rossi", headers={"Authorization": f"Bearer {stranger}"}),
            await neutral.get("/v1/extract", params={"form": "csv"}),
            await at_home.backend.get("/v1/disputes/0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11"),
        ]
    assert [answer.status_code for answer in answers] == [401, 403, 404]
    first, second = [one for one in logs if one["event"] == "access_refused"]
    assert (first["code"], first["reason"], first["route"]) == ("Unauthenticated", "malformed", "/v1/disputes…")
    assert (first["subject"], first["correlation_id"]) == (None, answers[0].headers["Correlation-Id"])
    assert (second["code"], second["route"], second["role"]) == ("NotForThisRole", "/v1/extract", "neutral")
    assert (second["subject"], second["marketplace"]) == (str(neutral.subject), "bazaar")
    assert second["correlation_id"] == answers[1].headers["Correlation-Id"]
    for secret in (stranger, neutral.token, "maria-rossi"):
        assert secret not in str(logs)
