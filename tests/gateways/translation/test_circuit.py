"""An engine that is down is left alone, and a text that it fails at does not hold up the others."""

import pytest

from mediation.gateways.translation import circuit
from mediation.gateways.translation.circuit import IN_A_ROW, Circuit
from mediation.gateways.translation.port import Engine, LeftAlone, NotOffered, Translated, Unwell


class Scripted:
    """An engine that does what it is told next. `asked` are the texts that reached it."""

    name = "scripted"
    sends_out = True

    def __init__(self) -> None:
        self.next: Exception | None = None
        self.asked: list[str] = []

    def placeholder(self, number: int) -> str:
        return f"XQ{number}"

    async def translate(self, text: str, source: str, target: str) -> Translated:
        self.asked.append(text)
        if self.next is not None:
            raise self.next
        return Translated(text.upper(), Engine(self.name, "1"))

    async def close(self) -> None: ...


class Watch:
    """The clock of the circuits, which a test turns."""

    at = 1_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(circuit, "monotonic", made)
    return made


async def fails(one: Circuit, kind: type[Exception], text: str = "text") -> None:
    with pytest.raises(kind):
        await one.translate(text, "it", "en")


async def test_after_several_failures_it_is_left_alone(watch: Watch) -> None:
    engine = Scripted()
    one = Circuit(engine)
    engine.next = Unwell("status 500", 60.0)
    for _ in range(IN_A_ROW):
        await fails(one, Unwell)
    for _ in range(100):
        with pytest.raises(LeftAlone) as caught:
            one.check()
        assert caught.value.again_after == 60.0
        await fails(one, LeftAlone)
    assert len(engine.asked) == IN_A_ROW


async def test_one_text_goes_first_and_then_all_follow(watch: Watch) -> None:
    engine = Scripted()
    one = Circuit(engine)
    engine.next = Unwell("busy", 17.0, busy=True)
    await fails(one, Unwell)
    watch.at += 16.9
    await fails(one, LeftAlone)
    watch.at += 0.2
    await fails(one, Unwell, "the first")
    await fails(one, LeftAlone)
    watch.at += 17.1
    engine.next = None
    for _ in range(3):
        assert (await one.translate("text", "it", "en")).text == "TEXT"
    assert engine.asked == ["text", "the first", "text", "text", "text"]


async def test_one_text_that_it_fails_at_holds_up_nobody(watch: Watch) -> None:
    engine = Scripted()
    one = Circuit(engine)
    for _ in range(10):
        engine.next = Unwell("status 500", 60.0)
        await fails(one, Unwell)
        engine.next = None
        await one.translate("another", "it", "en")


async def test_a_pair_that_is_not_offered_is_no_failure(watch: Watch) -> None:
    engine = Scripted()
    one = Circuit(engine)
    engine.next = NotOffered("it to xx")
    for _ in range(10):
        await fails(one, NotOffered)
    engine.next = None
    await one.translate("text", "it", "en")
