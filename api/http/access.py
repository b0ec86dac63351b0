"""Who may use which route: one table, which every route has to be in.

It opens the door; what somebody may do behind it is for the deciders. What each sees there is in `api.acts.visibility`.

- A marketplace's backend acts for itself, or with `Mediation-As` for the buyer or the seller of any dispute it has filed.
- A party's token is for one dispute: it opens what lies under `/v1/disputes/{dispute_id}`, and the policies.
- A neutral sees the disputes that are assigned to them, and those that wait for a neutral.
- Supervisors, administrators and auditors see every dispute of their marketplace. Auditors change nothing.
- An incident, with all its disputes, is seen by neutrals, and by whoever sees every dispute; never by a party.
- An auditor of the whole cell names the marketplace to be looked at: `Mediation-Marketplace`. What auditors read is on record.
"""

from collections.abc import Mapping

from domain.kernel.base import Role

_BUYER, _SELLER, _MARKETPLACE = Role.BUYER, Role.SELLER, Role.MARKETPLACE
_NEUTRAL, _SUPERVISOR, _ADMINISTRATOR, _AUDITOR = Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR

PARTIES = frozenset({_BUYER, _SELLER})
READERS = PARTIES | {_MARKETPLACE, _NEUTRAL, _SUPERVISOR, _ADMINISTRATOR, _AUDITOR}
OVERSEERS = READERS - {_NEUTRAL}
DECIDERS = frozenset({_NEUTRAL, _SUPERVISOR, _ADMINISTRATOR, _AUDITOR})
"""Who may know how often somebody claims, or is claimed of: whoever decides, and whoever audits that."""
DESK = OVERSEERS - PARTIES
PROVERS = frozenset({_ADMINISTRATOR, _AUDITOR})
PROMISERS = PARTIES | {_MARKETPLACE, _NEUTRAL, _SUPERVISOR}

GROUPERS = frozenset({_NEUTRAL, _SUPERVISOR, _ADMINISTRATOR, _MARKETPLACE})

OPEN = frozenset({"health", "ready", "explain_problem", "take_notice"})
"""Routes that anybody may use; a notice of a payment provider proves by its signature whose it is."""

