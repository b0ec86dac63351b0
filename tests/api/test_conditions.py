"""Conditional requests, HEAD and OPTIONS: RFC 9110, sections 9.3 and 13."""

from collections.abc import Iterator

import pytest
from starlette.routing import Route

from api.app import ROUTERS, routes_of
from tests.api.house import House, Sender, done, euros, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("known", ["{etag}", "W/{etag}", '"x", {etag}', '"x",W/{etag} , "y"', "*"])
async def test_what_the_client_has_is_not_sent_again(at_home: House, known: str) -> None:
    at, backend = f"/v1/disputes/{(await at_home.filed())['id']}", at_home.backend
    whole = await backend.get(at)
    same = await backend.get(at, headers={"If-None-Match": known.format(etag=whole.headers["ETag"])})
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["ETag"] == whole.headers["ETag"]
    assert same.headers["Cache-Control"] == whole.headers["Cache-Control"]
    assert "Content-Type" not in same.headers


@pytest.mark.parametrize("known", ['"0"', 'W/"999"', "1", "nonsense", ""])
async def test_what_the_client_does_not_have_is_sent(at_home: House, known: str) -> None:
    filed = await at_home.filed()
    sent = done(await at_home.backend.get(f"/v1/disputes/{filed['id']}", headers={"If-None-Match": known}))
    assert (sent["id"], sent["version"]) == (filed["id"], filed["version"])


async def test_what_became_of_a_refund_is_sent_though_the_dispute_has_the_same_version(at_home: House) -> None:
    """A second report of another sum changes the refund alone. An act is still sent on the version that was read."""
    dispute_id, backend = (await at_home.filed())["id"], at_home.backend
    at = f"/v1/disputes/{dispute_id}"
    done(await at_home.speaking_for("seller").post(f"{at}/response", {"answer": "concede"}))
    [owed] = await at_home.refunds(1, dispute_id=dispute_id)
    confirmation = f"/v1/refunds/{owed['id']}/confirmation"
    first = await backend.post(confirmation, {"paid": euros("49.00")})
    known = await backend.get(at)
    same = await backend.get(at, headers={"If-None-Match": known.headers["ETag"]})
    assert (done(known)["refunds"][0]["status"], same.status_code) == ("referred", 304)
    done(await backend.post(confirmation, {"paid": euros("48.00")}))
    news = await backend.get(at, headers={"If-None-Match": f"{known.headers['ETag']}, {first.headers['ETag']}"})
    assert done(news)["refunds"][0]["reported"] == euros("48.00")
    assert done(news)["version"] == done(known)["version"] == done(first)["version"]
    for tag in (news, known, first):
        done(await backend.post(confirmation, {"paid": euros("48.00")}, match=tag.headers["ETag"]))


async def test_who_may_not_read_learns_nothing_of_the_version(at_home: House) -> None:
    at = f"/v1/disputes/{(await at_home.filed())['id']}"
    elsewhere = at_home.sender("marketplace", marketplace="elsewhere")
    refused(await elsewhere.get(at, headers={"If-None-Match": "*"}), 404, "UnknownDispute")
    assert (await at_home.http.get(at, headers={"If-None-Match": "*"})).status_code == 401


@pytest.mark.parametrize("match", ['"{0}"', 'W/"{0}"', '"999", "{0}"', ',W/"999" ,W/"{0}",', "*"])
async def test_an_act_on_the_version_that_was_read(at_home: House, match: str) -> None:
    """A proxy that compresses makes a weak tag of ours. `*` fits whatever is there."""
    filed, buyer = await at_home.filed(), at_home.speaking_for("buyer")
    told = match.format(filed["version"])
    done(await buyer.post(f"/v1/disputes/{filed['id']}/messages", {"message": said("Ciao", "it")}, match=told), 201)


async def test_an_act_on_another_version(at_home: House) -> None:
    filed, buyer = await at_home.filed(), at_home.speaking_for("buyer")
    stale = await buyer.post(f"/v1/disputes/{filed['id']}/withdrawal", match='"998", W/"999"')
    facts = refused(stale, 412, "VersionIsStale")["facts"]
    assert facts == {"version": filed["version"], "expected": 999}


async def test_where_the_version_is_required_a_star_is_none(at_home: House) -> None:
    """An acceptance of whatever is there accepts what nobody has read."""
    at = f"/v1/disputes/{(await at_home.filed())['id']}"
    offer = {"amount": {"amount": "1.00", "currency": "EUR"}}
    offered = done(await at_home.speaking_for("seller").post(f"{at}/offers", offer), 201)
    buyer = at_home.speaking_for("buyer")
    refused(await buyer.post(f"{at}/offers/1/acceptance", match="*"), 428, "IfMatchMissing")
    weak = f'W/"{offered["version"]}"'
    assert done(await buyer.post(f"{at}/offers/1/acceptance", match=weak))["outcome"] == "settled"


async def test_head_tells_what_get_would(at_home: House) -> None:
    at, buyer = f"/v1/disputes/{(await at_home.filed())['id']}", at_home.speaking_for("buyer")
    file = {"file": ("a.txt", b"text" * 100_000)}
    added = await buyer.post(f"{at}/exhibits", data={"description": "Foto", "language": "it"}, files=file)
    assert added.status_code == 201
    auditor = at_home.sender("auditor")
    asked: list[tuple[Sender, str]] = [
        *((buyer, path) for path in (at, f"{at}/exhibits/1/file", "/v1/policies")),
        *(
            (buyer, path)
            for path in ("/health", "/ready", "/openapi.json", "/docs", "/docs/swagger-ui.css", "/nowhere")
        ),
        (auditor, "/v1/extract?form=jsonl"),
        (auditor, f"/v1/audit/disputes/{at.rpartition('/')[2]}/trail"),
    ]
    for sender, path in asked:
        whole, head = await sender.get(path), await sender.send("HEAD", path)
        assert head.status_code == whole.status_code == (404 if path == "/nowhere" else 200), path
        assert head.content == b"", path
        for name in ("Content-Type", "Content-Length", "ETag", "Content-Disposition"):
            assert head.headers.get(name) == whole.headers.get(name), (path, name)
    assert (await at_home.http.head(at)).status_code == 401


async def test_options_names_the_methods_of_every_address(at_home: House) -> None:
    for path, methods in _addresses(at_home):
        allowed = await at_home.backend.send("OPTIONS", path)
        assert allowed.status_code == 204, path
        told = allowed.headers["Allow"].split(", ")
        assert methods <= set(told), path
        assert "OPTIONS" in told
        assert ("GET" in told) == ("HEAD" in told)
        for method in {"GET", "HEAD", "POST", "DELETE"} - set(told):
            no = await at_home.backend.send(method, path)
            assert (no.status_code, no.headers["Allow"]) == (405, allowed.headers["Allow"]), path
    refused(await at_home.backend.send("OPTIONS", "/v1/nowhere"), 404, "NoSuchResource")


def _addresses(house: House) -> Iterator[tuple[str, set[str]]]:
    for route in (*routes_of(ROUTERS), *house.app.routes):
        if isinstance(route, Route):
            yield route.path.replace("{", "").replace("}", ""), set(route.methods or ())
