"""What a party may not know is absent from its whole world: nothing that it can read or try shows it.

Each hidden act is done in one world and left out in another. Then a party reads everything that it may read, tries every
act that it may try, and reads everything again. All its answers are the same, byte for byte: bodies, versions, ETags,
refusals and actions. Only what is opaque may differ (ids, places in the log), and when the machine recorded it.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest

from domain.kernel.base import Role
from tests import today
from tests.api.house import House, done, euros, refused, said
from tests.api.worlds import Answers, World, alike, differing, plain, standing

pytestmark = pytest.mark.asyncio(loop_scope="module")

Play = Callable[[World], Awaitable[Any]]

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def nothing(_: World) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Hidden:
    """`acts` are hidden from `of`. `then` happens in both worlds, and so does `before`. Of all acts, the party tries
    `tried` first.
    """

    before: Play
    acts: Play
    of: tuple[str, ...] = ("buyer", "seller")
    then: Play = nothing
    tried: str = "make_offer"


# --- what comes before ---


async def in_mediation(world: World) -> None:
    await world.mediated()


async def just_assigned(world: World) -> None:
    await world.mediated(looked=False)


async def asked(world: World) -> None:
    """The buyer waits for an answer of the seller, and for one of the neutral."""
    await world.mediated()
    for whom in ("seller", "neutral"):
        await world.act(world.party("buyer"), "/messages", {"message": said("Wann?", "de"), "to": whom}, 201)


async def to_be_ruled(world: World) -> None:
    await world.mediated()
    await world.impasse()


async def appealed(world: World) -> None:
    """Another neutral hears the appeal, and rules on nothing alone."""
    await world.mediated(alone="1000.00")
    await world.impasse()
    await world.rules(status=201)
    ground = {"ground": "stated_error", "statement": said("Das Datum stimmt nicht.", "de")}
    await world.act(world.party("seller"), "/appeal", ground)
    world.neutral = world.staff(Role.NEUTRAL)
    mandate = {"neutral": str(world.neutral.subject), "languages": ["en"], "authority": [euros("1.00")]}
    done(await world.staff(Role.ADMINISTRATOR).post("/v1/mandates", mandate), 201)
    await world.act(world.neutral, "/assignment", {})
    await world.act(world.neutral, "/messages", {"message": said("I read it.")}, 201)


async def over(world: World) -> None:
    await world.mediated()
    await world.act(world.party("buyer"), "/withdrawal", {})


# --- hidden acts ---


async def ruling(world: World) -> None:
    await world.rules()


async def rulings_refused(world: World) -> None:
    """The supervisor refuses two rulings, and a third one waits."""
    for number in (1, 2):
        await world.rules()
        no = {"reasons": said("Not reasoned.")}
        await world.act(world.staff(Role.SUPERVISOR), f"/rulings/{number}/co-signature-refusal", no)
    await world.rules("129.90", "0.00")


async def ruling_on_appeal(world: World) -> None:
    await world.rules("129.90", "0.00")


async def caucus_with_seller(world: World) -> None:
    for text in ("Unter uns", "Nur so viel"):
        form = {"message": (None, text), "language": (None, "de")}
        await world.act(world.party("seller"), "/caucus", status=201, files=form)
        answer = {**form, "side": (None, "seller")}
        await world.act(world.mediator, "/caucus", status=201, files=answer)


async def erasure(world: World) -> None:
    """It is put off, because the dispute is open. The marketplace owes it."""
    asked = {"party": "s-9", "ground": "person_asked"}
    done(await world.house.backend_of(world.marketplace).post("/v1/erasures", asked), 202)


async def notes(world: World) -> None:
    """The neutral has not looked at the case before: a note is no first look, which the parties would see."""
    for somebody in (world.mediator, world.staff(Role.SUPERVISOR), world.mediator):
        await world.act(somebody, "/notes", {"note": said("Ask the carrier.")}, 201)


async def sight(world: World) -> None:
    """The other side, the neutral and the supervisor read the conversation."""
    for somebody in (world.party("seller"), world.mediator, world.staff(Role.SUPERVISOR)):
        done(await somebody.get(f"{world.at}/messages"))


async def rating(world: World) -> None:
    await world.act(world.party("seller"), "/rating", {"rating": 1})


# --- what comes then ---


async def four_days(world: World) -> None:
    """The supervisor owed an answer within two business days, and did not give it."""
    world.clock.turn(days=4)
    await world.act(world.party("buyer"), "/messages", {"message": said("Ist etwas?", "de")}, 201)


async def three_weeks(world: World) -> None:
    """The time to rule has passed."""
    world.clock.turn(days=21)
    await world.act(world.party("buyer"), "/messages", {"message": said("Ist etwas?", "de")}, 201)


async def offered(world: World) -> None:
    await world.act(world.party("seller"), "/offers", {"amount": euros("50.00")}, 201)


async def another_neutral(world: World) -> None:
    await world.act(world.mediator, "/recusal", {"reason": said("I know the seller.")})


HIDDEN = {
    "a ruling that awaits its signature": Hidden(to_be_ruled, ruling),
    "a ruling that cites an exhibit": Hidden(to_be_ruled, ruling, of=("seller",), tried="withdraw_exhibit"),
    "a ruling that decides no counterclaim": Hidden(to_be_ruled, ruling, of=("seller",), tried="raise_counterclaim"),
    "a ruling when the claim is withdrawn": Hidden(to_be_ruled, ruling, of=("buyer",), then=offered, tried="withdraw"),
    "rulings that were refused": Hidden(to_be_ruled, rulings_refused),
    "a ruling on appeal": Hidden(appealed, ruling_on_appeal, tried="withdraw_appeal"),
    "a supervisor's silence": Hidden(to_be_ruled, ruling, then=four_days),
    "a ruling when the time to rule lapses": Hidden(to_be_ruled, ruling, then=three_weeks),
    "a ruling when its neutral leaves": Hidden(to_be_ruled, ruling, then=another_neutral),
    "a caucus with the other side": Hidden(in_mediation, caucus_with_seller, of=("buyer",), tried="consent_to_neutral"),
    "internal notes": Hidden(just_assigned, notes, tried="post_message"),
    "what the others have read": Hidden(asked, sight, of=("buyer",), tried="no_reply_needed"),
    "an erasure that is put off": Hidden(in_mediation, erasure),
    "a rating by the other side": Hidden(over, rating, of=("buyer",)),
}
EACH = [pytest.param(hidden, side, id=f"{name}, {side}") for name, hidden in HIDDEN.items() for side in hidden.of]


@pytest.mark.parametrize(("hidden", "side"), EACH)
async def test_a_hidden_act_shows_nowhere(at_home: House, hidden: Hidden, side: str) -> None:
    """What the party reads is the same right after the act as before it, with every id and time; and in a world without the
    act it is the same, and so is whatever the party tries.
    """
    begun, answers = today.now(), list[Answers]()
    async with standing(at_home.services, begun) as (house, clock):
        for acts in (nothing, hidden.acts):
            clock.at = begun
            world = World(house, clock, f"world-{uuid4().hex[:12]}")
            await hidden.before(world)
            await world.reads(side, await position(world))  # from then on it has read everything
            at, before = clock.at, await world.reads(side, await position(world))
            await acts(world)
            clock.at = at
            assert differing(unnamed(before), unnamed(await world.reads(side, await position(world)))) == {}
            await hidden.then(world)
            tried = await world.tries(side, hidden.tried)
            again = await world.reads(side, await position(world))
            answers.append(alike({**before, **tried, **{f"again {path}": answer for path, answer in again.items()}}))
    without, with_it = answers
    assert differing(without, with_it) == {}


async def position(world: World) -> str:
    """The end of the log: a supervisor's act that changes nothing answers with it."""
    last: int = await world.house.services.log.last_position()
    return str(world.house.app.state.http.opaque.seal("position", world.marketplace, str(last)))


