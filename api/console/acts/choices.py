"""What can be chosen in a field that names something of the case: exhibits, clauses, requests, offers, promises, mediators.

None: the field is filled in freely. Nothing to choose: the field is left out if it may be.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

from starlette.responses import Response

from api.console.acts.fields import Field
from api.console.shown import CONTEXT, Shown
from api.console.visit import Visit
from api.disputes.case_file_schemas import CaseFile
from api.disputes.neutral.successors import list_successors
from api.http.bodies import Page
from api.http.reads import Reading
from api.marketplace.mandates import list_mandates
from api.marketplace.policies import get_policy_of_dispute
from api.words import terms
from domain.commitments.events import CommitmentKind
from domain.kernel.base import Role
from domain.kernel.people import Side
from domain.notices.otherwise import deemable
from mediation.store.desk import console_names
from projections.paging import MAX_LIMIT

CITABLE = "a ruling may cite it from {then}, or as soon as it is answered"
"""About an exhibit."""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    text: str


Choices = Mapping[str, tuple[Choice, ...]]
"""By the model and the name of the field, or by the name alone."""


def of_field(known: Choices, one: Field) -> tuple[Choice, ...] | None:
    return known.get(f"{one.model}.{one.name}", known.get(one.name))


async def choices(visit: Visit, reading: Reading, case: CaseFile, fields: Iterable[Field]) -> Choices:
    """Those that these fields ask for."""
    asked = {name for one in _all(fields) for name in (one.name, f"{one.model}.{one.name}")}
    return {name: tuple(await find(visit, reading, case)) for name, find in _FOUND.items() if name in asked}


def _all(fields: Iterable[Field]) -> Iterable[Field]:
    for one in fields:
        yield one
        yield from _all(one.inner)


Item = TypeVar("Item")
Find = Callable[[Visit, Reading, CaseFile], Awaitable[Iterable[Choice]]]


async def _exhibits(visit: Visit, reading: Reading, case: CaseFile) -> Iterable[Choice]:
    """With the instant from which a ruling may cite one that the other side has not answered yet."""
    shown = []
    for one in (exhibit for exhibit in case.exhibits if not exhibit.withdrawn_at):
        choice, from_then = _numbered(one.number, one.description), one.citable_at
        if from_then is not None and from_then > reading.caller.at and not one.answers:
            then = visit.words.instant(from_then, visit.zone.key)
            choice = replace(choice, text=f"{choice.text} · {visit.words.say(CONTEXT, CITABLE, then=then)}")
        shown.append(choice)
    return shown


async def _unreached(visit: Visit, reading: Reading, case: CaseFile) -> Iterable[Choice]:
    """The parties whom somebody still has to reach."""
    owed = (one for one in case.commitments if one.kind is CommitmentKind.REACH and one.status in _OPEN)
    return [_side(visit, case, one.owed_to) for one in owed]


async def _deemable(visit: Visit, reading: Reading, case: CaseFile) -> Iterable[Choice]:
    """The parties whom nobody reached in two ways."""
    engine, caller = visit.http.services.engine, reading.caller
    dispute, _, _ = await engine.dispute(case.id, caller.marketplace)
    return [
        _side(visit, case, side)
        for side in deemable(dispute, await engine.notices(case.id, caller.marketplace), caller.actor)
    ]


def _side(visit: Visit, case: CaseFile, side: str) -> Choice:
    name = (case.buyer if side == Side.BUYER.value else case.seller).name
    said = visit.words.say("roles", terms.ROLES[side])
    return Choice(side, f"{said} · {Shown(visit.words, visit.zone).isolated(name)}" if name else said)


async def _shared(visit: Visit, reading: Reading, case: CaseFile) -> Iterable[Choice]:
    return [_numbered(one.number, one.text) for one in case.shared]


async def _inferred(visit: Visit, reading: Reading, case: CaseFile) -> Iterable[Choice]:
    return [_numbered(one.number, one.fact) for one in case.evidence_requests if one.status == "inferred"]


async def _requests(visit: Visit, reading: Reading, case: CaseFile) -> Iterable[Choice]:
    return [_numbered(one.number, one.fact) for one in case.evidence_requests if one.status == "open"]


async def _called_for(visit: Visit, reading: Reading, case: CaseFile) -> Iterable[Choice]:
    return [Choice(one.name, one.text) for one in case.evidence_called_for if _of_reader(one.side.value, reading)]


async def _questions(visit: Visit, reading: Reading, case: CaseFile) -> Iterable[Choice]:
    return [Choice(one.name, one.text) for one in case.key_questions if _of_reader(one.side.value, reading)]


async def _offers(visit: Visit, reading: Reading, case: CaseFile) -> Iterable[Choice]:
    mine = reading.caller.side
    theirs = [one for one in case.offers if one.status == "open" and one.by is not mine]
    return [Choice(str(one.number), f"{one.number} · {one.amount}") for one in theirs]


async def _clauses(visit: Visit, reading: Reading, case: CaseFile) -> Iterable[Choice]:
    rules = await get_policy_of_dispute(case.id, reading, Response())
    return [Choice(name, rules.texts[f"/clauses/{name}"].text) for name in rules.clauses]


async def _deadlines(visit: Visit, reading: Reading, case: CaseFile) -> Iterable[Choice]:
    running = [one for one in case.deadlines if one.status == "running" and one.name != "stay"]
    return [Choice(one.name, _deadline(visit, one.name, one.whose)) for one in running]


def _deadline(visit: Visit, name: str, whose: str) -> str:
    said = visit.words.say("deadlines", terms.DEADLINES.get(name.partition("-")[0], name))
    return f"{said} · {visit.words.say('roles', terms.ROLES[whose])}" if whose in terms.ROLES else said


async def _promises(visit: Visit, reading: Reading, case: CaseFile) -> Iterable[Choice]:
    return [
        Choice(str(one.id), f"{visit.words.say('commitments', terms.COMMITMENTS[one.kind.value])} · {one.amount or ''}")
        for one in case.commitments
        if one.status.startswith("kept")
    ]


async def _assigned(visit: Visit, reading: Reading, case: CaseFile) -> Iterable[Choice]:
    """Whoever takes a case themselves names nobody else. A supervisor sees how many cases each one has."""
    if reading.caller.role is Role.NEUTRAL:
        return []
    return await _mandates(visit, case)


async def _successors(visit: Visit, reading: Reading, case: CaseFile) -> Iterable[Choice]:
    """A mediator sees of a colleague only the name and the languages."""
    if reading.caller.role is not Role.NEUTRAL:
        return await _mandates(visit, case)
    listing = await visit.reading("list_successors", dispute_id=case.id)
    found = await _all_pages(lambda cursor: list_successors(case.id, listing, MAX_LIMIT, cursor))
    called = await _names(visit, [one.neutral for one in found])
    return [Choice(str(one.neutral), _spoken(visit, called[one.neutral], one.languages)) for one in found]


async def _mandates(visit: Visit, case: CaseFile) -> Iterable[Choice]:
    listing = await visit.reading("list_mandates")
    found = await _all_pages(lambda cursor: list_mandates(listing, None, closed=False, limit=MAX_LIMIT, cursor=cursor))
    called = await _names(visit, [one.neutral for one in found])
    return [
        Choice(str(one.neutral), f"{_spoken(visit, called[one.neutral], one.languages)} · {one.cases}")
        for one in found
        if one.neutral != case.neutral
    ]


async def _all_pages(read: Callable[[str | None], Awaitable[Page[Item]]]) -> list[Item]:
    found, cursor = list[Item](), None
    while True:
        page = await read(cursor)
        found += page.items
        if (cursor := page.next) is None:
            return found


async def _names(visit: Visit, neutrals: Sequence[UUID]) -> Mapping[UUID, str]:
    """What each is called: by the name with which they signed in last, or else by the beginning of their id."""
    services, marketplace = visit.http.services, visit.session.principal.marketplace or ""
    return await console_names.names(services.pool, services.keys, neutrals, marketplace)


def _spoken(visit: Visit, called: str, languages: Iterable[str]) -> str:
    show = Shown(visit.words, visit.zone)
    return f"{called} · {visit.words.listed([*map(show.language, languages)])}"


def _of_reader(side: str, reading: Reading) -> bool:
    return reading.caller.side is None or reading.caller.side.value == side


def _numbered(number: int, said: Any) -> Choice:
    text = "" if said is None else (said.translation.text if said.translation else None) or said.text
    short = text if len(text) <= _LONG else f"{text[:_LONG]}…"
    return Choice(str(number), f"{number} · {short}" if short else str(number))


_LONG = 120
_OPEN = frozenset({"pending", "overdue"})

_FOUND: Mapping[str, Find] = {
    "cites_exhibits": _exhibits,
    "AnswerPartyRequest.exhibits": _exhibits,
    "cites_shared": _shared,
    "cites_clauses": _clauses,
    "addresses_inferences": _inferred,
    "answers_request": _requests,
    "shows": _called_for,
    "GivenAnswer.question": _questions,
    "counters": _offers,
    "ExtendDeadline.name": _deadlines,
    "commitment_id": _promises,
    "AssignNeutral.neutral": _assigned,
    "ReassignNeutral.neutral": _successors,
    "RecordReached.to": _unreached,
    "DeemTold.to": _deemable,
}
