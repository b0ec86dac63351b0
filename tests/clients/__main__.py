"""Reads the OpenAPI document as the tools of an integrator do: two linters, and the TypeScript of the quick start.

    python -m tests.clients

The linters may find nothing but what `named` lists with its reason, and must find that. The types made from the document
must fit the program of the quick start. A test runs this program, and one in Python on a generated client:
`tests/test_tutorial.py`.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from api.app import assemble
from api.http.audiences import for_audience
from tests import today
from tests.clients.named import LINTERS
from tests.clients.node import NODE, PACKAGES
from tests.pages import BACKEND, blocks

QUICK_START = BACKEND / "quick-start-typescript.md"
AUDIENCE = "backend"
"""That of the quick start. The whole document has the routes of all others."""


def main() -> int:
    whole = assemble(today.now).openapi()
    with TemporaryDirectory() as folder:
        here = Path(folder)
        faults = [
            *_linted(here, {"everybody": whole, AUDIENCE: for_audience(whole, AUDIENCE)}),
            *_compiled(here, here / f"{AUDIENCE}.json"),
        ]
    for fault in faults:
        print(fault, file=sys.stderr)
    return bool(faults)


def _linted(here: Path, documents: Mapping[str, Any]) -> Iterator[str]:
    """Writes the documents into files by their names, and yields what is found and not named, or named and not found."""
    files = {here / f"{name}.json": document for name, document in documents.items()}
    for file, document in files.items():
        file.write_text(json.dumps(document), encoding="utf-8")
    # The program comes from the standard input, so that its imports are looked for where the packages are.
    program = (Path(__file__).parent / "lint.mjs").read_bytes()
    command = [str(NODE), "--input-type=module", "-", *map(str, files)]
    said = subprocess.run(command, cwd=PACKAGES, input=program, stdout=subprocess.PIPE, check=True).stdout
    found = [json.loads(line) for line in said.splitlines()]
    for file in files:
        of_file = {(one["rule"], one["where"]): one["message"] for one in found if one["file"] == str(file)}
        for rule, where in of_file.keys() - LINTERS.keys():
            yield f"{file.stem}: {where}: {rule}: {of_file[rule, where]}"
        for rule, where in LINTERS.keys() - of_file.keys():
            yield f"{file.stem}: {where}: {rule} is named in tests/clients/named.py, and the linter does not say it"


def _compiled(here: Path, document: Path) -> Iterator[str]:
    """What the commands of the page say that make the types and check the program, if they fail."""
    document.rename(here / "openapi.json")
    (here / "quick-start.ts").write_text(blocks(QUICK_START, "ts"), encoding="utf-8")
    (here / "node_modules").symlink_to(PACKAGES / "node_modules")
    commands = [line.split() for line in blocks(QUICK_START, "sh").splitlines() if line.startswith("npx ")]
    assert [command[1] for command in commands] == ["openapi-typescript", "tsc"]
    for _, program, *options in commands:
        command = [str(NODE), f"node_modules/.bin/{program}", *options]
        done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=False)
        if done.returncode:
            yield f"{program}:\n{done.stdout}{done.stderr}"


if __name__ == "__main__":
    sys.exit(main())
