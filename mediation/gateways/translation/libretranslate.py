"""LibreTranslate, or any server of its shape. https://docs.libretranslate.com/api/operations/translate/

One text a request: with several, the server detects one language for all. It is told the source language for the same reason.
"""

import httpx

from mediation.gateways.translation.http import PATIENCE, ask
from mediation.gateways.translation.port import UNKNOWN, Engine, NotOffered, Translated, Unwell

_CODES = {
    "zh": "zh-Hans",
    "zh-hans": "zh-Hans",
    "zh-hant": "zh-Hant",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-mo": "zh-Hant",
    "pt-br": "pt-BR",
}
_PIVOT = "en"
"""Its models translate from and into English. Any other pair goes through English."""


class LibreTranslate:
    name = "libretranslate"
    sends_out = True

    def __init__(self, address: str, key: str | None = None, version: str = UNKNOWN) -> None:
        self._http = httpx.AsyncClient(base_url=address, timeout=PATIENCE)
        self._key = key
        self._engine = Engine(self.name, version)

    def placeholder(self, number: int) -> str:
        """Its models (Argos, OpusMT) kept this form in 300 sentences of 300, and `⟦3⟧`, `{3}`, `<3>` in none."""
        return f"XQ{number}"

    async def translate(self, text: str, source: str, target: str) -> Translated:
        known_source, known_target = _code(source), _code(target)
        if known_source == known_target:
            raise NotOffered(f"{source} to {target}")
        asked = {"q": text, "source": known_source, "target": known_target, "format": "text"}
        answer = await ask(self._http, "/translate", asked | ({"api_key": self._key} if self._key else {}))
        said = answer.get("translatedText") if isinstance(answer, dict) else None
        if not isinstance(said, str):
            raise Unwell("no translation in the answer", 60.0)
        return Translated(said, self._engine, _via(known_source, known_target))

    async def close(self) -> None:
        await self._http.aclose()


def _via(source: str, target: str) -> tuple[str, ...]:
    return () if _PIVOT in (source, target) else (_PIVOT,)


def _code(tag: str) -> str:
    """Its code of a language: the primary subtag, but for Chinese scripts and Brazilian Portuguese."""
    lower = tag.lower()
    for known in sorted(_CODES, key=len, reverse=True):
        if lower == known or lower.startswith(f"{known}-"):
            return _CODES[known]
    return lower.partition("-")[0]
