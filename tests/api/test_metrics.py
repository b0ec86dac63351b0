"""The metrics: what an operator sees of requests, of the log, of the pools and of what is owed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from httpx import ASGITransport, AsyncClient
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from api.app import places
from api.live.hub import Hub
from api.metrics.page import metrics_page
from api.metrics.requests import RequestCounts
from api.metrics.sheet import Sheet
from api.services import services
from api.settings import Settings
from mediation.processes.deadlines import seconds_late
from tests import today
from tests.api.house import House, done, filing, house, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


class Watched:
    """An application, and the page of its metrics."""

    def __init__(self, house: House, page: AsyncClient) -> None:
        self.house = house
        self._page = page

    async def text(self) -> str:
        answer = await self._page.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return answer.text

    async def get(self, name: str, **labels: str) -> float:
        """The value of a sample; 0 where there is none."""
        return (await self.samples()).get((name, frozenset(labels.items())), 0.0)

    async def samples(self) -> Samples:
        families = text_string_to_metric_families(await self.text())
        return {(one.name, frozenset(one.labels.items())): one.value for of in families for one in of.samples}

    async def until(self, holds: Callable[[float], bool], name: str, **labels: str) -> None:
        async with asyncio.timeout(30):
            while True:
                if holds(await self.get(name, **labels)):
                    return
                await asyncio.sleep(0.02)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watched(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    sheet = Sheet.of_server(places(), 2)
    async with (
        house(shared_database, tmp_path_factory.mktemp("house"), sheet=sheet) as running,
        AsyncClient(transport=ASGITransport(metrics_page(running.services, sheet)), base_url="http://metrics") as page,
    ):
        yield Watched(running, page)


@pytest.fixture(autouse=True)
def look_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.metrics.state._EVERY", 0.0)


async def _requests(watched: Watched, method: str, route: str, status: str) -> float:
    return await watched.get("mediation_http_requests_total", method=method, route=route, status=status)


async def test_requests_are_counted_by_route_and_status(watched: Watched) -> None:
    at, backend = watched.house, watched.house.backend
    filed = await at.filed()
    one = ("GET", "/v1/disputes/{dispute_id}", "200")
    before = await _requests(watched, *one)
    tag = (await backend.get(f"/v1/disputes/{filed['id']}")).headers["ETag"]
    assert (await backend.send("HEAD", f"/v1/disputes/{filed['id']}")).status_code == 200
    unchanged = await backend.get(f"/v1/disputes/{filed['id']}", headers={"If-None-Match": tag})
    assert unchanged.status_code == 304
    assert await _requests(watched, *one) - before == 2
    assert await _requests(watched, "GET", "/v1/disputes/{dispute_id}", "304") == 1
    for page in ("/", "/docs", "/docs/favicon.png"):
        assert (await at.http.get(page)).status_code == 200
    assert await _requests(watched, "GET", "/docs/{name}", "200") == 1
    assert await _requests(watched, "POST", "/v1/disputes", "201") >= 1
    took = await watched.get("mediation_http_request_duration_seconds_count", method="POST", route="/v1/disputes")
    assert took == await _requests(watched, "POST", "/v1/disputes", "201")


async def test_addresses_that_do_not_exist_are_one_series(watched: Watched) -> None:
    """So nobody can fill the memory of the engine, or of Prometheus, with names."""
    series = len(await watched.samples())
    before = await _requests(watched, "none", "none", "404")
    for _ in range(20):
        await watched.house.http.get(f"/{uuid4()}")
        await watched.house.http.request("BREW", f"/{uuid4()}")
    assert await _requests(watched, "none", "none", "404") - before == 40
    assert len(await watched.samples()) <= series + 30


async def test_no_label_names_a_person_a_marketplace_or_an_order(watched: Watched) -> None:
    filed = done(await watched.house.backend.post("/v1/disputes", filing(order="O-very-private")), 201)
    await watched.house.backend.get("/v1/claim-histories/b-77")
    text = await watched.text()
    for name in ("bazaar", "playground", "O-very-private", "b-77", filed["id"]):
        assert name not in text


async def test_what_is_appended_is_counted(watched: Watched) -> None:
    events = await watched.get("mediation_append_events_total")
    batches = await watched.get("mediation_append_batches_total")
    position = await watched.get("mediation_log_position")
    await asyncio.gather(*(watched.house.filed() for _ in range(5)))
    grown = await watched.get("mediation_log_position") - position
    assert grown >= 5
    assert await watched.get("mediation_append_events_total") - events == grown
    now = await watched.get("mediation_append_batches_total")
    assert now > batches
    assert await watched.get("mediation_append_duration_seconds_count") == now
    assert await watched.get("mediation_append_waiting") == 0


async def test_each_view_and_process_shows_how_far_it_is_and_what_it_parked(watched: Watched) -> None:
    await watched.house.filed()
    samples = await watched.samples()
    shown = {dict(labels)["consumer"] for name, labels in samples if name == "mediation_consumer_lag_seconds"}
    assert shown == {consumer.name.partition("@")[0] for consumer in watched.house.services.consumers}
    about = {"consumer": "caseload", "version": _version(watched, "caseload")}
    await watched.until(lambda behind: behind == 0, "mediation_consumer_behind_events", **about)
    assert await watched.get("mediation_consumer_lag_seconds", **about) == 0
    assert await watched.get("mediation_consumer_parked", **about) == 0
    park = "INSERT INTO parked (consumer, subject, position, error) VALUES (%s, %s, 1, 'KeyError in apply')"
    async with watched.house.services.pool.connection() as connection:
        await connection.execute(park, (f"caseload@{about['version']}", uuid4()))
        assert await watched.get("mediation_consumer_parked", **about) == 1
        await connection.execute("DELETE FROM parked")


async def test_a_view_that_stands_still_is_seen_to_lag(watched: Watched) -> None:
    """Somebody else has its lease and does nothing: so it looks when a worker hangs."""
    name = next(c.name for c in watched.house.services.consumers if c.name.startswith("recommendations@"))
    about = {"consumer": "recommendations", "version": name.partition("@")[2]}
    async with watched.house.services.pool.connection() as connection:
        taken = "UPDATE progress SET epoch = epoch + 1, holder = 'nobody', lease_until = 'infinity' WHERE name = %s"
        await connection.execute(taken, (name,))
        await watched.house.filed()
        assert await watched.get("mediation_consumer_behind_events", **about) > 0
        await watched.until(lambda lag: lag > 0.5, "mediation_consumer_lag_seconds", **about)
        await connection.execute("UPDATE progress SET lease_until = NULL WHERE name = %s", (name,))
    await watched.until(lambda behind: behind == 0, "mediation_consumer_behind_events", **about)


async def test_what_is_owed_is_counted_as_the_api_counts_it(watched: Watched) -> None:
    at, seller = watched.house, watched.house.speaking_for("seller")
    due_at = (today.now() + timedelta(days=2)).isoformat()
    promise = {"kind": "reply", "owed_by": "seller", "owed_to": "buyer", "due_at": due_at}
    for _ in range(2):
        made = done(await seller.post(f"/v1/disputes/{(await at.filed())['id']}/commitments", promise), 201)
    asked = {"params": {"owed_by": "seller"}, "headers": {"At-Least": made["position"]}}
    totals = done(await at.sender("supervisor").get("/v1/commitments/totals", **asked))["items"]
    owed = sum(one["count"] for one in totals if one["status"] == "pending")
    assert owed >= 2
    labels = {"status": "pending", "owed_by": "seller", "imported": "false"}
    assert await watched.get("mediation_commitments_open", **labels) == owed
    assert await watched.get("mediation_clock_late_seconds") < 60


async def test_pools_are_shown(watched: Watched) -> None:
    assert await watched.get("mediation_pool_connections_max", pool="log") == 16
    async with watched.house.services.pool.connection():
        assert await watched.get("mediation_pool_connections", pool="log", state="in_use") >= 1
    assert await watched.get("mediation_pool_connections", pool="keys", state="idle") >= 1
    assert await watched.get("mediation_pool_waiting", pool="log") == 0


async def test_without_its_database_it_still_tells_what_it_counted(database: str, tmp_path: Path) -> None:
    sheet = Sheet.of_server(places(), 1)
    async with house(database, tmp_path, sheet=sheet) as running:
        await running.filed()
        page = AsyncClient(transport=ASGITransport(metrics_page(running.services, sheet)), base_url="http://metrics")
        async with page:
            seen = Watched(running, page)
            assert await seen.get("mediation_database_up") == 1
            await running.services.pool.close()
            assert await seen.get("mediation_database_up") == 0
            assert await _requests(seen, "POST", "/v1/disputes", "201") == 1
            assert "mediation_consumer_lag_seconds" not in await seen.text()


async def test_a_deadline_that_nobody_records_is_seen_to_be_late(database: str, tmp_path: Path) -> None:
    async with services(Settings(database_url=database, data_dir=tmp_path), works=False) as still:
        now = still.clocks.real()
        assert await seconds_late(still.pool, now) == 0
        async with still.pool.connection() as connection:
            timer = "INSERT INTO timer (dispute_id, name, marketplace, due_at) VALUES (%s, 'response', 'bazaar', %s)"
            for hours in (-2, 1):
                await connection.execute(timer, (uuid4(), now + timedelta(hours=hours)))
        assert await seconds_late(still.pool, now) == 2 * 60 * 60


async def test_counts_of_all_workers_are_added_up(watched: Watched) -> None:
    """The other worker's row is in the same memory."""
    sheet = Sheet.of_server(places(), 3)
    for worker in range(3):
        RequestCounts(places(), sheet.block("requests", worker)).note("GET", "/v1/disputes", 200, 0.003 * (worker + 1))
    (found,) = RequestCounts.read(places(), sheet.total("requests"))
    assert found.place == ("GET", "/v1/disputes")
    assert list(found.by_status) == [("200", 3)]
    assert sum(found.durations[:-1]) == 3
    assert found.durations[-1] == pytest.approx(0.018)


