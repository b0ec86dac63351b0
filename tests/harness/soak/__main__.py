"""The long form: `make soak EVENTS=10000000 MINUTES=120 SEED=7`."""

import argparse
import sys
from math import inf
from time import strftime
from typing import get_args

from tests.harness.soak.chaos import SORTS
from tests.harness.soak.plan import WAIT, Arm, Plan
from tests.harness.soak.run import Report, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--events", type=int, help="stop when the log holds as many")
    parser.add_argument("--minutes", type=float, help="stop after as long; 10, where no number of events is given")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--writers", type=int, default=32)
    parser.add_argument("--gap", type=float, default=5.0, help="seconds between two faults, on average")
    parser.add_argument("--burst", type=int, default=6, help="facts that an append adds to one stream, at most")
    parser.add_argument("--faults", type=_faults, default=(None, frozenset()), help=_faults.__doc__)
    parser.add_argument("--arm", choices=get_args(Arm), default="engine")
    asked = parser.parse_args()
    plan = Plan(asked.arm, "", "", asked.seed, asked.workers, asked.writers, burst=asked.burst)
    seconds = 60 * (asked.minutes or (10 if asked.events is None else inf))
    faults, of = asked.faults if asked.arm == "engine" else (0, frozenset())
    report = run(plan, seconds=seconds, events=asked.events, faults=faults, of=of, gap=asked.gap, lag=60, tell=_tell)
    print("\n".join(_lines(report)))
    return 0 if report.sound else 1


def _faults(said: str) -> tuple[int | None, frozenset[str]]:
    """at most as many; or only these sorts, of server, workers, standby, keys and clocks; or both: 20,standby,keys"""
    parts = said.split(",")
    numbers, sorts = [int(part) for part in parts if part.isdigit()], frozenset(p for p in parts if not p.isdigit())
    if unknown := sorts - SORTS:
        raise argparse.ArgumentTypeError(f"there are no faults of {', '.join(sorted(unknown))}")
    return (numbers[0] if numbers else None), sorts


def _tell(said: str) -> None:
    print(strftime("%H:%M:%S"), said, flush=True)


def _lines(report: Report) -> list[str]:
    return [
        "",
        f"{report.events} events of {report.things} things, by {report.plan.writers} writers in {report.plan.workers} "
        f"workers, in {report.wrote:.0f} s ({report.events / report.wrote:.0f} events/s)",
        *(f"{n:5} × {name}, stored again after {worst:.1f} s at most" for name, (n, worst) in report.struck().items()),
        f"views taken over after {', '.join(f'{t:.1f}' for t in sorted(report.takeovers))} s",
        f"views there {report.caught_up or -1:.1f} s after the last blow; {report.parked} subjects parked, then taken",
        f"{report.looked} reads of one's own write, {report.late} of them not there within {WAIT:.0f} s",
        f"workers that ended by themselves: {report.deaths}",
        f"facts lost with promotions, which the writers then repeated: {report.lost}",
        *(f"WRONG: {wrong}" for wrong in report.wrong),
        *(f"HELD BACK: {view}" for view in report.untaken),
        *(f"STALLED: {name} at {position}" for name, position in report.behind),
        *(f"BROKEN: {broken}" for broken in report.broken),
        f"{report.rules} rules asked, {len(report.broken)} broken: {'sound' if report.sound else 'NOT SOUND'}",
    ]


if __name__ == "__main__":
    sys.exit(main())
