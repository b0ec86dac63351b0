"""Erasing a person: after any interruption the log says so and the key is gone, never only one of both."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from psycopg import AsyncConnection

from domain.commitments.events import CommitmentKind
from domain.filing.file_dispute import FileDispute
from domain.kernel.base import Role
from domain.kernel.people import Words
from domain.privacy.erasure import RequestErasure
from domain.privacy.legal_hold import LiftLegalHold, PlaceLegalHold
from domain.remedies.closure import Withdraw
from mediation.engine import Engine, Handled
from mediation.processes import erasures
from mediation.processes.erasures import Erasures
from mediation.store.clocks import Clocks
from mediation.store.follow.follow import Follow
from mediation.store.keys.keys import Erasure
from mediation.store.keys.tokens import ERASED
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.tasks import end
from tests import today
from tests.keystore import key_store
from tests.postgres import each_version
from tests.worlds import MARKETPLACE, World, actor, filing, order, world

ADMINISTRATOR = actor(Role.ADMINISTRATOR)
EARLIER = today.now() - timedelta(days=1)


class Desk:
    """A worker that erases people, and its inputs."""

    def __init__(self, w: World, erasing: Erasures, follow: Follow) -> None:
        self.w = w
        self.erasing = erasing
        self._follow = follow

    async def caught_up(self) -> None:
        assert await self._follow.caught_up(self.erasing.name, await self.w.log.last_position(), 60)

    async def work(self) -> None:
        """Until nothing is left to do now or soon: an erasure waits until no worker uses the key."""
        async with asyncio.timeout(60):
            while True:
                await self.caught_up()
                if await self.erasing.work() == 0 and not await self._soon():
                    break
        await self.caught_up()

    async def _soon(self) -> bool:
        async with self.w.pool.connection() as connection:
            found = await connection.execute(
                "SELECT 1 FROM erasure_task WHERE not_before < %s", (today.now() + timedelta(seconds=9),)
            )
            return await found.fetchone() is not None

    async def file(self) -> FileDispute:
        filed = filing(order("129.90", now=EARLIER), now=EARLIER)
        await self.w.engine.handle(filed)
        return filed

    async def withdraw(self, filed: FileDispute) -> None:
        about = {"marketplace": MARKETPLACE, "now": today.now(), "dispute_id": filed.dispute_id}
        await self.w.engine.handle(Withdraw.model_validate({**about, "actor": actor(Role.BUYER)}))

    async def request(self, subject: UUID) -> Handled:
        await self.caught_up()
        found = await self.erasing.took_part(MARKETPLACE, subject)
        assert found is not None
        last, part = found
        about = {"marketplace": MARKETPLACE, "now": today.now(), "actor": ADMINISTRATOR, "subject": subject}
        asked = {"dispute_id": last, "ground": "person_asked", "took_part": part}
        return await self.w.engine.handle(RequestErasure.model_validate(about | asked))

    async def hold(self, subject: UUID, until: datetime | None = None) -> Handled:
        about = {"marketplace": MARKETPLACE, "now": today.now(), "actor": ADMINISTRATOR, "subject": subject}
        reason = Words(text="A court asks for it.", language="en")
        return await self.w.engine.handle(PlaceLegalHold.model_validate({**about, "reason": reason, "until": until}))

    async def lift(self, subject: UUID) -> Handled:
        about = {"marketplace": MARKETPLACE, "now": today.now(), "actor": ADMINISTRATOR, "subject": subject}
        return await self.w.engine.handle(LiftLegalHold.model_validate({**about, "number": 1}))

    async def statement(self, filed: FileDispute) -> str:
        """The statement of the claim, as it now reads."""
        (first, *_) = await self.w.log.of_dispute(filed.dispute_id)
        sealed = first.event.model_dump(mode="json")["claim"]["statement"]["text"]
        return str(await self.w.codec.open(sealed, MARKETPLACE))

    async def told(self, subject: UUID) -> list[str]:
        """The kinds of facts about a person in the log."""
        facts = await self.w.log.of_marketplace(MARKETPLACE, 0, await self.w.log.last_position(), 1000)
        return [f.kind for f in facts if f.event.stream == "person" and getattr(f.event, "subject", None) == subject]


@asynccontextmanager
async def desk(conninfo: str) -> AsyncIterator[Desk]:
    async with world(conninfo) as w:
        async with w.pool.connection() as connection:
            await connection.execute(erasures.TABLE)
        erasing = Erasures(w.pool, w.engine, w.keys, Clocks(w.pool, real=today.now))
        follow = Follow(w.log, w.pool, [erasing])
        following = asyncio.create_task(follow.run())
        try:
            yield Desk(w, erasing, follow)
        finally:
            await end([following])


DONE = ["ErasureRequested", "ErasureGranted", "PersonErased"]


async def test_what_is_granted_is_done(database: str) -> None:
    """Even if the worker that was asked is dead. The other party's texts stay."""
    async with desk(database) as d:
        filed = await d.file()
        await d.withdraw(filed)
        outcome = await d.request(filed.buyer.subject)
        assert outcome.case.person.pending is not None
        assert outcome.case.person.pending.granted
        assert await d.statement(filed) == "Il vaso è rotto"
        await d.work()
        assert await d.statement(filed) == ERASED
        assert await d.told(filed.buyer.subject) == DONE
        name = (await d.w.log.of_dispute(filed.dispute_id))[0].event.model_dump(mode="json")["seller"]["name"]
        assert await d.w.codec.open(name, MARKETPLACE) == "Ada"


