"""Notices: from a fact to the mail server or to the marketplace, and what becomes of each."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from domain.kernel.base import Role
from mediation.gateways.mail.message_ids import named_by
from mediation.gateways.mail.reply_address import ReplyAddresses
from tests.api.house import House, Sender, done, filing, house, person, refused, said
from tests.api.test_translations import until
from tests.harness.mail_server import MailServer, mail_server, parts

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOON = {"grouping_minutes": 0, "quiet_from": 0, "quiet_until": 0, "bounce_minutes": 0}
TOLD: dict[str, Any] = {"version": "told", "notices": {"way": "mail", "notice": "assumed", **SOON}}
SHOP = person("deemed-s", "CN", "zh-Hans", "Asia/Shanghai")
PAGE = "https://bazaar.example/orders/{order_id}?dispute={case_number}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def post() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(
    shared_database: str, tmp_path_factory: pytest.TempPathFactory, post: MailServer
) -> AsyncIterator[House]:
    mail = {"bazaar": post.account(page=PAGE), "playground": post.account()}
    async with house(shared_database, tmp_path_factory.mktemp("notices"), mail=mail) as running:
        done(await running.sender(Role.ADMINISTRATOR).post("/v1/policies", TOLD), 201)
        yield running


async def filed(home: House, name: str, *, buyer: str | None = None, **changes: Any) -> tuple[str, dict[str, Any]]:
    """The path of a new dispute, and its answer. The people's addresses begin with the name."""
    both = {
        "buyer": person(f"{name}-b", "IT", "it", "Europe/Rome"),
        "seller": person(f"{name}-s", "CN", "zh-Hans", "Asia/Shanghai"),
    }
    if buyer is not None:
        both["buyer"]["email"] = buyer
    answer = done(await home.backend.post("/v1/disputes", filing(**{**both, **changes})), 201)
    return f"/v1/disputes/{answer['id']}", answer


async def notices(reader: Sender, at: str, number: int = 1, status: str | None = None, **query: Any) -> Any:
    """The notices of a dispute, as soon as there are so many that have this status."""

    async def ask() -> Any:
        return done(await reader.get(f"{at}/notices", params=query))["items"]

    return await until(ask, lambda items: sum(status in (None, one["status"]) for one in items) >= number)


async def test_a_claim_is_told_to_whom_it_is_filed_against(home: House, post: MailServer) -> None:
    """In their language, with the exact instant on their clock, and nothing that the claim says. It is delivered when it did
    not come back."""
    at, answer = await filed(home, "first", seller=person("first-s", "EG", "ar", "Africa/Cairo"))
    (mail,) = await post.until(1, "first-s@example.com")
    (notice,) = await notices(home.backend, at, 1, "delivered")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    assert mail["From"] == "Bazaar <disputes@bazaar.example>"
    assert mail["Content-Language"] == "ar"
    assert mail["Message-ID"] == notice["message_id"]
    named, answers = named_by(mail["Message-ID"]), ReplyAddresses(home.services.blind.digest("reply address"))
    assert named is not None
    assert (str(named.dispute_id), str(named.notice_id)) == (answer["id"], notice["id"])
    read = answers.read(mail["Reply-To"])
    assert read is not None
    assert (str(read.dispute_id), read.side) == (answer["id"], "seller")
    text, html = parts(mail)
    (due,) = [one for one in notice["deadlines"] if one["about"] == "response"]
    in_words = done(await home.speaking_for("seller").get(f"{at}/in-words", headers={"Accept-Language": "ar"}))
    (until_then,) = {one["until_in_words"] for one in in_words["next"] if one["until"] == due["due_at"]}
    assert due["due_local"].endswith(("+02:00", "+03:00"))
    for written in (text, html):
        assert until_then in written
        assert answer["case_number"] in written
        assert "rotto" not in written
    assert 'dir="rtl"' in html
    assert f'<bdi dir="ltr">{answer["case_number"]}</bdi>' in html
    assert "src=" not in html
    assert f"https://bazaar.example/orders/{filing_order(mail)}?dispute={answer['case_number']}" in text


def filing_order(mail: Any) -> str:
    """The order number that the text names."""
    text, _ = parts(mail)
    return str(text.partition("/orders/")[2].partition("?")[0])


async def test_each_side_sees_its_own_notices(home: House, post: MailServer) -> None:
    at, _ = await filed(home, "own")
    await post.until(1, "own-s@example.com")
    done(
        await home.speaking_for("seller").post(f"{at}/offers", {"amount": {"amount": "20.00", "currency": "EUR"}}), 201
    )
    (mail,) = await post.until(1, "own-b@example.com")
    assert mail["Content-Language"] == "it"
    both = await notices(home.backend, at, 2)
    assert [(one["to"], one["number"]) for one in both] == [("seller", 1), ("buyer", 1)]
    buyers = done(await home.speaking_for("buyer").get(f"{at}/notices"))["items"]
    assert [one["to"] for one in buyers] == ["buyer"]
    assert buyers[0]["message_id"] is None
    assert [one["fact"] for one in buyers[0]["causes"]] == ["OfferMade"]
    history = done(await home.speaking_for("seller").get(f"{at}/history"))["items"]
    assert {one["details"]["to"] for one in history if one["kind"].startswith("Notice")} == {"seller"}


