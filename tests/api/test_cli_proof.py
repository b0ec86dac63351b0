"""`mediation export`, `verify` and `checkpoint`: an auditor exports, and verifies where there is no engine."""

import json
import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from mediation.processes import ENGINE
from mediation.proof import verify
from mediation.proof.signing import Signer
from tests.api.terminal import Done, Serving, environment, mediation, serving
from tests.api.test_cli import free_port, own_folder, references

__all__ = ["own_folder"]


@pytest.fixture(scope="module")
def served(own_folder: Path) -> Iterator[Serving]:
    with serving("--demo", "--port", free_port(), env=environment(own_folder)) as running:
        yield running


@pytest.fixture(scope="module")
def taken(served: Serving, own_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> "Taken":
    """An auditor's exports: a checkpoint, a dispute and the complete log."""
    env, folder = environment(own_folder), tmp_path_factory.mktemp("taken")
    dispute = references(served)["MP-30970"]
    while (last := mediation("checkpoint", env=env)).out.split("\n")[1:2] in ([], ["0"]):
        pass  # sealed within a second of the last act
    (folder / "checkpoint").write_text(last.out)
    bundle = mediation("export", dispute, "--against", folder / "checkpoint", env=env)
    assert (bundle.code, bundle.err) == (0, "")
    (folder / "bundle.json").write_text(bundle.out)
    assert mediation("export", "--log", folder / "log", env=env).code == 0
    return Taken(folder, last.err.split(": ")[1].strip())


class Taken:
    def __init__(self, folder: Path, key: str) -> None:
        self.folder = folder
        self.key = key

    def verify(self, *arguments: str | Path, key: str | None = None) -> Done:
        return mediation("verify", *arguments, "--key", key or self.key, env=nowhere(self.folder))


def nowhere(folder: Path) -> dict[str, str]:
    """The environment of a machine without an engine."""
    return environment(folder / "no engine here")


def test_what_was_taken_away_is_proven_without_the_engine(taken: Taken) -> None:
    done = taken.verify(taken.folder / "bundle.json", "--checkpoint", taken.folder / "checkpoint")
    assert (done.code, done.err) == (0, "")
    assert re.search(r"facts of dispute \S+ are as they were sealed in the log mediation.local, which had", done.out)
    assert re.search(r"Your checkpoint over [\d,]+ facts is of the same history", done.out)
    assert "DisputeFiled" in done.out
    done = taken.verify(taken.folder / "log", "--log", "--checkpoint", taken.folder / "checkpoint")
    assert (done.code, done.err) == (0, "")
    assert "facts are as they were sealed in the log mediation.local" in done.out


def _alone(folder: Path, *arguments: str | Path) -> Done:
    """Runs a copy of the verifier in an empty folder, where nothing of the engine can be imported."""
    copy(verify.__file__, folder / "verify.py")
    command = [sys.executable, "verify.py", *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, env={}, check=False, capture_output=True, text=True)
    return Done(done.returncode, done.stdout, done.stderr)


def test_the_verifier_runs_alone_and_shows_what_the_facts_say(taken: Taken, tmp_path: Path) -> None:
    """One file, Python, and the package cryptography. It shows kind, actor, instants, sums and stages; a sealed text is
    called so."""
    own = ("--key", taken.key, "--checkpoint", taken.folder / "checkpoint")
    done = _alone(tmp_path, taken.folder / "bundle.json", *own)
    assert (done.code, done.err) == (0, "")
    assert re.search(r"\d+  \d{4}-\d\d-\d\d [\d:.]+  ResponseGiven  by [0-9a-f-]{36}\n", done.out)
    assert f"RefundInstructed  by the engine {ENGINE.subject}" in done.out
    assert ENGINE.subject == verify.ENGINE
    assert re.search(r"happened at \d{4}-", done.out)
    assert "amount: 10.00 EUR" in done.out
    assert "stage: negotiation" in done.out
    assert "statement.text: (a sealed text)" in done.out
    assert "~sealed1~" not in done.out
    assert re.search(r"Your checkpoint over [\d,]+ facts is of the same history", done.out)
    assert len((tmp_path / "verify.py").read_text().splitlines()) <= 450
    assert _alone(tmp_path, taken.folder / "log", "--log", *own).code == 0


def test_the_verifier_says_what_is_not_proven(taken: Taken, tmp_path: Path) -> None:
    """A bundle whose last fact was cut off verifies, because no checkpoint counts the facts of one dispute. So it says so."""
    bundle: dict[str, Any] = json.loads((taken.folder / "bundle.json").read_text())
    last = verify.Fact.of(b64decode(bundle["facts"].pop()["leaf"])).position
    bundle["exhibits"] = [one for one in bundle["exhibits"] if one["position"] != last]
    (tmp_path / "bundle.json").write_text(json.dumps(bundle))
    for done in (_alone(tmp_path, "bundle.json"), mediation("verify", tmp_path / "bundle.json", env=nowhere(tmp_path))):
        assert done.code == 0
        assert "Not proven: that these are all the facts of the dispute." in done.out
        assert "Nothing shows what came after position" in done.out
        assert "Not proven: who signed" in done.out
        assert "Not proven: that the log was never replaced as a whole" in done.out


def test_the_verifier_ends_with_a_code(taken: Taken, tmp_path: Path) -> None:
    """0: proven. 1: not proven. 2: a file that cannot be read, or no file."""
    assert _alone(tmp_path, taken.folder / "bundle.json").code == 0
    missing = _alone(tmp_path, "nothing.json")
    assert (missing.code, missing.out, missing.err) == (2, "", "cannot read nothing.json: No such file or directory\n")
    assert _alone(tmp_path).code == 2
    no_bundle = _alone(tmp_path, taken.folder / "checkpoint")
    assert (no_bundle.code, no_bundle.out) == (1, "")
    assert "is no bundle, or was damaged" in no_bundle.err


def test_a_stream_of_the_dispute_cannot_be_left_out_as_a_whole(taken: Taken, tmp_path: Path) -> None:
    """The dispute's own stream is always part of a bundle."""
    bundle: dict[str, Any] = json.loads((taken.folder / "bundle.json").read_text())
    leaves = [(one, verify.Fact.of(b64decode(one["leaf"]))) for one in bundle["facts"]]
    others = [one for one, fact in leaves if fact.stream_id != fact.dispute_id]
    assert others, "the dispute has a refund"
    (tmp_path / "bundle.json").write_text(json.dumps(bundle | {"facts": others, "exhibits": []}))
    done = _alone(tmp_path, "bundle.json")
    assert (done.code, done.out) == (1, "")
    assert "the facts of the dispute's own stream are missing" in done.err


def test_a_printed_key_is_taken_as_it_is_printed(taken: Taken, own_folder: Path, served: Serving) -> None:
    (printed,) = mediation("checkpoint", env=environment(own_folder)).err.splitlines()
    assert printed.startswith("key since ")
    done = taken.verify(taken.folder / "bundle.json", key=printed)
    assert (done.code, done.err) == (0, "")


def test_several_checkpoints_of_ones_own_are_taken(taken: Taken) -> None:
    own = ("--checkpoint", taken.folder / "checkpoint")
    done = taken.verify(taken.folder / "bundle.json", *own, *own)
    assert (done.code, done.err) == (0, "")
    assert done.out.count("is of the same history") == 2


def test_without_a_key_of_ones_own_it_says_so(taken: Taken) -> None:
    for arguments in (("bundle.json",), ("log", "--log")):
        paths = [one if one.startswith("--") else taken.folder / one for one in arguments]
        done = mediation("verify", *paths, env=nowhere(taken.folder))
        assert done.code == 0
        assert "Compare it with the one that is published" in done.err
    done = mediation(
        *("verify", taken.folder / "log", "--log", "--checkpoint", taken.folder / "checkpoint"),
        env=nowhere(taken.folder),
    )
    assert (done.code, done.out) == (1, "")
    assert "a key that you trust: --key" in done.err


def test_a_flipped_bit_is_named(taken: Taken, tmp_path: Path) -> None:
    bundle: dict[str, Any] = json.loads((taken.folder / "bundle.json").read_text())
    leaf = bundle["facts"][1]["leaf"]
    bundle["facts"][1]["leaf"] = leaf[:-4] + ("A" if leaf[-4] != "A" else "B") + leaf[-3:]
    (tmp_path / "bundle.json").write_text(json.dumps(bundle))
    done = taken.verify(tmp_path / "bundle.json")
    assert (done.code, done.out) == (1, "")
    assert "not proven: " in done.err
    assert "is not what was sealed there" in done.err


def test_a_fact_left_out_is_noticed(taken: Taken, tmp_path: Path) -> None:
    bundle: dict[str, Any] = json.loads((taken.folder / "bundle.json").read_text())
    del bundle["facts"][1]
    (tmp_path / "bundle.json").write_text(json.dumps(bundle))
    done = taken.verify(tmp_path / "bundle.json")
    assert done.code == 1
    assert "a fact is missing before" in done.err


def test_an_empty_bundle_proves_nothing(taken: Taken, tmp_path: Path) -> None:
    bundle: dict[str, Any] = json.loads((taken.folder / "bundle.json").read_text())
    (tmp_path / "bundle.json").write_text(json.dumps(bundle | {"facts": [], "exhibits": []}))
    done = taken.verify(tmp_path / "bundle.json")
    assert (done.code, done.out) == (1, "")
    assert "there is no fact in it" in done.err


def test_an_edited_log_is_noticed(taken: Taken, tmp_path: Path) -> None:
    log = bytearray((taken.folder / "log").read_bytes())
    at = log.rindex(b"DisputeFiled") + 40
    log[at] ^= 1
    (tmp_path / "log").write_bytes(log)
    done = taken.verify(tmp_path / "log", "--log")
    assert (done.code, done.out) == (1, "")
    assert "was changed, or put there, after it was sealed" in " ".join(done.err.split())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nothing",), "nothing: No such file or directory"),
        (("checkpoint",), "checkpoint is no bundle, or was damaged"),
        (("log",), "log is a whole log: verify it with --log"),
        (("bundle.json", "--checkpoint", "log"), "log is no checkpoint: it is not even a text"),
        (("bundle.json", "--log"), "this is no exported log: it begins otherwise"),
        (("bundle.json", "--checkpoint", "bundle.json"), "this is no checkpoint"),
    ],
)
def test_what_is_no_proof_is_refused(taken: Taken, arguments: tuple[str, ...], told: str) -> None:
    done = taken.verify(*(one if one.startswith("--") else taken.folder / one for one in arguments))
    assert (done.code, done.out) == (1, "")
    assert told in " ".join(done.err.split())


def test_another_key_proves_nothing(taken: Taken) -> None:
    done = taken.verify(taken.folder / "bundle.json", key=Signer.of("mediation.local", bytes(32)).vkey)
    assert (done.code, done.out) == (1, "")
    assert "none of these keys has signed the checkpoint of mediation.local" in done.err
    done = taken.verify(taken.folder / "bundle.json", key="elsewhere+00000000+AAAA")
    assert done.code == 1
    assert "this is no public key of a log" in done.err


def test_nothing_is_exported_of_what_is_not_there(served: Serving, own_folder: Path, tmp_path: Path) -> None:
    env = environment(own_folder)
    done = mediation("export", "0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11", env=env)
    assert (done.code, done.out) == (1, "")
    assert "there is no dispute 0197c2a4" in done.err
    assert "name a dispute, or a file" in mediation("export", env=env).err
