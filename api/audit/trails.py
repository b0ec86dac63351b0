"""Replay for auditors: any dispute at any instant, the changes between two instants, and a search over all facts.

Auditors read everything, including what was said in caucus. Each reading is on record (`api.audit.register`).
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from api.acts.visibility import Viewer
from api.audit.difference import as_answered, difference
from api.audit.kinds import Kind, check_kinds
from api.audit.steps import ENVELOPE, By, Step, asked_by, enveloped, erased_of, opened, trail, when
from api.audit.trail_schemas import Basis, ChangeShown, Difference, Facts, FactShown, StepShown, Trail
from api.disputes.filing.asked import with_asked
from api.http.bodies import Number, When
from api.http.identity import Caller
from api.http.problems import ON_READ, documented
from api.http.reads import Cursor, Limit, NotYetKnown, Read, ReadAsOf, Reading
from api.marketplace import contacts
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.base import Role
from domain.kernel.refusals import Malformed, Unknown, UnknownDispute
from mediation.store.log.recorded import Recorded
from projections import audit_trail, case_file
from projections.audit_trail import Entry
from projections.lives import Asked

router = APIRouter(tags=["Audit"])


class UnknownAct(Unknown):
    """There is no act with this number in this dispute.

    Why: Acts are numbered in the story of each dispute from 1.

    What to do: Take the number from the trail of the dispute (`GET /v1/audit/disputes/{dispute_id}/trail`).

    Example: {"dispute_id": "019390f0-5a1e-7c3b-9d2f-3b8f6a1c2d4e", "number": 40}
    """


class InstantsReversed(Malformed):
    """`from` is later than `to`.

    Why: A difference goes from an earlier state to a later one.

    What to do: Exchange `from` and `to`.
    """


@router.get("/v1/audit/trail", responses=documented(*ON_READ))
async def search_trail(
    reading: ReadAsOf,
    dispute_id: UUID | None = None,
    actor: Annotated[UUID | None, Query(description="Who did it.")] = None,
    kind: Kind | None = None,
    correlation_id: Annotated[UUID | None, Query(description="The request that began the chain.")] = None,
    happened_from: When | None = None,
    happened_before: When | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Facts:
    """Every fact of the marketplace, or of the whole cell, in the order in which the engine learned it."""
    check_kinds([kind] if kind else [])
    page = await audit_trail.entries(
        reading.http.services.log,
        reading.caller.marketplace or None,
        dispute_id=dispute_id,
        actor=actor,
        kinds=[kind] if kind else None,
        correlation_id=correlation_id,
        happened_from=happened_from,
        happened_before=happened_before,
        asked=reading.asked,
        limit=limit,
        cursor=reading.cursor(cursor),
    )
    items = [await _shown(reading, entry) for entry in page.rows]
    return Facts(items=items, next=reading.next(page.next))


@router.get("/v1/audit/disputes/{dispute_id}/trail", responses=documented(*ON_READ))
async def get_trail(dispute_id: UUID, reading: ReadAsOf, limit: Limit = 50, cursor: Cursor = None) -> Trail:
    """The complete history of a dispute in words: who, what, why, under which clause, caused by what. What the parties asked
    the marketplace for about the order is part of it.
    """
    facts = await _facts(reading, dispute_id, reading.asked)
    since = int(reading.cursor(cursor) or 0)
    told = sorted([*facts, *await _contacts(reading, facts)], key=lambda fact: fact.position)
    steps = [step for step in await _steps(reading, told) if step.recorded.position > since]
    page = steps[:limit]
    last = str(page[-1].recorded.position) if len(steps) > limit else None
    erased = await erased_of(reading.http.services.engine, facts)
    return Trail(items=[_told(step) for step in page], next=reading.next(last), erased=erased)


@router.get("/v1/audit/disputes/{dispute_id}/difference", responses=documented(*ON_READ))
async def get_difference(
    dispute_id: UUID,
    reading: Read,
    earlier: Annotated[When, Query(alias="from")],
    later: Annotated[When, Query(alias="to")],
    by: Annotated[
        By, Query(description="Whether the instants are when things happened, or when the engine learned of them.")
    ] = "happening",
) -> Difference:
    """What differs in the case file between two instants, and the facts that changed it."""
    if earlier > later:
        raise InstantsReversed
    last = reading.caller.at if by == "happening" else reading.known_until
    if later > last:
        raise NotYetKnown(parameter="to", now=last.isoformat())
    then = await _facts(reading, dispute_id, asked_by(by, later))
    steps = await _steps(reading, then)
    before = {recorded.position for recorded in then if when(recorded, by) <= earlier}
    _, _, policy = await reading.http.services.engine.dispute(dispute_id, reading.caller.marketplace)
    documents = (
        as_answered(case_file.of(f for f in then if f.position in before), policy, earlier),
        as_answered(case_file.of(then), policy, later),
    )
    changes = difference(*[await reading.open(document) for document in documents])
    return Difference(
        by=by,
        changes=[ChangeShown(**asdict(change)) for change in changes],
        facts=[_told(step) for step in steps if step.recorded.position not in before],
    )


@router.get("/v1/audit/disputes/{dispute_id}/acts/{number}/basis", responses=documented(*ON_READ))
async def get_basis(dispute_id: UUID, number: Number, reading: Read) -> Basis:
    """What the person who acted, such as a neutral who ruled, could see: no fact that came later, and nothing hidden
    from them. Acts are numbered as in the trail.
    """
    facts = await _facts(reading, dispute_id, Asked())
    steps = await _steps(reading, facts)
    act = [step for step in steps if step.act == number]
    if not act:
        raise UnknownAct(dispute_id=str(dispute_id), number=number)
    first = act[0].recorded
    viewer = Viewer(_as(reading.caller, act[0].who, first.actor))
    document = case_file.of((fact for fact in facts if fact.position < first.position), viewer.caller.side)
    shown = None
    if document is not None:
        _, _, policy = await reading.http.services.engine.dispute(dispute_id, reading.caller.marketplace)
        then = replace(reading, asked=Asked(known_at=first.recorded_at))
        known = await then.with_shared(document, policy)
        seen = viewer.case_file(with_asked(known, policy, first.occurred_at))
        case_number = reading.http.services.case_numbers.of(document["filed_position"])
        tried = await contacts.in_case(replace(then, caller=viewer.caller), document)
        more = {"case_number": case_number, "claim_histories": None, "contacts": tried, "actions": []}
        shown = {**await reading.open(seen), **more}
    return Basis(
        act=number,
        who=act[0].who,
        actor=first.actor,
        acted_at=first.occurred_at,
        kinds=[step.recorded.kind for step in act],
        case_file=shown,  # type: ignore[arg-type] # validated as the case file itself is
    )


def _as(auditor: Caller, who: str, actor: UUID | None) -> Caller:
    """The viewer: a party or a neutral sees as they did. For anybody else the auditor's own view, which shows more."""
    if who in (Role.BUYER, Role.SELLER, Role.NEUTRAL) and actor is not None:
        return replace(auditor, subject=actor, role=Role(who))
    return auditor


