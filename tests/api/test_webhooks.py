"""Webhooks as a receiver and an administrator see them: over HTTP, to a real server, over the real database."""

import base64
import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

from domain.kernel.base import Role
from domain.kernel.people import Awaiting, Stage
from mediation.processes.webhooks.endpoints import MOST
from mediation.processes.webhooks.types import TYPES
from tests.api.house import House, Sender, done, euros, filing, house, refused, said
from tests.api.test_translations import until
from tests.harness.webhook_receiver import Got, Receiver, receiver

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT = "/v1/webhook-endpoints"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("webhooks")
    async with house(shared_database, folder, webhook_networks=["127.0.0.0/8"]) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def there() -> AsyncIterator[Receiver]:
    async with receiver() as listening:
        yield listening


class Shop:
    """A marketplace of its own for each test."""

    def __init__(self, home: House) -> None:
        self.home = home
        self.name = f"m-{uuid4().hex[:8]}"
        self.backend = home.backend_of(self.name)
        self.administrator = home.sender(Role.ADMINISTRATOR, marketplace=self.name)

    async def endpoint(self, url: str, **more: Any) -> dict[str, Any]:
        return done(await self.administrator.post(AT, {"url": url, **more}), 201)

    async def filed(self) -> str:
        return str(done(await self.backend.post("/v1/disputes", filing()), 201)["id"])

    def party(self, side: str) -> Sender:
        return self.home.speaking_for(side, self.name)

    async def feed(self, **query: str) -> list[dict[str, Any]]:
        return list(done(await self.backend.get("/v1/events", params={"limit": "100", **query}))["items"])


@pytest.fixture
def shop(home: House) -> Shop:
    return Shop(home)


def verified(got: Got, secret: str, public_key: str) -> None:
    """By the official library, and by hand for the signature with a public key."""
    Webhook(secret).verify(got.body, dict(got.headers))
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.{got.body}".encode()
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.removeprefix("whpk_")))
    (signature,) = [
        one.removeprefix("v1a,") for one in got.headers["webhook-signature"].split(" ") if one.startswith("v1a,")
    ]
    key.verify(base64.b64decode(signature), signed)


async def test_a_receiver_is_told_and_can_prove_who_told_it(shop: Shop, there: Receiver) -> None:
    made = await shop.endpoint(there.url())
    dispute_id = await shop.filed()
    first = (await there.until(1))[0]
    verified(first, made["secret"], made["public_key"])
    body = first.said
    assert (body["type"], body["series"], body["sequence"]) == ("dispute.filed", 1, 1)
    assert body["data"]["dispute_id"] == dispute_id
    assert body["id"] == first.headers["webhook-id"]
    listed = done(await shop.backend.get(f"/v1/disputes/{dispute_id}"))
    assert body["data"]["case_number"] == listed["case_number"]
    assert (body["data"]["stage"], body["data"]["awaiting"]) == (listed["stage"], listed["awaiting"])


async def test_a_test_event_says_what_became_of_it(shop: Shop, there: Receiver) -> None:
    """Also for an endpoint that is disabled. The same request again is the same webhook."""
    made = await shop.endpoint(there.url())
    at = f"{AT}/{made['id']}"
    done(await shop.administrator.send("PATCH", at, json={"enabled": False}))
    for _ in range(2):
        sent = done(await shop.administrator.post(f"{at}/test", key="one"))
        assert (sent["why"], sent["status"]) == ("delivered", 204)
    there.says = lambda got: (500, {})
    assert done(await shop.administrator.post(f"{at}/test"))["why"] == "status"
    first, again, other = there.at("/")
    verified(first, made["secret"], made["public_key"])
    assert first.said["type"] == "webhook.test"
    assert first.said["sequence"] is None
    assert first.headers["webhook-id"] == again.headers["webhook-id"] != other.headers["webhook-id"]


