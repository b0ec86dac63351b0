"""Which roles may use which route. An act of a dispute declares its roles; the table here has those of every other route.

This is only the first check: the deciders decide whether an act is allowed, and `api.acts.visibility` what a viewer sees.

- A marketplace's backend acts for itself, or with `Mediation-As` for the buyer or the seller of any dispute that it filed.
- A party's token is for one dispute. It is good for the routes under `/v1/disputes/{dispute_id}`, for policies
  and outages, and for asking what is kept about that party.
- A neutral sees the disputes that are assigned to them, and those that wait for a neutral.
- Supervisors, administrators and auditors see every dispute of their marketplace. Auditors change nothing.
- Neutrals see every incident with all its disputes, and so does everybody who sees every dispute. A party never does.
- An auditor of the whole cell names the marketplace to read in `Mediation-Marketplace`. Each reading of an auditor is recorded.
"""

from collections.abc import Mapping

from api.acts.registry import DECLARED
from api.http.roles import (
    ALL_BUT_NEUTRALS,
    AT_THE_DESK,
    DESK,
    GROUPERS,
    KNOW_CLAIM_HISTORIES,
    PARTIES,
    PROVERS,
    READERS,
)
from domain.kernel.base import Role

OPEN = frozenset({"health", "ready", "explain_problem", "take_notice", "take_dispute_notice"})
"""Routes that need no token. A payment provider's notice is authenticated by its signature."""

OF_PROVIDERS = frozenset({"take_notice", "take_dispute_notice"})
"""The routes that only payment providers use."""

