"""Two hundred commands are cut off. `make soak CUTS=10000` is the long form; both check the same rules.

See docs/explanation/fault-harnesses.md.
"""

from typing import Any

import psycopg
import pytest

from tests.harness.cuts import checks
from tests.harness.cuts.run import CUTS, run
from tests.harness.cuts.tampering import WAYS

ENOUGH = 200


@pytest.mark.timeout(400)
def test_no_promise_and_no_cent_is_lost_or_doubled_wherever_a_command_is_cut_off() -> None:
    """Clients disappear, connections break before and after the commit, servers are killed, also when the provider has
    paid."""
    unnoticed: list[str] = []

    def inspect(connection: psycopg.Connection[Any]) -> None:
        unnoticed.extend(way.rule for way in WAYS if not _noticed(connection, way.by, way.rule))

    report = run(ENOUGH, seed=1, workers=3, people=16, inspect=inspect)
    assert [str(broken) for broken in report.broken] == []
    assert report.deaths == 0
    assert report.codes == [0]
    assert report.cut.total() >= ENOUGH
    assert CUTS.keys() - {"killed at the provider"} <= report.cut.keys()
    assert report.unheard > 0, "nobody died between a payment and its record"
    assert report.gone > 0, "nobody went away for good"
    assert {way.rule for way in WAYS} == {**checks.COMMANDS, **checks.MONEY}.keys()
    assert unnoticed == [], "rules that see nothing"


def _noticed(connection: psycopg.Connection[Any], by: str, rule: str) -> bool:
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL session_replication_role = replica")  # the log's trigger would refuse this
        connection.execute(by.encode())
        return checks.objects(connection, rule)
