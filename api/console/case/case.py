"""One case: where it stands, what comes next, what everybody said and showed, the money, and the clocks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from starlette.responses import Response

from api.console.acts import handing_over, meanwhile
from api.console.acts.desk import acts_of, read
from api.console.acts.faults import Refused
from api.console.acts.meanwhile import Happened
from api.console.case import money
from api.console.case.conversation import lines_of
from api.console.case.files import PICTURES
from api.console.my_day import onward
from api.console.visit import Visit
from api.disputes.case_file_schemas import CaseFile
from api.disputes.in_words import InWords, Step, get_dispute_in_words
from api.disputes.last_look import mark, since_last_look
from api.disputes.snooze import get_snooze
from api.http.access import ROLES_BY_ROUTE
from api.http.reads import Reading
from api.marketplace.policies import get_policy_of_dispute
from domain.clocks import names
from domain.commitments.events import CommitmentKind
from domain.kernel.base import Role
from domain.kernel.people import Stage
from projections.case_story.filing import LineShown

PAGE = "case/case.html"


async def case(visit: Visit) -> Response:
    """The case, as its reader may see it."""
    reading, file = await read(visit)
    return visit.page(PAGE, form=None, leads=onward.of_address(visit), **await shown(visit, reading, file))


async def shown(
    visit: Visit, reading: Reading, file: CaseFile, aside: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What the page of a case shows, but for the form that is open in it. `aside` is what `snooze` returns."""
    dispute_id = file.id
    told = await get_dispute_in_words(
        dispute_id, await visit.reading("get_dispute_in_words", dispute_id=dispute_id), Response()
    )
    return {
        "case": file,
        "before": await onward.before(visit),
        "left": await handing_over.told(visit),
        "acts": acts_of(reading, file),
        "recorded": await meanwhile.recorded(reading, dispute_id, _led_here_by(visit)),
        **(aside or await snooze(visit, file)),
        "news": await _news(visit, dispute_id),
        "told": told,
        "bought": _bought(file),
        "disputed_at_bank": _is_disputed_at_bank(visit, file),
        "asked": _asked(visit, file),
        "to_rule": _to_rule(visit, file),
        **_next(told, file, visit.session.principal.role, reading.caller.at),
        "lines": await lines_of(visit, file),
        "rules": await get_policy_of_dispute(dispute_id, reading, Response()) if file.rulings else None,
        "bar": money.bar(file),
        "pictures": PICTURES,
        "now": reading.caller.at,
    }


_BEFORE_RULING = {names.Response.about, names.Evidence.about}
"""The windows that a ruling waits for: `domain.ruling.rulings.still_due`."""


def _bought(file: CaseFile) -> Sequence[LineShown]:
    """The lines of the order that the claim is about."""
    lines = file.transaction.lines
    return [line for line in lines if line.id in file.claim.lines] or lines


def _is_disputed_at_bank(visit: Visit, file: CaseFile) -> bool:
    """Whether a payment provider may be waiting for evidence, and the reader may get it."""
    reported = file.other_forum == "chargeback" or any(one.what == "chargeback" for one in file.proceedings)
    return reported and visit.session.principal.role in ROLES_BY_ROUTE["get_defence_text"]


def _asked(visit: Visit, file: CaseFile) -> Sequence[str]:
    """Whose reply the mediator waits for. It is still their move, and the case stands in the list of what waits for
    others.
    """
    if visit.session.principal.role is not Role.NEUTRAL or file.awaiting != Role.NEUTRAL.value:
        return []
    owing = {one.owed_by for one in file.commitments if one.kind == CommitmentKind.REPLY and one.owed_to == "neutral"}
    return sorted(owing)


def _to_rule(visit: Visit, file: CaseFile) -> Literal["impasse"] | datetime | None:
    """What has to come before the mediator, whose move it is, can rule: that they declare an impasse, or at the latest an
    instant. None if nothing has.
    """
    if visit.session.principal.role is not Role.NEUTRAL or file.awaiting != Role.NEUTRAL.value:
        return None
    if file.stage == Stage.MEDIATION:
        return "impasse"
    running = (one for one in file.deadlines if one.status == "running")
    return max((one.due_at for one in running if names.named(one.name).about in _BEFORE_RULING), default=None)


def _next(told: InWords, file: CaseFile, role: Role, now: datetime) -> dict[str, Any]:
    """The one step that comes first for the reader, and the others. If it is their move, or they are late, it is theirs."""

    def rank(step: Step) -> tuple[bool, datetime]:
        until = step.until or now
        return not (step.yours and (file.awaiting == role.value or until <= now)), until

    first, *later = sorted(told.next, key=rank) or (None,)
    return {"first": first, "later": later}


async def snooze(visit: Visit, file: CaseFile, refused: Refused | None = None, typed: str = "") -> Mapping[str, Any]:
    """Whether the reader may put the case aside, and until when it is. `refused`: why it was not done, for what was typed."""
    if visit.session.principal.role not in ROLES_BY_ROUTE["get_snooze"]:
        return {"may_snooze": False}
    at = await get_snooze(file.id, await visit.reading("get_snooze", dispute_id=file.id))
    return {"may_snooze": True, "aside": at.until, "not_aside": refused, "aside_until": typed}


async def _news(visit: Visit, dispute_id: UUID) -> Sequence[Happened]:
    """What is new since the reader last opened the case, which they do now. A page that is fetched again while it is open
    shows no news: what happens meanwhile is seen where it happens.
    """
    if "hx-request" in visit.request.headers or visit.session.principal.role not in ROLES_BY_ROUTE["list_changes"]:
        return []
    reading = await visit.reading("list_changes", dispute_id=dispute_id)
    doc = await reading.case(dispute_id)
    look = await since_last_look(reading, dispute_id, doc)
    await mark(reading, dispute_id, doc, look.end)
    return [meanwhile.happened(reading, one) for one in look.news] if look.looked_at is not None else []


def _led_here_by(visit: Visit) -> str | None:
    """The position of the act that led to this page. A page that is fetched again says it no more: the form has said it."""
    return None if "hx-request" in visit.request.headers else visit.request.query_params.get("at_least")
