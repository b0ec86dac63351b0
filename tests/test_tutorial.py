"""The tutorial, the quick starts and the generated client work, word for word, against a real server."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.clients.named import GENERATOR
from tests.clients.node import NODE
from tests.demo import BIN, Demo, demo
from tests.pages import BACKEND, ROOT, blocks


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo(tmp_path_factory.mktemp("demo")) as server:
        yield server


def test_a_newcomer_takes_a_dispute_from_filing_to_the_last_cent(running: Demo, tmp_path: Path) -> None:
    tokens = "".join(f"{name}={token}\n" for name, token in running.tokens.items())
    commands = blocks(ROOT / "docs" / "tutorial.md", "sh").replace(".venv/bin/", f"{BIN}/")
    told = _typed(tokens + commands, running, tmp_path)
    assert "problems/" not in told, told
    assert '"stage":"closed"' in told
    assert '"outcome":"ruled_split"' in told
    assert "DisputeClosed" in told.rsplit("RefundConfirmed", 1)[-1], "the replay tells the story to its end"


def test_a_program_in_python_files_follows_and_pays(running: Demo, tmp_path: Path) -> None:
    program = _program("quick-start-python.md", "python", tmp_path / "quick_start.py")
    told = _run([sys.executable, str(program)], running.environment, tmp_path)
    assert "from the buyer, until " in told
    assert "settled: it is the " in told
    assert "pay 60.00 EUR to the buyer" in told
    _pays(told)


def test_a_program_in_typescript_files_follows_and_pays(running: Demo, tmp_path: Path) -> None:
    """Node leaves the types out and does not check them. `make lint` does."""
    program = _program("quick-start-typescript.md", "ts", tmp_path / "quick-start.ts")
    told = _run([str(NODE), str(program)], running.environment, tmp_path)
    assert "from the buyer, until " in told
    _pays(told)


def test_a_generated_client_fits_its_program_and_files_follows_and_pays(running: Demo, tmp_path: Path) -> None:
    """The generator leaves out nothing but what is named with its reason."""
    said = _typed(blocks(BACKEND / "generate-a-client.md", "sh"), running, tmp_path)
    warned = re.findall(r"^WARNING (?:parsing )?(.*?)(?: within .*)?$", said, re.MULTILINE)
    assert sorted(warned) == sorted(GENERATOR), said
    program = _program("generate-a-client.md", "python", tmp_path / "tour.py")
    _run([str(BIN / "mypy"), "--strict", "--follow-imports=silent", str(program)], running.environment, tmp_path)
    _pays(_run([sys.executable, str(program)], running.environment, tmp_path))


def _pays(told: str) -> None:
    assert "it is the respondent's move" in told
    assert "pay 129.90 EUR to the buyer out of ch_3PqT" in told
    assert told.endswith("closed: conceded, confirmed\n")


def _program(page: str, language: str, file: Path) -> Path:
    """The blocks of a page, as one file."""
    file.write_text(blocks(BACKEND / page, language), encoding="utf-8")
    return file


def _typed(commands: str, running: Demo, folder: Path) -> str:
    """What a terminal shows in which the commands are typed: what they print, and their warnings."""
    path = [str(BIN), os.environ["PATH"]]
    if shutil.which("curl") is None:
        path.insert(0, str(ROOT / "tests" / "bin"))
    environment = {**running.environment, "PATH": ":".join(path)}
    return _run(["bash", "-eu", "-o", "pipefail", "-c", f"exec 2>&1\n{commands}"], environment, folder)


def _run(command: list[str], environment: Mapping[str, str], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    if done.returncode:
        pytest.fail(f"{done.stdout}\n{done.stderr}")
    return done.stdout
