"""The contract against a real LibreTranslate, which is too large for the test extra. `LIBRETRANSLATE` is its address:

    LIBRETRANSLATE=http://127.0.0.1:5000 pytest tests/gateways/translation/test_real.py

How to start one: docs/how-to/operator/translation.md.
"""

import os
from collections.abc import AsyncIterator
from random import Random

import pytest

from mediation.gateways.translation.libretranslate import LibreTranslate
from mediation.gateways.translation.port import NotOffered, translate
from tests.language.messages import message

ADDRESS = os.environ.get("LIBRETRANSLATE")
MESSAGES = 100


@pytest.fixture
async def engine() -> AsyncIterator[LibreTranslate]:
    assert ADDRESS is not None, "conftest.py leaves this file out otherwise"
    made = LibreTranslate(ADDRESS)
    yield made
    await made.close()


@pytest.mark.parametrize(("source", "target"), [("en", "it"), ("it", "zh-Hans"), ("zh-Hans", "pt-PT")])
async def test_amounts_dates_and_references(engine: LibreTranslate, source: str, target: str) -> None:
    """Letter by letter, or the translation is called unsafe; and hardly ever is one."""
    random, unsafe, changed = Random(source), 0, []
    for _ in range(MESSAGES):
        text, facts = message(random, source.partition("-")[0])
        made = await translate(engine, text, source, target)
        assert made is not None
        if not made.unmasked.safe:
            unsafe += 1
        elif not all(fact in made.unmasked.text for fact in facts):
            changed.append((text, made.unmasked.text))
    assert changed == []
    assert unsafe <= MESSAGES // 20


async def test_a_sentence(engine: LibreTranslate) -> None:
    made = await translate(engine, "Il vaso è arrivato rotto.", "it", "en")
    assert made is not None
    assert "vase" in made.unmasked.text.lower()
    assert made.unmasked.safe


async def test_a_pair_that_is_not_offered(engine: LibreTranslate) -> None:
    with pytest.raises(NotOffered):
        await translate(engine, "Il vaso è arrivato rotto.", "it", "tlh")
