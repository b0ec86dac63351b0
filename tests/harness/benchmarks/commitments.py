"""Queries the view of commitments, filled with as many as a large marketplace makes."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Any

from domain.commitments.events import CommitmentClass, CommitmentKind, Participant
from mediation.store.postgres.pool import open_pool
from projections import VIEWS
from projections.commitment_totals import totals
from projections.commitments_owed import commitments
from projections.lives import Asked
from projections.pending_commitments import PENDING_COMMITMENTS
from projections.punctuality import punctuality
from projections.table import Pool, create_tables
from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.findings import Findings, Row, Verdict, milliseconds
from tests.harness.benchmarks.rounds import Timed, alternate, middle_percentile

_MARKETPLACE = "bazaar"
_NOW = datetime(2026, 11, 1, tzinfo=UTC)
ASKED = 20

_FILL = """
INSERT INTO {table} (n, began_at, ended_at, began_position, ended_position, commitment_id, dispute_id, marketplace, number,
  commitment_class, kind, owed_by, owed_to, subject, minor, currency, due_at, falls_due_at, arises_from, status,
  by, broken)
SELECT life, CASE life WHEN 1 THEN made ELSE over END, CASE WHEN life = 1 AND lives = 2 THEN over END,
  2 * i + life, CASE WHEN life = 1 AND lives = 2 THEN 2 * i + 2 END, md5('commitment' || i)::uuid,
  md5('dispute' || i / 2)::uuid,
  CASE WHEN i / 53 %% 5 = 0 THEN 'other' ELSE 'bazaar' END, 1, CASE WHEN money THEN 'remedy' ELSE 'service' END,
  CASE WHEN money THEN 'refund' ELSE (ARRAY['reply', 'review', 'call_back'])[1 + i / 3 %% 3] END,
  CASE WHEN money THEN 'seller' ELSE (ARRAY['neutral', 'supervisor', 'carrier'])[1 + i / 9 %% 3] END, 'buyer',
  md5('person' || i %% 5000)::uuid, CASE WHEN money THEN 100 + i %% 90000 END,
  CASE WHEN money THEN (ARRAY['EUR', 'USD', 'JPY', 'KWD'])[1 + i %% 4] END, due, due, 'promise',
  CASE WHEN life = 1 THEN 'pending' WHEN i %% 50 = 0 THEN 'overdue'
    ELSE (ARRAY['kept', 'kept', 'kept_late', 'waived'])[1 + i / 5 %% 4] END,
  NULL, false
FROM (SELECT i, i %% 3 < 2 AS money, made, made + interval '5 days' AS due,
    made + CASE WHEN i %% 50 = 0 THEN interval '5 days' ELSE (i %% 7) * interval '1 day' END AS over,
    CASE WHEN made + interval '7 days' > %(now)s AND i %% 50 <> 0 THEN 1 ELSE 2 END AS lives
  FROM (SELECT i, %(now)s - ((%(rows)s - i)::float8 / %(rows)s) * interval '365 days' AS made
    FROM generate_series(1, %(rows)s) i) m) c, generate_series(1, lives) life"""
_COUNT = """
INSERT INTO {totals} SELECT marketplace, commitment_class, kind, owed_by, owed_to, status, currency, count(*),
  coalesce(sum(minor), 0) FROM {table} WHERE ended_position IS NULL GROUP BY 1, 2, 3, 4, 5, 6, 7"""


async def fill(pool: Pool, rows: int) -> None:
    """A year of commitments, evenly spread. One in fifty is broken and still owed."""
    table, kept = PENDING_COMMITMENTS.table, PENDING_COMMITMENTS.totals
    assert kept is not None, "this view keeps totals"
    async with pool.connection() as connection:
        await connection.execute(_FILL.format(table=table).encode(), {"rows": rows, "now": _NOW})
        await connection.execute(_COUNT.format(table=table, totals=kept.table(table)).encode())
        await connection.execute(f"ANALYZE {table}".encode())


async def owed(bench: Bench) -> Findings:
    rows = bench.effort.sizes[-1]
    with bench.database() as conninfo:
        pool = await open_pool(conninfo, max_size=2)
        async with pool:
            await create_tables(pool, VIEWS)
            await fill(pool, rows)
            found = await alternate(
                bench.effort.rounds, *(partial(asked, question) for _, question in _questions(pool))
            )
    targets = {"as of": 1.0, "page": 0.01}
    table = []
    for (what, _), timed in zip(_questions(pool), found, strict=True):
        at_most = next((limit for begins, limit in targets.items() if what.startswith(begins)), None)
        p50, p99 = middle_percentile(timed, 50), middle_percentile(timed, 99)
        verdict = Verdict.of(p99 <= at_most) if at_most else Verdict.NO_TARGET
        aim = f"≤ {milliseconds(at_most)}" if at_most else "–"
        table.append(Row(what, f"{milliseconds(p50)}, p99 {milliseconds(p99)}", target=aim, verdict=verdict))
    return Findings(
        "What is owed",
        f"{rows:,} commitments of a year, in two marketplaces, with each of their lives a row, written straight into the view; "
        f"asked by one reader, {ASKED} times a round, pages of 50.",
        table,
    )


def _questions(pool: Pool) -> list[tuple[str, Callable[[], Awaitable[Any]]]]:
    page = partial(commitments, pool, _MARKETPLACE)
    month: dict[str, Any] = {"due_after": _NOW - timedelta(days=60), "due_before": _NOW - timedelta(days=30)}
    year: dict[str, Any] = {"due_after": _NOW - timedelta(days=365), "due_before": _NOW}
    return [
        ("page: open, the first due first", page),
        ("page: overdue refunds", partial(page, status="overdue", kind=CommitmentKind.REFUND)),
        (
            "page: owed by neutrals, service",
            partial(page, owed_by=Participant.NEUTRAL, commitment_class=CommitmentClass.SERVICE),
        ),
        ("page: owed by banks, of which there are none", partial(page, owed_by=Participant.BANK)),
        ("page: due within a month, ended", partial(page, status="ended", **month)),
        ("totals by status and currency", partial(totals, pool, _MARKETPLACE)),
        ("as of half a year ago: open then", partial(page, asked=Asked(as_of=_NOW - timedelta(days=182)))),
        (
            "as of eleven months ago: overdue then",
            partial(page, status="overdue", asked=Asked(as_of=_NOW - timedelta(days=335))),
        ),
        (
            "as of half a year ago: owed by banks, of which there are none",
            partial(page, owed_by=Participant.BANK, asked=Asked(as_of=_NOW - timedelta(days=182))),
        ),
        ("kept by their time, by seller, in a month", partial(punctuality, pool, _MARKETPLACE, "seller", **month)),
        (
            "kept by their time, the marketplace, in a year",
            partial(punctuality, pool, _MARKETPLACE, "marketplace", **year),
        ),
    ]


async def asked(question: Callable[[], Awaitable[Any]]) -> Timed:
    latencies = []
    began = perf_counter()
    for _ in range(ASKED):
        before = perf_counter()
        await question()
        latencies.append(perf_counter() - before)
    return Timed(perf_counter() - began, latencies)
