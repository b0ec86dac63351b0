"""A worker's memory after many requests, and the space on disk that a command takes."""

import tempfile
from pathlib import Path

import psycopg

from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.file_dispute import CONNECTIONS
from tests.harness.benchmarks.findings import Findings, Row, Verdict
from tests.harness.benchmarks.load import load
from tests.harness.benchmarks.serving import serving

LIMIT = 200
"""Megabytes."""

_TABLES = ("event", "command_result", "keys.data_key", "progress")
_SIZE = "SELECT pg_table_size(%s::regclass), pg_indexes_size(%s::regclass)"
_VIEWS = """SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class
WHERE relnamespace = 'views'::regnamespace AND relkind = 'r'"""


async def memory(bench: Bench) -> Findings:
    with bench.database() as conninfo, tempfile.TemporaryDirectory() as folder:
        with serving("ours+views", conninfo, Path(folder)) as worker:
            fresh = worker.memory()
            done = await load(worker, CONNECTIONS, 10 * bench.effort.seconds, first=0)
            after = worker.memory()
        requests = len(done.latencies)
        return Findings(
            "Memory and disk",
            f"A worker with all views and processes on, after {requests:,} filings on {CONNECTIONS} connections. On disk: "
            "what these left, before any vacuum; a filing is five events.",
            [
                Row(
                    f"a worker's memory after {requests:,} requests",
                    f"{after / 1e6:,.0f} MB",
                    f"{fresh / 1e6:,.0f} MB when it started",
                    target=f"{LIMIT} MB",
                    verdict=Verdict.of(after <= LIMIT * 1e6),
                ),
                *_disk(conninfo),
            ],
        )


def _disk(conninfo: str) -> list[Row]:
    with psycopg.connect(conninfo, autocommit=True) as conn:
        (events,) = conn.execute("SELECT count(*) FROM event").fetchone() or (0,)
        (body,) = conn.execute("SELECT avg(length(body)) FROM event").fetchone() or (0,)
        sizes = {table: conn.execute(_SIZE, (table, table)).fetchone() or (0, 0) for table in _TABLES}
        (views,) = conn.execute(_VIEWS).fetchone() or (0,)
    table, indexes = sizes["event"]
    keys = sum(sizes["keys.data_key"])
    results = sum(sizes["command_result"])
    return [
        Row(
            "bytes per event on disk",
            f"{(table + indexes) / events:,.0f}",
            f"{table / events:,.0f} in the table (a body of {body:,.0f}), {indexes / events:,.0f} in its indexes",
        ),
        Row(
            "beside it, per event",
            f"{(keys + results + views) / events:,.0f}",
            f"{results / events:,.0f} results of commands, {keys / events:,.0f} data keys, {views / events:,.0f} views",
        ),
    ]
