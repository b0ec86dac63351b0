"""A policy, as it is published and as it is shown, for the documentation."""

from typing import Any

from api.http.relative import ago, date_ahead
from domain.policy.policy import CLAUSES, Silence, Windows

_IN_GOOD_FAITH = "Ogni parte agisce in buona fede e risponde in tempo."
_DIFFERENT = {
    "en": "What exactly is different?",
    "it": "Che cosa è diverso, esattamente?",
    "zh-Hans": "具体有什么不同？",
}

POLICY: dict[str, Any] = {
    "version": "autumn-2026",
    "windows": {
        "response": {"amount": 7, "unit": "calendar_days"},
        "message_reply": {"amount": 2, "unit": "business_days"},
        "public_reply": {"amount": 1, "unit": "business_days"},
    },
    "tiers": ["standard", "silver", "gold"],
    "clauses": {**CLAUSES, "good_faith": {"en": CLAUSES["good_faith"], "it": _IN_GOOD_FAITH}},
    "desk": {"country": "DE", "region": "DE-BY", "time_zone": "Europe/Berlin"},
    "neutral_reads": "either_side",
    "declaration_before_ruling": True,
    "return_freight": "seller",
    "early_execution": "marketplace",
    "fast_lane": [
        {
            "clause": "evidence",
            "reason": "item_not_received",
            "up_to": [{"amount": "40.00", "currency": "EUR"}],
            "funded_by": "marketplace",
        }
    ],
    "resolutions": [
        {
            "clause": "good_faith",
            "by": ["neutral", "marketplace"],
            "reasons": ["not_as_described", "item_not_received"],
            "grounds": ["proven", "goodwill"],
            "up_to": [{"amount": "150.00", "currency": "EUR"}],
            "per_buyer": {"days": 30, "grants": 2, "amounts": [{"amount": "200.00", "currency": "EUR"}]},
            "charged_to": "marketplace",
        }
    ],
    "abuse": {
        "limits": [{"of": "buyer", "days": 30, "claims": 5, "amounts": [], "vexatious": 2, "beyond": "review"}],
        "thresholds": [{"of": "seller", "ground": "ruled_against", "cases": 3, "days": 90, "warn_first": True}],
        "answer": {"amount": 10, "unit": "business_days"},
    },
    "on_breach": [
        {
            "commitment_class": "remedy",
            "owed_by": ["seller"],
            "then_owed_by": "marketplace",
            "kind": "decide",
            "window": {"amount": 2, "unit": "business_days"},
        }
    ],
    "silence": {"response": "to_a_neutral"},
    "closed_periods": [
        {
            "name": "Chinese New Year",
            "first": date_ahead(60),
            "last": date_ahead(67),
            "countries": ["CN"],
            "roles": ["seller"],
        }
    ],
    "authority": [{"desk": "returns", "per_ruling": [{"amount": "200.00", "currency": "EUR"}], "per_day": []}],
    "reasons": {
        "not_as_described": {
            "contact_first": None,
            "questions": [{"name": "difference", "of": "claimant", "text": _DIFFERENT}],
            "evidence": [
                {"name": "photos", "of": "claimant", "text": "Photographs of the fault.", "by_tracking": False}
            ],
        },
        "item_not_received": {
            "contact_first": {"amount": 2, "unit": "business_days"},
            "questions": [{"name": "dispatched", "of": "respondent", "text": "When was it sent, and by whom?"}],
            "evidence": [{"name": "tracking", "of": "respondent", "text": "Tracking.", "by_tracking": True}],
        },
    },
    "excluded_forums": ["court", "arbitration"],
    "reminders": [
        {"of": "deadline", "hours_before": 24, "only": []},
        {"of": "remedy", "hours_before": 24, "only": []},
        {"of": "service", "hours_before": 24, "only": []},
        {"of": "service", "hours_before": 2, "only": ["reply", "call_back"]},
    ],
    "translation": {"engines": ["local"], "sensitive_reasons": []},
    "reads_pictures": True,
    "notices": {
        "way": "mail",
        "grouping_minutes": 5,
        "quiet_from": 22,
        "quiet_until": 8,
        "bounce_minutes": 15,
        "notice": "required",
    },
    "retention_days": 365,
    "contact_retention_days": 365,
    "regional_holidays": {"otherwise": "most_people", "by_country": {"GB": "GB-ENG", "CH": "national_only"}},
    "parties_told_seen": False,
    "party_requests": {
        "window": {"amount": 3, "unit": "calendar_days"},
        "at_least_days": 1,
        "at_most_days": 14,
        "open_at_once": 5,
    },
    "applies_from": None,
}
SHOWN: dict[str, Any] = {
    **POLICY,
    "applies_from": ago(days=3),
    "applies_until": None,
    "status": "in_force",
    "windows": Windows().model_dump(mode="json"),
    "silence": Silence(response="to_a_neutral").model_dump(mode="json"),
    "texts": {"/reasons/not_as_described/questions/0/text": {"text": _DIFFERENT["it"], "language": "it"}},
}