def unnamed(answers: Answers) -> Answers:
    """Without the number under which a refusal is on record."""
    return {path: re.sub(r'"correlation_id":"[^"]+"', "", answer) for path, answer in answers.items()}


async def test_a_party_counts_what_it_was_told(at_home: House) -> None:
    """Its version is its own. The desk's is that of the log, and a stale one is told by the party's own count."""
    async with standing(at_home.services, today.now()) as (house, clock):
        world = World(house, clock, f"world-{uuid4().hex[:12]}")
        await to_be_ruled(world)
        buyer, desk = world.party("buyer"), house.backend_of(world.marketplace)
        read, whole = await world.version(buyer), await world.version(desk)
        assert read < whole
        await world.rules()
        assert (await world.version(buyer), await world.version(desk) > whole) == (read, True)
        offer, key = {"amount": euros("50.00")}, str(uuid4())
        made = await world.act(buyer, "/offers", offer, 201, match=read, key=key)
        assert made["version"] > read
        stale = await buyer.post(f"{world.at}/offers", offer, match=read)
        assert refused(stale, 412, "VersionIsStale")["facts"] == {"version": made["version"], "expected": read}
        await world.act(buyer, "/messages", {"message": said("Nun?", "de")}, 201)
        await world.act(buyer, "/offers", offer, 201)
        repeated = await buyer.post(f"{world.at}/offers", offer, match=read, key=key)
        assert done(repeated, 201)["version"] == made["version"], "as it was then"
        assert repeated.headers["ETag"] == f'"{made["version"]}"'
        tag = (await buyer.get(world.at)).headers["ETag"]
        await world.act(world.staff(Role.SUPERVISOR), "/rulings/1/co-signature-refusal", {"reasons": said("No.")})
        assert (await buyer.get(world.at, headers={"If-None-Match": tag})).status_code == 304


