"""Databases that earlier releases made: restored, migrated, their views rebuilt, and served as they were served then."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from api.services import Services
from domain.dispute.state import Dispute
from mediation.processes.rulings_owed import RulingsOwed
from mediation.store.follow.follow import Follow
from mediation.store.tasks import end
from tests.api.house import done, said
from tests.postgres import VERSIONS, Servers
from tests.upgrade.kept import Kept, answers, served

RELEASES = ("065fcec",)

_APPEAL = re.compile(r"^appeal-\d+-")
"""The name of a deadline holds the number of the ruling."""


@pytest.fixture(params=VERSIONS)
def empty(request: pytest.FixtureRequest, servers: Servers) -> Iterator[str]:
    with servers.empty(request.param) as conninfo:
        yield conninfo


@pytest.mark.parametrize("release", RELEASES)
async def test_it_answers_as_it_did(empty: str, tmp_path: Path, release: str) -> None:
    """Every recorded answer, to each kind of reader; fields may have been added since, and none is lost or changed. And the
    disputes go on."""
    kept = Kept.of(release)
    kept.restore(empty)
    async with served(kept, empty, tmp_path) as house:
        today = await answers(house, kept)
        at = f"/v1/disputes/{kept.disputes[-1]}"
        done(await house.speaking_for("buyer").post(f"{at}/messages", {"message": said("Is there any news?")}), 201)
    assert kept.answers.keys() == today.keys()
    for question, answer in kept.answers.items():
        _forget_what_is_no_longer_offered(answer, today[question])
    changed = [
        change
        for question in kept.answers
        for change in _lost(_compared(question, kept.answers[question]), _compared(question, today[question]), question)
    ]
    assert changed == []


NO_LONGER_OFFERED = {"keep_commitment", "waive_commitment"}
"""A commitment about one open thing is kept by the act about that thing alone, and `actions` no longer offers these two."""


OFFERED_SINCE = {"write_note", "reassign_neutral"}
"""Acts that did not exist then, or not for everybody: a neutral could not hand over their own disputes."""


_COMMITMENT = re.compile(r"(?<=/commitments/)[0-9a-f-]{36}")
"""In the address of an act. What follows from a breach is made while the answers are given, and has another id since."""


def _forget_what_is_no_longer_offered(then: Any, now: Any) -> None:
    if isinstance(then.get("body"), dict) and "actions" in then["body"]:
        for action in (*then["body"]["actions"], *now["body"]["actions"]):
            action["href"] = _COMMITMENT.sub("…", action["href"])
        offered = Counter(action["href"] for action in now["body"]["actions"])
        since = OFFERED_SINCE - {action["name"] for action in then["body"]["actions"]}
        now["body"]["actions"] = [one for one in now["body"]["actions"] if one["name"] not in since]
        still = []
        for action in then["body"]["actions"]:
            if action["name"] not in NO_LONGER_OFFERED or offered[action["href"]] > 0:
                still.append(action)
            offered[action["href"]] -= 1
        then["body"]["actions"] = still


@pytest.mark.parametrize("release", RELEASES)
async def test_its_rulings_are_owed(empty: str, tmp_path: Path, release: str) -> None:
    """Each dispute that waits for a ruling gets the commitment to rule, once: due as its stored deadline says, begun when
    that began, and made now. The past is not rewritten."""
    kept = Kept.of(release)
    kept.restore(empty)
    async with served(kept, empty, tmp_path) as house:
        running, before = house.services, await house.services.log.last_position()
        owing, began = RulingsOwed(running.pool, running.engine, running.clocks), running.settings.now()
        follow = Follow(running.log, running.pool, [owing])
        following = asyncio.create_task(follow.run())
        try:
            assert await follow.caught_up(owing.name, before, 60)
            assert await owing.work() > 0
            again = await running.log.last_position()
            assert await follow.caught_up(owing.name, again, 60)
            assert await owing.work() == 0
        finally:
            await end([following])
        made = [one async for one in _rulings_owed(running, before)]
    assert made, "a ruling was due in the kept database"
    for dispute, known_from in made:
        (owed,) = [c for c in dispute.commitments.open.values() if c.is_ruling]
        window = dispute.deadlines.get("ruling") or dispute.deadlines.lapsed["ruling"]
        assert (owed.due_at, owed.since, owed.subject) == (
            window.due_at,
            window.proof.starts_at,
            dispute.escalation.neutral,
        )
        assert known_from >= began


async def _rulings_owed(running: Services, after: int) -> AsyncIterator[tuple[Dispute, datetime]]:
    """The disputes in which it was made after this position, and the instant at which it was."""
    async with running.pool.connection() as connection:
        query = "SELECT dispute_id, marketplace, occurred_at FROM event WHERE position > %s AND kind = 'CommitmentMade'"
        found = await (await connection.execute(query, (after,))).fetchall()
    for dispute_id, marketplace, at in found:
        dispute, _, _ = await running.engine.dispute(dispute_id, marketplace)
        if any(owed.is_ruling for owed in dispute.commitments.open.values()):
            yield dispute, at


def _compared(question: str, answer: Any) -> Any:
    """Without the words for kinds of facts, which are plainer since. A party's answer without what it is told otherwise since:
    versions and numbers among what it is told, and the facts about the move and the end of the time to rule.
    """
    answer = _without_titles(answer)
    return _told_otherwise(answer) if question.startswith(("buyer ", "seller ")) else answer


def _without_titles(value: Any) -> Any:
    match value:
        case dict():
            words = {"title"} if "kind" in value else set()
            return {name: _without_titles(inner) for name, inner in value.items() if name not in words}
        case list():
            return [_without_titles(inner) for inner in value]
        case _:
            return value


def _told_otherwise(value: Any) -> Any:
    match value:
        case dict():
            return {name: _told_otherwise(inner) for name, inner in value.items() if name not in ("version", "number")}
        case [{"kind": _, "details": _}, *_]:
            facts = (fact for fact in value if fact["kind"] not in ("MovePassed", "DeadlineEnded"))
            return {fact["id"]: _told_otherwise(fact) for fact in facts}
        case list():
            return [_told_otherwise(inner) for inner in value]
        case str():
            return _APPEAL.sub("appeal-", value)
        case _:
            return value


def _lost(then: Any, now: Any, where: str) -> list[str]:
    """Where an answer of today no longer says what it said then."""
    if isinstance(then, dict) and isinstance(now, dict):
        gone = [f"{where}: {name} is missing" for name in then.keys() - now.keys()]
        return gone + [
            lost for name in then.keys() & now.keys() for lost in _lost(then[name], now[name], f"{where} {name}")
        ]
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [lost for n, pair in enumerate(zip(then, now, strict=True)) for lost in _lost(*pair, f"{where} {n}")]
    return [] if then == now else [f"{where}: {then!r} became {now!r}"]
