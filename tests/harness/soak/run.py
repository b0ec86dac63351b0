"""One run: a server, workers and faults. Then everything stops, and the checks look at the result."""

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

import psycopg

from mediation.store.postgres.migrate import migrate
from tests.harness.soak import checks, evidence, turned
from tests.harness.soak.chaos import BEHIND, Chaos, Fault
from tests.harness.soak.checks import Broken
from tests.harness.soak.crew import ROOT, Crew
from tests.harness.soak.plan import LIBRARY_CONSUMER, LIBRARY_TABLES, Plan
from tests.standby import Pair

LAG = 20.0
"""Every consumer must have taken the whole log within so many seconds after the last fault."""

SETTINGS = {"max_connections": "200", "wal_writer_delay": "10s"}
"""With these settings a crash loses commits that did not wait for the disk, unless something else flushed them."""

AFTER = ", once what was parked is taken"

_LOOK = 0.05
_PATIENCE = 90.0
_CALM = 2.0
_STILL = 2.0
"""The run has ended when nothing has changed for so many seconds. The engine's own processes act on what they read."""

_LAST = "SELECT max(position) FROM event"
_LIBRARY_LAST = "SELECT max(notification_id) FROM soak_events"
_LIBRARY_BEHIND = """SELECT 'the subscription', last FROM (SELECT max(position) FROM seen) s (last)
WHERE last IS DISTINCT FROM (SELECT max(notification_id) FROM soak_events)"""
_LOCK = r"PERFORM pg_advisory_xact_lock\(\d+\);"
_IN_TURN = r"last \+ row_number\(\) OVER \([^)]*\)"
_AT_ONCE = "nextval('unlocked')"
_LATE = """CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF random() < 0.02 THEN PERFORM pg_sleep(1); END IF; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION late()"""
"""Delays some commits by a second, longer than readers are behind on a busy machine."""


@dataclass
class Report:
    """The result of a run. Times are in seconds."""

    plan: Plan
    events: int = 0
    things: int = 0
    wrote: float = 0.0
    faults: list[Fault] = field(default_factory=list)
    takeovers: list[float] = field(default_factory=list)
    untaken: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    lost: int = 0
    deaths: int = 0
    looked: int = 0
    late: int = 0
    caught_up: float | None = None
    behind: list[tuple[str, int]] = field(default_factory=list)
    parked: int = 0
    rules: int = 0
    broken: list[Broken] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not (self.broken or self.behind or self.untaken or self.wrong or self.deaths)

    def struck(self) -> Mapping[str, tuple[int, float]]:
        """For each kind of fault: how often it came, and the longest time until something was stored again."""
        often = Counter(fault.name for fault in self.faults)
        return {name: (n, max(f.recovery or 0.0 for f in self.faults if f.name == name)) for name, n in often.items()}


@contextmanager
def ground() -> Iterator[Path]:
    """A folder with a short path that a service account can enter."""
    folder = Path(tempfile.mkdtemp(prefix="soak-")).resolve()
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def run(
    plan: Plan,
    *,
    seconds: float,
    events: int | None = None,
    faults: int | None = None,
    of: frozenset[str] = frozenset(),
    gap: float = 0.5,
    lag: float = LAG,
    inspect: Callable[[psycopg.Connection[Any]], None] = lambda connection: None,
    tell: Callable[[str], None] = lambda said: None,
) -> Report:
    """Writes for `seconds`, until there are `events`, or until some time after the last of `faults`. None or 0 faults
    set no end.

    `of` are the sorts of faults (`chaos.SORTS`); all, if it names none. `gap` is the mean number of seconds between two
    faults; `lag` is how long views may take afterwards. `inspect` gets the database with all evidence at the end.
    """
    report = Report(plan)
    with ground() as folder, Pair(folder, SETTINGS, alone=faults == 0) as pair:
        plan = report.plan = replace(plan, folder=str(folder / "run"), conninfo=pair.conninfo)
        plan.path.mkdir()
        plan.save()
        turned.begin(plan)
        crew = _prepared(plan)
        chaos = Chaos(plan, pair, crew, of)
        try:
            _write(report, crew, chaos, seconds=seconds, events=events, faults=faults, gap=gap, tell=tell)
            _settle(report, crew, chaos, blow=faults != 0, lag=lag)
        finally:
            crew.close()
            chaos.close()
        _judge(report, tell)
        with psycopg.connect(plan.conninfo, autocommit=True) as connection:
            inspect(connection)
    return report


def _prepared(plan: Plan) -> Crew:
    if not plan.ours:
        _beside(plan, "tests.harness.soak.library", str(LIBRARY_TABLES))
        return Crew(plan, "tests.harness.soak.library", consumer=LIBRARY_CONSUMER)
    asyncio.run(migrate(plan.conninfo))
    _beside(plan, "tests.harness.soak.key_folder", "begin")
    if plan.arm == "unlocked":
        _unlock(plan)
    _beside(plan, "tests.harness.soak.aftermath", "prepare")
    return Crew(plan, "tests.harness.soak.worker")