async def test_two_secrets_are_valid_during_a_rotation(shop: Shop, there: Receiver) -> None:
    made = await shop.endpoint(there.url())
    at = f"{AT}/{made['id']}"
    new = done(await shop.backend.post(f"{at}/secret/rotation", key="r1"))
    assert done(await shop.backend.get(f"{at}/secret")) == new
    assert new["previous_valid_until"] is not None
    done(await shop.backend.post(f"{at}/test"))
    (both,) = there.at("/")
    for secret in (made["secret"], new["secret"]):
        Webhook(secret).verify(both.body, dict(both.headers))
    assert both.headers["webhook-signature"].count("v1a,") == 2

    second = done(await shop.administrator.post(f"{at}/secret/rotation", {"previous_valid_hours": 0}, key="r2"))
    assert done(await shop.administrator.post(f"{at}/secret/rotation", {"previous_valid_hours": 0}, key="r2")) == second
    refused(await shop.administrator.post(f"{at}/secret/rotation", {}, key="r2"), 422, "KeyReused")
    done(await shop.administrator.post(f"{at}/test"))
    last = there.at("/")[-1]
    verified(last, second["secret"], second["public_key"])
    for former in (made["secret"], new["secret"]):
        with pytest.raises(WebhookVerificationError):
            Webhook(former).verify(last.body, dict(last.headers))


async def test_a_receiver_is_told_what_the_feed_tells_and_nothing_else(
    shop: Shop, there: Receiver, home: House
) -> None:
    """Of a dispute with a caucus, a note of the desk and a ruling that waits for its co-signature. No number is left out."""
    everything = await shop.endpoint(there.url("/all"), types=sorted(TYPES))
    await shop.endpoint(there.url("/usual"))
    dispute_id = await heard(shop)
    for path, query in (("/usual", {}), ("/all", {"bookkeeping": "true"})):
        feed = await shop.feed(**query)
        got = await there.until(len(feed), path)
        assert len(got) == len(feed)
        told = sorted((one.said for one in got), key=lambda said: said["sequence"])
        assert [said["sequence"] for said in told] == list(range(1, len(told) + 1))
        assert [TYPES[said["type"]].kind for said in told] == [fact["kind"] for fact in feed]
    kinds = {fact.kind for fact in await home.services.log.of_dispute(UUID(dispute_id))}
    assert {"CaucusMessagePosted", "NoteWritten", "RulingIssued"} <= kinds
    assert done(await shop.administrator.get(f"{AT}/{everything['id']}"))["state"] == "well"


async def test_a_webhook_names_nobody(shop: Shop, there: Receiver) -> None:
    await shop.endpoint(there.url(), types=sorted(TYPES))
    await heard(shop)
    feed = await shop.feed(bookkeeping="true")
    for got in await there.until(len(feed)):
        body = got.said
        assert body.keys() == {"id", "type", "timestamp", "series", "sequence", "data"}
        data = body["data"]
        assert data.keys() == {"dispute_id", "case_number", "stage", "awaiting", "due_at", "cursor"}
        assert data["stage"] in {*Stage}
        assert data["awaiting"] in {*Awaiting}
        assert data["due_at"] is None or datetime.fromisoformat(data["due_at"]).tzinfo is not None
        assert re.fullmatch(r"[0-9A-Z-]+", data["case_number"])
        assert re.fullmatch(r"[\w-]{60,}", data["cursor"])


async def test_a_receiver_reads_on_in_the_feed_from_a_webhook(shop: Shop, there: Receiver) -> None:
    await shop.endpoint(there.url())
    await shop.filed()
    second = await shop.filed()
    cursor = (await there.until(1))[0].said["data"]["cursor"]
    (after,) = await shop.feed(cursor=cursor)
    assert (after["dispute_id"], after["kind"]) == (second, "DisputeFiled")


