"""Facts about the respondent's answer, and about the default on silence."""

from enum import StrEnum
from typing import Literal

from domain.kernel.base import Event
from domain.kernel.disclosure import Audience, Told
from domain.kernel.money import Money
from domain.kernel.people import Side, Text
from domain.remedies.goods_facts import Goods

# --- types ---


class Answer(StrEnum):
    CONCEDE = "concede"
    CONCEDE_PART = "concede_part"
    CONTEST = "contest"


class ResponseGiven(Event, kind="ResponseGiven", stream="dispute", told_to=Audience.ALL):
    """The respondent answered. `conceded` is what the claimant receives without argument; None if all is contested."""

    schema_version = 3

    answer: Told[Answer]
    by: Told[Side]
    conceded: Told[Money | None] = None
    statement: Told[Text | None] = None
    goods: Told[Goods | None] = None


class DefaultGranted(Event, kind="DefaultGranted", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The respondent stayed silent, and the record does not contradict the claim."""

    claimant_receives: Told[Money]


class DefaultDeclined(Event, kind="DefaultDeclined", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The respondent gave no response, but that alone decides nothing.

    A neutral looks at the claim. If the respondent takes part without a formal response, the dispute just goes on.
    """

    reason: Told[Literal["silent_buyer", "tracked_as_delivered", "respondent_takes_part", "for_a_person", "policy"]]


ResponseEvent = ResponseGiven | DefaultGranted | DefaultDeclined