@each_version
async def test_what_is_filed_meanwhile_puts_it_off(database: str) -> None:
    """Another worker still has the key in its cache, and files a dispute after the request. The erasure is put off, so
    that no filing is accepted whose texts are gone a moment later.
    """
    async with desk(database) as d, key_store(database) as theirs:
        filed = await d.file()
        await d.withdraw(filed)
        subject = filed.buyer.subject
        await d.hold(subject)
        await d.request(subject)
        await theirs.ensure([subject])
        await d.lift(subject)
        await d.caught_up()
        await d.erasing.work()
        assert await d.told(subject) == ["LegalHoldPlaced", "ErasureRequested", "ErasureDeferred", "LegalHoldLifted"]
        async with EventLog(d.w.pool, Codec(theirs)) as log:
            again = filing(order("50.00", now=EARLIER), now=EARLIER)
            claim = again.claim.model_copy(update={"statement": filed.claim.statement})
            again = again.model_copy(update={"buyer": filed.buyer, "claim": claim})
            await Engine(log, d.w.heartbeat).handle(again)
        await d.work()
        assert "ErasureGranted" not in await d.told(subject)
        assert await d.statement(again) == "Il vaso è rotto"
        await d.withdraw(again)
        await d.work()
        assert await d.told(subject) == [
            *("LegalHoldPlaced", "ErasureRequested", "ErasureDeferred", "LegalHoldLifted", "ErasureDeferred"),
            *("ErasureGranted", "PersonErased"),
        ]
        assert await d.statement(again) == ERASED


async def test_what_is_written_after_it_was_granted_stays(database: str) -> None:
    """A worker had the key in its cache at the request, and writes later. Its text survives the erasure."""
    async with desk(database) as d, key_store(database) as theirs:
        filed = await d.file()
        await d.withdraw(filed)
        subject = filed.buyer.subject
        await d.caught_up()
        await theirs.ensure([subject])
        await asyncio.sleep(await d.w.keys.retire(subject))  # the test is about the time that a key stays in a cache
        assert await d.w.keys.retire(subject) == 0
        await d.request(subject)
        async with EventLog(d.w.pool, Codec(theirs)) as log:
            again = filing(order("50.00", now=EARLIER), now=EARLIER)
            claim = again.claim.model_copy(update={"statement": filed.claim.statement})
            again = again.model_copy(update={"buyer": filed.buyer, "claim": claim})
            await Engine(log, d.w.heartbeat).handle(again)
        await d.work()
        assert await d.told(subject) == DONE
        assert await d.statement(filed) == ERASED
        assert await d.statement(again) == "Il vaso è rotto"


