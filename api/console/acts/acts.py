"""Acts in the console: for each a form, a preview of what follows, and the sending."""

from uuid import uuid4

from starlette.responses import Response

from api.console.acts import faults
from api.console.acts.desk import Desk
from api.console.acts.form import SEEN, Form
from api.console.acts.typed import Meant, Typed
from api.console.submitted import submitted
from api.console.visit import Visit

_HERE = {"/channel": ["web"]}
"""How a message comes that is written here."""

PREVIEW, SEND, ROW = "preview", "send", "row"
"""What a button of the form asks for: `step` in the address."""


async def open_form(visit: Visit) -> Response:
    """An empty form. An act that has nothing to fill in shows at once what follows."""
    desk = await Desk.of(visit)
    form = Form(desk, Typed(_HERE), key=str(uuid4()), version=desk.case.version, zone=visit.zone)
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