async def test_rulings_are_numbered_among_those_told(at_home: House) -> None:
    """The party sees one ruling, the first, wherever it is named. The desk sees that it was the second."""
    async with standing(at_home.services, today.now()) as (house, clock):
        world = World(house, clock, f"world-{uuid4().hex[:12]}")
        await to_be_ruled(world)
        await rulings_refused(world)
        supervisor = world.staff(Role.SUPERVISOR)
        signed = await world.act(supervisor, "/rulings/3/co-signature", match=await world.version())
        seller = await world.reads("seller", signed["position"])
        case = plain(seller["/v1/disputes/…"])
        assert [(r["number"], r["status"], r["award"]["buyer"]) for r in case["rulings"]] == [
            (1, "in_effect", euros("129.90"))
        ]
        assert [d["name"] for d in case["deadlines"] if d["name"].startswith("appeal")] == ["appeal-1-seller"]
        assert [owed["number"] for owed in case["commitments"]] == list(range(1, len(case["commitments"]) + 1))
        listed = plain(seller["/v1/commitments?status=all"])["items"]
        assert {owed["id"]: owed["number"] for owed in listed} == {o["id"]: o["number"] for o in case["commitments"]}
        history = plain(seller["/v1/disputes/…/history"])["items"]
        (told,) = [fact["details"] for fact in history if fact["kind"] == "RulingCoSigned"]
        assert told["number"] == 1
        whole = done(await supervisor.get(world.at))
        assert [ruling["number"] for ruling in whole["rulings"]] == [1, 2, 3]


async def test_the_commitments_of_the_desk_do_not_exist_for_a_party(at_home: House) -> None:
    """Whoever guesses the id of one is told the same as of any other id."""
    async with standing(at_home.services, today.now()) as (house, clock):
        world = World(house, clock, f"world-{uuid4().hex[:12]}")
        await to_be_ruled(world)
        await world.rules()
        whole = done(await world.staff(Role.SUPERVISOR).get(world.at))["commitments"]
        (hidden,) = [owed["id"] for owed in whole if owed["kind"] == "co_sign"]
        for path in ("fulfilment", "waiver"):
            for asked in (hidden, str(uuid4())):
                answer = await world.party("buyer").post(f"{world.at}/commitments/{asked}/{path}", {})
                assert refused(answer, 404, "UnknownCommitment")["facts"] == {"commitment_id": asked}


async def test_no_party_can_calculate_the_id_of_a_commitment(at_home: House) -> None:
    """From the ids that it sees, gaps would show how many commitments are hidden, and where. It knows how ids are derived,
    and every id that it was ever told."""
    async with standing(at_home.services, today.now()) as (house, clock):
        world = World(house, clock, f"world-{uuid4().hex[:12]}")
        await to_be_ruled(world)
        await world.rules()
        whole = done(await world.staff(Role.SUPERVISOR).get(world.at))["commitments"]
        for side in ("buyer", "seller"):
            answers = await world.reads(side, await position(world))
            known = {UUID(found) for answer in answers.values() for found in _UUID.findall(answer)}
            known.add(UUID(world.id))
            names = ["commitment", *(f"{one}/commitment" for one in known)]
            guesses = {uuid5(one, f"{name}/{n}") for one in known for name in names for n in range(1, len(whole) + 2)}
            assert guesses.isdisjoint(UUID(owed["id"]) for owed in whole)
