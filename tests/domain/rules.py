"""A policy of another taste."""

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
)
"""Another order of lapses: a neutral may propose and rule while the response window runs."""
