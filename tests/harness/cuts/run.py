"""One run: people play disputes and are cut off until enough commands were cut. Then everything ends, and is
compared."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random
from time import monotonic
from typing import Any
from uuid import uuid4

import psycopg

from domain.kernel.base import Role
from mediation.store.embedded.server import Server
from mediation.store.postgres.migrate import migrate
from tests.harness.cuts import checks
from tests.harness.cuts.client import Client, Person, Where
from tests.harness.cuts.crew import SECRET, Crew, crew
from tests.harness.cuts.script import CURRENCIES, MARKETPLACE, Act, scripts
from tests.harness.soak import evidence, key_folder, turned
from tests.harness.soak.chaos import BEHIND
from tests.harness.soak.checks import Broken
from tests.harness.soak.crew import ROOT
from tests.harness.soak.plan import Plan
from tests.harness.soak.run import ground

CUTS: dict[Where, float] = {
    "client": 34,
    "before commit": 18,
    "within commit": 18,
    "after commit": 26,
    "killed": 3,
    "killed at the provider": 15,  # only commands that make money owed
}
_NEUTRALS = 4
_PATIENCE = 120.0
_LOOK = 0.05
_MOODS: tuple[dict[str, object], ...] = (
    {},
    {"answer_after": 0.05},
    {"unanswered": 2, "answer_after": 0.02},
    {"lost": 2},
    {"pending": True, "settles_after": 0.1, "notice_copies": 2, "notice_order": "reversed"},
)
"""The provider's faults, each for a while. It always ignores idempotency keys."""

_TURNED = """INSERT INTO views.clock_turn VALUES (%s, interval '7 hours') ON CONFLICT (marketplace, ahead) DO NOTHING"""
_OPEN = """SELECT count(*) FROM event made WHERE kind = 'CommitmentMade'
AND convert_from(body, 'UTF8')::jsonb ->> 'commitment_class' = 'remedy'
AND NOT EXISTS (SELECT FROM event e WHERE e.stream_id = made.stream_id AND e.kind = 'DisputeClosed')"""
"""The commitments to pay money whose dispute is not closed."""


@dataclass
class Report:
    """The result of a run. Times are in seconds."""

    commands: int = 0
    disputes: int = 0
    cut: Counter[str] = field(default_factory=Counter)
    gone: int = 0
    kills: int = 0
    deaths: int = 0
    unheard: int = 0
    refunds: int = 0
    open_then: int = 0
    events: int = 0
    seconds: float = 0.0
    codes: list[int] = field(default_factory=list)
    rules: int = 0
    broken: list[Broken] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.broken and not self.deaths and not any(self.codes)


def run(
    cuts: int,
    *,
    seed: int,
    workers: int,
    people: int,
    inspect: Callable[[psycopg.Connection[Any]], None] = lambda connection: None,
    tell: Callable[[str], None] = lambda said: None,
) -> Report:
    """Runs until `cuts` commands were cut off, with so many `people` at once. `inspect` gets the database with all
    evidence."""
    report, began = Report(), monotonic()
    with ground() as folder, Server(folder / "pg", settings={"max_connections": "200"}) as server:
        plan = Plan("engine", str(folder / "run"), server.conninfo, seed)
        plan.path.mkdir()
        plan.save()
        turned.begin(plan)
        client, paid = asyncio.run(_play(report, plan, cuts, workers, people, tell))
        report.seconds = monotonic() - began
        tell("every view is built once more, from position 0")
        key_folder.give(plan, SECRET)
        again = [sys.executable, "-m", "tests.harness.soak.aftermath", str(plan.path / "plan.json"), "cold"]
        subprocess.run(again, cwd=ROOT, check=True)
        with psycopg.connect(plan.conninfo, autocommit=True) as connection:
            evidence.gather(plan, connection)
            checks.gather(connection, client.known, paid)
            report.rules, report.broken = checks.ask(connection)
            report.events = _number(connection, "SELECT count(*) FROM event")
            inspect(connection)
    return report


