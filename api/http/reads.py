"""How a read is answered: not before a position, as of an instant; and how sealed values are opened, at the last moment."""

from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any, ParamSpec, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Query
from starlette.requests import Request

from api.acts.visibility import Viewer
from api.disputes.filing.asked import with_asked
from api.http.answers import ActionWithExample
from api.http.bodies import When
from api.http.context import HttpContext, http_context
from api.http.identity import Caller, Calling
from api.http.problem_kinds import ViewBehind
from api.http.words import AcceptLanguage
from api.words.languages import asked_for
from domain.dispute.state import Dispute
from domain.duties import Duty, duties
from domain.filing.representation import check_may_speak
from domain.incidents.incident_facts import Incident
from domain.kernel.base import Role
from domain.kernel.places import TimeZone
from domain.kernel.refusals import Forbidden, Malformed, UnknownDispute
from domain.moves import by_now
from domain.neutral.mandate_facts import Mandate
from domain.policy.policy import Policy
from mediation.store.follow import parking
from projections import case_file, incidents
from projections.lives import NOW, Asked
from projections.paging import MAX_LIMIT, Page
from projections.table import Doc
from projections.view import View

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

PATIENCE = 5.0
"""Seconds for which a read waits until its view has caught up."""

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="At most so many items.")]
Cursor = Annotated[str | None, Query(max_length=500, description="The `next` of the previous page.")]
AtLeast = Annotated[
    str | None,
    Header(
        alias="At-Least",
        max_length=200,
        description="The `position` that an act has answered. The answer to this read shows at least what that act "
        "led to.",
    ),
]
AsOf = Annotated[When | None, Query(description="As it stood then: what had happened by that instant.")]
KnownAt = Annotated[
    When | None, Query(description="As it was known then: what the engine had learned by that instant.")
]


class NotInOffice(Forbidden):
    """You have no mandate in this marketplace, or your mandate is closed.

    Why: A neutral acts under a mandate. When it ends, access to the disputes ends with it.

    What to do: Ask an administrator for a mandate in this marketplace.
    """


class NotYetKnown(Malformed):
    """`as_of`, `known_at` or `to` lies in the future.

    Why: The state at an instant is known only when the instant has come.

    What to do: Send an instant of at most `now`, or leave the parameter out for the present state.

    Example: {"parameter": "as_of", "now": "2026-11-02T10:00:00+00:00"}
    """


class Moment:
    """What the parts of one page have read for one caller. Each thing is read once, and all parts show the same state of it."""

    def __init__(self) -> None:
        self._read: dict[Hashable, Any] = {}

    async def once(self, what: Hashable, read: Callable[[], Awaitable[T]]) -> T:
        if what not in self._read:
            self._read[what] = await read()
        found: T = self._read[what]
        return found


class _Anew(Moment):
    """Nothing is kept: whoever reads again sees what has changed."""

    async def once(self, what: Hashable, read: Callable[[], Awaitable[T]]) -> T:
        return await read()


ANEW: Moment = _Anew()


