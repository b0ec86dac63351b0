"""The text in the pictures and PDFs of exhibits, with its translation."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from api.disputes.evidence.text_schemas import ExhibitText
from api.disputes.settlement.translation import language_for, with_translations
from api.http.bodies import Number
from api.http.exact_json import ExactRoute
from api.http.problems import ON_READ, documented
from api.http.reads import ReadAsOf, Reading
from domain.evidence.exhibits import UnknownExhibit
from mediation.processes.machine_readings import source_of
from mediation.store.keys.tokens import ERASED
from projections import machine_readings
from projections.machine_readings import MACHINE_READINGS, MachineReading
from projections.table import Doc

router = APIRouter(tags=["Evidence"], route_class=ExactRoute)

_SHOWN = ("languages", "pages", "pages_in_file", "cut", "blocks", "engine")


@router.get("/v1/disputes/{dispute_id}/exhibits/{number}/text", responses=documented(*ON_READ))
async def get_exhibit_text(dispute_id: UUID, number: Number, reading: ReadAsOf) -> ExhibitText:
    """What a machine read in the file of an exhibit: blocks of text, where each stands in the picture, and its translation for
    the reader. It is no evidence: the file is."""
    doc = await reading.case(dispute_id)
    sealed = next((exhibit["file"] for exhibit in doc["exhibits"] if exhibit["number"] == number), None)
    if sealed is None:
        raise UnknownExhibit(number=number)
    row = await _row(reading, dispute_id, number, sealed)
    if row is None:
        return ExhibitText(exhibit=number)
    if row.found is None:
        return ExhibitText.model_validate({"exhibit": number, "read_at": row.made_at, "not_read": row.why})
    opened = await reading.open({name: row.found[name] for name in _SHOWN})
    read = await with_translations(reading, dispute_id, opened, language_for(reading, doc))
    about: dict[str, Any] = {"exhibit": number, "read_at": row.made_at, "version": row.found["engine_version"]}
    return ExhibitText.model_validate({**read, **about})


async def _row(reading: Reading, dispute_id: UUID, number: int, sealed: Doc) -> MachineReading | None:
    """The reading of the exhibit's file, which may have been made for an earlier exhibit with the same file."""
    services, file = reading.http.services, await reading.open(sealed)
    erased = file["sha256"] == ERASED
    source = None if erased else source_of(services.blind, dispute_id, UUID(file["author"]), file["sha256"])
    return await reading.see(
        MACHINE_READINGS,
        machine_readings.machine_reading,
        services.pool,
        reading.caller.marketplace,
        dispute_id,
        exhibit=number,
        source=source,
        asked=reading.asked,
    )
