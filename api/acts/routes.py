"""The routes of all acts that only pass their body on, built from their declarations."""

import re
from collections.abc import Iterable, Mapping
from inspect import Parameter, Signature, signature
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Path

from api.acts.declare import Declared, Plain
from api.http.act_route import ActRoute
from api.http.answers import Done
from api.http.bodies import Act, Number
from api.http.problems import ON_DISPUTE, ON_VERSION, documented
from api.http.writes import WriteOnDispute, WriteOnVersion, Writing

_NAMED: Mapping[str, Any] = {
    "dispute_id": UUID,
    "number": Number,
    "file": Number,
    "commitment_id": UUID,
    "refund_id": UUID,
    "translation_id": UUID,
    "notice_id": UUID,
    "representative": Annotated[UUID, Path(description="The representative's subject, as in the case file.")],
}
"""The parameters that the path of an act can have."""


def router_of(acts: Iterable[Declared]) -> APIRouter:
    """The routes of the acts that are declared with one."""
    router = APIRouter(route_class=ActRoute)
    for act in acts:
        if act.route is not None:
            router.add_api_route(
                act.route.path,
                _endpoint(act, act.route),
                methods=["POST"],
                name=act.name,
                tags=[act.route.tag],
                status_code=act.route.status,
                response_model=act.route.made.answer,
                responses=documented(*(ON_VERSION if act.route.if_match else ON_DISPUTE)),
                **act.route.retiring,
            )
    return router


def _endpoint(act: Declared, route: Plain) -> Any:
    """A function with the signature of a route written by hand."""
    asked = signature(act.body.command).parameters.keys()
    answer, members = route.made.answer, route.made.members

    async def endpoint(*, body: Act, writing: Writing, **named: Any) -> Done:
        outcome = await writing.act(body, **await _about(writing, asked, named))
        return await writing.done(outcome, answer, **members(outcome.dispute, writing.caller.actor))

    body: Any = act.body if route.needs_body else Annotated[act.body, Body(default_factory=act.body)]
    parameters = {
        **{name: _NAMED[name] for name in re.findall(r"{(\w+)}", route.path)},
        "body": body,
        "writing": WriteOnVersion if route.if_match else WriteOnDispute,
    }
    shaped: Any = endpoint
    shaped.__name__, shaped.__doc__ = act.name, route.description
    shaped.__signature__ = Signature(
        [Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind) for name, kind in parameters.items()]
    )
    return shaped


async def _about(writing: Writing, asked: Iterable[str], named: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of the command: the parameters of the path, and those that are looked up.

    Raises UnknownDispute, UnknownRefund.
    """
    about = dict(named)
    if "refund_id" in named:
        refund = await writing.http.services.engine.refund(named["refund_id"], writing.caller.marketplace)
        about["dispute_id"] = refund.dispute_id
    if "claimant" in asked:
        about["claimant"] = await writing.claimant(about["dispute_id"])
    return about
