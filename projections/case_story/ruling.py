"""Rulings and appeals, and the setting aside of a default."""

from typing import assert_never

from domain.filing.set_aside_facts import DefaultSetAside, SetAsideEvent, SetAsideRefused, SetAsideRequested
from domain.filing.vexatious_facts import ClaimFoundVexatious
from domain.ruling.ruling_facts import (
    AppealLodged,
    AppealSentBack,
    AppealWaived,
    AppealWindowLapsed,
    AppealWithdrawn,
    CoSignatureRefused,
    RulingBecameFinal,
    RulingCoSigned,
    RulingEvent,
    RulingIssued,
)
from mediation.store.log.recorded import Recorded
from projections.case_story.items import changed, instant, item
from projections.view import Doc


def ruled(doc: Doc, event: RulingEvent, recorded: Recorded) -> Doc:
    at, rulings = instant(recorded.occurred_at), doc["rulings"]
    match event:
        case RulingIssued():
            later = dict.fromkeys(("co_signed_by", "co_signature_refused", "final_at", "vexatious"))
            status = "awaits_co_signature" if event.awaits_co_signature else "in_effect"
            issued = item(event, status=status, final=False, issued_at=at, cites_shared=[], **later)
            return {"rulings": [*rulings, issued]} if event.awaits_co_signature else _in_effect(doc, issued, at)
        case RulingCoSigned(number=number):
            signed = {"status": "in_effect", "co_signed_by": str(event.supervisor)}
            ruling = next(({**r, **signed} for r in rulings if r["number"] == number), None)
            return _in_effect(doc, ruling, at) if ruling else {}
        case CoSignatureRefused(number=number):
            refused = {"by": str(event.supervisor), "reasons": item(event)["reasons"], "at": at}
            return {"rulings": changed(rulings, "number", number, status="refused", co_signature_refused=refused)}
        case AppealLodged(number=number):
            open_one = item(event, decided=None, reasons=None, lodged_at=at, decided_at=None)
            appealed = changed(rulings, "number", number, appealable_by=[])
            return {"rulings": appealed, "appeals": [*doc["appeals"], open_one]}
        case AppealWithdrawn(number=number):
            appeals = changed(doc["appeals"], "decided", None, decided="withdrawn", decided_at=at)
            unsigned = changed(rulings, "status", "awaits_co_signature", status="refused")
            return {"rulings": unsigned, "appeals": appeals}
        case AppealSentBack(number=number):
            back = {"decided": "sent_back", "reasons": item(event)["reasons"], "decided_at": at}
            appeals = changed(doc["appeals"], "number", number, **back)
            return {"rulings": changed(rulings, "number", number, status="sent_back"), "appeals": appeals}
        case AppealWaived(number=number, by=by) | AppealWindowLapsed(number=number, by=by):
            still = [side for r in rulings if r["number"] == number for side in r["appealable_by"] if side != by]
            return {"rulings": changed(rulings, "number", number, appealable_by=still)}
        case RulingBecameFinal(number=number):
            return {"rulings": changed(rulings, "number", number, final=True, final_at=at)}
        case _:
            assert_never(event)


def _in_effect(doc: Doc, ruling: Doc, at: str) -> Doc:
    """A ruling takes effect. A ruling on appeal ends the appealed ruling and the appeal."""
    before = [r for r in doc["rulings"] if r["number"] != ruling["number"]]
    replaced = changed(before, "status", "in_effect", status="replaced")
    appeals = changed(doc["appeals"], "decided", None, decided=ruling["on_appeal"], decided_at=at)
    return {"rulings": [*replaced, ruling], "appeals": appeals}


def found_vexatious(doc: Doc, event: ClaimFoundVexatious, recorded: Recorded) -> Doc:
    reasons = event.reasons.model_dump(mode="json")
    return {"rulings": changed(doc["rulings"], "number", event.ruling, vexatious=reasons)}


def contested(doc: Doc, event: SetAsideEvent, recorded: Recorded) -> Doc:
    at = instant(recorded.occurred_at)
    match event:
        case SetAsideRequested():
            undecided = dict.fromkeys(("decided", "decided_by", "reasons", "decided_at"))
            return {"set_aside": item(event, requested_at=at, **undecided)}
        case DefaultSetAside() | SetAsideRefused():
            told = item(event)
            decided = "set_aside" if isinstance(event, DefaultSetAside) else "refused"
            changes = {"decided": decided, "decided_by": told["by"], "reasons": told["reasons"], "decided_at": at}
            return {"set_aside": {**(doc["set_aside"] or {}), **changes}}
        case _:
            assert_never(event)