async def _play(
    report: Report, plan: Plan, cuts: int, workers: int, people: int, tell: Callable[[str], None]
) -> tuple[Client, list[dict[str, object]]]:
    await migrate(plan.conninfo)
    random = Random(f"{plan.seed}/cuts")
    async with crew(plan.conninfo, plan.path, workers, random) as there:
        keeping = [asyncio.create_task(worker.keep()) for worker in there.workers]
        client = Client(there, random, CUTS, cuts)
        try:
            await there.faults()
            neutrals = await _house(client)
            moods = asyncio.create_task(_moods(there, random))
            telling = asyncio.create_task(_tell(client, there, cuts, tell))
            async with asyncio.TaskGroup() as playing:
                for number in range(people):
                    playing.create_task(_person(client, number, neutrals))
            for task in (moods, telling, *keeping):
                task.cancel()
            await _to_the_end(there, plan, report)
            paid = await there.paid()
        finally:
            for task in keeping:
                task.cancel()
            await asyncio.gather(*keeping, return_exceptions=True)
    report.commands = len(client.known)
    report.cut = Counter(done.where or "beside" for done in client.known if done.cut)
    report.gone = sum(done.status is None for done in client.known)
    report.disputes = len({done.dispute for done in client.known} - {None})
    report.kills, report.unheard, report.refunds = there.kills, there.unheard, len(paid)
    report.deaths = sum(worker.deaths for worker in there.workers)
    return client, paid


async def _house(client: Client) -> list[Person]:
    """Publishes the policy and grants the mandates. Nothing is cut off yet."""
    administrator = Person(uuid4(), Role.ADMINISTRATOR)
    policy = {"version": "at-once", "windows": {"escalation_opens_after_hours": 0}}
    acts = [(Act("administrator", "/v1/policies", policy, "PolicyPublished"))]
    neutrals = [Person(uuid4(), Role.NEUTRAL) for _ in range(_NEUTRALS)]
    for neutral in neutrals:
        authority = [{"amount": "100000", "currency": currency} for currency in CURRENCIES]
        mandate = {"neutral": str(neutral.subject), "languages": ["en"], "authority": authority}
        acts.append(Act("administrator", "/v1/mandates", mandate, "MandateGranted"))
    for act in acts:
        await client.send(act, administrator, cut=False)
    return neutrals


async def _person(client: Client, number: int, neutrals: list[Person]) -> None:
    backend = uuid4()
    for nth in count():
        if not client.going:
            return
        people = {side: Person(backend, Role.MARKETPLACE, side) for side in ("buyer", "seller")}
        people["neutral"] = neutrals[(number + nth) % len(neutrals)]
        await client.play(scripts(client.random, f"{number}-{nth}"), people)


async def _moods(there: Crew, random: Random) -> None:
    while True:
        await there.faults(**random.choice(_MOODS))
        await asyncio.sleep(0.3)


async def _tell(client: Client, there: Crew, cuts: int, tell: Callable[[str], None]) -> None:
    while True:
        await asyncio.sleep(10)
        cut = sum(done.cut for done in client.known)
        tell(f"{cut} of {cuts} cut off, of {len(client.known)} commands; {there.kills} kills")


async def _to_the_end(there: Crew, plan: Plan, report: Report) -> None:
    """Kills every server once more, turns the clock by hours, and starts one server, which finds the rest of the
    work."""
    for worker in there.workers:
        worker.database.marks.clear()
        worker.provider.marks.clear()
        worker.end()
    await there.faults()
    with psycopg.connect(plan.conninfo, autocommit=True) as connection:
        report.open_then = _number(connection, _OPEN)
        connection.execute(_TURNED, (MARKETPLACE,))
        connection.execute(
            "UPDATE progress SET lease_until = clock_timestamp()"
        )  # a new server waits until the old leases are over
        last = replace(there.workers[0], ready=asyncio.Event(), killed=0, deaths=0, _process=None)
        last.start()
        try:
            until = monotonic() + _PATIENCE
            while _number(connection, _OPEN) or connection.execute(BEHIND).fetchall():
                if monotonic() > until:
                    break  # the rules say what is missing
                await asyncio.sleep(_LOOK)
        finally:
            report.codes = [await last.stop()]


def _number(connection: psycopg.Connection[Any], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])
