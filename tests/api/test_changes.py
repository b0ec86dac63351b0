"""What changed in a case since its reader last looked, over HTTP."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.kernel.base import Role
from tests import today
from tests.api.house import House, Sender, done, euros, refused, said
from tests.api.test_replies import Talk, talk

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def changes(here: Talk, by: Sender, **query: str) -> dict[str, Any]:
    return done(await by.get(f"{here.at}/changes", params=query))


async def kinds(here: Talk, by: Sender) -> list[str]:
    return [fact["kind"] for fact in (await changes(here, by))["items"]]


async def marks(here: Talk, by: Sender, place: str) -> dict[str, Any]:
    return done(await by.send("PUT", f"{here.at}/changes/read-up-to", json={"read_up_to": place}))


async def looks(here: Talk, by: Sender) -> dict[str, Any]:
    return await marks(here, by, (await changes(here, by))["read_up_to"])


async def test_what_happened_since_the_neutral_last_looked(at_home: House) -> None:
    """In words, without what they did themselves, and until they mark it as read."""
    here = await talk(at_home)
    neutral = await here.mediated()
    first = await changes(here, neutral)
    assert first["since"] is None
    assert "DisputeFiled" in [fact["kind"] for fact in first["items"]]
    assert "NeutralAssigned" not in [fact["kind"] for fact in first["items"]], "they took it themselves"
    assert first["count"] == len(first["items"])
    assert await changes(here, neutral) == first, "reading moves nothing"
    marked = await marks(here, neutral, first["read_up_to"])
    assert (marked["moved"], marked["read_up_to"]) == (True, first["read_up_to"])
    nothing = await changes(here, neutral)
    assert (nothing["items"], nothing["count"], nothing["since"]) == ([], 0, marked["since"])
    assert nothing["read_up_to"] == first["read_up_to"]

    await here.writes(here.buyer, None, "وصلت المزهرية مكسورة.")
    done(await here.seller.post(f"{here.at}/offers", {"amount": euros("20.00")}), 201)
    wrote = done(await neutral.post(f"{here.at}/messages", {"message": said("I read it.")}), 201)
    arabic = await neutral.get(f"{here.at}/changes", headers={"Accept-Language": "ar"})
    new = done(arabic)
    assert [fact["kind"] for fact in new["items"]] == ["MessagePosted", "OfferMade"]
    assert arabic.headers["Content-Language"] == "ar"
    assert not any(letter.isascii() and letter.isalpha() for fact in new["items"] for letter in fact["title"])
    history = done(await neutral.get(f"{here.at}/history", params={"limit": "100"}, headers={"Accept-Language": "ar"}))
    assert all(fact in history["items"] for fact in new["items"]), "as the history tells it"
    await here.reads(neutral, wrote)
    assert await kinds(here, neutral) == ["OfferMade"], "a message that was read is no news"


async def test_a_successor_looks_for_the_first_time(at_home: House) -> None:
    """Everything is new to them. Whoever had the case sees it no more, and it is gone for them."""
    here = await talk(at_home)
    neutral, successor = await here.mediated(), here.staff(Role.NEUTRAL)
    place = (await looks(here, neutral))["read_up_to"]
    mandate = {"neutral": str(successor.subject), "languages": ["en"], "authority": []}
    done(await here.staff(Role.ADMINISTRATOR).post("/v1/mandates", mandate), 201)
    done(await neutral.post(f"{here.at}/reassignment", {"neutral": str(successor.subject), "reason": said("Leave.")}))
    new = await changes(here, successor)
    assert new["since"] is None
    assert {"DisputeFiled", "Escalated", "NeutralReleased", "NeutralAssigned"} <= {one["kind"] for one in new["items"]}
    refused(await neutral.get(f"{here.at}/changes"), 404, "UnknownDispute")
    body = {"read_up_to": place}
    refused(await neutral.send("PUT", f"{here.at}/changes/read-up-to", json=body), 404, "UnknownDispute")


async def test_two_tabs_move_the_mark_forward_only(at_home: House) -> None:
    here = await talk(at_home)
    old = (await changes(here, here.seller))["read_up_to"]
    await here.writes(here.buyer, None)
    new = (await changes(here, here.seller))["read_up_to"]
    assert old != new
    ahead = await marks(here, here.seller, new)
    late = await marks(here, here.seller, old)
    assert late == {"moved": False, "read_up_to": new, "since": ahead["since"]}
    await here.writes(here.buyer, None)
    newest = (await changes(here, here.seller))["read_up_to"]
    tabs = await asyncio.gather(*(marks(here, here.seller, place) for place in (newest, new, newest, old)))
    assert sum(tab["moved"] for tab in tabs) == 1
    assert (await changes(here, here.seller))["items"] == []


async def test_a_page_is_marked_without_the_next_one(at_home: House) -> None:
    """Pages go on where they were, also when the mark moved between two of them."""
    here = await talk(at_home)
    await looks(here, here.seller)
    for number in range(5):
        await here.writes(here.buyer, None, f"{number}")
    page, texts = await changes(here, here.seller, limit="2"), list[str]()
    await marks(here, here.seller, page["read_up_to"])
    while True:
        texts += [fact["details"]["message"]["text"] for fact in page["items"]]
        if page["next"] is None:
            break
        page = await changes(here, here.seller, limit="2", cursor=page["next"])
    assert texts == ["0", "1", "2", "3", "4"]
    assert page["count"] == 3
    assert [fact["details"]["number"] for fact in (await changes(here, here.seller))["items"]] == [3, 4, 5]


async def test_a_party_is_shown_what_the_other_side_did(at_home: House) -> None:
    """One backend acts for both sides and reads for both. What it did for the buyer is no news to the buyer, and with it what
    followed at once. A settlement is news to the seller, and so is each payment to both."""
    here = await talk(at_home)
    backend = at_home.backend_of(here.marketplace)
    buyer, seller = (
        at_home.sender(Role.MARKETPLACE, marketplace=here.marketplace, subject=backend.subject, speaks_for=side)
        for side in ("buyer", "seller")
    )
    offered = done(await seller.post(f"{here.at}/offers", {"amount": euros("20.00")}), 201)
    assert await kinds(here, seller) == ["DisputeFiled"]
    assert await kinds(here, buyer) == ["OfferMade"]
    done(await buyer.post(f"{here.at}/offers/1/acceptance", match=offered["version"]))
    assert await kinds(here, buyer) == ["OfferMade"]
    assert {"DisputeFiled", "OfferAccepted", "SettlementReached", "CommitmentMade"} <= {*await kinds(here, seller)}
    own = done(await backend.post(f"{here.at}/party-tokens", {"side": "buyer"}), 201)
    assert (await kinds(here, Sender(at_home.http, own["token"])))[0] == "OfferMade", "with a token of their own too"


async def test_a_representative_s_act_is_news_to_whom_they_act_for(at_home: House) -> None:
    """And the other way round: each has a mark of their own."""
    here = await talk(at_home)
    done(await here.buyer.post(f"{here.at}/representatives", {"side": "buyer", "id": "law-9"}), 201)
    asked = {"side": "buyer", "representative": "law-9"}
    made = done(await at_home.backend_of(here.marketplace).post(f"{here.at}/party-tokens", asked), 201)
    lawyer = Sender(at_home.http, made["token"])
    assert await kinds(here, lawyer) == ["DisputeFiled", "RepresentativeNamed"]
    await looks(here, here.buyer)
    await here.writes(lawyer, None, "Avv. Bianchi")
    assert await kinds(here, here.buyer) == ["MessagePosted"]
    assert await kinds(here, lawyer) == ["DisputeFiled", "RepresentativeNamed"]


async def test_what_lapsed_before_an_act_is_news_to_whoever_acts(at_home: House) -> None:
    """It is recorded with their act, and nobody did it."""
    here = await talk(at_home)
    await looks(here, here.buyer)
    deadlines = done(await here.buyer.get(f"{here.at}/deadlines"))["items"]
    (due,) = [one["due_at"] for one in deadlines if one["name"] == "response"]
    at_home.clock.ahead = datetime.fromisoformat(due) - today.now() + timedelta(minutes=1)
    try:
        await here.writes(here.buyer, None, "?")
        found = await kinds(here, here.buyer)
        assert "DeadlineLapsed" in found
        assert "MessagePosted" not in found
    finally:
        at_home.clock.ahead = timedelta()


async def test_only_a_value_of_this_dispute_is_taken(at_home: House) -> None:
    """Not one that was made up, nor one of another dispute, nor one that a restore overtook."""
    here, other = await talk(at_home), await talk(at_home)
    place = (await changes(here, here.buyer))["read_up_to"]
    opaque, log = at_home.app.state.http.opaque, at_home.services.log
    lost = opaque.seal("read_up_to", here.marketplace, str(await log.last_position() + 1000), of=here.id)
    foreign = (await changes(other, other.buyer))["read_up_to"]
    for value in ("nonsense", foreign, lost, opaque.seal("cursor", here.marketplace, "1", of=here.id)):
        answer = await here.buyer.send("PUT", f"{here.at}/changes/read-up-to", json={"read_up_to": value})
        assert refused(answer, 422, "UnknownReadUpTo")["pointer"] == "/read_up_to"
    assert (await changes(here, here.buyer))["since"] is None
    refused(await here.staff(Role.AUDITOR).get(f"{here.at}/changes"), 403, "NotForThisRole")
    assert (await marks(here, here.buyer, place))["moved"]


async def test_the_person_gets_their_mark(at_home: House) -> None:
    """Whoever asks what is kept about them gets it. The mark of messages is another one."""
    here = await talk(at_home)
    await here.reads(here.buyer, await here.writes(here.seller, None))
    looked = await looks(here, here.buyer)
    last = done(await here.buyer.get(f"{here.at}/history", params={"limit": "100"}))["items"][-1]
    backend = at_home.backend_of(here.marketplace)
    asked = done(await backend.post("/v1/access-requests", {"party": "b-77"}), 201)
    at = f"/v1/access-requests/{asked['subject']}/1/answer"
    done(await backend.post(at))
    lines = [line for line in (await backend.get(at)).text.splitlines() if '"read_mark"' in line]
    assert len(lines) == 2
    assert '"message":1' in lines[0]
    assert f'"fact":"{last["id"]}"' in lines[1]
    assert looked["since"].rstrip("Z") in lines[1]
