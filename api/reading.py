"""How a read comes in: no earlier than a position, as of an instant; and how what is sealed is opened, at the last moment."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Query
from starlette.requests import Request

from api.front import Front, front_of
from api.identity import Caller, Calling
from api.problems import ViewBehind
from api.schemas.answers import Action
from api.schemas.base import When
from api.viewer import Viewer
from domain.refusals import UnknownDispute
from projections import case_file
from projections.case_file import CASE_FILE
from projections.lives import NOW, Asked
from projections.paging import MAX_LIMIT
from projections.view import Doc, View

PATIENCE = 5.0
"""Seconds for which a read waits until its view has caught up."""

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="At most so many.")]
Cursor = Annotated[str | None, Query(max_length=500, description="The `next` of the page before.")]
AtLeast = Annotated[
    str | None,
    Header(
        alias="At-Least",
        max_length=200,
        description="The `position` that an act has answered: the answer shows at least what it led to.",
    ),
]
AsOf = Annotated[When | None, Query(description="As it stood then: what had happened by that instant.")]
KnownAt = Annotated[
    When | None, Query(description="As it was known then: what the engine had learned by that instant.")
]


@dataclass(frozen=True, slots=True)
class Reading:
    """One read. `asked` is the instant that it is about."""

    front: Front
    caller: Caller
    at_least: int
    asked: Asked = NOW

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.caller)

    async def wait_for(self, view: View[Any]) -> None:
        """Raises ViewBehind."""
        if self.at_least and not await self.front.services.follow.caught_up(view.name, self.at_least, PATIENCE):
            raise ViewBehind

    async def case(self, dispute_id: UUID) -> Doc:
        """The case file, sealed, as of the instant asked for. Who may see it is told by how it stands now.

        Raises UnknownDispute, also for what is not for this viewer.
        """
        await self.wait_for(CASE_FILE)
        services, marketplace = self.front.services, self.caller.marketplace
        doc = await case_file.get(services.pool, marketplace, dispute_id)
        if doc is None or not self.viewer.may_see(doc):
            raise UnknownDispute(dispute_id=str(dispute_id))
        if self.asked == NOW:
            return doc
        facts = await services.log.of_dispute(dispute_id, as_of=self.asked.as_of, known_at=self.asked.known_at)
        then = case_file.of(facts)
        if then is None:
            raise UnknownDispute(dispute_id=str(dispute_id))
        return then

    async def actions(self, dispute_id: UUID) -> list[Action]:
        """What the caller may do now; nothing, as of another instant."""
        if self.asked != NOW:
            return []
        dispute, _, policy = await self.front.services.engine.dispute(dispute_id, self.caller.marketplace)
        return self.front.actions.of(dispute, policy, self.caller.actor, self.caller.at)

    async def open(self, value: Any) -> Any:
        return await self.front.services.codec.open(value, self.caller.marketplace)

    def cursor(self, sealed: str | None) -> str | None:
        """Raises UnknownToken."""
        return None if sealed is None else self.front.opaque.open("cursor", self.caller.marketplace, sealed)

    def next(self, cursor: str | None) -> str | None:
        return None if cursor is None else self.front.opaque.seal("cursor", self.caller.marketplace, cursor)


async def reading(request: Request, caller: Calling, at_least: AtLeast = None) -> Reading:
    front = front_of(request)
    position = 0 if at_least is None else int(front.opaque.open("position", caller.marketplace, at_least))
    return Reading(front, caller, position)


async def reading_as_of(
    request: Request, caller: Calling, at_least: AtLeast = None, as_of: AsOf = None, known_at: KnownAt = None
) -> Reading:
    now = await reading(request, caller, at_least)
    return Reading(now.front, caller, now.at_least, Asked(as_of, known_at))


Read = Annotated[Reading, Depends(reading)]
ReadAsOf = Annotated[Reading, Depends(reading_as_of)]
