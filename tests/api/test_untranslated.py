"""What no engine translates is owed by the marketplace, and a person supplies it. A ruling on wrong words is reopened.

Here people translate everything: the policy names no engine, unless a test says so.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from domain.kernel.base import Role
from tests.api.house import House, Sender, done, euros, filing, house, person, refused, said
from tests.api.test_translations import translated, until
from tests.gateways.translation.server import Behaviour, foreign

PEOPLE: dict[str, Any] = {
    "version": "people",
    "translation": {"engines": []},
    "windows": {"escalation_opens_after_hours": 0},
}
ITALIAN = "Il vaso è arrivato rotto, vorrei il rimborso."


@asynccontextmanager
async def by_people(conninfo: str, folder: Path, rules: Any = PEOPLE) -> AsyncIterator[House]:
    async with house(conninfo, folder) as home:
        done(await home.sender(Role.ADMINISTRATOR).post("/v1/policies", rules), 201)
        yield home


async def dispute(home: House, buyer: str = "it", seller: str = "zh-Hans", statement: str = "it") -> str:
    """The path of a new dispute. The claim says nothing that could be in any language."""
    body = filing(buyer=person("b-1", "IT", buyer, "Europe/Rome"), seller=person("s-1", "CN", seller, "Asia/Shanghai"))
    body["claim"]["statement"] = said("129.90", statement)
    return f"/v1/disputes/{done(await home.backend.post('/v1/disputes', body), 201)['id']}"


async def owed(
    reader: Sender, at: str, number: int = 1, status: str = "open", beside: str = ""
) -> list[dict[str, Any]]:
    """What is to be translated in a dispute, as soon as there are so many, and not the one `beside` them any more."""
    query = {"kind": "translate", "dispute_id": at.rpartition("/")[2], "status": status}

    async def ask() -> Any:
        return done(await reader.get("/v1/commitments", params=query))["items"]

    found: list[dict[str, Any]] = await until(
        ask, lambda items: len(items) == number and beside not in {one["id"] for one in items}
    )
    return found


async def all_looked_at(home: House) -> None:
    """Every text has been looked at, so what is not owed by now is never owed."""
    services = home.services
    await services.follow.caught_up("translating@1", await services.log.last_position(), 30)

    async def waiting() -> int:
        async with services.pool.connection() as connection:
            row = await (await connection.execute("SELECT count(*) FROM translation_task")).fetchone()
        assert row is not None
        return int(row[0])

    await until(waiting, lambda number: number == 0)


async def write(who: Sender, at: str, text: str, language: str) -> str:
    return str(done(await who.post(f"{at}/messages", {"message": said(text, language)}), 201)["position"])


async def mediated(home: House, at: str, *languages: str, authority: str = "1000.00") -> Sender:
    """A neutral who reads these languages has the dispute."""
    neutral = home.sender(Role.NEUTRAL)
    amounts = [{"amount": authority, "currency": "EUR"}]
    mandate = {"neutral": str(neutral.subject), "languages": [*languages], "authority": amounts}
    done(await home.sender(Role.ADMINISTRATOR).post("/v1/mandates", mandate), 201)
    done(await home.speaking_for("buyer").post(f"{at}/escalation"))
    done(await neutral.post(f"{at}/assignment", {}))
    return neutral


async def test_a_person_translates_what_no_engine_does(database: str, tmp_path: Path) -> None:
    """The seller and the marketplace see what is owed and why. The marketplace supplies it; the seller reads it."""
    async with by_people(database, tmp_path) as home:
        buyer, seller, backend = home.speaking_for("buyer"), home.speaking_for("seller"), home.backend
        at = await dispute(home)
        await write(buyer, at, ITALIAN, "it")
        for reader in (backend, buyer, seller):
            (about,) = await owed(reader, at)
            assert (about["owed_by"], about["owed_to"], about["class"]) == ("marketplace", "seller", "service")
            assert about["about"]["text"]["of"] == {
                "fact": "MessagePosted", "number": 1, "field": "message", "question": None, "side": None,
            }  # fmt: skip
            assert (about["about"]["text"]["language"], about["about"]["text"]["why"]) == ("zh-Hans", "no_engine")
            assert about["proof"]["rule"] == "people/translation"
            assert about["kept_when"] == ["TranslationMade", "TranslationApproved", "TranslationCorrected"]
        translation = about["about"]["text"]["translation_id"]
        refused(await backend.post(f"{at}/commitments/{about['id']}/fulfilment", {}), 409, "TranslationDecides")
        done(await backend.post(f"{at}/translations/{translation}/correction", {"text": "花瓶到货时已碎，我想退款。"}))

        async def read() -> Any:
            return done(await seller.get(f"{at}/messages"))["items"][0]["message"]

        shown = await until(read, lambda said: said.get("translation", {}).get("text") is not None)
        assert (shown["text"], shown["translation"]["text"]) == (ITALIAN, "花瓶到货时已碎，我想退款。")
        assert (shown["translation"]["engine"], shown["translation"]["safe"]) == (None, True)
        (kept,) = await owed(backend, at, 1, "ended")
        assert (kept["id"], kept["status"], kept["kept_by"]["fact"]) == (about["id"], "kept", "TranslationCorrected")


@pytest.mark.parametrize("translation", [None, {"engines": [], "otherwise": "original"}])
async def test_nobody_owes_it_where_the_policy_does_not_say_so(database: str, tmp_path: Path, translation: Any) -> None:
    """Neither without translation, nor with the original for whoever cannot read it."""
    async with by_people(database, tmp_path, {"version": "other", "translation": translation}) as home:
        at = await dispute(home)
        position = await write(home.speaking_for("buyer"), at, ITALIAN, "it")
        await all_looked_at(home)
        since = {"At-Least": position}
        assert done(await home.backend.get(f"{at}/commitments", headers=since))["items"] == []
        assert done(await home.backend.get(f"{at}/translations", headers=since))["items"] == []


async def test_an_unsafe_translation_is_owed(database: str, tmp_path: Path) -> None:
    """Until a person approves it."""
    spoilt = Behaviour(spoils=lambda said: said.replace("XQ1", "1187"))
    rules = {"version": "translated", "translation": {"engines": ["libretranslate"]}}
    async with translated(database, tmp_path, spoilt, rules) as home:
        at = await dispute(home)
        await write(home.speaking_for("buyer"), at, "Ho pagato ¥1178 per questo vaso.", "it")
        (one,) = await owed(home.backend, at)
        assert one["about"]["text"]["why"] == "unsafe"
        path = f"{at}/translations/{one['about']['text']['translation_id']}/approval"
        done(await home.sender(Role.SUPERVISOR).post(path))
        (kept,) = await owed(home.backend, at, 1, "ended")
        assert kept["kept_by"]["fact"] == "TranslationApproved"


async def test_what_is_said_in_caucus_stays_there(database: str, tmp_path: Path) -> None:
    """The neutral cannot read it. Neither side sees that; the desk sees that a translation is owed, and not a word of it."""
    async with by_people(database, tmp_path) as home:
        buyer, seller = home.speaking_for("buyer"), home.speaking_for("seller")
        at = await dispute(home, seller="it")
        neutral = await mediated(home, at, "de")
        form = {"message": (None, "Mi basterebbe la metà del prezzo."), "language": (None, "it")}
        done(await buyer.post(f"{at}/caucus", files=form), 201)
        (one,) = await owed(home.backend, at)
        assert (one["owed_to"], one["about"]["text"]["of"]["side"]) == ("neutral", "buyer")
        assert one["id"] in {each["id"] for each in done(await neutral.get(f"{at}/commitments"))["items"]}
        for side in (buyer, seller):
            assert await owed(side, at, 0) == []
            assert "CaucusMessagePosted" not in (await side.get(f"{at}/commitments")).text
            history = done(await side.get(f"{at}/history?limit=100"))["items"]
            assert not [fact for fact in history if fact["kind"] == "CommitmentMade" and "translate" in str(fact)]
        assert done(await home.backend.get(f"{at}/translations"))["items"] == []
        (listed,) = done(await neutral.get(f"{at}/translations"))["items"]
        assert (listed["id"], listed["text"]) == (one["about"]["text"]["translation_id"], None)
        german = {"text": "Mir würde der halbe Preis genügen."}
        supplied = done(await home.backend.post(f"{at}/translations/{listed['id']}/correction", german))
        since = {"Accept-Language": "de", "At-Least": supplied["position"]}
        (read,) = done(await neutral.get(f"{at}/caucus", headers=since))["items"]
        assert read["message"]["translation"]["text"] == german["text"]
        for reader in (home.backend, home.sender(Role.SUPERVISOR), seller):
            assert german["text"] not in (await reader.get(at, headers=since)).text
        assert done(await home.sender(Role.SUPERVISOR).get(f"{at}/translations"))["items"] == []


async def test_a_ruling_that_awaits_its_signature_leaves_no_trace(database: str, tmp_path: Path) -> None:
    """Its reasons are to be translated for the parties once they can read them."""
    async with by_people(database, tmp_path) as home:
        buyer, seller = home.speaking_for("buyer"), home.speaking_for("seller")
        at = await dispute(home)
        done(await seller.post(f"{at}/response", {"answer": "contest"}))
        neutral = await mediated(home, at, "en", authority="1.00")
        read = done(await neutral.post(f"{at}/impasse"))
        award = {"buyer": euros("29.90"), "seller": euros("100.00")}
        reasons = said("The photograph shows that the vase arrived broken.", "en")
        ruling = {"award": award, "cites_clauses": ["conformity"], "reasons": reasons}
        issued = done(await neutral.post(f"{at}/rulings", ruling, match=read["version"]), 202)
        await all_looked_at(home)
        kinds = {one["kind"] for one in (await home.seen(at.rpartition("/")[2], issued["position"]))["commitments"]}
        assert "co_sign" in kinds
        assert "translate" not in kinds
        done(await home.sender(Role.SUPERVISOR).post(f"{at}/rulings/1/co-signature", match=issued["version"]))
        for side in (buyer, seller):
            found = await owed(side, at, 2)
            assert {one["about"]["text"]["language"] for one in found} == {"it", "zh-Hans"}
            assert {one["about"]["text"]["of"]["fact"] for one in found} == {"RulingIssued"}


async def test_another_neutral_reads_other_languages(database: str, tmp_path: Path) -> None:
    """What was owed to the first one ends. What the next one cannot read is owed to that one."""
    async with by_people(database, tmp_path) as home:
        at = await dispute(home, seller="it")
        await write(home.speaking_for("buyer"), at, ITALIAN, "it")
        first = await mediated(home, at, "de")
        (one,) = await owed(home.backend, at)
        assert (one["owed_to"], one["about"]["text"]["neutral"]) == ("neutral", str(first.subject))
        done(await first.post(f"{at}/recusal", {"reason": said("I know the seller.")}))
        (why,) = [each["about"]["text"] for each in await owed(home.backend, at, beside=one["id"])]
        assert (why["of"]["fact"], why["language"], why["neutral"]) == ("NeutralReleased", "it", None)
        second = await mediated_by_another(home, at, "fr")
        found = [each["about"]["text"] for each in await owed(home.backend, at, 3)]
        theirs = [text for text in found if text["neutral"] == str(second.subject)]
        assert {text["of"]["fact"] for text in theirs} == {"MessagePosted", "NeutralReleased"}
        assert {text["language"] for text in theirs} == {"fr"}


async def mediated_by_another(home: House, at: str, language: str) -> Sender:
    neutral = home.sender(Role.NEUTRAL)
    mandate = {"neutral": str(neutral.subject), "languages": [language], "authority": []}
    done(await home.sender(Role.ADMINISTRATOR).post("/v1/mandates", mandate), 201)
    done(await neutral.post(f"{at}/assignment", {}))
    return neutral


async def test_the_language_of_a_text(database: str, tmp_path: Path) -> None:
    """Declared Chinese, and Italian. Both are shown, and it is translated from the one that it is in."""
    behaviour = Behaviour()
    rules = {"version": "translated", "translation": {"engines": ["libretranslate"]}}
    async with translated(database, tmp_path, behaviour, rules) as home:
        buyer, seller = home.speaking_for("buyer"), home.speaking_for("seller")
        at = await dispute(home)
        await write(buyer, at, ITALIAN, "zh-Hans")
        await write(buyer, at, "Grazie mille per la vostra risposta.", "it")

        async def read() -> Any:
            return [item["message"] for item in done(await seller.get(f"{at}/messages"))["items"]]

        first, second = await until(read, lambda texts: len(texts) == 2 and all("translation" in one for one in texts))
        assert (first["language"], first["detected_language"]) == ("zh-Hans", "it")
        assert (second["language"], second.get("detected_language")) == ("it", None)
        assert first["translation"]["text"] == foreign(ITALIAN, "it", "zh-Hans")
        listed = {one["of"]["number"]: one for one in done(await home.backend.get(f"{at}/translations"))["items"]}
        assert listed[1]["original_language"] == {"declared": "zh-Hans", "detected": "it"}
        assert listed[2]["original_language"] is None
        (own, *_) = done(await buyer.get(f"{at}/messages"))["items"]
        assert own["message"]["detected_language"] == "it"


async def test_a_ruling_that_rested_on_wrong_words(database: str, tmp_path: Path) -> None:
    """The translation of a cited exhibit is corrected after closure. Both sides are told, and the loser reopens."""
    rules = {
        "version": "translated",
        "translation": {"engines": ["libretranslate"]},
        "windows": {"escalation_opens_after_hours": 0},
    }
    async with translated(database, tmp_path, Behaviour(), rules) as home:
        buyer, seller = home.speaking_for("buyer"), home.speaking_for("seller")
        at = await dispute(home)
        shown = said("Nella foto si vede il vaso rotto in tre pezzi.", "it")
        form = {"description": (None, shown["text"]), "language": (None, "it")}
        done(await buyer.post(f"{at}/exhibits", files=form), 201)
        done(await seller.post(f"{at}/exhibits/1/answer", {}))
        done(await seller.post(f"{at}/response", {"answer": "contest"}))
        neutral = await mediated(home, at, "en")
        read = done(await neutral.post(f"{at}/impasse"))

        async def listed() -> Any:
            items = done(await home.backend.get(f"{at}/translations"))["items"]
            return [one for one in items if one["of"]["fact"] == "ExhibitAdded" and one["language"] == "en"]

        (wrong,) = await until(listed, bool)
        ruling = {
            "award": {"buyer": euros("0.00"), "seller": euros("129.90")},
            "cites_exhibits": [1],
            "cites_clauses": ["conformity"],
            "reasons": said("The photograph shows a whole vase.", "en"),
        }
        done(await neutral.post(f"{at}/rulings", ruling, match=read["version"]), 201)
        done(await buyer.post(f"{at}/appeal-waiver"))
        assert done(await buyer.get(at))["stage"] == "closed"
        why = {"ground": "translation_corrected", "reasons": said("La traduzione diceva altro.", "it")}
        refused(await buyer.post(f"{at}/reopening", why), 409, "NoTranslationCorrected")
        words = {"text": "The photograph shows the vase broken into three pieces."}
        done(await home.sender(Role.SUPERVISOR).post(f"{at}/translations/{wrong['id']}/correction", words))
        for side in (buyer, seller):
            history = done(await side.get(f"{at}/history?limit=100"))["items"]
            assert "TranslationUnderRulingCorrected" in {fact["kind"] for fact in history}
            (under,) = done(await side.get(at))["rulings"][0]["corrected_translations"]
            assert (under["of"]["fact"], under["of"]["number"], under["by"]) == ("ExhibitAdded", 1, "supervisor")
        offered = {action["name"]: action for action in done(await buyer.get(at))["actions"]}
        assert offered["reopen"]["until"] is not None
        assert "reopen" not in {action["name"] for action in done(await seller.get(at))["actions"]}
        refused(await seller.post(f"{at}/reopening", why), 403, "MayNotReopen")
        done(await buyer.post(f"{at}/reopening", why))
        assert done(await seller.get(at))["reopenings"][0]["ground"] == "translation_corrected"


async def test_who_was_erased_is_translated_no_more(database: str, tmp_path: Path) -> None:
    """What was owed ended with the dispute. A late translation by a person is refused, and brings back nothing."""
    async with by_people(database, tmp_path) as home:
        buyer = home.speaking_for("buyer")
        at = await dispute(home)
        await write(buyer, at, ITALIAN, "it")
        (one,) = await owed(home.backend, at)
        done(await buyer.post(f"{at}/withdrawal"))
        (ended,) = await owed(home.backend, at, 1, "ended")
        assert ended["status"] == "discharged"
        done(await home.backend.post("/v1/erasures", {"party": "b-1", "ground": "person_asked"}), 201)

        async def read() -> Any:
            return done(await home.backend.get(f"{at}/messages"))["items"][0]["message"]["text"]

        await until(read, lambda text: text == "[erased]")
        late = f"{at}/translations/{one['about']['text']['translation_id']}/correction"
        refused(await home.backend.post(late, {"text": "花瓶碎了。"}), 409, "OriginalErased")
        assert "花瓶" not in (await home.backend.get(f"{at}/translations")).text


async def test_a_reopened_dispute_owes_again(database: str, tmp_path: Path) -> None:
    async with by_people(database, tmp_path) as home:
        buyer = home.speaking_for("buyer")
        at = await dispute(home)
        await write(buyer, at, ITALIAN, "it")
        (before,) = await owed(home.backend, at)
        done(await buyer.post(f"{at}/withdrawal"))
        why = {"ground": "fraud", "reasons": said("129.90")}
        done(await home.sender(Role.SUPERVISOR).post(f"{at}/reopening", why))
        (again,) = await owed(home.backend, at, beside=before["id"])
        assert again["about"] == before["about"]
