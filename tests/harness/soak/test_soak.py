"""Each fault once. `make soak` is the long form; both check the same rules. See
docs/explanation/fault-harnesses.md."""

from typing import Any

import psycopg
import pytest

from tests.harness.soak import checks, evidence, tampering
from tests.harness.soak.plan import Plan
from tests.harness.soak.run import run
from tests.harness.soak.tampering import Spoiled

pytestmark = pytest.mark.timeout(420)

KINDS_OF_FAULT = 19

SEEN_BY_THEMSELVES = {"the table of events is whole, and every index holds every row"}
"""Rules that an extension of PostgreSQL checks. A transaction cannot spoil what they read."""


def test_nothing_is_lost_doubled_or_out_of_order_whatever_is_killed() -> None:
    """Each kind of fault once, under 12 writers in 3 processes. Then the same result is spoiled, rule by rule."""
    plan = Plan("engine", "", "", seed=3, workers=3, writers=12, rest=0.2)
    spoiled: list[str] = []

    def inspect(connection: psycopg.Connection[Any]) -> None:
        spoiled.extend(_unnoticed(plan, connection))

    report = run(plan, seconds=120, faults=KINDS_OF_FAULT, gap=0.3, inspect=inspect)
    assert [str(broken) for broken in report.broken] == []
    assert report.behind == [], "a view never got there"
    assert report.untaken == [], "nobody took over from a paused worker"
    assert report.wrong == []
    assert report.lost > 0
    assert report.deaths == 0
    assert len(report.faults) == KINDS_OF_FAULT + 1
    assert report.events > 500
    assert spoiled == [], "rules that see nothing"


def _unnoticed(plan: Plan, connection: psycopg.Connection[Any]) -> list[str]:
    views = checks.of_views(connection)
    ways = [*tampering.OF_WRITING, *tampering.OF_THE_LOG, *tampering.OF_CLOCKS, *tampering.of_views(views)]
    rules = {**checks.WRITING, **checks.LOG, **checks.CLOCKS, **checks.PARKED, **checks.UNPARKED, **views}
    assert {way.rule for way in ways} == rules.keys() - SEEN_BY_THEMSELVES
    return [way.rule for way in ways if not _noticed(plan, connection, way, rules[way.rule])]


def _noticed(plan: Plan, connection: psycopg.Connection[Any], way: Spoiled, rule: str) -> bool:
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL session_replication_role = replica")  # the log's trigger would refuse this
        connection.execute(way.by.encode())
        if way.log:
            evidence.read_log(plan, connection)
        return bool(checks.broken(connection, {way.rule: rule}))


def test_a_log_without_its_lock_is_found_out() -> None:
    """The same harness over the same engine, but with positions from a sequence. Readers skip events that commit
    late."""
    report = run(Plan("unlocked", "", "", seed=1), seconds=90, events=800, faults=0, lag=3)
    found = {broken.rule for broken in report.broken}
    assert any(rule.endswith("equals a cold rebuild") for rule in found)


def test_the_losses_of_the_librarys_stored_functions_are_found() -> None:
    """The library stores every event, but its subscription does not deliver all of them. Whether one is lost within five
    seconds is chance, so it gets several times five."""
    for seed in range(1, 9):
        report = run(Plan("library", "", "", seed=seed), seconds=5, faults=0, lag=3)
        if found := {broken.rule for broken in report.broken}:
            break
    assert found == {"the consumer was given every event"}
