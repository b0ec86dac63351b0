"""A case is put aside until an instant, and brought back."""

from datetime import datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.responses import RedirectResponse, Response

from api.console.acts import faults
from api.console.acts.desk import read
from api.console.acts.form import is_part
from api.console.case import case
from api.console.my_day import onward
from api.console.submitted import submitted
from api.console.visit import Visit
from api.disputes.snooze import SnoozeBeyondDue, SnoozeDispute, SnoozeIsOver, end_snooze, snooze_dispute
from api.disputes.snoozed import aside
from api.http.problem_kinds import InvalidRequest
from api.http.problems import problem
from domain.kernel.base import Instant
from domain.kernel.frozen import frozen
from domain.kernel.refusals import Refusal

ASIDE = "aside"
"""In the address of a list: the case that its reader has just put aside."""

_MORNING = time(8)


@frozen
class Aside:
    """A case that is put aside."""

    id: UUID
    case_number: str
    until: Instant


async def put_aside(visit: Visit) -> Response:
    """Puts the case aside, and opens the list that it was opened from. The case says why, if it may not be put aside."""
    dispute_id: UUID = visit.request.path_params["dispute_id"]
    form = await submitted(visit.request)
    reading = await visit.reading("snooze_dispute", dispute_id=dispute_id)
    leads = onward.opened_from(visit, form.one(onward.LIST))
    try:
        until = _until(form.one("for"), form.one("until"), reading.caller.at, visit.zone)
        await snooze_dispute(dispute_id, SnoozeDispute(until=until), reading)
    except (InvalidRequest, SnoozeIsOver, SnoozeBeyondDue) as refusal:
        return await _refused(visit, refusal, form.one("until") or "", leads)
    onto = f"/console/?{urlencode({**({'tab': leads} if leads else {}), ASIDE: str(dispute_id)})}"
    return Response(headers={"HX-Redirect": onto}) if is_part(visit) else RedirectResponse(onto, 303)


async def _refused(visit: Visit, refusal: Refusal, typed: str, leads: str | None) -> Response:
    """In its place in the case. What was typed stays."""
    told = problem(refusal, words=visit.words)
    why = faults.refused(told, visit.words, visit.zone)
    reading, file = await read(visit)
    aside = await case.snooze(visit, file, why, typed)
    if is_part(visit):
        return visit.page("case/snooze.html", status=told.status, case=file, leads=leads, **aside)
    around = await case.shown(visit, reading, file, aside)
    return visit.page(case.PAGE, status=told.status, form=None, leads=leads, **around)


async def bring_back(visit: Visit) -> Response:
    """The case is in its lists again. Where a list says that it was put aside, the reader stays in the list."""
    dispute_id: UUID = visit.request.path_params["dispute_id"]
    form = await submitted(visit.request)
    await end_snooze(dispute_id, await visit.reading("end_snooze", dispute_id=dispute_id))
    came_from = form.one(onward.LIST)
    if came_from is None:
        return RedirectResponse(f"/console/disputes/{dispute_id}", 303)
    leads = onward.opened_from(visit, came_from)
    return RedirectResponse(f"/console/?tab={leads}" if leads else "/console/", 303)


async def just_done(visit: Visit) -> Aside | None:
    """What the address says that the reader has just put aside. None if it has come back."""
    try:
        dispute_id = UUID(visit.request.query_params.get(ASIDE, ""))
        reading = await visit.reading("get_snooze", dispute_id=dispute_id)
        until, doc = (await aside(reading)).get(dispute_id), await reading.case(dispute_id)
    except (ValueError, Refusal):
        return None
    if until is None:
        return None
    return Aside(dispute_id, reading.http.services.case_numbers.of(doc["filed_position"]), until)


def _until(wanted: str | None, typed: str | None, now: Instant, zone: ZoneInfo) -> Instant:
    """On the reader's clock. A time that the clock leaves out in spring is read as an hour later.

    Raises InvalidRequest when nothing was chosen, or no instant was typed.
    """
    match wanted:
        case "hour":
            return now + timedelta(hours=1)
        case "morning":
            return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), _MORNING, zone).astimezone(
                now.tzinfo
            )
        case "days":
            return now + timedelta(days=3)
        case _:
            try:
                return datetime.fromisoformat(typed or "").replace(tzinfo=zone).astimezone(now.tzinfo)
            except (ValueError, OverflowError):
                raise InvalidRequest(at="/until") from None
