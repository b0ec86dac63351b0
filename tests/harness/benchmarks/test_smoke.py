"""One short round of each benchmark, to see that it still runs. The figures mean nothing here."""

import asyncio
import logging

import pytest
import structlog

from tests.harness.benchmarks.__main__ import BENCHMARKS
from tests.harness.benchmarks.bench import SMOKE, Bench
from tests.harness.benchmarks.charts import svg
from tests.postgres import Servers


@pytest.mark.parametrize("name", BENCHMARKS)
def test_it_still_runs(name: str, servers: Servers) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        found = asyncio.run(_found(name, Bench(servers.server("18"), SMOKE)))
    finally:
        structlog.reset_defaults()
    assert found.rows
    for chart in found.charts:
        assert svg(chart).startswith("<svg")


async def _found(name: str, place: Bench):  # type: ignore[no-untyped-def]
    return await BENCHMARKS[name](place)
