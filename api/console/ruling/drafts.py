"""What was typed of a ruling, kept as its draft. Whoever writes in two tabs is told, and loses nothing in either."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from starlette.responses import Response

from api.console.acts import labels
from api.console.acts.clocks import Astray
from api.console.acts.desk import Desk
from api.console.visit import Visit
from api.disputes.ruling.drafts import RulingDraft, get_ruling_draft, save_ruling_draft
from api.http.problem_kinds import DraftHasChanged


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft, as it is stored. `tag` names the state of it that the form was made of, and is empty without a draft.
    `left_out` are the fields that could not be kept, because nobody can read them. `elsewhere` is the tag of the state that
    another tab has kept meanwhile: nothing was kept over it.
    """

    tag: str = ""
    ruling: Mapping[str, Any] | None = None
    saved_at: datetime | None = None
    left_out: Sequence[str] = ()
    elsewhere: str = ""


async def read(visit: Visit, dispute_id: UUID) -> Kept:
    """The draft that there is."""
    response = Response()
    reading = await visit.reading("get_ruling_draft", dispute_id=dispute_id)
    draft = await get_ruling_draft(dispute_id, reading, response)
    return Kept(_tag(response), draft.ruling, draft.saved_at)


async def keep(
    visit: Visit, desk: Desk, body: Mapping[str, Any], astray: Iterable[str] | Mapping[str, Astray], over: str
) -> Kept:
    """Keeps it in place of the draft with the tag `over`; where that is empty, as the first one."""
    draft, left_out = _readable(dict(body))
    names = {*left_out, *(at.split("/")[1] for at in astray)}
    shown = [labels.label(one, visit.words) for one in desk.fields if one.name in names]
    response, case = Response(), desk.case.id
    reading = await visit.reading("save_ruling_draft", dispute_id=case)
    try:
        saved = await save_ruling_draft(case, draft, reading, response, f'"{over}"' if over else None)
    except DraftHasChanged:
        there = await read(visit, case)
        if there.ruling == draft.model_dump(
            mode="json", exclude_defaults=True
        ):  # kept already, by a press before this one
            return Kept(there.tag, there.ruling, there.saved_at, shown)
        if not there.tag:  # the draft was deleted meanwhile, so there is nothing to keep this one over
            return await keep(visit, desk, body, astray, "")
        return Kept(over, saved_at=there.saved_at, elsewhere=there.tag)
    return Kept(_tag(response), saved.ruling, saved.saved_at, shown)


def _readable(body: dict[str, Any]) -> tuple[RulingDraft, Sequence[str]]:
    """The draft without the fields that can't be read yet, such as half an award; and the names of these."""
    try:
        return RulingDraft.model_validate(body), ()
    except ValidationError as error:
        wrong = {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]} & body.keys()
        if not wrong:
            raise
        draft, more = _readable({name: value for name, value in body.items() if name not in wrong})
        return draft, [*sorted(wrong), *more]


def _tag(response: Response) -> str:
    return response.headers.get("ETag", "").strip('"')
