"""How an act is received over HTTP, under its key and on the version that was read, and how its result is answered.

Every act can be tried first, with `dry_run=true`. Nothing is stored then, and no key is needed. `Writing.act` raises `DryRun`
instead of carrying the act out, so no route goes on after it. `api.disputes.dry_run` answers it.
"""

import json
import re
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Query
from starlette.requests import Request
from starlette.responses import Response

from api.acts.visibility import Viewer
from api.http.answers import Action, Done
from api.http.bodies import Act, Context
from api.http.context import HttpContext, http_context
from api.http.exact_json import ExactRequest, NameRepeated
from api.http.identity import Caller, Calling
from api.http.preferences import APPLIED, MINIMAL, POSITION, Prefer, wants_minimal
from api.http.problem_kinds import IfMatchMissing
from api.http.problems import reading_request
from api.http.spelt import spelt
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Side
from domain.kernel.refusals import Malformed, Refusal
from domain.policy.policy import Policy
from mediation import engine
from mediation.engine import Handled, Rehearsed
from projections.table import Doc

D = TypeVar("D", bound=Done)
T = TypeVar("T")

_ETAG = re.compile(r'(?:W/)?"(0|[1-9][0-9]{0,8})(?:\.[0-9a-f]{8})?"')
"""RFC 9110, section 13.1.1, compares strongly, and so takes no weak tag. But a proxy that compresses answers makes `W/"7"`
of `"7"`, and the client sends back what it got. Both name the same version, so both are taken. What follows the point is
of no interest to an act (see `etag`).
"""
_ANY = "*"

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="Chosen by you, one for each act. An act that is sent again under the same key is not done twice:"
        " it answers as it did the first time. Remembered for at least 30 days.",
    ),
]
_IF_MATCH = Header(
    alias="If-Match",
    max_length=200,
    description='The ETag of the dispute as you have read it, such as "7". Of a list, one must fit. `*` fits every version;'
    " an act that requires the version does not take it.",
)
IfMatch = Annotated[str | None, _IF_MATCH]
IfMatchRequired = Annotated[str, _IF_MATCH]


AskedDry = Annotated[
    bool,
    Query(
        description="Only says what the act would do: the facts, and what follows from them, or the rules that refuse it."
        " Nothing is stored, and no `Idempotency-Key` is needed.",
    ),
]


class UnknownETag(Malformed):
    """`If-Match` is not the `ETag` of a dispute, such as "7".

    Why: `If-Match` is compared with the version of a dispute. A tag in another form can never fit.

    What to do: Send the `ETag` exactly as it came, with its quotation marks.
    """


@frozen
class Writing:
    """One act that is being received. `expected` are the versions of the dispute that the caller had read; none means
    any. A party's version counts the facts that it was told. `minimal`: the answer is sent without its body. A `dry` act
    changes nothing.
    """

    http: HttpContext
    caller: Caller
    request: Request
    response: Response
    key: str
    expected: tuple[int, ...] = ()
    minimal: bool = False
    dry: bool = False

    def acting_as(self, side: Side) -> "Writing":
        return replace(self, caller=self.caller.acting_as(side))

    async def act(self, body: Act, *, content: bytes | None = None, part: UUID | None = None, **about: Any) -> Handled:
        """Carries out the act. `content` stands for the request's body where that was not read as a whole.

        `part` names one of several acts that one request asks for. Raises what `Engine.handle` raises, and DryRun.
        """
        if self.dry:
            if content is None:
                await self._body()  # refuses one that names a field twice
            _, command = await self.makes(lambda at: body.command(at, **about))
            raise DryRun(self, [await self.http.services.engine.rehearse(command, self.expected)])
        request = await self.under_key(content, part)
        _, command = await self.makes(lambda at: body.command(at, **about))  # only now: the body has been read
        return await self.http.services.engine.handle(command, request)

    async def makes(self, make: Callable[[Context], T]) -> tuple[Context, T]:
        """What `make` makes, and the context in which every id is the one on record."""

        def read(at: Context) -> T:
            with reading_request():
                return make(at)

        return await spelt(self.http.services.spellings, self.context(), read)

    def context(self) -> Context:
        """Who acts, where, and when: now."""
        calling = self.caller
        return Context(calling.marketplace, calling.actor, calling.now(), self.http.services.blind)

    async def claimant(self, dispute_id: UUID) -> Side:
        """Raises UnknownDispute."""
        dispute, _, _ = await self.http.services.engine.dispute(dispute_id, self.caller.marketplace)
        return dispute.claimant

    async def done(self, handled: Handled, answer: type[D], **made: Any) -> D:
        """The answer: the present state of the dispute, what the caller may do next, and the fields in `made`."""
        dispute, version = handled.dispute, handled.version_for(self.caller.side)
        policy = handled.case.policies.version(dispute.policy_version)
        self.response.headers["ETag"] = etag(version)
        return answer(
            id=dispute.id,
            version=version,
            position=await self.position(handled),
            stage=dispute.stage,
            awaiting=Viewer(self.caller).awaiting(dispute.stage, dispute.awaiting, dispute.escalation.neutral),
            outcome=dispute.outcome,
            actions=[] if self.minimal else self._actions(handled, policy),
            **made,
        )

    def _actions(self, handled: Handled, policy: Policy) -> list[Action]:
        return self.http.actions.of(
            handled.dispute, policy, self.caller.actor, handled.at, handled.case.incident, handled.case.notices
        )

    async def position(self, handled: Handled) -> str:
        """The position from which all effects of the act can be read; opaque."""
        return await self.place(handled.position)

    async def place(self, position: int | None) -> str:
        """A position, sealed for the answer. An answer without a body has it as a header."""
        if position is None:  # the act changed nothing: it was done already, before the end of the log
            position = await self.http.services.log.last_position()
        sealed = self.http.opaque.seal("position", self.caller.marketplace, str(position))
        if self.minimal:
            self.response.headers[POSITION], self.response.headers[APPLIED] = sealed, MINIMAL
        return sealed

    async def under_key(self, content: bytes | None = None, part: UUID | None = None) -> engine.Request:
        """The key is scoped to marketplace, route and sender. The fingerprint shows another request under the same key."""
        request, calling, blind = self.request, self.caller, self.http.services.blind
        body = await self._body() if content is None else content
        return engine.Request(
            key=blind.digest(
                "idempotency",
                calling.marketplace,
                request.scope["route"].path,
                str(calling.subject),
                self.key,
                *([str(part)] if part else []),
            ),
            fingerprint=blind.digest("request", request.method, request.scope["path"], calling.speaks_for or "", body),
            expected=self.expected,
            correlation_id=calling.correlation_id,
        )

    async def _body(self) -> bytes:
        """Raises NameRepeated."""
        request = self.request
        assert isinstance(request, ExactRequest), "the router of an act has the route class `ExactRoute`"
        if request.name_repeated:
            raise NameRepeated
        return await request.body()


