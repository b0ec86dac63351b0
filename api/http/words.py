"""The language of a reader: the header that asks for it, and the catalogue that answers it."""

from typing import Annotated

from fastapi import Depends, Header
from starlette.responses import Response

from api.words.catalogue import Catalogue, spoken_to
from api.words.languages import asked_for

AcceptLanguage = Annotated[
    str | None,
    Header(max_length=500, description="The languages of the reader, for example `ar, en;q=0.5` (RFC 9110)."),
]


async def reader_words(response: Response, accept_language: AcceptLanguage = None) -> Catalogue:
    """The catalogue of the reader's language. The answer says which language it is in."""
    words = spoken_to(accept_language)
    said_in(words, response)
    return words


def said_in(words: Catalogue, response: Response) -> None:
    """Tells the reader the language of the answer, and caches that another reader may get another one."""
    response.headers["Content-Language"] = words.language
    response.headers["Vary"] = "Accept-Language"


async def reader_languages(response: Response, accept_language: AcceptLanguage = None) -> tuple[str, ...]:
    """The languages that the reader asks for, the most wanted first."""
    response.headers["Vary"] = "Accept-Language"
    return asked_for(accept_language)


Words = Annotated[Catalogue, Depends(reader_words)]
Languages = Annotated[tuple[str, ...], Depends(reader_languages)]
