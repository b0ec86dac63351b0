"""The embedded server: commits survive every kill, no folder becomes more open, and one folder has one engine."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from mediation.store.embedded import account
from mediation.store.embedded.account import Account, ServerWontStart
from mediation.store.embedded.server import AlreadyRunning, Server, running

ENGINE = """
    import signal, sys
    from pathlib import Path
    import psycopg
    from mediation.store.embedded.server import Server

    with Server(Path(sys.argv[1])) as server:
        with psycopg.connect(server.conninfo, autocommit=True) as conn:
            conn.execute("CREATE TABLE fact (n int)")
            conn.execute("INSERT INTO fact VALUES (1)")
            conn.execute("BEGIN")
            conn.execute("INSERT INTO fact VALUES (2)")
            # Blocked, so that a Ctrl-C that comes before the wait ends it too.
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
            print("ready", flush=True)
            signal.sigwait([signal.SIGINT])
            print(conn.execute("SELECT count(*) FROM fact").fetchone()[0], flush=True)
"""


@pytest.fixture
def ground() -> Iterator[Path]:
    """A folder of the tests that a service account can enter. pytest's own is below a folder that is closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="mediation-")).resolve()
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def engine(data_dir: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process with a server: one fact committed, one in an open transaction."""
    command = [sys.executable, "-c", textwrap.dedent(ENGINE), str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.send_signal(signal.SIGINT)


def postmaster(data_dir: Path) -> psutil.Process:
    return psutil.Process(int((data_dir / "cluster" / "postmaster.pid").read_text().split()[0]))


def facts(server: Server) -> list[int]:
    with psycopg.connect(server.conninfo) as conn:
        return [n for (n,) in conn.execute("SELECT n FROM fact")]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_data_are_there_at_the_next_start(ground: Path) -> None:
    with Server(ground / "data") as server, psycopg.connect(server.conninfo) as conn:
        conn.execute("CREATE TABLE fact (n int)")
        conn.execute("INSERT INTO fact VALUES (7)")
    assert not server.alive
    with Server(ground / "data") as server:
        assert facts(server) == [7]


def test_only_committed_facts_survive_when_everything_is_killed(ground: Path) -> None:
    with engine(ground / "data") as process:
        server = postmaster(ground / "data")
        for victim in [psutil.Process(process.pid), server, *server.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):  # the others end when their server does
                victim.kill()
    with Server(ground / "data") as again:
        assert facts(again) == [1]


def test_a_server_killed_alone_leaves_orphans_that_the_next_start_outlasts(ground: Path) -> None:
    with engine(ground / "data") as process:
        server = postmaster(ground / "data")
        children = server.children(recursive=True)
        for child in children:
            child.suspend()  # so the orphans hold the shared memory when the next server needs it
        server.kill()
        process.kill()
        process.wait()
        with Server(ground / "data") as again:
            assert facts(again) == [1]
        assert not any(child.is_running() for child in children)


def test_a_server_whose_engine_was_killed_stops_by_itself(ground: Path) -> None:
    with engine(ground / "data") as process:
        server = postmaster(ground / "data")
        process.kill()
        assert psutil.wait_procs([server], timeout=60)[1] == []


def test_a_server_that_outlived_its_engine_is_ended_by_the_next_start(ground: Path) -> None:
    with engine(ground / "data") as process:
        server = postmaster(ground / "data")
        for watcher in (child for child in psutil.Process(process.pid).children() if child.pid != server.pid):
            watcher.kill()
        process.kill()
        process.wait()
        assert server.is_running()
        assert running(ground / "data") is None
        with Server(ground / "data") as again:
            assert facts(again) == [1]
            assert not server.is_running()


def test_a_stale_process_id_that_is_somebody_s_by_now_is_no_hindrance(ground: Path) -> None:
    with engine(ground / "data") as process:
        server = postmaster(ground / "data")
        for victim in [psutil.Process(process.pid), server, *server.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):  # the others end when their server does
                victim.kill()
    pid_file = ground / "data" / "cluster" / "postmaster.pid"
    with subprocess.Popen(["sleep", "60"], **Account.for_folder(ground / "data").process) as bystander:
        pid_file.write_text("\n".join([str(bystander.pid), *pid_file.read_text().splitlines()[1:]]))
        try:
            with Server(ground / "data") as again:
                assert facts(again) == [1]
            assert bystander.poll() is None
        finally:
            bystander.kill()


def test_ctrl_c_reaches_the_engine_and_not_its_server(ground: Path) -> None:
    with engine(ground / "data") as process:
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate(timeout=60)[0] == "2\n"
        assert process.returncode == 0
    assert running(ground / "data") is None


def test_a_second_engine_on_the_same_folder_is_refused_and_harms_nothing(ground: Path) -> None:
    with Server(ground / "data") as server:
        server.create_database("other")
        with pytest.raises(AlreadyRunning, match="another engine"):
            Server(ground / "data").start()
        assert server.alive
        with psycopg.connect(server.conninfo_of("other")) as conn:
            assert conn.execute("SELECT current_database()").fetchone() == ("other",)


def test_another_process_finds_the_running_server(ground: Path) -> None:
    assert running(ground / "data") is None
    with engine(ground / "data"):
        found = running(ground / "data")
        assert found is not None
        with psycopg.connect(found) as conn:
            assert conn.execute("SELECT n FROM fact").fetchall() == [(1,)]


def test_it_never_runs_as_root_and_opens_no_folder(ground: Path) -> None:
    """DESIGN section 4: as an ordinary user in place; as root under a service account. Parent folders stay unchanged."""
    (ground / "a" / "b").mkdir(parents=True)
    parents = [ground, ground / "a", ground / "a" / "b"]
    before = [(mode(folder), folder.stat().st_uid) for folder in parents]
    with Server(ground / "a" / "b" / "data") as server:
        uids = set(postmaster(server.data_dir).uids())
        assert uids == {server.data_dir.stat().st_uid}
        assert 0 not in uids
        assert uids == {os.geteuid()} or os.geteuid() == 0
        assert postmaster(server.data_dir).net_connections(kind="inet") == []
    assert mode(server.data_dir) == 0o700
    assert [(mode(folder), folder.stat().st_uid) for folder in parents] == before


def test_below_a_closed_folder_root_s_service_account_gets_its_own(
    ground: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root's home is closed to the service account, which can then reach neither the data there nor the binaries."""
    monkeypatch.setattr(account, "SERVICE_FOLDERS", ground / "service")
    monkeypatch.setattr(Account, "can_run", lambda _self, _program: False)
    closed = ground / "closed"
    closed.mkdir(mode=0o700)
    for _start in range(2):
        with Server(closed / "data") as server, psycopg.connect(server.conninfo) as conn:
            program = Path(postmaster(server.data_dir).exe())
            conn.execute("CREATE TABLE IF NOT EXISTS fact (n int)")
        home = server.data_dir.resolve()
        assert program.is_relative_to(home / "binaries")
        assert home.parent == (ground / "service" if os.geteuid() == 0 else closed)
        assert mode(home) == 0o700
        assert mode(closed) == 0o700
    if os.geteuid() == 0:
        shutil.rmtree(home)
        with pytest.raises(ServerWontStart, match="the data were there"):
            Server(closed / "data").start()


def test_a_path_too_long_for_a_socket_gets_a_short_one(ground: Path) -> None:
    with Server(ground / ("long" * 30) / "data") as server, psycopg.connect(server.conninfo) as conn:
        sockets = Path(conn.info.host)
        assert mode(sockets) == 0o700
    assert not sockets.exists()


def test_a_folder_of_somebody_else_s_files_is_left_alone(ground: Path) -> None:
    (ground / "precious").write_text("not ours")
    with pytest.raises(ServerWontStart, match="not empty"):
        Server(ground).start()
    assert mode(ground) == 0o711
    assert [path.name for path in ground.iterdir()] == ["precious"]


def test_a_start_that_fails_says_why_in_the_server_s_words(ground: Path) -> None:
    with pytest.raises(ServerWontStart, match="nonsense"):
        Server(ground / "data", settings={"max_connections": "nonsense"}).start()
    with Server(ground / "data") as server:
        assert server.alive
