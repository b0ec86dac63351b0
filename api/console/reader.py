"""The reader of a page, signed in or not: their language and their time zone, and where they want to go."""

from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from starlette.requests import Request

from api.words.catalogue import Catalogue, catalogue, spoken_to
from api.words.languages import LANGUAGES
from domain.kernel.places import TIME_ZONES

AT = "/console"
"""Where the console is."""

ZONE = "console-zone"
LANGUAGE = "console-language"
"""Cookies: the time zone of the browser, and the language that the reader chose."""

_LONGEST = 2000


def words_of(request: Request) -> Catalogue:
    """The words of the reader: of the language that was chosen here, or else that the browser asks for."""
    chosen = request.cookies.get(LANGUAGE)
    return catalogue(chosen) if chosen in LANGUAGES else spoken_to(request.headers.get("accept-language"))


def knows_zone(request: Request) -> bool:
    """Whether the browser has said its time zone."""
    return unquote(request.cookies.get(ZONE, "")) in TIME_ZONES


def zone_of(request: Request) -> ZoneInfo:
    """The time zone of the reader's browser; UTC as long as it is not known."""
    return ZoneInfo(unquote(request.cookies[ZONE]) if knows_zone(request) else "UTC")


def within(address: str | None) -> str:
    """The address, if it is a path inside of the console, with its query. Otherwise the first screen.

    No other origin is ever in it: browsers read `//host` and `/\\host` as another host.
    """
    home = f"{AT}/"
    if not address or len(address) > _LONGEST or "\\" in address or not address.isprintable() or " " in address:
        return home
    try:
        parts = urlsplit(address)
    except ValueError:
        return home
    steps = unquote(parts.path).split("/")
    inside = parts.path == AT or parts.path.startswith(home)
    if parts.scheme or parts.netloc or not inside or {".", ".."} & {*steps} or "" in steps[1:-1]:
        return home
    return home if parts.path.startswith((f"{AT}/sign-in", f"{AT}/sign-out")) else address