def _unlock(plan: Plan) -> None:
    """The same function, but with positions from a sequence, and without the lock that makes them appear in order."""
    with psycopg.connect(plan.conninfo, autocommit=True) as connection:
        row = connection.execute("SELECT pg_get_functiondef('append_events'::regproc)").fetchone()
        assert row is not None
        function, locks = re.subn(_LOCK, "", row[0])
        function, turns = re.subn(_IN_TURN, _AT_ONCE, function)
        assert (locks, turns) == (1, 1), "the function gives out positions otherwise now"
        connection.execute("CREATE SEQUENCE unlocked")
        connection.execute("GRANT USAGE ON SEQUENCE unlocked TO mediation_app")
        connection.execute(function.encode())
        connection.execute(_LATE.encode())


def _write(
    report: Report,
    crew: Crew,
    chaos: Chaos,
    *,
    seconds: float,
    events: int | None,
    faults: int | None,
    gap: float,
    tell: Callable[[str], None],
) -> None:
    crew.start()
    began = monotonic()
    random = Random(f"{report.plan.seed}/gaps")
    due, told = began + 2 * gap + 2, began
    while monotonic() < began + seconds:
        crew.mend()
        chaos.let_go()
        last = chaos.last_position() if report.plan.ours else None
        if events is not None and (last or 0) >= events:
            break
        if faults and len(chaos.struck) == faults:
            if monotonic() > due + _CALM:
                break
        elif faults != 0 and monotonic() >= due:
            fault = chaos.strike()
            tell(f"{fault.at:8.1f} s  {fault.name} {fault.note}")
            due = monotonic() + random.expovariate(1 / gap)
        if monotonic() > told + 10:
            told = monotonic()
            tell(f"{told - began:8.1f} s  {last} events")
        sleep(_LOOK)
    report.wrote = monotonic() - began


def _settle(report: Report, crew: Crew, chaos: Chaos, *, blow: bool, lag: float) -> None:
    """The writers end, and the server is killed once more. The views must then catch up while nobody writes."""
    crew.stop_writing(_PATIENCE)
    if blow:
        chaos.last_blow()
    report.faults, report.takeovers, report.untaken = chaos.struck, chaos.takeovers, chaos.untaken
    report.wrong, report.lost = chaos.wrong, chaos.standby.lost
    report.deaths = crew.deaths
    began = there = monotonic()
    known = None
    while monotonic() < there + _STILL:
        last, behind = _behind(report.plan)
        if behind or last != known:
            known, there = last, monotonic()
        if there > began + lag:
            report.behind = behind or [("no end of it", last or 0)]
            return
        sleep(_LOOK)
    report.caught_up = there - began


def _behind(plan: Plan) -> tuple[int | None, list[tuple[str, int]]]:
    """The last position, and the consumers that have not taken it."""
    with suppress(psycopg.OperationalError), psycopg.connect(plan.conninfo, autocommit=True) as connection:
        last = connection.execute(_LAST if plan.ours else _LIBRARY_LAST).fetchone()
        return last[0] if last else None, connection.execute(BEHIND if plan.ours else _LIBRARY_BEHIND).fetchall()
    return None, [("the server", 0)]


def _judge(report: Report, tell: Callable[[str], None]) -> None:
    plan = report.plan
    if plan.ours:
        tell("every view is built once more, from position 0")
        _beside(plan, "tests.harness.soak.aftermath", "cold")
    tell("the journals are laid beside the log")
    with psycopg.connect(plan.conninfo, autocommit=True) as connection:
        evidence.gather(plan, connection)
        report.events = _one(connection, "SELECT count(*) FROM soak.log")
        report.things = _one(connection, "SELECT count(*) FROM soak.op WHERE outcome IS NOT NULL")
        if not plan.ours:
            _ask(report, connection, checks.WRITING, checks.LIBRARY)
            return
        _ask(report, connection, checks.WRITING, checks.LOG, checks.CLOCKS, checks.PARKED, checks.of_views(connection))
        report.late = _one(connection, "SELECT count(*) FROM soak.looked WHERE seen IS NULL")
        report.looked = _one(connection, "SELECT count(*) FROM soak.looked")
        report.parked = _one(
            connection, "SELECT count(DISTINCT (consumer, subject)) FROM parked p WHERE consumer NOT LIKE '%+next'"
        )
        _beside(plan, "tests.harness.soak.aftermath", "retry")
        _ask(report, connection, checks.UNPARKED, checks.of_views(connection, AFTER))


def _ask(report: Report, connection: psycopg.Connection[Any], *groups: Mapping[str, str]) -> None:
    for rules in groups:
        report.rules += len(rules)
        report.broken += checks.broken(connection, rules)


def _one(connection: psycopg.Connection[Any], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def _beside(plan: Plan, module: str, what: str) -> None:
    """Runs a module in a process of its own, so that this process loads no events of the engine or of the library."""
    command = [sys.executable, "-m", module, str(plan.path / "plan.json"), what]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{module} {what} failed:\n{done.stderr[-4000:]}")
