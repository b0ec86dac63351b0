"""What a person reads about a dispute: in their language, on their clock, from where they stand."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from api.words.languages import LANGUAGES
from domain.kernel.base import Role
from tests.api.house import House, done, refused


async def test_each_side_reads_whose_move_it_is(anew: House) -> None:
    """The seller must answer: they are addressed, and the buyer reads of the other side. Both see the same instant, each on
    their own clock."""
    at = f"/v1/disputes/{(await anew.filed())['id']}/in-words"
    seller = done(await anew.speaking_for("seller").get(at))
    buyer = done(await anew.speaking_for("buyer").get(at))
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


async def test_the_desk_reads_who_must_act(anew: House) -> None:
    at = f"/v1/disputes/{(await anew.filed())['id']}/in-words"
    told = done(await anew.sender(Role.SUPERVISOR).get(at))
    assert told["title"] == "It is the seller's move."
    assert "The seller answers the claim." in {step["what"] for step in told["next"]}


async def test_a_closed_dispute_says_how_it_ended(anew: House) -> None:
    dispute = await anew.filed()
    done(await anew.speaking_for("buyer").post(f"/v1/disputes/{dispute['id']}/withdrawal"))
    told = done(await anew.speaking_for("seller").get(f"/v1/disputes/{dispute['id']}/in-words"))
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