ROLES_BY_ROUTE: Mapping[str, frozenset[Role]] = {
    "file_dispute": PARTIES | {_MARKETPLACE},
    "list_disputes": READERS,
    "get_dispute": READERS,
    "get_claim_history": DECIDERS - {_NEUTRAL},
    "get_claim_histories": DECIDERS,
    "mint_party_token": frozenset({_MARKETPLACE}),
    "name_representative": PARTIES | {_MARKETPLACE},
    "end_representation": PARTIES | {_MARKETPLACE},
    "respond": PARTIES,
    "add_exhibit": PARTIES | {_NEUTRAL},
    "list_exhibits": READERS,
    "get_exhibit_file": READERS,
    "withdraw_exhibit": PARTIES | {_NEUTRAL},
    "answer_exhibit": PARTIES,
    "request_evidence": frozenset({_NEUTRAL}),
    "post_in_caucus": PARTIES | {_NEUTRAL},
    "list_caucus": PARTIES | {_NEUTRAL},
    "get_caucus_file": PARTIES | {_NEUTRAL},
    "consent_to_neutral": PARTIES,
    "answer_key_questions": PARTIES,
    "rebut": PARTIES,
    "raise_counterclaim": PARTIES,
    "post_message": PROMISERS,
    "list_messages": READERS,
    "make_offer": PARTIES,
    "accept_offer": PARTIES,
    "reject_offer": PARTIES,
    "escalate": PARTIES,
    "assign_neutral": frozenset({_NEUTRAL, _SUPERVISOR, _ADMINISTRATOR}),
    "reassign_neutral": frozenset({_SUPERVISOR, _ADMINISTRATOR}),
    "recuse": frozenset({_NEUTRAL}),
    "declare_interests": frozenset({_NEUTRAL}),
    "challenge_neutral": PARTIES,
    "decide_challenge": frozenset({_SUPERVISOR, _ADMINISTRATOR}),
    "make_proposal": frozenset({_NEUTRAL}),
    "accept_proposal": PARTIES,
    "refuse_proposal": PARTIES,
    "declare_impasse": frozenset({_NEUTRAL}),
    "issue_ruling": frozenset({_NEUTRAL}),
    "co_sign_ruling": frozenset({_SUPERVISOR}),
    "refuse_co_signature": frozenset({_SUPERVISOR}),
    "appeal": PARTIES,
    "send_back": frozenset({_NEUTRAL}),
    "waive_appeal": PARTIES,
    "withdraw_appeal": PARTIES,
    "request_set_aside": PARTIES,
    "set_default_aside": frozenset({_NEUTRAL, _SUPERVISOR}),
    "refuse_set_aside": frozenset({_NEUTRAL, _SUPERVISOR}),
    "withdraw": PARTIES,
    "cancel_dispute": frozenset({_MARKETPLACE}),
    "declare_inadmissible": frozenset({_NEUTRAL, _SUPERVISOR}),
    "make_commitment": PROMISERS,
    "list_commitments_of_dispute": READERS,
    "keep_commitment": PROMISERS,
    "waive_commitment": PROMISERS,
    "replace_commitment": PROMISERS,
    "send_goods": PARTIES,
    "contest_goods": PARTIES | {_MARKETPLACE},
    "decide_goods": frozenset({_NEUTRAL, _SUPERVISOR}),
    "order_stay": frozenset({_NEUTRAL, _SUPERVISOR}),
    "lift_stay": frozenset({_NEUTRAL, _SUPERVISOR}),
    "extend_deadline": frozenset({_NEUTRAL, _SUPERVISOR}),
    "record_parallel_proceeding": frozenset({_MARKETPLACE, _SUPERVISOR}),
    "end_parallel_proceeding": frozenset({_MARKETPLACE, _SUPERVISOR}),
    "record_refund_elsewhere": frozenset({_MARKETPLACE}),
    "reopen": frozenset({_SUPERVISOR}),
    "rate_handling": PARTIES,
    "open_incident": GROUPERS,
    "list_incidents": GROUPERS | {_AUDITOR},
    "get_incident": GROUPERS | {_AUDITOR},
    "list_members": GROUPERS | {_AUDITOR},
    "join_incident": GROUPERS,
    "leave_incident": GROUPERS,
    "share_exhibit": GROUPERS,
    "get_incident_file": GROUPERS | {_AUDITOR},
    "share_finding": frozenset({_NEUTRAL, _SUPERVISOR}),
    "propose_to_all": frozenset({_NEUTRAL}),
    "offer_to_all": PARTIES,
    "close_incident": GROUPERS,
    "answer_shared": PARTIES,
    "get_shared_file": READERS,
    "list_deadlines": READERS,
    "get_history": READERS,
    "list_commitments": READERS,
    "total_commitments": DESK,
    "tell_punctuality": DESK,
    "report_fast_lane": DESK,
    "list_refunds": OVERSEERS,
    "get_refund": OVERSEERS,
    "confirm_refund": frozenset({_MARKETPLACE}),
    "fail_refund": frozenset({_MARKETPLACE}),
    "retry_refund": frozenset({_MARKETPLACE, _SUPERVISOR}),
    "settle_refund_otherwise": frozenset({_MARKETPLACE, _SUPERVISOR}),
    "list_reconciliations": frozenset({_MARKETPLACE, _SUPERVISOR, _ADMINISTRATOR, _AUDITOR}),
    "list_differences": frozenset({_MARKETPLACE, _SUPERVISOR, _ADMINISTRATOR, _AUDITOR}),
    "explain_difference": frozenset({_MARKETPLACE, _SUPERVISOR}),
    "publish_policy": frozenset({_ADMINISTRATOR}),
    "validate_policy": frozenset({_ADMINISTRATOR}),
    "list_policies": READERS,
    "get_policy": READERS,
    "compare_policies": READERS,
    "get_policy_of_dispute": READERS,
    "record_outage": frozenset({_ADMINISTRATOR}),
    "list_outages": READERS,
    "grant_mandate": frozenset({_ADMINISTRATOR}),
    "list_mandates": frozenset({_SUPERVISOR, _ADMINISTRATOR, _AUDITOR}),
    "begin_leave": frozenset({_NEUTRAL, _SUPERVISOR, _ADMINISTRATOR}),
    "end_leave": frozenset({_NEUTRAL, _SUPERVISOR, _ADMINISTRATOR}),
    "close_mandate": frozenset({_ADMINISTRATOR}),
    "list_events": OVERSEERS,
    "list_recommendations": frozenset({_MARKETPLACE, _SUPERVISOR, _ADMINISTRATOR, _AUDITOR}),
    "answer_recommendation": frozenset({_MARKETPLACE}),
    "request_erasure": frozenset({_MARKETPLACE, _ADMINISTRATOR}),
    "list_erasures": frozenset({_MARKETPLACE, _SUPERVISOR, _ADMINISTRATOR, _AUDITOR}),
    "place_legal_hold": frozenset({_SUPERVISOR, _ADMINISTRATOR}),
    "list_legal_holds": frozenset({_MARKETPLACE, _SUPERVISOR, _ADMINISTRATOR, _AUDITOR}),
    "lift_legal_hold": frozenset({_SUPERVISOR, _ADMINISTRATOR}),
    "read_clock": READERS,
    "turn_clock": frozenset({_MARKETPLACE, _ADMINISTRATOR}),
    "list_checkpoints": PROVERS,
    "prove_consistency": PROVERS,
    "prove_inclusion": PROVERS,
    "get_bundle": PROVERS,
    "search_trail": frozenset({_AUDITOR}),
    "get_trail": frozenset({_AUDITOR}),
    "get_difference": frozenset({_AUDITOR}),
    "get_basis": frozenset({_AUDITOR}),
    "extract": frozenset({_MARKETPLACE, _AUDITOR}),
    "import_cases": frozenset({_MARKETPLACE, _ADMINISTRATOR}),
}
"""By the name of the route: in which roles it may be used."""

WHOLE_CELL = frozenset({"list_checkpoints", "prove_consistency", "prove_inclusion", "search_trail", "extract"})
"""Where an auditor of the whole cell may leave out the marketplace, and is told of all of them."""

OFF_THE_RECORD = frozenset({"list_checkpoints", "prove_consistency"})
"""What an auditor reads is on record, but for what tells of nobody."""

WITHOUT_DISPUTE = frozenset({"list_policies", "get_policy", "compare_policies", "list_outages"})
"""What a party's token opens beside its dispute."""
