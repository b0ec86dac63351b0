"""The form of one act: what was typed, its preview, and the sending.

Preview and sending are the same request to the route of `/v1`, the preview as a dry run. Only what was seen is sent: the form
carries a mark of the body, and of the version of the dispute, of which the preview was made.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, ClassVar, Self
from uuid import uuid4
from zoneinfo import ZoneInfo

from starlette.responses import RedirectResponse, Response

from api.console.acts import faults, for_reader, handing_over, meanwhile, offered, readers, shares
from api.console.acts.clocks import Astray
from api.console.acts.desk import Desk
from api.console.acts.faults import Refused
from api.console.acts.inputs import Sheet
from api.console.acts.sending import Answered, Sent, send
from api.console.acts.typed import Meant, Typed, renumbered
from api.console.case import case as case_page
from api.console.my_day import onward
from api.console.submitted import Submitted, none
from api.console.visit import WHOLE, Visit
from api.disputes.dry_run_schemas import DryRunShown
from domain.kernel.places import TIME_ZONES
from mediation.engine import KeyReused, VersionIsStale

KEY, VERSION, ZONE, SEEN, STAY = "key", "version", "zone", "seen", "stay"
"""The inputs beside those of the act, whose names begin with `/`: the idempotency key, the version of the dispute that was
read, the time zone of the page, the mark of the preview that was seen, and whether the reader stays in the case.
"""
_YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed for an act. `key` makes it happen once, `version` is the version of the dispute that was read.
    `leads` is the list that leads on: see `my_day.onward`.

    The form of a screen of its own is a subclass with its own templates: `part` is the form, `page` the page around it.
    """

    part: ClassVar[str] = "acts/form.html"
    page: ClassVar[str] = case_page.PAGE

    desk: Desk
    typed: Typed
    key: str
    version: int
    zone: ZoneInfo
    leads: str | None = None

    @classmethod
    def of(cls, desk: Desk, given: Submitted) -> Self:
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
            leads=onward.opened_from(desk.visit, typed.one(onward.LIST)),
        )

    def body(self) -> tuple[dict[str, Any], Mapping[str, Astray]]:
        """The body that is meant, and what cannot be read."""
        desk, language = self.desk, self.desk.visit.words.language
        typed, astray = shares.divided(self.typed, desk.fields, desk.case.in_dispute, language)
        meant = Meant(typed, language, self.zone)
        body = meant.body(desk.fields)
        missing = for_reader.missing(self.desk.name, self.desk.reading.caller.role, body)
        return body, {**astray, **meant.faults, **missing}

    def inside(self) -> Mapping[str, Any]:
        """What the template of the form shows besides."""
        return {}

    async def around(self) -> Mapping[str, Any]:
        """What the page around the form shows besides."""
        return await case_page.shown(self.desk.visit, self.desk.reading, self.desk.case)

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
        return self._remembering(await self._onward(answer, body))

    async def _onward(self, answer: Answered, body: Mapping[str, Any]) -> Response:
        """Where the act leads: to the next case, or to this one, as it is now; to the list, if the reader sees it no more."""
        visit, case, onto = self.desk.visit, self.desk.case, None
        left = await handing_over.left(self.desk, body, answer.position)
        if self.leads and answer.position and not self.stays:
            onto = await onward.next_address(visit, self.leads, case.id, answer.position)
        if left is not None:
            onto = onward.saying(onto or "/console/", handing_over.LEFT, left)
        if onto is not None:
            return Response(headers={"HX-Redirect": onto}) if is_part(visit) else RedirectResponse(onto, 303)
        back = onward.kept(f"/console/disputes/{case.id}", self.leads, answer.position)
        if not is_part(visit):
            return RedirectResponse(back, 303)
        if self.desk.at in offered.OWN_SCREENS:  # the case is another page, with another address to fetch it from
            return Response(headers={"HX-Redirect": back})
        recorded = await meanwhile.recorded(self.desk.reading, case.id, answer.position)
        return visit.page("acts/done.html", case=case, back=back, recorded=recorded)

    @property
    def stays(self) -> bool:
        """Whether the reader stays in the case afterwards: as they say, or else as they chose last in this browser."""
        chosen = self.typed.one(STAY) or self.desk.visit.request.cookies.get(self._cookie)
        return chosen == "yes"

    @property
    def _cookie(self) -> str:
        return f"console-stay-{self.desk.visit.person}"

    def _remembering(self, answer: Response) -> Response:
        """The browser keeps what the reader has chosen, for a year."""
        if chosen := self.typed.one(STAY):
            kept = "yes" if chosen == "yes" else "no"
            answer.set_cookie(
                self._cookie, kept, max_age=_YEAR, path="/console", secure=True, httponly=True, samesite="lax"
            )
        return answer

    async def _ask(self, body: dict[str, Any], given: Submitted | None, *, dry: bool) -> Answered:
        files = None if not self.desk.takes_files else given.files if given is not None else none()
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
        answer = await form._ask(body, None, dry=True)
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
        empty: bool = False,
        kept: bool = False,
        status: int = 200,
    ) -> Response:
        """The form, as a part of a page or in the page of its case. `empty`: it was just opened. `kept`: it is filled in with
        what somebody typed before, and left.
        """
        desk = self.desk
        wrong = {} if refused is None else refused.faults
        near = (desk.case.buyer.language, desk.case.seller.language)
        typed = shares.shown(self.typed, desk.fields, desk.case.in_dispute, desk.visit.words.language)
        sheet = Sheet(typed, desk.case.in_dispute, near, desk.choices, desk.visit.words, self.zone, wrong, blank)
        form = {
            "name": desk.name,
            "at": desk.at,
            "address": desk.form_address,
            "apart": desk.at in offered.OWN_SCREENS,
            "part": self.part,
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
            "empty": empty,
            "kept": kept,
            "stays": self.stays,
        }
        shown = {"form": form, "case": desk.case, "leads": self.leads, **self.inside()}
        shown |= {**await readers.foreseen(desk, would), **handing_over.foreseen(desk, would)}
        if is_part(desk.visit):
            return desk.visit.page(self.part, status=status, **shown)
        return desk.visit.page(self.page, status=status, **{**await self.around(), **shown})


def is_part(visit: Visit) -> bool:
    """Whether a page asks for a part of itself. One that is fetched again as a whole asks for the whole."""
    headers = visit.request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-target") != WHOLE
