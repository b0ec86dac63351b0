"""Who else is at a dispute: seen at once by those who act on it, in every worker, and by nobody else."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from domain.kernel.base import Role
from mediation.store.desk.presences import LASTS, Sweeper
from mediation.store.postgres.pool import connect
from tests.api.house import House, Sender, done, house, refused, said
from tests.api.streams import Stream, stream

_CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workers(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[House, House]]:
    """Two workers over one database."""
    folder = tmp_path_factory.mktemp("house")
    async with house(shared_database, folder, live=True) as one, house(shared_database, folder, live=True) as two:
        await one.open_at_once()
        yield one, two
        for each in (one, two):
            await each.app.state.http.live.close()


@pytest.fixture
def at_work(workers: tuple[House, House]) -> House:
    return workers[0]


async def waiting(at_work: House) -> str:
    """The address of the presence at a dispute that waits for a neutral: every neutral may look at it."""
    filed = await at_work.filed()
    done(await at_work.speaking_for("buyer").post(f"/v1/disputes/{filed['id']}/escalation"))
    return f"/v1/disputes/{filed['id']}/presence"


async def look(by: Sender, at: str, writing: str | None = None, page: str | None = None) -> list[dict[str, Any]]:
    """Looks at the dispute, and returns who else is there."""
    answer = await by.send("PUT", at, json={"page": page or str(uuid4()), "writing": writing})
    people: list[dict[str, Any]] = done(answer)["people"]
    return people


async def there(by: Sender, at: str) -> dict[str, list[str]]:
    """What each other person writes, by their id."""
    return {one["subject"]: one["writing"] for one in done(await by.get(at))["people"]}


async def heard(read: Stream, at: str) -> str:
    """The name of the next event about this dispute. Rows that other tests left may end meanwhile."""
    while True:
        event = await read.event()
        if event.data["dispute_id"] == at.split("/")[3]:
            return event.name


async def test_each_sees_the_others_and_never_themselves(at_work: House) -> None:
    """Two pages of one person are one person, who writes what either page writes."""
    at = await waiting(at_work)
    mei, ana = await at_work.neutral(), at_work.sender(Role.SUPERVISOR)
    assert await look(mei, at) == []
    seen: dict[str, Any] = {"subject": str(mei.subject), "role": "neutral", "name": None, "writing": []}
    assert await look(ana, at) == [seen]
    await look(mei, at, "write_note")
    assert await there(ana, at) == {str(mei.subject): ["write_note"]}
    assert await there(mei, at) == {str(ana.subject): []}


async def test_a_page_that_was_closed_is_gone_at_once(at_work: House) -> None:
    at = await waiting(at_work)
    mei, ana = await at_work.neutral(), at_work.sender(Role.SUPERVISOR)
    first, second = str(uuid4()), str(uuid4())
    await look(mei, at, "write_note", first)
    await look(mei, at, None, second)
    assert (await mei.send("DELETE", at, params={"page": first})).status_code == 204
    assert await there(ana, at) == {str(mei.subject): []}
    assert (await mei.send("DELETE", at, params={"page": second})).status_code == 204
    assert await there(ana, at) == {}


async def test_who_is_heard_no_more_is_gone_by_the_engines_clock(
    at_work: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A killed worker, a lost network, a session that ended: nobody says so. The readers are told."""
    at = await waiting(at_work)
    mei, ana = await at_work.neutral(), at_work.sender(Role.SUPERVISOR)
    await look(mei, at)
    monkeypatch.setattr(at_work.clock, "ahead", LASTS - timedelta(seconds=5))
    assert await there(ana, at) == {str(mei.subject): []}
    monkeypatch.setattr(at_work.clock, "ahead", LASTS)
    assert await there(ana, at) == {}
    async with stream(at_work, ana, "/v1/live") as read:
        await Sweeper(at_work.services.pool, lambda: at_work.clock.now() + timedelta(seconds=1)).sweep()
        assert await heard(read, at) == "presence"
    async with at_work.services.pool.connection() as connection:
        found = await connection.execute("SELECT count(*) FROM presence WHERE subject = %s", (mei.subject,))
        assert await found.fetchone() == (0,)