async def test_who_has_no_address_is_to_be_reached_otherwise(home: House) -> None:
    """The other party is told nothing of it. Whoever reached them says so, and that ends it."""
    seller = {**person("none-s", "CN", "zh-Hans", "Asia/Shanghai"), "email": None}
    at, _ = await filed(home, "none", seller=seller)
    (notice,) = await notices(home.backend, at, 1, "failed")
    assert notice["why"] == "no_address"
    owed = {"kind": "reach", "dispute_id": at.rpartition("/")[2]}

    async def ask() -> Any:
        return done(await home.backend.get("/v1/commitments", params={**owed, "status": "open"}))["items"]

    (commitment,) = await until(ask, lambda items: len(items) == 1)
    assert (commitment["owed_by"], commitment["owed_to"]) == ("marketplace", "seller")
    for side, number in (("seller", 1), ("buyer", 0)):
        seen = done(await home.speaking_for(side).get(at))["commitments"]
        assert len([one for one in seen if one["kind"] == "reach"]) == number
    body = {"to": "seller", "how": "phone", "note": said("She knows.")}
    refused(await home.speaking_for("seller").post(f"{at}/reached", body), 403, "NotForThisRole")
    done(await home.sender(Role.SUPERVISOR).post(f"{at}/reached", body))
    assert await until(ask, lambda items: not items) == []


async def test_where_no_mail_server_is_known_for_a_day_somebody_is_to_reach_the_party(home: House) -> None:
    """Until then it may be a fault of the operator, who is warned of it each minute."""
    there = "elsewhere"
    backend, admin = home.backend_of(there), home.sender(Role.ADMINISTRATOR, marketplace=there)
    done(await admin.post("/v1/policies", {**TOLD, "notices": {**TOLD["notices"], "notice": "required"}}), 201)
    at = f"/v1/disputes/{done(await backend.post('/v1/disputes', filing()), 201)['id']}"
    a_day_later = (
        "UPDATE notice_task SET since = since - interval '1 day', claimed_until = now() WHERE marketplace = %s"
    )

    async def ask() -> Any:
        async with home.services.pool.connection() as connection:
            await connection.execute(a_day_later, (there,))
        return done(await backend.get(f"{at}/notices"))["items"]

    (notice,) = await until(ask, lambda items: [one["status"] for one in items] == ["failed"])
    assert notice["why"] == "gave_up"
    assert (await response_of(backend, at))["awaits_notice"]


async def test_the_marketplace_gives_another_address(home: House, post: MailServer) -> None:
    """It holds for the next notice. One that is no address is refused, and nobody unknown has one."""
    at, _ = await filed(home, "moved")
    await post.until(1, "moved-s@example.com")
    given = {"party": "moved-b", "address": "Ada@Bücher.example"}
    done(await home.backend.post("/v1/mail-addresses", given), 201)
    refused(await home.backend.post("/v1/mail-addresses", {**given, "address": "ada@"}), 422, "InvalidRequest")
    refused(await home.backend.post("/v1/mail-addresses", {**given, "party": "nobody"}), 404, "UnknownPerson")
    done(await home.speaking_for("seller").post(f"{at}/messages", {"message": said("hello")}), 201)
    (mail,) = await post.until(1, "Ada@xn--bcher-kva.example")
    assert mail["To"] == "Ada@xn--bcher-kva.example"


async def test_a_refused_mail_fails_and_a_busy_server_is_asked_again(home: House, post: MailServer) -> None:
    post.says["refused-s@example.com"] = "550 5.1.1 No such mailbox"
    post.says["busy-s@example.com"] = "451 4.7.1 Later"
    at, _ = await filed(home, "refused")
    (notice,) = await notices(home.backend, at, 1, "failed")
    assert (notice["why"], notice["status_code"]) == ("refused", "5.1.1")
    at, _ = await filed(home, "busy")
    (notice,) = await notices(home.backend, at)
    post.says.clear()
    async with home.services.pool.connection() as connection:  # nobody waits for the seconds that it is left alone
        await connection.execute("UPDATE notice_mail SET claimed_until = now()")
    await post.until(1, "busy-s@example.com")
    await notices(home.backend, at, 1, "delivered")


