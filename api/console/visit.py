"""One request to the console by somebody who is signed in: what a screen reads with, and how its page is made.

A screen reads with the functions that answer the routes of `/v1`. It names the route, so the same table says who may read
it, and an auditor's reading is put on record.
"""

from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from time import monotonic
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.core import Locale
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.console import pages
from api.console.my_day.lists import OF_DESK
from api.console.reader import knows_zone, zone_of
from api.console.session import Session
from api.http.access import ROLES_BY_ROUTE
from api.http.context import HttpContext
from api.http.identity import admit
from api.http.reads import ANEW, Moment, Reading, admitted
from api.words.catalogue import Catalogue
from api.words.languages import LANGUAGES
from projections.lives import NOW, Asked
from projections.paging import MAX_LIMIT

WHOLE = "main#main"
"""What htmx says that it replaces, where that is all of a page but its frame."""

LIST = 25
"""Items that a list has at first, and that "Show more" adds."""

_STREAM = 300.0
"""Seconds that a stream lasts."""


@dataclass(frozen=True, slots=True)
class Visit:
    """`words` are those of the reader's language. `position` is the end of the log when the request came. All reads of a page
    are of one `moment`. A request that acts reads anew before and after.
    """

    request: Request
    session: Session
    http: HttpContext
    words: Catalogue
    position: int = 0
    began: float = field(default_factory=monotonic)
    moment: Moment = field(default_factory=Moment)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the reader's browser; UTC as long as it is not known."""
        return zone_of(self.request)

    @property
    def person(self) -> str:
        """What the browser knows the reader by, for what it keeps for them: the same at every signing in, and no id."""
        one = self.session.principal
        return sha256(f"console {one.subject} {one.role.value} {one.marketplace}".encode()).hexdigest()[:16]

    @property
    def is_seen(self) -> bool:
        """Whether the others at a case see the reader, and the reader them."""
        return self.session.principal.role in ROLES_BY_ROUTE["be_present"]

    async def reading(
        self, route: str, *, asked: Asked = NOW, at_least: str | None = None, **path: UUID | int
    ) -> Reading:
        """The right to read the route of this name. It must show the position `at_least`, or else the
        one in the query.

        Raises what the gate of that route raises, UnknownToken, and NotYetKnown.
        """
        caller = await admit(
            self.request, self.session.principal, route, {name: str(one) for name, one in path.items()}
        )
        about = path.get("dispute_id")
        read = await admitted(
            self.http,
            caller,
            route,
            about if isinstance(about, UUID) else None,
            at_least=at_least or self.request.query_params.get("at_least"),
            accept_language=self.words.language,
            moment=self.moment if self.request.method == "GET" else ANEW,
        )
        return replace(read.then(asked), zone=self.zone.key if knows_zone(self.request) else None)

    @property
    def length(self) -> int:
        """How many items a list of the page has at most. "Show more" in its address makes it longer (`show`)."""
        asked = self.request.query_params.get("show")
        return next((n for n in range(LIST, MAX_LIMIT + 1, LIST) if str(n) == asked), LIST)

    def page(self, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
        """The page of this template, which extends `frame/frame.html`."""
        return HTMLResponse(pages.made(template, self.words, self.zone, self._frame() | shown), status)

    def _address(self) -> str:
        """The address of this page, to fetch it again: without the position that it once had to show, and what led here."""
        kept = self.request.url.remove_query_params(["at_least", "after"])
        return f"{kept.path}?{kept.query}" if kept.query else kept.path

    def _frame(self) -> dict[str, Any]:
        principal = self.session.principal
        return {
            "visit": self,
            "role": principal.role.value,
            "tour": getattr(self.request.state, "tour", None),
            "reads_mail": principal.role in ROLES_BY_ROUTE["list_mail"] and principal.marketplace is not None,
            "proves": principal.role in ROLES_BY_ROUTE["get_bundle"],
            "mails": getattr(self.request.state, "mails", None),
            "has_day": principal.role in OF_DESK,
            "marketplace": principal.marketplace,
            "name": self.session.name,
            "csrf": self.session.csrf,
            "here": self.request.url.path,
            "address": self._address(),
            "after": self.http.opaque.seal("position", principal.marketplace or "", str(self.position)),
            "languages": [(tag, own_name(tag)) for tag in LANGUAGES],
        }


@cache
def own_name(tag: str) -> str:
    """The name of a language in that language."""
    return Locale.parse(tag, sep="-").get_display_name() or tag
