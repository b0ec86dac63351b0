"""Five hundred readers follow one worker: does each hear of everything that they may see, how soon, and what does it take?"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter
from uuid import UUID, uuid4

from domain.kernel.base import Role
from tests.harness.benchmarks import filings
from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.busy_desk import appoint, at_once
from tests.harness.benchmarks.console_server import Console, person, signed_in
from tests.harness.benchmarks.findings import Row, percentiles
from tests.harness.benchmarks.on_screen import SHOWN, open_page, painted
from tests.harness.benchmarks.readers import Reader, listening

HEARD = SHOWN
"""Seconds from the storing of an event until a reader has it."""

_DESKS = 3
"""How many pages of the same desk a neutral has open."""
_CASES = 9
"""How many cases a supervisor has open, beside the desk."""

_PAUSE = 0.1
"""Seconds between two acts."""


@dataclass(frozen=True, slots=True)
class _Readers:
    """Those of a neutral who has no case; of the neutral of the desk; and of supervisors, at the desk and by case."""

    strangers: Sequence[Reader]
    neutral: Sequence[Reader]
    supervisors: Sequence[Reader]
    cases: Mapping[UUID, Sequence[Reader]]

    @property
    def all(self) -> list[Reader]:
        return [
            *self.strangers,
            *self.neutral,
            *self.supervisors,
            *(one for many in self.cases.values() for one in many),
        ]


async def watched(bench: Bench, shown: Console) -> list[Row]:
    """All readers of one worker at once. Raises TimeoutError when one does not hear what they may see, and RuntimeError when
    one hears of what they may not.
    """
    times = bench.effort.rounds * bench.effort.turns
    await at_once(shown.services)
    readers, before = await _signed_in(shown, bench.effort.readers), shown.place.memory()
    async with listening(shown.place.port, readers.all):
        memory = (shown.place.memory() - before) / len(readers.all)
        idle = await _at_rest(shown)
        busy, asking = shown.place.busy(), asyncio.create_task(_ask(shown))
        late = await _acts(shown, readers, times)
        spent = (shown.place.busy() - busy) / (times)
        asking.cancel()
        asked = await asking
        async with open_page(shown) as page:
            seen = await painted(page, shown, times // 2)
    number = len(readers.all)
    told = f"{times} acts, {len(late):,} times an event"
    return [
        percentiles(f"{number} readers: stored to heard, by everybody who may hear it ({told})", late, HEARD),
        percentiles(f"{number} readers: stored to painted in a page beside them ({len(seen)} times)", seen, SHOWN),
        percentiles(f"{number} readers: My day of the neutral, asked for at the same time ({len(asked)} times)", asked),
        Row(
            f"{number} readers: memory of a stream; processor for an act and its events; at rest",
            f"{memory / 1000:.0f} kB; {1000 * spent:.0f} ms; {100 * idle:.1f} % of a core",
        ),
    ]


async def _signed_in(shown: Console, number: int) -> _Readers:
    """A neutral who has many cases, supervisors who each watch some of them, and neutrals who have none yet."""
    services, desk = shown.services, shown.desk
    ours = max(1, min(number // 20, 25))  # nobody may have more than 30 streams
    supervisors = {uuid4(): Role.SUPERVISOR for _ in range(ours)}
    strangers = dict.fromkeys(await appoint(services, max(1, (number - ours * (2 + _CASES)) // _DESKS)), Role.NEUTRAL)
    secrets = {who: await signed_in(services, who, role) for who, role in {**supervisors, **strangers}.items()}
    cases = {
        case: [Reader(f"/disputes/{case}/live", secrets[who]) for who in supervisors] for case in desk.busy[:_CASES]
    }
    return _Readers(
        strangers=[Reader("/live", secrets[who]) for who in strangers for _ in range(_DESKS)],
        neutral=[Reader("/live", shown.secrets[Role.NEUTRAL]) for _ in range(ours)],
        supervisors=[Reader("/live", secrets[who]) for who in supervisors],
        cases=cases,
    )


async def _acts(shown: Console, readers: _Readers, number: int) -> list[float]:
    """The seconds from the storing of each event until each reader has it who may see it."""
    late, cases = list[float](), [*readers.cases]
    for turn in range(number):
        for reader in readers.all:
            reader.heard.clear()
        if turn % 2:
            case, kind = await _called(shown, turn), "Escalated"
            concerned = [*readers.supervisors, *readers.neutral, *readers.strangers]  # it waits for any neutral
        else:
            case, kind = cases[turn // 2 % len(cases)], "MessagePosted"
            await shown.message(case, f"This is act {turn}.")
            concerned = [*readers.supervisors, *readers.neutral, *readers.cases[case]]
        heard = await asyncio.gather(*(reader.hears(case, kind) for reader in concerned))
        stored = await shown.stored(case, kind)
        late += [at - stored for at in heard]
        if any(one.dispute_id == case for reader in readers.all if reader not in concerned for one in reader.heard):
            raise RuntimeError(f"somebody heard of a {kind} who may not see it")
        await asyncio.sleep(_PAUSE)
    return late


async def _called(shown: Console, number: int) -> UUID:
    """A new dispute, in which the buyer asks for a neutral."""
    filed = await shown.send("/v1/disputes", filings.filing(number))
    await shown.send(f"/v1/disputes/{filed['id']}/escalation", None, {"Mediation-As": "buyer"})
    return UUID(filed["id"])


async def _ask(shown: Console) -> list[float]:
    """Asks for one page after another until cancelled."""
    late = list[float]()
    async with person(shown.place, shown.secrets[Role.NEUTRAL]) as http:
        with suppress(asyncio.CancelledError):
            while True:
                before = perf_counter()
                (await http.get("/")).raise_for_status()
                late.append(perf_counter() - before)
                await asyncio.sleep(_PAUSE)
    return late


async def _at_rest(shown: Console) -> float:
    """The share of a core that the worker takes while nothing happens."""
    began, busy = perf_counter(), shown.place.busy()
    await asyncio.sleep(1)
    return (shown.place.busy() - busy) / (perf_counter() - began)
