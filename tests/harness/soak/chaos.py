"""Faults, one at a time. Each is noted with the time until something was stored again."""

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from time import monotonic, sleep
from typing import Any

import psutil
import psycopg

from mediation.store.embedded.server import Server
from tests.harness.soak.clock_faults import ClockFaults
from tests.harness.soak.crew import ROOT, Crew
from tests.harness.soak.plan import Plan
from tests.harness.soak.standby_faults import StandbyFaults
from tests.standby import Pair, kill, processes_of

RECOVERY = 120.0
"""Something must be stored again within so many seconds after a fault. A server may first read a gigabyte of its own
log."""

BEHIND = (
    "SELECT name, position FROM progress WHERE position < (SELECT max(position) FROM event) AND name NOT LIKE '%+next'"
)
"""Consumers that have not taken every event."""

_SHORT = 100_000
"""Views are rebuilt during a run only up to this number of events."""

_SOON = 5.0
_LOOK = 0.02
_MEDIATION = "application_name = 'mediation' AND pid <> pg_backend_pid()"
_TERMINATE = f"""SELECT pg_terminate_backend(pid) FROM (
SELECT pid FROM pg_stat_activity WHERE {_MEDIATION} ORDER BY random() LIMIT %s) victim"""
_A_BACKEND = f"SELECT pid FROM pg_stat_activity WHERE {_MEDIATION} ORDER BY state = 'active' DESC, random() LIMIT 1"
_HELD = "SELECT name, holder FROM progress WHERE lease_until > clock_timestamp() ORDER BY random()"
_A_VIEW = """SELECT regexp_replace(tablename, '_[0-9]$', '') FROM pg_tables WHERE schemaname = 'views' AND tablename ~ '_[0-9]$'
AND tablename <> 'tally_1' AND (SELECT max(position) FROM event) < %s ORDER BY random() LIMIT 1"""
_HOLDER = "SELECT holder FROM progress WHERE name = %s AND lease_until > clock_timestamp()"
_HOLD = (
    "SELECT count(*) FROM event",  # a snapshot that stays open
    "SELECT pg_advisory_xact_lock(7301)",  # the lock of the append
    "SELECT position FROM progress ORDER BY random() LIMIT 1 FOR UPDATE",  # a consumer that cannot advance
)


SORTS = frozenset({"server", "workers", "standby", "keys", "clocks"})


class Stuck(Exception):
    """Nothing was stored within `RECOVERY` after a fault."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`recovery` is in seconds, None if nothing had to recover. `note` describes the fault."""

    name: str
    at: float
    recovery: float | None
    note: str = ""


