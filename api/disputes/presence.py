"""Who looks at a dispute now, and what they are writing there. It is no fact, and is forgotten within a minute.

Neutrals, supervisors and administrators see each other, because they act on the same disputes. An auditor reads and is not
seen: an audit that shows where it looks changes what it looks at. An auditor does not see the others either: what somebody
looks at is no record, and nobody is to be watched at work. Parties and their marketplaces never learn who of the desk looks
at a dispute.
"""

from collections.abc import Collection, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AfterValidator, Field

from api.acts.registry import DECLARED
from api.acts.visibility import Viewer
from api.http.bodies import Answer, Body, example
from api.http.exact_json import ExactRoute
from api.http.problems import ON_DISPUTE, ON_READ, documented
from api.http.reads import Read, Reading
from domain.kernel.base import Instant, Role
from domain.kernel.frozen import replace
from domain.kernel.refusals import UnknownDispute
from mediation.store.desk import console_sessions, presences
from mediation.store.desk.presences import Changed, Present

router = APIRouter(tags=["Disputes"], route_class=ExactRoute)

_PRESENCE = "/v1/disputes/{dispute_id}/presence"
_DISPUTE = "0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11"
_PERSON = {
    "subject": "0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d12",
    "role": "supervisor",
    "name": "Mei Tanaka",
    "writing": ["make_proposal"],
}


def _act(name: str) -> str:
    if name not in DECLARED:
        raise ValueError("the name of an act, as in `actions`")
    return name


class BePresent(Body):
    """One page of your program that somebody looks at now."""

    model_config = example({"page": "0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d13", "writing": "make_proposal"})

    page: Annotated[
        UUID, Field(description="Made by you, another one for each page: who has two pages open is one person.")
    ]
    writing: Annotated[
        Annotated[str, Field(max_length=100, json_schema_extra={"enum": sorted(DECLARED)}), AfterValidator(_act)]
        | None,
        Field(description="The act whose form is being filled in. Null: they only look."),
    ] = None


class PersonPresent(Answer):
    """Somebody else who looks at the dispute now."""

    model_config = example(_PERSON)

    subject: UUID
    role: Role
    name: Annotated[str | None, Field(description="What the console calls them. Null: they are not signed in there.")]
    writing: Annotated[list[str], Field(description="The acts whose forms they fill in. Empty: they only look.")]


class DisputePresence(Answer):
    """Who else looks at one of several disputes."""

    model_config = example({"dispute_id": _DISPUTE, "people": [_PERSON]})

    dispute_id: UUID
    people: list[PersonPresent]


class PresenceList(Answer):
    """The disputes at which somebody else is now."""

    model_config = example({"items": [{"dispute_id": _DISPUTE, "people": [_PERSON]}]})

    items: list[DisputePresence]


class PresenceShown(Answer):
    """Who else looks at the dispute now."""

    model_config = example({"people": [_PERSON]})

    people: list[PersonPresent]


@router.put(_PRESENCE, responses=documented(*ON_DISPUTE))
async def be_present(dispute_id: UUID, body: BePresent, reading: Read) -> PresenceShown:
    """Says that you look at the dispute, and what you write there. It is good for 30 seconds: send it again every 10 seconds,
    as long as the page is looked at. Answers who else is there. Nothing of it is recorded.
    """
    await reading.case(dispute_id)
    await presences.renew(
        reading.http.services.pool,
        _one(reading, dispute_id),
        page=body.page,
        role=reading.caller.role.value,
        writing=body.writing,
        at=_now(reading),
    )
    return PresenceShown(people=(await others(reading, [dispute_id])).get(dispute_id, []))


@router.get(_PRESENCE, responses=documented(*ON_READ))
async def get_presence(dispute_id: UUID, reading: Read) -> PresenceShown:
    """Who else looks at the dispute now, and what they are writing there: neutrals, supervisors and administrators."""
    await reading.case(dispute_id)
    return PresenceShown(people=(await others(reading, [dispute_id])).get(dispute_id, []))


@router.get("/v1/presence", responses=documented(*ON_READ))
async def list_presence(
    reading: Read,
    dispute_id: Annotated[list[UUID], Query(max_length=100, description="The disputes of a list.")] = [],  # noqa: B006 - as in `feed`
) -> PresenceList:
    """Who else looks at some disputes now. Those at which nobody is, or that you may not see, are left out."""
    found = await others(reading, dispute_id)
    return PresenceList(items=[DisputePresence(dispute_id=one, people=people) for one, people in found.items()])


@router.delete(_PRESENCE, status_code=204, responses=documented(*ON_READ))
async def end_presence(
    dispute_id: UUID,
    reading: Read,
    page: Annotated[UUID | None, Query(description="The page that was closed. Without it: all of yours.")] = None,
) -> None:
    """Says that a page was closed. Without this you are shown for up to 30 seconds more."""
    await reading.case(dispute_id)
    await presences.end(reading.http.services.pool, _one(reading, dispute_id), page)


async def others(reading: Reading, dispute_ids: Collection[UUID]) -> dict[UUID, list[PersonPresent]]:
    """Who else is at these disputes. Those at which nobody is, or that the reader may not see, are left out."""
    services, caller = reading.http.services, reading.caller
    found = await presences.others(services.pool, caller.marketplace, dispute_ids, caller.subject, _now(reading))
    people = {one: await _readers(reading, one, present) for one, present in found.items()}
    subjects = {one.subject for present in people.values() for one in present}
    names = await console_sessions.names(services.pool, services.keys, subjects, caller.marketplace)
    return {
        dispute_id: [PersonPresent(**one._asdict(), name=names.get(one.subject)) for one in present]
        for dispute_id, present in people.items()
        if present
    }


async def _readers(reading: Reading, dispute_id: UUID, present: Sequence[Present]) -> Sequence[Present]:
    """Those who may still read the dispute: a neutral who handed it over is shown no more."""
    try:
        doc = await reading.case(dispute_id)
    except UnknownDispute:  # since the list was read
        return []
    return [one for one in present if _of(reading, one).may_see(doc)]


def _of(reading: Reading, one: Present) -> Viewer:
    return Viewer(replace(reading.caller, subject=one.subject, role=Role(one.role)))


def _one(reading: Reading, dispute_id: UUID) -> Changed:
    return Changed(dispute_id, reading.caller.subject, reading.caller.marketplace)


def _now(reading: Reading) -> Instant:
    """On the engine's clock. People look in real time, also where the clock of a test marketplace was turned."""
    return reading.caller.at - reading.caller.clock.ahead
