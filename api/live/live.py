"""Live: server-sent events that say which disputes have changed, for a desk or for one dispute.

    event: changed
    id: q3VbK1m0Y1n2qkzv0tK8pQhWcQ
    data: {"dispute_id": "0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11", "kinds": ["OfferMade"]}

An event names what is new and does not repeat it: whoever then reads the dispute sees what they may see. Its id is a position,
to send as `At-Least` of that read. `Last-Event-ID` resumes after an event. A reader who was away too long is told `reset`.

    event: presence
    data: {"dispute_id": "0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11"}

Somebody else came to a dispute, left it, or writes something else there. Only those are told who may read who is there
(`api.disputes.presence`). It is no fact, so it has no id, and is not told later to a reader who was away.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header
from starlette.requests import Request
from starlette.responses import StreamingResponse

from api.disputes import chronicle
from api.http.access import ROLES_BY_ROUTE
from api.http.auth import Unauthenticated
from api.http.problems import ON_READ, documented
from api.http.reads import ANEW, Read, Reading
from api.live.hub import Closed, Stream
from domain.kernel.base import Role
from domain.kernel.refusals import Refusal
from mediation.store.log.recorded import Recorded
from projections.caseload import Standing

router = APIRouter(tags=["History"])

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent. Proxies end a connection that is silent for longer."""

_RETRY = b"retry: 2000\n\n"
"""Milliseconds after which a browser comes back that was cut off."""
_BEAT = b": still here\n\n"

LastEventId = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID", max_length=200, description="The `id` of the last event that you have. Browsers send it."
    ),
]
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events, as long as the connection is open.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@router.get("/v1/live", responses=_EVENTS | documented(*ON_READ), response_class=StreamingResponse)
async def follow_desk(request: Request, reading: Read, last_event_id: LastEventId = None) -> StreamingResponse:
    """Says at once which disputes have changed, of all that you may see: server-sent events. `event: changed` names the
    dispute and the kinds of its new facts; its `id` is a position to send as `At-Least`. `event: reset` says that you were
    away too long: read everything anew. `event: presence` says that somebody else came to a dispute, left it, or writes
    something else there; it has no id and is not repeated after a cut. Parties, backends and auditors do not get it. A comment
    comes in every silence of 15 seconds. The stream ends with your token."""
    return await streamed(reading, None, last_event_id, _bearer(request, reading))


@router.get(
    "/v1/disputes/{dispute_id}/live", responses=_EVENTS | documented(*ON_READ), response_class=StreamingResponse
)
async def follow_dispute(
    dispute_id: UUID, request: Request, reading: Read, last_event_id: LastEventId = None
) -> StreamingResponse:
    """The same for one dispute."""
    return await streamed(reading, dispute_id, last_event_id, _bearer(request, reading))


def _bearer(request: Request, reading: Reading) -> Callable[[], Awaitable[object]]:
    token = request.headers["authorization"].split()[-1]

    async def verify() -> object:
        return reading.http.services.tokens.verify(token)

    return verify


async def streamed(
    reading: Reading, dispute_id: UUID | None, last_event_id: str | None, still: Callable[[], Awaitable[object]]
) -> StreamingResponse:
    """The stream for this reader. `still` raises Unauthenticated when the reader's right to be here has ended.

    Raises TooManyStreams, UnknownToken, UnknownDispute.
    """
    reading = replace(reading, moment=ANEW)  # a stream looks again each time
    if dispute_id is not None:
        await reading.case(dispute_id)
    services, caller = reading.http.services, reading.caller
    since = end = await services.log.last_position()
    if last_event_id is not None:
        since = int(reading.http.opaque.open("position", caller.marketplace, last_event_id))
    stream = reading.http.live.stream((caller.subject, caller.role.value, caller.marketplace), dispute_id)
    opened = stream.__enter__()  # a refusal is an answer of its own: it must come before the answer begins

    async def sent() -> AsyncIterator[bytes]:
        try:
            yield _RETRY
            reader = _Stream(reading, dispute_id, still, opened)
            if since > end:  # a log that was restored ends before it
                yield reader.reset(end)
            async for event in reader.events(min(since, end)):
                yield event
        finally:
            stream.__exit__(None, None, None)

    return StreamingResponse(
        sent(), media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )


