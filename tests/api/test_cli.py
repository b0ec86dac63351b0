"""The command `mediation`, as a user at a terminal sees it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

import httpx
import psutil
import psycopg
import pytest

from api.cli.demo.people import MARKETPLACE
from api.cli.demo.samples import samples
from mediation.store.embedded.postmaster import living_in
from tests import today
from tests.api.house import euros, filing, said
from tests.api.terminal import COMMAND, Done, Serving, Typed, environment, mediation, serving
from tests.standby import kill

LEDGER = Path(__file__).parents[1] / "data" / "mediated_cases.csv"


@pytest.fixture(scope="module")
def own_folder() -> Iterator[Path]:
    """A data folder that the account of PostgreSQL may enter too."""
    with _folder() as folder:
        yield folder


@pytest.fixture
def another_folder() -> Iterator[Path]:
    with _folder() as folder:
        yield folder


@contextmanager
def _folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="mediation-cli-"))
    path.chmod(0o755)
    yield path
    kill(living_in(path))
    shutil.rmtree(path)


Typing: TypeAlias = Callable[[dict[str, str]], Typed]


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typing:
    return lambda env: Typed(env, monkeypatch, capsys)


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def get(served: Serving, path: str, token: str = "BACKEND", **headers: str) -> Any:
    authorization = {"Authorization": f"Bearer {served.token(token)}"}
    answer = httpx.get(served.url + path, headers={**authorization, **headers}, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()


def references(served: Serving) -> dict[str, str]:
    """The disputes' ids by the marketplace's own references, as the backend sees them."""
    found = get(served, "/v1/disputes?limit=100")["items"]
    return {dispute["marketplace_reference"]: dispute["id"] for dispute in found}


def untroubled(done: Done) -> bool:
    return "Traceback" not in done.out + done.err


# --- serve ---


def test_serving_starts_shows_the_way_in_and_survives_both_ctrl_c_and_kill(another_folder: Path) -> None:
    """The data are there at the next start, the samples are filed once, and no process is left. Under `nohup` it
    survives the end of its terminal.
    """
    env = environment(another_folder)
    with serving("--demo", "--port", free_port(), env=env) as served:
        first = references(served)
        assert set(first) == {line["case"] for line in samples(MARKETPLACE)}
        assert httpx.get(f"{served.url}/docs", timeout=60).status_code == 200
        for role in ("BACKEND", "NEUTRAL", "SUPERVISOR", "ADMINISTRATOR", "AUDITOR"):
            assert get(served, "/v1/disputes", role)["items"]
        stages = {d["stage"] for d in get(served, "/v1/disputes?limit=100")["items"]}
        assert stages == {"negotiation", "mediation", "adjudication", "appeal", "execution", "closed"}
        stopped = served.interrupt()
    assert (stopped.code, stopped.out, stopped.err) == (0, "", "")
    assert living_in(another_folder) == []
    told = mediation("replay", first["MP-30971"], "--json", env=env)

    with serving("--demo", "--port", free_port(), env=env) as served:
        assert references(served) == first
        everything = [served.process.pid, *(process.pid for process in living_in(another_folder))]
        assert len(everything) > 3
        for pid in everything:
            with suppress(ProcessLookupError):  # it ended with the previous one
                os.kill(pid, signal.SIGKILL)
        served.process.communicate(timeout=60)

    with serving("--port", free_port(), env=env, through=["nohup"]) as served:
        served.process.send_signal(signal.SIGHUP)  # its terminal is closed
        with pytest.raises(subprocess.TimeoutExpired):
            served.process.wait(timeout=1)
        assert httpx.get(f"{served.url}/health", timeout=60).status_code == 200
        assert served.interrupt().code == 0
    assert mediation("replay", first["MP-30971"], "--json", env=env).out == told.out
    assert living_in(another_folder) == []


def test_ctrl_c_while_it_starts_stops_it_as_cleanly(another_folder: Path) -> None:
    env = environment(another_folder)
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", free_port()], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while process.poll() is None and not (another_folder / "postgres").exists():
        time.sleep(0.001)  # its first sign of life
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "")
    psutil.wait_procs(living_in(another_folder), timeout=60)
    with serving("--port", free_port(), env=env) as served:
        assert served.interrupt().code == 0


def test_a_port_in_use_and_data_in_use_are_told_in_a_line(served: Serving, own_folder: Path, tmp_path: Path) -> None:
    taken = served.url.rpartition(":")[2]
    port = mediation("serve", "--port", taken, env=environment(tmp_path / "data"))
    assert (port.code, port.out) == (1, "")
    assert re.fullmatch(rf"mediation: cannot listen on 127.0.0.1, port {taken}: .*in use.*\n", port.err)
    assert not (tmp_path / "data" / "postgres").exists()
    data = mediation("serve", "--port", free_port(), env=environment(own_folder))
    assert (data.code, data.out) == (1, "")
    assert re.fullmatch(r"mediation: another engine is running on .*: stop it first\n", data.err)


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"MEDIATION_PORT": "eighty"}, "a setting makes no sense: MEDIATION_PORT"),
        ({"MEDIATION_TOKEN_KEY": "short"}, "MEDIATION_TOKEN_KEY has to be 64 hexadecimal digits"),
        ({"DATABASE_URL": "postgresql://127.0.0.1:9/none?connect_timeout=1"}, "the database does not answer"),
    ],
)
def test_a_setting_that_cannot_work_is_told_in_a_line(
    typing: Typing, tmp_path: Path, setting: dict[str, str], told: str
) -> None:
    options = [] if "MEDIATION_PORT" in setting else ["--port", free_port()]
    done = typing(environment(tmp_path) | setting)("serve", *options)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"mediation: {told}")
    assert untroubled(done)


def test_the_engines_own_postgres_is_started_again_when_it_dies(another_folder: Path) -> None:
    with serving("--demo", "--port", free_port(), env=environment(another_folder)) as served:
        before = references(served)
        kill(living_in(another_folder))
        until = time.monotonic() + 60
        while (answer := _filed(served)).status_code != 201:
            assert time.monotonic() < until, answer.text
            time.sleep(0.2)
        while len(references(served)) != len(before) + 1:
            assert time.monotonic() < until, "views are kept again"
            time.sleep(0.2)
        stopped = served.interrupt()
    assert stopped.code == 0
    assert "postgres_started_again" in stopped.err
    assert living_in(another_folder) == []


def test_a_postgres_that_will_not_start_again_ends_the_engine(another_folder: Path) -> None:
    with serving("--port", free_port(), env=environment(another_folder)) as served:
        with (another_folder / "postgres" / "cluster" / "postgresql.conf").open("a") as file:
            file.write("nonsense = on\n")
        kill(living_in(another_folder))
        _, err = served.process.communicate(timeout=60)
    assert served.process.returncode == 1
    assert err.count("postgres_wont_start") == 3
    told = err.splitlines()[-1]
    assert re.fullmatch(
        r"mediation: the engine's own PostgreSQL died and would not start again; see .*server.log", told
    )
    assert "Traceback" not in err


def _filed(served: Serving) -> httpx.Response:
    headers = {
        "Authorization": f"Bearer {served.token('BACKEND')}",
        "Mediation-As": "buyer",
        "Idempotency-Key": "after the fall",
    }
    return httpx.post(f"{served.url}/v1/disputes", json=_AFTER_THE_FALL, headers=headers, timeout=60)


_AFTER_THE_FALL = filing(now=today.now())


@pytest.mark.parametrize(
    "arguments",
    [
        ("token", "--role", "auditor"),
        ("replay", "0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11"),
        ("rebuild",),
        ("views",),
        ("retry",),
    ],
)
def test_where_nothing_was_ever_served_nothing_is_made(
    typing: Typing, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    folder = tmp_path / "data"
    done = typing(environment(folder))(*arguments)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"mediation: there is no engine's data in {folder}")
    assert done.err.count("\n") == 1
    assert not folder.exists()


# --- what is parked ---

_STORED = """INSERT INTO event (position, recorded_at, occurred_at, stream_id, dispute_id, version, marketplace, kind, body)
VALUES (%s, now(), now(), %s, %s, 1, 'demo', %s, %s)"""
_PARKED = "INSERT INTO parked (consumer, subject, position, error) VALUES ('deadlines@1', %s, %s, 'KeyError in apply')"


def test_what_is_parked_is_seen_and_given_once_more(typing: Typing, tmp_path: Path, database: str) -> None:
    command = typing(environment(tmp_path, database))
    mended, broken = uuid4(), uuid4()
    nothing = command("views")
    assert nothing.code == 0
    for row in (r"caseload +\d+ +0 +0 +0\.0 s +0", r"deadlines +1 +0 +0", r"refunds +2 +0 +0"):
        assert re.search(row, nothing.out)
    assert (command("retry").code, "Nothing is parked." in command("retry").out) == (0, True)
    body = (Path(__file__).parents[1] / "golden" / "DeadlineSet.v1.json").read_bytes()
    with psycopg.connect(database) as owner:
        for position, dispute, kind in ((1, mended, "DeadlineSet"), (2, broken, "Nonsense")):
            owner.execute(_STORED, (position, uuid4(), dispute, kind, body))
            owner.execute(_PARKED, (dispute, position))
    assert command("views").code == 3
    told = command("views", "--json", "--lag", "100000")
    assert told.code == 3
    lines = {one["consumer"]: one for one in map(json.loads, told.out.splitlines())}
    assert lines["caseload"]["parked"] == []
    about = lines["deadlines"]
    assert (about["version"], about["position"], about["behind"]) == ("1", 0, 2)
    assert about["lag_seconds"] > 0
    assert [(one["subject"], one["events"], one["error"]) for one in about["parked"]] == [
        (str(mended), 1, "KeyError in apply"),
        (str(broken), 1, "KeyError in apply"),
    ]
    seen = command("views").out
    assert re.search(r"deadlines +1 +0 +2 +\d[\d,.]* s +2\n", seen)
    assert f"deadlines@1  {mended}  1 event from 1 on, since" in seen
    assert "  KeyError in apply" in seen
    assert command("retry", "refunds").code == 0
    again = command("retry", "deadlines")
    assert again.code == 1
    assert "deadlines@1: 1 taken, 1 still parked" in again.out
    assert str(broken) in again.out
    assert "UnknownKind" in again.out
    assert str(mended) not in again.out
    with psycopg.connect(database) as owner:
        assert owner.execute("SELECT dispute_id FROM views.timer").fetchall() == [(mended,)]
        owner.execute("DELETE FROM parked")
    assert command("retry", "deadlines@1").code == 0
    assert command("views", "--lag", "100000").code == 0
    assert command("views", "--lag", "0.001").code == 3, "nobody feeds the views here"


# --- beside a running server ---


@pytest.fixture(scope="module")
def served(own_folder: Path) -> Iterator[Serving]:
    with serving("--demo", "--port", free_port(), env=environment(own_folder)) as running:
        yield running


def test_replay_tells_the_whole_story_of_a_dispute(served: Serving, own_folder: Path) -> None:
    """Who, what, when by whose clock, amounts, deadlines with their proof, causes; the texts as they were written."""
    env = environment(own_folder)
    dispute = references(served)["MP-30970"]
    told = mediation("replay", dispute, env=env)
    assert (told.code, told.err) == (0, "")
    words = " ".join(told.out.split())
    for part in (
        f"Dispute {dispute} MP-30970",
        "Marta Iglesias · ES-CT · Europe/Madrid · es",
        "“Llegaron dos cajas de sándalo y una de jazmín.” (es)",
        "deadline response for the seller: until",
        "5 calendar days by demo-2026/response (calendar holidays",
        "the seller answers: concede part 10.00 EUR",
        "commitment 2 (refund 8.00 EUR): the seller owes the buyer, from the settlement, due",
        "payment confirmed: re_30970_2",
        "closed: settled",
    ):
        assert part in words
    assert re.search(r"Europe/Madrid = \S.* UTC +buyer", told.out)
    assert re.search(r"engine +follows from \d", told.out)
    lines = [json.loads(line) for line in mediation("replay", dispute, "--json", env=env).out.splitlines()]
    assert lines[0]["kind"] == "DisputeFiled"
    assert lines[0]["body"]["buyer"]["name"] == "Marta Iglesias"
    assert [line["position"] for line in lines] == sorted(line["position"] for line in lines)
    rome = mediation("replay", dispute, "--zone", "Europe/Rome", env=env).out
    assert "Europe/Rome" in rome
    assert "Madrid =" not in rome


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("replay", "0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11"), 1, "there is no dispute 0197c2a4"),
        (("replay", "MP-31040"), 2, "unable to convert"),
        (("replay", "0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11", "--zone", "Rome"), 1, "Rome: not a time zone"),
        (("retry", "deadline"), 1, "nobody called deadline follows the log: there are caseload, pending_commitments"),
        (("token", "--role", "neutral", "--marketplace", "a b"), 1, "--marketplace: a name has 1 to 100 letters"),
        (("token", "--role", "neutral", "--marketplace", "x" * 101), 1, "--marketplace: a name has 1 to 100 letters"),
        (("rebuild", "caselaod"), 1, "there is no view caselaod: there are caseload, pending_commitments"),
        (("token", "--role", "neutral"), 1, "a neutral acts for one marketplace"),
        (("sign-in-link", "--role", "neutral"), 1, "a neutral acts for one marketplace"),
        (("sign-in-link", "--role", "marketplace", "--marketplace", "demo"), 2, 'Invalid value "marketplace"'),
        (("sign-in-link", "--role", "auditor", "--name", "two\nlines"), 1, "--name: a name has 1 to 200 characters"),
        (("token", "--role", "buyer", "--marketplace", "demo"), 2, 'Invalid value "buyer"'),
        (("token", "--role", "auditor", "--hours", "-1"), 2, "--hours"),
        (("import", "absent.ndjson", "--token", "x"), 1, "cannot read absent.ndjson"),
        (("cases", "absent.csv", "--zone", "UTC"), 1, "cannot read absent.csv"),
        (("sevre",), 2, 'Did you mean "serve"?'),
    ],
)
def test_what_cannot_be_done_is_told_on_standard_error(
    typing: Typing, served: Serving, own_folder: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    done = typing(environment(own_folder))(*arguments)
    assert (done.code, done.out) == (code, "")
    assert told in " ".join(done.err.split())
    assert untroubled(done)


def test_how_far_the_views_are_is_seen_beside_a_running_server(served: Serving, own_folder: Path) -> None:
    seen = mediation("views", env=environment(own_folder))
    assert (seen.code, seen.err) == (0, "")
    assert re.search(r"deadlines +1 +[1-9][\d,]* +0 +0\.0 s +0", seen.out)
    again = mediation("retry", env=environment(own_folder))
    assert (again.code, again.out) == (0, "Nothing is parked.\n")


@pytest.mark.parametrize("command", ["views", "retry"])
def test_each_says_what_it_is_for(typing: Typing, tmp_path: Path, command: str) -> None:
    done = typing(environment(tmp_path))(command, "--help")
    assert done.code == 0
    assert f"Usage: mediation {command}" in done.out
    assert "parked" in done.out


def test_views_are_made_anew_while_they_are_read(served: Serving, own_folder: Path) -> None:
    before = get(served, "/v1/disputes")
    done = mediation("rebuild", env=environment(own_folder))
    assert (done.code, done.out) == (0, "")
    assert "caseload, pending_commitments" in done.err
    assert get(served, "/v1/disputes") == before


@pytest.mark.parametrize("role", ["marketplace", "neutral", "supervisor", "administrator", "auditor"])
def test_a_token_opens_the_api_in_its_role(typing: Typing, served: Serving, own_folder: Path, role: str) -> None:
    minted = typing(environment(own_folder))("token", "--role", role, "--marketplace", "demo", "--hours", "0.5")
    assert (minted.code, minted.out.count("\n")) == (0, 1)
    assert "for 0.5 hours" in minted.err
    headers = {"Authorization": f"Bearer {minted.out.strip()}"}
    answer = httpx.get(f"{served.url}/v1/disputes", headers=headers, timeout=60)
    assert answer.status_code == 200


def test_a_link_signs_in_to_the_console(typing: Typing, served: Serving, own_folder: Path) -> None:
    """One that was asked for, and those that the start prints: one for each person of the sample desk."""
    asked = ("--role", "auditor", "--name", "Grace", "--minutes", "5")
    made = typing(environment(own_folder) | {"MEDIATION_PUBLIC_URL": served.url})("sign-in-link", *asked)
    assert (made.code, made.out.count("\n")) == (0, 1), made.err
    assert "of all marketplaces: good once, for 5 minutes" in made.err
    assert len(served.links) == 6
    for link, name in ((made.out.strip(), "Grace"), (served.links[0], "Elena Marchetti")):
        assert link.startswith(f"{served.url}/console/sign-in/")
        page = httpx.get(link, timeout=60)
        assert (page.status_code, name in page.text) == (200, True)
        assert [httpx.post(link, timeout=60).status_code for _ in range(2)] == [303, 403]


def test_the_real_cases_run_against_a_server_and_beside_one(served: Serving, own_folder: Path) -> None:
    env = environment(own_folder)
    over = mediation(
        "cases",
        LEDGER,
        "--zone",
        "Europe/Berlin",
        "--url",
        served.url,
        env=env | {"MEDIATION_TOKEN": served.token("ADMINISTRATOR")},
    )
    assert (over.code, over.err) == (0, "")
    beside = mediation("cases", LEDGER, "--zone", "Europe/Berlin", env=env)
    assert (beside.code, beside.err) == (0, "")
    assert over.out == beside.out
    assert "5 cases, 5 as published" in over.out


# --- import ---


def past_case(case: str, offer: str = "40.00") -> list[dict[str, Any]]:
    opened = datetime(2025, 5, 5, 8, 0, tzinfo=UTC)

    def act(day: int, name: str, by: str, body: dict[str, Any], **about: Any) -> dict[str, Any]:
        at = (opened + timedelta(days=day)).isoformat()
        return {"case": case, "act": name, "as": by, "occurred_at": at, "body": body, **about}

    return [
        act(0, "file_dispute", "buyer", filing(now=opened, marketplace_reference=case)),
        act(1, "post_message", "seller", {"message": said("抱歉", "zh-Hans")}),
        act(2, "make_offer", "seller", {"amount": euros(offer)}),
        act(3, "accept_offer", "buyer", {}, number=1),
        act(4, "confirm_refund", "marketplace", {}, recipient="buyer"),
    ]


def written(file: Path, *cases: list[dict[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n\n" for case in cases for line in case))
    return file


def test_import_sends_a_file_tells_what_was_refused_and_can_be_repeated(served: Serving, tmp_path: Path) -> None:
    env = environment(tmp_path) | {"MEDIATION_URL": served.url, "MEDIATION_TOKEN": served.token("BACKEND")}
    good, bad = past_case(f"good {uuid4()}"), past_case(f"bad {uuid4()}", offer="999.00")
    file = written(tmp_path / "past.ndjson", good, bad)
    first = mediation("import", file, env=env)
    assert first.code == 1
    assert first.out == "10 lines: 7 stored, 0 repeated, 1 refused, 2 skipped.\n"
    assert f"line 15, case {bad[0]['case']}: OfferExceedsClaim at /body/amount" in first.err
    again = mediation("import", file, env=env)
    assert again.out == "10 lines: 0 stored, 7 repeated, 1 refused, 2 skipped.\n"
    mended = mediation("import", written(file, good, bad[:2] + past_case(bad[0]["case"])[2:]), env=env)
    assert (mended.code, mended.out) == (0, "10 lines: 3 stored, 7 repeated, 0 refused, 0 skipped.\n")
    assert untroubled(first)


def test_a_large_file_goes_in_many_requests_and_a_refused_case_stays_refused(served: Serving, tmp_path: Path) -> None:
    """Five hundred lines a request. After a refused line, the later lines of its case are skipped in all later requests."""
    bad = past_case(f"bad {uuid4()}", offer="999.00")
    good = [past_case(f"good {uuid4()}") for _ in range(110)]
    file = written(tmp_path / "many.ndjson", bad[:3], *good, bad[3:])
    env = environment(tmp_path) | {"MEDIATION_URL": served.url, "MEDIATION_TOKEN": served.token("BACKEND")}
    assert mediation("import", file, env=env).out == "555 lines: 552 stored, 0 repeated, 1 refused, 2 skipped.\n"


@pytest.mark.parametrize(
    ("url", "token", "told"),
    [
        ("http://127.0.0.1:9", "x", "no server answers at http://127.0.0.1:9"),
        ("nowhere", "x", "nowhere is no address of a server"),
        (None, "x", "the server refused: Unauthenticated"),
        (None, "AUDITOR", "the server refused: NotForThisRole"),
        (None, None, "a token is needed"),
    ],
)
def test_an_import_that_cannot_begin_is_told_in_a_line(
    typing: Typing, served: Serving, tmp_path: Path, url: str | None, token: str | None, told: str
) -> None:
    given = {"MEDIATION_TOKEN": served.token(token) if token == "AUDITOR" else token} if token else {}
    env = environment(tmp_path) | {"MEDIATION_URL": url or served.url, **given}
    done = typing(env)("import", written(tmp_path / "past.ndjson", past_case("1")))
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"mediation: {told}")
    assert done.err.count("\n") == 1


def test_the_server_answers_each_line_while_the_next_are_still_to_come(served: Serving) -> None:
    """The answers come line by line. A client that reads nothing until it has sent all gets its answers too."""
    lines = [json.dumps(line).encode() + b"\n" for line in past_case(f"slow {uuid4()}")]
    host, port = served.url.removeprefix("http://").split(":")
    head = (
        f"POST /v1/imports HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {served.token('BACKEND')}\r\n"
        "Idempotency-Key: slow\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=20) as connection, connection.makefile("rb") as answer:
        connection.sendall(head.encode())
        for number, line in enumerate(lines, start=1):
            connection.sendall(b"%x\r\n%b\r\n" % (len(line), line))
            while not (told := answer.readline()).startswith(b"{"):
                assert told, "the connection was closed"
            assert (json.loads(told)["line"], json.loads(told)["status"]) == (number, "stored")
        connection.sendall(b"0\r\n\r\n")
