"""The refusals whose reason and remedy are said in every language, not only their title: those that a mediator meets most.

The others are explained in English. A catalogue has the two texts in the contexts `why` and `to_do`.
"""

WHY, TO_DO = "why", "to_do"

CODES = (
    "AlreadyRuled",
    "DisputeIsClosed",
    "DisputeIsStayed",
    "DoesNotAddUp",
    "EvidenceStillDue",
    "ExhibitStillUnanswered",
    "HeardInCaucus",
    "InferenceNotAddressed",
    "InterestsNotDeclared",
    "NotTheNeutral",
    "NotYourMove",
    "ProposalIsOpen",
    "ResponseStillDue",
    "SnoozeBeyondDue",
)
