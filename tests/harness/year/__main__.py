"""The long form: `make soak DISPUTES=10000`."""

import argparse
import asyncio
import sys
from collections import Counter
from datetime import timedelta

from mediation.store.embedded.server import Server
from mediation.store.postgres.migrate import migrate
from tests.harness.soak.run import ground
from tests.harness.year.run import Report, year


def main() -> int:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--disputes", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hours", type=float, default=12.0, help="between two looks of the processes, on average")
    asked = parser.parse_args()
    with ground() as folder, Server(folder / "pg") as server:
        asyncio.run(migrate(server.conninfo))
        report = asyncio.run(year(server.conninfo, asked.disputes, seed=asked.seed, tick=timedelta(hours=asked.hours)))
    print("\n".join(_lines(report)))
    return 0 if report.sound else 1


def _lines(report: Report) -> list[str]:
    reckoned = report.reckoned
    return [
        "",
        f"{report.disputes} disputes, {report.acts} acts of people, over by {report.ended:%d %B %Y}, in {report.seconds:.0f} s",
        *(f"{number:7} × {what}" for what, number in reckoned.compared.most_common()),
        f"{reckoned.over_a_change_of_clocks} windows over a change of clocks, {reckoned.over_a_closed_period} over closed days",
        _windows(report.reckoned.windows),
        f"{report.paid} payments; refused: {', '.join(f'{n} {code}' for code, n in report.refused.most_common())}",
        *(f"WRONG: {wrong}" for wrong in [*reckoned.wrong, *report.money][:50]),
        *(f"UNFINISHED: {dispute}" for dispute in report.unfinished[:50]),
        f"{report.in_view} commitments still in the view",
        f"{reckoned.compared.total()} instants compared, {len(reckoned.wrong)} differ: {_sound(report)}",
    ]


def _windows(of: Counter[str]) -> str:
    return (
        f"{of['waited']} windows waited: {of['notice']} began by a notice, {of['call']} by a call, {of['deemed']} by decision, "
        f"{of['ended before']} ended before; {of['stopped']} stopped when the notice came back; {of['lapsed']} lapsed"
    )


def _sound(report: Report) -> str:
    return "sound" if report.sound else "NOT SOUND"


if __name__ == "__main__":
    sys.exit(main())
