"""Acts in the console: the list of those that are open, and for each a form, a preview of what follows, and the sending.

Preview and sending are the same request to the route of `/v1`, the preview as a dry run. Only what was seen is sent: the form
carries a mark of the body, and of the version of the dispute, of which the preview was made.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from starlette.responses import RedirectResponse, Response

from api.acts.registry import DECLARED
from api.console.acts import faults, meanwhile, offered
from api.console.acts.choices import Choices, choices
from api.console.acts.faults import Refused
from api.console.acts.fields import Field, fields_of
from api.console.acts.inputs import Sheet
from api.console.acts.offered import Open
from api.console.acts.sending import Answered, Sent, send
from api.console.acts.typed import Meant, Typed, renumbered
from api.console.submitted import Submitted, submitted
from api.console.visit import Visit
from api.disputes.case_file import get_dispute
from api.disputes.case_file_schemas import CaseFile
from api.disputes.dry_run_schemas import DryRunShown
from api.http.problem_kinds import NoSuchResource
from api.http.reads import Reading
from domain.kernel.base import act_name
from domain.kernel.places import TIME_ZONES
from domain.moves import TAKE_CASE, Move
from mediation.engine import KeyReused, VersionIsStale

_HERE = {"/channel": ["web"]}
"""How a message comes that is written here."""

KEY, VERSION, ZONE, SEEN = "key", "version", "zone", "seen"
"""The inputs beside those of the act, whose names begin with `/`: the idempotency key, the version of the dispute that was
read, the time zone of the page, and the mark of the preview that was seen.
"""

PREVIEW, SEND, ROW = "preview", "send", "row"
"""What a button of the form asks for: `step` in the address."""


async def list_acts(visit: Visit) -> Response:
    """The acts that are open to the reader."""
    reading, case = await _read(visit)
    recorded = await meanwhile.recorded(reading, case.id, visit.request.query_params.get("at_least"))
    return visit.page("acts/page.html", case=case, acts=acts_of(reading, case), form=None, recorded=recorded)


def acts_of(reading: Reading, case: CaseFile) -> list[Open]:
    """For the template `acts/acts.html`."""
    return offered.open_acts(reading.http.actions, case, reading.caller.role)


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


async def _read(visit: Visit) -> tuple[Reading, CaseFile]:
    dispute_id = visit.request.path_params["dispute_id"]
    reading = await visit.reading("get_dispute", dispute_id=dispute_id)
    case = await get_dispute(dispute_id, reading, Response())
    assert isinstance(case, CaseFile), "all of it was asked for"
    return reading, case


@dataclass(frozen=True, slots=True)
class Desk:
    """One act on one case, and its reader. `at` names it in addresses, `address` is that of its route under `/v1`."""

    visit: Visit
    reading: Reading
    case: CaseFile
    at: str
    name: str
    address: str
    fields: tuple[Field, ...]
    takes_files: bool
    choices: Choices

    @classmethod
    async def of(cls, visit: Visit) -> "Desk":
        """Raises NoSuchResource for an act that does not exist, or is never this reader's; and what a read raises."""
        reading, case = await _read(visit)
        at = visit.request.path_params["act"]
        name, address = at.partition(".")[0], offered.address(visit.http.actions, case.id, at)
        declared = DECLARED.get(act_name(Move(name).command) if name == TAKE_CASE else name)
        if address is None or declared is None or reading.caller.role not in declared.by:
            raise NoSuchResource
        fields = fields_of(declared.with_files or declared.form)
        takes_files = any(one.kind == "files" for one in fields)
        known = await choices(visit, reading, case, fields)
        return cls(visit, reading, case, at, name, address, fields, takes_files, known)

    async def again(self) -> "Desk":
        """With the case as it is now."""
        _, case = await _read(self.visit)
        return replace(self, case=case, choices=await choices(self.visit, self.reading, case, self.fields))

    @property
    def open(self) -> Open | None:
        """None for an act that is not offered, such as a report of what happened elsewhere."""
        return next((one for one in acts_of(self.reading, self.case) if one.at == self.at), None)


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed for an act. `key` makes it happen once, `version` is the version of the dispute that was read."""

    desk: Desk
    typed: Typed
    key: str
    version: int
    zone: ZoneInfo

    @classmethod
    def of(cls, desk: Desk, given: Submitted) -> "Form":
        typed = Typed.of(given.inputs)
        version, zone = typed.one(VERSION), typed.one(ZONE)
        return cls(
            desk,
            renumbered(typed, desk.fields),
            key=typed.one(KEY)[:100] or str(uuid4()),
            version=int(version)
            if version.isascii() and version.isdigit() and len(version) < 10
            else desk.case.version,
            zone=ZoneInfo(zone) if zone in TIME_ZONES else desk.visit.zone,
        )

    def mark(self, body: dict[str, Any]) -> str:
        """Of what a preview was made of."""
        return sha256(f"{self.version} {json.dumps(body, sort_keys=True)}".encode()).hexdigest()[:24]

    async def previewed(self, body: dict[str, Any], given: Submitted | None = None, *, again: bool = False) -> Response:
        """What would be recorded. `again`: something was changed after the last preview, so nothing was sent."""
        answer = await self._ask(body, given, dry=True)
        if answer.refused is not None:
            return await self._refused(answer, body)
        would = answer.foreseen
        if would.would == "be_refused":
            if would.refusals[0].code == VersionIsStale.__name__:
                return await self._overtaken(body)
            return await self.shown(
                refused=faults.refused(would.refusals[0], self.desk.visit.words, self.zone), status=409
            )
        return await self.shown(would=would, mark=self.mark(body), again=again)

    async def sent(self, body: dict[str, Any], given: Submitted) -> Response:
        """Does the act."""
        answer = await self._ask(body, given, dry=False)
        if answer.status >= 400:
            return await self._refused(answer, body)
        visit, case = self.desk.visit, self.desk.case
        at = f"/console/disputes/{case.id}"
        back = f"{at}?at_least={answer.position}" if answer.position else at
        if not _is_fragment(visit):
            return RedirectResponse(back, 303)
        recorded = await meanwhile.recorded(self.desk.reading, case.id, answer.position)
        return visit.page("acts/done.html", case_at=at, back=back, recorded=recorded)

    async def _ask(self, body: dict[str, Any], given: Submitted | None, *, dry: bool) -> Answered:
        files = given.files if given is not None and self.desk.takes_files else None
        act = Sent(self.desk.address, body, self.key, self.version, files)
        return await send(self.desk.visit, act, dry=dry)

    async def _refused(self, answer: Answered, body: dict[str, Any]) -> Response:
        problem = answer.refused
        assert problem is not None
        if problem.code == VersionIsStale.__name__:
            return await self._overtaken(body)
        form = replace(self, key=str(uuid4())) if problem.code == KeyReused.__name__ else self
        return await form.shown(refused=faults.refused(problem, self.desk.visit.words, self.zone), status=answer.status)

    async def _overtaken(self, body: dict[str, Any]) -> Response:
        """Somebody acted meanwhile. The form keeps what was typed, and shows what happened and what would follow now."""
        desk = await self.desk.again()
        since = await meanwhile.since(desk.reading, desk.case.id, self.version)
        form = replace(self, desk=desk, version=desk.case.version)
        act = Sent(desk.address, body, form.key, form.version)
        answer = await send(desk.visit, act, dry=True)
        if answer.refused is not None:
            refused: Refused | None = faults.refused(answer.refused, desk.visit.words, self.zone)
        else:
            refusals = answer.foreseen.refusals
            refused = faults.refused(refusals[0], desk.visit.words, self.zone) if refusals else None
        if refused is not None:
            return await form.shown(refused=refused, since=since, status=412)
        return await form.shown(would=answer.foreseen, mark=form.mark(body), since=since, status=412)

    async def shown(
        self,
        *,
        refused: Refused | None = None,
        would: DryRunShown | None = None,
        mark: str = "",
        again: bool = False,
        since: Sequence[Any] = (),
        blank: str | None = None,
        status: int = 200,
    ) -> Response:
        """The form, as a part of a page or as a page of its own."""
        desk = self.desk
        wrong = {} if refused is None else refused.faults
        near = (desk.case.buyer.language, desk.case.seller.language)
        sheet = Sheet(self.typed, desk.case.in_dispute, near, desk.choices, desk.visit.words, self.zone, wrong, blank)
        form = {
            "name": desk.name,
            "at": desk.at,
            "address": f"/console/disputes/{desk.case.id}/acts/{desk.at}",
            "open": desk.open,
            "inputs": sheet.inputs(desk.fields),
            "takes_files": desk.takes_files,
            "key": self.key,
            "version": self.version,
            "zone": self.zone.key,
            "refused": refused,
            "others": [*sheet.others()],
            "would": would,
            "mark": mark,
            "again": again,
            "since": since,
        }
        if _is_fragment(desk.visit):
            return desk.visit.page("acts/form.html", status=status, form=form, case=desk.case)
        acts = acts_of(desk.reading, desk.case)
        return desk.visit.page("acts/page.html", status=status, form=form, case=desk.case, acts=acts, recorded=())


def _is_fragment(visit: Visit) -> bool:
    return visit.request.headers.get("hx-request") == "true"