async def test_the_page_is_not_on_the_port_of_the_api(watched: Watched) -> None:
    refused(await watched.house.http.get("/metrics"), 404, "NoSuchResource")


async def test_it_speaks_open_metrics_to_whom_asks_for_it(watched: Watched) -> None:
    sheet = Sheet.of_server(places(), 1)
    page = ASGITransport(metrics_page(watched.house.services, sheet))
    async with AsyncClient(transport=page, base_url="http://metrics") as http:
        answer = await http.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
        assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
        assert list(openmetrics.text_string_to_metric_families(answer.text))  # type: ignore[no-untyped-call] # the library says no types
        assert (await http.get("/")).status_code == 404
        assert (await http.post("/metrics")).status_code == 405


def _version(watched: Watched, title: str) -> str:
    (version,) = (c.name.partition("@")[2] for c in watched.house.services.consumers if c.name.startswith(f"{title}@"))
    return version


async def test_open_streams_are_counted_until_they_end(watched: Watched) -> None:
    """Those of all workers. A worker that takes the place of a dead one begins at none."""
    hub = watched.house.app.state.http.live
    holder = (uuid4(), "supervisor", "bazaar")
    with hub.stream(holder), hub.stream(holder):
        assert await watched.get("mediation_live_streams") == 2
    assert await watched.get("mediation_live_streams") == 0
    left = [3.0]
    Hub(watched.house.services.log, watched.house.services.follow, watched.house.services.pool, left)
    assert left == [0.0]
