"""Facts about calling a neutral: escalated, assigned, released, referred; and who the neutral is."""

from typing import Literal, assert_never
from uuid import UUID

from domain.kernel.base import Event, Role
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Side, Text

# --- types ---


class Escalated(Event, kind="Escalated", stream="dispute", told_to=Audience.ALL):
    """A neutral was called. `offers_standing` are the offers that stay acceptable until the ruling."""

    by: Told[Literal["buyer", "seller", "silence", "policy"]]
    offers_standing: Told[tuple[int, ...]] = ()
    reason: Told[Text | None] = None


class NeutralAssigned(Event, kind="NeutralAssigned", stream="dispute", told_to=Audience.ALL):
    neutral: Told[UUID]
    by: Told[Role]


class EscalationJoined(Event, kind="EscalationJoined", stream="dispute", told_to=Audience.ALL):
    """A neutral was already called, and this side wants one too."""

    by: Told[Side]
    reason: Told[Text | None] = None


WhyReleased = Literal[
    "reassigned",
    "recused",
    "challenged",
    "first_act_missed",
    "mandate_closed",
    "appealed",
    "sent_back",
    "reopened",
    "appeal_withdrawn",
]


class NeutralReleased(Event, kind="NeutralReleased", stream="dispute", told_to=Audience.ALL):
    """The neutral no longer has this dispute."""

    neutral: Told[UUID]
    why: Told[WhyReleased]
    by: Told[Role]
    reason: Told[Text | None] = None


class Referred(Event, kind="Referred", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The dispute went to the supervisor, because the ruling did not come in time."""

    reason: Told[Literal["ruling_overdue"]]


EscalationEvent = Escalated | EscalationJoined | NeutralAssigned | NeutralReleased | Referred


# --- state ---


@frozen
class Escalation:
    """`called_by` are the sides that asked for a neutral. `referred`: the time for the ruling has lapsed once.

    `stepped_down` are the neutrals who may not get the dispute again. `handed_over_by` is the last neutral, if it was they who
    handed the dispute over.
    """

    escalated: bool = False
    called_by: frozenset[Side] = frozenset()
    offers_standing: frozenset[int] = frozenset()
    neutral: UUID | None = None
    stepped_down: frozenset[UUID] = frozenset()
    referred: bool = False
    handed_over_by: UUID | None = None


FOR_GOOD = frozenset({"recused", "challenged"})
"""The reasons after which a released neutral may not get the dispute again."""


# --- evolve ---


def evolve(escalation: Escalation, event: EscalationEvent) -> Escalation:
    match event:
        case Escalated(by=by, offers_standing=standing):
            called_by = frozenset({Side(by)}) if by in set(Side) else frozenset()
            return replace(escalation, escalated=True, called_by=called_by, offers_standing=frozenset(standing))
        case EscalationJoined(by=side):
            return replace(escalation, called_by=escalation.called_by | {side})
        case NeutralAssigned(neutral=neutral):
            return replace(escalation, neutral=neutral)
        case NeutralReleased(neutral=neutral, why=why, by=by):
            gone = frozenset({neutral}) if why in FOR_GOOD else frozenset()
            giver = neutral if why == "reassigned" and by is Role.NEUTRAL else None
            stepped_down = escalation.stepped_down | gone
            return replace(escalation, neutral=None, stepped_down=stepped_down, handed_over_by=giver)
        case Referred():
            return replace(escalation, referred=True)
        case _:
            assert_never(event)
