"""The draft of a ruling: what the neutral has written so far. The neutral and supervisors see it, and nobody else."""

import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import Field
from starlette.responses import Response

from api.disputes.ruling.ruling_schemas import RULING
from api.disputes.settlement.proposal import Award
from api.http.bodies import Answer, Body, Number, Statement, example
from api.http.exact_json import ExactRoute
from api.http.problem_kinds import DraftHasChanged
from api.http.problems import ON_DISPUTE, ON_READ, documented
from api.http.reads import Read, Reading
from api.http.relative import ago
from domain.dispute.state import Dispute
from domain.filing.pleading_facts import OnCounterclaim
from domain.kernel.base import Instant
from domain.kernel.refusals import DisputeIsClosed, Refusal
from domain.neutral.escalation import check_is_neutral
from domain.policy.fast_lane_rules import ClauseName
from mediation.store.desk.ruling_drafts import Draft, Drafts

router = APIRouter(tags=["Adjudication"], route_class=ExactRoute)

_DRAFT = "/v1/disputes/{dispute_id}/ruling-draft"
_TAG = re.compile(r'"([0-9a-f]{32})"')

IfDraft = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=200,
        description="The ETag of the draft as you have read it. Left out: there is no draft yet.",
    ),
]


class RulingDraft(Body):
    """What is written so far. Every field may be missing. Whether a ruling may say it is not looked at: send it to
    `POST …/rulings?dry_run=true` for that.
    """

    model_config = example(RULING)

    award: Award | None = None
    cites_exhibits: Annotated[tuple[Number, ...], Field(max_length=100)] = ()
    cites_shared: Annotated[tuple[Number, ...], Field(max_length=100)] = ()
    cites_clauses: Annotated[tuple[ClauseName, ...], Field(max_length=50)] = ()
    addresses_inferences: Annotated[tuple[Number, ...], Field(max_length=100)] = ()
    counterclaim: OnCounterclaim | None = None
    reasons: Statement | None = None
    vexatious: Statement | None = None


class RulingDraftShown(Answer):
    """The draft, as a body for `POST …/rulings`."""

    model_config = example({"ruling": RULING, "saved_at": ago(hours=1)})

    ruling: Annotated[dict[str, Any] | None, Field(description="Without the fields that are missing. None: no draft.")]
    saved_at: Instant | None


@router.put(_DRAFT, responses=documented(*ON_DISPUTE))
async def save_ruling_draft(
    dispute_id: UUID, body: RulingDraft, reading: Read, response: Response, if_match: IfDraft = None
) -> RulingDraftShown:
    """Saves the draft of your ruling. It is no fact, and no party learns of it. It ends when you rule, when the dispute closes,
    and when the dispute leaves you.
    """
    _check_may_draft(await _dispute(reading, dispute_id), reading)
    drafts, at = _drafts(reading, reading.caller.subject), reading.caller.at
    content = body.model_dump_json(exclude_defaults=True).encode()
    tag = await drafts.save(dispute_id, content, at, read=_TAG.findall(if_match or ""))
    if tag is None:
        raise DraftHasChanged
    try:
        _check_may_draft(await _dispute(reading, dispute_id), reading)
    except Refusal:  # the dispute closed or left them meanwhile, and with it went every draft but this one
        await drafts.delete(dispute_id)
        raise
    return _shown(Draft(tag, content, at), response)


@router.get(_DRAFT, responses=documented(*ON_READ))
async def get_ruling_draft(dispute_id: UUID, reading: Read, response: Response) -> RulingDraftShown:
    """The draft of the present neutral's ruling."""
    neutral = (await _dispute(reading, dispute_id)).escalation.neutral
    draft = await _drafts(reading, neutral).read(dispute_id) if neutral is not None else None
    return _shown(draft, response)


@router.delete(_DRAFT, status_code=204, responses=documented(*ON_READ))
async def delete_ruling_draft(dispute_id: UUID, reading: Read) -> None:
    """Deletes the draft of your ruling, if there is one."""
    check_is_neutral(await _dispute(reading, dispute_id), reading.caller.actor)
    await _drafts(reading, reading.caller.subject).delete(dispute_id)


async def _dispute(reading: Reading, dispute_id: UUID) -> Dispute:
    """Raises UnknownDispute, also for a dispute that this reader may not see."""
    await reading.case(dispute_id)
    dispute, _, _ = await reading.http.services.engine.dispute(dispute_id, reading.caller.marketplace)
    return dispute


def _check_may_draft(dispute: Dispute, reading: Reading) -> None:
    check_is_neutral(dispute, reading.caller.actor)
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))


def _drafts(reading: Reading, neutral: UUID) -> Drafts:
    services = reading.http.services
    return Drafts(services.pool, services.keys, reading.caller.marketplace, neutral)


def _shown(draft: Draft | None, response: Response) -> RulingDraftShown:
    if draft is None:
        return RulingDraftShown(ruling=None, saved_at=None)
    response.headers["ETag"] = f'"{draft.tag}"'
    ruling = RulingDraft.model_validate_json(draft.content).model_dump(mode="json", exclude_defaults=True)
    return RulingDraftShown(ruling=ruling, saved_at=draft.saved_at)