async def _facts(reading: Reading, dispute_id: UUID, asked: Asked) -> list[Recorded]:
    """The facts of a dispute of this marketplace, from its filing on. Raises UnknownDispute."""
    log = reading.http.services.log
    facts = await log.of_dispute(dispute_id, as_of=asked.as_of, known_at=asked.known_at)
    if not any(isinstance(f.event, DisputeFiled) and f.marketplace == reading.caller.marketplace for f in facts):
        raise UnknownDispute(dispute_id=str(dispute_id))
    return facts


async def _contacts(reading: Reading, facts: Sequence[Recorded]) -> list[Recorded]:
    """The facts of the contacts about the order of a dispute."""
    filed = next(fact.event for fact in facts if isinstance(fact.event, DisputeFiled))
    return await contacts.facts_of(reading, filed.order.transaction_id)


async def _steps(reading: Reading, facts: Sequence[Recorded]) -> list[Step]:
    _, steps = trail(await opened(reading.http.services.codec, facts))
    return steps


def _told(step: Step) -> StepShown:
    return StepShown(
        **enveloped(step.recorded),
        act=step.act,
        cause=step.cause,
        who=step.who,
        what=step.what,
        clauses=[*step.clauses],
    )


async def _shown(reading: Reading, entry: Entry) -> FactShown:
    body: dict[str, Any] = await reading.http.services.codec.open(entry.body, entry.marketplace)
    return FactShown(**{name: getattr(entry, name) for name in ENVELOPE}, body=body)
