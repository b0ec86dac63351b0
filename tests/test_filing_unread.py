"""A filing is decided without reading. The append proves what it was decided on, so nothing is filed on old grounds."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from domain.filing.file_dispute import FileDispute
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.base import Role
from domain.kernel.people import Outcome
from domain.payments.transaction import LinesAlreadyInDispute
from domain.policy.book import FIRST_POLICY, PolicyPublished, PublishPolicy, UnknownTier
from domain.policy.claim_limits import AbuseRules, ClaimLimit
from domain.policy.outage_facts import Outage
from domain.policy.outages import RecordOutage
from domain.remedies.closure import Withdraw
from domain.silence import RecordLapses
from mediation.engine import KeyReused, Request
from mediation.store.log.requests import Append, Verdict
from tests import today
from tests.postgres import each_version
from tests.processes.test_processes import LONG_AGO
from tests.worlds import MARKETPLACE, World, actor, euros, filing, order, world

LIMITED = AbuseRules(limits=(ClaimLimit(days=30, claims=1),))
KEYED = Request(key=b"k" * 32, fingerprint=b"f" * 32)


async def test_a_filing_reads_nothing(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a marketplace that has published no policy, and under a policy that this worker knows."""
    async with world(database) as w:
        asked = _asked(w, monkeypatch)
        unpublished = await _file(w)
        assert asked == []
        await _publish(w, "second")
        asked.clear()
        published = await _file(w)
        assert asked == []
        assert [filed.policy_version for filed in (unpublished, published)] == [FIRST_POLICY.version, "second"]


@each_version
async def test_no_filing_under_a_policy_that_another_worker_has_replaced(database: str) -> None:
    """The worker remembers the policy before it; and a worker that has just started remembers none."""
    async with world(database) as here, world(database) as there:
        assert (await _file(here)).policy_version == FIRST_POLICY.version
        for version in ("second", "third"):
            await _publish(there, version)
            assert (await _file(here)).policy_version == version
        async with world(database) as fresh:
            assert (await _file(fresh)).policy_version == "third"


@each_version
@pytest.mark.parametrize("abuse", [AbuseRules(), LIMITED])
async def test_a_policy_published_after_the_decision_applies(
    database: str, monkeypatch: pytest.MonkeyPatch, abuse: AbuseRules
) -> None:
    """Also where policy counts claims, and the streams are read before the decision."""
    async with world(database) as here, world(database) as there:
        await _publish(here, "second", abuse)
        _before_the_append(here, monkeypatch, lambda: _publish(there, "third", abuse))
        assert (await _file(here)).policy_version == "third"


@each_version
async def test_filings_around_a_publication(database: str) -> None:
    """What stands behind the publication in the log was filed under the new policy, and everything before it under the
    old one, whichever worker filed it."""
    async with world(database) as here, world(database) as there:
        filings = [_file(w) for _ in range(20) for w in (here, there)]
        await asyncio.gather(*filings[:20], _publish(here, "second"), *filings[20:])
        in_force, filed = FIRST_POLICY.version, 0
        for recorded in await here.log.after(0, 1000):
            if isinstance(recorded.event, PolicyPublished):
                in_force = recorded.event.policy.version
            elif isinstance(recorded.event, DisputeFiled):
                assert recorded.event.policy_version == in_force
                filed += 1
        assert (in_force, filed) == ("second", 40)


@each_version
async def test_an_order_that_is_claimed_already(database: str) -> None:
    """A worker that has never seen the order refuses the lines that another worker's dispute claims, and no others."""
    async with world(database) as here, world(database) as there:
        first = filing(order("60.00", "40.00", now=today.now()))
        claimed = (await there.engine.handle(first)).dispute.id
        with pytest.raises(LinesAlreadyInDispute) as refused:
            await here.engine.handle(_again(first))
        assert refused.value.facts == {"open_disputes": [str(claimed)]}
        async with world(database) as fresh:
            second = await fresh.engine.handle(_again(first, line=1, amount="40.00"))
        assert second.case.transaction.claims.keys() == {claimed, second.dispute.id}


@each_version
async def test_two_workers_claim_one_order_at_once(database: str) -> None:
    async with world(database) as here, world(database) as there:
        for _ in range(10):
            first = filing(order("129.90", now=today.now()))
            both = (here.engine.handle(first), there.engine.handle(_again(first)))
            results = await asyncio.gather(*both, return_exceptions=True)
            (refused,) = (r for r in results if isinstance(r, BaseException))
            assert isinstance(refused, LinesAlreadyInDispute)


@each_version
async def test_a_claim_beyond_a_limit_that_the_worker_did_not_know(database: str) -> None:
    """Neither the limit nor the claim before it: both came from another worker."""
    async with world(database) as here, world(database) as there:
        await _file(here)
        await _publish(there, "second", LIMITED)
        first = filing(order("10.00", now=today.now()))
        await there.engine.handle(first)
        again = filing(order("20.00", now=today.now())).model_copy(update={"buyer": first.buyer})
        assert (await here.engine.handle(again)).dispute.outcome is Outcome.INADMISSIBLE


