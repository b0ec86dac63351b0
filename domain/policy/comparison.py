"""What differs between two policies, field by field, in words for people."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from domain.kernel.base import Value
from domain.kernel.frozen import frozen
from domain.kernel.money import Money
from domain.kernel.windows import Window
from domain.policy.policy import Policy
from domain.policy.reasons import Asked, ReasonTerms

# --- types ---


@frozen
class Change:
    """`pointer` is the JSON pointer of what changed. `before` is None if it is new, `after` if it was removed."""

    pointer: str
    before: str | None
    after: str | None


# --- decisions ---


def compare(before: Policy, after: Policy) -> list[Change]:
    """In the order of a policy's fields. Each new or removed member of a list is a change. The version is not.

    Each language of a text is a value of its own. Of a reason that both have, only the terms that differ are told. A
    question, or evidence that is called for, is told with its name.
    """
    changes = _between("", before, after)
    return [change for change in changes if change.pointer != "/version" and change.before != change.after]


def _between(pointer: str, old: object, new: object) -> Iterator[Change]:
    """What differs between two values under a pointer. None is a value that is not there."""
    match (old, new):
        case _ if old == new:
            pass
        case (ReasonTerms(), None) | (None, ReasonTerms()):
            yield Change(pointer, _told(old), _told(new))
        case (Mapping(), _) | (_, Mapping()):
            if isinstance(old, str) or isinstance(new, str):  # a plain text
                yield Change(pointer, old if isinstance(old, str) else None, new if isinstance(new, str) else None)
            yield from _members(
                pointer, old if isinstance(old, Mapping) else {}, new if isinstance(new, Mapping) else {}
            )
        case (Window() | Money(), _) | (_, Window() | Money()):
            yield Change(pointer, _told(old), _told(new))
        case (Value() | None, Value() | None):
            yield from _members(pointer, dict(old or ()), dict(new or ()))
        case (tuple() as had, tuple() as has) if any(isinstance(one, Asked) for one in had + has):
            yield from _of_asked(pointer, had, has)
        case (tuple() as had, tuple() as has) if any(isinstance(one, Value) for one in had + has):
            yield from (Change(pointer, _told(one), None) for one in had if one not in has)
            yield from (Change(pointer, None, _told(one)) for one in has if one not in had)
        case _:
            yield Change(pointer, _told(old), _told(new))


def _members(pointer: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    for name in dict.fromkeys((*old, *new)):
        yield from _between(f"{pointer}/{name}", old.get(name), new.get(name))


def _of_asked(pointer: str, old: Sequence[Asked], new: Sequence[Asked]) -> Iterator[Change]:
    """By name, because answers and exhibits refer to it. The order in the list counts for nothing else."""
    was, now = {one.name: one for one in old}, {one.name: one for one in new}
    for name in dict.fromkeys((*was, *now)):
        before, after = was.get(name), now.get(name)
        if before is None or after is None or before.model_copy(update={"text": after.text}) != after:
            if before != after:
                yield Change(pointer, _told(before), _told(after))
            continue
        for text in _between("", before.text, after.text):
            said = f"{name} ({text.pointer[1:]})" if text.pointer else name
            yield Change(
                pointer,
                text.before and f"{said}: {text.before}",
                text.after and f"{said}: {text.after}",
            )


def _told(value: object) -> str | None:
    match value:
        case None | ():
            return None
        case Window() | Money():
            return str(value)
        case Value():
            told = ((name.replace("_", " "), _told(one)) for name, one in value)
            return "; ".join(f"{name}: {one}" for name, one in told if one is not None)
        case Mapping():
            return ", ".join(f"{name}: {_told(one)}" for name, one in value.items())
        case tuple():
            return ", ".join(str(_told(one)) for one in value)
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
        case _:
            return str(value)