async def heard(shop: Shop) -> str:
    """A dispute of which the parties and the marketplace's backend are not told everything. Returns its id."""
    desk = {"version": "at-once", "windows": {"escalation_opens_after_hours": 0}}
    done(await shop.administrator.post("/v1/policies", desk), 201)
    neutral = shop.home.sender(Role.NEUTRAL, marketplace=shop.name)
    mandate = {"neutral": str(neutral.subject), "languages": ["en"], "authority": [euros("1.00")]}
    done(await shop.administrator.post("/v1/mandates", mandate), 201)
    dispute_id = await shop.filed()
    at = f"/v1/disputes/{dispute_id}"
    done(await shop.party("seller").post(f"{at}/response", {"answer": "contest"}))
    done(await shop.party("buyer").post(f"{at}/escalation"))
    done(await neutral.post(f"{at}/assignment", {}))
    done(await neutral.post(f"{at}/notes", {"note": said("A note")}), 201)
    confided = {"message": "Between us", "language": "en", "side": "buyer"}
    done(await shop.party("buyer").post(f"{at}/caucus", data=confided, files={"file": b"x"}), 201)
    done(await neutral.post(f"{at}/impasse"))
    for side in ("buyer", "seller"):
        done(await shop.party(side).post(f"{at}/consent"))
    version = done(await shop.backend.get(at))["version"]
    ruling = {
        "award": {"buyer": euros("100.00"), "seller": euros("29.90")},
        "reasons": said("So."),
        "cites_clauses": ["conformity"],
    }
    done(await neutral.post(f"{at}/rulings", ruling, match=version), 202)
    return dispute_id


async def test_replay_gives_exactly_what_is_on_record(shop: Shop, there: Receiver) -> None:
    """From a position of the feed, of a dispute, of some types: with the ids, the numbers and the bodies of the first time."""
    made = await shop.endpoint(there.url())
    disputes = [await shop.filed() for _ in range(3)]
    done(await shop.party("seller").post(f"/v1/disputes/{disputes[0]}/response", {"answer": "contest"}))
    first = list(await there.until(len(await shop.feed())))
    await settled(shop, made["id"])

    async def replayed(**body: Any) -> list[str]:
        before = len(there.got)
        number = done(await shop.administrator.post(f"{AT}/{made['id']}/replay", body))["webhooks"]
        again = (await there.until(before + number))[before:]
        await settled(shop, made["id"])
        assert len(there.got) == before + number
        return sorted(one.body for one in again)

    assert await replayed() == sorted(one.body for one in first)
    assert {one.headers["webhook-id"] for one in there.got} == {one.said["id"] for one in first}
    by = {one.said["data"]["dispute_id"]: one for one in first if one.said["type"] == "dispute.filed"}
    filed = [by[dispute_id].body for dispute_id in disputes]
    later = [one.body for one in first if one.body not in filed]
    cursor = by[disputes[1]].said["data"]["cursor"]
    assert await replayed(after=cursor) == sorted([filed[2], *later])
    assert await replayed(dispute_id=disputes[1]) == [filed[1]]
    assert await replayed(types=["dispute.filed"]) == sorted(filed)
    assert await replayed(failed=True) == []
    refused(await shop.administrator.post(f"{AT}/{made['id']}/replay", {"after": "nonsense"}), 422, "UnknownToken")


async def settled(shop: Shop, endpoint_id: str) -> None:
    """As soon as nothing waits any more."""

    async def ask() -> Any:
        return done(await shop.administrator.get(f"{AT}/{endpoint_id}"))["waiting"]

    await until(ask, lambda waiting: waiting == 0)


async def test_a_new_endpoint_is_told_what_happened_before(shop: Shop, there: Receiver) -> None:
    """From the beginning, or from a place in the feed; in numbers of its own."""
    disputes = [await shop.filed() for _ in range(3)]
    page = done(await shop.backend.get("/v1/events", params={"limit": "1"}))
    await shop.endpoint(there.url("/all"), begin="start", in_order=True)
    await shop.endpoint(there.url("/later"), after=page["next"])
    await shop.endpoint(there.url("/now"))
    disputes.append(await shop.filed())
    for path, expected in (("/all", disputes), ("/later", disputes[1:]), ("/now", disputes[3:])):
        got = [one.said for one in await there.until(len(expected), path)]
        assert sorted(said["data"]["dispute_id"] for said in got) == sorted(expected)
        assert {said["sequence"] for said in got} == {1}