async def test_killed_between_the_key_and_the_record_it_goes_on(database: str) -> None:
    """The key is gone and the log does not say so yet: the next worker records it. Two workers do nothing twice."""
    async with desk(database) as d:
        filed = await d.file()
        await d.withdraw(filed)
        subject = filed.buyer.subject
        await d.request(subject)
        await d.w.keys.erase(Erasure(subject, 1, MARKETPLACE, "person_asked"))
        await d.caught_up()
        other = Erasures(d.w.pool, d.w.another_worker(), d.w.keys, Clocks(d.w.pool, real=today.now))
        await asyncio.gather(d.erasing.work(), other.work())
        await d.work()
        assert await d.told(subject) == DONE
        assert await d.statement(filed) == ERASED
        assert (await d.request(subject)).events == ()


@each_version
async def test_who_is_in_a_dispute_is_erased_when_it_is_closed(database: str) -> None:
    """The erasure is a commitment, and the commitment is kept."""
    async with desk(database) as d:
        filed = await d.file()
        subject = filed.seller.subject
        outcome = await d.request(subject)
        (owed,) = (c for c in outcome.dispute.commitments.open.values() if c.kind is CommitmentKind.ERASE)
        await d.work()
        assert await d.told(subject) == ["ErasureRequested", "ErasureDeferred"]
        await d.withdraw(filed)
        await d.work()
        assert await d.told(subject) == ["ErasureRequested", "ErasureDeferred", "ErasureGranted", "PersonErased"]
        dispute, _, _ = await d.w.engine.dispute(filed.dispute_id, MARKETPLACE)
        assert dispute.commitments.ended[owed.id] == "kept"


async def test_who_comes_back_can_be_erased_again(database: str) -> None:
    async with desk(database) as d:
        filed = await d.file()
        await d.withdraw(filed)
        subject = filed.buyer.subject
        await d.request(subject)
        await d.work()
        again = filing(order("50.00", now=EARLIER), now=EARLIER)
        claim = again.claim.model_copy(update={"statement": filed.claim.statement})
        again = again.model_copy(update={"buyer": filed.buyer, "claim": claim})
        await d.w.engine.handle(again)
        assert await d.statement(again) == "Il vaso è rotto"
        assert await d.statement(filed) == ERASED
        await d.withdraw(again)
        await d.request(subject)
        await d.work()
        assert await d.told(subject) == 2 * DONE
        assert await d.statement(again) == ERASED


@each_version
@pytest.mark.parametrize("lost", ["log", "keys"])
async def test_a_restored_backup_is_told_of_erasures(database: str, lost: str) -> None:
    """The backup is older than the erasure: of the log, which does not know of it; or of the keys, which brings one back."""
    async with desk(database) as d:
        filed = await d.file()
        await d.withdraw(filed)
        subject = filed.buyer.subject
        async with await AsyncConnection.connect(database) as connection:
            found = await connection.execute("SELECT wrapped FROM keys.data_key WHERE subject = %s", (subject,))
            kept = await found.fetchone()
        assert kept is not None
        position = await d.w.log.last_position()
        await d.request(subject)
        await d.work()
    async with await AsyncConnection.connect(database) as connection:
        if lost == "log":
            await connection.execute("ALTER TABLE event DISABLE TRIGGER ALL")
            await connection.execute("DELETE FROM event WHERE position > %s", (position,))
            await connection.execute("ALTER TABLE event ENABLE TRIGGER ALL")
        else:
            await connection.execute("DELETE FROM keys.erasure")
            await connection.execute(
                "UPDATE keys.data_key SET wrapped = %s, destroyed_at = NULL WHERE subject = %s", (kept[0], subject)
            )
    async with world(database) as w:
        erasing = Erasures(w.pool, w.engine, w.keys, Clocks(w.pool, real=today.now))
        for _ in range(2):
            assert await erasing.reapply(w.log) == 1
        there = Desk(w, erasing, Follow(w.log, w.pool, []))
        assert await there.told(subject) == DONE
        assert await there.statement(filed) == ERASED


async def test_a_hold_that_comes_first_wins(database: str) -> None:
    async with desk(database) as d:
        filed = await d.file()
        await d.withdraw(filed)
        await d.hold(filed.buyer.subject)
        outcome = await d.request(filed.buyer.subject)
        assert outcome.case.person.pending is not None
        assert not outcome.case.person.pending.granted
        await d.work()
        assert await d.statement(filed) == "Il vaso è rotto"
