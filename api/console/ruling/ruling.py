"""The ruling: its form beside the record that it weighs, kept as a draft, and shown as each side will read it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import uuid4

from starlette.responses import Response

from api.console.acts.acts import answer
from api.console.acts.desk import Desk
from api.console.acts.form import Form, is_part
from api.console.acts.typed import Typed, as_typed
from api.console.my_day import onward
from api.console.ruling import drafts
from api.console.ruling.drafts import Kept
from api.console.submitted import Submitted, submitted
from api.console.visit import Visit
from api.marketplace.policies import get_policy_of_dispute

ACT = "issue_ruling"
DRAFT = "draft"
"""The step that keeps a draft; and the input that holds the tag of the draft that was read."""


async def ruling(visit: Visit) -> Response:
    """The form, filled in with the draft if there is one."""
    desk = await Desk.of(visit, ACT)
    kept = await drafts.read(visit, desk.case.id)
    typed = Typed({}) if kept.ruling is None else as_typed(kept.ruling, desk.fields, visit.words.language, visit.zone)
    form = RulingForm(
        desk,
        typed,
        key=str(uuid4()),
        version=desk.case.version,
        zone=visit.zone,
        leads=onward.of_address(visit),
        kept=kept,
    )
    return await form.shown()


async def rule(visit: Visit) -> Response:
    """The preview, the draft, or the ruling itself."""
    desk, given = await Desk.of(visit, ACT), await submitted(visit.request)
    form = RulingForm.of(desk, given)
    form = replace(form, kept=Kept(tag=form.typed.one(DRAFT)))
    if visit.request.query_params.get("step") != DRAFT:
        return await answer(form, given)
    return await form.keep(given)


@dataclass(frozen=True, slots=True)
class RulingForm(Form):
    """`kept` is what became of the draft."""

    part: ClassVar[str] = "ruling/form.html"
    page: ClassVar[str] = "ruling/page.html"

    kept: Kept = Kept()

    async def keep(self, given: Submitted) -> Response:
        """Keeps what was typed as a draft. The page stays as it is."""
        desk, visit = self.desk, self.desk.visit
        over = visit.request.query_params.get("over") or self.kept.tag
        body, astray = self.body()
        kept = await drafts.keep(visit, desk, body, astray, over)
        await given.rest()
        if is_part(visit):
            return visit.page("ruling/kept.html", case=desk.case, kept=kept)
        return await replace(self, kept=kept).shown(status=409 if kept.elsewhere else 200)

    def inside(self) -> Mapping[str, Any]:
        return {"kept": self.kept}

    async def around(self) -> Mapping[str, Any]:
        reading, case = self.desk.reading, self.desk.case
        return {"rules": await get_policy_of_dispute(case.id, reading, Response()), "now": reading.caller.at}