async def test_a_changed_filter_begins_a_new_series(shop: Shop, there: Receiver) -> None:
    made = await shop.endpoint(there.url(), types=["dispute.filed", "dispute.response_given"])
    dispute_id = await shop.filed()
    done(await shop.party("seller").post(f"/v1/disputes/{dispute_id}/response", {"answer": "contest"}))
    await there.until(2)
    changed = done(await shop.administrator.send("PATCH", f"{AT}/{made['id']}", json={"types": ["dispute.offer_made"]}))
    assert changed["series"] == 2
    done(await shop.party("seller").post(f"/v1/disputes/{dispute_id}/offers", {"amount": euros("9.00")}), 201)
    await settled(shop, made["id"])  # what is still being sent is not sent once more
    done(await shop.administrator.post(f"{AT}/{made['id']}/replay", {"types": ["dispute.response_given"]}))
    told = [(one.said["type"], one.said["series"], one.said["sequence"]) for one in await there.until(4)]
    assert sorted(told[:2]) == [("dispute.filed", 1, 1), ("dispute.response_given", 1, 2)]
    assert sorted(told[2:]) == [("dispute.offer_made", 2, 1), ("dispute.response_given", 1, 2)]


async def test_an_endpoint_is_made_once_and_changed_by_one_at_a_time(shop: Shop, there: Receiver) -> None:
    body = {"url": there.url(), "description": "Back office"}
    made = done(await shop.backend.post(AT, body, key="k"), 201)
    backend = shop.backend
    first = done(await backend.post(AT, body, key="own"), 201)
    assert done(await backend.post(AT, body, key="own"), 201) == first
    refused(await backend.post(AT, {**body, "in_order": True}, key="own"), 422, "KeyReused")
    assert made["id"] != first["id"]
    at = f"{AT}/{first['id']}"
    etag = (await backend.get(at)).headers["ETag"]
    changed = await backend.send("PATCH", at, json={"description": "Desk"}, headers={"If-Match": etag})
    assert done(changed)["description"] == "Desk"
    late = await backend.send("PATCH", at, json={"description": "Shop"}, headers={"If-Match": etag})
    refused(late, 412, "WebhookEndpointHasChanged")
    again = await backend.send("PATCH", at, json={"description": "Desk"}, headers={"If-Match": changed.headers["ETag"]})
    assert again.headers["ETag"] == changed.headers["ETag"]
    assert (await backend.send("DELETE", at)).status_code == 204
    for answer in (await backend.get(at), await backend.send("DELETE", at), await backend.get(f"{at}/secret")):
        refused(answer, 404, "UnknownWebhookEndpoint")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "https://169.254.169.254/latest/meta-data"}, "WebhookAddressNotPublic"),
        ({"url": "https://[::ffff:10.0.0.1]/"}, "WebhookAddressNotPublic"),
        ({"url": "https://2130706433.example.invalid/"}, "WebhookAddressNotPublic"),
        ({"url": "http://93.184.216.34/"}, "WebhookAddressNotSecure"),
        ({"url": "https://93.184.216.34:22/"}, "WebhookAddressNotSecure"),
        ({"url": "file:///etc/passwd"}, "WebhookAddressNotSecure"),
        ({"url": "https://a b/"}, "InvalidRequest"),
        ({"url": "https://" + "a" * 2000}, "InvalidRequest"),
        ({"types": ["dispute.offer_wade"]}, "UnknownWebhookType"),
        ({"after": "nonsense"}, "UnknownToken"),
        ({"secret": "mine"}, "InvalidRequest"),
    ],
)
async def test_what_is_refused(shop: Shop, there: Receiver, body: dict[str, Any], code: str) -> None:
    """When an endpoint is made, and when it is changed."""
    refused(await shop.administrator.post(AT, {"url": there.url(), **body}), 422, code)
    assert done(await shop.administrator.get(AT))["items"] == []
    if "after" not in body:
        made = await shop.endpoint(there.url())
        refused(await shop.administrator.send("PATCH", f"{AT}/{made['id']}", json=body), 422, code)


