"""A writer does one act after another. It repeats each under the same key until it has an answer.

When a promotion has lost facts, it does what a careful caller does: it repeats, in order and under the same keys, every
act that it got an answer for since the standby had got nothing more.
"""

import asyncio
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import islice
from random import Random
from time import monotonic_ns
from typing import Any

from psycopg import AsyncConnection

from domain.kernel.base import Event
from domain.kernel.refusals import Refusal
from mediation.engine import Contended, Engine, KeyReused, Request
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import PASSING
from mediation.store.follow.follow import Follow
from mediation.store.log.log import EventLog
from mediation.store.log.requests import Append, Pending, Repeated, Stale, Stored
from tests.harness.soak.cases import MARKETPLACE, Act, ident
from tests.harness.soak.facts import Tally, Ticked, Venom
from tests.harness.soak.journal import Journal, Past
from tests.harness.soak.plan import WAIT, Plan
from tests.harness.soak.script import Op, Ticks


class Promoted(Exception):
    """A standby that lacked facts was promoted."""


LATER = (*PASSING, Contended)
"""Errors after which the writer tries again."""

_PAUSE = 0.05
_READ_EVERY = 20
_IMPATIENT = 0.05

_POSITION = "SELECT position FROM progress WHERE name = %b"


class Writer:
    """`may` holds the writer back while the views are too far behind. `stopping` is set when it has to end."""

    def __init__(
        self,
        number: int,
        journal: Journal,
        plan: Plan,
        log: EventLog,
        engine: Engine,
        follow: Follow,
        clocks: Clocks,
        *,
        may: asyncio.Event,
        stopping: asyncio.Event,
    ) -> None:
        self.number = number
        self._journal = journal
        self._plan = plan
        self._log = log
        self._engine = engine
        self._follow = follow
        self._clocks = clocks
        self._may = may
        self._stopping = stopping
        self._past = Past()

    async def run(self, program: Callable[[], Iterator[Op]], past: Past) -> None:
        """`program` gives all acts of this writer, from the first one."""
        self._past = past
        while True:
            try:
                await self._go_on(islice(program(), past.done, None))
                return
            except Promoted:
                lost_since = self._promotions()
                first = min(past.first_since(at) for at in lost_since[past.promotions :])
                last = past.done - (past.pending is None)
                self._journal.note("rewind", w=self.number, n=first, last=last, promotions=len(lost_since))
                past.rewind(first, len(lost_since))

    async def _go_on(self, todo: Iterator[Op]) -> None:
        past = self._past
        if past.pending is not None:
            await self._settle(next(todo))
        for op in todo:
            if not self._stopping.is_set():
                await self._may.wait()
            self._look_for_promotion()
            if self._stopping.is_set() and op.n >= past.redo:
                return
            self._journal.note("begin", **op.intent(), key=_key(op).hex())
            past.pending = {}
            await self._settle(op)
            await asyncio.sleep(self._plan.rest)

    def _promotions(self) -> list[int]:
        file = self._plan.promotions
        return [int(line) for line in file.read_text().splitlines()] if file.exists() else []

    def _look_for_promotion(self) -> None:
        """Raises Promoted."""
        if len(self._promotions()) > self._past.promotions:
            raise Promoted

    async def _settle(self, op: Op) -> None:
        does = op.does
        attempt: Callable[[], Any] = (
            (lambda: self._act(op, does)) if isinstance(does, Act) else (lambda: self._append(op, does))
        )
        impatient = Random(op.id.int)
        while True:
            self._look_for_promotion()
            if (answer := await self._tried(attempt, impatient)) is not None:
                break
            await asyncio.sleep(_PAUSE)
        self._past.ended(monotonic_ns())
        await self._journal.keep("end", w=op.writer, n=op.n, **answer)
        if answer["outcome"] == "stored" and op.n % _READ_EVERY == 0:
            await self._read(answer["last"])

    async def _tried(self, attempt: Callable[[], Any], impatient: Random) -> dict[str, Any] | None:
        """Some attempts stop waiting in the middle, as callers do. The writer learns the result when it tries again."""
        patience = impatient.uniform(0, 0.02) if impatient.random() < _IMPATIENT else None
        try:
            async with asyncio.timeout(patience):
                answer: dict[str, Any] | None = await attempt()
        except (*LATER, TimeoutError):
            return None
        except Promoted:
            raise
        except Exception as error:
            self._journal.note("odd", w=self.number, what=f"{type(error).__name__}: {error}")
            return None
        return answer

    async def _act(self, op: Op, act: Act) -> dict[str, Any]:
        now = await self._clocks.now(MARKETPLACE)
        request = Request(key=_key(op), fingerprint=_key(op)[::-1], correlation_id=op.id)
        try:
            outcome = await self._engine.handle(act.make(now), request)
        except KeyReused:
            raise
        except Refusal as refusal:
            return {"outcome": refusal.code}
        answer: dict[str, Any] = {
            "outcome": "nothing" if outcome.position is None else "stored",
            "last": outcome.position,
        }
        if act.what == "ConfirmRefund" and outcome.case.refund is not None:
            dispute = outcome.dispute
            answer |= {"order": str(dispute.transaction_id), "refund": str(outcome.case.refund.id)}
            answer["minor"] = outcome.case.refund.amount.minor
        return answer

    async def _append(self, op: Op, ticks: Ticks) -> dict[str, Any] | None:
        now = await self._clocks.now(MARKETPLACE)
        facts: list[Pending] = []
        shared = [s.stream for s in ticks.segments if s.version is None]
        reached = (await self._log.read([(stream, 0) for stream in shared])).streams if shared else {}
        for segment in ticks.segments:
            first = segment.version
            if first is None:
                first = len(reached[segment.stream]) + 1
            for version in range(first, first + segment.events):
                event = _event(op, ticks, len(facts))
                facts.append(Pending(segment.stream, version, segment.about, now, event))
        actor = ident("writer", op.writer)
        append = Append(MARKETPLACE, actor, op.id, op.id, tuple(facts), _key(op), _key(op)[::-1])
        match await self._log.append(append):
            case Stored() | Repeated() as done:
                return {
                    "outcome": "stored",
                    "first": done.first_position,
                    "last": done.last_position,
                    "events": done.events,
                }
            case Stale():
                self._look_for_promotion()
                if not shared:
                    raise AssertionError("a stream that nobody else writes to has moved on")
                return None

    async def _read(self, position: int) -> None:
        """If the view is reported to have reached a position, the row must be there. The connection was opened before
        that report: if a crash ends it in between, the read proves nothing."""
        promotions = len(self._promotions())
        try:
            async with await AsyncConnection.connect(self._plan.conninfo, autocommit=True) as connection:
                if not await self._follow.caught_up(Tally().name, position, WAIT):
                    self._journal.note("late", w=self.number, asked=position)
                    return
                row = await (await connection.execute(_POSITION, [Tally().name], binary=True)).fetchone()
        except LATER:
            return
        if len(self._promotions()) > promotions:
            return  # the position may be another fact's now
        self._journal.note("read", w=self.number, asked=position, seen=row[0] if row else 0)


def _key(op: Op) -> bytes:
    return sha256(op.id.bytes).digest()


def _event(op: Op, ticks: Ticks, i: int) -> Event:
    if ticks.venom and i == 0:
        return Venom(writer=op.writer, n=op.n, i=i)
    said = "Guten Tag" if i == 0 and op.n % 4 == 0 else None
    return Ticked(writer=op.writer, n=op.n, i=i, subject=ident("writer", op.writer), said=said)
