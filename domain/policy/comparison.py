"""What differs between two policies, field by field, in words for people."""

from collections.abc import Iterator, Mapping
from datetime import date

from domain.kernel.base import Value
from domain.kernel.frozen import frozen
from domain.kernel.money import Money
from domain.kernel.windows import Window
from domain.policy.policy import Policy

# --- types ---


@frozen
class Change:
    """`pointer` is the JSON pointer of what changed. `before` is None if it is new, `after` if it was removed."""

    pointer: str
    before: str | None
    after: str | None


# --- decisions ---


def compare(before: Policy, after: Policy) -> list[Change]:
    """In the order of a policy's fields. Each new or removed member of a list is a change. The version is not."""
    old, new = dict(_fields(before)), dict(_fields(after))
    pointers = dict.fromkeys((*old, *new))
    changes = (Change(p[0], old.get(p), new.get(p)) for p in pointers if p[0] != "/version")
    return [change for change in changes if change.before != change.after]


def _fields(value: Value, under: str = "") -> Iterator[tuple[tuple[str, str], str | None]]:
    """Each value under its pointer. Members of a list have no names, so their text is part of the key."""
    for name, field in value:
        pointer = f"{under}/{name}"
        match field:
            case Window() | Money():
                yield (pointer, ""), _told(field)
            case Value():
                yield from _fields(field, pointer)
            case Mapping():
                yield from (((f"{pointer}/{key}", ""), _told(one)) for key, one in field.items())
            case [Value(), *_]:
                yield from (((pointer, _told(one)), _told(one)) for one in field)
            case ():
                pass
            case _:
                yield (pointer, ""), None if field is None else _told(field)


def _told(value: object) -> str:
    match value:
        case Window() | Money():
            return str(value)
        case Value():
            told = ((name.replace("_", " "), _told(one)) for name, one in value if one is not None and one != ())
            return "; ".join(f"{name}: {one}" for name, one in told)
        case tuple():
            return ", ".join(map(_told, value))
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
        case _:
            return str(value)
