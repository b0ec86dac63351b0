"""The document at the filing, whether the claim is heard, and the respondent's answer."""

from typing import assert_never

from domain.filing.admissibility_facts import DeclaredInadmissible
from domain.filing.claim_facts import ClaimBeyondLimit
from domain.filing.fast_lane_facts import FastLaneContested, FastLaneEvent, FastLaneGranted
from domain.filing.filing_facts import DisputeFiled
from domain.filing.response_facts import Answer, DefaultDeclined, DefaultGranted, ResponseEvent, ResponseGiven
from domain.kernel.people import Awaiting, Stage
from mediation.store.log.recorded import Recorded
from projections.case_document import beginning
from projections.case_story.clocks import running
from projections.case_story.items import as_json, instant, item, money_of
from projections.view import Doc


def filed(event: DisputeFiled, recorded: Recorded) -> Doc:
    """The document at the filing."""
    in_dispute = as_json(event.in_dispute)
    told = event.model_dump(mode="json")
    return {
        "id": told["dispute_id"],
        "marketplace": recorded.marketplace,
        "version": recorded.version,
        "reference": told["reference"],
        "reference_key": told["reference_key"],
        "policy_version": told["policy_version"],
        "imported": told["imported"],
        "follows": told["follows"],
        "seller_contacted_at": told["seller_contacted_at"],
        "other_forum": told["other_forum"],
        "order": told["order"],
        "parties": {"buyer": told["buyer"], "seller": told["seller"]},
        "claimant": told["claimant"],
        "claim": told["claim"],
        "claimed": told["claim"]["amount"],
        "in_dispute": in_dispute,
        "stage": Stage.NEGOTIATION.value,
        "awaiting": Awaiting.RESPONDENT.value,
        "filed_at": instant(recorded.occurred_at),
        **beginning(),
        "deadlines": [_quiet(due) for due in told["answers_due"]],
    }


def _quiet(due: Doc) -> Doc:
    """A window for answers to key questions. No event says when it ends, so the reader has to compare its due instant."""
    side = due["name"].removeprefix("answers-")
    return {**running(due, side), "quiet": True}


def refiled(doc: Doc, event: DisputeFiled, recorded: Recorded) -> Doc:
    raise AssertionError("a dispute is filed once")


def beyond_limit(doc: Doc, event: ClaimBeyondLimit, recorded: Recorded) -> Doc:
    return {"beyond_limit": item(event)}


def not_heard(doc: Doc, event: DeclaredInadmissible, recorded: Recorded) -> Doc:
    return {"inadmissible": item(event, at=instant(recorded.occurred_at))}


def at_once(doc: Doc, event: FastLaneEvent, recorded: Recorded) -> Doc:
    at = instant(recorded.occurred_at)
    match event:
        case FastLaneGranted():
            return {"fast_lane": item(event, at=at, contested_at=None)}
        case FastLaneContested():
            granted = doc["fast_lane"]
            return {"fast_lane": granted and {**granted, "contested_at": at}}
        case _:
            assert_never(event)


def answered(doc: Doc, event: ResponseEvent, recorded: Recorded) -> Doc:
    at = instant(recorded.occurred_at)
    match event:
        case ResponseGiven(conceded=part):
            changes: Doc = {"response": item(event, given_at=at)}
            if part is not None and event.answer is not Answer.CONCEDE:
                changes["claimed"] = as_json(money_of(doc["claimed"]) - part)
                changes["in_dispute"] = as_json(money_of(doc["in_dispute"]) - part)
            return changes
        case DefaultGranted():
            granted = {"granted": True, "claimant_receives": as_json(event.claimant_receives), "reason": None, "at": at}
            return {"default": granted}
        case DefaultDeclined():
            return {"default": {"granted": False, "claimant_receives": None, "reason": event.reason, "at": at}}
        case _:
            assert_never(event)
