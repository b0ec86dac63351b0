"""Rulings and appeals."""

from typing import Annotated, Literal, assert_never
from uuid import UUID

from pydantic import Field

from domain.filing.pleading_facts import OnCounterclaim
from domain.filing.vexatious_facts import ClaimFoundVexatious
from domain.kernel.base import Instant
from domain.kernel.people import Outcome, Side
from domain.kernel.places import LanguageTag
from domain.kernel.text_places import TextPlace
from domain.ruling.ruling_facts import (
    AppealLodged,
    AppealSentBack,
    AppealWaived,
    AppealWindowLapsed,
    AppealWithdrawn,
    CoSignatureRefused,
    Ground,
    RulingBecameFinal,
    RulingCoSigned,
    RulingEvent,
    RulingIssued,
    Status,
    TranslationUnderRulingCorrected,
    UnsignedRulingEnded,
    WhyEnded,
)
from mediation.store.log.recorded import Recorded
from projections.case_story.items import changed, instant, item
from projections.case_story.parts import Divided, Part, Said, divided
from projections.table import Doc


class CoSignatureRefusedShown(Part):
    by: UUID
    reasons: Said
    at: Instant


class TranslationCorrectedShown(Part):
    """A translation of something that the ruling rests on was corrected after it: a ground to reopen the dispute."""

    of: Annotated[TextPlace, Field(description="Where the original stands.")]
    language: LanguageTag
    by: str
    at: Instant


class RulingShown(Part):
    """A ruling. Parties do not see it while it awaits a co-signature, or if the co-signature was refused."""

    number: int
    neutral: UUID
    award: Divided
    outcome: Outcome
    reasons: Said
    cites_exhibits: list[int]
    cites_shared: list[int]
    cites_clauses: list[str]
    addresses_inferences: list[int]
    counterclaim: Annotated[OnCounterclaim | None, Field(description="The decision on the counterclaim.")]
    appealable_by: Annotated[list[Side], Field(description="The sides that can still appeal.")]
    status: Status
    on_appeal: Annotated[Literal["affirms", "replaces"] | None, Field(description="Its effect on the appealed ruling.")]
    awaits_co_signature: Annotated[
        bool, Field(description="Whether it was above the neutral's authority when it was issued.")
    ]
    co_signed_by: UUID | None
    co_signature_refused: CoSignatureRefusedShown | None
    ended_because: Annotated[
        WhyEnded | None, Field(description="Which act removed the ground of a ruling that awaited a co-signature.")
    ] = None
    vexatious: Annotated[Said | None, Field(description="Why the claim was found vexatious, if it was.")]
    corrected_translations: tuple[TranslationCorrectedShown, ...] = ()
    final: bool
    issued_at: Instant
    final_at: Instant | None


class AppealShown(Part):
    """`number` is the number of the appealed ruling."""

    number: int
    by: Side
    ground: Ground
    statement: Said
    decided: Literal["affirms", "replaces", "sent_back", "withdrawn"] | None
    reasons: Annotated[Said | None, Field(description="Why the ruling was sent back.")]
    lodged_at: Instant
    decided_at: Instant | None


def ruled(doc: Doc, event: RulingEvent, recorded: Recorded) -> Doc:
    at, rulings = instant(recorded.occurred_at), doc["rulings"]
    match event:
        case RulingIssued():
            later = dict.fromkeys(("co_signed_by", "co_signature_refused", "ended_because", "final_at", "vexatious"))
            status = "awaits_co_signature" if event.awaits_co_signature else "in_effect"
            told = {**item(event), "award": divided(item(event)["award"], doc["claimant"])}
            issued = {**told, "status": status, "final": False, "issued_at": at, "cites_shared": [], **later}
            issued["corrected_translations"] = []
            return {"rulings": [*rulings, issued]} if event.awaits_co_signature else _in_effect(doc, issued, at)
        case RulingCoSigned(number=number):
            signed = {"status": "in_effect", "co_signed_by": str(event.supervisor)}
            ruling = next(({**r, **signed} for r in rulings if r["number"] == number), None)
            return _in_effect(doc, ruling, at) if ruling else {}
        case CoSignatureRefused(number=number):
            refused = {"by": str(event.supervisor), "reasons": item(event)["reasons"], "at": at}
            return {"rulings": changed(rulings, "number", number, status="refused", co_signature_refused=refused)}
        case UnsignedRulingEnded(number=number, why=why):
            return {"rulings": changed(rulings, "number", number, status="ended", ended_because=why)}
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
        case TranslationUnderRulingCorrected(number=number):
            told = {**{name: item(event)[name] for name in ("of", "language", "by")}, "at": at}
            known: list[Doc] = next((r["corrected_translations"] for r in rulings if r["number"] == number), [])
            return {"rulings": changed(rulings, "number", number, corrected_translations=[*known, told])}
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
