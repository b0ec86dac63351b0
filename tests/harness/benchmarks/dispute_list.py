"""Asks for the list of disputes, filled with as many as a large marketplace has."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import md5
from typing import Any
from uuid import UUID

from domain.kernel.people import Awaiting, Side, Stage
from domain.policy.reasons import ClaimReason
from mediation.store.postgres.pool import open_pool
from projections import VIEWS
from projections.caseload import CASELOAD
from projections.dispute_list import Filters, Named, Sort, counts, disputes
from projections.table import Pool, create_tables
from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.commitments import ASKED, asked
from tests.harness.benchmarks.findings import Findings, Row, Verdict, milliseconds
from tests.harness.benchmarks.rounds import alternate, together

_MARKETPLACE = "bazaar"
_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_PAGE, _COUNTS = 0.01, 0.25
"""Seconds that a page and the numbers beside it may take."""
_RESPONDENT = [Awaiting.RESPONDENT]

_FILL = """
INSERT INTO {table} (n, began_at, began_position, dispute_id, marketplace, reference, reference_key, transaction_id, reason,
  claimant, buyer_subject, seller_subject, imported, stage, awaiting, told_awaiting, outcome, ruled, awaited, neutral, minor,
  currency, filed_at, changed_at, moved_at, known_since, changed_for_buyer, changed_for_seller, telling, parties, messages, why,
  told_why, due_at, told_due_at, filed_position)
SELECT 1, filed, 9 * i, md5('dispute' || i)::uuid, CASE WHEN i %% 5 = 0 THEN 'other' ELSE 'bazaar' END, 'sealed',
  md5('reference' || i)::uuid, md5('order' || i)::uuid, (ARRAY['item_not_received', 'not_as_described', 'damaged', 'wrong_item',
  'item_not_received', 'not_as_described', 'item_not_received', 'customs_seized'])[1 + floor(8 * random())::int], 'buyer',
  md5('buyer' || i %% 300007)::uuid, md5('seller' || i %% 5003)::uuid, false,
  CASE WHEN open THEN (ARRAY['negotiation', 'mediation', 'adjudication', 'appeal'])[least(1 + d / 4, 4)] ELSE 'closed' END,
  CASE WHEN open THEN awaited ELSE 'none' END, CASE WHEN open THEN awaited ELSE 'none' END,
  CASE WHEN NOT open THEN 'settled' END, '{{}}', '{{}}',
  CASE WHEN CASE WHEN open THEN d BETWEEN 4 AND 11 ELSE d < 3 END THEN md5('neutral' || i / 12 %% 990)::uuid END,
  100 + floor(90000 * random())::int, (ARRAY['EUR', 'USD', 'JPY', 'KWD'])[1 + floor(4 * random())::int], filed, changed, filed,
  filed, changed, changed, '{{}}',
  '{{"buyer": {{"country": "CN", "language": "zh-Hans", "tier": "gold"}}, "seller": {{"country": "IT", "language": "it",
     "tier": "new"}}}}', 3,
  CASE WHEN open THEN (ARRAY['response', 'first_act', 'ruling', 'assignment'])[least(1 + d / 4, 4)] END,
  CASE WHEN open AND d < 4 THEN 'response' END,
  CASE WHEN open THEN due ELSE '9000-01-01Z' END, CASE WHEN open AND d < 4 THEN due ELSE '9000-01-01Z' END, 9 * i
