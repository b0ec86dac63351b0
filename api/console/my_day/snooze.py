"""A case is put aside until an instant, and brought back."""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.responses import RedirectResponse, Response

from api.console.my_day import onward
from api.console.submitted import submitted
from api.console.visit import Visit
from api.disputes.snooze import SnoozeDispute, end_snooze, snooze_dispute
from api.http.problem_kinds import InvalidRequest
from domain.kernel.base import Instant

_MORNING = time(8)


async def put_aside(visit: Visit) -> Response:
    """Puts the case aside, and opens the list that it was opened from."""
    dispute_id: UUID = visit.request.path_params["dispute_id"]
    form = await submitted(visit.request)
    reading = await visit.reading("snooze_dispute", dispute_id=dispute_id)
    until = _until(form.one("for"), form.one("until"), reading.caller.at, visit.zone)
    await snooze_dispute(dispute_id, SnoozeDispute(until=until), reading)
    leads = onward.opened_from(visit, form.one(onward.LIST))
    return RedirectResponse(f"/console/?tab={leads}" if leads else "/console/", 303)


async def bring_back(visit: Visit) -> Response:
    """The case is in its lists again."""
    dispute_id: UUID = visit.request.path_params["dispute_id"]
    await end_snooze(dispute_id, await visit.reading("end_snooze", dispute_id=dispute_id))
    return RedirectResponse(f"/console/disputes/{dispute_id}", 303)


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
