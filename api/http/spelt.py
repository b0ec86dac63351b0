"""What a request makes, with the ids that are on record under another spelling."""

from collections.abc import Callable
from typing import TypeVar

from api.http.bodies import Context
from domain.kernel.frozen import replace
from mediation.store.spellings import Noted, Spellings

T = TypeVar("T")


async def spelt(spellings: Spellings, at: Context, make: Callable[[Context], T]) -> tuple[Context, T]:
    """What `make` makes, and the context in which it made it. It is made again only if an id has letters outside ASCII."""
    noted = Noted(spellings.blind)
    context = replace(at, blind=noted)
    made = make(context)
    if not noted.odd:
        return context, made
    context = replace(at, blind=await spellings.on_record(noted))
    return context, make(context)
