"""The engine as a newcomer starts it: `mediation serve --demo`, with the tokens that it prints."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Demo:
    """`environment` is that of a terminal beside it, with `API` and the tokens. `tokens` are those that it printed, by their
    names.
    """

    environment: Mapping[str, str]
    tokens: Mapping[str, str]


@contextmanager
def demo(folder: Path) -> Iterator[Demo]:
    """A running engine with its data in `folder`. It must stop without an error."""
    port = _free_port()
    environment = os.environ | {"MEDIATION_DATA_DIR": str(folder / "data"), "API": f"http://127.0.0.1:{port}"}
    environment.pop("DATABASE_URL", None)
    server = subprocess.Popen(
        [BIN / "mediation", "serve", "--demo", "--port", str(port)], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        tokens = dict[str, str]()
        for line in server.stdout:
            if found := re.match(r"([A-Z][A-Z_0-9]*)=(.*)", line):
                tokens[found[1]] = found[2].strip()
            if line.startswith("Ctrl-C"):
                break
        yield Demo(environment | tokens, tokens)
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=60) == 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port
