"""What is common to the readers of notices about disputes. They are pure: bytes go in, notices come out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.payments.provider_disputes import Notice


@dataclass(frozen=True, slots=True)
class Unknown:
    """A part of a notice that this reader does not know: a new code, or an odd shape. `code` is what the part calls itself."""

    code: str | None
    why: str


Read = Sequence[Notice | Unknown]
Reader = Callable[[bytes], Read]

_SHOWN = 100


def odd(found: object, code: object, error: Exception) -> Unknown:
    """`why` is told without the values of the notice, which may be personal."""
    where = str(error.args[0])[:_SHOWN] if isinstance(error, KeyError) and error.args else type(error).__name__
    return Unknown(code[:_SHOWN] if isinstance(code, str) else None, f"{type(found).__name__}: {where}")


def part(of: Any, name: str) -> Any:
    """A part that has to be there. Raises KeyError with its name."""
    if not isinstance(of, Mapping) or of.get(name) is None:
        raise KeyError(name)
    return of[name]


def text(of: Any, name: str) -> str:
    """A name that has to be there. Raises KeyError with its name."""
    found = part(of, name)
    if not isinstance(found, str) or not found or len(found) > 255 or not found.isprintable():
        raise KeyError(name)
    return found


def names(*given: object) -> tuple[str, ...]:
    """The names of a payment among these values, each once."""
    return tuple(dict.fromkeys(one for one in given if isinstance(one, str) and 0 < len(one) <= 255))