class DryRun(Exception):
    """What the acts of one request would lead to, one for each act. `of` are their disputes, if the request is about many."""

    def __init__(
        self, writing: Writing, would: Sequence[Rehearsed | Refusal], of: Sequence[UUID] | None = None
    ) -> None:
        super().__init__()
        self.writing = writing
        self.would = would
        self.of = of


def etag(version: int, refunds: Sequence[Doc] = ()) -> str:
    """The version of a dispute, and a digest of the refunds in its case file, if there are any: they have versions of
    their own. Left out is the sealed reference, which never changes alone.
    """
    if not refunds:
        return f'"{version}"'
    told = [{name: value for name, value in one.items() if name != "provider_reference"} for one in refunds]
    digest = blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=4).hexdigest()
    return f'"{version}.{digest}"'


def versions_of(if_match: str) -> tuple[int, ...]:
    """The versions in a list of entity tags; none for `*`. Raises UnknownETag."""
    if if_match.strip() == _ANY:
        return ()
    matches = [_ETAG.fullmatch(tag) for tag in map(str.strip, if_match.split(",")) if tag]
    versions = tuple(int(match[1]) for match in matches if match)
    if not versions or len(versions) < len(matches):
        raise UnknownETag
    return versions


async def keyed(
    request: Request, response: Response, caller: Calling, idempotency_key: IdempotencyKey, prefer: Prefer = None
) -> Writing:
    spares = getattr(request.scope["route"], "spares_body", False)  # only an act can be answered without a body
    minimal = prefer is not None and spares and wants_minimal(request)
    return Writing(http_context(request), caller, request, response, idempotency_key, minimal=minimal)


async def writing(writing: Annotated[Writing, Depends(keyed)], dry_run: AskedDry = False) -> Writing:
    return replace(writing, dry=True) if dry_run else writing


async def writing_on_dispute(writing: Annotated[Writing, Depends(writing)], if_match: IfMatch = None) -> Writing:
    return writing if if_match is None else replace(writing, expected=versions_of(if_match))


async def writing_on_version(writing: Annotated[Writing, Depends(writing)], if_match: IfMatchRequired) -> Writing:
    """Raises IfMatchMissing."""
    if not (expected := versions_of(if_match)):
        raise IfMatchMissing
    return replace(writing, expected=expected)


Keyed = Annotated[Writing, Depends(keyed)]
"""Requests under a key that are no acts: they record nothing, so there is nothing to try first."""

Write = Annotated[Writing, Depends(writing)]
WriteOnDispute = Annotated[Writing, Depends(writing_on_dispute)]
WriteOnVersion = Annotated[Writing, Depends(writing_on_version)]
"""Acts that concern no dispute yet; acts on a dispute; and acts that require the version that was read."""
