"""Acts in the console: the list of those that are open, and for each a form, a preview of what follows, and the sending."""

from uuid import uuid4

from starlette.responses import Response

from api.console.acts import faults, meanwhile
from api.console.acts.desk import Desk, acts_of, read
from api.console.acts.form import SEEN, Form
from api.console.acts.typed import Meant, Typed
from api.console.my_day import onward
from api.console.submitted import submitted
from api.console.visit import Visit

__all__ = ["acts_of", "list_acts", "open_form", "submit_form"]

_HERE = {"/channel": ["web"]}
"""How a message comes that is written here."""

PREVIEW, SEND, ROW = "preview", "send", "row"
"""What a button of the form asks for: `step` in the address."""


async def list_acts(visit: Visit) -> Response:
    """The acts that are open to the reader."""
    reading, case = await read(visit)
    leads = onward.opened_from(visit, visit.request.query_params.get(onward.LIST))
    recorded = await meanwhile.recorded(reading, case.id, visit.request.query_params.get("at_least"))
    return visit.page(
        "acts/page.html", case=case, acts=acts_of(reading, case), form=None, leads=leads, recorded=recorded
    )


async def open_form(visit: Visit) -> Response:
    """An empty form. An act that has nothing to fill in shows at once what follows."""
    desk = await Desk.of(visit)
    leads = onward.opened_from(visit, visit.request.query_params.get(onward.LIST))
    form = Form(desk, Typed(_HERE), key=str(uuid4()), version=desk.case.version, zone=visit.zone, leads=leads)
    return await (form.shown() if desk.fields else form.previewed({}))


async def submit_form(visit: Visit) -> Response:
    """The preview of what was typed, or the act itself."""
    desk, given = await Desk.of(visit), await submitted(visit.request)
    form, step = Form.of(desk, given), visit.request.query_params.get("step", PREVIEW)
    if step == ROW:
        answered = form.shown(blank=visit.request.query_params.get("at"))
    else:
        meant = Meant(form.typed, visit.words.language, form.zone)
        body = meant.body(desk.fields)
        if meant.faults:
            answered = form.shown(refused=faults.of_typing(meant.faults, visit.words), status=422)
        elif step == SEND and form.typed.one(SEEN) == form.mark(body):
            answered = form.sent(body, given)
        else:
            answered = form.previewed(body, given, again=step == SEND)
    response = await answered
    await given.rest()
    return response
