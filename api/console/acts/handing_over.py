"""A case goes to another mediator: who takes it over, what ends with it, and what its reader is told who sees it no more."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from api.console.acts.desk import Desk
from api.console.visit import Visit
from api.disputes.dry_run_schemas import DryRunShown
from api.http.opaque import UnknownToken
from api.http.problem_kinds import ViewBehind
from domain.kernel.frozen import frozen
from domain.kernel.refusals import Refusal
from domain.neutral.escalation_facts import NeutralAssigned, NeutralReleased
from domain.settlement.proposal_facts import ProposalLapsed
from mediation.store.desk import console_names

LEFT = "left"
"""In the address of a page: what was done with the case that the reader sees no more, sealed."""

_NOBODY = "-"


@frozen
class Left:
    """An act by which its reader has lost sight of the case. `to` is what the mediator is called who took it over."""

    act: str
    case_number: str
    to: str | None


def foreseen(desk: Desk, would: DryRunShown | None) -> Mapping[str, Any]:
    """For the preview: who takes over, as the form calls them, and the numbers of the proposals that end with it."""
    known = would.facts if would else []
    assigned = next((one.details["neutral"] for one in known if one.kind == NeutralAssigned.kind), None)
    named = (choice for choices in desk.choices.values() for choice in choices if choice.value == str(assigned))
    takes_over = next((choice.text for choice in named), None)
    leaves = any(one.kind == NeutralReleased.kind for one in known)
    lapse: Sequence[int] = [one.details["number"] for one in known if leaves and one.kind == ProposalLapsed.kind]
    return {"takes_over": takes_over, "lapse": lapse}


async def left(desk: Desk, body: Mapping[str, Any], position: str | None) -> str | None:
    """For the address of the next page, if the reader sees the case no more after the act that was answered so."""
    visit, case = desk.visit, desk.case
    try:
        await (await visit.reading("get_dispute", dispute_id=case.id, at_least=position)).case(case.id)
    except Refusal:
        told = " ".join((desk.name, case.case_number, str(body.get("neutral", _NOBODY))))
        return visit.http.opaque.seal("left", visit.session.principal.marketplace or "", told)
    except ViewBehind:  # what was done is done
        return None
    return None


async def told(visit: Visit) -> Left | None:
    """What the address says. None if it says nothing, or what nobody has sealed."""
    marketplace = visit.session.principal.marketplace or ""
    try:
        plain = visit.http.opaque.open("left", marketplace, visit.request.query_params.get(LEFT, ""))
    except UnknownToken:
        return None
    act, case_number, neutral = plain.split(" ")
    to = None if neutral == _NOBODY else UUID(neutral)
    services = visit.http.services
    called = await console_names.names(services.pool, services.keys, [to] if to else [], marketplace)
    return Left(act, case_number, called[to] if to else None)
