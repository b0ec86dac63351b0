"""JSON in which no object names a field twice: which of the two would count is anybody's guess (RFC 8259, section 4)."""

import json
from typing import Any

from domain.kernel.refusals import Malformed


class NameRepeated(Malformed):
    """The JSON has an object that names the same field twice."""


def exactly(text: str | bytes) -> tuple[Any, bool]:
    """What it says, and whether any object in it names a field twice. Raises ValueError, RecursionError."""
    repeated = False

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        named = dict(pairs)
        repeated = repeated or len(named) < len(pairs)
        return named

    return json.loads(text, object_pairs_hook=once), repeated
