"""`mediation what-if`: decides stored disputes again under another policy, in several processes. It changes nothing."""

import asyncio
import json
import multiprocessing
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from cyclopts import Parameter
from pydantic import ValidationError

from api.cli.terminal import Failed, existing, progress, run
from api.cli.what_if_report import Assumed, Report, Undecided, print_lines, print_report
from api.services import Services, services
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.base import Event
from domain.kernel.people import Side
from domain.neutral.escalation_facts import NeutralAssigned
from domain.policy.book import PolicyBook
from domain.policy.comparison import compare
from domain.policy.policy import Policy
from domain.simulation.reconstruction import Happened
from domain.simulation.what_if import Comparison, Stored, acts_of
from domain.simulation.what_if import compare as what_if_compare
from domain.stream_ids import claims_id, mandate_id
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded

_BATCH = 20
"""Disputes that a process gets at a time."""

NAMELESS = "what-if"
"""The version of a policy whose file names none."""


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
        A file with what would be different, in JSON: a change to the current policy of each marketplace, in the form of a
        policy. What the file leaves out stays as it is; null takes a member away (RFC 7396).
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
        change = json.loads(policy.read_bytes())
        if not isinstance(change, dict):
            raise Failed(f"{policy} is no policy: it is no JSON object")
    except OSError as error:
        raise Failed(f"cannot read {policy}: {error.strerror}") from None
    except ValueError as error:
        raise Failed(f"{policy} is no policy: Invalid JSON: {error}") from None
    report = run(_compare(change, policy, marketplace, workers or os.cpu_count() or 1))
    print_lines(report) if as_json else print_report(report)


def changed(current: Policy, change: Mapping[str, Any]) -> Policy:
    """The current policy with a change (RFC 7396). It is called `what-if`, if the change names no version.

    Raises ValidationError if the result is no policy.
    """
    merged = _merged(current.model_dump(mode="json"), {"version": NAMELESS, **change})
    return Policy.model_validate_json(json.dumps(merged))


def _merged(target: Any, change: Any) -> Any:
    """JSON merge patch (RFC 7396): objects are merged, null removes, anything else replaces."""
    if not isinstance(change, Mapping):
        return change
    found = dict(target) if isinstance(target, Mapping) else {}
    for name, value in change.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = _merged(found.get(name), value)
    return found


async def _compare(change: Mapping[str, Any], file: Path, marketplace: str | None, workers: int) -> Report:
    report = Report()
    async with services(existing("postgres"), works=False) as running:
        now = running.clocks.real()
        until = await running.log.last_position()
        disputes = [id async for id in _filed(running.log, marketplace, until)]
        assumed = _Assumed(running, change, file, report)
        with (
            progress() as bars,
            ProcessPoolExecutor(
                min(workers, 1 + len(disputes) // _BATCH), multiprocessing.get_context("spawn")
            ) as pool,
        ):
            bar = bars.add_task("disputes", total=len(disputes))
            under_way: set[asyncio.Future[Sequence[Comparison | Undecided]]] = set()
            for first in range(0, len(disputes), _BATCH):
                batch = [await _loaded(running, id, until, assumed) for id in disputes[first : first + _BATCH]]
                under_way.add(asyncio.get_running_loop().run_in_executor(pool, judge, batch, now))
                if len(under_way) >= 2 * workers:
                    done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                    bars.advance(bar, sum(report.add(one.result()) for one in done))
            for finished in asyncio.as_completed(under_way):
                bars.advance(bar, report.add(await finished))
    return report


class _Assumed:
    """The other policy of each marketplace, made when its first dispute is read, and noted in the report."""

    def __init__(self, running: Services, change: Mapping[str, Any], file: Path, report: Report) -> None:
        self._running, self._change, self._file, self._report = running, change, file, report
        self._made: dict[str, tuple[PolicyBook, Policy]] = {}

    async def of(self, marketplace: str) -> tuple[PolicyBook, Policy]:
        if marketplace not in self._made:
            book: PolicyBook = await self._running.engine.policies(marketplace)
            current = book.in_force(await self._running.clocks.now(marketplace))
            try:
                other = changed(current, self._change)
            except ValidationError as error:
                faults = (f"{'.'.join(map(str, one['loc']))} {one['msg']}".strip() for one in error.errors())
                raise Failed(f"{self._file} is no policy: {'; '.join(faults)}") from None
            self._made[marketplace] = book, other
            self._report.assumed.append(Assumed(marketplace, current.version, other, compare(current, other)))
        return self._made[marketplace]


async def _filed(log: EventLog, marketplace: str | None, until: int) -> AsyncIterator[UUID]:
    position = 0
    while page := await log.filed(marketplace, position, until, 1_000):
        for position, dispute_id in page:  # noqa: B007 - the next page begins after the last one
            yield dispute_id


async def _loaded(running: Services, dispute_id: UUID, until: int, assumed: _Assumed) -> tuple[Stored, Policy, Policy]:
    """A dispute, the policy that it was filed under, and the other policy."""
    stored = await stored_of(running.log, dispute_id, until)
    filed = stored.acts[0][0].event
    assert isinstance(filed, DisputeFiled), "a dispute begins with its filing"
    book, other = await assumed.of(stored.marketplace)
    return replace(stored, outages=book.outages), book.version(filed.policy_version), other


def judge(disputes: Sequence[tuple[Stored, Policy, Policy]], now: datetime) -> list[Comparison | Undecided]:
    """Runs in a process of its own."""
    return [_judged(stored, own, other, now) for stored, own, other in disputes]


def _judged(stored: Stored, own: Policy, other: Policy, now: datetime) -> Comparison | Undecided:
    try:
        return what_if_compare(stored, other, own, now)
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