async def test_the_marketplace_shows_notices_and_says_so(home: House) -> None:
    """It reads each in the languages that it asks for. What it could not show is owed. The window of the party begins when it
    was shown, and stops when the marketplace takes that back.
    """
    shown = {"version": "shown", "notices": {"way": "marketplace", **SOON}}
    there = "playground"
    backend, admin = home.backend_of(there), home.sender(Role.ADMINISTRATOR, marketplace=there)
    done(await admin.post("/v1/policies", shown), 201)
    answer = done(await backend.post("/v1/disputes", filing()), 201)
    at = f"/v1/disputes/{answer['id']}"
    (notice,) = await notices(backend, at, 1, "sent", language=["de", "ar-EG", "sw"])
    assert [one["language"] for one in notice["written"]] == ["de", "ar", "en"]
    assert 'dir="rtl"' in notice["written"][1]["html"]
    assert notice["message_id"] is None
    events = done(await backend.get("/v1/events", params={"kind": "NoticeMade", "dispute_id": answer["id"]}))["items"]
    assert [one["details"]["text"] for one in events] == [notice["text"]]
    where = f"{at}/notices/{notice['id']}/acknowledgement"
    assert (await response_of(backend, at))["awaits_notice"]
    seller = home.speaking_for("seller", marketplace=there)
    steps = done(await seller.get(f"{at}/in-words", headers={"Accept-Language": "en"}))["next"]
    assert [one["until_in_words"] for one in steps if "told of it" in (one["on_silence"] or "")] == [None]
    done(await backend.post(where, {"delivered": False}))
    (notice,) = await notices(backend, at)
    assert (notice["status"], notice["why"]) == ("failed", "reported")
    done(await backend.post(where, {"delivered": True}))
    (notice,) = await notices(backend, at)
    assert (notice["status"], notice["why"]) == ("delivered", None)
    kept = [one for one in done(await backend.get(at))["commitments"] if one["kind"] == "reach"]
    assert [one["status"] for one in kept] == ["kept"]
    begun = await response_of(backend, at)
    assert (begun["awaits_notice"], begun["told_by"]["notice_id"]) == (False, notice["id"])
    done(await backend.post(where, {"delivered": False}))
    assert (await response_of(backend, at))["awaits_notice"]


async def response_of(reader: Sender, at: str) -> Any:
    """The window to answer the claim."""
    (found,) = [one for one in done(await reader.get(at))["deadlines"] if one["name"] == "response"]
    return found


async def offered(reader: Sender, at: str, act: str) -> list[Any]:
    return [one for one in done(await reader.get(at))["actions"] if one["name"] == act]


async def test_after_two_ways_failed_a_party_counts_as_told(home: House, post: MailServer) -> None:
    """A policy asks for notice unless it says otherwise. The mail comes back, and nobody answers the phone."""
    there = "playground"
    backend, supervisor = home.backend_of(there), home.sender(Role.SUPERVISOR, marketplace=there)
    rules = {"version": "by-mail", "notices": {"way": "mail", **SOON, "bounce_minutes": 60}}
    done(await home.sender(Role.ADMINISTRATOR, marketplace=there).post("/v1/policies", rules), 201)
    at = f"/v1/disputes/{done(await backend.post('/v1/disputes', filing(seller=SHOP)), 201)['id']}"
    (mail,) = await post.until(1, SHOP["email"])
    await notices(backend, at, 1, "sent")
    report = {"message_id": mail["Message-ID"], "why": "no_mailbox"}
    done(await backend.post("/v1/notices/bounces", report), 201)
    deemed = {"to": "seller", "reasons": {"text": "Nobody answers.", "language": "en"}}
    refused(await supervisor.post(f"{at}/deemed-told", deemed), 409, "NotTriedEnough")
    assert await offered(supervisor, at, "deem_told") == []
    done(await supervisor.post(f"{at}/reached", {"to": "seller", "how": "phone", "reached": False}))
    assert (await response_of(backend, at))["awaits_notice"]
    (action,) = await offered(supervisor, at, "deem_told")
    done(await supervisor.post(action["href"], action["example"]))
    begun = await response_of(backend, at)
    assert (begun["awaits_notice"], begun["told_by"]["way"]) == (False, "deemed")


async def test_a_provider_reports_what_came_back(home: House, post: MailServer) -> None:
    """By the Message-ID. Another marketplace's mails are not found, nor what is no notice's."""
    at, _ = await filed(home, "back")
    (mail,) = await post.until(1, "back-s@example.com")
    await notices(home.backend, at, 1, "delivered")
    report = {"message_id": mail["Message-ID"], "why": "no_mailbox", "status": "5.1.1"}
    refused(await home.backend_of("playground").post("/v1/notices/bounces", report), 404, "UnknownDispute")
    other = {**report, "message_id": "<1@mail.example>"}
    refused(await home.backend.post("/v1/notices/bounces", other), 404, "UnknownNotice")
    done(await home.backend.post("/v1/notices/bounces", report), 201)
    (notice,) = await notices(home.backend, at, 1, "bounced")
    assert (notice["why"], notice["status_code"]) == ("no_mailbox", "5.1.1")
