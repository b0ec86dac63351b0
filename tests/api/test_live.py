"""Live: who reads a desk or a dispute learns at once that it changed, and learns nothing that they may not see."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from api.live import hub, live
from api.live.hub import MOST_STREAMS
from domain.kernel.base import Role
from tests.api.house import House, done, filing, house, said
from tests.api.streams import stream

pytestmark = pytest.mark.asyncio(loop_scope="module")

DESK = "/v1/live"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at_home(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house(shared_database, tmp_path_factory.mktemp("house"), live=True) as running:
        await running.open_at_once()
        yield running
        await running.app.state.http.live.close()


async def test_a_change_is_told_with_a_position_that_shows_it(at_home: House) -> None:
    async with stream(at_home, at_home.backend, DESK) as read:
        filed = await at_home.filed()
        event = await read.event()
        assert (event.name, event.data["dispute_id"]) == ("changed", filed["id"])
        assert "DisputeFiled" in event.data["kinds"]
        assert event.id is not None
        listed = done(await at_home.backend.get("/v1/disputes", headers={"At-Least": event.id}))["items"]
        assert filed["id"] in [one["id"] for one in listed]


async def test_whoever_was_cut_off_goes_on_after_the_last_event(at_home: House) -> None:
    async with stream(at_home, at_home.backend, DESK) as read:
        await at_home.filed()
        last = (await read.event()).id
    missed = [(await at_home.filed())["id"] for _ in range(3)]
    async with stream(at_home, at_home.backend, DESK, {"Last-Event-ID": last or ""}) as read:
        assert [(await read.event()).data["dispute_id"] for _ in missed] == missed


async def test_whoever_was_away_too_long_reads_everything_anew(at_home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stream(at_home, at_home.backend, DESK) as read:
        await at_home.filed()
        last = (await read.event()).id
    monkeypatch.setattr(hub, "KEPT", 12)  # facts; a filing has fewer
    for _ in range(5):
        await at_home.filed()
    async with stream(at_home, at_home.backend, DESK, {"Last-Event-ID": last or ""}) as read:
        assert (await read.event()).name == "reset"
        filed = await at_home.filed()
        assert (await read.event()).data["dispute_id"] == filed["id"]


async def test_nobody_learns_of_what_they_may_not_see(at_home: House) -> None:
    """Another marketplace; a neutral of other cases; a party that a fact is not told."""
    mine, other = await at_home.filed(), await at_home.filed()
    neutral, stranger = await at_home.neutral(), await at_home.neutral()
    at = f"/v1/disputes/{mine['id']}"
    async with (
        stream(at_home, at_home.backend_of("elsewhere"), DESK) as foreign,
        stream(at_home, stranger, DESK) as unconcerned,
        stream(at_home, neutral, DESK) as concerned,
        stream(at_home, at_home.speaking_for("seller"), f"{at}/live") as seller,
    ):
        buyer = at_home.speaking_for("buyer")
        done(await buyer.post(f"{at}/escalation"))
        escalated = await unconcerned.event()  # it waits for any neutral
        assert escalated.data["dispute_id"] == mine["id"]
        taken = done(await neutral.post(f"{at}/assignment", {"neutral": str(neutral.subject)}))
        done(await neutral.post(f"{at}/notes", {"note": said("For the desk alone.")}), 201)
        told = []
        while "NoteWritten" not in told:
            told += (await concerned.event()).data["kinds"]
        done(await at_home.speaking_for("seller").post(f"{at}/messages", {"message": said("Hello.")}), 201)
        heard: list[str] = []
        while "MessagePosted" not in heard:
            heard += (await seller.event()).data["kinds"]
        assert "NoteWritten" not in heard
        elsewhere = await at_home.backend_of("elsewhere").post("/v1/disputes", filing())
        assert (await foreign.event()).data["dispute_id"] == done(elsewhere, 201)["id"]
        done(await at_home.speaking_for("buyer").post(f"/v1/disputes/{other['id']}/escalation"))
        seen = await unconcerned.event()
        assert seen.data["dispute_id"] == other["id"], "what the other neutral did was not told"
    assert taken["stage"] == "mediation"


async def test_a_dispute_that_is_not_yours_has_no_stream(at_home: House) -> None:
    filed = await at_home.filed()
    at = f"/v1/disputes/{filed['id']}/live"
    for sender in (at_home.backend_of("elsewhere"), await at_home.neutral()):
        async with stream(at_home, sender, at) as read:
            assert read.status == 404
            assert json.loads(read.body)["code"] == "UnknownDispute"


async def test_one_holder_has_so_many_streams_and_no_more(at_home: House) -> None:
    """Closed ones do not count: the connection of a browser that went away ends."""
    supervisor = at_home.sender(Role.SUPERVISOR)
    streams = at_home.app.state.http.live
    holder = (supervisor.subject, "supervisor", "bazaar")
    held = [streams.stream(holder) for _ in range(MOST_STREAMS)]
    for one in held:
        one.__enter__()
    async with stream(at_home, supervisor, DESK) as read:
        assert read.status == 429
        assert json.loads(read.body)["code"] == "TooManyStreams"
    for one in held:
        one.__exit__(None, None, None)
    async with stream(at_home, supervisor, DESK) as read:
        assert read.status == 200
    assert streams.streams == 0


async def test_who_follows_one_dispute_does_not_fall_behind_while_others_are_busy(
    at_home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = await at_home.filed()
    at = f"/v1/disputes/{mine['id']}/live"
    async with stream(at_home, at_home.backend, at) as read, stream(at_home, at_home.backend, DESK) as desk:
        monkeypatch.setattr(hub, "KEPT", 40)  # facts
        for _ in range(16):
            filed = await at_home.filed()
            while (await desk.event()).data["dispute_id"] != filed["id"]:
                pass
        sent = {"message": said("Hello.")}
        done(await at_home.speaking_for("buyer").post(f"/v1/disputes/{mine['id']}/messages", sent), 201)
        event = await read.event()
        assert (event.name, event.data) == ("changed", {"dispute_id": mine["id"], "kinds": ["MessagePosted"]})


async def test_a_silent_stream_beats_whatever_others_do(at_home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy ends a connection that is silent for long, also while the log is busy with what this reader is not told."""
    monkeypatch.setattr(live, "HEARTBEAT", 0.3)
    mine = await at_home.filed()
    async with stream(at_home, at_home.backend, f"/v1/disputes/{mine['id']}/live") as read, asyncio.timeout(20):
        while b": still here" not in read.body:
            await at_home.filed()


async def test_a_stream_ends_when_the_worker_stops(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, live=True) as running, stream(running, running.backend, DESK) as read:
        await running.app.state.http.live.close()
        with pytest.raises(EOFError):
            await read.event()
