"""A case file made of the facts told to one viewer alone: whole, and with nothing in it that is hidden from them.

It differs from what the viewer is shown of the whole file only where the law of visibility hides the fact and shows what it
led to: the version, a ruling that was signed later, and the stage, the move and the deadlines meanwhile.
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from api.acts.visibility import Viewer
from api.http.identity import Caller
from domain.kernel.base import Role
from mediation.store.log.recorded import Recorded
from projections import case_file
from projections.audit_trail import entry_of
from projections.case_document import ADDED_WHEN_READ, CaseDocument
from projections.table import Doc
from tests.projections.conftest import Views
from tests.projections.plays import STORIES, Play

MAY_DIFFER = {
    Role.BUYER: {"version", "stage", "awaiting", "rulings", "deadlines"},
    Role.SELLER: {"version", "stage", "awaiting", "rulings", "deadlines"},
    Role.NEUTRAL: {"version"},
    Role.SUPERVISOR: set[str](),
}


async def test_a_file_of_the_facts_told(views: Views) -> None:
    """After every fact of every story."""
    for play in await asyncio.gather(*(story(views.play()) for story in STORIES)):
        facts = await views.log.of_dispute(play.dispute)
        viewers = [_viewer(role, play) for role in MAY_DIFFER]
        for n in range(1, len(facts) + 1):
            whole = case_file.of(facts[:n])
            assert whole is not None
            for viewer in viewers:
                of_told = case_file.of(_told(viewer, facts[:n], whole))
                assert of_told is not None
                CaseDocument.model_validate_json(json.dumps(of_told))
                assert _differing(viewer, whole, of_told) <= MAY_DIFFER[viewer.caller.role]
                assert _hidden(viewer, of_told) == []


def _viewer(role: Role, play: Play) -> Viewer:
    now = datetime.now(UTC)
    me = play.neutral if role is Role.NEUTRAL else uuid4()
    return Viewer(Caller(me, role, play.marketplace, now, lambda: now, uuid4()))


def _told(viewer: Viewer, facts: Sequence[Recorded], whole: Doc) -> list[Recorded]:
    """As the history tells them: see `api.disputes.chronicle`."""
    untold = viewer.untold(whole)
    entries = [(fact, entry_of(fact).body) for fact in facts]
    return [
        fact
        for fact, body in entries
        if body.get("commitment_id") not in untold and viewer.told_of(fact.kind, body) is not None
    ]


def _differing(viewer: Viewer, whole: Doc, of_told: Doc) -> set[str]:
    shown, again = (viewer.case_file({**doc, **dict.fromkeys(ADDED_WHEN_READ, ())}) for doc in (whole, of_told))
    return {name for name in shown if shown[name] != again[name]}


def _hidden(viewer: Viewer, doc: Doc) -> list[str]:
    """What must not be in a document that is a party's own."""
    if (side := viewer.caller.side) is None:
        return []
    return [
        *(f"ruling {ruling['number']}" for ruling in doc["rulings"] if ruling["status"] == "awaits_co_signature"),
        *(f"caucus of {said['side']}" for said in doc["caucus"] if said["side"] != side),
        *(f"rating by {rating['by']}" for rating in doc["ratings"] if rating["by"] != side),
        *(f"commitment {owed}" for owed in viewer.untold(doc)),
        *(["beyond_limit"] if doc["beyond_limit"] else []),
    ]
