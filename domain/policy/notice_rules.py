"""How a marketplace's parties are told outside of the engine. Without these rules, nobody is."""

from typing import Annotated, Literal

from pydantic import Field

from domain.kernel.base import Value

# --- types ---

_Hour = Annotated[int, Field(ge=0, le=23, strict=True)]


class NoticeRules(Value):
    """By which `way` notices go: by `mail`, or through the `marketplace`, which shows them.

    What happens within `grouping_minutes` after the first fact is told in one notice. From `quiet_from` to `quiet_until`, in
    hours on the clock of whoever is told, no notice leaves, unless what it tells of ends before. Both the same: no quiet
    hours. A mail that did not come back within `bounce_minutes` counts as delivered.

    With `notice` `required`, a window that burdens a party begins when the party was told of it. `assumed`: it begins with
    the fact that opens it.
    """

    way: Literal["mail", "marketplace"]
    grouping_minutes: Annotated[int, Field(ge=0, le=60, strict=True)] = 5
    quiet_from: _Hour = 22
    quiet_until: _Hour = 8
    bounce_minutes: Annotated[int, Field(ge=0, le=24 * 60, strict=True)] = 15
    notice: Literal["required", "assumed"] = "assumed"
