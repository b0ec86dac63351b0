"""Every act may be sent again under its key: it is done once, and gives the first answer again."""

import asyncio

import pytest

from tests.api.house import House, done, euros, filing, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_filed_again_it_is_the_same_dispute(at_home: House) -> None:
    """Also when the dispute has moved on since."""
    backend, body = at_home.backend, filing()
    first = await backend.post("/v1/disputes", body, key="filing")
    filed = done(first, 201)
    done(await at_home.speaking_for("seller").post(f"/v1/disputes/{filed['id']}/response", {"answer": "contest"}))
    again = await backend.post("/v1/disputes", body, key="filing")
    assert done(again, 201) == filed
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Location"] == first.headers["Location"] == f"/v1/disputes/{filed['id']}"


async def test_a_message_sent_again_is_one_message(at_home: House) -> None:
    filed = await at_home.filed()
    at, buyer = f"/v1/disputes/{filed['id']}", at_home.speaking_for("buyer")
    body = {"message": said("Ciao", "it")}
    first = done(await buyer.post(f"{at}/messages", body, key="ciao"), 201)
    done(await buyer.post(f"{at}/messages", {"message": said("E poi?", "it")}), 201)
    assert done(await buyer.post(f"{at}/messages", body, key="ciao"), 201) == first
    assert first["number"] == 1


async def test_a_retry_is_not_stale(at_home: House) -> None:
    """The act itself has changed the version that was read before it."""
    filed = await at_home.filed()
    at, buyer = f"/v1/disputes/{filed['id']}", at_home.speaking_for("buyer")
    offered = done(await at_home.speaking_for("seller").post(f"{at}/offers", {"amount": euros("50.00")}), 201)
    accept = {"key": "yes", "match": offered["version"]}
    first = done(await buyer.post(f"{at}/offers/1/acceptance", key="yes", match=offered["version"]))
    assert done(await buyer.post(f"{at}/offers/1/acceptance", key="yes", match=accept["match"])) == first


async def test_a_key_is_for_one_request(at_home: House) -> None:
    """Another body, dispute or party under the same key is refused. Each route has its own keys."""
    one, two = await at_home.filed(), await at_home.filed()
    backend = at_home.backend
    body = {"amount": euros("5.00")}
    as_buyer, as_seller = {"Mediation-As": "buyer"}, {"Mediation-As": "seller"}
    path = f"/v1/disputes/{one['id']}/offers"
    done(await backend.post(path, body, key="k", headers=as_buyer), 201)
    refused(await backend.post(path, {"amount": euros("6.00")}, key="k", headers=as_buyer), 422, "KeyReused")
    refused(await backend.post(path, body, key="k", headers=as_seller), 422, "KeyReused")
    refused(await backend.post(f"/v1/disputes/{two['id']}/offers", body, key="k", headers=as_buyer), 422, "KeyReused")
    message = {"message": said("Hello")}
    done(await backend.post(f"/v1/disputes/{one['id']}/messages", message, key="k", headers=as_buyer), 201)
    done(await at_home.backend.post(f"/v1/disputes/{two['id']}/offers", body, key="k", headers=as_buyer), 201)


async def test_what_was_refused_may_be_tried_again_under_its_key(at_home: House) -> None:
    filed = await at_home.filed()
    at, seller = f"/v1/disputes/{filed['id']}", at_home.speaking_for("seller")
    refused(await seller.post(f"{at}/offers", {"amount": euros("500.00")}, key="offer"), 422, "OfferExceedsClaim")
    assert done(await seller.post(f"{at}/offers", {"amount": euros("50.00")}, key="offer"), 201)["number"] == 1


async def test_sent_twice_at_once_it_is_done_once(at_home: House) -> None:
    backend, body = at_home.backend, filing()
    answers = await asyncio.gather(*(backend.post("/v1/disputes", body, key="at once") for _ in range(8)))
    assert len({done(answer, 201)["id"] for answer in answers}) == 1
    filed = done(answers[0], 201)
    assert all(answer.json() == filed for answer in answers)
    seen = {"order_id": body["transaction"]["order_id"]}
    listed = done(await backend.get("/v1/disputes", params=seen, headers={"At-Least": filed["position"]}))
    assert [dispute["id"] for dispute in listed["items"]] == [filed["id"]]


async def test_already_so_is_no_news(at_home: House) -> None:
    """The same act under another key: nothing is stored, and the answer shows the present state."""
    filed = await at_home.filed()
    at, buyer = f"/v1/disputes/{filed['id']}", at_home.speaking_for("buyer")
    first = done(await buyer.post(f"{at}/withdrawal"))
    before = await at_home.services.log.last_position()
    again = done(await buyer.post(f"{at}/withdrawal"))
    assert again["version"] == first["version"]
    assert await at_home.services.log.last_position() == before
    await at_home.seen(filed["id"], again["position"])
