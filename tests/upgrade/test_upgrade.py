"""Databases that earlier releases made: restored, migrated, their views rebuilt, and served as they were served then."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.house import done, said
from tests.postgres import VERSIONS, Servers
from tests.upgrade.kept import Kept, answers, served

RELEASES = ("065fcec",)


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
    changed = [
        change for question in kept.answers for change in _lost(kept.answers[question], today[question], question)
    ]
    assert changed == []


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