ROLES_BY_ROUTE: Mapping[str, frozenset[Role]] = {
    **{act.name: act.by for act in DECLARED.values()},
    "tell_eligibility": DECLARED["file_dispute"].by,
    "list_disputes": READERS,
    "get_dispute": READERS,
    "get_dispute_in_words": READERS,
    "get_words": frozenset(Role) - {Role.ENGINE},
    "get_claim_history": KNOW_CLAIM_HISTORIES - {Role.NEUTRAL},
    "get_claim_histories": KNOW_CLAIM_HISTORIES,
    "mint_party_token": frozenset({Role.MARKETPLACE}),
    "list_exhibits": READERS,
    "get_exhibit_file": READERS,
    "get_exhibit_text": READERS,
    "get_defence": GROUPERS,
    "get_defence_text": GROUPERS,
    "list_caucus": PARTIES | {Role.NEUTRAL},
    "get_caucus_file": PARTIES | {Role.NEUTRAL},
    "get_return_label": READERS - {Role.NEUTRAL},
    "list_messages": READERS,
    "get_message_file": READERS,
    "list_notes": KNOW_CLAIM_HISTORIES,
    "list_notices": READERS,
    "list_translations": READERS - PARTIES,
    "list_commitments_of_dispute": READERS,
    "open_incident": GROUPERS,
    "list_incidents": GROUPERS | {Role.AUDITOR},
    "get_incident": GROUPERS | {Role.AUDITOR},
    "list_members": GROUPERS | {Role.AUDITOR},
    "share_exhibit": GROUPERS,
    "get_incident_file": GROUPERS | {Role.AUDITOR},
    "share_finding": frozenset({Role.NEUTRAL, Role.SUPERVISOR}),
    "propose_to_all": frozenset({Role.NEUTRAL}),
    "offer_to_all": PARTIES,
    "close_incident": GROUPERS,
    "get_shared_file": READERS,
    "list_deadlines": READERS,
    "get_history": READERS,
    "follow_desk": READERS - PARTIES,
    "follow_dispute": READERS,
    "list_changes": READERS - {Role.AUDITOR},
    "snooze_dispute": frozenset({Role.NEUTRAL, Role.SUPERVISOR}),
    "get_snooze": frozenset({Role.NEUTRAL, Role.SUPERVISOR}),
    "end_snooze": frozenset({Role.NEUTRAL, Role.SUPERVISOR}),
    "be_present": AT_THE_DESK,
    "get_presence": AT_THE_DESK,
    "list_presence": AT_THE_DESK,
    "end_presence": AT_THE_DESK,
    "list_filters": frozenset({Role.NEUTRAL, Role.SUPERVISOR}),
    "save_filters": frozenset({Role.NEUTRAL, Role.SUPERVISOR}),
    "mark_changes_as_read": READERS - {Role.AUDITOR},
    "list_commitments": READERS,
    "total_commitments": DESK,
    "tell_punctuality": DESK,
    "report_fast_lane": DESK,
    "list_refunds": ALL_BUT_NEUTRALS,
    "get_refund": ALL_BUT_NEUTRALS,
    "list_reconciliations": DESK,
    "list_differences": DESK,
    "explain_difference": frozenset({Role.MARKETPLACE, Role.SUPERVISOR}),
    "publish_policy": frozenset({Role.ADMINISTRATOR}),
    "validate_policy": frozenset({Role.ADMINISTRATOR}),
    "list_policies": READERS,
    "get_policy": READERS,
    "compare_policies": READERS,
    "get_policy_of_dispute": READERS,
    "record_outage": frozenset({Role.ADMINISTRATOR}),
    "list_outages": READERS,
    "tell_caller": READERS,
    "revoke_tokens": frozenset({Role.ADMINISTRATOR}),
    "list_revocations": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR}),
    "grant_mandate": frozenset({Role.ADMINISTRATOR}),
    "list_mandates": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR}),
    "list_successors": frozenset({Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "save_ruling_draft": frozenset({Role.NEUTRAL}),
    "get_ruling_draft": frozenset({Role.NEUTRAL, Role.SUPERVISOR}),
    "delete_ruling_draft": frozenset({Role.NEUTRAL}),
    "record_contact": frozenset({Role.MARKETPLACE}),
    "list_contacts": DESK,
    "report_contacts": DESK,
    "set_standing_rules": frozenset({Role.SELLER, Role.MARKETPLACE}),
    "get_standing_rules": frozenset({Role.SELLER, Role.MARKETPLACE, Role.AUDITOR}),
    "withdraw_standing_rules": frozenset({Role.SELLER, Role.MARKETPLACE}),
    "begin_leave": frozenset({Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "end_leave": frozenset({Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "hand_over_disputes": frozenset({Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "close_mandate": frozenset({Role.ADMINISTRATOR}),
    "list_events": ALL_BUT_NEUTRALS,
    "list_recommendations": DESK,
    "list_erasures": DESK,
    "list_access_requests": DESK,
    "get_access_answer": PARTIES | {Role.MARKETPLACE, Role.ADMINISTRATOR},
    "give_mail_address": frozenset({Role.MARKETPLACE, Role.ADMINISTRATOR}),
    "take_mail": frozenset({Role.MARKETPLACE}),
    "list_mail": DESK | {Role.NEUTRAL},
    "get_mail": frozenset({Role.NEUTRAL, Role.SUPERVISOR}),
    "match_mail": frozenset({Role.NEUTRAL, Role.SUPERVISOR}),
    "erase_sender": frozenset({Role.MARKETPLACE, Role.ADMINISTRATOR}),
    "list_provider_notices": DESK,
    "get_provider_notice": frozenset({Role.ADMINISTRATOR}),
    "read_notice_again": frozenset({Role.ADMINISTRATOR}),
    **dict.fromkeys(
        (
            "make_webhook_endpoint",
            "list_webhook_endpoints",
            "get_webhook_endpoint",
            "change_webhook_endpoint",
            "delete_webhook_endpoint",
            "get_webhook_secret",
            "rotate_webhook_secret",
            "send_test_webhook",
            "replay_webhooks",
        ),
        frozenset({Role.MARKETPLACE, Role.ADMINISTRATOR}),
    ),
    "list_webhook_deliveries": frozenset({Role.ADMINISTRATOR}),
    "place_legal_hold": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "list_legal_holds": DESK,
    "lift_legal_hold": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "read_clock": READERS,
    "turn_clock": frozenset({Role.MARKETPLACE, Role.ADMINISTRATOR}),
    "list_checkpoints": PROVERS,
    "prove_consistency": PROVERS,
    "prove_inclusion": PROVERS,
    "get_bundle": PROVERS,
    "search_trail": frozenset({Role.AUDITOR}),
    "get_trail": frozenset({Role.AUDITOR}),
    "get_difference": frozenset({Role.AUDITOR}),
    "get_basis": frozenset({Role.AUDITOR}),
    "extract": frozenset({Role.MARKETPLACE, Role.AUDITOR}),
    "import_cases": frozenset({Role.MARKETPLACE, Role.ADMINISTRATOR}),
}
"""The roles that may use a route, by the route's name."""

WHOLE_CELL = frozenset(
    {"tell_caller", "list_checkpoints", "prove_consistency", "prove_inclusion", "search_trail", "extract"}
)
"""Routes on which an auditor of the whole cell may leave out the marketplace, and then reads all marketplaces."""

OFF_THE_RECORD = frozenset({"tell_caller", "list_checkpoints", "prove_consistency"})
"""Routes on which an auditor's reading is not recorded, because the answer is about nobody else."""

WITHOUT_DISPUTE = frozenset({"tell_caller", "list_policies", "get_policy", "compare_policies", "list_outages"})
"""The routes that a party's token is good for beside those of its dispute."""

OF_THEMSELVES = frozenset(
    {"request_access", "get_access_answer", "set_standing_rules", "get_standing_rules", "withdraw_standing_rules"}
)
"""The routes on which a party's token stands for the party itself, and not for one of its disputes."""
