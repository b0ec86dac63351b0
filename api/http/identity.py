"""On whose behalf a request is made: by the sender's token and the headers."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header
from starlette.datastructures import QueryParams
from starlette.requests import Request

from api.audit.register import enter
from api.http.access import OF_THEMSELVES, OFF_THE_RECORD, ROLES_BY_ROUTE, WHOLE_CELL, WITHOUT_DISPUTE
from api.http.auth import Principal
from api.http.context import http_context
from api.http.middleware import Receipt
from api.http.roles import PARTIES
from domain.kernel.base import Actor, Role
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Side
from domain.kernel.refusals import Forbidden, Malformed, UnknownDispute
from mediation.store.clocks import Clock


class NotForThisRole(Forbidden):
    """Your role cannot do this; `roles` lists the roles that can.

    Why: Each kind of caller has its own part: parties speak for themselves, the desk decides, auditors only read. So a
    token that leaks opens only a part of the dispute.

    What to do: Use a token with one of the `roles`. As a marketplace's backend, send `Mediation-As` to act for your
    buyer or seller.

    Example: {"role": "auditor", "roles": ["marketplace", "supervisor"]}
    """


class OnlyBackendsSpeakForParties(Forbidden):
    """`Mediation-As` was sent with a token that is not a marketplace backend's.

    Why: A marketplace knows its buyers and sellers and answers for them. Nobody else may act in a party's name.

    What to do: Leave out `Mediation-As`. A party uses a token of its own.

    Example: {"role": "supervisor"}
    """


class TokenIsForOneDispute(Forbidden):
    """Your token is for one dispute, and this request is not about that dispute.

    Why: A party's token is made for one dispute, so that it is worth little to a thief.

    What to do: Use the addresses under `/v1/disputes/{dispute_id}` of the dispute in `dispute_id`. For another dispute
    the marketplace makes another token.

    Example: {"dispute_id": "019390f0-5a1e-7c3b-9d2f-3b8f6a1c2d4e"}
    """


class UnknownParameter(Malformed):
    """The query has a parameter that does not exist here; `known` lists those that do.

    Why: A misspelt filter that is ignored would give a complete list that looks like a filtered one.

    What to do: Use only the parameters in `known`.

    Example: {"known": ["cursor", "limit", "stage"]}
    """


class ParameterRepeated(Malformed):
    """The query has a parameter twice that is taken once; `parameters` names it.

    Why: Of two values only one could be used, and it would not be clear which.

    What to do: Send each parameter in `parameters` once.

    Example: {"parameters": ["stage"]}
    """


class MarketplaceMissing(Malformed):
    """The header `Mediation-Marketplace` is missing, and your token is not for one marketplace.

    Why: Your token is for all marketplaces of this service, and this route answers for one.

    What to do: Send `Mediation-Marketplace` with the name of the marketplace that you want to read.
    """


class ForeignMarketplace(Forbidden):
    """The header `Mediation-Marketplace` names another marketplace than your token.

    Why: A token is good for one marketplace, so that no marketplace sees another one's disputes.

    What to do: Leave out `Mediation-Marketplace`, or name the marketplace of your token.
    """


@frozen
class Caller:
    """Who acts, in which role and marketplace. The marketplace is "" for an auditor who reads the whole cell.

    `own_dispute` is the one dispute that a party's token opens. `speaks_for` is the party for whom a backend acts.
    `at` is when the request arrived, on the marketplace's `clock`; `now` gives the instant at which the rest of its
    body has arrived.
    """

    subject: UUID
    role: Role
    marketplace: str
    at: datetime
    now: Callable[[], datetime]
    correlation_id: UUID
    own_dispute: UUID | None = None
    speaks_for: Side | None = None
    clock: Clock = Clock()

    @property
    def actor(self) -> Actor:
        return Actor(subject=self.subject, role=self.role)

    @property
    def side(self) -> Side | None:
        """The side of this caller, where the caller is a party or acts for one."""
        return Side(self.role.value) if self.role in PARTIES else None

    def acting_as(self, side: Side) -> "Caller":
        return replace(self, role=Role(side.value), speaks_for=side)


MediationAs = Annotated[
    Side | None,
    Header(alias="Mediation-As", description="For a marketplace's backend: the party for whom it acts or reads."),
]
MediationMarketplace = Annotated[
    str | None,
    Header(
        alias="Mediation-Marketplace",
        max_length=100,
        description="For an auditor of the whole cell: the marketplace to read.",
    ),
]


async def caller(
    request: Request, mediation_as: MediationAs = None, mediation_marketplace: MediationMarketplace = None
) -> Caller:
    """The gate of every route under /v1. Raises the refusals above, and UnknownDispute."""
    http, route = http_context(request), request.scope["route"].name
    sender = request.state.receipt.sender
    if request.scope["query_string"]:
        _check_query(request.query_params, http.queries[route])
    assert sender is not None, "reception lets nobody in without a token"
    return await admit(request, sender, route, request.path_params, mediation_as, mediation_marketplace)


async def admit(
    request: Request,
    sender: Principal,
    route: str,
    path: Mapping[str, Any],
    speaks_for: Side | None = None,
    named: str | None = None,
) -> Caller:
    """Who calls the route of this name, with these parameters of its path. An auditor's reading is put on record.

    `named` is the marketplace that the request names. Raises the refusals above, and UnknownDispute.
    """
    receipt: Receipt = request.state.receipt
    marketplace = _marketplace(sender, named, route)
    clock = await http_context(request).services.clocks.of(marketplace)
    ahead = clock.ahead
    calling = Caller(
        subject=sender.subject,
        role=sender.role,
        marketplace=marketplace,
        at=receipt.now() + ahead,
        now=lambda: receipt.now() + ahead,
        correlation_id=receipt.correlation_id,
        own_dispute=sender.dispute,
        clock=clock,
    )
    if speaks_for is not None:
        if sender.role is not Role.MARKETPLACE:
            raise OnlyBackendsSpeakForParties(role=sender.role.value)
        calling = calling.acting_as(speaks_for)
    if calling.role not in ROLES_BY_ROUTE[route]:
        raise NotForThisRole(role=calling.role.value, roles=sorted(role.value for role in ROLES_BY_ROUTE[route]))
    if sender.dispute is not None:
        _check_own_dispute(sender.dispute, route, path.get("dispute_id"))
    if calling.role is Role.AUDITOR and route not in OFF_THE_RECORD:
        entered = asyncio.create_task(_enter(request, calling, route, path))
        earlier = getattr(request.state, "on_record", None)  # a screen reads several routes
        request.state.on_record = asyncio.gather(earlier, entered) if earlier else entered
    return calling


def _check_query(query: QueryParams, known: Mapping[str, bool]) -> None:
    if not known.keys() >= query.keys():
        raise UnknownParameter(known=sorted(known))
    if twice := [name for name in known if not known[name] and len(query.getlist(name)) > 1]:
        raise ParameterRepeated(parameters=twice)


async def _enter(request: Request, calling: "Caller", route: str, path: Mapping[str, Any]) -> None:
    services = http_context(request).services
    await enter(
        services.log,
        services.blind,
        reader=calling.subject,
        marketplace=calling.marketplace,
        at=calling.at,
        correlation_id=calling.correlation_id,
        route=route,
        path=path,
        query=request.query_params.multi_items(),
    )


def _marketplace(sender: Principal, named: str | None, route: str) -> str:
    if sender.marketplace is None:
        if named is None and route not in WHOLE_CELL:
            raise MarketplaceMissing
        return named or ""
    if named not in (None, sender.marketplace):
        raise ForeignMarketplace
    return sender.marketplace


def _check_own_dispute(own: UUID, route: str, asked: str | None) -> None:
    if asked is None:
        if route not in WITHOUT_DISPUTE | OF_THEMSELVES:
            raise TokenIsForOneDispute(dispute_id=str(own))
    elif not _is(own, asked):
        raise UnknownDispute


def _is(own: UUID, asked: str) -> bool:
    """Compares as UUIDs: capitals write the same id."""
    with suppress(ValueError):
        return UUID(asked) == own
    return False


Calling = Annotated[Caller, Depends(caller)]
