"""Answers a dry run: what an act would do, as the caller would be told it.

The facts that the act would store are put after those on record, and the case file is made of both. So commitments, deadlines
and the caller's view of all of them come from the same folds as after the act. Nothing of it is stored. Texts are those of the
request; a sealed text stays out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.acts.visibility import Viewer
from api.disputes import chronicle
from api.disputes.dry_run_schemas import (
    MEDIA_TYPE,
    CommitmentForeseen,
    DeadlineForeseen,
    DryRunShown,
    FactForeseen,
    WouldBe,
)
from api.disputes.in_words import Telling
from api.http.problems import problem
from api.http.reads import Reading
from api.http.writes import DryRun, Writing
from api.words import facts, terms
from api.words.catalogue import Catalogue, spoken_to
from domain.duties import duties
from domain.kernel.refusals import Refusal
from domain.moves import by_now
from mediation.engine import Rehearsed
from mediation.store.keys import tokens
from mediation.store.log.recorded import Recorded
from mediation.store.log.requests import Pending
from projections import case_file
from projections.audit_trail import entry_of
from projections.table import Doc
from projections.told_facts import told_to


async def answered(request: Request, error: Exception) -> Response:
    """The response to a dry run, in the reader's language."""
    assert isinstance(error, DryRun)
    words = spoken_to(request.headers.get("accept-language"))
    shown = await _shown(error, words)
    headers = {"Content-Language": words.language, "Vary": "Accept-Language"}
    return Response(shown.model_dump_json(), 200, headers=headers, media_type=MEDIA_TYPE)


async def _shown(run: DryRun, words: Catalogue) -> DryRunShown:
    if run.of is None:
        (one,) = run.would
        return DryRunShown.model_validate(dict(await _would(run.writing, one, words)))
    items = [
        (await _would(run.writing, one, words)).model_copy(update={"id": dispute_id})
        for dispute_id, one in zip(run.of, run.would, strict=True)
    ]
    found = {item.would for item in items}
    would = next((kind for kind in ("be_done", "be_refused") if kind in found), "be_already_so")
    return DryRunShown.model_validate({"would": would, "items": items})


async def _would(writing: Writing, one: Rehearsed | Refusal, words: Catalogue) -> WouldBe:
    if isinstance(one, Refusal):
        return WouldBe(would="be_refused", refusals=(problem(one, words=words),))
    refusals = [problem(refusal, words=words) for refusal in one.refusals]
    would = "be_refused" if refusals else "be_done" if one.pending else "be_already_so"
    about = {"would": would, "refusals": refusals}
    if one.after.dispute is None or (refusals and writing.caller.side is None and not _may_see(writing, one)):
        return WouldBe.model_validate(
            {**about, "facts": [*_facts(Viewer(writing.caller), _as_recorded(writing, one, 0), words)]}
        )
    return WouldBe.model_validate(about | dict(await _Foreseen(writing, words).of(one)))


def _may_see(writing: Writing, one: Rehearsed) -> bool:
    """Whether a neutral may see this dispute: their own. Everybody else who may act in it sees it."""
    dispute, caller = one.before.dispute, writing.caller
    return dispute is not None and (caller.role.value != "neutral" or dispute.escalation.neutral == caller.subject)


@dataclass(frozen=True, slots=True)
class _Foreseen:
    """Shows what follows to the caller of one request."""

    writing: Writing
    words: Catalogue

    async def of(self, one: Rehearsed) -> dict[str, Any]:
        dispute, caller = one.after.dispute, self.writing.caller
        assert dispute is not None
        log = self.writing.http.services.log
        known = await log.of_dispute(dispute.id) if one.before.dispute is not None else []
        last = known[-1].position if known else 0
        then = [*known, *_as_recorded(self.writing, one, last)]
        told = then if caller.side is None else [*told_to(caller.side, then)]
        new = [fact for fact in told if fact.position > last]
        before, after = case_file.of(known, caller.side), case_file.of(then, caller.side)
        assert after is not None, "a dispute begins with its filing"
        viewer, policy = Viewer(caller), one.after.policies.version(dispute.policy_version)
        now = by_now(dispute, policy, one.at)
        reading = Reading(self.writing.http, caller, self.writing.request.scope["route"].name, 0, dispute.id)
        zone = reading.clock(after, policy)
        telling = Telling(reading, self.words, after, duties(now, policy, caller.actor, one.at), zone)
        earlier = Telling(reading, self.words, before, (), zone).steps() if before else ()
        steps = {(step.what, step.until) for step in earlier}
        commitments = _changed(viewer.commitments(before) if before else (), viewer.commitments(after), "id")
        return {
            "id": dispute.id if before else None,
            "facts": [*_facts(viewer, new, self.words)],
            "commitments": [self._commitment(owed) for owed in commitments],
            "deadlines": [
                DeadlineForeseen.model_validate(
                    {name: due[name] for name in DeadlineForeseen.model_fields if name in due}
                )
                for due in _changed(viewer.deadlines(before) if before else (), viewer.deadlines(after), "name")
            ],
            "next": [step for step in telling.steps() if (step.what, step.until) not in steps],
            "stage": after["stage"],
            "awaiting": viewer.awaiting(after["stage"], after["awaiting"], after["neutral"]),
            "outcome": after["outcome"],
            "title": telling.title(),
        }

    def _commitment(self, owed: Doc) -> CommitmentForeseen:
        title = self.words.say("commitments", terms.COMMITMENTS[owed["kind"]])
        named = {name: owed[name] for name in CommitmentForeseen.model_fields if name != "title"}
        return CommitmentForeseen.model_validate({**named, "title": title})


def _changed(before: Iterable[Doc], after: Iterable[Doc], key: str) -> list[Doc]:
    known = {one[key]: one for one in before}
    return [one for one in after if known.get(one[key]) != one]


def _facts(viewer: Viewer, recorded: Iterable[Recorded], words: Catalogue) -> Iterable[FactForeseen]:
    for entry in map(entry_of, recorded):
        if (body := viewer.told_of(entry.event, entry.body)) is not None:
            yield FactForeseen(
                kind=entry.kind,
                title=facts.said(words, entry.kind),
                occurred_at=entry.occurred_at,
                by=chronicle.by(entry.kind, body),
                details=_without_tokens(body),
            )


def _as_recorded(writing: Writing, one: Rehearsed, last: int) -> list[Recorded]:
    """The facts as if they were on record after position `last`. A dispute's are those that its history would show."""
    of_dispute = one.after.dispute is not None
    shown = [fact for fact in one.pending if fact.dispute_id is not None or not of_dispute]
    return [_recorded(writing, fact, last + place, one.at) for place, fact in enumerate(shown, start=1)]


def _recorded(writing: Writing, fact: Pending, position: int, at: datetime) -> Recorded:
    return Recorded(
        position=position,
        recorded_at=at,
        occurred_at=fact.occurred_at,
        stream_id=fact.stream_id,
        version=fact.version,
        dispute_id=fact.dispute_id,
        marketplace=writing.caller.marketplace,
        kind=fact.event.kind,
        schema_version=fact.event.schema_version,
        actor=writing.caller.subject,
        correlation_id=writing.caller.correlation_id,
        causation_id=None,
        event=fact.event,
    )


def _without_tokens(value: Any) -> Any:
    """A text that is sealed, or looks so, is not opened for anybody here."""
    match value:
        case str():
            return None if value.startswith(tokens.PREFIX) else value
        case dict():
            return {name: _without_tokens(inner) for name, inner in value.items()}
        case list():
            return [_without_tokens(inner) for inner in value]
        case _:
            return value