async def test_a_marketplace_has_so_many_endpoints(shop: Shop, there: Receiver) -> None:
    for _ in range(MOST):
        await shop.endpoint(there.url())
    problem = refused(await shop.administrator.post(AT, {"url": there.url()}), 409, "TooManyWebhookEndpoints")
    assert problem["facts"] == {"most": MOST}


async def test_the_record_says_what_became_of_each_webhook(shop: Shop, there: Receiver) -> None:
    """To the administrator alone. Of an attempt it says when, what status and how long, and never what was answered."""
    made = await shop.endpoint(there.url())
    there.says = lambda got: (503, {"x-secret": "inside"})
    dispute_id = await shop.filed()

    async def record(**query: str) -> list[dict[str, Any]]:
        at = f"{AT}/{made['id']}/deliveries"
        return list(done(await shop.administrator.get(at, params=query))["items"])

    (one,) = await until(record, lambda items: bool(items and items[0]["attempts"]))
    assert (one["state"], one["dispute_id"], one["sequence"]) == ("waiting", dispute_id, 1)
    assert {name: one["attempts"][0][name] for name in ("why", "status")} == {"why": "status", "status": 503}
    assert one["next_at"] > one["attempts"][0]["at"]
    there.says = None
    other = await shop.filed()
    delivered = await until(lambda: record(state="delivered"), bool)
    assert [one["dispute_id"] for one in delivered] == [other]
    page = done(await shop.administrator.get(f"{AT}/{made['id']}/deliveries", params={"limit": "1"}))
    assert [one["dispute_id"] for one in page["items"]] == [other]
    page = done(await shop.administrator.get(f"{AT}/{made['id']}/deliveries", params={"cursor": page["next"]}))
    assert ([one["dispute_id"] for one in page["items"]], page["next"]) == ([dispute_id], None)
    refused(await shop.backend.get(f"{AT}/{made['id']}/deliveries"), 403, "NotForThisRole")


async def test_every_type_is_documented(home: House) -> None:
    """For those who make endpoints. Nobody else is shown them."""
    document = done(await home.http.get("/openapi.json"))
    assert document["webhooks"].keys() == TYPES.keys() | {"webhook.test"}
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*", name) for name in TYPES)
    backend, party = [done(await home.http.get("/openapi.json", params={"for": who})) for who in ("backend", "party")]
    assert backend["webhooks"] == document["webhooks"]
    assert "Webhook" in backend["components"]["schemas"]
    assert party["webhooks"] == {}
    assert "Webhook" not in party["components"]["schemas"]


async def test_the_receiver_of_the_guide_verifies_drops_doubles_and_sees_gaps(shop: Shop, there: Receiver) -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/backend/webhooks.md").read_text("utf-8")
    program: dict[str, Any] = {"__name__": "guide"}
    exec(page.partition("```python\n")[2].partition("```")[0], program)
    made = await shop.endpoint(there.url(), types=["dispute.filed", "dispute.response_given", "dispute.offer_made"])
    dispute_id = await shop.filed()
    at = f"/v1/disputes/{dispute_id}"
    done(await shop.party("seller").post(f"{at}/response", {"answer": "contest"}))
    done(await shop.party("seller").post(f"{at}/offers", {"amount": euros("9.00")}), 201)
    done(await shop.administrator.post(f"{AT}/{made['id']}/test"))
    got = await there.until(4)
    receiver = program["Receiver"](made["secret"])
    told = sorted((one for one in got if one.said["sequence"]), key=lambda one: one.said["sequence"])
    (test,) = [one for one in got if one not in told]
    for one in (told[0], told[2], told[2], test):
        assert receiver.receive(dict(one.headers), one.body.encode()) == 204
    assert receiver.missing() == {(dispute_id, 1): [2]}
    assert receiver.receive(dict(told[1].headers), told[1].body.encode()) == 204
    assert receiver.missing() == {}
    assert receiver.receive(dict(told[1].headers), told[1].body.encode() + b" ") == 400
