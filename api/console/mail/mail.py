"""Mails that arrived and belong to no dispute yet: a person reads each and says to which case it belongs, and whose it is."""

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from api.console.acts import faults
from api.console.reader import AT
from api.console.submitted import submitted
from api.console.visit import LIST, Visit
from api.disputes.case_file import get_dispute
from api.disputes.case_file_schemas import CaseFile
from api.disputes.dispute_list import list_disputes
from api.http.access import ROLES_BY_ROUTE
from api.http.problem_kinds import InvalidRequest
from api.http.problems import problem
from api.marketplace.mail_schemas import MailShown, MatchMail
from api.marketplace.mails import UnknownMail, get_mail, list_mail, look_at, match_mail
from domain.kernel.base import Role
from domain.kernel.frozen import frozen
from domain.kernel.people import Side
from domain.kernel.refusals import Refusal, UnknownDispute
from mediation.store import mail_in
from projections.paging import MAX_LIMIT

_COUNTED = 99
"""The number in the header goes so far."""

_OFFERED = 3
"""So many cases are offered, those first that the mail names most surely."""


@frozen
class Case:
    """A case to which the mail may belong. `side` is whose mail it then is, if the mail itself says it."""

    file: CaseFile
    side: Side | None


async def number(visit: Visit) -> str | None:
    """How many mails wait, for the header. Only for supervisors: a mediator may see only some of them."""
    who = visit.session.principal
    if who.role is not Role.SUPERVISOR or who.marketplace is None or "hx-request" in visit.request.headers:
        return None
    waiting = await mail_in.pile_of(visit.http.services.pool, who.marketplace, _COUNTED + 1)
    return f"{_COUNTED}+" if waiting > _COUNTED else str(waiting)


async def pile(visit: Visit) -> Response:
    """What waits for a person, or what came from programs; the oldest first."""
    query = visit.request.query_params
    noted = query.get("status") == "noted"
    reading = await visit.reading("list_mail")
    page = await list_mail(reading, "noted" if noted else "pile", None, visit.length, query.get("cursor"))
    longer = {"show": visit.length + LIST} if visit.length < MAX_LIMIT else {"cursor": page.next}
    return visit.page(
        "mail/pile.html",
        mails_here=page.items,
        noted=noted,
        opens=visit.session.principal.role in ROLES_BY_ROUTE["get_mail"],
        more=visit.request.url.include_query_params(**longer).query if page.next else None,
        done=await _done(visit),
        position=query.get("at_least", ""),
        gone=query.get("told") == "gone",
        now=reading.caller.at,
    )


async def one(visit: Visit) -> Response:
    """One mail, with the cases that it names; or with those that are called `q`."""
    return await _shown(visit)


async def as_it_came(visit: Visit) -> Response:
    """The whole mail, to save."""
    mail_id: UUID = visit.request.path_params["mail_id"]
    return await get_mail(mail_id, await visit.reading("get_mail", mail_id=mail_id))


async def match(visit: Visit) -> Response:
    """The mail becomes a message of this case. If somebody else was quicker, the page says what became of it."""
    mail_id: UUID = visit.request.path_params["mail_id"]
    form = await submitted(visit.request)
    refusal: Refusal
    try:
        said = {name: form.one(name) or "" for name in MatchMail.model_fields}
        reading = await visit.reading("match_mail", mail_id=mail_id)
        matched = await match_mail(mail_id, MatchMail.model_validate_strings(said), reading)
    except UnknownMail:
        return RedirectResponse(f"{AT}/mail?told=gone", 303)
    except ValidationError:
        refusal = InvalidRequest(at="/side")
    except Refusal as refused:
        refusal = refused
    else:
        return RedirectResponse(f"{AT}/mail?{urlencode({'matched': mail_id, 'at_least': matched.position})}", 303)
    return await _shown(visit, refusal, form.one("q") or "")


async def _shown(visit: Visit, refusal: Refusal | None = None, asked: str | None = None) -> Response:
    mail_id: UUID = visit.request.path_params["mail_id"]
    reading = await visit.reading("get_mail", mail_id=mail_id)
    mail, named = await look_at(mail_id, reading)
    q = (visit.request.query_params.get("q", "") if asked is None else asked).strip()
    told = problem(refusal, words=visit.words) if refusal is not None else None
    return visit.page(
        "mail/mail.html",
        status=told.status if told else 200,
        mail=mail,
        q=q,
        cases=await (_called(visit, q) if q else _cases(visit, named)),
        became=await _cases(visit, [(mail.dispute_id, mail.side)])
        if mail.status == "posted" and mail.dispute_id
        else [],
        destroyed_at=mail.received_at + mail_in.KEPT,
        refused=faults.refused(told, visit.words, visit.zone) if told else None,
        now=reading.caller.at,
    )


async def _called(visit: Visit, q: str) -> Sequence[Case]:
    found = await list_disputes(await visit.reading("list_disputes"), Response(), q=q, limit=_OFFERED)
    return await _cases(visit, [(one.id, None) for one in found.items])


async def _cases(visit: Visit, named: Sequence[tuple[UUID, Side | None]]) -> list[Case]:
    """Those that the reader may see."""
    found: list[Case] = []
    for dispute_id, side in named[:_OFFERED]:
        try:
            file = await get_dispute(dispute_id, await visit.reading("get_dispute", dispute_id=dispute_id), Response())
        except UnknownDispute:
            continue
        assert isinstance(file, CaseFile), "all of it was asked for"
        found.append(Case(file, side))
    return found


async def _done(visit: Visit) -> MailShown | None:
    """The mail that the reader has just assigned, as the address says."""
    try:
        mail_id = UUID(visit.request.query_params.get("matched", ""))
        mail, _ = await look_at(mail_id, await visit.reading("get_mail", mail_id=mail_id))
    except (ValueError, Refusal):
        return None
    return mail if mail.status == "posted" else None
