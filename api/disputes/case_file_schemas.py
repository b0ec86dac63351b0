"""The case file of one dispute as its viewer may see it. A field that the viewer may not see is null."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from api.disputes.clocks.deadline_schemas import DueDate
from api.disputes.evidence.exhibit_schemas import Exhibit
from api.disputes.filing.filing_schemas import EXAMPLE
from api.disputes.filing.key_questions import CalledForShown, KeyQuestionShown, MissingShown
from api.disputes.settlement.caucus_schemas import CaucusMessage
from api.http.answers import DONE, ActionWithExample, CaseNumber
from api.http.bodies import example
from api.http.relative import ago, ahead
from api.marketplace.claim_history_schemas import HistoriesInShort
from api.marketplace.contact_schemas import ContactShown
from api.marketplace.incident_answers import SharedInCase
from mediation import case_numbers
from projections.case_document import CaseFields

_FILED_AT = ago(days=2)
_OF_BUYER = {"of": "claimant", "side": "buyer", "language": "en", "until": ahead(days=5)}
_ASKED = {**_OF_BUYER, "name": "difference", "text": "What exactly is different from what was ordered?"}
_PHOTOS = {**_OF_BUYER, "name": "photos", "text": "Photographs of the goods that show the fault, and of the label."}
_CASE: dict[str, Any] = {
    "id": DONE["id"],
    "case_number": case_numbers.EXAMPLE,
    "version": 3,
    "marketplace": "bazaar",
    "marketplace_reference": "MP-2026-000123",
    "policy_version": "first-2026",
    "imported": False,
    "stage": "negotiation",
    "awaiting": "respondent",
    "outcome": None,
    "filed_at": ago(days=2),
    "closed_at": None,
    "transaction": EXAMPLE["transaction"],
    "buyer": EXAMPLE["buyer"],
    "seller": EXAMPLE["seller"] | {"id": None, "email": None, "tier": None},
    "representatives": [],
    "claimant": "buyer",
    "claim": EXAMPLE["claim"],
    "seller_contacted_at": EXAMPLE["seller_contacted_at"],
    "other_forum": None,
    "claimed": EXAMPLE["claim"]["amount"],
    "in_dispute": EXAMPLE["claim"]["amount"],
    "neutral": None,
    "assigned_at": None,
    "neutrals": [],
    "declarations": [],
    "challenges": [],
    "response": None,
    "default": None,
    "fast_lane": None,
    "resolution": None,
    "key_questions": [
        {**_ASKED, "answers": [{"edition": 1, "answer": {"text": "Il colore.", "language": "it"}, "at": _FILED_AT}]}
    ],
    "evidence_called_for": [{**_PHOTOS, "exhibits": [], "by_tracking": False}],
    "missing": [{**_PHOTOS, "what": "evidence"}],
    "exhibits": [],
    "incident": None,
    "shared": [],
    "offers": [],
    "escalation": None,
    "referral": None,
    "proposals": [],
    "impasse": None,
    "set_aside": None,
    "evidence_requests": [],
    "party_requests": [],
    "rebuttal": None,
    "counterclaim": None,
    "caucus": [],
    "consents": [],
    "rulings": [],
    "appeals": [],
    "settlement": None,
    "withdrawal": None,
    "cancellation": None,
    "inadmissible": None,
    "decisions": [],
    "rectifications": [],
    "commitments": [],
    "follows": None,
    "reopenings": [],
    "ratings": [],
    "stayed": False,
    "stayed_since": None,
    "stay": None,
    "proceedings": [],
    "deliveries": [],
    "refunds_elsewhere": [],
    "early_execution": None,
    "overturned": None,
    "goods": None,
    "deadlines": [],
    "refunds": [],
    "beyond_limit": None,
    "claim_histories": None,
    "contacts": None,
    "actions": [{**DONE["actions"][0], "example": {"amount": {"amount": "65.00", "currency": "EUR"}}}],
}


class CaseFile(CaseFields):
    """One dispute. If you ask for an earlier instant, `actions` is empty."""

    model_config = example(_CASE) | ConfigDict(json_schema_serialization_defaults_required=True)

    key_questions: Annotated[
        tuple[KeyQuestionShown, ...], Field(description="The questions that the policy asks for this claim.")
    ]
    evidence_called_for: tuple[CalledForShown, ...]
    missing: Annotated[
        tuple[MissingShown, ...],
        Field(description="Answers and evidence that have not come yet: which, from whom, until when."),
    ]
    exhibits: tuple[Exhibit, ...]
    shared: Annotated[
        tuple[SharedInCase, ...], Field(description="The items that the incident shares with all its disputes.")
    ]
    caucus: Annotated[
        tuple[CaucusMessage, ...],
        Field(description="Only the caucus in which you take part, with both its participants' messages."),
    ]
    deadlines: tuple[DueDate, ...]
    case_number: CaseNumber
    claim_histories: Annotated[
        HistoriesInShort | None,
        Field(description="The present numbers. Only neutrals, supervisors, administrators and auditors see them."),
    ]
    contacts: Annotated[
        list[ContactShown] | None,
        Field(
            description="What the buyer and the seller asked the marketplace for about this order, before and after the "
            "filing, and what became of it. It changes no `version` and no `ETag`. Null for a party."
        ),
    ]
    actions: Annotated[list[ActionWithExample], Field(description="The acts that are open to you now.")]
