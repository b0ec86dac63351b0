"""A seller's standing rules in a marketplace: set, replaced, withdrawn and read. The buyer and the desk do not read them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Header, Path
from starlette.responses import Response

from api.http.act_route import ActRoute
from api.http.bodies import Id
from api.http.identity import Caller
from api.http.problems import ON_DISPUTE, ON_READ, documented
from api.http.reads import Read
from api.http.writes import Write, Writing, etag, versions_of
from api.marketplace.standing_rules_schemas import (
    SetStandingRules,
    StandingRulesRecorded,
    StandingRulesShown,
    StandingRulesVersion,
    WithdrawStandingRules,
)
from api.services import Services
from domain.filing.standing_rules import NotYourStandingRules
from domain.filing.standing_rules_facts import StandingRulesEvent, StandingRulesSet
from domain.stream_ids import standing_rules_id
from mediation.engine import Handled
from mediation.store.log.recorded import Recorded

router = APIRouter(tags=["Standing rules"], route_class=ActRoute)

_AT = "/v1/standing-rules/{party}"

Seller = Annotated[
    Id, Path(description="The marketplace's id of the seller. A seller's token opens its own rules alone.")
]
IfRules = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=200,
        description='The ETag of the rules as you have read them, such as "2"; "0" if there were none yet. Left out, or `*`: '
        "whatever they are.",
    ),
]


@router.post(_AT, responses=documented(*ON_DISPUTE))
async def set_standing_rules(
    party: Seller, body: SetStandingRules, writing: Write, if_match: IfRules = None
) -> StandingRulesRecorded:
    """Sets what is answered for a seller as soon as a claim is filed, in place of all earlier rules."""
    return await _recorded(writing, await _act(body, party, writing, if_match))


@router.get(_AT, responses=documented(*ON_READ))
async def get_standing_rules(party: Seller, reading: Read, response: Response) -> StandingRulesShown:
    """The rules of a seller, and all their versions. A seller who never had any has version 0."""
    services, marketplace = reading.http.services, reading.caller.marketplace
    seller = await services.spellings.of("party", marketplace, party)
    await _check_own(services, reading.caller, seller)
    stream_id = standing_rules_id(marketplace, seller)
    facts = (await services.log.read([(stream_id, 0)])).streams[stream_id]
    versions = [_version(fact) for fact in facts if fact.marketplace == marketplace]
    response.headers["ETag"] = etag(len(versions))
    return StandingRulesShown(version=len(versions), rules=versions[-1].rules if versions else [], versions=versions)


@router.post(f"{_AT}/withdrawal", responses=documented(*ON_DISPUTE))
async def withdraw_standing_rules(
    party: Seller,
    writing: Write,
    body: Annotated[WithdrawStandingRules, Body(default_factory=WithdrawStandingRules)],
    if_match: IfRules = None,
) -> StandingRulesRecorded:
    """Withdraws a seller's rules. Nothing is answered any more for claims that are filed from now on."""
    return await _recorded(writing, await _act(body, party, writing, if_match))


async def _act(
    body: SetStandingRules | WithdrawStandingRules, party: str, writing: Writing, if_match: str | None
) -> Handled:
    _, seller = await writing.makes(lambda at: at.party(party))
    await _check_own(writing.http.services, writing.caller, seller)
    return await writing.act(body, party=party, expected=versions_of(if_match) if if_match is not None else ())


async def _recorded(writing: Writing, handled: Handled) -> StandingRulesRecorded:
    version = handled.case.standing_rules.version
    writing.response.headers["ETag"] = etag(version)
    return StandingRulesRecorded(version=version, position=await writing.position(handled))


async def _check_own(services: Services, caller: Caller, seller: UUID) -> None:
    """A seller's token is for one dispute, and opens the rules of the seller of that dispute. Raises NotYourStandingRules for
    another seller, and for a representative: who speaks in a dispute does not bind the seller beyond it.
    """
    if caller.own_dispute is None:
        return
    dispute, _, _ = await services.engine.dispute(caller.own_dispute, caller.marketplace)
    represents = caller.subject in {*dispute.representation.acting, *dispute.representation.ended}
    if represents or dispute.seller.subject != seller:
        raise NotYourStandingRules(role=caller.role.value)


def _version(fact: Recorded) -> StandingRulesVersion:
    event = fact.event
    assert isinstance(event, StandingRulesEvent), "a fact of this stream"
    rules = list(event.rules) if isinstance(event, StandingRulesSet) else []
    return StandingRulesVersion(version=event.version, rules=rules, by=event.by, at=fact.occurred_at)