@dataclass(frozen=True)
class _Stream:
    reading: Reading
    dispute_id: UUID | None
    still: Callable[[], Awaitable[object]]
    opened: Stream

    async def events(self, since: int) -> AsyncIterator[bytes]:
        """Ends when the reader may no longer read. That is asked before anything is sent."""
        live, clock = self.reading.http.live, asyncio.get_running_loop()
        with suppress(Unauthenticated, Closed, Refusal):  # a refusal: of somebody who sees this dispute no longer
            await self.still()
            silent_until = clock.time() + HEARTBEAT
            while True:
                sent = list[bytes]()
                try:
                    async with asyncio.timeout_at(silent_until):
                        facts = await live.after(since, self.opened)
                except TimeoutError:
                    sent = [_BEAT]
                else:
                    if facts is None:
                        since = await self.reading.http.services.log.last_position()
                        sent = [self.reset(since)]
                    else:
                        since = facts[-1].position if facts else since
                        told = await self._told([fact for fact in facts if self._mine(fact)])
                        present = await self._present(self.opened.take_present())
                        sent = [*self._changes(told), *map(_presence, present)]
                if not sent:
                    continue
                await self.still()
                for event in sent:
                    yield event
                silent_until = clock.time() + HEARTBEAT

    def _changes(self, told: Sequence[Recorded]) -> list[bytes]:
        """An event for each dispute."""
        by_dispute = defaultdict[UUID, list[Recorded]](list)
        for fact in told:
            if fact.dispute_id is not None:
                by_dispute[fact.dispute_id].append(fact)
        return [
            self._event(
                "changed",
                new[-1].position,
                dispute_id=str(dispute_id),
                kinds=[*dict.fromkeys(fact.kind for fact in new)],
            )
            for dispute_id, new in by_dispute.items()
        ]

    def reset(self, position: int) -> bytes:
        """Says that everything must be read anew. After it come the events from this position on."""
        return self._event("reset", position)

    def _mine(self, fact: Recorded) -> bool:
        if fact.dispute_id is None or fact.marketplace != self.reading.caller.marketplace:
            return False
        return self.dispute_id is None or fact.dispute_id == self.dispute_id

    async def _told(self, facts: Sequence[Recorded]) -> Sequence[Recorded]:
        """Those of which this reader may see anything."""
        if not facts:
            return facts
        reading, side = self.reading, self.reading.caller.side
        entries = [reading.http.live.entry(fact) for fact in facts]
        seen = chronicle.seen(reading, entries) if side is None else await chronicle.as_told(reading, side, entries)
        positions = {entry.position for entry in seen}
        told = [fact for fact in facts if fact.position in positions]
        neutral = reading.caller.role is Role.NEUTRAL
        if told and self.dispute_id is not None:
            if neutral or side is not None:  # of these, a dispute may become another's
                await reading.case(self.dispute_id)
        elif told and neutral:
            return await self._of_neutral(told)
        return told

    async def _of_neutral(self, facts: Sequence[Recorded]) -> Sequence[Recorded]:
        """Those about disputes in this neutral's list, and those by which a dispute leaves it."""
        about = {fact.dispute_id for fact in facts if fact.dispute_id}
        listed = self._listed(await self.reading.http.live.standings(about, facts[-1].position))
        me = self.reading.caller.subject
        return [fact for fact in facts if fact.dispute_id in listed or getattr(fact.event, "neutral", None) == me]

    def _listed(self, standings: Mapping[UUID, Standing]) -> set[UUID]:
        """Those in this neutral's list."""
        me = self.reading.caller.subject
        return {one.dispute_id for one in standings.values() if one.neutral == me or one.waits_for_a_neutral}

    async def _present(self, dispute_ids: set[UUID]) -> set[UUID]:
        """Those of which this reader may know who is there."""
        role = self.reading.caller.role
        if role not in ROLES_BY_ROUTE["get_presence"]:
            return set()
        if self.dispute_id is not None:
            return dispute_ids & {self.dispute_id}
        if not dispute_ids or role is not Role.NEUTRAL:
            return dispute_ids
        return self._listed(await self.reading.http.live.standings(dispute_ids, 0))

    def _event(self, name: str, position: int, **data: Any) -> bytes:
        sealed = self.reading.http.opaque.seal("position", self.reading.caller.marketplace, str(position))
        return f"event: {name}\nid: {sealed}\ndata: {json.dumps(data)}\n\n".encode()


def _presence(dispute_id: UUID) -> bytes:
    return f"event: presence\ndata: {json.dumps({'dispute_id': str(dispute_id)})}\n\n".encode()
