"""What a person reads about a dispute: in their language, on their clock, from where they stand."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from api.words.catalogue import catalogue
from api.words.languages import LANGUAGES
from domain.kernel.base import Role
from tests import today
from tests.api.house import House, done, refused, said

ENGLISH = {"Accept-Language": "en"}
SOON = said("We will look into it and answer soon.")


async def test_each_side_reads_whose_move_it_is(anew: House) -> None:
    """The seller must answer: they are addressed, and the buyer reads of the other side. Both see the same instant, each on
    their own clock."""
    at = f"/v1/disputes/{(await anew.filed())['id']}/in-words"
    seller = done(await anew.speaking_for("seller").get(at, headers=ENGLISH))
    buyer = done(await anew.speaking_for("buyer").get(at, headers=ENGLISH))
    assert seller["title"] == "It is your move."
    assert buyer["title"] == "It is the seller's move."
    mine = next(step for step in seller["next"] if step["what"].startswith("Answer the claim"))
    theirs = next(step for step in buyer["next"] if step["what"] == "The other side answers the claim.")
    assert (mine["yours"], theirs["yours"]) == (True, False)
    assert mine["until"] == theirs["until"]
    due = datetime.fromisoformat(mine["until"])
    assert f"{due.astimezone(ZoneInfo('Asia/Shanghai')).day}," in mine["until_in_words"]
    assert "China Standard Time" in mine["until_in_words"]
    assert "Central European" in theirs["until_in_words"]
    assert mine["on_silence"] == theirs["on_silence"]
    assert buyer["happened_last"]["title"] == "Dispute filed" or buyer["happened_last"]["kind"]


async def test_a_party_that_asks_for_no_language_reads_its_own(anew: House) -> None:
    """As in the case file. Everybody else reads English then."""
    at = f"/v1/disputes/{(await anew.filed())['id']}/in-words"
    for reader, language, title in (
        (anew.speaking_for("seller"), "zh-Hans", "现在轮到您处理。"),
        (anew.speaking_for("buyer"), "it", "Tocca al venditore."),
        (anew.backend, "en", "It is the seller's move."),
    ):
        answer = await reader.get(at)
        assert (done(answer)["language"], answer.headers["Content-Language"]) == (language, language)
        assert (done(answer)["title"], answer.headers["Vary"]) == (title, "Accept-Language")


async def test_what_a_reader_must_do_is_said_as_in_the_actions(anew: House) -> None:
    """The same steps are mandatory as the acts are. Each is until the same instant, and says so in the reader's words."""
    at = f"/v1/disputes/{(await anew.filed())['id']}"
    offers = {"amount": {"amount": "65.00", "currency": "EUR"}}
    done(await anew.speaking_for("seller").post(f"{at}/offers", offers), 201)
    promise = {"kind": "reply", "owed_to": "buyer"}
    done(await anew.speaking_for("seller").post(f"{at}/messages", {"message": SOON, "promise": promise}), 201)
    for side, expected in (
        ("seller", {"respond", "answer_key_questions", "post_message"}),
        ("buyer", {"answer_key_questions"}),
    ):
        reader = anew.speaking_for(side)
        actions = {act["name"]: act for act in done(await reader.get(at))["actions"]}
        assert {name for name, act in actions.items() if act["mandatory"]} == expected
        steps = [
            step for step in done(await reader.get(f"{at}/in-words", headers=ENGLISH))["next"] if step["mandatory"]
        ]
        assert {step["until"] for step in steps} == {actions[name]["due_at"] for name in expected}
        assert {(step["yours"], step["mandatory_in_words"]) for step in steps} == {(True, "You must do this.")}
        assert all((act["due_at"] is not None) == act["mandatory"] for act in actions.values())
    told = done(await anew.speaking_for("buyer").get(f"{at}/in-words", headers={"Accept-Language": "ar"}))
    mine = {(step["mandatory"], step["mandatory_in_words"]) for step in told["next"] if step["yours"]}
    assert mine == {(True, "عليكم القيام بذلك."), (False, "يمكنكم القيام بذلك، لكنكم غير ملزمين به.")}
    theirs = [step for step in told["next"] if not step["yours"]]
    assert theirs
    assert not any(step["mandatory"] or step["mandatory_in_words"] for step in theirs)


async def test_nobody_must_do_anything_while_it_is_paused(anew: House) -> None:
    at = f"/v1/disputes/{(await anew.filed())['id']}"
    done(await anew.sender(Role.SUPERVISOR).post(f"{at}/stay", {"until": _in(days=5), "reasons": SOON}))
    seller = anew.speaking_for("seller")
    assert not [act for act in done(await seller.get(at))["actions"] if act["mandatory"]]
    assert not [step for step in done(await seller.get(f"{at}/in-words"))["next"] if step["mandatory"]]


def _in(**units: float) -> str:
    return (today.now() + timedelta(**units)).isoformat()


async def test_the_desk_reads_who_must_act(anew: House) -> None:
    at = f"/v1/disputes/{(await anew.filed())['id']}/in-words"
    told = done(await anew.sender(Role.SUPERVISOR).get(at))
    assert told["title"] == "It is the seller's move."
    assert "The seller answers the claim." in {step["what"] for step in told["next"]}
    zone = done(await anew.backend.get(f"{at.removesuffix('/in-words')}/policy"))["desk"]["time_zone"]
    step = next(step for step in told["next"] if step["until"])
    due = datetime.fromisoformat(step["until"]).astimezone(ZoneInfo(zone))
    assert step["until_in_words"] == catalogue("en").instant(due, zone, seconds=due.second != 0)
    assert ":00 " not in told["happened_last"]["at_in_words"]


async def test_a_closed_dispute_says_how_it_ended(anew: House) -> None:
    dispute = await anew.filed()
    done(await anew.speaking_for("buyer").post(f"/v1/disputes/{dispute['id']}/withdrawal"))
    at = f"/v1/disputes/{dispute['id']}/in-words"
    told = done(await anew.speaking_for("seller").get(at, headers=ENGLISH))
    assert (told["stage"], told["outcome"]) == ("Closed", "The claimant withdrew the claim.")
    assert not [step for step in told["next"] if step["yours"]]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_refusal_is_said_in_the_readers_language(anew: House, language: str) -> None:
    """The code stays as it is: programs read it."""
    nowhere = "/v1/disputes/00000000-0000-0000-0000-000000000000"
    answer = await anew.speaking_for("buyer").get(nowhere, headers={"Accept-Language": language})
    refused(answer, 404, "UnknownDispute")
    assert answer.headers["Content-Language"] == language
    assert (answer.json()["title"] == "There is no dispute with this id that you can see.") == (language == "en")


async def test_names_of_values(anew: House) -> None:
    german = await anew.speaking_for("buyer").get("/v1/words", headers={"Accept-Language": "de"})
    assert (german.headers["Content-Language"], german.headers["Vary"]) == ("de", "Accept-Language")
    assert done(german)["stages"]["negotiation"] == "Verhandlung"
    arabic = done(await anew.speaking_for("buyer").get("/v1/words", headers={"Accept-Language": "ar"}))
    assert arabic["direction"] == "rtl"
