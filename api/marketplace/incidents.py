"""Incidents: what many disputes have in common, proposals and offers to all of them, and the state of the whole."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Query
from starlette.responses import StreamingResponse

from api.disputes.filing.filing import new_dispute_id
from api.http.act_route import ActRoute
from api.http.bodies import Number
from api.http.files import CONTENT, download, with_form
from api.http.many import MovedList, of_each
from api.http.problems import ON_READ, ON_WRITE, documented
from api.http.reads import Cursor, Limit, Read
from api.http.writes import Write, Writing
from api.marketplace.incident_answers import Incidents, IncidentShown, Members, OnIncident
from api.marketplace.incident_schemas import (
    CloseIncident,
    JoinIncident,
    LeaveIncident,
    OfferToAll,
    OpenIncident,
    ProposeToAll,
    SharedForm,
    ShareFinding,
)
from domain.incidents.incident_facts import Incident, IncidentKind
from domain.incidents.membership import UnknownShared
from domain.kernel.people import Awaiting, Outcome, Stage
from mediation.engine import Handled
from mediation.store.files.content import ALLOWED
from projections import caseload, incident_members, incidents
from projections.caseload import CASELOAD
from projections.incident_members import INCIDENT_MEMBERS
from projections.incidents import INCIDENTS

router = APIRouter(tags=["Incidents"], route_class=ActRoute)

_INCIDENT = "/v1/incidents/{incident_id}"
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"$ref": "#/components/schemas/SharedForm"},
                "encoding": {"file": {"contentType": ", ".join(ALLOWED)}},
            }
        },
    }
}


@router.post("/v1/incidents", status_code=201, responses=documented(*ON_WRITE))
async def open_incident(body: OpenIncident, writing: Write) -> OnIncident:
    """Opens an incident. Disputes join it afterwards, any number of them."""
    done = await _done(writing, await writing.act(body, incident_id=new_dispute_id(writing.caller)))
    writing.response.headers["Location"] = f"/v1/incidents/{done.id}"
    return done


@router.get("/v1/incidents", responses=documented(*ON_READ))
async def list_incidents(
    reading: Read,
    kind: IncidentKind | None = None,
    closed: Annotated[bool | None, Query(description="Only closed incidents, or only open ones.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Incidents:
    """The incidents, the latest first, each with its number of disputes."""
    pool = reading.http.services.pool
    page = await reading.page(INCIDENTS, incidents.incidents, limit, cursor, what=kind, closed=closed)
    sizes = await reading.see(INCIDENT_MEMBERS, incident_members.sizes, pool, [row.stream_id for row in page.rows])
    items = [{**reading.viewer.incident(row.doc), "members": sizes.get(row.stream_id, 0)} for row in page.rows]
    return Incidents(items=await reading.open(items), next=page.next)


@router.get(_INCIDENT, responses=documented(*ON_READ))
async def get_incident(incident_id: UUID, reading: Read) -> IncidentShown:
    """What the incident shares, its proposals and offers to all, how far they came, and the state of the whole."""
    doc, incident = await reading.incident(incident_id)
    pool, marketplace = reading.http.services.pool, reading.caller.marketplace
    progress, acts = incident_members.progress, doc["acts"]
    whole = await reading.see(CASELOAD, reading.see, INCIDENT_MEMBERS, progress, pool, marketplace, incident_id, acts)
    shown = await reading.open(reading.viewer.whole_incident(doc, whole))
    return IncidentShown(**shown, actions=reading.http.actions.on_incident(incident, reading.caller.role))


@router.get(_INCIDENT + "/members", responses=documented(*ON_READ))
async def list_members(
    incident_id: UUID,
    reading: Read,
    stage: Stage | None = None,
    awaiting: Awaiting | None = None,
    outcome: Outcome | None = None,
    act: Annotated[
        Number | None, Query(description="Only members that this proposal or offer to all reached, or could not reach.")
    ] = None,
    status: Annotated[
        str | None,
        Query(
            pattern="^[a-z_]{1,20}$",
            description="Only members in which the `act` has this status, such as `not_reached`; without `act`, any act.",
        ),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Members:
    """The disputes that are part of the incident now, in the order of their ids."""
    services, marketplace = reading.http.services, reading.caller.marketplace
    await services.engine.incident(incident_id, marketplace)
    page = await reading.see(
        CASELOAD,
        reading.see,
        INCIDENT_MEMBERS,
        incident_members.members,
        services.pool,
        marketplace,
        incident_id,
        stage=stage,
        awaiting=awaiting,
        outcome=outcome,
        act=act,
        status=status,
        limit=limit,
        cursor=reading.cursor(cursor),
    )
    standings = await caseload.standings(services.pool, [row.dispute_id for row in page.rows])
    items = [reading.viewer.member(row, standings[row.dispute_id]) for row in page.rows]
    return Members(items=await reading.open(items), next=reading.next(page.next))


@router.post(_INCIDENT + "/members", responses=documented(*ON_WRITE))
async def join_incident(incident_id: UUID, body: JoinIncident, writing: Write) -> MovedList:
    """Disputes join, up to 1,000 with one request and any number with several. The answer says why a dispute was refused."""
    return await _moved(writing, incident_id, body)


@router.post(_INCIDENT + "/members/removal", responses=documented(*ON_WRITE))
async def leave_incident(incident_id: UUID, body: LeaveIncident, writing: Write) -> MovedList:
    """Disputes leave. One whose ruling rests on what the incident shared stays."""
    return await _moved(writing, incident_id, body)


@router.post(_INCIDENT + "/exhibits", status_code=201, responses=documented(*ON_WRITE), openapi_extra=_FORM)
async def share_exhibit(incident_id: UUID, writing: Write) -> OnIncident:
    """Shares evidence with all disputes of the incident. It is recorded once, and from now on it is in the case file
    of each.
    """
    calling = writing.caller
    await writing.http.services.engine.incident(incident_id, calling.marketplace)
    led, _, received = await with_form(writing, calling.subject, SharedForm, incident_id=incident_id)
    return await _done(writing, led, number=len(_incident(led).shared), sha256=received.sha256)


@router.get(
    _INCIDENT + "/exhibits/{number}/file",
    response_class=StreamingResponse,
    responses=CONTENT | documented(*ON_READ, 410),
)
async def get_incident_file(incident_id: UUID, number: Number, reading: Read) -> StreamingResponse:
    """The file of a shared exhibit."""
    doc, _ = await reading.incident(incident_id)
    sealed = next((item["file"] for item in doc["shared"] if item["number"] == number), None)
    if sealed is None:
        raise UnknownShared(number=number)
    return await download(reading, sealed, number)


@router.post(_INCIDENT + "/findings", status_code=201, responses=documented(*ON_WRITE))
async def share_finding(incident_id: UUID, body: ShareFinding, writing: Write) -> OnIncident:
    """Shares a finding that holds for all. A ruling may cite it like an exhibit, once the parties could answer it."""
    led = await writing.act(body, incident_id=incident_id)
    return await _done(writing, led, number=len(_incident(led).shared))


@router.post(_INCIDENT + "/proposals", status_code=202, responses=documented(*ON_WRITE))
async def propose_to_all(incident_id: UUID, body: ProposeToAll, writing: Write) -> OnIncident:
    """Makes one proposal to all. It becomes a proposal in each dispute of the incident that is assigned to you."""
    led = await writing.act(body, incident_id=incident_id)
    return await _done(writing, led, number=len(_incident(led).acts))


@router.post(_INCIDENT + "/offers", status_code=202, responses=documented(*ON_WRITE))
async def offer_to_all(incident_id: UUID, body: OfferToAll, writing: Write) -> OnIncident:
    """Makes one offer to all. It becomes an offer in each dispute of the incident in which the party is on this side."""
    led = await writing.act(body, incident_id=incident_id)
    return await _done(writing, led, number=len(_incident(led).acts))


@router.post(_INCIDENT + "/closure", responses=documented(*ON_WRITE))
async def close_incident(
    incident_id: UUID, writing: Write, body: Annotated[CloseIncident, Body(default_factory=CloseIncident)]
) -> OnIncident:
    """Closes the incident: nothing more is shared or proposed to all. Its disputes go on."""
    return await _done(writing, await writing.act(body, incident_id=incident_id))


@router.get(
    "/v1/disputes/{dispute_id}/shared/{number}/file",
    response_class=StreamingResponse,
    responses=CONTENT | documented(*ON_READ, 410),
)
async def get_shared_file(dispute_id: UUID, number: Number, reading: Read) -> StreamingResponse:
    """The file of an exhibit that the dispute's incident shares."""
    doc = await reading.case(dispute_id)
    sealed = next((item["file"] for item in doc["shared"] if item["number"] == number), None)
    if sealed is None:
        raise UnknownShared(number=number)
    return await download(reading, sealed, number)


async def _moved(writing: Writing, incident_id: UUID, body: JoinIncident | LeaveIncident) -> MovedList:
    """One command for each dispute, each under its own key: a repeated request does nothing twice."""
    await writing.http.services.engine.incident(incident_id, writing.caller.marketplace)

    async def moved(dispute_id: UUID) -> Handled:
        return await writing.act(body, part=dispute_id, incident_id=incident_id, dispute_id=dispute_id)

    return await of_each(writing, body.disputes, moved)


async def _done(writing: Writing, led: Handled, **made: Any) -> OnIncident:
    return OnIncident(id=_incident(led).id, position=await writing.position(led), **made)


def _incident(led: Handled) -> Incident:
    assert led.case.incident is not None, "the command was about one"
    return led.case.incident
