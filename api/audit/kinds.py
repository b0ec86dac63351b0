"""The kinds of facts that a reader asks for, by their stored names."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import Query

from domain.kernel.base import Event
from domain.kernel.refusals import Malformed

Kind = Annotated[str, Query(pattern=r"^[A-Z][A-Za-z]{1,60}$", description="The stored name of a kind of fact.")]


class UnknownKindOfFact(Malformed):
    """`kind` is not the stored name of a fact, such as RulingIssued.

    Why: Facts are stored under fixed names. A name that does not exist would find nothing, and would look like an empty
    record.

    What to do: Use a name as it stands in `kind` of the history, such as `RulingIssued`. The list of events in the
    reference has them all.

    Example: {"kind": "RulingWritten"}
    """


def check_kinds(kinds: Iterable[str]) -> None:
    """Raises UnknownKindOfFact."""
    for kind in kinds:
        if kind not in Event.registry:
            raise UnknownKindOfFact(kind=kind)
