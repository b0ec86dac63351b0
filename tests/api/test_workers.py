"""`mediation serve --workers N`: several processes on one port, started, watched and stopped by their parent."""

import os
import re
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from subprocess import PIPE, Popen
from uuid import uuid4

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from mediation.store.embedded.postmaster import living_in
from tests.api.house import filing
from tests.api.terminal import COMMAND, Serving, environment, mediation, serving
from tests.api.test_cli import free_port
from tests.standby import kill

WORKERS = 3
PATIENCE = 60.0  # seconds


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that the account of PostgreSQL may enter too."""
    path = Path(tempfile.mkdtemp(prefix="mediation-workers-"))
    path.chmod(0o755)
    yield path
    kill(living_in(path))
    rmtree(path)


class Crew:
    """A server with several workers, and its metrics."""

    def __init__(self, served: Serving, metrics: str) -> None:
        self.served = served
        self._metrics = metrics

    def pids(self) -> set[int]:
        """The workers, without a PostgreSQL."""
        children = psutil.Process(self.served.process.pid).children()
        return {child.pid for child in children if "python" in child.name()}

    def file(self) -> int:
        """Files a dispute over a new connection, and returns the status."""
        headers = {"Authorization": f"Bearer {self.served.token('BACKEND')}", "Idempotency-Key": str(uuid4())}
        answer = httpx.post(f"{self.served.url}/v1/disputes", json=filing(), headers=headers, timeout=PATIENCE)
        return answer.status_code

    def metric(self, name: str, **labels: str) -> float:
        """The sum of the samples with these labels."""
        text = httpx.get(self._metrics, timeout=PATIENCE).text
        samples = [one for of in text_string_to_metric_families(text) for one in of.samples]
        return sum(one.value for one in samples if one.name == name and labels.items() <= one.labels.items())


@contextmanager
def _crew(folder: Path, database: str | None = None) -> Iterator[Crew]:
    port = free_port()
    env = environment(folder, database) | {"MEDIATION_METRICS_PORT": port, "MEDIATION_POOL_SIZE": "4"}
    with serving("--demo", "--port", free_port(), "--workers", str(WORKERS), env=env) as served:
        yield Crew(served, f"http://127.0.0.1:{port}/metrics")


def _gone(pids: set[int]) -> bool:
    until = time.monotonic() + PATIENCE
    while any(psutil.pid_exists(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.timeout(300)
def test_several_workers_share_a_port_and_their_counts(folder: Path) -> None:
    """They share the engine's own PostgreSQL, which the parent owns. Every request is counted once, by whichever worker."""
    with _crew(folder) as crew:
        assert re.search(rf"^  workers +{WORKERS}$", crew.served.announced, re.MULTILINE)
        assert len(crew.pids()) == WORKERS
        assert httpx.get(f"{crew.served.url}/ready", timeout=PATIENCE).status_code == 200
        with ThreadPoolExecutor(8) as many:
            statuses = Counter(many.map(lambda _: crew.file(), range(40)))
        assert statuses == {201: 40}
        for _ in range(5):  # whichever worker is asked
            assert crew.metric("mediation_http_requests_total", route="/v1/disputes", status="201") == 40
        assert crew.metric("mediation_pool_connections_max", pool="log") == 4 * WORKERS
        assert crew.metric("mediation_worker_starts_total") == WORKERS
        everything = crew.pids() | {process.pid for process in living_in(folder)}
        stopped = crew.served.interrupt()
    assert (stopped.code, stopped.err) == (0, "")
    assert _gone(everything)


@pytest.mark.timeout(300)
def test_a_worker_that_dies_is_started_again_and_counts_go_on(folder: Path, database: str) -> None:
    with _crew(folder, database) as crew:
        for _ in range(10):
            assert crew.file() == 201
        before, filed = crew.pids(), crew.metric("mediation_append_events_total")
        victim = before.pop()
        os.kill(victim, signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        while crew.metric("mediation_worker_starts_total") < WORKERS + 1:
            assert time.monotonic() < until
            time.sleep(0.02)
        assert crew.file() == 201
        assert before < crew.pids()
        assert len(crew.pids()) == WORKERS
        assert victim not in crew.pids()
        assert crew.metric("mediation_append_events_total") > filed
        assert crew.metric("mediation_http_requests_total", route="/v1/disputes", status="201") == 11
        crew.served.process.send_signal(signal.SIGTERM)
        _, err = crew.served.process.communicate(timeout=PATIENCE)
    assert crew.served.process.returncode == 0
    assert re.search(rf"\[error\] worker_died worker=\d pid={victim} exit_code=-9", err)
    assert "worker_started_again" in err


@pytest.mark.timeout(300)
def test_a_worker_that_is_asked_to_end_ends_in_good_order_and_is_replaced(folder: Path, database: str) -> None:
    """So its memory can be given back, one worker after the other."""
    with _crew(folder, database) as crew:
        asked = min(crew.pids())
        os.kill(asked, signal.SIGTERM)
        assert _gone({asked})
        until = time.monotonic() + PATIENCE
        while crew.metric("mediation_worker_starts_total") < WORKERS + 1:
            assert time.monotonic() < until
            time.sleep(0.02)
        assert crew.file() == 201
        stopped = crew.served.interrupt()
    assert stopped.code == 0
    assert re.search(rf"worker_ended worker=\d pid={asked}", stopped.err)


@pytest.mark.timeout(300)
def test_when_the_parent_is_killed_everything_ends(folder: Path) -> None:
    """No worker holds the port, and the data can be served again."""
    with _crew(folder) as crew:
        everything = crew.pids() | {process.pid for process in living_in(folder)}
        assert crew.file() == 201
        crew.served.process.kill()
        crew.served.process.communicate(timeout=PATIENCE)
        assert _gone(everything)
    with _crew(folder) as crew:
        assert crew.file() == 201
        assert crew.served.interrupt().code == 0


@pytest.mark.timeout(300)
def test_the_parent_starts_its_postgres_again(folder: Path) -> None:
    with _crew(folder) as crew:
        workers = crew.pids()
        kill(living_in(folder))
        until = time.monotonic() + PATIENCE
        while crew.file() != 201:
            assert time.monotonic() < until
        assert crew.pids() == workers
        stopped = crew.served.interrupt()
    assert stopped.code == 0
    assert "postgres_started_again" in stopped.err
    assert living_in(folder) == []


def test_a_start_that_fails_is_told_once(tmp_path: Path) -> None:
    unreachable = environment(tmp_path, "postgresql://127.0.0.1:9/none?connect_timeout=1")
    done = mediation("serve", "--workers", "2", "--port", free_port(), env=unreachable)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("mediation: the database does not answer")
    assert done.err.count("mediation: ") == 1
    none = mediation("serve", "--workers", "0", env=environment(tmp_path))
    assert none.err.startswith("mediation: a setting makes no sense: MEDIATION_WORKERS: ")


def test_ctrl_c_while_it_starts_stops_it_as_cleanly(folder: Path) -> None:
    """The whole group gets the signal, as from a terminal."""
    command = [*COMMAND, "serve", "--workers", "2", "--port", free_port()]
    process = Popen(command, env=environment(folder), stdout=PIPE, stderr=PIPE, text=True, start_new_session=True)
    while process.poll() is None and not (folder / "postgres" / "cluster").exists():
        time.sleep(0.001)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (0, "", "")
    assert living_in(folder) == []