@dataclass(frozen=True, slots=True)
class Reading:
    """One read of a route. `about` is the dispute in its address. `asked` is the instant that it asks for. `zone` is the
    time zone of the reader's own clock, where it is known. The reads of one page share a `moment`. All others read anew each
    time.
    """

    http: HttpContext
    caller: Caller
    route: str
    at_least: int
    about: UUID | None = None
    accept_language: str | None = None
    asked: Asked = NOW
    zone: TimeZone | None = None
    moment: Moment = ANEW

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.caller)

    @property
    def known_until(self) -> datetime:
        """No fact is recorded later. `recorded_at` is the machine's time, also where a clock was turned."""
        return max(self.caller.at, datetime.now(UTC))

    def then(self, asked: Asked) -> "Reading":
        """The same, as of another instant. Raises NotYetKnown."""
        for name, instant, last in (
            ("as_of", asked.as_of, self.caller.at),
            ("known_at", asked.known_at, self.known_until),
        ):
            if instant is not None and instant > last:
                raise NotYetKnown(parameter=name, now=last.isoformat())
        return replace(self, asked=asked)

    async def see(self, view: View[Any], read: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of a query of a view, once the view has reached the position.

        Raises ViewBehind, also if the view has parked what happened at that position, or the dispute that is asked for.
        """
        follow = self.http.services.follow
        while True:
            doubts = follow.doubts
            if self.at_least:
                await self._reached(view, kwargs.get("dispute_id") or self.about)
            found = await read(*args, **kwargs)
            if not self.at_least or follow.doubts == doubts:
                return found

    async def _reached(self, view: View[Any], dispute_id: Any) -> None:
        title, services = view.name.partition("@")[0], self.http.services
        if not await services.follow.caught_up(view.name, self.at_least, PATIENCE):
            raise ViewBehind(title, parked=False)
        if await parking.lacks(services.pool, view.name, self.at_least, dispute_id):
            raise ViewBehind(title, parked=True)

    async def page(
        self,
        view: View[R],
        read: Callable[..., Awaitable[Page[R]]],
        limit: int,
        cursor: str | None,
        **filters: Any,
    ) -> Page[R]:
        """A page of the marketplace's rows, with `next` sealed. Raises ViewBehind, UnknownToken, UnknownCursor."""
        pool, marketplace, place = self.http.services.pool, self.caller.marketplace, self.cursor(cursor)
        page = await self.see(view, read, pool, marketplace, **filters, limit=limit, cursor=place)
        return replace(page, next=self.next(page.next))

    async def case(self, dispute_id: UUID) -> Doc:
        """The case file, sealed, as of the instant asked for. The present state decides who may see it.

        Raises NoLongerRepresents, and UnknownDispute, also for a dispute that this viewer may not see.
        """
        doc, _, _ = await self._standing(dispute_id)
        return doc

    async def case_and_actions(self, dispute_id: UUID) -> tuple[Doc, list[ActionWithExample]]:
        """The case file, and what the caller may do in exactly that state. As of another instant there are no actions.

        Raises what `case` raises.
        """
        doc, dispute, policy = await self._standing(dispute_id)
        if self.asked != NOW:
            return doc, []
        grouped, engine, caller = dispute.membership.incident, self.http.services.engine, self.caller
        incident = await engine.incident(grouped, caller.marketplace) if grouped else None
        untold = dispute.deadlines.awaiting_notice
        notices = await engine.notices(dispute_id, caller.marketplace) if untold else None
        return doc, self.http.actions.with_examples(dispute, policy, caller.actor, caller.at, incident, notices)

    async def case_and_duties(self, dispute_id: UUID) -> tuple[Doc, list[Duty], TimeZone]:
        """The case file, what the caller must do in exactly that state, and the time zone in which the caller reads of it.

        Raises what `case` raises.
        """
        doc, dispute, policy = await self._standing(dispute_id)
        then = by_now(dispute, policy, self.caller.at)
        return doc, duties(then, policy, self.caller.actor, self.caller.at), self.clock(doc, policy)

    def clock(self, doc: Doc, policy: Policy) -> TimeZone:
        """A party reads times in its own zone, everybody else in that of their own clock, or else of the marketplace's desk."""
        side = self.caller.side
        return str(doc[side.value]["time_zone"]) if side else self.zone or policy.desk.time_zone

    async def _standing(self, dispute_id: UUID) -> tuple[Doc, Dispute, Policy]:
        """The case file as of the instant asked for, the present state, and the policy of both."""
        return await self.moment.once(("standing", dispute_id, self.asked), lambda: self._read_standing(dispute_id))

    async def _read_standing(self, dispute_id: UUID) -> tuple[Doc, Dispute, Policy]:
        services, caller = self.http.services, self.caller
        dispute, version, policy = await services.engine.dispute(dispute_id, caller.marketplace, caller.side)
        check_may_speak(dispute, caller.actor)
        doc = await self._at_version(dispute_id, version)
        if not self.viewer.may_see(doc):
            raise UnknownDispute(dispute_id=str(dispute_id))
        if self.asked != NOW:
            facts = await services.log.of_dispute(dispute_id, as_of=self.asked.as_of, known_at=self.asked.known_at)
            if (then := case_file.of(facts, caller.side)) is None:
                raise UnknownDispute(dispute_id=str(dispute_id))
            doc = then
        return with_asked(await self.with_shared(doc, policy), policy, self.at, self.reads(doc)), dispute, policy

    def reads(self, doc: Doc) -> tuple[str, ...]:
        """The languages of the caller, the most wanted first: those of `Accept-Language`, then a party's own."""
        side = self.caller.side
        own = (str(doc[side.value]["language"]),) if side else ()
        return (*asked_for(self.accept_language), *own)

    @property
    def at(self) -> datetime:
        """The instant asked for, on the clock of the caller's marketplace."""
        known_at = self.asked.known_at and self.caller.clock.showed(self.asked.known_at)
        return self.asked.as_of or known_at or self.caller.at

    async def mandate(self) -> Mandate | None:
        """The caller's mandate. None for somebody who is no neutral."""
        return await _mandate(self.http, self.caller, self.moment) if self.caller.role is Role.NEUTRAL else None

    async def incident(self, incident_id: UUID) -> tuple[Doc, Incident]:
        """An incident's document, sealed, and its state. Raises UnknownIncident."""
        incident = await self.http.services.engine.incident(incident_id, self.caller.marketplace)
        doc = await self._incident(incident_id)
        assert doc is not None, "the engine has just read its opening"
        return doc, incident

    async def _incident(self, incident_id: UUID) -> Doc | None:
        """As of the instant asked for. It folds the stream itself, which is short: a shared message shows at once."""
        facts = (await self.http.services.log.read([(incident_id, 0)])).streams[incident_id]
        return incidents.of(self.asked.told(facts))

    async def with_shared(self, doc: Doc, policy: Policy) -> Doc:
        """The document with what the dispute's incident shared by then."""
        if doc["incident"] is None:
            return {**doc, "shared": []}
        return incidents.shared(doc, await self._incident(UUID(doc["incident"]["id"])), policy)

    async def _at_version(self, dispute_id: UUID, version: int) -> Doc:
        """The document. If something was recorded since the engine read `version`, a fold over the log up to that."""
        services, side = self.http.services, self.caller.side
        doc = await case_file.get(services.pool, services.log, self.caller.marketplace, dispute_id, side)
        if doc is not None and doc["version"] == version:
            return doc
        folded = case_file.of(await services.log.of_dispute(dispute_id), side, until=version)
        assert folded is not None, "the engine has just read its filing"
        return folded

    async def open(self, value: Any) -> Any:
        return await self.http.services.codec.open(value, self.caller.marketplace)

    def cursor(self, sealed: str | None) -> str | None:
        """Raises UnknownToken."""
        if sealed is None:
            return None
        return self.http.opaque.open("cursor", self.caller.marketplace, sealed, of=self.route)

    def next(self, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        return self.http.opaque.seal("cursor", self.caller.marketplace, cursor, of=self.route)


async def reading(
    request: Request, caller: Calling, at_least: AtLeast = None, accept_language: AcceptLanguage = None
) -> Reading:
    about = None
    with suppress(KeyError, ValueError):  # the route refuses what is no id
        about = UUID(request.path_params["dispute_id"])
    route = request.scope["route"].name
    return await admitted(
        http_context(request), caller, route, about, at_least=at_least, accept_language=accept_language
    )


async def admitted(
    http: HttpContext,
    caller: Caller,
    route: str,
    about: UUID | None = None,
    *,
    at_least: str | None = None,
    accept_language: str | None = None,
    moment: Moment = ANEW,
) -> Reading:
    """The read of a caller whom the gate let in. Raises NotInOffice, UnknownToken."""
    if caller.role is Role.NEUTRAL:
        await _check_in_office(http, caller, moment)
    position = 0 if at_least is None else int(http.opaque.open("position", caller.marketplace, at_least))
    return Reading(http, caller, route, position, about, accept_language, moment=moment)


async def _check_in_office(http: HttpContext, neutral: Caller, moment: Moment) -> None:
    """A token outlives a closed mandate. Raises NotInOffice."""
    mandate = await _mandate(http, neutral, moment)
    if mandate is None or mandate.closed:
        raise NotInOffice


async def _mandate(http: HttpContext, neutral: Caller, moment: Moment) -> Mandate | None:
    about = (neutral.subject, neutral.marketplace)
    return await moment.once(("mandate", *about), lambda: http.services.engine.mandate(*about))


async def reading_as_of(
    request: Request,
    caller: Calling,
    at_least: AtLeast = None,
    accept_language: AcceptLanguage = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> Reading:
    now = await reading(request, caller, at_least, accept_language)
    return now.then(Asked(as_of, known_at))


Read = Annotated[Reading, Depends(reading)]
ReadAsOf = Annotated[Reading, Depends(reading_as_of)]
