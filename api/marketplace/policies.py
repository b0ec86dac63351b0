"""A marketplace's policies, and the outages that move its deadlines."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from api.http.act_route import ActRoute
from api.http.answers import Recorded
from api.http.context import http_context
from api.http.identity import Calling
from api.http.problems import ON_READ, ON_WRITE, documented, problem, reading_request
from api.http.reads import Read
from api.http.words import Languages
from api.http.writes import Keyed, Write
from api.marketplace.outage_schemas import Outages, RecordOutage
from api.marketplace.policy_answers import Policies, ShownPolicy
from api.marketplace.policy_comparison_schemas import Comparison, Validated
from api.marketplace.policy_schemas import PublishPolicy
from api.words.catalogue import spoken_to
from domain.policy.book import PolicyBook, faults

router = APIRouter(tags=["Rules"], route_class=ActRoute)

Version = Annotated[str, Path(max_length=40)]


@router.post("/v1/policies", status_code=201, responses=documented(*ON_WRITE))
async def publish_policy(body: PublishPolicy, writing: Write) -> Recorded:
    """Publishes a version of the rules. It never changes, and applies to the disputes filed from `applies_from` on: at
    once, or from an instant that is announced.
    """
    notice_days = writing.http.services.settings.policy_notice_days
    return Recorded(position=await writing.position(await writing.act(body, notice_days=notice_days)))


@router.post("/v1/policies/validation", responses=documented(*ON_WRITE))
async def validate_policy(body: PublishPolicy, writing: Keyed) -> Validated:
    """Whether this policy would be published, what it would change, and which languages its texts miss. Nothing is stored."""
    book = await writing.http.services.engine.policies(writing.caller.marketplace)
    with reading_request():
        proposed = body.stated()
    now, notice_days = writing.caller.at, writing.http.services.settings.policy_notice_days
    words = spoken_to(writing.request.headers.get("accept-language"))
    found = faults(book, proposed, body.applies_from, now, notice_days)
    problems = [problem(fault, words=words) for fault in found]
    replaced = book.in_force(body.applies_from or now)
    return Validated.of(problems, replaced, proposed)


@router.get("/v1/policies", responses=documented(*ON_READ))
async def list_policies(request: Request, caller: Calling, languages: Languages) -> Policies:
    """Every published version, in order, and from when each of them applies to new disputes."""
    notice_days = http_context(request).services.settings.policy_notice_days
    return Policies.of(await _book(request, caller), caller.at, languages, notice_days)


@router.get("/v1/policies/{version}", responses=documented(*ON_READ))
async def get_policy(version: Version, request: Request, caller: Calling, languages: Languages) -> ShownPolicy:
    """One version of the rules. `texts` has each of its texts in the reader's language."""
    book = await _book(request, caller)
    return ShownPolicy.of(book, book.version(version), caller.at, languages)


@router.get("/v1/policies/{version}/comparison/{other}", responses=documented(*ON_READ))
async def compare_policies(version: Version, other: Version, request: Request, caller: Calling) -> Comparison:
    """What changes from one version of the rules to another, field by field."""
    book = await _book(request, caller)
    return Comparison.of(book.version(version), book.version(other))


@router.get("/v1/disputes/{dispute_id}/policy", responses=documented(*ON_READ))
async def get_policy_of_dispute(dispute_id: UUID, reading: Read, response: Response) -> ShownPolicy:
    """The version of the rules that this dispute was filed under. The dispute keeps it, whatever is published later."""
    doc = await reading.case(dispute_id)
    response.headers["Vary"] = "Accept-Language"
    book = await reading.http.services.engine.policies(reading.caller.marketplace)
    return ShownPolicy.of(book, book.version(doc["policy_version"]), reading.caller.at, reading.reads(doc))


@router.post("/v1/outages", status_code=201, responses=documented(*ON_WRITE))
async def record_outage(body: RecordOutage, writing: Write) -> Recorded:
    """Records an outage that the engine could not notice by itself. What was due in it and has not lapsed yet
    becomes due later.
    """
    return Recorded(position=await writing.position(await writing.act(body)))


@router.get("/v1/outages", responses=documented(*ON_READ))
async def list_outages(request: Request, caller: Calling) -> Outages:
    """Every outage of the engine of more than fifteen minutes, in the order in which they were recorded."""
    book = await _book(request, caller)
    return Outages(items=list(book.outages))


async def _book(request: Request, caller: Calling) -> PolicyBook:
    return await http_context(request).services.engine.policies(caller.marketplace)
