"""Measures in turns (A B A B …), so that a drift of the machine affects every arm equally."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timed:
    """Some acts, and the seconds that each of them took."""

    elapsed: float
    latencies: Sequence[float] = field(repr=False)

    @property
    def rate(self) -> float:
        """Acts per second."""
        return len(self.latencies) / self.elapsed

    def percentile(self, percent: float) -> float:
        """The latency that so many per cent of the acts did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]


async def alternate(rounds: int, *arms: Callable[[], Awaitable[T]]) -> list[list[T]]:
    """The results of each arm, one per round."""
    results: list[list[T]] = [[] for _ in arms]
    for _ in range(rounds):
        for arm, found in zip(arms, results, strict=True):
            found.append(await arm())
    return results


def together(rounds: Sequence[Timed]) -> Timed:
    """All rounds as one: for percentiles that few acts exceed."""
    return Timed(sum(one.elapsed for one in rounds), [late for one in rounds for late in one.latencies])


def middle_rate(rounds: Sequence[Timed]) -> float:
    return median(timed.rate for timed in rounds)


def middle_percentile(rounds: Sequence[Timed], percent: float) -> float:
    return median(timed.percentile(percent) for timed in rounds)


async def drive(writers: int, seconds: float, act: Callable[[int], Awaitable[object]]) -> Timed:
    """Runs so many tasks. Each calls `act` with its number again and again until the time is over."""
    began = perf_counter()
    until = began + seconds
    latencies: list[float] = []

    async def write(number: int) -> None:
        before = perf_counter()
        while before < until:
            await act(number)
            now = perf_counter()
            latencies.append(now - before)
            before = now

    await asyncio.gather(*(write(number) for number in range(writers)))
    return Timed(perf_counter() - began, latencies)


def drive_threads(writers: int, seconds: float, act: Callable[[int], object]) -> Timed:
    """The same as `drive`, with threads."""
    barrier = threading.Barrier(writers + 1)
    kept: list[list[float]] = [[] for _ in range(writers)]
    failures: list[BaseException] = []

    def write(number: int) -> None:
        mine = kept[number]
        barrier.wait()
        before = perf_counter()
        until = before + seconds
        try:
            while before < until:
                act(number)
                now = perf_counter()
                mine.append(now - before)
                before = now
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    barrier.wait()
    began = perf_counter()
    for thread in threads:
        thread.join()
    elapsed = perf_counter() - began
    if failures:
        raise failures[0]
    return Timed(elapsed, [latency for mine in kept for latency in mine])
