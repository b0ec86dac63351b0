"""The tutorial works, word for word, against a real server."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


def test_a_newcomer_takes_a_dispute_from_filing_to_the_last_cent(tmp_path: Path) -> None:
    port = _free_port()
    environment = os.environ | {"MEDIATION_DATA_DIR": str(tmp_path / "data"), "API": f"http://127.0.0.1:{port}"}
    environment.pop("DATABASE_URL", None)
    if shutil.which("curl") is None:
        environment["PATH"] = f"{ROOT / 'tests' / 'bin'}:{BIN}:{environment['PATH']}"
    server = subprocess.Popen(
        [BIN / "mediation", "serve", "--demo", "--port", str(port)], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        tokens = []
        for line in server.stdout:
            if re.match(r"[A-Z_]+=", line):
                tokens.append(line)
            if line.startswith("Ctrl-C"):
                break
        told = _run("".join(tokens) + _tutorial(), environment, tmp_path)
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=60) == 0
    assert "problems/" not in told, told
    assert '"stage":"closed"' in told
    assert '"outcome":"ruled_split"' in told
    assert "DisputeClosed" in told.rsplit("RefundConfirmed", 1)[-1], "the replay tells the story to its end"


def _tutorial() -> str:
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert len(blocks) > 5
    return "\n".join(blocks).replace(".venv/bin/", f"{BIN}/")


def _run(script: str, environment: dict[str, str], folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"{done.stdout}\n{done.stderr}")
    return done.stdout


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port