async def test_every_worker_tells_of_it_at_once(workers: tuple[House, House]) -> None:
    """Whoever comes, begins to write, and leaves. A page that is renewed changes nothing, and nobody is told of themselves."""
    here, elsewhere = workers
    at = await waiting(here)
    mei, page = await here.neutral(), str(uuid4())
    ana = elsewhere.sender(Role.SUPERVISOR)
    async with (
        stream(elsewhere, ana, "/v1/live") as desk,
        stream(elsewhere, ana, at.replace("presence", "live")) as one,
    ):
        for change in (look(mei, at, None, page), look(mei, at, "write_note", page)):
            await change
            for read in (desk, one):
                assert await heard(read, at) == "presence"
        await look(mei, at, "write_note", page)
        done(
            await here.speaking_for("seller").post(at.replace("presence", "messages"), {"message": said("Hello.")}), 201
        )
        assert await heard(desk, at) == "changed"
        assert await heard(one, at) == "changed"
        await mei.send("DELETE", at, params={"page": page})
        for read in (desk, one):
            assert await heard(read, at) == "presence"
    async with stream(here, mei, "/v1/live") as own:
        await look(mei, at)
        done(
            await here.speaking_for("seller").post(at.replace("presence", "messages"), {"message": said("Again.")}), 201
        )
        assert await heard(own, at) == "changed"


async def test_a_worker_that_heard_nothing_for_a_while_has_everything_read_anew(
    at_work: House, shared_database: str
) -> None:
    """Who came or left while its connection was lost, nobody knows."""
    at = await waiting(at_work)
    async with stream(at_work, at_work.sender(Role.SUPERVISOR), at.replace("presence", "live")) as read:
        async with await connect(shared_database) as owner:
            await owner.execute(_CUT)
        assert (await read.event()).name == "reset"


async def test_no_other_stream_tells_of_it(at_work: House) -> None:
    """A party, the backend, the auditor, another marketplace, and a neutral who may not read the dispute."""
    at = await waiting(at_work)
    dispute = at.split("/")[3]
    mei, other = await at_work.neutral(), await at_work.neutral()
    given = done(await mei.post(f"/v1/disputes/{dispute}/assignment", {}))
    done(await other.get("/v1/disputes", headers={"At-Least": given["position"]}))
    async with (
        stream(at_work, at_work.speaking_for("seller"), at.replace("presence", "live")) as seller,
        stream(at_work, at_work.backend, "/v1/live") as backend,
        stream(at_work, at_work.sender(Role.AUDITOR), "/v1/live") as auditor,
        stream(at_work, other, "/v1/live") as unconcerned,
        stream(at_work, at_work.sender(Role.SUPERVISOR), "/v1/live") as told,
    ):
        await look(mei, at)
        assert await heard(told, at) == "presence"
        done(await mei.post(f"/v1/disputes/{dispute}/messages", {"message": said("Hello.")}), 201)
        for read in (seller, backend, auditor):
            assert await heard(read, at) == "changed"
        done(await mei.post(f"/v1/disputes/{dispute}/recusal", {"reason": said("I know the seller.")}))
        assert await heard(unconcerned, at) == "changed"


async def test_who_may_not_read_the_dispute_never_shows_and_is_never_shown(at_work: House) -> None:
    """Parties, backends, auditors, another marketplace. And a neutral from whom the dispute was taken."""
    at = await waiting(at_work)
    dispute = at.split("/")[3]
    mei, ana, supervisor = await at_work.neutral(), await at_work.neutral(), at_work.sender(Role.SUPERVISOR)
    for sender in (
        at_work.backend,
        at_work.speaking_for("buyer"),
        at_work.sender(Role.SELLER, dispute=dispute),
        at_work.sender(Role.AUDITOR),
    ):
        refused(await sender.get(at), 403, "NotForThisRole")
        refused(await sender.send("PUT", at, json={"page": str(uuid4())}), 403, "NotForThisRole")
    foreign = at_work.sender(Role.SUPERVISOR, marketplace="elsewhere")
    refused(await foreign.send("PUT", at, json={"page": str(uuid4())}), 404, "UnknownDispute")
    await look(ana, at, "write_note")
    assert await there(supervisor, at) == {str(ana.subject): ["write_note"]}
    done(await mei.post(f"/v1/disputes/{dispute}/assignment", {}))
    assert await there(supervisor, at) == {}
    refused(await ana.send("PUT", at, json={"page": str(uuid4())}), 404, "UnknownDispute")


async def test_only_the_name_of_an_act_can_be_written(at_work: House) -> None:
    at = await waiting(at_work)
    body = {"page": str(uuid4()), "writing": "<b>anything</b>"}
    problem = refused(await at_work.sender(Role.SUPERVISOR).send("PUT", at, json=body), 422, "InvalidRequest")
    assert "/writing" in json.dumps(problem["errors"])
