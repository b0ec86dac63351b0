"""A photographed waybill is read by a machine. Each reads what it says in their own language, with the picture beside it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from domain.kernel.base import Role
from mediation.gateways.pictures.port import Block, Box
from tests.api.house import MARKETPLACE, House, Sender, done, filing, house, person, refused
from tests.api.test_access_requests import answer, facts
from tests.api.test_translations import models, until
from tests.gateways.pictures.drawn import ARABIC, CHINESE, LATIN, RECEIPT, WAYBILL, Line, photographed
from tests.gateways.pictures.installed import readers
from tests.gateways.pictures.papers import locked
from tests.gateways.translation.server import Behaviour, serving

REMARKS = WAYBILL[5:]
"""The last lines of the waybill: what takes less time to read."""

RULES: dict[str, Any] = {
    "version": "reads",
    "reads_pictures": True,
    "translation": {"engines": ["local", "libretranslate"]},
    "windows": {"escalation_opens_after_hours": 0},
}


@pytest.fixture(autouse=True)
def _installed() -> Iterator[None]:
    with readers():
        yield


@asynccontextmanager
async def reading(conninfo: str, folder: Path, rules: Any = RULES, **settings: Any) -> AsyncIterator[House]:
    """A house that reads pictures. English and Portuguese are really translated; any other pair says its words in front."""
    async with serving(Behaviour()) as address:
        chosen = ({"kind": "local", "folder": str(models(folder))}, {"kind": "libretranslate", "address": address})
        async with house(conninfo, folder / "house", translators={MARKETPLACE: chosen}, **settings) as home:
            done(await home.sender(Role.ADMINISTRATOR).post("/v1/policies", rules), 201)
            yield home


async def dispute(home: House, buyer: str = "it", seller: str = "zh-Hans") -> str:
    body = filing(buyer=person("b-1", "IT", buyer, "Europe/Rome"), seller=person("s-1", "CN", seller, "Asia/Shanghai"))
    return str(done(await home.backend.post("/v1/disputes", body), 201)["id"])


async def shows(sender: Sender, at: str, content: bytes, name: str = "foto.jpg", language: str = "en") -> int:
    """Adds the file as an exhibit, and returns its number."""
    form = {"description": "The paper.", "language": language}
    added = await sender.post(f"/v1/disputes/{at}/exhibits", data=form, files={"file": (name, content)})
    return int(done(added, 201)["number"])


async def text_of(reader: Sender, at: str, number: int = 1, **headers: str) -> dict[str, Any]:
    return done(await reader.get(f"/v1/disputes/{at}/exhibits/{number}/text", headers=headers))


def is_read(text: dict[str, Any]) -> bool:
    return text["read_at"] is not None


def is_translated(text: dict[str, Any]) -> bool:
    return any("translation" in block["text"] for block in text["blocks"])


def is_translated_at(line: Line, text: dict[str, Any]) -> bool:
    return is_read(text) and "translation" in over(line, text)["text"]


def over(line: Line, text: dict[str, Any]) -> dict[str, Any]:
    """The block whose box lies over the line that was written."""
    for block in text["blocks"]:
        if line.is_in(Block(1, Box(**block["box"]), "", None)):
            found: dict[str, Any] = block
            return found
    raise AssertionError(f"no box lies over {line.text}")


async def test_a_waybill_from_jingdezhen(database: str, tmp_path: Path) -> None:
    """The seller shows it. The buyer, who reads Italian, reads it in Italian, field by field, where each stands."""
    picture = photographed(WAYBILL, CHINESE)
    async with reading(database, tmp_path) as home:
        buyer, seller = home.speaking_for("buyer"), home.speaking_for("seller")
        at = await dispute(home)
        await shows(seller, at, picture.jpeg())
        text = await until(lambda: text_of(buyer, at), lambda text: is_translated_at(picture.lines[6], text))
        assert (text["exhibit"], text["machine_read"], text["engine"], text["cut"]) == (1, True, "tesseract", False)
        assert text["languages"] == ["it", "zh-Hans", "en"]
        remark = over(picture.lines[6], text)["text"]
        assert "易碎" in remark["text"]
        assert remark["language"] == "zh-Hans"
        assert remark["translation"]["text"].startswith("[zh-Hans→it] ")
        own = await text_of(seller, at)
        assert "translation" not in over(picture.lines[6], own)["text"]


async def test_an_arabic_receipt(database: str, tmp_path: Path) -> None:
    """The amount on it comes through the translation letter by letter, as in any text."""
    picture = photographed(RECEIPT, ARABIC, size=34, rtl=True)
    async with reading(database, tmp_path) as home:
        at = await dispute(home, "ar", "en")
        await shows(home.speaking_for("buyer"), at, picture.png(), "foto.png")
        seller, line = home.speaking_for("seller"), picture.lines[4]
        text = await until(lambda: text_of(seller, at), lambda text: is_translated_at(line, text))
        paid = over(line, text)["text"]
        assert "129.90" in paid["text"]
        assert paid["language"] == "ar"
        assert paid["translation"]["text"].startswith("[ar→en] ")
        assert "129.90" in paid["translation"]["text"]


async def test_a_note_in_portuguese(database: str, tmp_path: Path) -> None:
    """By real neural models, on this machine: a sentence that runs over two lines is translated as one."""
    lines = ("O vaso chegou quebrado em três pedaços e por isso", "quero o meu dinheiro de volta.")
    picture = photographed(lines, LATIN, size=40, width=1100, pitch=1.25)
    async with reading(database, tmp_path) as home:
        at = await dispute(home, "pt-BR", "en")
        await shows(home.speaking_for("buyer"), at, picture.jpeg())
        text = await until(lambda: text_of(home.speaking_for("seller"), at), is_translated)
        (block,) = text["blocks"]
        assert block["text"]["language"] == "pt-BR"
        assert "vase" in block["text"]["translation"]["text"]
        assert "money" in block["text"]["translation"]["text"]


async def test_a_neutral_who_comes_later(database: str, tmp_path: Path) -> None:
    """It is translated for the neutral too, and looked at again for words of the neutral's own language."""
    async with reading(database, tmp_path) as home:
        at = await dispute(home)
        await shows(home.speaking_for("seller"), at, photographed(REMARKS, CHINESE).jpeg())
        await until(lambda: text_of(home.backend, at), is_read)
        done(await home.speaking_for("buyer").post(f"/v1/disputes/{at}/escalation"))
        neutral = home.sender(Role.NEUTRAL)
        mandate = {"neutral": str(neutral.subject), "languages": ["pt-BR"], "authority": []}
        done(await home.sender(Role.ADMINISTRATOR).post("/v1/mandates", mandate), 201)
        done(await neutral.post(f"/v1/disputes/{at}/assignment", {"neutral": str(neutral.subject)}))
        portuguese = {"Accept-Language": "pt-BR"}
        text = await until(lambda: text_of(neutral, at, 1, **portuguese), is_translated)
        assert any(one["text"].get("translation", {}).get("language") == "pt-BR" for one in text["blocks"])
        again = await until(lambda: text_of(neutral, at, 1, **portuguese), lambda text: "pt-BR" in text["languages"])
        assert again["languages"] == ["it", "zh-Hans", "pt-BR", "en"]


