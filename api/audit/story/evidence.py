"""Exhibits, and the neutral's requests for evidence."""

from typing import assert_never

from api.audit.story.phrases import THE, plain, says
from domain.evidence import exhibit_facts, request_facts
from domain.kernel.base import Role
from domain.kernel.texts import revealed


def exhibited(event: exhibit_facts.ExhibitEvent) -> str:
    match event:
        case exhibit_facts.ExhibitAdded(number=number, by=by, description=description, file=file, filed_from=origin):
            attached = f", {described(file)}" if file else ""
            return f"exhibit {number} by {THE[by]}{_origin(by, origin)}{attached}{says(description)}"
        case exhibit_facts.ExhibitWithdrawn(number=number, by=by):
            return f"exhibit {number} is withdrawn by {THE[by]}"
        case exhibit_facts.ExhibitAnswered(number=number, by=by, message=message):
            return f"the {by} answers exhibit {number}{says(message)}"
        case _:
            assert_never(event)


def described(file: exhibit_facts.File) -> str:
    return f"{plain(revealed(file.name))} ({file.media_type}, {file.size:,} bytes, sha256 {file.sha256})"


def _origin(by: Role, origin: exhibit_facts.FiledFrom | None) -> str:
    if origin is None:
        return ""
    on_behalf = "" if origin.by is by else f", for whom {THE[origin.by]} files it"
    return f"{on_behalf}, from file {origin.file} of message {origin.message}"


def asked(event: request_facts.EvidenceRequestEvent) -> str:
    match event:
        case request_facts.EvidenceRequested(number=number, of=of, fact=fact):
            return f"the neutral asks the {of} for evidence, request {number}{says(fact)}"
        case request_facts.AdverseInferenceRecorded(number=number, against=against):
            return f"the {against} showed nothing on request {number}: an adverse inference is recorded"
        case _:
            assert_never(event)
