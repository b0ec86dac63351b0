"""Loads the journals and the log as tables in a schema of their own, so that the checks are plain SQL.

It uses nothing of the engine: it reads the rows of the log as they are stored.
"""

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql

from tests import today
from tests.harness.soak import journal, turned
from tests.harness.soak.plan import Plan

_TABLES = """
CREATE EXTENSION IF NOT EXISTS amcheck;
DROP SCHEMA IF EXISTS soak CASCADE;
CREATE SCHEMA soak;
CREATE UNLOGGED TABLE soak.begun (w int, n int, op uuid, key bytea, what text, dispute uuid, expects text, spot uuid,
  order_id uuid, paid bigint, at bigint);
CREATE UNLOGGED TABLE soak.segment (op uuid, start int, stream uuid, version int, events int);
CREATE UNLOGGED TABLE soak.ended (w int, n int, outcome text, first bigint, last bigint, events int, order_id uuid,
  refund uuid, minor bigint, at bigint);
CREATE UNLOGGED TABLE soak.looked (w int, asked bigint, seen bigint);
CREATE UNLOGGED TABLE soak.odd (w int, what text);
CREATE UNLOGGED TABLE soak.under_way (w int, n int);
CREATE UNLOGGED TABLE soak.clock (at timestamptz, ahead float8);
CREATE UNLOGGED TABLE soak.clock_now (ahead float8);
"""

_OPS = """
CREATE UNLOGGED TABLE soak.op AS
SELECT b.*, e.outcome, e.first, e.last, e.events, e.order_id AS refunded_order, e.refund, e.minor, e.at AS ended_at
FROM soak.begun b LEFT JOIN (SELECT DISTINCT ON (w, n) * FROM soak.ended ORDER BY w, n, at DESC) e USING (w, n);
CREATE INDEX ON soak.op (op);
ANALYZE soak.op;
ANALYZE soak.segment;
"""
"""Of an act that was done again after a promotion, the first beginning and the last answer count."""

_CLOCK_NOW = """INSERT INTO soak.clock_now SELECT %s + extract(epoch FROM coalesce(max(ahead), interval '0'))
FROM views.clock_turn WHERE marketplace = 'soak'"""
"""How far the clock of the marketplace is ahead now. A promotion may have lost the last turn."""

_LOG = """
CREATE UNLOGGED TABLE soak.log AS
SELECT position, recorded_at, stream_id AS stream, version, correlation_id AS op, causation_id AS command, kind,
  dispute_id AS dispute, actor = '00000000-0000-8000-8000-0000656e6769' AS by_itself,
  CASE WHEN kind LIKE 'Test%' THEN (convert_from(body, 'UTF8')::jsonb ->> 'i')::int END AS i
FROM event
"""
"""`by_itself` marks facts of the engine's clock and refund process, which are in no journal."""

_LIBRARY_LOG = """
CREATE UNLOGGED TABLE soak.log AS
SELECT notification_id AS position, NULL::timestamptz AS recorded_at, originator_id AS stream,
  originator_version::int AS version, (convert_from(state, 'UTF8')::jsonb ->> 'op')::uuid AS op, NULL::uuid AS command,
  topic AS kind, NULL::uuid AS dispute, false AS by_itself, (convert_from(state, 'UTF8')::jsonb ->> 'i')::int AS i
FROM soak_events
"""

Row = tuple[Any, ...]


def gather(plan: Plan, connection: psycopg.Connection[Any]) -> None:
    """Loads everything that the checks query."""
    connection.execute("SET work_mem = '256MB'")
    connection.execute(_TABLES)
    for name in ("begun", "segment", "ended", "looked", "odd", "under_way"):
        with connection.cursor().copy(sql.SQL("COPY soak.{} FROM STDIN").format(sql.Identifier(name))) as copy:
            for table, row in _rows(plan):
                if table == name:
                    copy.write_row(row)
    with connection.cursor().copy("COPY soak.clock FROM STDIN") as copy:
        for at, ahead in turned.noted(plan):
            copy.write_row((at, today.AHEAD.total_seconds() + ahead))
    if plan.ours:
        connection.execute(_CLOCK_NOW, [today.AHEAD.total_seconds() + turned.TurnedClocks(plan).slept])
    connection.execute(_OPS)
    read_log(plan, connection)


def read_log(plan: Plan, connection: psycopg.Connection[Any]) -> None:
    connection.execute("DROP TABLE IF EXISTS soak.log")
    connection.execute(_LOG if plan.ours else _LIBRARY_LOG)
    connection.execute("CREATE INDEX ON soak.log (op, i)")
    connection.execute("ANALYZE soak.log")


def _rows(plan: Plan) -> Iterator[tuple[str, Row]]:
    begun: set[tuple[int, int]] = set()
    for line in journal.lines(journal.files(plan.path)):
        said = line.get
        match line["t"]:
            case "begin" if (line["w"], line["n"]) in begun:
                continue
            case "begin":
                begun.add((line["w"], line["n"]))
                key = bytes.fromhex(line["key"]) if "key" in line else None
                ids = (said("expects"), said("where"), said("order"), said("paid"), line["at"])
                yield "begun", (line["w"], line["n"], line["op"], key, line["what"], said("dispute"), *ids)
                start = 0
                for stream, version, events in said("segments", ()):
                    yield "segment", (line["op"], start, stream, version, events)
                    start += events
            case "end":
                told = (line["outcome"], said("first"), said("last"), said("events"))
                yield "ended", (line["w"], line["n"], *told, said("order"), said("refund"), said("minor"), line["at"])
            case "read":
                yield "looked", (line["w"], line["asked"], line["seen"])
            case "late":
                yield "looked", (line["w"], line["asked"], None)
            case "rewind":
                yield "under_way", (line["w"], line["last"])
            case "odd":
                yield "odd", (line["w"], line["what"])