@each_version
async def test_a_version_that_overtakes_a_filing(database: str) -> None:
    """It was published by another worker after this one read the policies. The filing is decided again, on the version
    in force at its instant."""
    async with world(database) as here, world(database) as there:
        await _file(here)
        await _publish(there, "overtakes")
        assert (await _file(here)).policy_version == "overtakes"
        await _publish(there, "announced", applies_from=today.now() + timedelta(days=7))
        assert (await _file(here)).policy_version == "overtakes"
        late = filing(order("129.90", now=today.now())).model_copy(update={"now": today.now() + timedelta(days=8)})
        (filed, *_) = (await here.engine.handle(late)).events
        assert isinstance(filed, DisputeFiled)
        assert filed.policy_version == "announced"


@each_version
async def test_two_workers_file_the_last_claim_of_a_limit_at_once(database: str) -> None:
    async with world(database) as here, world(database) as there:
        await _publish(here, "second", LIMITED)
        await _file(there)
        first = filing(order("10.00", now=today.now()))
        second = filing(order("20.00", now=today.now())).model_copy(update={"buyer": first.buyer})
        both = (here.engine.handle(first), there.engine.handle(second))
        results = await asyncio.gather(*both)
        assert {result.dispute.outcome for result in results} == {None, Outcome.INADMISSIBLE}


@each_version
async def test_a_filing_sent_again_to_another_worker(database: str) -> None:
    """It gets the first result; under the same key another filing is refused. Neither stores anything."""
    async with world(database) as here, world(database) as there:
        first = filing(order("10.00", now=today.now()))
        stored = await there.engine.handle(first, KEYED)
        last = await here.log.last_position()
        repeated = await here.engine.handle(_again(first, amount="10.00"), KEYED)
        assert repeated.repeated
        assert (repeated.dispute.id, repeated.position) == (stored.dispute.id, stored.position)
        with pytest.raises(KeyReused):
            await here.engine.handle(filing(order("10.00", now=today.now())), Request(KEYED.key, b"g" * 32))
        assert await here.log.last_position() == last


@each_version
async def test_a_refusal_is_decided_on_what_was_read(database: str) -> None:
    """A worker does not refuse for a claim that has ended at another worker, nor by a policy that was replaced there."""
    async with world(database) as here, world(database) as there:
        first = filing(order("10.00", now=today.now()))
        await here.engine.handle(first)
        withdrawn: dict[str, Any] = {"marketplace": MARKETPLACE, "now": today.now(), "dispute_id": first.dispute_id}
        await there.engine.handle(Withdraw(**withdrawn, actor=actor(Role.BUYER)))
        assert (await here.engine.handle(_again(first))).position is not None
        await _publish(here, "gold", tiers=("gold",))
        with pytest.raises(UnknownTier):
            await _file(here)
        await _publish(there, "all")
        assert (await _file(here)).policy_version == "all"


@each_version
async def test_nothing_lapses_that_an_outage_excused_meanwhile(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The outage is recorded after the lapse was decided, and before it would be stored."""
    async with world(database) as here, world(database) as there:
        filed = await here.engine.handle(filing(order("129.90", now=LONG_AGO), now=LONG_AGO))
        due_at = filed.dispute.deadlines.running["response"].due_at
        about: dict[str, Any] = {"marketplace": MARKETPLACE, "actor": actor(Role.ENGINE), "now": today.now()}
        outage = Outage(began_at=due_at - timedelta(hours=1), ended_at=about["now"])
        _before_the_append(
            here, monkeypatch, lambda: there.engine.handle(RecordOutage.model_validate({**about, "outage": outage}))
        )
        outcome = await here.engine.handle(RecordLapses(**about, dispute_id=filed.dispute.id))
        assert outcome.dispute.outcome is None
        assert outcome.dispute.deadlines.running["response"].due_at == outage.due_at


def _before_the_append(w: World, monkeypatch: pytest.MonkeyPatch, act: Callable[[], Awaitable[object]]) -> None:
    """Something happens once between this worker's next decision and its append."""
    append = w.log.append

    async def interrupted(request: Append) -> Verdict:
        monkeypatch.setattr(w.log, "append", append)
        await act()
        return await append(request)

    monkeypatch.setattr(w.log, "append", interrupted)


def _asked(w: World, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows with everything that this worker's engine asks the log for."""
    read, asked = w.log.read, list[object]()

    async def noted(*question: Any) -> object:
        asked.append(question)
        return await read(*question)

    monkeypatch.setattr(w.log, "read", noted)
    return asked


async def _file(w: World) -> DisputeFiled:
    outcome = await w.engine.handle(filing(order("129.90", now=today.now())))
    filed = outcome.events[0]
    assert isinstance(filed, DisputeFiled)
    return filed


def _again(filed: FileDispute, *, line: int = 0, amount: str | None = None) -> FileDispute:
    """The same parties file again on the same order."""
    changed = {"lines": (filed.order.lines[line].key,)} | ({"amount": euros(amount)} if amount else {})
    claim = filed.claim.model_copy(update=changed)
    return filed.model_copy(update={"dispute_id": uuid4(), "reference_key": uuid4(), "claim": claim})


async def _publish(
    w: World, version: str, abuse: AbuseRules | None = None, applies_from: datetime | None = None, **rules: Any
) -> None:
    policy = FIRST_POLICY.model_copy(update={"version": version, "abuse": abuse or AbuseRules(), **rules})
    about = {"marketplace": MARKETPLACE, "now": today.now(), "actor": actor(Role.ADMINISTRATOR)}
    await w.engine.handle(PublishPolicy.model_validate({**about, "policy": policy, "applies_from": applies_from}))
