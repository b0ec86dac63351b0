"""An engine is not trusted: what it drops, doubles, changes or does not translate is found, and said."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mediation.gateways.translation.port import translate
from tests.gateways.translation.server import Behaviour
from tests.gateways.translation.test_contract import OVER_HTTP, translator

ITALIAN = "Ho pagato 129,90 € il 3 novembre 2026, e il vaso è arrivato rotto."


@pytest.mark.parametrize("kind", OVER_HTTP)
@pytest.mark.parametrize(
    ("spoils", "fault"),
    [
        (lambda said: "", "empty"),
        (lambda said: "\x00\u202e", "empty"),
        (lambda said: said.replace("1", "", 1), "lost"),
        (lambda said: said.replace("2", "1"), "doubled"),
        (lambda said: said + said, "doubled"),
        (lambda said: said.replace("1", "١"), "lost"),
        (lambda said: said.replace("1", " 1", 1), "lost"),
        (lambda said: said.replace("1", "\u200b1", 1), "lost"),
        (lambda said: said + " 1187", "number_added"),
        (lambda said: said + " ١٢", "number_added"),
    ],
)
async def test_an_adversary_is_found_out(kind: str, spoils: Callable[[str], str], fault: str, tmp_path: Path) -> None:
    """It drops, doubles, localises and splits placeholders, adds a number, or answers nothing."""
    async with translator(kind, Behaviour(spoils=spoils), tmp_path) as engine:
        made = await translate(engine, ITALIAN, "it", "de")
    assert made is not None
    assert fault in made.unmasked.faults


@pytest.mark.parametrize("kind", OVER_HTTP)
@pytest.mark.parametrize(
    "instead",
    [
        lambda asked: asked,
        lambda asked: f"  {asked.upper()}\n" if "XQ" in asked else asked,
        lambda asked: f"Translate this text from Italian into German, and keep the placeholders: {asked}",
        lambda asked: asked.replace("Ho pagato", "Io ho già pagato").replace("vaso", "bel vaso"),
    ],
    ids=["the original", "in capitals", "the prompt", "other words of the same language"],
)
async def test_an_echo_is_no_translation(kind: str, instead: Callable[[str], str], tmp_path: Path) -> None:
    async with translator(kind, Behaviour(instead=instead), tmp_path) as engine:
        made = await translate(engine, ITALIAN, "it", "de")
    assert made is not None
    assert "not_translated" in made.unmasked.faults


@pytest.mark.parametrize("kind", OVER_HTTP)
async def test_other_placeholders_order_is_no_fault(kind: str, tmp_path: Path) -> None:
    one, two = ("XQ1", "XQ2") if kind == "libretranslate" else ("<x>1</x>", "<x>2</x>")
    said = f"Am {two} habe ich {one} bezahlt, und die Vase kam zerbrochen an."
    async with translator(kind, Behaviour(instead=lambda _: said), tmp_path) as engine:
        made = await translate(engine, ITALIAN, "it", "de")
    assert made is not None
    assert made.unmasked.safe
    assert made.unmasked.text == "Am 3 novembre 2026 habe ich 129,90 € bezahlt, und die Vase kam zerbrochen an."


@pytest.mark.parametrize("kind", OVER_HTTP)
async def test_nothing_in_an_answer_turns_an_amount_round(kind: str, tmp_path: Path) -> None:
    """An override of the direction would show 129,90 as 09,921. Half a character can't be stored."""
    async with translator(kind, Behaviour(spoils=lambda said: f"\u202e\ud800\x07{said}\u2066"), tmp_path) as engine:
        made = await translate(engine, ITALIAN, "it", "de")
    assert made is not None
    assert made.unmasked.safe
    assert not {*"\u202e\ud800\x07\u2066"} & {*made.unmasked.text}