async def test_each_is_told_that_it_was_read(database: str, tmp_path: Path) -> None:
    """It is in both histories, and is nothing that happened in the dispute: its version and its last event stay."""
    async with reading(database, tmp_path) as home:
        buyer, seller = home.speaking_for("buyer"), home.speaking_for("seller")
        at = await dispute(home)
        await shows(seller, at, photographed(REMARKS, CHINESE).jpeg())
        before = done(await buyer.get(f"/v1/disputes/{at}"))["version"]
        await until(lambda: text_of(buyer, at), is_read)
        assert done(await buyer.get(f"/v1/disputes/{at}"))["version"] == before
        for reader in (buyer, seller, home.backend):
            items = done(await reader.get(f"/v1/disputes/{at}/history"))["items"]
            (told,) = [item for item in items if item["kind"] == "TextFound"]
            assert told["details"]["exhibit"] == 1
            assert "source" not in told["details"]
            words = done(await reader.get(f"/v1/disputes/{at}/in-words"))
            assert words["happened_last"]["kind"] == "ExhibitAdded"


async def test_the_same_file_is_read_once(database: str, tmp_path: Path) -> None:
    """A buyer who sends it twice gets the text at both."""
    content = photographed(REMARKS, CHINESE).jpeg()
    async with reading(database, tmp_path) as home:
        buyer, at = home.speaking_for("buyer"), await dispute(home)
        for number in (1, 2):
            assert await shows(buyer, at, content) == number
        first = await until(lambda: text_of(buyer, at, 1), is_read)
        await until(lambda: _open_tasks(home), lambda number: number == 0)
        second = await text_of(buyer, at, 2)
        assert second == {**first, "exhibit": 2}
        items = done(await buyer.get(f"/v1/disputes/{at}/history"))["items"]
        assert [item["kind"] for item in items].count("TextFound") == 1


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [("foto.jpg", b"\xff\xd8\xff\xe0 no picture", "damaged"), ("carta.pdf", locked(), "locked")],
)
async def test_a_file_that_cannot_be_read(database: str, tmp_path: Path, name: str, content: bytes, why: str) -> None:
    """It is said why. The next file is read."""
    async with reading(database, tmp_path) as home:
        buyer, at = home.speaking_for("buyer"), await dispute(home)
        await shows(buyer, at, content, name)
        await shows(buyer, at, photographed(REMARKS, CHINESE).jpeg())
        failed = await until(lambda: text_of(buyer, at), is_read)
        assert (failed["not_read"], failed["blocks"]) == (why, [])
        await until(lambda: text_of(buyer, at, 2), is_read)


