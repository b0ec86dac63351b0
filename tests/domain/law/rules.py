"""Policies other than the first."""

from typing import Literal

from domain.kernel.people import Side
from domain.kernel.windows import Period, Window
from domain.policy.book import FIRST_POLICY
from domain.policy.claim_limits import AbuseRules, ClaimLimit, Threshold
from domain.policy.fast_lane_rules import FastLaneClause
from domain.policy.legal_basis_rules import BasisTerms, LegalBasis
from domain.policy.notice_rules import NoticeRules
from domain.policy.party_request_rules import PartyRequestRules
from domain.policy.policy import Policy, Silence, TranslationRules, Windows
from domain.policy.reasons import ClaimReason
from domain.policy.reminder_rules import Reminder
from domain.policy.voucher_rules import VoucherRules
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

LENIENT = Policy(
    version="lenient",
    on_breach=(),
    vouchers=VoucherRules(least_days=30, marketplace_issues=True, by_ruling=True),
    legal_bases=(
        BasisTerms(basis=LegalBasis.WITHDRAWAL, period=Period(amount=14, unit="calendar_days")),
        BasisTerms(basis=LegalBasis.LEGAL_GUARANTEE, period=Period(amount=24, unit="months"), floor_percent=50),
    ),
)
"""Nothing follows from a breach, as far as the policy says. Vouchers are awarded, and the marketplace issues some. Consumers
withdraw from contracts, and get half of the price or nothing under the legal guarantee.
"""

ASKING = Policy(
    version="asking",
    windows=Windows(message_reply=Window(amount=5, unit="hours"), escalation_opens_after_hours=0),
    reminders=(Reminder(of="service", hours_before=2, only=("reply",)),),
    party_requests=PartyRequestRules(open_at_once=2),
)
"""Whoever a message is written to owes an answer, and so does a party that the other one asks for something."""

SENT_WHERE = Policy(version="sent-where", windows=Windows(return_details=Window(amount=2, unit="business_days")))
"""The seller owes the address before the buyer owes the goods."""

TRANSLATED = Policy(
    version="translated", translation=TranslationRules(), silence=Silence(response="delivered_to_a_neutral")
)
"""Texts are translated; what no engine translates, the marketplace owes. Silence about delivered goods decides nothing."""

NOTICED = Policy(
    version="noticed",
    notices=NoticeRules(way="marketplace", notice="required"),
    silence=Silence(response="return_first"),
)
"""No window begins against a party who was not told of it. After silence, delivered goods go back first."""

POLICIES = {
    policy.version: policy for policy in (FIRST_POLICY, HASTY, SWIFT, LENIENT, ASKING, SENT_WHERE, TRANSLATED, NOTICED)
}
