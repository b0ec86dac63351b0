"""How fast the engine's own process translates, through a service that takes 200 ms for a text."""

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import uuid4

from httpx import ASGITransport, AsyncClient

from api.app import create_app
from api.services import Services, services
from api.settings import Settings
from domain.kernel.base import Role
from mediation.gateways.translation.circuit import Translators
from mediation.gateways.translation.libretranslate import LibreTranslate
from mediation.processes.translations import AT_ONCE, TranslationProcess
from mediation.store.log.recorded import Recorded
from tests.gateways.translation.server import Behaviour, serving
from tests.harness.benchmarks.bench import Bench, name_of
from tests.harness.benchmarks.filings import MARKETPLACE, filing
from tests.harness.benchmarks.findings import Row, Verdict, rate, times
from tests.harness.benchmarks.rounds import alternate

PROVIDER = 0.2
"""Seconds that the service takes for each text."""

NEAR = 0.8
"""Of what the service allows: as many texts at a time as there may be, one after another without a pause."""

_DISPUTES = 5
_POLICY = {"version": "translated", "translation": {"engines": ["libretranslate"]}}
_ALL = 10_000


async def throughput(bench: Bench) -> list[Row]:
    each = min(20, bench.effort.events // 1_000 + 1)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        written = stack.enter_context(bench.database())
        await _write(written, folder, each)
        together, alone = await alternate(
            min(bench.effort.rounds, 3), *(partial(_round, bench, written, folder, number) for number in (AT_ONCE, 1))
        )
    ours, one = median(together), median(alone)
    allowed = AT_ONCE / PROVIDER
    return [
        Row(
            f"texts translated, {AT_ONCE} at a time",
            rate(ours, "texts"),
            f"{rate(one, 'texts')} (one at a time)",
            times(ours / one),
            f"≥ {rate(NEAR * allowed, 'texts')}",
            Verdict.of(ours >= NEAR * allowed),
        ),
    ]


async def _write(conninfo: str, folder: Path, each: int) -> None:
    """Disputes with so many messages each, which nobody has translated yet."""
    async with (
        services(Settings(database_url=conninfo, data_dir=folder), works=False) as running,
        AsyncClient(transport=ASGITransport(create_app(running)), base_url="http://bench") as http,
    ):

        async def send(path: str, body: object, role: Role, **headers: str) -> str:
            token = running.tokens.mint(subject=uuid4(), role=role, marketplace=MARKETPLACE)
            given = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4()), **headers}
            return str((await http.post(path, json=body, headers=given)).raise_for_status().json().get("id"))

        await send("/v1/policies", _POLICY, Role.ADMINISTRATOR)
        numbers = count(1)
        for dispute in range(_DISPUTES):
            at = await send("/v1/disputes", filing(dispute), Role.MARKETPLACE)
            for _ in range(each):
                text = f"Il pacco numero {next(numbers)} è arrivato, ma il vaso era rotto."
                body = {"message": {"text": text, "language": "it"}}
                await send(f"/v1/disputes/{at}/messages", body, Role.MARKETPLACE, **{"Mediation-As": "buyer"})


async def _round(bench: Bench, written: str, folder: Path, at_once: int) -> float:
    """Texts per second, with so many at a time, on a copy of what was written."""
    with bench.database(name_of(written)) as conninfo:
        behaviour = Behaviour(waits=PROVIDER, instead=_other)
        async with (
            services(Settings(database_url=conninfo, data_dir=folder), works=False) as running,
            serving(behaviour) as address,
        ):
            translators = Translators({MARKETPLACE: [LibreTranslate(address)]})
            process = _process(running, translators, at_once)
            async with running.pool.connection() as connection, connection.transaction():
                await process.apply(connection, await _facts(running, process))
            began = perf_counter()
            await process.work()
            spent = perf_counter() - began
            await translators.close()
            return len(behaviour.asked) / spent


def _process(running: Services, translators: Translators, at_once: int) -> TranslationProcess:
    one = running
    return TranslationProcess(one.pool, one.engine, one.log, one.codec, one.blind, one.clocks, translators, at_once)


async def _facts(running: Services, process: TranslationProcess) -> Sequence[Recorded]:
    return [
        fact
        for fact in await running.log.between(0, _ALL)
        if process.concerns is None or fact.event.kind in process.concerns
    ]


def _other(text: str) -> str:
    """What is no Italian, with the same placeholders."""
    return " ".join(word if word.startswith("XQ") else word[::-1] for word in text.split())
