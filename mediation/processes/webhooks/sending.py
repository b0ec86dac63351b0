"""Sends what is due, many deliveries at a time, and tries again what did not arrive.

A delivery is claimed, its body is stored, and then it is sent. So a worker that is killed leaves a delivery that another one
sends again, with the same id, number and body. What is claimed for an endpoint is bounded, and nothing waits for it but itself.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from uuid import UUID

import structlog

from mediation.gateways.webhooks.post import Answer, Post
from mediation.processes.tasks import LONGEST_SLEEP, SOON
from mediation.processes.webhooks.deliveries import AT_ONCE, BEGUN_WITHIN, Attempt, Deliveries, Delivery
from mediation.processes.webhooks.endpoints import Endpoint, Endpoints
from mediation.processes.webhooks.signing import Signers
from mediation.processes.webhooks.telling import Teller
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import describe
from mediation.store.tasks import end

_GATHER = 0.005
"""Seconds in which attempts that end are gathered, to be stored together."""

_SWEPT = 3600.0
"""Seconds between two looks for attempts that are over."""

_log = structlog.get_logger(__name__)


@dataclass
class _Queue:
    """What is claimed for one endpoint. Once something does not arrive, the rest is given back: there may be a pause now."""

    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    failed: bool = False


class WebhookSending:
    """`made` is set when a delivery was made in this worker. Those of other workers are found at intervals."""

    name = "webhooks_sending"

    def __init__(
        self,
        deliveries: Deliveries,
        endpoints: Endpoints,
        clocks: Clocks,
        teller: Teller,
        post: Post,
        made: asyncio.Event,
    ) -> None:
        self._deliveries = deliveries
        self._endpoints = endpoints
        self._clocks = clocks
        self._teller = teller
        self._post = post
        self._wake = made
        self._under_way: dict[asyncio.Task[None], UUID] = {}
        self._queues: dict[UUID, _Queue] = {}
        self._unsent: list[UUID] = []
        self._ended: list[Attempt] = []
        self._swept = -_SWEPT

    async def run(self) -> None:
        """Runs until cancelled. What is under way then is sent again later."""
        try:
            while True:
                woken = self._wake.is_set()
                self._wake.clear()
                found = await self.work()
                with suppress(TimeoutError):
                    async with asyncio.timeout(SOON if woken and not found else LONGEST_SLEEP):
                        await self._wake.wait()
                await asyncio.sleep(_GATHER)
        finally:
            await end(self._under_way)
            self._under_way.clear()

    async def work(self) -> int:
        """Stores what has ended, and begins to send what is due. Returns how many deliveries it began."""
        ended, unsent = self._ended, self._unsent
        self._ended, self._unsent = [], []
        if ended:
            await self._settle(ended)
        if unsent:  # after the failure for which they were not sent
            await self._deliveries.release(unsent)
        if monotonic() - self._swept > _SWEPT:
            self._swept = monotonic()
            await self._deliveries.sweep(self._clocks.real())
        turned = await self._clocks.turned()
        until = monotonic() + BEGUN_WITHIN
        found = await self._deliveries.claim(self._clocks.real(), turned, Counter(self._under_way.values()))
        if found:
            await self._begin(found, until)
        return len(found)

    def wake(self) -> None:
        """Something became due."""
        self._wake.set()

    async def test(self, endpoint: Endpoint, message_id: str, body: str) -> Answer:
        """Sends a test event at once, also to an endpoint that is disabled. It is no delivery."""
        signers = await self._endpoints.signers(endpoint.id, endpoint.key_id, endpoint.sealed)
        now = await self._clocks.now(endpoint.marketplace)
        return await self._send(
            endpoint.url, message_id, body, signers, both=_still_signs(endpoint.previous_until, now)
        )

    async def _begin(self, found: Sequence[Delivery], until: float) -> None:
        bodies = {one.id: one.body for one in found if one.body is not None}
        if new := [one for one in found if one.body is None]:
            written = await self._teller.bodies(new)
            await self._deliveries.write(written)
            bodies |= written
        busy = {*self._under_way.values()}
        self._queues = {one: queue for one, queue in self._queues.items() if one in busy and not queue.failed}
        for one in found:
            queue = self._queues.setdefault(one.endpoint_id, _Queue())
            task = asyncio.create_task(self._carry_out(one, bodies[one.id], queue, until))
            self._under_way[task] = one.endpoint_id
            task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._under_way.pop(task, None)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("webhook_not_sent", error=describe(error) if isinstance(error, Exception) else repr(error))

    async def _carry_out(self, delivery: Delivery, body: str, queue: _Queue, until: float) -> None:
        async with queue.places:
            if queue.failed or monotonic() > until:
                self._unsent.append(delivery.id)
            else:
                await self._attempt(delivery, body, queue)

    async def _attempt(self, delivery: Delivery, body: str, queue: _Queue) -> None:
        try:
            signers = await self._endpoints.signers(delivery.endpoint_id, delivery.key_id, delivery.sealed)
        except LookupError:
            return  # it was deleted meanwhile
        now = await self._clocks.now(delivery.marketplace)
        both = _still_signs(delivery.previous_until, now)
        answer = await self._send(delivery.url, str(delivery.id), body, signers, both=both)
        at = await self._clocks.now(delivery.marketplace)
        self._ended.append(Attempt(delivery, answer, at))
        queue.failed = queue.failed or not answer.delivered

    async def _send(self, url: str, message_id: str, body: str, signers: Signers, *, both: bool) -> Answer:
        headers = signers.headers(message_id, datetime.now(UTC), body, both=both)
        return await self._post.send(url, body.encode(), {"content-type": "application/json", **headers})

    async def _settle(self, ended: Sequence[Attempt]) -> None:
        for one in await self._deliveries.settle(ended):
            event = "webhook_endpoint_fails" if one.why == "warned" else "webhook_endpoint_disabled"
            _log.warning(event, endpoint_id=str(one.endpoint_id), why=one.why, failing_since=one.since.isoformat())


def _still_signs(until: datetime | None, now: datetime) -> bool:
    return until is not None and now < until
