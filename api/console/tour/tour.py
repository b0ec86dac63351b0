"""The tour of the console: a few steps over a sample case of the reader, each beside the thing that it is about.

It is offered once, on the first screen, and begins again from the menu. Where there is no sample case, a note says what the
first screen is. How far somebody is in it is kept for each person (`mediation.store.desk.own_desks`).
"""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from starlette.responses import RedirectResponse, Response

from api.cli.demo.samples import sample_disputes
from api.console.my_day.lists import OF_DESK, listed, names
from api.console.reader import AT, within
from api.console.submitted import submitted
from api.console.visit import Visit
from api.disputes.dispute_list_schemas import DisputeInList
from api.http.access import ROLES_BY_ROUTE
from domain.kernel.base import Role
from domain.kernel.frozen import frozen
from mediation.store.desk.own_desks import OwnDesk

OVER = 0
"""The step of somebody who has left the tour, or has come to its end."""

_FIRST = f"{AT}/"


@frozen
class Panel:
    """The panel of the tour: the invitation, the note, or the step of this name. `shown` is the sample case."""

    name: str
    number: int = OVER
    of: int = 0
    shown: DisputeInList | None = None


def steps(role: Role) -> Sequence[str]:
    """Without what the role has not."""
    acts = ["acts"] if role in OF_DESK else []
    aside = ["aside"] if role in ROLES_BY_ROUTE["snooze_dispute"] else []
    return ["list", "standing", "languages", *acts, *aside, "promises"]


async def panel(visit: Visit) -> Panel | None:
    """What stands on this page. None for nearly everybody: they know the console."""
    if "hx-request" in visit.request.headers:  # only a part of a page is made anew
        return None
    number = await _desk(visit).tour()
    if number == OVER or (number is None and visit.request.url.path != _FIRST):
        return None
    role = visit.session.principal.role
    found = await _sample(visit)
    if number is None:
        return Panel("invitation" if found else "note")
    if found is None or number > len(steps(role)):
        return None
    return Panel(steps(role)[number - 1], number, len(steps(role)), found[1])


async def take_tour(visit: Visit) -> Response:
    """Goes to a step, and to where it is; or leaves the tour, and stays."""
    form = await submitted(visit.request)
    asked, role = form.one("step") or "", visit.session.principal.role
    number = int(asked) if asked.isascii() and asked.isdecimal() and int(asked) <= len(steps(role)) else OVER
    await _desk(visit).keep_tour(number)
    found = await _sample(visit) if number != OVER else None
    to = within(form.one("next")) if found is None else _place(steps(role)[number - 1], *found)
    return RedirectResponse(to, HTTPStatus.SEE_OTHER)


def _place(step: str, tab: str, case: DisputeInList) -> str:
    at = f"{AT}/disputes/{case.id}"
    places = {
        "list": f"{_FIRST}?tab={tab}#row-{case.id}",
        "standing": at,
        "languages": f"{at}#claim",
        "acts": f"{at}#acts",
        "aside": f"{at}#snooze",
        "promises": f"{AT}/promises",
    }
    return places[step]


async def _sample(visit: Visit) -> tuple[str, DisputeInList] | None:
    """The first sample case in the lists of the reader, and the list that it is in."""
    marketplace = visit.session.principal.marketplace
    samples: set[UUID] = sample_disputes(visit.http.services, marketplace) if marketplace else set()
    if not samples:
        return None
    reading = await visit.reading("list_disputes")
    for tab in (one for one in names(visit.session.principal.role) if one != "promised"):
        for case in (await listed(reading, tab, limit=25)).items:
            if case.id in samples:
                return tab, case
    return None


def _desk(visit: Visit) -> OwnDesk:
    services, principal = visit.http.services, visit.session.principal
    return OwnDesk(services.pool, services.keys, principal.marketplace or "", principal.subject)
