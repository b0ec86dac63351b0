"""Facts about a neutral's independence: interests declared, challenges made and decided."""

from typing import Literal, assert_never
from uuid import UUID

from domain.kernel.base import Event, Role
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Side, Text

# --- types ---

Ground = Literal["interest", "bias", "language", "conduct"]
"""The ground of a challenge."""


class InterestsDeclared(Event, kind="InterestsDeclared", stream="dispute", told_to=Audience.ALL):
    """The neutral `disclosed` what might raise doubt about their independence. None: there is nothing of the kind."""

    neutral: Told[UUID]
    disclosed: Told[Text | None] = None


class NeutralChallenged(Event, kind="NeutralChallenged", stream="dispute", told_to=Audience.ALL):
    number: Told[int]
    by: Told[Side]
    neutral: Told[UUID]
    ground: Told[Ground]
    reason: Told[Text]


class ChallengeDecided(Event, kind="ChallengeDecided", stream="dispute", told_to=Audience.ALL):
    number: Told[int]
    granted: Told[bool]
    by: Told[Role]
    reasons: Told[Text]


IndependenceEvent = InterestsDeclared | NeutralChallenged | ChallengeDecided


# --- state ---


@frozen
class Challenge:
    """`granted` is None until it is decided."""

    number: int
    by: Side
    neutral: UUID
    ground: Ground
    granted: bool | None = None


@frozen
class Independence:
    """`declared` are the neutrals who have declared their interests."""

    declared: frozenset[UUID] = frozenset()
    challenges: tuple[Challenge, ...] = ()

    def by(self, side: Side) -> Challenge | None:
        return next((challenge for challenge in self.challenges if challenge.by is side), None)


# --- evolve ---


def evolve(independence: Independence, event: IndependenceEvent) -> Independence:
    match event:
        case InterestsDeclared(neutral=neutral):
            return replace(independence, declared=independence.declared | {neutral})
        case NeutralChallenged(number=number, by=by, neutral=neutral, ground=ground):
            made = Challenge(number, by, neutral, ground)
            return replace(independence, challenges=(*independence.challenges, made))
        case ChallengeDecided(number=number, granted=granted):
            decided = (replace(c, granted=granted) if c.number == number else c for c in independence.challenges)
            return replace(independence, challenges=tuple(decided))
        case _:
            assert_never(event)
