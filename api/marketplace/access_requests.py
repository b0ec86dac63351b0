"""Access: a person asks what is kept about them, and reads the answer."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query
from starlette.responses import StreamingResponse

from api.http.act_route import ActRoute
from api.http.bodies import Number
from api.http.identity import Caller
from api.http.problem_kinds import NotCarriedOn
from api.http.problems import ON_READ, ON_WRITE, documented
from api.http.reads import Cursor, Limit, Read
from api.http.relative import ago
from api.http.writes import Write
from api.marketplace import access_answers
from api.marketplace.access_schemas import (
    AccessRecorded,
    AccessRequests,
    AccessShown,
    AnswerAccess,
    RequestAccess,
    href,
)
from api.marketplace.erasures import PATIENCE
from api.services import Services
from domain.kernel.refusals import Conflict, Unknown
from domain.privacy.access import MayNotAskForThem
from domain.privacy.erasure import UnknownPerson
from projections import access_requests
from projections.access_requests import ACCESS_REQUESTS, AccessRow

router = APIRouter(tags=["Access"], route_class=ActRoute)

MEDIA = "application/x-ndjson"
_EXAMPLE = (
    '{"record":"fact","kind":"DisputeFiled","occurred_at":"' + ago(days=1) + '","details":{"claimant":"buyer"}}\n'
)


class UnknownAccessRequest(Unknown):
    """There is no access request with this number of this person.

    Why: The requests of each person are counted from 1. Another marketplace's are not shown.

    What to do: Look up the person and the number with `GET /v1/access-requests`.

    Example: {"number": 2}
    """


class NotAnsweredYet(Conflict):
    """The access request is not answered yet. The answer is owed until `due_at`.

    Why: Somebody of the marketplace has to make sure who asks, before everything about a person is shown.

    What to do: Ask again later, or ask the marketplace.

    Example: {"due_at": "2027-01-01T20:57:39+00:00"}
    """


@router.post("/v1/access-requests", status_code=201, responses=documented(*ON_WRITE))
async def request_access(
    writing: Write, body: Annotated[RequestAccess, Body(default_factory=RequestAccess)]
) -> AccessRecorded:
    """Asks what is kept about a person. The marketplace owes the answer within a calendar month. While a request waits,
    another one is the same request.
    """
    services, caller = writing.http.services, writing.caller
    _, named = await writing.makes(body.person)
    dispute_id: UUID | None
    if caller.own_dispute is not None and caller.side is not None:
        dispute_id, side = caller.own_dispute, caller.side
        subject = await _themselves(services, caller)
        if named not in (None, subject):
            raise MayNotAskForThem(role=caller.role.value)
    elif named is None:
        raise UnknownPerson()
    else:
        subject = named
        parts = await _kept(services, caller.marketplace, subject)
        dispute_id, side = parts.disputes[0] if parts.disputes else (None, parts.contacts[-1][1])
    outcome = await writing.act(body, dispute_id=dispute_id, subject=subject, side=side)
    access = outcome.case.person.access
    return AccessRecorded.of(subject, access[max(access)], position=await writing.position(outcome))


@router.get("/v1/access-requests", responses=documented(*ON_READ))
async def list_access_requests(
    reading: Read,
    answered: Annotated[
        bool | None, Query(description="Only requests that were answered, or only those that were not. Left out: all.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> AccessRequests:
    """The access requests; the first due comes first."""
    page = await reading.page(ACCESS_REQUESTS, access_requests.access_requests, limit, cursor, answered=answered)
    return AccessRequests(items=[_shown(row) for row in page.rows], next=page.next)


@router.post("/v1/access-requests/{person}/{number}/answer", responses=documented(*ON_WRITE))
async def answer_access(
    person: UUID,
    number: Number,
    writing: Write,
    body: Annotated[AnswerAccess, Body(default_factory=AnswerAccess)],
) -> AccessRecorded:
    """Opens the answer for the person, once it is certain who asks. The commitment is then kept."""
    services, marketplace = writing.http.services, writing.caller.marketplace
    if (asked := (await services.engine.person(person, marketplace)).access.get(number)) is None:
        raise UnknownAccessRequest(number=number)
    if asked.answered_at is None or writing.dry:
        outcome = await writing.act(body, dispute_id=asked.dispute_id, subject=person)
        position = await writing.position(outcome)
        asked = outcome.case.person.access[number]
    else:
        position = await writing.place(None)
    return AccessRecorded.of(person, asked, position=position)


@router.get(
    "/v1/access-requests/{person}/{number}/answer",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "All that is kept about the person, streamed. It is made anew for each reading.",
            "content": {MEDIA: {"schema": {}, "example": _EXAMPLE}},
        },
        **documented(*ON_READ),
    },
)
async def get_access_answer(person: UUID, number: Number, reading: Read) -> StreamingResponse:
    """All that is kept about the person, one JSON object in each line. What is about other parties is masked."""
    services, caller = reading.http.services, reading.caller
    if caller.own_dispute is not None and await _themselves(services, caller) != person:
        raise UnknownAccessRequest(number=number)
    asked = (await services.engine.person(person, caller.marketplace)).access.get(number)
    if asked is None:
        raise UnknownAccessRequest(number=number)
    if asked.answered_at is None:
        raise NotAnsweredYet(due_at=asked.due_at.isoformat())
    kept = await _kept(services, caller.marketplace, person)
    first = await access_answers.head(reading, person, kept.disputes)
    headers = {"Content-Disposition": f"attachment; filename=access-{number}.jsonl"}
    lines = access_answers.lines(reading, person, kept, first)
    return StreamingResponse(lines, media_type=MEDIA, headers=headers)


def _shown(row: AccessRow) -> AccessShown:
    told = {name: getattr(row, name) for name in AccessShown.model_fields if name != "answer"}
    return AccessShown.model_validate({**told, "answer": href(row.subject, row.number) if row.answered_at else None})


async def _themselves(services: Services, caller: Caller) -> UUID:
    """The party whose token this is. Raises MayNotAskForThem for a representative's."""
    assert caller.own_dispute is not None, "a party's token is for one dispute"
    assert caller.side is not None, "and for one side"
    dispute, _, _ = await services.engine.dispute(caller.own_dispute, caller.marketplace)
    if caller.subject in {*dispute.representation.acting, *dispute.representation.ended}:
        raise MayNotAskForThem(role=caller.role.value)
    return dispute.party(caller.side).subject


async def _kept(services: Services, marketplace: str, subject: UUID) -> access_answers.Kept:
    """The disputes in which the person took part, an open one and the last one first, and the orders of their contacts.

    Raises UnknownPerson, and NotCarriedOn where no worker keeps that knowledge up to date.
    """
    process = services.erasures
    if not await services.follow.caught_up(process.name, await services.log.last_position(), PATIENCE):
        raise NotCarriedOn
    disputes, contacts = (
        await process.disputes_of(marketplace, subject),
        await process.contacts_of(marketplace, subject),
    )
    if not disputes and not contacts:
        raise UnknownPerson()
    return access_answers.Kept(disputes, contacts)
