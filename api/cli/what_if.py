"""`mediation what-if`: decides stored disputes again under another policy, in several processes. It changes nothing."""

import asyncio
import multiprocessing
import os
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

from cyclopts import Parameter
from pydantic import ValidationError

from api.cli.terminal import Failed, existing, progress, run
from api.cli.what_if_report import Report, Undecided, print_lines, print_report
from api.services import Services, services
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.base import Event
from domain.kernel.people import Side
from domain.neutral.escalation_facts import NeutralAssigned
from domain.policy.book import PolicyBook
from domain.policy.policy import Policy
from domain.simulation.reconstruction import Happened
from domain.simulation.what_if import Comparison, Stored, acts_of, compare
from domain.streams import claims_id, mandate_id
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded

_BATCH = 20
"""Disputes that a process gets at a time."""


def what_if(
    *,
    policy: Path,
    marketplace: str | None = None,
    workers: int | None = None,
    as_json: Annotated[bool, Parameter("--json", negative=())] = False,
) -> None:
    """Which disputes would have ended differently.

    Parameters
    ----------
    policy
        A file with the other policy, in JSON, as it would be published.
    marketplace
        Only the disputes of this marketplace.
    workers
        The number of processes; without it, one for each processor.
    as_json
        Print JSON lines: one for each dispute that differs or has an impossible act; then clauses and totals.
    """
    if workers is not None and workers < 1:
        raise Failed("--workers is 1 or more")
    try:
        other = Policy.model_validate_json(policy.read_bytes())
    except OSError as error:
        raise Failed(f"cannot read {policy}: {error.strerror}") from None
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, one['loc']))} {one['msg']}".strip() for one in error.errors())
        raise Failed(f"{policy} is no policy: {'; '.join(faults)}") from None
    report = run(_compare(other, marketplace, workers or os.cpu_count() or 1))
    print_lines(report) if as_json else print_report(report)


async def _compare(policy: Policy, marketplace: str | None, workers: int) -> Report:
    report = Report()
    async with services(existing("postgres"), works=False) as running:
        now = running.clocks.real()
        until = await running.log.last_position()
        disputes = [id async for id in _filed(running.log, marketplace, until)]
        with (
            progress() as bars,
            ProcessPoolExecutor(
                min(workers, 1 + len(disputes) // _BATCH), multiprocessing.get_context("spawn")
            ) as pool,
        ):
            bar = bars.add_task("disputes", total=len(disputes))
            under_way: set[asyncio.Future[Sequence[Comparison | Undecided]]] = set()
            for first in range(0, len(disputes), _BATCH):
                batch = [await _loaded(running, id, until) for id in disputes[first : first + _BATCH]]
                under_way.add(asyncio.get_running_loop().run_in_executor(pool, judge, batch, policy, now))
                if len(under_way) >= 2 * workers:
                    done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                    bars.advance(bar, sum(report.add(one.result()) for one in done))
            for finished in asyncio.as_completed(under_way):
                bars.advance(bar, report.add(await finished))
    return report


async def _filed(log: EventLog, marketplace: str | None, until: int) -> AsyncIterator[UUID]:
    position = 0
    while page := await log.filed(marketplace, position, until, 1_000):
        for position, dispute_id in page:  # noqa: B007 - the next page begins after the last one
            yield dispute_id


async def _loaded(running: Services, dispute_id: UUID, until: int) -> tuple[Stored, Policy]:
    stored = await stored_of(running.log, dispute_id, until)
    filed = stored.acts[0][0].event
    assert isinstance(filed, DisputeFiled), "a dispute begins with its filing"
    book: PolicyBook = await running.engine.policies(stored.marketplace)
    return replace(stored, outages=book.outages), book.version(filed.policy_version)


def judge(disputes: Sequence[tuple[Stored, Policy]], policy: Policy, now: datetime) -> list[Comparison | Undecided]:
    """Runs in a process of its own."""
    return [_judged(stored, own, policy, now) for stored, own in disputes]


def _judged(stored: Stored, own: Policy, policy: Policy, now: datetime) -> Comparison | Undecided:
    try:
        return compare(stored, policy, own, now)
    except Exception as error:  # a dispute that can't be decided again is reported, and stops no other
        return Undecided(stored.dispute_id, type(error).__name__)


async def stored_of(log: EventLog, dispute_id: UUID, until: int) -> Stored:
    """A dispute with its order, the claims of its claimant, and the mandates of its neutrals."""
    facts = await log.of_dispute(dispute_id, until_position=until)
    marketplace = facts[0].marketplace
    beside = {stream for fact in facts for stream in _beside(fact.event, marketplace)}
    reading = await log.read([(stream_id, 0) for stream_id in beside])
    shared = {
        stream_id: [_happened(fact) for fact in news if fact.position <= until]
        for stream_id, news in reading.streams.items()
    }
    acts = acts_of((fact.causation_id, _happened(fact)) for fact in facts)
    return Stored(marketplace, dispute_id, acts, shared)


def _beside(event: Event, marketplace: str) -> list[UUID]:
    match event:
        case DisputeFiled(order=order, claimant=claimant):
            filed_by = event.buyer if claimant is Side.BUYER else event.seller
            return [order.transaction_id, claims_id(marketplace, filed_by.subject)]
        case NeutralAssigned(neutral=neutral):
            return [mandate_id(marketplace, neutral)]
        case _:
            return []


def _happened(fact: Recorded) -> Happened:
    return Happened(fact.position, fact.event, fact.occurred_at, fact.stream_id, fact.actor or UUID(int=0))
