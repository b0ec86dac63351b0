"""Erasing a person, and legal holds against it. `mediation erase` shares the functions below the routes."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query

from api.http.act_route import ActRoute
from api.http.answers import Recorded
from api.http.bodies import Number
from api.http.problem_kinds import NotCarriedOn
from api.http.problems import ON_READ, ON_WRITE, documented
from api.http.reads import Cursor, Limit, Read
from api.http.writes import Write
from api.marketplace.erasure_schemas import (
    ErasureRequested,
    ErasuresShown,
    HoldPlaced,
    HoldsShown,
    LiftLegalHold,
    PlaceLegalHold,
    RequestErasure,
)
from api.services import Services
from domain.privacy import erasure
from domain.privacy.erasure import TookPart, UnknownPerson
from domain.privacy.erasure_facts import Person
from projections import erasures
from projections.erasures import ERASURES, LEGAL_HOLDS, ErasureStatus

router = APIRouter(tags=["Erasures"], route_class=ActRoute)

OfPerson = Annotated[UUID | None, Query(description="Only those of one person, by the person's id in the engine.")]

PATIENCE = 5.0
"""Seconds to wait for the process that knows in which disputes each person took part."""


@router.post(
    "/v1/erasures",
    status_code=201,
    responses={
        202: {
            "description": "Put off: something stands against it. It is owed from now on.",
            "model": ErasureRequested,
        },
        **documented(*ON_WRITE),
    },
)
async def request_erasure(body: RequestErasure, writing: Write) -> ErasureRequested:
    """Erases a person: nothing stored about them can be read any more, at any instant. Asked again, it answers the
    present state.

    A legal hold, an open dispute or a retention period puts the erasure off: then it is owed as a commitment, and
    done as soon as nothing stands against it. Somebody who only had contacts can be erased too. The answer takes some
    seconds, because it waits for facts about the person that are being written.
    """
    services, marketplace = writing.http.services, writing.caller.marketplace
    at, subject = await writing.makes(body.person)

    def asks(dispute_id: UUID | None, part: TookPart) -> erasure.RequestErasure:
        return body.command(at, dispute_id=dispute_id, took_part=part)

    if writing.dry:
        dispute_id, part = await took_part(services, marketplace, subject)
        await writing.act(body, dispute_id=dispute_id, took_part=part)
    command = await settled(services, marketplace, subject, asks)
    outcome = await writing.act(body, dispute_id=command.dispute_id, took_part=command.took_part)
    person = await carried_out(services, marketplace, subject)
    if person.pending is not None:
        writing.response.status_code = HTTPStatus.ACCEPTED
    position = await writing.place(None if person.pending is None else outcome.position)
    return ErasureRequested.of(subject, person, position=position)


@router.get("/v1/erasures", responses=documented(*ON_READ))
async def list_erasures(
    reading: Read,
    status: ErasureStatus | None = None,
    subject: OfPerson = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ErasuresShown:
    """The erasures: their state, and what stands against them until when. The first requested comes first."""
    page = await reading.page(ERASURES, erasures.erasures, limit, cursor, status=status, subject=subject)
    items = [reading.viewer.erasure(row) for row in page.rows]
    return ErasuresShown.model_validate({"items": items, "next": page.next})


@router.post("/v1/legal-holds", status_code=201, responses=documented(*ON_WRITE))
async def place_legal_hold(body: PlaceLegalHold, writing: Write) -> HoldPlaced:
    """Keeps what is stored about a person readable until an instant, or until the hold is lifted. Erasures are put
    off meanwhile.
    """
    services, marketplace = writing.http.services, writing.caller.marketplace
    _, subject = await writing.makes(body.person)
    await took_part(services, marketplace, subject)
    outcome = await writing.act(body)
    return HoldPlaced(
        subject=subject, number=outcome.case.person.holds.placed, position=await writing.position(outcome)
    )


@router.get("/v1/legal-holds", responses=documented(*ON_READ))
async def list_legal_holds(
    reading: Read,
    lifted: Annotated[
        bool | None, Query(description="Only holds that were lifted, or only holds that were not. Left out: all.")
    ] = None,
    subject: OfPerson = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> HoldsShown:
    """The legal holds with their reasons; the oldest first."""
    page = await reading.page(LEGAL_HOLDS, erasures.legal_holds, limit, cursor, lifted=lifted, subject=subject)
    items = await reading.open([reading.viewer.legal_hold(row) for row in page.rows])
    return HoldsShown.model_validate({"items": items, "next": page.next})


@router.post("/v1/legal-holds/{subject}/{number}/lifting", responses=documented(*ON_WRITE))
async def lift_legal_hold(
    subject: UUID,
    number: Number,
    writing: Write,
    body: Annotated[LiftLegalHold, Body(default_factory=LiftLegalHold)],
) -> Recorded:
    """Ends a legal hold. An erasure that waited for it is done, if nothing else stands against it."""
    return Recorded(position=await writing.position(await writing.act(body, subject=subject, number=number)))


async def took_part(services: Services, marketplace: str, subject: UUID) -> tuple[UUID | None, TookPart]:
    """The dispute that would hold the commitment to erase them, and what they took part in, up to this moment. There is no
    dispute of a person who only had contacts.

    Raises UnknownPerson, and NotCarriedOn where no worker keeps that knowledge up to date.
    """
    process = services.erasures
    if not await services.follow.caught_up(process.name, await services.log.last_position(), PATIENCE):
        raise NotCarriedOn
    found = await process.took_part(marketplace, subject)
    if found is None:
        raise UnknownPerson()
    last, part = found
    person = await services.engine.person(subject, marketplace)
    return (person.pending.dispute_id if person.pending and person.pending.dispute_id else last), part


async def settled(
    services: Services, marketplace: str, subject: UUID, asks: Callable[[UUID | None, TookPart], erasure.RequestErasure]
) -> erasure.RequestErasure:
    """The command, made when no fact is being written under the key that will be destroyed. That takes some seconds for
    an erasure that is granted. Raises what `took_part` raises, and Refusal.
    """
    while True:
        command = asks(*await took_part(services, marketplace, subject))
        if not (seconds := await services.erasures.settles_in(command)):
            return command
        await asyncio.sleep(seconds)


async def carried_out(services: Services, marketplace: str, subject: UUID) -> Person:
    """The person's state after a granted erasure is done."""
    person = await services.engine.person(subject, marketplace)
    return await services.erasures.carry_out(marketplace, subject, person)