FROM (SELECT i, d, filed, i > %(rows)s * 0.92 AS open, filed + (i %% 20) * interval '1 day' AS changed,
    (ARRAY['respondent', 'neutral', 'neutral', 'supervisor'])[least(1 + d / 4, 4)] AS awaited,
    %(now)s + (i * 31 %% 20000 - 2000) * interval '1 minute' AS due
  FROM (SELECT i, i / 17 %% 13 AS d,
      %(now)s - ((%(rows)s - i)::float8 / %(rows)s) * interval '365 days' AS filed
    FROM generate_series(1, %(rows)s) i) m) f"""
_COUNT = """
INSERT INTO {totals} SELECT {by}, count(*), 0 FROM {table} WHERE ended_position IS NULL GROUP BY {by}"""


async def fill(pool: Pool, rows: int) -> None:
    """A year of disputes, evenly spread. One in twelve is open; a quarter of the others had a neutral.

    The indexes come last, as their one use here. `VACUUM` does what the server does by itself within a minute.
    """
    table, kept = CASELOAD.table, CASELOAD.totals
    assert kept is not None, "this view keeps totals"
    await create_tables(pool, [replace(CASELOAD, indexes=())])
    async with pool.connection() as connection:
        async with connection.transaction():
            await connection.execute("SELECT setseed(0.5)")
            await connection.execute(_FILL.format(table=table).encode(), {"rows": rows, "now": _NOW})
            by = ", ".join(kept.by)
            await connection.execute(_COUNT.format(table=table, totals=kept.table(table), by=by).encode())
            await connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
            for index in CASELOAD.indexes:
                await connection.execute(f"CREATE INDEX ON {table} {index}".encode())
        await connection.execute(f"VACUUM ANALYZE {table}".encode())
    await create_tables(pool, VIEWS)


async def lists(bench: Bench) -> Findings:
    rows = bench.effort.disputes
    with bench.database() as conninfo:
        pool = await open_pool(conninfo, max_size=2)
        async with pool:
            await fill(pool, rows)
            questions = _questions(pool, rows)
            found = await alternate(bench.effort.rounds, *(partial(asked, question) for _, question in questions))
    table = []
    for (what, _), timed in zip(questions, found, strict=True):
        at_most, asked_in_all = _COUNTS if what.startswith("numbers") else _PAGE, together(timed)
        p50, p95, p99 = (asked_in_all.percentile(percent) for percent in (50, 95, 99))
        told = f"p50 {milliseconds(p50)}, p95 {milliseconds(p95)}, p99 {milliseconds(p99)}"
        table.append(Row(what, told, target=f"p95 ≤ {milliseconds(at_most)}", verdict=Verdict.of(p95 <= at_most)))
    return Findings(
        "The list of disputes",
        f"{rows:,} disputes of a year, in two marketplaces, one in twelve open, written straight into the view; asked by one "
        f"reader, pages of 50. Each list was asked for {ASKED * bench.effort.rounds:,} times.",
        table,
    )


def _questions(pool: Pool, rows: int) -> list[tuple[str, Callable[[], Awaitable[Any]]]]:
    neutral, dispute = _id("neutral", rows // 12 % 990), _id("dispute", rows - 3)

    def page(sort: Sort, **filters: Any) -> Callable[[], Awaitable[Any]]:
        return partial(disputes, pool, Filters(marketplace=_MARKETPLACE, **filters), sort=sort)

    async def far() -> None:
        first = await disputes(pool, Filters(marketplace=_MARKETPLACE), sort="due", limit=100)
        await disputes(pool, Filters(marketplace=_MARKETPLACE), sort="due", cursor=first.next)

    return [
        ("page: the first due first", page("due")),
        ("page: due within a day", page("due", due_before=_NOW + timedelta(days=1))),
        ("two pages, one after the other: the first due first", far),
        ("page: the latest filed first", page("filed")),
        ("page: the latest changed first", page("changed")),
        ("page: the greatest amount first", page("amount")),
        ("page: a mediator's queue", page("due", for_neutral=neutral, neutral=[neutral])),
        ("page: what a mediator sees", page("due", for_neutral=neutral)),
        ("page: two sorts of waiting, the first due first", page("due", waiting=["assignment", "ruling"])),
        ("page: a sort of waiting that there is none of", page("due", waiting=["challenge"])),
        ("page: two stages, the first due first", page("due", stage=[Stage.MEDIATION, Stage.APPEAL])),
        ("page: two stages, the latest filed first", page("filed", stage=[Stage.MEDIATION, Stage.APPEAL])),
        ("page: awaiting supervisors, the greatest amount first", page("amount", awaiting=[Awaiting.SUPERVISOR])),
        ("page: a rare reason, the first due first", page("due", reason=[ClaimReason.COUNTERFEIT])),
        ("page: one dispute by any of its names", page("filed", named=Named([dispute], [dispute], [dispute], [dispute]))),
        ("page: the latest filed of those that are closed", page("filed", stage=[Stage.CLOSED])),
        ("page: as one seller, the first due first", page("due", to=Side.SELLER, sellers=[_id("seller", 7)])),
        ("page: as any buyer, the first due first", page("due", to=Side.BUYER)),
        ("page: as any seller, the latest changed first", page("changed", to=Side.SELLER)),
        ("page: as any seller, the greatest amount whose move it is", page("amount", to=Side.SELLER, awaiting=_RESPONDENT)),
        ("numbers: by what it waits for", _numbers(pool, "waiting")),
        ("numbers: by stage", _numbers(pool, "stage")),
        ("numbers: by reason", _numbers(pool, "reason")),
        ("numbers: by neutral", _numbers(pool, "neutral")),
        ("numbers: by neutral, of those that wait for one", _numbers(pool, "neutral", awaiting=[Awaiting.NEUTRAL])),
        ("numbers: by stage, due within a day", _numbers(pool, "stage", due_before=_NOW + timedelta(days=1))),
        ("numbers: by stage, of one neutral", _numbers(pool, "stage", for_neutral=neutral)),
        ("numbers: by reason, of those that wait for supervisors", _numbers(pool, "reason", awaiting=[Awaiting.SUPERVISOR])),
    ]  # fmt: skip


def _numbers(pool: Pool, counted: Any, **filters: Any) -> Callable[[], Awaitable[Any]]:
    return partial(counts, pool, Filters(marketplace=_MARKETPLACE, **filters), [counted])


def _id(kind: str, number: int) -> UUID:
    return UUID(md5(f"{kind}{number}".encode(), usedforsecurity=False).hexdigest())
