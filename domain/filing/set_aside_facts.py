"""Facts about setting a default aside: requested, done, refused."""

from typing import Literal, assert_never

from domain.kernel.base import Event, Role
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Side, Text

# --- types ---


class SetAsideRequested(Event, kind="SetAsideRequested", stream="dispute", told_to=Audience.ALL):
    by: Told[Side]
    cause: Told[Text]


class DefaultSetAside(Event, kind="DefaultSetAside", stream="dispute", told_to=Audience.ALL):
    """The default no longer stands, and the dispute is undecided again."""

    by: Told[Role]
    reasons: Told[Text]


class SetAsideRefused(Event, kind="SetAsideRefused", stream="dispute", told_to=Audience.ALL):
    """The default stands."""

    by: Told[Role]
    reasons: Told[Text]


SetAsideEvent = SetAsideRequested | DefaultSetAside | SetAsideRefused


# --- state ---


@frozen
class SetAside:
    requested: bool = False
    decided: Literal["set_aside", "refused"] | None = None

    @property
    def pending(self) -> bool:
        return self.requested and self.decided is None


# --- evolve ---


def evolve(set_aside: SetAside, event: SetAsideEvent) -> SetAside:
    match event:
        case SetAsideRequested():
            return replace(set_aside, requested=True)
        case DefaultSetAside():
            return replace(set_aside, decided="set_aside")
        case SetAsideRefused():
            return replace(set_aside, decided="refused")
        case _:
            assert_never(event)
