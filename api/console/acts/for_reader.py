"""What the form of an act is to its reader: the same act asks a mediator for other things than a party."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from api.console.acts.clocks import Astray
from api.console.acts.fields import Field
from domain.commitments.events import MONEY_KINDS
from domain.kernel.base import Role

_NEEDED: Mapping[tuple[Role, str], frozenset[str]] = {(Role.NEUTRAL, "post_in_caucus"): frozenset({"side"})}
"""What a role must say, and others may leave out: a party talks for itself, and a mediator with one of the two."""

_ASKED: Mapping[str, frozenset[str]] = {"record_reached": frozenset({"reached"})}
"""What a program may leave out, and a person is asked: a window begins if the party was reached."""

_OTHERS = frozenset({"to", "owed_to"})
"""Fields that name somebody else: nobody writes to themselves, or promises to themselves."""

_THEMSELVES = frozenset({"MakeCommitment.owed_by"})
"""Fields that name the reader: nobody promises in another's name."""


ONLY_WITH: Mapping[str, tuple[str, frozenset[str]]] = {
    "MakeCommitment.amount": ("kind", frozenset(kind.value for kind in MONEY_KINDS))
}
"""Fields that only some values of the field beside them ask for."""


def fields(act: str, role: Role, of: Sequence[Field]) -> tuple[Field, ...]:
    """The fields of the act, as this role fills them in."""
    return tuple(_fitted(act, role, of))


def _fitted(act: str, role: Role, of: Sequence[Field]) -> Iterator[Field]:
    for one in of:
        values = one.values
        if one.name in _OTHERS:
            values = tuple(value for value in values if value != role.value)
        elif f"{one.model}.{one.name}" in _THEMSELVES:
            values = tuple(value for value in values if value == role.value) or values
        needed = one.required or one.name in _needed(act, role)
        kind = "yes_no" if needed and one.kind == "flag" else one.kind
        inner = tuple(_fitted(act, role, one.inner))
        yield replace(one, kind=kind, values=values, required=needed, inner=inner)


def _needed(act: str, role: Role) -> frozenset[str]:
    return _NEEDED.get((role, act), frozenset()) | _ASKED.get(act, frozenset())


def missing(act: str, role: Role, body: Mapping[str, Any]) -> Mapping[str, Astray]:
    """What this role must say here and has not, by its place."""
    return {f"/{name}": Astray("missing") for name in _needed(act, role) if name not in body}
