"""The sample desk of `mediation serve --demo`, as it is filed on the day of the test: after a start that was interrupted."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from api.cli.demo.people import AUDITOR, MARKETPLACE, NEUTRALS, OTHER_BACKEND, SUPERVISOR, Person, subject
from api.cli.demo.samples import file_samples, samples
from api.services import services
from api.settings import Settings
from projections import VIEWS
from tests import today
from tests.api.house import House, Sender, done, house

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Desk:
    """`rows` are the disputes by the marketplace's reference. `told` is what was logged. `positions` are those of the log after
    the first start that was not interrupted, and after the next one.
    """

    home: House
    rows: Mapping[str, dict[str, Any]]
    told: Sequence[Mapping[str, Any]]
    positions: tuple[int, int]

    def sender(self, person: Person) -> Sender:
        who = subject(self.home.services, person)
        return self.home.sender(person.role, marketplace=person.marketplace, subject=who)

    async def get(self, path: str, by: Person = SUPERVISOR, **params: str) -> dict[str, Any]:
        return done(await self.sender(by).get(path, params=params))

    async def case(self, reference: str, by: Person = SUPERVISOR) -> dict[str, Any]:
        return await self.get(f"/v1/disputes/{self.rows[reference]['id']}", by)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    with capture_logs() as told:
        positions = await _filed(Settings(database_url=shared_database, data_dir=folder))
    async with house(shared_database, folder) as running:
        supervisor = running.sender("supervisor", marketplace=MARKETPLACE)
        position = await running.services.log.last_position()
        for view in VIEWS:
            assert await running.services.follow.caught_up(view.name, position, 60)
        rows = done(await supervisor.get("/v1/disputes", params={"limit": "100"}))["items"]
        yield Desk(running, {row["marketplace_reference"]: row for row in rows}, told, positions)


async def _filed(settings: Settings) -> tuple[int, int]:
    async with services(settings, works=False) as still:
        filing = asyncio.create_task(file_samples(still))
        async with asyncio.timeout(60):
            while await still.log.last_position() < 200:
                await asyncio.wait({filing}, timeout=0.01)
        filing.cancel()
        with suppress(asyncio.CancelledError):
            await filing
        await file_samples(still)
        first = await still.log.last_position()
        await file_samples(still)
        return first, await still.log.last_position()


async def test_every_sample_is_there_and_the_next_start_changes_nothing(desk: Desk) -> None:
    assert [told for told in desk.told if told["event"] == "sample_incomplete"] == []
    assert set(desk.rows) == {line["case"] for line in samples(MARKETPLACE)}
    assert desk.positions[0] == desk.positions[1]
    oldest = min(datetime.fromisoformat(row["filed_at"]) for row in desk.rows.values())
    newest = max(datetime.fromisoformat(row["filed_at"]) for row in desk.rows.values())
    assert newest - oldest > timedelta(days=30), "all instants are counted from one start"
    assert timedelta() < today.now() - newest < timedelta(hours=1)


async def test_the_desk_is_that_of_many_countries(desk: Desk) -> None:
    rows = desk.rows.values()
    languages = {row[side]["language"].split("-")[0] for row in rows for side in ("buyer", "seller")}
    assert {"it", "zh", "ar", "ja", "de", "fr", "es", "en", "pt", "ko", "tr"} <= languages
    assert {"EUR", "USD", "JPY", "KWD", "CNY", "GBP", "XBT"} <= {row["in_dispute"]["currency"] for row in rows}
    assert len({row["reason"] for row in rows}) >= 9
    assert len({row["due"]["at"] for row in rows if row["due"]}) > 35, "nothing falls due together"


async def test_every_stage_is_there(desk: Desk) -> None:
    """From a claim of some minutes ago to a refund that got stuck. What falls due is not so on another day."""

    def waits(reference: str) -> tuple[str, str]:
        row = desk.rows[reference]
        return row["stage"], row["waiting"]["why"]

    assert waits("MP-31040") == ("negotiation", "response")
    assert waits("MP-31030") == ("negotiation", "offer_reply")
    assert waits("MP-31020") == ("mediation", "assignment")
    assert waits("MP-31014") == ("mediation", "first_act")
    assert waits("MP-31010") == ("mediation", "stay")
    assert waits("MP-31003") == ("mediation", "proposal_reply")
    assert waits("MP-30996") == ("adjudication", "ruling")
    assert waits("MP-30994") == ("adjudication", "co_signature")
    assert waits("MP-30991") == ("execution", "remedy")
    assert waits("MP-30988") == ("execution", "refund")
    assert waits("MP-30987") == ("appeal", "assignment")
    assert waits("MP-30986") == ("appeal", "ruling")
    assert {row["outcome"] for row in desk.rows.values() if row["stage"] == "closed"} == {
        "settled", "withdrawn", "conceded", "ruled_for_claimant",
    }  # fmt: skip
    mediated = {row["neutral"] for row in desk.rows.values() if row["stage"] == "mediation"} - {None}
    assert mediated == {str(subject(desk.home.services, neutral)) for neutral in NEUTRALS}
    for reference, status in (("MP-31013", "open"), ("MP-31012", "answered")):
        [asked] = (await desk.case(reference))["evidence_requests"]
        assert asked["status"] == status, reference
    draft = await desk.get(f"/v1/disputes/{desk.rows['MP-30996']['id']}/ruling-draft", NEUTRALS[0])
    assert draft["ruling"]["award"]["buyer"] == {"amount": "600.00", "currency": "EUR"}


async def test_promises_are_overdue_and_due_within_the_hour(desk: Desk) -> None:
    late = {("ship", "seller"), ("reply", "carrier"), ("refund", "seller")}
    assert late <= await _owed(desk, status="overdue")
    soon = (today.now() + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert {("call_back", "marketplace"), ("review", "neutral")} <= await _owed(desk, status="pending", due_before=soon)


async def _owed(desk: Desk, **params: str) -> set[tuple[str, str]]:
    owed = (await desk.get("/v1/commitments", SUPERVISOR, limit="100", **params))["items"]
    return {(one["kind"], one["owed_by"]) for one in owed}


async def test_evidence_has_its_files_and_texts_their_translations(desk: Desk) -> None:
    at = f"/v1/disputes/{desk.rows['MP-31003']['id']}/exhibits"
    exhibits = (await desk.get(at, NEUTRALS[2]))["items"]
    assert [one["file"]["media_type"] for one in exhibits] == ["application/pdf", "application/pdf"]
    assert (await desk.sender(NEUTRALS[2]).get(exhibits[0]["file"]["href"])).content.startswith(b"%PDF-1.4")
    case = await desk.case("MP-31012", NEUTRALS[2])
    assert case["exhibits"][0]["file"]["media_type"] == "image/jpeg"
    claim = (await desk.case("MP-31013", NEUTRALS[1]))["claim"]["statement"]
    assert claim["language"] == "ja"
    assert claim["translation"]["text"].startswith("The spout of the teapot arrived chipped")


async def test_the_second_marketplace_sees_its_own_three(desk: Desk) -> None:
    theirs = await desk.get("/v1/disputes", OTHER_BACKEND)
    assert {row["marketplace_reference"] for row in theirs["items"]} == {"CR-115", "CR-117", "CR-118"}
    foreign = await desk.sender(OTHER_BACKEND).get(f"/v1/disputes/{desk.rows['MP-31014']['id']}")
    assert foreign.status_code == 404
    assert len((await desk.get("/v1/disputes", AUDITOR, limit="100"))["items"]) == len(desk.rows)
