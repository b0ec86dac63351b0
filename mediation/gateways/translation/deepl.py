"""DeepL. https://developers.deepl.com/api-reference/translate

A glossary of the account may be named: it holds the words that a marketplace wants to see translated in one way only.
"""

import re
from collections.abc import Callable, Mapping
from html import escape, unescape

import httpx

from mediation.gateways.translation.http import PATIENCE, ask
from mediation.gateways.translation.port import UNKNOWN, Engine, Translated, Unwell

_TARGETS = {
    "en": "EN-GB",
    "pt": "PT-PT",
    "pt-br": "PT-BR",
    "en-us": "EN-US",
    "zh": "ZH-HANS",
    "zh-hant": "ZH-HANT",
    "zh-tw": "ZH-HANT",
}
"""A target needs a variant where the language has several."""


_PLACEHOLDER = re.compile(r"(<x>\d+</x>)")


class DeepL:
    name = "deepl"
    sends_out = True

    def __init__(self, address: str, key: str, glossaries: Mapping[str, str] = {}) -> None:
        """`glossaries`: the id of a glossary by "source-target", in primary subtags."""
        self._http = httpx.AsyncClient(
            base_url=address, timeout=PATIENCE, headers={"Authorization": f"DeepL-Auth-Key {key}"}
        )
        self._glossaries = glossaries

    def placeholder(self, number: int) -> str:
        """It keeps an XML tag that it is told to ignore, with what is in it."""
        return f"<x>{number}</x>"

    async def translate(self, text: str, source: str, target: str) -> Translated:
        pair = f"{_primary(source)}-{_primary(target)}"
        asked = {
            "text": [_each(lambda piece: escape(piece, quote=False), text)],
            "source_lang": _primary(source).upper(),
            "target_lang": _target(target),
            "tag_handling": "xml",
            "ignore_tags": ["x"],
            "preserve_formatting": True,
        }
        if glossary := self._glossaries.get(pair):
            asked["glossary_id"] = glossary
        answer = await ask(self._http, "/v2/translate", asked)
        try:
            said = answer["translations"][0]["text"]
        except (KeyError, IndexError, TypeError):
            said = None
        if not isinstance(said, str):
            raise Unwell("no translation in the answer", 60.0)
        return Translated(_each(unescape, said), Engine(self.name, UNKNOWN), (UNKNOWN,))

    async def close(self) -> None:
        await self._http.aclose()


def _each(change: Callable[[str], str], text: str) -> str:
    """Between the placeholders. It is asked as XML: `5 < 6 & more` would be refused."""
    return "".join(piece if nth % 2 else change(piece) for nth, piece in enumerate(_PLACEHOLDER.split(text)))


def _target(tag: str) -> str:
    lower = tag.lower()
    return next(
        (
            code
            for known, code in sorted(_TARGETS.items(), reverse=True)
            if lower == known or lower.startswith(f"{known}-")
        ),
        _primary(tag).upper(),
    )


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()
