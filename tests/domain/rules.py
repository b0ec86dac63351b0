"""A policy of another taste."""

from domain.abuse import AbuseRules, ClaimLimit, Threshold
from domain.people import Side
from domain.policy import Policy, Windows
from domain.windows import Window

HASTY = Policy(
    version="hasty",
    windows=Windows(
        response=Window(amount=30, unit="calendar_days"),
        negotiation=Window(amount=1, unit="calendar_days"),
        escalation_opens_after_hours=0,
        appeal=Window(amount=1, unit="hours"),
    ),
    early_execution="marketplace",
    abuse=AbuseRules(
        limits=(
            ClaimLimit(days=30, claims=1, vexatious=1, beyond="review"),
            ClaimLimit(of=Side.SELLER, days=30, claims=1),
        ),
        thresholds=tuple(Threshold(of=side, ground="ruled_against", cases=1, days=30) for side in Side),
    ),
)
"""Another order of lapses: a neutral may propose and rule while the response window runs."""
