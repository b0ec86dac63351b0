"""The engine's facts through the eventsourcing library, read from a database that an earlier release made."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio
from eventsourcing.application import AggregateNotFoundError, Application
from psycopg.conninfo import conninfo_to_dict

from mediation.store.library import facts, recorder
from mediation.store.library.facts import Facts, FactsAreReadOnly, StoredFact, state
from mediation.store.postgres.migrate import migrate
from tests.postgres import VERSIONS, Servers
from tests.upgrade.kept import Kept
from tests.upgrade.notes import Note

PAGE = Path(__file__).parents[2] / "docs" / "extending.md"
Env = dict[str, str]


@pytest.fixture(scope="module")
def kept() -> Kept:
    return Kept.of("065fcec")


@pytest.fixture(scope="module", params=VERSIONS)
def conninfo(request: pytest.FixtureRequest, servers: Servers, kept: Kept) -> Iterator[str]:
    with servers.empty(request.param) as conninfo:
        kept.restore(conninfo)
        yield conninfo


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def env(conninfo: str) -> Env:
    await migrate(conninfo)
    parts = {"port": "5432", "password": "", **conninfo_to_dict(conninfo)}
    names = ("dbname", "host", "port", "user", "password")
    return {"PERSISTENCE_MODULE": facts.__name__, **{f"POSTGRES_{name.upper()}": str(parts[name]) for name in names}}


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """The names that the page's code blocks define."""
    defined: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        exec(block, defined)
    return defined


def everything(app: Facts) -> list[StoredFact]:
    told: list[StoredFact] = []
    while page := app.notification_log.select(told[-1].position if told else None, 100, inclusive_of_start=False):
        told += map(app.mapper.to_domain_event, page)  # type: ignore[arg-type]
    return told


def case(kept: Kept, dispute: str) -> dict[str, Any]:
    """The case file as the marketplace sees it."""
    shown: dict[str, Any] = kept.answers[f"marketplace {dispute}"]["body"]
    return shown


def test_a_view_of_ones_own(env: Env, kept: Kept, conninfo: str, page: dict[str, Any]) -> None:
    """As the page shows it. After a restart it counts nothing twice."""
    for _ in range(2):
        with page["follow"](env) as runner:
            runner.wait(runner.app.recorder.max_notification_id(), timeout=60)
    with psycopg.connect(conninfo) as connection:
        counted = {str(dispute): offers for dispute, offers in connection.execute("SELECT * FROM offer_count")}
    shown = {dispute: len(case(kept, dispute)["offers"]) for dispute in kept.disputes}
    assert counted == {dispute: offers for dispute, offers in shown.items() if offers}


def test_the_repository_gives_the_state_that_the_engine_has(env: Env, kept: Kept, page: dict[str, Any]) -> None:
    with Facts(env) as app:
        for dispute in kept.disputes:
            now = app.repository.get(UUID(dispute), projector_func=state)
            filed = app.repository.get(UUID(dispute), version=1, projector_func=state)
            shown = case(kept, dispute)
            assert (str(now.id), str(filed.id)) == (dispute, dispute)
            assert (now.outcome and now.outcome.value) == shown["outcome"]
            assert page["stage_of"](env, UUID(dispute)) == now.stage
        with pytest.raises(AggregateNotFoundError):
            app.repository.get(UUID(int=0), projector_func=state)


def test_every_fact_in_order_and_nothing_else(env: Env, conninfo: str) -> None:
    """Also facts of older shapes. What applications of the library had stored in the log is no fact."""
    with Facts(env) as app, psycopg.connect(conninfo) as connection:
        told = everything(app)
        stored = connection.execute(
            "SELECT position, kind FROM event WHERE marketplace <> '' ORDER BY position"
        ).fetchall()
        filed = app.notification_log.select(1, 1_000, topics=("DisputeFiled",))
    assert [(fact.position, fact.kind) for fact in told] == stored
    assert {fact.event.kind for fact in told} == {kind for _, kind in stored}
    assert len(filed) == len([fact for fact in told if fact.kind == "DisputeFiled"])


async def test_personal_texts_are_opened_with_the_keys_alone(env: Env, kept: Kept) -> None:
    """Also where an event loop is running. Of an erased person nothing is left."""
    with Facts(env) as app:
        assert "rotto" not in texts(app)
    with Facts(env | {"MEDIATION_MASTER_KEY": kept.secrets["master_key"]}) as app:
        opened = texts(app)
    assert "Il vaso è rotto" in opened
    assert "Non ricordarmi" not in opened
    assert "[erased]" in opened
    assert "~sealed1~" not in opened


def texts(app: Facts) -> str:
    return json.dumps([fact.event.model_dump(mode="json") for fact in everything(app)], ensure_ascii=False)


def test_facts_are_read_only(env: Env) -> None:
    with Facts(env) as app:
        with pytest.raises(FactsAreReadOnly):
            app.save(Note(UUID(int=8), "Is it stored?"))
        with pytest.raises(FactsAreReadOnly):
            app.recorder.insert_events([])


def test_an_application_of_ones_own_finds_what_it_had_stored_in_the_log(env: Env) -> None:
    """Its new events get positions after the last one that any consumer may have read."""
    with Application[UUID](env | {"PERSISTENCE_MODULE": recorder.__name__}) as app:
        before = app.recorder.max_notification_id()
        note: Note = app.repository.get(UUID(int=7))
        assert note.texts == ["Call the carrier.", "They call back."]
        note.add("They did.")
        (stored,) = app.save(note)
        assert before is not None
        assert stored.notification.id == before + 1
        assert len(app.notification_log.select(1, 10)) == 3