@dataclass
class Chaos:
    """`pause` is the maximum of seconds for which a worker is stopped. `of` are the sorts of faults that come; all, if it
    names none."""

    plan: Plan
    pair: Pair
    crew: Crew
    of: frozenset[str] = frozenset()
    pause: float = 45.0
    began: float = field(default_factory=monotonic)
    struck: list[Fault] = field(default_factory=list)
    takeovers: list[float] = field(default_factory=list)
    untaken: list[str] = field(default_factory=list)
    _idle: list[tuple[float, psycopg.Connection[Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = Random(f"{self.plan.seed}/chaos")
        self.standby = StandbyFaults(self.plan, self.pair, self.crew, self._random, self._meanwhile)
        self.clocks = ClockFaults(self.plan, self.crew, self._random, self._meanwhile, self._connection)
        self._deck = self._shuffled()

    @property
    def wrong(self) -> list[str]:
        return [*self.standby.wrong, *self.clocks.wrong]

    @property
    def server(self) -> Server:
        """The server that takes writes."""
        return self.pair.primary

    def strike(self) -> Fault:
        """Makes the next fault. Every kind comes once before any kind comes again."""
        self.let_go()
        name, act = next(self._deck)
        at = monotonic() - self.began
        note = ""
        with contextlib.suppress(psycopg.OperationalError):  # an earlier fault may hit this one
            note = act()
        fault = Fault(name, at, self._recovered(), note)
        self.struck.append(fault)
        return fault

    def last_blow(self) -> None:
        """Kills the server when the views have the last event, but before their rows are on disk. No later event wakes
        them."""
        with self._connection() as connection:
            victims = self._server_processes()
            patient = monotonic() + _SOON
            while connection.execute(BEHIND).fetchall() and monotonic() < patient:
                pass
            kill(victims)
        self._restart()
        self.struck.append(Fault("server killed after the last event", monotonic() - self.began, None))

    def close(self) -> None:
        for _, connection in self._idle:
            connection.close()

    def _shuffled(self) -> Iterator[tuple[str, Callable[[], str]]]:
        known: list[tuple[str, str, Callable[[], str]]] = [
            ("server", "backends terminated", self._terminate),
            ("server", "a backend killed", self._kill_backend),
            ("server", "server and children killed", self._kill_all),
            ("server", "server killed, its children left", self._kill_postmaster),
            ("server", "server restarted", self._restart),
            ("server", "a backend frozen", self._freeze),
            ("server", "an idle transaction", self._hold),
            ("workers", "a view's holder paused", self._pause_holder),
            ("workers", "a worker killed", self._kill_worker),
            ("workers", "a view built anew", self._rebuild),
            ("workers", "what is parked tried again", self._again),
            ("standby", "a standby killed", self.standby.kill),
            ("standby", "a synchronous standby promoted", self.standby.promote),
            ("standby", "a standby that lags promoted", self.standby.promote_lagging),
            ("keys", "the key folder away", self._take_keys),
            ("clocks", "a worker's clock ahead", self.clocks.jump_ahead),
            ("clocks", "a worker's clock set back", self.clocks.jump_back),
            ("clocks", "the machines suspended", self.clocks.suspend),
            ("clocks", "the marketplace's clock turned", self.clocks.turn),
        ]
        faults = [(name, act) for sort, name, act in known if not self.of or sort in self.of]
        while True:
            self._random.shuffle(faults)
            yield from faults

    def _terminate(self) -> str:
        with self._connection() as connection:
            done = connection.execute(_TERMINATE, [self._random.randint(1, 20)])
            return f"{done.rowcount} of them"

    def _kill_backend(self) -> str:
        """The postmaster then ends all other backends, and recovers from its log."""
        self._a_backend().kill()
        return ""

    def _kill_all(self) -> str:
        kill(self._server_processes())
        return self._restart()

    def _kill_postmaster(self) -> str:
        self._postmaster().kill()
        sleep(self._random.uniform(0, 0.5))
        return self._restart()

    def _restart(self) -> str:
        self.server.stop()
        self.server.start()
        return ""

    def _freeze(self) -> str:
        """Every other time, longer than the lock timeout. The backend may hold the lock of the append."""
        backend = self._a_backend()
        seconds = self._random.choice((0.5, 6.0))
        backend.suspend()
        sleep(seconds)
        with contextlib.suppress(psutil.NoSuchProcess):
            backend.resume()
        return f"for {seconds} s"

    def _hold(self) -> str:
        connection = psycopg.connect(self.plan.conninfo)
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        query, seconds = self._random.choice(_HOLD), self._random.uniform(1, 7)
        self._idle.append((monotonic() + seconds, connection))
        connection.execute(query)
        return f"for {seconds:.1f} s: {query}"

    def _pause_holder(self) -> str:
        """Stops the holder of a view until another worker has taken the view over and advanced it. The stopped worker
        then wakes, and believes that it still holds the view."""
        view, holder, pid = self._a_holder()
        process = psutil.Process(pid)
        began = monotonic()
        process.send_signal(signal.SIGSTOP)
        try:
            while (taken := self._holder(view)) in (None, holder) and monotonic() < began + self.pause:
                self.let_go()
                sleep(_LOOK)
            after = monotonic() - began
            sleep(self._random.uniform(0.1, 0.6))
        finally:
            process.send_signal(signal.SIGCONT)
        if taken in (None, holder):
            self.untaken.append(f"{view} was not taken over in {after:.1f} s")
            return self.untaken[-1]
        self.takeovers.append(after)
        return f"{view} was taken over after {after:.1f} s"

    def _kill_worker(self) -> str:
        number = self._random.randrange(self.plan.workers)
        self.crew.kill(number)
        return ""

    def _rebuild(self) -> str:
        """Rebuilds a view during the run. The next faults hit the rebuild too."""
        with self._connection() as connection:
            row = connection.execute(_A_VIEW, [_SHORT]).fetchone()
        if row is None or not self.crew.aside(row[0]):
            return "not now"
        return str(row[0])

    def _again(self) -> str:
        return "" if self.crew.aside("again") else "not now"

    def _take_keys(self) -> str:
        """In a process of its own, an engine starts without its keys, and then with them."""
        command = [sys.executable, "-m", "tests.harness.soak.key_folder", str(self.plan.path / "plan.json"), "away"]
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            self.standby.wrong.append(f"the key folder: {done.stderr[-1000:]}")
        return ""

    def _meanwhile(self) -> int | None:
        """What goes on while a fault waits. Returns the last position of the log."""
        self.let_go()
        self.crew.mend()
        sleep(_LOOK)
        return self.last_position()

    def _a_backend(self) -> psutil.Process:
        with self._connection() as connection:
            row = connection.execute(_A_BACKEND).fetchone()
        if row is None:
            raise psycopg.OperationalError("no backend to hit")
        return psutil.Process(row[0])

    def _server_processes(self) -> list[psutil.Process]:
        return processes_of(self.server)

    def _postmaster(self) -> psutil.Process:
        return self._server_processes()[0]

    def _holder(self, view: str) -> str | None:
        with contextlib.suppress(psycopg.OperationalError), self._connection() as connection:
            row = connection.execute(_HOLDER, [view]).fetchone()
            return row[0] if row else None
        return None

    def _a_holder(self) -> tuple[str, str, int]:
        """Waits until a consumer is held. Returns the consumer, the name of its holder, and the holder's process."""
        deadline = monotonic() + RECOVERY
        while monotonic() < deadline:
            workers = self._workers()
            with contextlib.suppress(psycopg.OperationalError), self._connection() as connection:
                for view, holder in connection.execute(_HELD).fetchall():
                    if holder in workers:
                        return view, holder, workers[holder]
            self.crew.mend()
            sleep(_LOOK)
        raise Stuck("no worker holds anything")

    def _workers(self) -> dict[str, int]:
        """The processes of the living workers, by the name under which they hold leases."""
        known: dict[str, int] = {}
        for number in range(self.plan.workers):
            with contextlib.suppress(OSError, ValueError):
                said = json.loads((self.plan.path / f"worker-{number}.json").read_text())
                if said["pid"] == self.crew.pid(number):
                    known[said["holder"]] = said["pid"]
        return known

    def _recovered(self) -> float:
        """The seconds until something new is stored."""
        began = monotonic()
        before = self.last_position()
        while (now := self.last_position()) is None or now <= (before or 0):
            before = before or now
            self.let_go()
            self.crew.mend()
            if monotonic() > began + RECOVERY:
                raise Stuck(self.struck[-1].name if self.struck else "the first fault")
            sleep(_LOOK)
        return monotonic() - began

    def last_position(self) -> int | None:
        with contextlib.suppress(psycopg.OperationalError), self._connection() as connection:
            row = connection.execute("SELECT max(position) FROM event").fetchone()
            return row[0] if row else None
        return None

    def let_go(self) -> None:
        """Ends the idle transactions whose time is over."""
        now = monotonic()
        for until, connection in self._idle:
            if until <= now:
                connection.close()
        self._idle = [(until, connection) for until, connection in self._idle if until > now]

    def _connection(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.plan.conninfo, autocommit=True, connect_timeout=5)
