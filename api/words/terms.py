"""The English name of every value that a person reads: stages, outcomes, reasons, deadlines, commitments, acts, roles.

A test holds that each value has a name here, and that each catalogue has each name.
"""

from collections.abc import Mapping

STAGES: Mapping[str, str] = {
    "negotiation": "Negotiation",
    "mediation": "Mediation",
    "adjudication": "Adjudication",
    "appeal": "Appeal",
    "execution": "Execution",
    "closed": "Closed",
}

OUTCOMES: Mapping[str, str] = {
    "settled": "The buyer and the seller settled.",
    "conceded": "The other side accepted the whole claim.",
    "ruled_for_claimant": "The ruling grants the whole claim.",
    "ruled_for_respondent": "The ruling rejects the claim.",
    "ruled_split": "The ruling grants a part of the claim.",
    "granted_by_default": "The claim was granted without a ruling.",
    "withdrawn": "The claimant withdrew the claim.",
    "cancelled": "The marketplace cancelled the dispute.",
    "inadmissible": "The claim is not heard.",
    "resolved_elsewhere": "The matter was resolved elsewhere.",
}

REASONS: Mapping[str, str] = {
    "item_not_received": "The goods did not arrive",
    "not_as_described": "The goods are not as described",
    "damaged": "The goods arrived damaged",
    "counterfeit": "The goods are counterfeit",
    "wrong_item": "The wrong goods arrived",
    "customs_seized": "Customs seized the goods",
    "credit_not_processed": "A promised refund did not come",
    "duplicate_charge": "The buyer was charged twice",
    "price_difference": "The price was charged wrongly",
    "payment_not_received": "The payment did not arrive",
    "parcel_turned_up": "A refunded parcel arrived after all",
    "other": "Another reason",
}

RELIEFS: Mapping[str, str] = {
    "refund": "A full refund",
    "partial_refund": "A partial refund",
    "repair": "A repair",
    "voucher": "A voucher",
    "payment": "A payment",
}

LEGAL_BASES: Mapping[str, str] = {
    "guarantee": "A guarantee of the seller or the maker",
    "legal_guarantee": "The legal guarantee",
    "withdrawal": "Withdrawal from the contract",
}

BUYER_KINDS: Mapping[str, str] = {
    "consumer": "Consumer",
    "business": "Business",
}

ROLES: Mapping[str, str] = {
    "buyer": "The buyer",
    "seller": "The seller",
    "both": "The buyer and the seller",
    "neutral": "The mediator",
    "supervisor": "A supervisor",
    "administrator": "An administrator",
    "marketplace": "The marketplace",
    "auditor": "An auditor",
    "engine": "The system",
    "carrier": "The carrier",
    "warehouse": "The warehouse",
    "bank": "The bank",
    "insurer": "The insurer",
}
"""Who owes something, and who did something."""

DEADLINES: Mapping[str, str] = {
    "response": "Answer to the claim",
    "negotiation": "Negotiation between the buyer and the seller",
    "offer": "Answer to an offer",
    "proposal": "Answer to the mediator's proposal",
    "evidence": "Evidence that the mediator asked for",
    "set_aside": "Request to undo a decision by default",
    "stay": "End of the pause",
    "ruling": "Ruling",
    "appeal": "Appeal against the ruling",
    "answers": "Answers to the key questions",
}

COMMITMENTS: Mapping[str, str] = {
    "refund": "Refund",
    "pay": "Payment",
    "ship": "Sending the goods",
    "return": "Sending the goods back",
    "confirm": "Confirmation",
    "provide": "Evidence or information",
    "reply": "Reply",
    "call_back": "Call back",
    "review": "Review",
    "decide": "Decision",
    "co_sign": "Second signature under the ruling",
    "assign": "Choice of a mediator",
    "erase": "Erasure of personal data",
    "translate": "Translation of a text",
    "reach": "Reaching a person otherwise",
    "tell_address": "The address for the goods",
    "issue_voucher": "A voucher",
}

STATUSES: Mapping[str, str] = {
    "pending": "Pending",
    "overdue": "Overdue",
    "kept": "Kept",
    "kept_late": "Kept late",
    "waived": "Need not be kept",
    "replaced": "Replaced",
    "discharged": "Discharged",
}

