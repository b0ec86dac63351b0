"""Each call to a provider is counted by how it ended."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from mediation.counts import DURATIONS
from mediation.gateways.chosen import Chosen
from mediation.gateways.counted import OUTCOMES, PROVIDERS, CountedGateway, GatewayCounts
from mediation.gateways.payments import Declined, NoAnswer
from mediation.gateways.sandbox.schemas import Faults
from mediation.gateways.sandbox.store import Store
from tests.gateways.test_sandbox import sandbox, wanted


def _counted(cells: list[float], call: str) -> dict[str, float]:
    at = GatewayCounts.place("sandbox", call)
    outcomes = {name: n for name, n in zip(OUTCOMES, cells[at:], strict=False) if n}
    took = cells[at + len(OUTCOMES) : at + len(OUTCOMES) + DURATIONS]
    assert sum(took[:-1]) == sum(outcomes.values())
    return outcomes


async def test_each_call_is_counted_by_how_it_ended() -> None:
    store, cells = Store(), [0.0] * GatewayCounts.SIZE
    async with sandbox(store) as provider:
        gateway = CountedGateway(provider, GatewayCounts(cells))
        asked = wanted()
        await gateway.pay(asked)
        assert len(await gateway.find(asked)) == 1
        with pytest.raises(Declined):
            await gateway.pay(wanted(key=asked.key))
        assert len([one async for one in gateway.payments(datetime.now(UTC) - timedelta(days=1))]) == 1
        store.faults = Faults(answer_after=30)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await gateway.pay(wanted())
        store.faults = Faults(down=True)
        with pytest.raises(NoAnswer):
            await gateway.find(asked)
    assert _counted(cells, "pay") == {"answered": 1, "declined": 1, "given_up": 1}
    assert _counted(cells, "find") == {"answered": 1, "no_answer": 1}
    assert _counted(cells, "list") == {"answered": 1}


def test_every_provider_that_can_be_chosen_has_its_place() -> None:
    union, _ = get_args(Chosen)
    kinds = {get_args(one.model_fields["kind"].annotation)[0] for one in get_args(union)}
    assert kinds - {"marketplace"} == set(PROVIDERS)
