"""Facts about the respondent's answer, and about the default on silence."""

from enum import StrEnum
from typing import Literal

from domain.filing.standing_rules_facts import StandingRuleUsed
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


WithdrawalGround = Literal["period_over", "exempt"]
"""Why a withdrawal from the contract does not count."""


class ResponseGiven(Event, kind="ResponseGiven", stream="dispute", told_to=Audience.ALL):
    """The respondent answered. `conceded` is what the claimant receives without argument; None if all is contested.

    With `standing_rule`, a machine answered by a rule that the respondent had set. `ground` is why a withdrawal from the
    contract does not count, if that is contested.
    """

    schema_version = 4

    answer: Told[Answer]
    by: Told[Side]
    conceded: Told[Money | None] = None
    statement: Told[Text | None] = None
    goods: Told[Goods | None] = None
    standing_rule: Told[StandingRuleUsed | None] = None
    ground: Told[WithdrawalGround | None] = None


class DefaultGranted(Event, kind="DefaultGranted", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The respondent stayed silent, and the record does not contradict the claim. With `goods`, the money is owed when they are
    back.
    """

    schema_version = 2

    claimant_receives: Told[Money]
    goods: Told[Goods | None] = None


class DefaultDeclined(Event, kind="DefaultDeclined", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The respondent gave no response, but that alone decides nothing.

    A neutral looks at the claim. If the respondent takes part without a formal response, the dispute just goes on.
    """

    reason: Told[Literal["silent_buyer", "tracked_as_delivered", "respondent_takes_part", "for_a_person", "policy"]]


ResponseEvent = ResponseGiven | DefaultGranted | DefaultDeclined