ACTS: Mapping[str, str] = {
    "file_dispute": "File a dispute",
    "resolve_claim": "Grant a claim on the phone",
    "name_representative": "Name a representative",
    "end_representation": "End a representation",
    "respond": "Answer the claim",
    "rebut": "Reply to the answer",
    "raise_counterclaim": "Raise a counterclaim",
    "answer_key_questions": "Answer the key questions",
    "request_set_aside": "Ask to undo the decision by default",
    "set_default_aside": "Undo the decision by default",
    "refuse_set_aside": "Let the decision by default stand",
    "add_exhibit": "Add evidence",
    "withdraw_exhibit": "Withdraw evidence",
    "answer_exhibit": "Answer a piece of evidence",
    "request_evidence": "Ask for evidence",
    "post_in_caucus": "Write in the private talk with the mediator",
    "consent_to_neutral": "Agree that the same mediator rules",
    "post_message": "Write a message",
    "file_as_exhibit": "Make evidence of a file in a message",
    "make_party_request": "Ask the other side for something",
    "answer_party_request": "Answer what the other side asks for",
    "decline_party_request": "Decline what the other side asks for",
    "withdraw_party_request": "Withdraw what you asked for",
    "make_offer": "Make an offer",
    "accept_offer": "Accept the offer",
    "reject_offer": "Reject the offer",
    "escalate": "Call a mediator",
    "make_proposal": "Make a proposal",
    "accept_proposal": "Accept the proposal",
    "refuse_proposal": "Refuse the proposal",
    "declare_impasse": "Declare that no agreement is possible",
    "take_case": "Take the case",
    "assign_neutral": "Assign a mediator",
    "reassign_neutral": "Assign another mediator",
    "recuse": "Step down as the mediator",
    "declare_interests": "Say whether you have an interest in the case",
    "challenge_neutral": "Ask for another mediator",
    "decide_challenge": "Decide about the request for another mediator",
    "issue_ruling": "Rule",
    "co_sign_ruling": "Co-sign the ruling",
    "refuse_co_signature": "Refuse to co-sign the ruling",
    "appeal": "Appeal against the ruling",
    "send_back": "Send the case back for a new ruling",
    "withdraw_appeal": "Withdraw the appeal",
    "waive_appeal": "Give up the right to appeal",
    "withdraw": "Withdraw the claim",
    "cancel_dispute": "Cancel the dispute",
    "declare_inadmissible": "Declare that the claim is not heard",
    "reopen": "Reopen the dispute",
    "rate_handling": "Rate how the dispute was handled",
    "make_commitment": "Make a promise",
    "keep_commitment": "Report that a promise was kept",
    "waive_commitment": "Say that a promise need not be kept",
    "replace_commitment": "Replace a promise by another one",
    "give_return_details": "Say where the goods are sent back to",
    "add_return_label": "Add a label for the return",
    "inspect_goods": "Say what was in the parcel",
    "send_goods": "Report that the goods were sent",
    "contest_goods": "Contest the goods that arrived",
    "decide_goods": "Decide about the contested goods",
    "issue_voucher": "Give the buyer the voucher",
    "order_stay": "Pause the dispute",
    "lift_stay": "End the pause",
    "extend_deadline": "Give more time",
    "record_parallel_proceeding": "Record a chargeback or a court case",
    "end_parallel_proceeding": "Record the end of a chargeback or a court case",
    "record_refund_elsewhere": "Record a refund that was paid in another way",
    "join_incident": "Add the dispute to an incident",
    "leave_incident": "Take the dispute out of an incident",
    "answer_shared": "Answer what concerns many disputes",
    "confirm_refund": "Confirm that a refund was paid",
    "fail_refund": "Report that a refund failed",
    "retry_refund": "Try the refund again",
    "settle_refund_otherwise": "Report that a refund was paid in another way",
    "answer_recommendation": "Answer a recommendation",
    "request_erasure": "Ask for erasure of personal data",
    "request_access": "Ask what is stored about a person",
    "answer_access": "Answer what is stored about a person",
    "acknowledge_notice": "Say whether a notice was shown",
    "record_bounce": "Record that a notice came back",
    "record_reached": "Record whether a person could be reached otherwise",
    "deem_told": "Decide that a person counts as told",
    "rectify_record": "Correct what is recorded about a person",
    "request_review": "Ask for a person to look at an automatic decision",
    "answer_review": "Answer a request to look at an automatic decision",
    "report_delivery": "Report tracking or a delivery",
    "no_reply_needed": "Say that no reply is needed",
    "write_note": "Write an internal note",
    "approve_translation": "Approve a translation",
    "correct_translation": "Correct a translation",
}


CHANNELS: Mapping[str, str] = {
    "web": "Web page",
    "app": "App",
    "email": "E-mail",
    "phone": "Telephone",
    "chat": "Chat",
    "post": "Letter",
    "api": "A program of the marketplace",
    "messenger": "Messenger",
    "sms": "SMS",
    "self_service": "Self-service",
    "marketplace_inbox": "Inbox of the marketplace",
    "social": "Social network",
    "review_site": "Review site",
    "forum": "Forum",
}

WANTS: Mapping[str, str] = {
    "cancel": "Cancellation",
    "return": "Return of the goods",
    "refund": "Refund",
    "exchange": "Exchange of the goods",
    "repair": "Repair",
    "where_is_it": "Where the parcel is",
    "change_order": "Change of the order",
    "complain": "Complaint",
    "pay": "Payment",
    "other": "Something else",
}
"""What people ask a marketplace for, after "Asked for:"."""

CONTACT_OUTCOMES: Mapping[str, str] = {
    "done": "Done",
    "refused": "Refused",
    "failed": "Did not work",
    "abandoned": "Given up",
}


KINDS: Mapping[str, Mapping[str, str]] = {
    "stages": STAGES,
    "outcomes": OUTCOMES,
    "reasons": REASONS,
    "reliefs": RELIEFS,
    "legal_bases": LEGAL_BASES,
    "buyer_kinds": BUYER_KINDS,
    "roles": ROLES,
    "deadlines": DEADLINES,
    "commitments": COMMITMENTS,
    "statuses": STATUSES,
    "acts": ACTS,
    "channels": CHANNELS,
    "wants": WANTS,
    "contact_outcomes": CONTACT_OUTCOMES,
}
"""Each kind is a context of the catalogues."""
