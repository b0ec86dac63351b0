"""Every declared act, by name. HTTP requests and files of past cases make commands from the same bodies.

    ACTS["make_offer"].model_validate(body).command(Context(…), dispute_id=…)

Beside the context, each `command` takes the arguments that it names: `dispute_id`; `number` of an offer, proposal, ruling
and so on; `commitment_id`; `refund_id`; `representative`, the subject of one; `claimant`, if an award is divided between
buyer and seller (`Engine.dispute` has it).
"""

from collections.abc import Iterable, Mapping, Sequence

from api.acts.declare import Acts, Declared
from api.disputes.clocks import stay
from api.disputes.commitments import acts as commitments
from api.disputes.evidence import exhibit_schemas
from api.disputes.filing import (
    admissibility,
    delivery,
    filing_schemas,
    key_questions,
    pleadings,
    rectification,
    representation,
    resolution_schemas,
    response,
    review,
    set_aside,
)
from api.disputes.neutral import assignment, escalation, independence
from api.disputes.notices import notice_schemas
from api.disputes.remedies import closure, elsewhere, goods, reopening
from api.disputes.ruling import ruling_schemas
from api.disputes.settlement import (
    caucus_schemas,
    conversation_schemas,
    negotiation,
    note_schemas,
    party_requests,
    proposal,
    replies,
    translation_schemas,
)
from api.http.bodies import Act
from api.marketplace import (
    access_schemas,
    erasure_schemas,
    incident_schemas,
    recommendation_schemas,
    refund_schemas,
)

STAGES: Sequence[Acts] = (
    filing_schemas.ACTS,
    resolution_schemas.ACTS,
    representation.ACTS,
    response.ACTS,
    pleadings.ACTS,
    key_questions.ACTS,
    set_aside.ACTS,
    review.ACTS,
    exhibit_schemas.ACTS,
    caucus_schemas.ACTS,
    conversation_schemas.ACTS,
    replies.ACTS,
    note_schemas.ACTS,
    translation_schemas.ACTS,
    negotiation.ACTS,
    party_requests.ACTS,
    escalation.ACTS,
    proposal.ACTS,
    assignment.ACTS,
    independence.ACTS,
    ruling_schemas.ACTS,
    closure.ACTS,
    admissibility.ACTS,
    reopening.ACTS,
    commitments.ACTS,
    goods.ACTS,
    stay.ACTS,
    elsewhere.ACTS,
    delivery.ACTS,
    incident_schemas.ACTS,
    refund_schemas.ACTS,
    recommendation_schemas.ACTS,
    erasure_schemas.ACTS,
    access_schemas.ACTS,
    rectification.ACTS,
    notice_schemas.ACTS,
)


def _by_name(stages: Iterable[Acts]) -> dict[str, Declared]:
    found: dict[str, Declared] = {}
    for act in (act for stage in stages for act in stage):
        if found.setdefault(act.name, act) is not act:
            raise LookupError(f"{act.name} is declared twice")
    return found


DECLARED: Mapping[str, Declared] = _by_name(STAGES)
ACTS: Mapping[str, type[Act]] = {act.name: act.body for act in DECLARED.values() if act.past}
"""The acts that a file of past cases can contain."""
