"""Standing rules on a real log: each claim is answered once, under the version of its filing, whoever is killed when."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from domain.clocks.proceedings import EndParallelProceeding, RecordParallelProceeding
from domain.commands import AnyCommand
from domain.filing.file_dispute import FileDispute
from domain.filing.response import Respond
from domain.filing.standing_rules import ApplyStandingRules, SetStandingRules, WithdrawStandingRules
from domain.filing.standing_rules_facts import StandingRule, StandingRuleUsed
from domain.kernel.base import Role
from domain.kernel.money import Money
from domain.kernel.people import Party
from domain.kernel.refusals import NotYourMove
from mediation.engine import ALONE, Engine, Handled, Request
from mediation.processes import ENGINE, standing_rules
from mediation.processes.standing_rules import StandingRulesProcess
from mediation.store.clocks import Clocks
from mediation.store.follow.follow import Follow
from mediation.store.tasks import end
from tests import today
from tests.processes.deaths import DiesOnceStored
from tests.worlds import MARKETPLACE, WORDS, World, actor, euros, filing, order, party, world


class Refusing(Engine):
    """An engine whose rules refuse every standing rule."""

    async def handle(self, command: AnyCommand, request: Request = ALONE) -> Handled:
        if isinstance(command, ApplyStandingRules):
            raise NotYourMove(stage="negotiation")
        return await super().handle(command, request)


def _process(w: World, engine: Engine | None = None) -> StandingRulesProcess:
    return StandingRulesProcess(w.pool, engine or w.engine, Clocks(w.pool, real=today.now))


@asynccontextmanager
async def _followed(w: World, process: StandingRulesProcess) -> AsyncIterator[Follow]:
    """The process has received the whole log, but has not worked through it."""
    async with w.pool.connection() as conn:
        await conn.execute(standing_rules.TABLE)
    follow = Follow(w.log, w.pool, [process])
    following = asyncio.create_task(follow.run())
    try:
        await _caught_up(w, follow)
        yield follow
    finally:
        await end([following])


async def _caught_up(w: World, follow: Follow) -> None:
    assert await follow.caught_up(StandingRulesProcess.name, await w.log.last_position(), 60)


async def _set(w: World, seller: Party, **terms: Any) -> None:
    rule = {"reasons": ("not_as_described",), "up_to": euros("130.00"), "answer": "concede", **terms}
    about = {"marketplace": MARKETPLACE, "now": today.now(), "actor": actor(Role.SELLER), "seller": seller.subject}
    await w.engine.handle(SetStandingRules.model_validate({**about, "rules": (StandingRule.model_validate(rule),)}))


async def _withdraw(w: World, seller: Party) -> None:
    about = {"marketplace": MARKETPLACE, "now": today.now(), "actor": actor(Role.SELLER), "seller": seller.subject}
    await w.engine.handle(WithdrawStandingRules.model_validate(about))


def _claim(seller: Party, **changes: Any) -> FileDispute:
    return filing(order("129.90", now=today.now())).model_copy(update={"seller": seller, **changes})


async def _filed(w: World, seller: Party, **changes: Any) -> UUID:
    claim = _claim(seller, **changes)
    await w.engine.handle(claim)
    return claim.dispute_id


async def _answers(w: World, dispute_id: UUID) -> list[tuple[str, StandingRuleUsed | None, UUID | None]]:
    """What was answered, under which rule, and who is on record as its actor."""
    facts = await w.log.of_dispute(dispute_id)
    told = [fact for fact in facts if fact.kind in ("ResponseGiven", "OfferMade")]
    return [(fact.kind, fact.event.standing_rule, fact.actor) for fact in told]  # type: ignore[attr-defined]


def _seller() -> Party:
    return party("CN", "zh-Hans", "Asia/Shanghai")


USED = StandingRuleUsed(version=1, rule=1)


async def test_each_claim_meets_the_version_of_its_filing(database: str) -> None:
    """Read off the log in its order, also by a worker that comes long after: rules that are changed meanwhile touch no
    earlier claim.
    """
    async with world(database) as w:
        ours, other = _seller(), _seller()
        before = await _filed(w, ours)
        await _set(w, ours)
        first = await _filed(w, ours)
        await _set(w, ours, answer="offer", share=5000)
        second, elsewhere = await _filed(w, ours), await _filed(w, other)
        await _withdraw(w, ours)
        after = await _filed(w, ours)
        process = _process(w)
        async with _followed(w, process):
            assert await process.work() == 2
            assert await process.work() == 0
        assert await _answers(w, first) == [("ResponseGiven", USED, ENGINE.subject)]
        assert await _answers(w, second) == [("OfferMade", StandingRuleUsed(version=2, rule=1), ENGINE.subject)]
        assert [await _answers(w, one) for one in (before, elsewhere, after)] == [[], [], []]


async def test_killed_after_the_answer_was_stored(database: str) -> None:
    """The next worker finds the row again, and everything already so. So do two workers at once."""
    async with world(database) as w:
        seller = _seller()
        await _set(w, seller, answer="offer", share=5000)
        disputes = [await _filed(w, seller) for _ in range(3)]
        dying = _process(w, DiesOnceStored(w.log, w.heartbeat))
        async with _followed(w, dying):
            with suppress(asyncio.CancelledError):
                await dying.work()
            workers = [_process(w), _process(w, w.another_worker())]
            await asyncio.gather(*(one.work() for one in workers))
            assert await workers[0].work() == 0
        for dispute_id in disputes:
            assert await _answers(w, dispute_id) == [("OfferMade", USED, ENGINE.subject)]


async def test_read_anew_from_the_first_fact(database: str) -> None:
    """Every row comes back, and nothing is answered a second time; nor what the seller answered by hand meanwhile."""
    async with world(database) as w:
        seller = _seller()
        await _set(w, seller, answer="offer", share=5000)
        dispute_id, by_hand = await _filed(w, seller), await _filed(w, seller)
        about = {"marketplace": MARKETPLACE, "now": today.now(), "dispute_id": by_hand, "actor": actor(Role.SELLER)}
        await w.engine.handle(Respond.model_validate({**about, "answer": "contest"}))
        process = _process(w)
        async with _followed(w, process):
            assert await process.work() == 2
        await process.start_over(w.log, w.pool)
        async with _followed(w, process):
            assert await process.work() == 2
        assert await _answers(w, dispute_id) == [("OfferMade", USED, ENGINE.subject)]
        assert [answer[1] for answer in await _answers(w, by_hand)] == [None]


async def test_a_stay_waits_for_its_end(database: str) -> None:
    """Nothing is tried again meanwhile. When the dispute goes on, the claim is answered."""
    async with world(database) as w:
        seller = _seller()
        await _set(w, seller)
        dispute_id = await _filed(w, seller)
        about = {"marketplace": MARKETPLACE, "dispute_id": dispute_id, "actor": actor(Role.MARKETPLACE)}
        begun = {"now": today.now(), "what": "court", "statement": WORDS}
        await w.engine.handle(RecordParallelProceeding.model_validate(about | begun))
        process = _process(w)
        async with _followed(w, process) as follow:
            assert await process.work() == 1
            assert await process.work() == 0
            assert await _answers(w, dispute_id) == []
            ended = {"now": today.now() + timedelta(hours=1), "number": 1}
            await w.engine.handle(EndParallelProceeding.model_validate(about | ended))
            await _caught_up(w, follow)
            assert await process.work() == 1
        assert await _answers(w, dispute_id) == [("ResponseGiven", USED, ENGINE.subject)]


async def test_what_the_rules_of_a_dispute_refuse_is_left(database: str) -> None:
    """Nothing would change that, so it is not tried again. The others go on."""
    async with world(database) as w:
        seller = _seller()
        await _set(w, seller)
        dispute_id = await _filed(w, seller)
        process = _process(w, Refusing(w.log, w.heartbeat))
        async with _followed(w, process):
            assert await process.work() == 1
            assert await process.work() == 0
        assert await _answers(w, dispute_id) == []


async def test_another_marketplace_has_rules_of_its_own(database: str) -> None:
    async with world(database) as w:
        seller = _seller()
        await _set(w, seller)
        elsewhere = _claim(seller, marketplace="elsewhere", dispute_id=uuid4())
        await w.engine.handle(elsewhere)
        process = _process(w)
        async with _followed(w, process):
            assert await process.work() == 0
        assert await _answers(w, elsewhere.dispute_id) == []


async def test_amounts_are_compared_in_their_own_currency(database: str) -> None:
    async with world(database) as w:
        seller = _seller()
        await _set(w, seller, up_to=Money.of("1000000", "JPY"))
        dispute_id = await _filed(w, seller)
        process = _process(w)
        async with _followed(w, process):
            assert await process.work() == 1
        assert await _answers(w, dispute_id) == []
