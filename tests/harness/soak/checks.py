"""The rules that must hold after a run. Each is a query for the rows that break it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors

from projections.caseload import CASELOAD
from tests.harness.soak.plan import COLD


@dataclass(frozen=True, slots=True)
class Broken:
    """The number of rows that break a rule, and some of them."""

    rule: str
    rows: int
    some: Sequence[str]

    def __str__(self) -> str:
        return f"{self.rule}: {self.rows}, as {'; '.join(self.some)}"


WRITING: Mapping[str, str] = {
    "every thing that was begun has an answer": "SELECT w, n, what FROM soak.op WHERE outcome IS NULL",
    "nothing unforeseen was raised": "SELECT w, what FROM soak.odd",
    "what was acknowledged is in the log, whole, and where it was said to be": """
        SELECT o.w, o.n, o.what, o.first, o.last, o.events, l.* FROM soak.op o
        LEFT JOIN (SELECT op, count(*) AS n, min(position) AS a, max(position) AS z FROM soak.log WHERE NOT by_itself
          GROUP BY op) l USING (op)
        WHERE o.outcome = 'stored' AND (l.n IS NULL OR coalesce(o.events, l.n) <> l.n OR coalesce(o.first, l.a) <> l.a
          OR coalesce(o.last, l.z) <> l.z)""",
    "nothing is in the log that was refused, or that nobody asked for": """
        SELECT l.position, l.kind, l.op, o.outcome FROM soak.log l LEFT JOIN soak.op o USING (op)
        WHERE NOT l.by_itself AND (o.op IS NULL OR o.outcome <> 'stored')""",
    "each fact is what was to be stored, in its stream, at its version": """
        SELECT o.w, o.n, s.stream, s.version + g AS version, l.* FROM soak.op o JOIN soak.segment s USING (op)
        CROSS JOIN generate_series(0, s.events - 1) g LEFT JOIN soak.log l ON l.op = s.op AND l.i = s.start + g
        WHERE o.outcome = 'stored' AND (l.op IS NULL OR l.stream <> s.stream OR l.version <> s.version + g)""",
    "no fact is there twice": """
        SELECT op, i, count(*) FROM soak.log WHERE i IS NOT NULL GROUP BY op, i HAVING count(*) > 1""",
    "versions of a stream have no gap, in order of position": """
        SELECT * FROM (SELECT stream, version, position, lag(version, 1, 0) OVER (PARTITION BY stream ORDER BY position) AS
          before FROM soak.log) s WHERE version <> before + 1""",
    "what one writer did is in the order in which it did it": """
        SELECT * FROM (SELECT o.w, o.n, min(l.position) AS a, lag(max(l.position)) OVER (PARTITION BY o.w ORDER BY o.n) AS z
          FROM soak.op o JOIN soak.log l USING (op) WHERE NOT l.by_itself GROUP BY o.w, o.n) t WHERE a < z
        AND (w, n) NOT IN (SELECT w, n FROM soak.under_way)""",
}
"""Rules for the log of any store."""

LOG: Mapping[str, str] = {
    "positions have no gap": """
        SELECT * FROM (SELECT position, lag(position, 1, 0) OVER (ORDER BY position) AS before FROM soak.log) p
        WHERE position <> before + 1""",
    "recorded_at never goes back": """
        SELECT * FROM (SELECT position, recorded_at, lag(recorded_at) OVER (ORDER BY position) AS before FROM soak.log) r
        WHERE recorded_at < before""",
    "what was acknowledged before something else began comes before it": """
        SELECT * FROM (SELECT w, n, z, ended_at, max(at) OVER (ORDER BY z) AS began FROM (
          SELECT o.w, o.n, o.at, o.ended_at, max(l.position) AS z FROM soak.op o JOIN soak.log l USING (op)
          WHERE NOT l.by_itself GROUP BY o.w, o.n, o.at, o.ended_at) t) r WHERE ended_at < began""",
    "the facts of a command stand side by side, and nothing was done twice": """
        SELECT op, count(DISTINCT command), min(position), max(position), count(*) FROM soak.log WHERE NOT by_itself
        GROUP BY op HAVING count(DISTINCT command) > 1 OR max(position) - min(position) + 1 <> count(*)""",
    "each key has its one result, and only what was stored has one": """
        SELECT o.w, o.n, o.outcome, r.first_position, r.events, l.* FROM soak.op o
        FULL JOIN command_result r ON r.key = o.key AND r.marketplace = 'soak'
        LEFT JOIN (SELECT op, min(position) AS a, count(*) AS n FROM soak.log WHERE NOT by_itself GROUP BY op) l USING (op)
        WHERE (r.key IS NOT NULL) IS DISTINCT FROM (o.outcome = 'stored') OR r.first_position <> l.a OR r.events <> l.n""",
    "what can happen only once did": """
        SELECT coalesce(dispute, stream), kind, count(*) FROM soak.log
        WHERE kind IN ('DisputeFiled', 'ResponseGiven', 'DefaultGranted', 'OfferAccepted', 'SettlementReached',
          'ClaimWithdrawn', 'DisputeCancelled', 'DisputeClosed', 'FastLaneGranted', 'FastLaneContested')
        GROUP BY 1, 2 HAVING count(*) > 1
        UNION ALL
        SELECT stream, kind, count(*) FROM soak.log WHERE kind IN ('TransactionRecorded', 'RefundInstructed',
          'RefundConfirmed', 'RefundCancelled') GROUP BY 1, 2 HAVING count(*) > 1
        UNION ALL
        SELECT coalesce(b ->> 'commitment_id', b ->> 'refund_id', b ->> 'dispute_id')::uuid, kind, count(*)
        FROM (SELECT kind, convert_from(body, 'UTF8')::jsonb AS b FROM event WHERE kind IN ('CommitmentMade',
          'CommitmentKept', 'CommitmentWaived', 'RefundReserved', 'RefundSettled', 'RefundReleased', 'ClaimOpened',
          'ClaimEnded')) t GROUP BY 1, 2 HAVING count(*) > 1""",
    "what was granted is on record": """
        SELECT o.w, o.n, o.what, o.spot, o.outcome FROM soak.op o WHERE o.expects IS NOT NULL
        AND o.outcome IN ('stored', 'nothing')
        AND NOT EXISTS (SELECT FROM soak.log l WHERE l.kind = o.expects AND l.dispute = o.spot)
        AND NOT EXISTS (SELECT FROM soak.log l WHERE l.kind = o.expects AND l.stream = o.spot)""",
    "refunds stay below what was paid, by what the writers were told": """
        SELECT * FROM (SELECT refunded_order, sum(minor) AS out FROM (SELECT DISTINCT refunded_order, refund, minor
            FROM soak.op WHERE refund IS NOT NULL AND outcome IN ('stored', 'nothing')) r GROUP BY 1) t
        LEFT JOIN (SELECT order_id AS refunded_order, max(paid) AS paid FROM soak.op GROUP BY 1) f USING (refunded_order)
        WHERE out > paid OR paid IS NULL""",
    "refunds stay below what was paid, by the log": """
        SELECT * FROM (SELECT stream_id,
          sum((b #>> '{paid,amount}')::numeric) FILTER (WHERE kind = 'TransactionRecorded') AS paid,
          sum((b #>> '{amount,amount}')::numeric) FILTER (WHERE kind = 'RefundReserved'
            AND b ->> 'refund_id' NOT IN (SELECT convert_from(r.body, 'UTF8')::jsonb ->> 'refund_id' FROM event r
              WHERE r.kind = 'RefundReleased')) AS out
          FROM (SELECT stream_id, kind, convert_from(body, 'UTF8')::jsonb AS b FROM event
            WHERE kind IN ('TransactionRecorded', 'RefundReserved')) e GROUP BY 1) t WHERE out > paid""",
    "whoever was told that a view is there found it there": "SELECT * FROM soak.looked WHERE seen < asked",
    "the server kept its promises about the disk": """
        SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')
        AND setting <> 'on'""",
    "the table of events is whole, and every index holds every row": """
        SELECT name, said FROM (SELECT i.indexrelid::regclass::text, bt_index_check(i.indexrelid, true)::text
          FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam AND a.amname = 'btree'
          WHERE i.indrelid IN ('event'::regclass, 'command_result'::regclass, 'progress'::regclass, 'parked'::regclass)
          OFFSET 0) x (name, said) WHERE said <> ''
        UNION ALL SELECT 'event', msg FROM verify_heapam('event')""",
}
"""Rules for the engine's log."""

_BODIES = """WITH body AS (SELECT position, dispute_id AS dispute, kind, occurred_at, recorded_at,
  convert_from(body, 'UTF8')::jsonb AS b FROM event
  WHERE kind ~ '^(Deadline|Commitment)(Set|Moved|Ended|Lapsed|Made|Deferred|Breached|Kept|Waived|Replaced|Discharged)$'
    OR kind IN ('DefaultGranted', 'OutageRecorded')),
term AS (SELECT position, dispute, kind, occurred_at,
  coalesce(b #>> '{deadline,name}', b ->> 'name', b ->> 'commitment_id') AS name,
  coalesce(b #>> '{deadline,due_at}', b #>> '{promise,due_at}', b ->> 'due_at')::timestamptz AS due_at FROM body
  WHERE kind NOT IN ('DefaultGranted', 'OutageRecorded'))"""
"""Every fact about a window or a commitment: its name, and until when it runs, if the fact says so."""

_LAPSED = "('DeadlineLapsed', 'CommitmentBreached')"

CLOCKS: Mapping[str, str] = {
    "nothing lapses before any clock of the marketplace has shown its end": f"""{_BODIES}
        SELECT position, kind, occurred_at, recorded_at FROM body
        WHERE kind IN ('DeadlineLapsed', 'CommitmentBreached', 'DefaultGranted')
        AND occurred_at > recorded_at + interval '1 s'
          + (SELECT max(ahead) FROM soak.clock c WHERE c.at <= recorded_at) * interval '1 s'""",
    "what lapses was due then, as far as was known": f"""{_BODIES},
        since AS (SELECT *, count(due_at) OVER (PARTITION BY dispute, name ORDER BY position) AS change FROM term),
        known AS (SELECT *, max(due_at) OVER (PARTITION BY dispute, name, change) AS due FROM since)
        SELECT position, kind, name, occurred_at, due FROM known WHERE kind IN {_LAPSED} AND occurred_at <> due""",
    "nothing lapses in an outage that is on record": f"""{_BODIES}
        SELECT l.position, l.kind, l.occurred_at, o.b FROM body o JOIN term l ON l.position > o.position
          AND l.occurred_at > (o.b #>> '{{outage,began_at}}')::timestamptz
          AND l.occurred_at <= (o.b #>> '{{outage,ended_at}}')::timestamptz
        WHERE o.kind = 'OutageRecorded' AND l.kind IN {_LAPSED}""",
    "no deadline is lost: what is over has lapsed or ended, and what runs has its timer": f"""{_BODIES},
        last AS (SELECT DISTINCT ON (dispute, name) * FROM term ORDER BY dispute, name, position DESC)
        SELECT l.dispute, l.name, l.kind, l.due_at, t.due_at AS timer FROM last l
        LEFT JOIN views.timer t ON t.dispute_id = l.dispute AND t.name = l.name
        WHERE l.due_at IS NOT NULL AND (t.due_at IS DISTINCT FROM l.due_at OR l.due_at < (SELECT max(recorded_at) FROM event)
          + ((SELECT min(ahead) FROM soak.clock_now) - 60) * interval '1 s')""",
    "no default makes a commitment twice": f"""{_BODIES}
        SELECT dispute, count(*) FROM body WHERE kind = 'CommitmentMade' AND b ->> 'arises_from' = 'default'
        GROUP BY 1 HAVING count(*) > 1""",
}
"""Rules for what happens by a clock, whatever becomes of the clocks."""

POISONED = f"""
SELECT 'tally@1' AS consumer, coalesce(dispute, stream) AS subject, min(position) AS position FROM soak.log
  WHERE kind = 'TestVenom' GROUP BY 1, 2
UNION ALL
SELECT '{CASELOAD.name}', dispute, min(position) FROM soak.log
  WHERE kind = 'ResponseGiven' AND get_byte(uuid_send(dispute), 0) < 8 GROUP BY 1, 2
"""
"""The subjects that a consumer cannot take, and the first position that it cannot take."""

PARKED: Mapping[str, str] = {
    "exactly what is poisoned is parked, and all that follows it": f"""
        SELECT coalesce(p.consumer, e.consumer), coalesce(p.position, e.position), p.subject, e.subject
        FROM (SELECT * FROM parked WHERE consumer NOT LIKE '%+next') p
        FULL JOIN (SELECT d.consumer, d.subject, l.position FROM ({POISONED}) d
          JOIN soak.log l ON coalesce(l.dispute, l.stream) = d.subject AND l.position >= d.position) e
        ON p.consumer = e.consumer AND p.subject = e.subject AND p.position = e.position
        WHERE p.position IS NULL OR e.position IS NULL""",
}

UNPARKED: Mapping[str, str] = {
    "nothing is parked any more": "SELECT consumer, subject, position FROM parked WHERE consumer NOT LIKE '%+next'"
}

LIBRARY: Mapping[str, str] = {
    "the consumer was given every event": """
        SELECT l.position, l.op FROM soak.log l LEFT JOIN seen s USING (position) WHERE s.position IS NULL""",
    "the consumer reached the end": """
        SELECT * FROM (SELECT max(position) FROM soak.log) l (last), (SELECT max(position) FROM seen) s (given)
        WHERE last IS DISTINCT FROM given""",
    "the consumer was given no event twice": "SELECT position, count(*) FROM seen GROUP BY 1 HAVING count(*) > 1",
}

_TALLY = """
SELECT * FROM views.tally_1 t FULL JOIN (SELECT coalesce(dispute, stream) AS subject, count(*) AS facts,
  sum(position) AS total, sum(position::numeric * position) AS squares, max(position) AS last FROM soak.log GROUP BY 1) l
  USING (subject)
WHERE subject NOT IN (SELECT subject FROM parked WHERE consumer = 'tally@1')
AND ((t.facts, t.total, t.squares, t.last) IS DISTINCT FROM (l.facts, l.total, l.squares, l.last) OR t.disorder > 0)"""

_FEW = "SELECT count(*), (array_agg(left(b::text, 300)))[1:3] FROM ({}) b"

_TWINS = """SELECT live.tablename, cold.tablename, rtrim(live.start, '_') || '@' || live.version,
  (SELECT string_agg(quote_ident(attname), ', ') FROM pg_index i JOIN pg_attribute c ON c.attrelid = i.indrelid
    AND c.attnum = ANY(i.indkey) WHERE i.indisprimary AND i.indrelid = ('views.' || live.tablename)::regclass),
  (SELECT array_agg(attname ORDER BY attname) FROM pg_attribute WHERE attrelid = ('views.' || live.tablename)::regclass
    AND attname IN ('dispute_id', 'stream_id'))
FROM (SELECT tablename, left(tablename, -length(v[1])) AS start, v[1]::int AS version
  FROM pg_tables, regexp_match(tablename, '\\d+$') v WHERE schemaname = 'views' AND v IS NOT NULL) live
JOIN pg_tables cold ON cold.schemaname = 'views' AND cold.tablename = start || (version + %s) ORDER BY 1"""
"""For each view: its table and the table of its cold twin, its name, its primary key, and the columns that name the
subject of a row."""


def of_views(connection: psycopg.Connection[Any], when: str = "") -> dict[str, str]:
    """Compares each view with its cold twin, row by row, except for parked subjects."""
    found: dict[str, str] = {f"the tally counts what is in the log{when}": _TALLY}
    for live, cold, consumer, key, about in connection.execute(_TWINS, [COLD]).fetchall():
        subject = ", ".join(f"{side}.{column}" for column in about or ["subject"] for side in "ab")
        found[f"{live} equals a cold rebuild{when}"] = f"""
            SELECT {key}, a.*, b.* FROM views.{live} a FULL JOIN views.{cold} b USING ({key})
            WHERE row(a.*) IS DISTINCT FROM row(b.*)
            AND coalesce({subject}) NOT IN (SELECT subject FROM parked WHERE consumer = '{consumer}')"""
    return found


def broken(connection: psycopg.Connection[Any], rules: Mapping[str, str]) -> list[Broken]:
    """The rules that do not hold."""
    return [found for rule, query in rules.items() if (found := _look(connection, rule, query))]


def _look(connection: psycopg.Connection[Any], rule: str, query: str) -> Broken | None:
    try:
        with connection.transaction():
            row = connection.execute(_FEW.format(query).encode()).fetchone()
    except (errors.DataCorrupted, errors.IndexCorrupted) as error:
        return Broken(rule, 1, [str(error)])
    assert row is not None
    return Broken(rule, row[0], row[1]) if row[0] else None
