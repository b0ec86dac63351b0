"""A command on a long dispute and on a short one: with the stream in the worker's cache, and from the log."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

from domain.commitments.events import CommitmentKind, Participant
from domain.commitments.promising import MakeCommitment
from domain.commitments.waiving import WaiveCommitment
from domain.evidence.exhibit_facts import NewExhibit
from domain.evidence.exhibits import AddExhibit
from domain.kernel.base import Role
from domain.settlement.negotiation import MakeOffer
from mediation.engine import Engine, Handled
from tests import today
from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.findings import Findings, Row, Verdict, milliseconds, times
from tests.harness.benchmarks.rounds import Timed, alternate, middle_percentile
from tests.worlds import MARKETPLACE, WORDS, World, actor, euros, filing, order, world

SHORT, LONG = 10, 1_000
_ACTS = 200


class Dispute:
    """One dispute, in which a commitment is made and waived in turn: the same two commands, however long it is."""

    def __init__(self, world: World, dispute_id: UUID) -> None:
        self._world = world
        self._id = dispute_id
        self._owed: UUID | None = None
        self.version = 0

    async def promise(self, engine: Engine) -> Handled:
        if self._owed is None:
            outcome = await engine.handle(MakeCommitment(**self._by(Role.SELLER), **_promise()))
            (self._owed,) = outcome.dispute.commitments.open
        else:
            outcome = await engine.handle(WaiveCommitment(**self._by(Role.BUYER), commitment_id=self._owed))
            self._owed = None
        self.version = outcome.versions["dispute"]
        return outcome

    async def fill(self, events: int, exhibits: int, offers: int) -> None:
        engine = self._world.engine
        for _ in range(exhibits):
            await engine.handle(AddExhibit(**self._by(Role.BUYER), exhibit=NewExhibit(description=WORDS)))
        for n in range(offers):
            await engine.handle(MakeOffer(**self._by(Role.SELLER), amount=euros(f"{20 + n % 90}.00"), message=WORDS))
        while self.version < events:
            await self.promise(engine)

    def _by(self, role: Role) -> dict[str, Any]:
        now = today.now()
        return {"marketplace": MARKETPLACE, "actor": actor(role), "now": now, "dispute_id": self._id}


def _promise() -> dict[str, Any]:
    due_at = today.now() + timedelta(days=2)
    return {
        "kind": CommitmentKind.REPLY,
        "owed_by": Participant.SELLER,
        "owed_to": Participant.BUYER,
        "due_at": due_at,
        "note": WORDS,
    }


async def filed(world: World) -> Dispute:
    outcome = await world.engine.handle(filing(order("129.90", now=today.now())))
    return Dispute(world, outcome.dispute.id)


async def acts(dispute: Dispute, engine: Callable[[], Engine], number: int) -> Timed:
    latencies = []
    began = perf_counter()
    for _ in range(number):
        before, used = perf_counter(), engine()
        await dispute.promise(used)
        latencies.append(perf_counter() - before)
    return Timed(perf_counter() - began, latencies)


async def warm(bench: Bench) -> Findings:
    number = max(int(_ACTS * min(bench.effort.seconds, 1.0)), 4)
    with bench.database() as conninfo:
        async with world(conninfo) as w:
            found = await alternate(bench.effort.rounds, lambda: _round(w, number))
    short, long, cold_short, cold_long = zip(*found[0], strict=True)
    medians = [middle_percentile(each, 50) for each in (short, long, cold_short, cold_long)]
    factor = medians[1] / medians[0]
    return Findings(
        "A command on a long dispute",
        f"One command after another on a dispute that begins with {LONG:,} events (exhibits, offers, commitments) and on one "
        f"of {SHORT}: a commitment is made, a commitment is waived. Warm: the worker has the streams in its cache, and asks "
        "the log for what is new. Cold: a worker that has nothing.",
        [
            Row(
                f"a command on a warm dispute of {LONG:,} events",
                milliseconds(medians[1]),
                f"{milliseconds(medians[0])} (of {SHORT})",
                times(factor),
                "1.5×",
                Verdict.of(factor <= 1.5),
            ),
            Row(
                f"the same cold, of {LONG:,} events",
                milliseconds(medians[3]),
                f"{milliseconds(medians[2])} (of {SHORT})",
                times(medians[3] / medians[2]),
            ),
        ],
    )


async def _round(w: World, number: int) -> tuple[Timed, Timed, Timed, Timed]:
    """Uses disputes of its own, because each act makes them longer; short and long in turn."""
    short, long = await filed(w), await filed(w)
    await short.fill(SHORT, exhibits=2, offers=1)
    await long.fill(LONG, exhibits=60, offers=120)

    def turn(dispute: Dispute, engine: Callable[[], Engine]) -> Callable[[], Awaitable[Timed]]:
        return lambda: acts(dispute, engine, 2)

    turns = [turn(dispute, engine) for engine in (lambda: w.engine, w.another_worker) for dispute in (short, long)]
    taken = await alternate(number // 2, *turns)
    one, two, three, four = (
        Timed(sum(timed.elapsed for timed in arm), [latency for timed in arm for latency in timed.latencies])
        for arm in taken
    )
    return one, two, three, four
