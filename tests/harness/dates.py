"""Runs the parts of the suite that depend on time as on each of several hard days.

    python -m tests.harness.dates                 every day, one after the other
    python -m tests.harness.dates --of HASH       one day, always the same for the same commit

To repeat a failed test as on that day: TEST_DATE=2028-02-29T11:00Z pytest tests/…
"""

import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence

DATES: Mapping[str, str] = {
    "before today": "2025-06-04T10:00Z",
    "24 December": "2026-12-24T21:00Z",
    "31 December": "2026-12-31T23:30Z",
    "the eve of Chinese New Year": "2027-02-05T15:00Z",
    "Ramadan begins": "2027-02-08T16:00Z",
    "before the change of clocks in America": "2027-03-14T06:30Z",
    "before the change of clocks in Europe": "2027-03-28T00:30Z",
    "before the change of clocks in Australia": "2027-04-03T15:30Z",
    "before the change back in Europe": "2027-10-31T00:30Z",
    "29 February": "2028-02-29T11:00Z",
    "a Wednesday of 2030": "2030-06-05T08:00Z",
    "a Friday of 2031": "2031-08-15T22:00Z",
    "before the change back in America, in 2037": "2037-11-01T05:30Z",
}
"""Days on every day of the week. Chinese New Year is on 6 February 2027. Ramadan begins after sunset of 7 or 8 February."""

PARTS: Sequence[str] = (
    *(f"tests/processes/test_{part}.py" for part in ("deadlines", "erasures", "outages", "processes", "reminders")),
    *(
        f"tests/api/test_{part}.py"
        for part in (
            "admissibility", "changes", "commitments", "contacts", "documentation", "erasures", "examples", "fast_lane",
            "goods", "hearing", "incidents", "key_questions", "messages", "morning", "neutrals", "paying", "reading",
            "reopening", "replies", "reviews", "rules", "sample_desk", "sandbox", "stays", "trails", "whole_dispute",
        )
    ),
    "tests/console/test_acts.py",
)  # fmt: skip


def chosen_for(commit: str) -> str:
    """The name of a day."""
    return sorted(DATES)[int(commit, 16) % len(DATES)]


def run_as_on(name: str) -> bool:
    """Whether every test passes."""
    print(f"--- {name}: TEST_DATE={DATES[name]}", flush=True)
    environment = {key: value for key, value in os.environ.items() if key != "MEDIATION_MINUTES_AHEAD"}
    options = ["-q", "-n", "4", "--dist", "worksteal", "-p", "no:cacheprovider"]
    program = [sys.executable, "-m", "pytest", *options, *PARTS]
    return subprocess.run(program, env=environment | {"TEST_DATE": DATES[name]}, check=False).returncode == 0


def main() -> int:
    parser = ArgumentParser(description="The parts of the suite that know of time, run as on hard days.")
    parser.add_argument("--of", metavar="HASH", help="run one day alone: the one for this commit")
    commit: str | None = parser.parse_args().of
    failed = [name for name in ([chosen_for(commit)] if commit else DATES) if not run_as_on(name)]
    if failed:
        print(f"failed: {'; '.join(failed)}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
