"""Programs read what a refusal says beside its name: its facts, and the field of the request at fault.

`refusals.json` has every shape seen in a law report, as `pointer: facts`; a fact that can be unknown ends in `?`. After
an intended change, and for new refusals, `python -m tests.domain.refusals` writes the file again.
"""

import json
import re
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import pytest

from domain.kernel.refusals import Refusal

FILE = Path(__file__).with_name("refusals.json")
KNOWN: dict[str, list[str]] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
seen: dict[str, set[str]] = defaultdict(set)


def check(refusal: Refusal) -> None:
    """The refusal has the shape that is on file."""
    code, shape = refusal.code, _shape(refusal)
    seen[code].add(shape)
    assert shape in KNOWN.get(code, [shape]), f"{code} told {shape!r} instead of {KNOWN[code]}"


def _shape(refusal: Refusal) -> str:
    facts = (name + ("?" if value is None or value == "None" else "") for name, value in sorted(refusal.facts.items()))
    return f"{re.sub('[0-9]+', '*', refusal.at or '')}: {' '.join(facts)}".strip()


if __name__ == "__main__":
    told = import_module("tests.domain.refusals")
    told.KNOWN.clear()
    pytest.main(["-q", "-n0", "tests/domain", "--ignore=tests/domain/machine/test_machine.py"])
    shapes = {code: sorted(found) for code, found in sorted(told.seen.items())}
    FILE.write_text(json.dumps(shapes, indent=1) + "\n", encoding="utf-8")
