"""Whose answer is owed, what was seen, and what the desk notes for itself; over HTTP."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from domain.kernel.base import Role
from mediation.store.desk import presences, read_marks
from mediation.store.desk.console_sessions import ConsoleSessions, Person
from mediation.store.desk.presences import Changed
from mediation.store.desk.sign_in_links import SignInLinks
from tests.api.house import House, Sender, done, filing, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")

WINDOWS = {"message_reply": {"amount": 2, "unit": "calendar_days"}, "escalation_opens_after_hours": 0}


class Talk:
    """A dispute in a marketplace of its own, under a policy with the window."""

    def __init__(self, house: House, marketplace: str) -> None:
        self.house, self.marketplace, self.id = house, marketplace, ""
        self.buyer, self.seller = (house.speaking_for(side, marketplace) for side in ("buyer", "seller"))

    @property
    def at(self) -> str:
        return f"/v1/disputes/{self.id}"

    def staff(self, role: Role) -> Sender:
        return self.house.sender(role, marketplace=self.marketplace)

    async def writes(self, by: Sender, to: str | None, text: str = "Dov'è?", **more: Any) -> dict[str, Any]:
        return done(await by.post(f"{self.at}/messages", {"message": said(text, "it"), "to": to, **more}), 201)

    async def reads(self, by: Sender, since: dict[str, Any] | None = None, **query: str) -> dict[str, Any]:
        headers = {"At-Least": since["position"]} if since else {}
        return done(await by.get(f"{self.at}/messages", headers=headers, params=query))

    async def owed(self, by: Sender) -> list[dict[str, Any]]:
        items = done(await by.get(f"{self.at}/commitments"))["items"]
        return [one for one in items if one["arises_from"] == "message"]

    async def facts(self, by: Sender, kind: str) -> list[dict[str, Any]]:
        items = done(await by.get(f"{self.at}/history", params={"limit": "100"}))["items"]
        return [one for one in items if one["kind"] == kind]

    async def listed(self, by: Sender, since: dict[str, Any]) -> dict[str, Any]:
        (row,) = done(await by.get("/v1/disputes", headers={"At-Least": since["position"]}))["items"]
        return dict(row)

    async def mediated(self) -> Sender:
        neutral = self.staff(Role.NEUTRAL)
        mandate = {"neutral": str(neutral.subject), "languages": ["en"], "authority": []}
        done(await self.staff(Role.ADMINISTRATOR).post("/v1/mandates", mandate), 201)
        done(await self.buyer.post(f"{self.at}/escalation"))
        done(await neutral.post(f"{self.at}/assignment", {}))
        return neutral


async def talk(house: House, **policy: Any) -> Talk:
    one = Talk(house, f"talk-{uuid4().hex[:12]}")
    rules = {"version": "answering", "windows": WINDOWS, **policy}
    done(await one.staff(Role.ADMINISTRATOR).post("/v1/policies", rules), 201)
    one.id = done(await one.buyer.post("/v1/disputes", filing()), 201)["id"]
    return one


async def test_a_message_to_somebody_waits_for_an_answer(at_home: House) -> None:
    """The conversation, the list of disputes, the words and what is owed all say since when."""
    here = await talk(at_home)
    asked = await here.writes(here.buyer, "seller")
    (owed,) = await here.owed(here.seller)
    shown = {name: owed[name] for name in ("kind", "class", "owed_by", "owed_to", "message", "status")}
    assert shown == {
        "kind": "reply", "class": "service", "owed_by": "seller", "owed_to": "buyer", "message": 1, "status": "pending",
    }  # fmt: skip
    assert owed["proof"]["rule"] == "answering/message_reply"
    since = owed["proof"]["starts_at"]
    for reader in (here.buyer, here.seller, here.staff(Role.SUPERVISOR)):
        assert (await here.reads(reader, asked))["reply_owed_since"] == {"seller": since}
        assert (await here.listed(reader, asked))["reply_owed_since"] == {"seller": since}
    theirs = done(await here.seller.get(f"{here.at}/in-words"))["also"]  # in the seller's own language
    others = done(await here.buyer.get(f"{here.at}/in-words", headers={"Accept-Language": "de"}))["also"]
    assert any(text.startswith("您尚欠一个答复") for text in theirs)
    assert any(text.startswith("Der Verkäufer schuldet eine Antwort.") for text in others)
    pending = done(await here.staff(Role.SUPERVISOR).get("/v1/commitments", headers={"At-Least": asked["position"]}))
    assert [one["kept_when"] for one in pending["items"]] == [["MessagePosted", "CommitmentKept"]]

    answered = await here.writes(here.seller, None, "In viaggio.")
    (kept,) = await here.owed(here.buyer)
    assert (kept["status"], kept["kept_by"]) == ("kept", {"fact": "MessagePosted", "number": 2})
    assert (await here.reads(here.buyer, answered))["reply_owed_since"] == {}
    assert (await here.listed(here.buyer, answered))["reply_owed_since"] == {}


async def test_a_promise_in_a_message_is_told_by_its_own_id(at_home: House) -> None:
    """The same message starts a clock of somebody else."""
    here = await talk(at_home)
    promise = {"kind": "call_back", "owed_to": "seller"}
    posted = await here.writes(here.buyer, "seller", promise=promise)
    (item,) = (await here.reads(here.buyer, posted))["items"]
    assert posted["commitment_id"] == item["promise"]["commitment_id"]
    assert [one["id"] != posted["commitment_id"] for one in await here.owed(here.buyer)] == [True]


async def test_two_tabs_say_at_once_that_no_answer_is_needed(at_home: House) -> None:
    here = await talk(at_home)
    await here.writes(here.buyer, "seller", "Grazie!")
    (owed,) = await here.owed(here.seller)
    (offered,) = [
        action for action in done(await here.seller.get(here.at))["actions"] if action["name"] == "no_reply_needed"
    ]
    assert offered["href"] == f"{here.at}/commitments/{owed['id']}/no-reply-needed"
    refused(await here.buyer.post(offered["href"]), 403, "NotYourReply")
    tabs = await asyncio.gather(*(here.seller.post(offered["href"], {"up_to": 1}) for _ in range(4)))
    assert [tab.status_code for tab in tabs] == [200] * 4
    assert [fact["details"]["by"] for fact in await here.facts(here.buyer, "ReplyNotNeeded")] == ["seller"]
    (over,) = await here.owed(here.buyer)
    assert over["status"] == "discharged"
    assert not any(one["name"] == "no_reply_needed" for one in done(await here.seller.get(here.at))["actions"])


async def test_a_tab_that_shows_less_than_was_asked(at_home: House) -> None:
    here = await talk(at_home)
    await here.writes(here.buyer, "seller")
    (owed,) = await here.owed(here.seller)
    await here.writes(here.buyer, "seller", "E il secondo pacco?")
    at = f"{here.at}/commitments/{owed['id']}/no-reply-needed"
    problem = refused(await here.seller.post(at, {"up_to": 1}), 409, "AskedAgain")
    assert (problem["pointer"], problem["facts"]) == ("/up_to", {"number": 2, "up_to": 1})
    done(await here.seller.post(at, {"up_to": 2}))


async def test_a_silence_is_on_record(at_home: House) -> None:
    """It stays owed, and decides nothing."""
    here = await talk(at_home)
    done(
        await here.seller.post(f"{here.at}/response", {"answer": "contest"})
    )  # or the claim would be granted by default
    await here.writes(here.buyer, "seller")
    (owed,) = await here.owed(here.buyer)
    due_in = datetime.fromisoformat(owed["due_at"]) - at_home.clock.now()  # longer where a holiday begins tomorrow
    at_home.clock.ahead = due_in + timedelta(hours=1)
    try:
        await here.writes(here.buyer, None, "?")
        (owed,) = await here.owed(here.buyer)
        assert owed["status"] == "overdue"
        assert done(await here.buyer.get(here.at))["outcome"] is None
    finally:
        at_home.clock.ahead = timedelta()


@pytest.mark.parametrize("told", [False, True])
async def test_the_first_sight_is_told_to_the_neutral(at_home: House, told: bool) -> None:
    """And to the other side only if the policy says so. It is one fact, however often and in how many tabs it is read."""
    here = await talk(at_home, parties_told_seen=told)
    neutral = await here.mediated()
    await here.writes(here.buyer, None)
    asked = await here.writes(here.buyer, "seller")
    await here.reads(here.buyer, asked)
    assert await here.facts(neutral, "MessageSeen") == []
    read = await asyncio.gather(*(here.reads(here.seller, asked) for _ in range(4)))
    assert {one["read_up_to"] for one in read} <= {0, 2}
    for reader, knows in (
        (neutral, True),
        (here.staff(Role.SUPERVISOR), True),
        (here.buyer, told),
        (here.seller, told),
    ):
        seen = await here.facts(reader, "MessageSeen")
        assert [fact["details"]["message"] for fact in seen] == ([2] if knows else [])
        items = (await here.reads(reader, asked))["items"]
        assert [item["seen_at"] is not None for item in items] == [False, knows]
    backend = here.house.backend_of(here.marketplace)
    assert [len(await here.facts(backend, "MessageSeen"))] == [int(told)]


async def test_each_person_has_a_mark_of_their_own(at_home: House) -> None:
    """A backend that reads for both sides keeps them apart. A reading of the past moves nothing."""
    here = await talk(at_home)
    first = await here.writes(here.buyer, None)
    assert [(await here.reads(here.buyer, first))["read_up_to"] for _ in range(2)] == [0, 1]
    assert (await here.reads(here.seller, first))["read_up_to"] == 0
    second = await here.writes(here.seller, None)
    then = (await here.reads(here.seller, second, as_of=at_home.clock.now().isoformat()))["read_up_to"]
    assert (then, (await here.reads(here.seller, second))["read_up_to"]) == (1, 1)
    assert (await here.reads(here.seller, second))["read_up_to"] == 2
    assert (await here.reads(here.staff(Role.AUDITOR), second))["read_up_to"] is None
    assert (await here.reads(here.staff(Role.SUPERVISOR), second))["read_up_to"] == 0


async def test_who_is_erased_leaves_no_mark(at_home: House) -> None:
    """Neither of messages nor of facts; and no session of the console, nor a link to it."""
    here = await talk(at_home)
    pool, keys = at_home.services.pool, at_home.services.keys
    who = Person(at_home.services.blind.uuid("party", here.marketplace, "b-77"), "auditor", here.marketplace, "Bea")
    secret = await ConsoleSessions(pool, keys).begin(who, timedelta(hours=1))
    link = await SignInLinks(pool, keys).make(who, timedelta(hours=1))
    looks, later = Changed(uuid4(), who.subject, here.marketplace), at_home.clock.now() + timedelta(days=1)
    await presences.renew(pool, looks, page=uuid4(), role=who.role, writing=None, at=later)
    await here.reads(here.buyer, await here.writes(here.buyer, None))
    changes = done(await here.buyer.get(f"{here.at}/changes"))
    read = {"read_up_to": changes["read_up_to"]}
    done(await here.buyer.send("PUT", f"{here.at}/changes/read-up-to", json=read))
    assert await marks(at_home, here) == 1
    done(await here.buyer.post(f"{here.at}/withdrawal"))
    asked = {"party": "b-77", "ground": "person_asked"}
    erased = done(await at_home.backend_of(here.marketplace).post("/v1/erasures", asked), 201)
    assert erased["status"] == "erased"
    async with asyncio.timeout(30):
        while True:
            if not await marks(at_home, here):
                break
            await asyncio.sleep(0.02)
    assert await ConsoleSessions(pool, keys).find(secret) is None
    assert await SignInLinks(pool, keys).look(link) is None
    assert await presences.of_person(pool, who.subject, here.marketplace, later) == []


async def marks(house: House, here: Talk) -> int:
    async with house.services.pool.connection() as connection:
        found = await connection.execute("SELECT count(*) FROM read_mark WHERE marketplace = %s", (here.marketplace,))
        (number,) = await found.fetchone() or (0,)
    return int(number)


async def test_a_mark_never_goes_back(at_home: House) -> None:
    """Two tabs, of which one shows an older page."""
    subject, dispute, at = uuid4(), uuid4(), at_home.clock.now()
    pool = at_home.services.pool
    for number in (5, 3):
        await read_marks.mark(pool, subject=subject, marketplace="m", dispute_id=dispute, number=number, at=at)
        assert (await read_marks.of(pool, subject, dispute)).message == 5


async def test_the_desk_notes_for_itself(at_home: House) -> None:
    """The neutral, their successor, supervisors and auditors read it. It takes no number of a message."""
    here = await talk(at_home)
    neutral = await here.mediated()
    noted = done(await neutral.post(f"{here.at}/notes", {"note": said("الطرد لمشترٍ آخر", "ar")}), 201)
    assert (noted["number"], noted["visibility"]) == (1, "desk")
    supervisor = here.staff(Role.SUPERVISOR)
    assert done(await supervisor.post(f"{here.at}/notes", {"note": said("Ask DHL.")}), 201)["number"] == 2
    assert (await here.writes(here.buyer, None))["number"] == 1
    done(await neutral.post(f"{here.at}/recusal", {"reason": said("I know the seller.")}))
    refused(await neutral.get(f"{here.at}/notes"), 404, "UnknownDispute")
    successor = here.staff(Role.NEUTRAL)
    mandate = {"neutral": str(successor.subject), "languages": ["en"], "authority": []}
    done(await here.staff(Role.ADMINISTRATOR).post("/v1/mandates", mandate), 201)
    done(await successor.post(f"{here.at}/assignment", {}))
    for reader in (successor, supervisor, here.staff(Role.ADMINISTRATOR), here.staff(Role.AUDITOR)):
        items = done(await reader.get(f"{here.at}/notes"))["items"]
        assert [(note["by"], note["note"]["text"], note["visibility"]) for note in items] == [
            ("neutral", "الطرد لمشترٍ آخر", "desk"),
            ("supervisor", "Ask DHL.", "desk"),
        ]
        assert items[0]["author"] == str(neutral.subject)
    page = done(await successor.get(f"{here.at}/notes", params={"limit": "1"}))
    rest = done(await successor.get(f"{here.at}/notes", params={"limit": "1", "cursor": page["next"]}))
    assert ([note["number"] for note in (*page["items"], *rest["items"])], rest["next"]) == ([1, 2], None)
    told = await here.facts(successor, "NoteWritten")
    assert {fact["details"]["visibility"] for fact in told} == {"desk"}


async def test_nobody_else_writes_or_reads_notes(at_home: House) -> None:
    """Not the backend either, and no extract, feed or access answer holds them."""
    here = await talk(at_home)
    secret = f"note-{uuid4().hex}"
    done(await here.staff(Role.SUPERVISOR).post(f"{here.at}/notes", {"note": said(secret)}), 201)
    backend = here.house.backend_of(here.marketplace)
    for somebody in (here.buyer, here.seller, backend):
        refused(await somebody.post(f"{here.at}/notes", {"note": said("x")}), 403, "NotForThisRole")
        refused(await somebody.get(f"{here.at}/notes"), 403, "NotForThisRole")
    asked = done(await backend.post("/v1/access-requests", {"party": "s-9"}), 201)
    answer = f"/v1/access-requests/{asked['subject']}/1/answer"
    done(await backend.post(answer))
    paths = ("/v1/extract?form=jsonl", "/v1/extract?form=ocel", "/v1/events", f"{here.at}/history", here.at, answer)
    for path in paths:
        response = await backend.get(path)
        assert response.status_code == 200, path
        assert secret not in response.text
        assert "NoteWritten" not in response.text.replace('"name":"NoteWritten"', ""), path


async def test_a_note_is_possible_during_a_stay_and_after_closure(at_home: House) -> None:
    here = await talk(at_home)
    supervisor, until = here.staff(Role.SUPERVISOR), at_home.clock.now() + timedelta(days=9)
    done(await supervisor.post(f"{here.at}/stay", {"until": until.isoformat(), "reasons": said("A laboratory.")}))
    assert done(await supervisor.post(f"{here.at}/notes", {"note": said("Slow.")}), 201)["number"] == 1
    done(await here.buyer.post(f"{here.at}/withdrawal"))
    key = str(uuid4())
    twice = [await supervisor.post(f"{here.at}/notes", {"note": said("Over.")}, key=key) for _ in range(2)]
    assert [done(answer, 201)["number"] for answer in twice] == [2, 2]
    assert len(done(await supervisor.get(f"{here.at}/notes"))["items"]) == 2