@pytest.mark.parametrize(
    ("rules", "settings"), [({"version": "plain"}, {}), (RULES, {"reads_pictures": False})], ids=["policy", "operator"]
)
async def test_nothing_is_read_unless_both_say_so(
    database: str, tmp_path: Path, rules: Any, settings: dict[str, Any]
) -> None:
    """The marketplace's policy, and the operator. Everything else goes on as before."""
    async with reading(database, tmp_path, rules, **settings) as home:
        buyer, at = home.speaking_for("buyer"), await dispute(home)
        await shows(buyer, at, photographed(REMARKS, CHINESE).jpeg())
        await until(lambda: _open_tasks(home), lambda number: number == 0)
        text = await text_of(buyer, at)
        assert (text["read_at"], text["not_read"], text["blocks"]) == (None, None, [])
        refused(await buyer.get(f"/v1/disputes/{at}/exhibits/2/text"), 404, "UnknownExhibit")


async def test_who_is_erased_takes_the_text_along(database: str, tmp_path: Path) -> None:
    """With its translations. That a file was read stays on record."""
    async with reading(database, tmp_path) as home:
        buyer, seller = home.speaking_for("buyer"), home.speaking_for("seller")
        at = await dispute(home)
        await shows(buyer, at, photographed(REMARKS, CHINESE).jpeg())
        await until(lambda: text_of(buyer, at), is_translated)
        done(await buyer.post(f"/v1/disputes/{at}/withdrawal"))
        done(await home.backend.post("/v1/erasures", {"party": "b-1", "ground": "person_asked"}), 201)
        gone = await until(lambda: text_of(seller, at), lambda text: text["blocks"][0]["text"]["text"] == "[erased]")
        assert {block["text"]["text"] for block in gone["blocks"]} == {"[erased]"}
        assert not is_translated(gone)
        history = done(await seller.get(f"/v1/disputes/{at}/history"))["items"]
        assert "易碎" not in str(history)


async def test_what_the_engine_read_belongs_to_the_person(database: str, tmp_path: Path) -> None:
    """Who asks what is kept about them gets it."""
    async with reading(database, tmp_path) as home:
        buyer, at = home.speaking_for("buyer"), await dispute(home)
        await shows(buyer, at, photographed(REMARKS, CHINESE).jpeg())
        await until(lambda: text_of(buyer, at), is_read)
        asked = done(await home.backend.post("/v1/access-requests", {"party": "b-1"}), 201)
        opened = done(await home.backend.post(f"/v1/access-requests/{asked['subject']}/1/answer"))
        (found,) = facts(await answer(home.backend, opened), "TextFound")
        assert "易碎" in str(found["details"]["blocks"])


async def _open_tasks(home: House) -> int:
    """Files that wait; also those of facts that the process has yet to see."""
    position = await home.services.log.last_position()
    await home.services.follow.caught_up("reading@1", position, 30)
    async with home.services.pool.connection() as connection:
        row = await (await connection.execute("SELECT count(*) FROM machine_reading_task")).fetchone()
    assert row is not None
    return int(row[0])
