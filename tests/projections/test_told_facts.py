"""A case file made of the facts told to one viewer alone: whole, and with nothing in it that is hidden from them.

The same comes of the whole file when what is hidden is taken out of it, and what is left is numbered anew.
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from api.acts.visibility import Viewer
from api.http.identity import Caller
from domain.dispute.telling import as_shown, is_hidden
from domain.kernel.base import Role
from domain.kernel.people import Awaiting, Side, Stage
from domain.payments.refund_facts import RefundPaidAgainstRecord, RefundPaidDifferently
from domain.ruling.ruling_facts import NEVER_IN_EFFECT
from mediation.store.log.recorded import Recorded
from projections import case_file
from projections.audit_trail import entry_of
from projections.case_document import ADDED_WHEN_READ, CaseDocument
from projections.case_story.items import instant
from projections.table import Doc
from projections.told_facts import told_to
from tests.projections.conftest import Views
from tests.projections.plays import STORIES, Play


async def test_a_file_of_the_facts_told_to_a_party(views: Views) -> None:
    """After every fact of every story."""
    for play in await asyncio.gather(*(story(views.play()) for story in STORIES)):
        facts = await views.log.of_dispute(play.dispute)
        for n in range(1, len(facts) + 1):
            whole = case_file.of(facts[:n])
            assert whole is not None
            for side in Side:
                told = case_file.of(facts[:n], side)
                assert told is not None
                CaseDocument.model_validate_json(json.dumps(told))
                expected = _without_hidden(whole, side) | {"version": told["version"]}
                expected["refunds"] = [_reported(one, facts[:n]) for one in whole["refunds"]]
                if n < len(facts) and facts[n].causation_id == facts[n - 1].causation_id:
                    expected["awaiting"] = told["awaiting"]  # it follows at the end of the act
                assert told == expected
                assert told["version"] == sum(fact.event.stream == "dispute" for fact in told_to(side, facts[:n]))


async def test_a_file_of_the_facts_told_to_others(views: Views) -> None:
    """The neutral and the staff are told every fact that changes what they see."""
    for play in await asyncio.gather(*(story(views.play()) for story in STORIES)):
        facts = await views.log.of_dispute(play.dispute)
        whole = case_file.of(facts)
        assert whole is not None
        for role in (Role.NEUTRAL, Role.SUPERVISOR):
            viewer = _viewer(role, play)
            of_told = case_file.of(_told(viewer, facts))
            assert of_told is not None
            shown, again = (
                {**viewer.case_file({**doc, **dict.fromkeys(ADDED_WHEN_READ, ())}), "version": 0}
                for doc in (whole, of_told)
            )
            assert shown == again


async def test_the_numbers_told_have_no_holes(views: Views) -> None:
    """Rulings, commitments and versions count up from one, whatever is hidden between them."""
    for play in await asyncio.gather(*(story(views.play()) for story in STORIES)):
        facts = await views.log.of_dispute(play.dispute)
        for side in Side:
            told = list(told_to(side, facts))
            versions = [fact.version for fact in told if fact.event.stream == "dispute"]
            assert versions == list(range(1, len(versions) + 1))
            made = [fact.event.number for fact in told if fact.kind == "CommitmentMade"]  # type: ignore[attr-defined] # by its kind
            assert made == list(range(1, len(made) + 1))


def _viewer(role: Role, play: Play) -> Viewer:
    now = datetime.now(UTC)
    me = play.neutral if role is Role.NEUTRAL else uuid4()
    return Viewer(Caller(me, role, play.marketplace, now, lambda: now, uuid4()))


def _told(viewer: Viewer, facts: Sequence[Recorded]) -> list[Recorded]:
    return [fact for fact in facts if viewer.told_of(fact.event, entry_of(fact).body) is not None]


def _without_hidden(whole: Doc, side: Side) -> Doc:
    """The document without what is hidden from a side."""
    rulings = [r for r in whole["rulings"] if r["status"] not in NEVER_IN_EFFECT]
    numbers = {ruling["number"]: n for n, ruling in enumerate(rulings, start=1)}
    owed = [c for c in whole["commitments"] if not is_hidden(c, side)]
    awaiting = as_shown(Stage(whole["stage"]), Awaiting(whole["awaiting"]), whole["neutral"] is not None)
    return {
        **whole,
        "awaiting": awaiting.value,
        "rulings": _numbered(rulings),
        "appeals": [{**appeal, "number": numbers[appeal["number"]]} for appeal in whole["appeals"]],
        "commitments": [_keeping(c, numbers) for c in _numbered(owed)],
        "deadlines": [{**d, "name": _deadline(d["name"], numbers)} for d in whole["deadlines"]],
        "caucus": [said for said in whole["caucus"] if said["side"] == side],
        "ratings": [rating for rating in whole["ratings"] if rating["by"] == side],
        "decisions": [decided for decided in whole["decisions"] if decided["burdens"] == side],
        "rectifications": [corrected for corrected in whole["rectifications"] if corrected["by"] == side],
        "beyond_limit": None,
    }


def _reported(refund: Doc, facts: Sequence[Recorded]) -> Doc:
    """A payment against the record is looked at by the desk. The parties are told of one that differs from what was owed."""
    told = [
        fact
        for fact in facts
        if str(fact.stream_id) == refund["id"] and not isinstance(fact.event, RefundPaidAgainstRecord)
    ]
    reported = [
        fact.event.model_dump(mode="json")["paid"] for fact in told if isinstance(fact.event, RefundPaidDifferently)
    ]
    shown = {name: value for name, value in refund.items() if name != "reported"}
    return {**shown, "changed_at": instant(told[-1].occurred_at), **({"reported": reported[-1]} if reported else {})}


def _numbered(items: list[Doc]) -> list[Doc]:
    return [{**item, "number": n} for n, item in enumerate(items, start=1)]


def _keeping(owed: Doc, numbers: dict[int, int]) -> Doc:
    kept: dict[str, Any] | None = owed["kept_by"]
    if kept is None or kept["fact"] not in ("RulingIssued", "RulingCoSigned", "AppealSentBack"):
        return owed
    return {**owed, "kept_by": {**kept, "number": numbers[kept["number"]]}}


def _deadline(name: str, numbers: dict[int, int]) -> str:
    kind, *rest = name.split("-")
    return "-".join((kind, str(numbers[int(rest[0])]), rest[1])) if kind == "appeal" else name
