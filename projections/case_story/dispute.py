"""The document at the filing, and the stage of the dispute."""

from domain.dispute.events import MovePassed
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.people import Awaiting, Stage
from mediation.store.log.recorded import Recorded
from projections.case_document import beginning
from projections.case_story.clocks import running
from projections.case_story.items import as_json, instant
from projections.table import Doc


def filed(event: DisputeFiled, recorded: Recorded) -> Doc:
    """The document at the filing."""
    in_dispute = as_json(event.in_dispute)
    told = event.model_dump(mode="json")
    order = told["order"]
    ids = {line["key"]: line["id"] for line in order["lines"]}
    return {
        "id": told["dispute_id"],
        "marketplace": recorded.marketplace,
        "version": recorded.version,
        "marketplace_reference": told["reference"],
        "reference_key": told["reference_key"],
        "policy_version": told["policy_version"],
        "imported": told["imported"],
        "follows": told["follows"],
        "seller_contacted_at": told["seller_contacted_at"],
        "other_forum": told["other_forum"],
        "transaction": order,
        "buyer": told["buyer"],
        "seller": told["seller"],
        "claimant": told["claimant"],
        "claim": {**told["claim"], "lines": [ids[key] for key in told["claim"]["lines"]]},
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


def moved(doc: Doc, event: MovePassed, recorded: Recorded) -> Doc:
    return {"stage": event.stage.value, "awaiting": event.awaiting.value}
