"""Policies other than the first."""

from typing import Literal

from domain.kernel.people import Side
from domain.kernel.windows import Window
from domain.policy.book import FIRST_POLICY
from domain.policy.claim_limits import AbuseRules, ClaimLimit, Threshold
from domain.policy.fast_lane_rules import FastLaneClause
from domain.policy.notice_rules import NoticeRules
from domain.policy.party_request_rules import PartyRequestRules
from domain.policy.policy import Policy, TranslationRules, Windows
from domain.policy.reasons import ClaimReason
from domain.policy.reminder_rules import Reminder
from tests.domain.law.acts import money

WHAT: tuple[Literal["deadline", "remedy", "service"], ...] = ("deadline", "remedy", "service")

HASTY = Policy(
    version="hasty",
    windows=Windows(
        response=Window(amount=30, unit="calendar_days"),
        negotiation=Window(amount=1, unit="calendar_days"),
        escalation_opens_after_hours=0,
        appeal=Window(amount=1, unit="hours"),
    ),
    early_execution="marketplace",
    reminders=(
        *(Reminder(of=what, hours_before=hours) for what in WHAT for hours in (24, 3)),
        Reminder(of="deadline", hours_before=72, only=("response", "offer")),
    ),
    abuse=AbuseRules(
        limits=(
            ClaimLimit(days=30, claims=1, vexatious=1, beyond="review"),
            ClaimLimit(of=Side.SELLER, days=30, claims=1),
        ),
        thresholds=tuple(Threshold(of=side, ground="ruled_against", cases=1, days=30) for side in Side),
    ),
)
"""Another order of lapses: a neutral may propose and rule while the response window runs."""

_UP_TO = tuple(map(money, ("10000.00 EUR", "1000000 JPY", "1000.000 KWD", "0.01000000 XBT")))
SWIFT = Policy(
    version="swift",
    fast_lane=(
        FastLaneClause(clause="evidence", reason=ClaimReason.ITEM_NOT_RECEIVED, up_to=_UP_TO, funded_by="marketplace"),
        FastLaneClause(clause="good_faith", reason=ClaimReason.DUPLICATE_CHARGE, up_to=_UP_TO),
    ),
    abuse=AbuseRules(limits=(ClaimLimit(days=30, claims=1, beyond="no_fast_lane"),)),
)
"""Clear cases are granted at filing."""

LENIENT = Policy(version="lenient", on_breach=())
"""Nothing follows from a breach, as far as the policy says."""

ASKING = Policy(
    version="asking",
    windows=Windows(message_reply=Window(amount=5, unit="hours"), escalation_opens_after_hours=0),
    reminders=(Reminder(of="service", hours_before=2, only=("reply",)),),
    party_requests=PartyRequestRules(open_at_once=2),
)
"""Whoever a message is written to owes an answer, and so does a party that the other one asks for something."""

TRANSLATED = Policy(version="translated", translation=TranslationRules())
"""Texts are translated; what no engine translates, the marketplace owes."""

NOTICED = Policy(version="noticed", notices=NoticeRules(way="marketplace", notice="required"))
"""No window begins against a party who was not told of it."""

POLICIES = {policy.version: policy for policy in (FIRST_POLICY, HASTY, SWIFT, LENIENT, ASKING, TRANSLATED, NOTICED)}
