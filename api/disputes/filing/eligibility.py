"""Tells before filing what filing would do: the same decider decides the same command, and nothing is stored."""

from datetime import datetime

from fastapi import APIRouter
from starlette.requests import Request

from api.acts.visibility import Viewer
from api.disputes.filing.asked import with_asked
from api.disputes.filing.eligibility_schemas import Eligibility
from api.disputes.filing.filing import new_dispute_id
from api.disputes.filing.filing_schemas import FileDispute
from api.http.act_route import ActRoute
from api.http.bodies import Context
from api.http.context import http_context
from api.http.exact_json import ExactRequest, NameRepeated
from api.http.identity import Calling
from api.http.problems import documented, problem, reading_request
from api.http.spelt import spelt
from api.http.words import Languages, Words
from domain.course import Fact
from domain.filing import file_dispute
from domain.filing.admissibility_facts import DeclaredInadmissible
from domain.filing.filing_facts import DisputeFiled
from domain.filing.review_facts import MachineDecided
from domain.kernel.base import Role
from domain.kernel.refusals import Refusal
from mediation.engine import Engine
from projections import case_file

router = APIRouter(tags=["Disputes"], route_class=ActRoute)

_STEPS = 10
"""How many instants are tried, one after another, until the claim would be heard. Each limit of a policy may name its own."""


@router.post("/v1/disputes/eligibility", responses=documented(400, 401, 403, 408, 413, 415, 422, 429, 500, 503))
async def tell_eligibility(
    body: FileDispute, request: Request, caller: Calling, words: Words, languages: Languages
) -> Eligibility:
    """Tells whether this dispute may be filed now; if not, why, and from when. If it may, what is asked of each side, and
    which way it goes.

    The body is the one that files the dispute. Nothing is recorded, so no `Idempotency-Key` is needed. The answer holds
    for this instant: filing decides again.
    """
    assert isinstance(request, ExactRequest), "the router has the route class `ActRoute`"
    if request.name_repeated:
        raise NameRepeated
    if caller.role is Role.MARKETPLACE:
        caller = caller.acting_as(body.claimant)
    services = http_context(request).services
    engine, made_in = services.engine, Context(caller.marketplace, caller.actor, caller.now(), services.blind)

    def make(at: Context) -> file_dispute.FileDispute:
        with reading_request():
            return body.command(at, dispute_id=new_dispute_id(caller))

    try:
        _, command = await spelt(services.spellings, made_in, make)
        facts = await engine.foresee(command)
    except Refusal as refusal:
        book = await engine.policies(caller.marketplace)
        return Eligibility.refused(problem(refusal, words=words), book.in_force(made_in.now))
    policy = (await engine.policies(caller.marketplace)).version(_filed(facts).policy_version)
    doc = {**case_file.foreseen(facts, command, body.claimant), "shared": []}
    reads = (*languages, doc[body.claimant.value]["language"])
    case = Viewer(caller).case_file(with_asked(doc, policy, command.now, reads))
    return Eligibility.of(case, policy, await _heard_from(engine, command, facts))


async def _heard_from(engine: Engine, command: file_dispute.FileDispute, facts: list[Fact]) -> datetime | None:
    """The instant at which the same claim would be heard, as the decider says when it decides then. None if the claim is
    heard now, or if no instant is known.
    """
    for _ in range(_STEPS):
        at = _named(facts)
        if at is None or at <= command.now:
            return None
        command = command.model_copy(update={"now": at})
        try:
            facts = await engine.foresee(command)
        except Refusal:
            return None
        if not any(isinstance(fact.event, DeclaredInadmissible) for fact in facts):
            return at
    return None


def _named(facts: list[Fact]) -> datetime | None:
    """The instant that is among the facts of a decision against the claimant."""
    decided = (fact.event for fact in facts if isinstance(fact.event, MachineDecided))
    told = (used.value for event in decided for used in event.facts if used.name == "may_file_from")
    return next((datetime.fromisoformat(at) for at in told), None)


def _filed(facts: list[Fact]) -> DisputeFiled:
    return next(fact.event for fact in facts if isinstance(fact.event, DisputeFiled))
