"""Acts in the console: for each a form, a preview of what follows, and the sending."""

from uuid import uuid4

from starlette.responses import RedirectResponse, Response

from api.console.acts import faults, offered
from api.console.acts.desk import Desk
from api.console.acts.form import SEEN, Form
from api.console.acts.typed import Typed
from api.console.my_day import onward
from api.console.submitted import Submitted, submitted
from api.console.visit import Visit
from api.http.problem_kinds import NoSuchResource

_HERE = {"/channel": ["web"]}
"""How a message comes that is written here."""

PREVIEW, SEND, ROW, KEPT = "preview", "send", "row", "kept"
"""What a button of the form asks for: `step` in the address. `kept` is no button: the browser has kept what was typed."""


async def open_form(visit: Visit) -> Response:
    """An empty form. An act that has nothing to fill in shows at once what follows. One with a screen of its own is there."""
    desk = await Desk.of(visit, visit.request.path_params["act"])
    if desk.at in offered.OWN_SCREENS:
        return RedirectResponse(onward.kept(desk.form_address, onward.of_address(visit)), 303)
    leads = onward.of_address(visit)
    form = Form(desk, Typed(_HERE), key=str(uuid4()), version=desk.case.version, zone=visit.zone, leads=leads)
    return await (form.shown(empty=True) if desk.asks else form.previewed({}))


async def submit_form(visit: Visit) -> Response:
    """The preview of what was typed, or the act itself."""
    desk = await Desk.of(visit, visit.request.path_params["act"])
    if desk.at in offered.OWN_SCREENS:
        raise NoSuchResource
    given = await submitted(visit.request)
    return await answer(Form.of(desk, given), given)


async def answer(form: Form, given: Submitted) -> Response:
    """What the button that was pressed asks for."""
    visit = form.desk.visit
    step = visit.request.query_params.get("step", PREVIEW)
    if step == ROW:
        answered = form.shown(blank=visit.request.query_params.get("at"))
    elif step == KEPT:
        answered = form.shown(kept=True)
    else:
        body, astray = form.body()
        if astray:
            answered = form.shown(refused=faults.of_typing(astray, visit.words), status=422)
        elif step == SEND and form.typed.one(SEEN) == form.mark(body):
            answered = form.sent(body, given)
        else:
            answered = form.previewed(body, given, again=step == SEND)
    response = await answered
    await given.rest()
    return response
