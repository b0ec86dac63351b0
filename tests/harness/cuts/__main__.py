"""The long form: `make soak CUTS=10000`."""

import argparse
import sys
from time import strftime

from tests.harness.cuts.run import Report, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--cuts", type=int, default=10_000, help="stop when as many commands were cut off")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--people", type=int, default=16, help="who play disputes at the same time")
    asked = parser.parse_args()
    report = run(asked.cuts, seed=asked.seed, workers=asked.workers, people=asked.people, tell=_tell)
    print("\n".join(_lines(report)))
    return 0 if report.sound else 1


def _tell(said: str) -> None:
    print(strftime("%H:%M:%S"), said, flush=True)


def _lines(report: Report) -> list[str]:
    return [
        "",
        f"{report.cut.total()} of {report.commands} commands cut off, in {report.disputes} disputes, {report.events} events, "
        f"{report.seconds:.0f} s",
        *(f"{number:6} × {where}" for where, number in report.cut.most_common()),
        f"{report.kills} servers killed; {report.unheard} of them when the provider had paid, and before they heard of it",
        f"{report.gone} senders gone for good",
        f"{report.refunds} refunds paid; {report.open_then} were still open when everybody was killed for the last time",
        f"servers that ended by themselves: {report.deaths}; the last one ended with {report.codes}",
        *(f"BROKEN: {broken}" for broken in report.broken),
        f"{report.rules} rules asked, {len(report.broken)} broken: {'sound' if report.sound else 'NOT SOUND'}",
    ]


if __name__ == "__main__":
    sys.exit(main())
