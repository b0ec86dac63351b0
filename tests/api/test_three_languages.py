"""An Italian buyer, a Chinese seller and a Portuguese neutral, who share no language; over the API.

English and Portuguese go through real models, every other pair through a service. It has a human's words for what the three
say here, and otherwise letters that mean nothing.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import pytest

from domain.kernel.base import Role
from tests.api.house import House, Sender, done, euros, filing, person, said
from tests.api.test_translations import RULES, all_translated, at_rest, translated, until
from tests.gateways.translation.server import Behaviour
from tests.language.messages import message

POLICY: dict[str, Any] = {**RULES, "windows": {"escalation_opens_after_hours": 0}, "neutral_reads": "translations"}
ANNA, WANG = "Anna Rossi", "王小明"


@dataclass(frozen=True, slots=True)
class Three:
    """The three people in one dispute, which lies at `at`."""

    buyer: Sender
    seller: Sender
    neutral: Sender
    at: str

    @property
    def readers(self) -> Mapping[str, Sender]:
        return {"it": self.buyer, "zh": self.seller, "pt": self.neutral}


async def opened(home: House) -> Three:
    """A dispute that the buyer filed and the neutral took."""
    buyer, seller, neutral = home.speaking_for("buyer"), home.speaking_for("seller"), home.sender(Role.NEUTRAL)
    mandate = {"neutral": str(neutral.subject), "languages": ["pt-PT"], "authority": [euros("1000.00")]}
    done(await home.sender(Role.ADMINISTRATOR).post("/v1/mandates", mandate), 201)
    body = filing(
        buyer=person("b-1", "IT", "it", "Europe/Rome") | {"name": ANNA},
        seller=person("s-1", "CN", "zh-Hans-CN", "Asia/Shanghai") | {"name": WANG},
    )
    body["claim"]["statement"] = said(STATEMENT, "it")
    at = f"/v1/disputes/{done(await home.backend.post('/v1/disputes', body), 201)['id']}"
    return Three(buyer, seller, neutral, at)


async def assigned(three: Three) -> None:
    done(await three.buyer.post(f"{three.at}/escalation"))
    done(await three.neutral.post(f"{three.at}/assignment", {}))


def texts(value: Any) -> dict[str, Any]:
    """Each original text of an answer, and the translation beside it; None if there is none."""
    match value:
        case {"text": str(text), "language": str(_), **rest} if "safe" not in rest:
            return {text: rest.get("translation")}
        case dict():
            return {text: shown for inner in value.values() for text, shown in texts(inner).items()}
        case list():
            return {text: shown for inner in value for text, shown in texts(inner).items()}
        case _:
            return {}


PARTS = ("", "/exhibits", "/commitments", "/messages?limit=100", "/history?limit=100")
"""Where texts of a dispute are read."""


async def read(reader: Sender, three: Three, parts: Sequence[str] = PARTS) -> dict[str, Any]:
    """Everything that a person reads of the dispute."""
    found: dict[str, Any] = {}
    for part in parts:
        answer = done(await reader.get(f"{three.at}{part}"))
        answer.pop("actions", None)  # examples of what could be said
        found = {**texts(answer), **found}
    return found


STATEMENT = "Il vaso è arrivato rotto in tre pezzi. Ho pagato 129,90 € il 3 novembre 2026."
REPLY = "花瓶出厂时完好。我们在2026年11月5日用LP00123456789CN发货，价值¥1187。"
IN_ENGLISH = "We sent the parcel with LP00123456789CN, please look at https://example.com/track?id=1&x=a,b."
PROPOSED = "Proponho 60,00 € para o comprador, porque o vaso era frágil e a caixa era fina."
REASONS = "A prova 1 mostra que a caixa era fina demais. O vendedor devolve 70,00 € até 20 de dezembro de 2026."

READ: Mapping[str, Mapping[str, str | None]] = {
    STATEMENT: {
        "it": None,
        "zh": "花瓶到货时碎成了三块。我于3 novembre 2026付款129,90 €。",
        "pt": "O vaso chegou partido em três pedaços. Paguei 129,90 € em 3 novembre 2026.",
    },
    REPLY: {
        "it": "Il vaso era intatto quando è partito. Lo abbiamo spedito il 2026年11月5日 con LP00123456789CN, valore ¥1187.",
        "zh": None,
        "pt": "O vaso saiu intacto. Enviámo-lo em 2026年11月5日 com LP00123456789CN, no valor de ¥1187.",
    },
    "Il vaso è crepato sul fondo.": {"it": None, "zh": "花瓶底部有裂痕。", "pt": "O vaso está rachado no fundo."},
    "Foto della scatola aperta": {"it": None, "zh": "打开的箱子的照片", "pt": "Fotografia da caixa aberta"},
    "这不是我们的包装。": {
        "it": "Questo non è il nostro imballaggio.",
        "zh": None,
        "pt": "Esta não é a nossa embalagem.",
    },
    "我们退您€ 20，请保留花瓶。": {
        "it": "Le restituiamo € 20, tenga pure il vaso.",
        "zh": None,
        "pt": "Devolvemos-lhe € 20; fique com o vaso.",
    },
    "Envie a fatura da transportadora até 2026-12-10.": {
        "it": "Invii la fattura del corriere entro il 2026-12-10.",
        "zh": "请在2026-12-10之前发来承运人的发票。",
        "pt": None,
    },
    PROPOSED: {
        "it": "Propongo 60,00 € per il compratore, perché il vaso era fragile e la scatola sottile.",
        "zh": "我建议给买家60,00 €，因为花瓶易碎，而箱子太薄。",
        "pt": None,
    },
    REASONS: {
        "it": "La prova 1 mostra che la scatola era troppo sottile. Il venditore restituisce 70,00 € entro il "
        "20 de dezembro de 2026.",
        "zh": "证据1显示箱子太薄。卖家须在20 de dezembro de 2026之前退还70,00 €。",
        "pt": None,
    },
}
"""What each of the three reads beside each original; nothing beside their own."""


async def test_each_reads_the_whole_dispute_in_their_own_language(database: str, tmp_path: Path) -> None:
    """From the claim to the reasons of the ruling, with the original beside, and without asking for it."""
    async with translated(database, tmp_path, Behaviour(), POLICY) as home:
        three = await opened(home)
        await _played(three)

        async def everybody() -> Any:
            return {language: await read(reader, three) for language, reader in three.readers.items()}

        def whole(found: Any) -> bool:
            return all(_complete(language, shown) for language, shown in found.items())

        found = await until(everybody, whole)
        for language, shown in found.items():
            assert {text: shown[text] and shown[text]["text"] for text in READ} == {
                text: READ[text][language] for text in READ
            }
            assert all(one["safe"] for one in shown.values() if one is not None)
        for language, reader in three.readers.items():
            for part in PARTS:
                shown = {text: found[language].get(text) for text in await read(reader, three, [part])}
                assert await read(reader, three, [part]) == shown, "each answer has the translation beside the original"
        neural = found["pt"][IN_ENGLISH]
        assert (neural["engine"], neural["via"]) == ("local", [])
        assert "encomenda" in neural["text"] or "parcela" in neural["text"] or "pacote" in neural["text"]
        assert all(kept in neural["text"] for kept in ("LP00123456789CN", "https://example.com/track?id=1&x=a,b"))


def _complete(language: str, shown: Mapping[str, Any]) -> bool:
    """Whether every text is there, and with a translation if the reader needs one."""
    needed = {text for text, read in READ.items() if read[language] is not None} | {IN_ENGLISH}
    return READ.keys() <= shown.keys() and all(shown.get(text) is not None for text in needed)


async def _played(three: Three) -> None:
    buyer, seller, neutral, at = three.buyer, three.seller, three.neutral, three.at
    done(await seller.post(f"{at}/response", {"answer": "contest", "statement": said(REPLY, "zh-Hans")}))
    answer = {"question": "difference", "answer": said("Il vaso è crepato sul fondo.", "it")}
    done(await buyer.post(f"{at}/answers", {"answers": [answer]}))
    photo = {"description": "Foto della scatola aperta", "language": "it"}
    done(await buyer.post(f"{at}/exhibits", data=photo, files={"file": b"una scatola"}), 201)
    done(await seller.post(f"{at}/exhibits/1/answer", {"message": said("这不是我们的包装。", "zh-Hans")}))
    offer = {"amount": euros("20.00"), "message": said("我们退您€ 20，请保留花瓶。", "zh-Hans")}
    done(await seller.post(f"{at}/offers", offer), 201)
    done(await seller.post(f"{at}/messages", {"message": said(IN_ENGLISH, "en")}), 201)
    await assigned(three)
    asked = said("Envie a fatura da transportadora até 2026-12-10.", "pt-PT")
    done(await neutral.post(f"{at}/messages", {"message": asked}), 201)
    proposed = {"buyer": euros("60.00"), "seller": euros("69.90")}
    done(await neutral.post(f"{at}/proposals", {"award": proposed, "reasons": said(PROPOSED, "pt-PT")}), 201)
    done(await seller.post(f"{at}/proposals/1/refusal", {}))
    award = {"buyer": euros("70.00"), "seller": euros("59.90")}
    ruling = {
        "award": award,
        "cites_exhibits": [1],
        "cites_clauses": ["conformity"],
        "reasons": said(REASONS, "pt-PT"),
    }
    done(await neutral.post(f"{at}/rulings", ruling, match=(await neutral.get(at)).headers["ETag"]), 201)


@pytest.mark.timeout(300)  # 600 translations
async def test_300_messages_of_the_three(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every amount, date, reference and name of each comes through letter by letter, into both other languages."""
    monkeypatch.setattr("domain.settlement.conversation.MOST_IN_A_MINUTE", 300)  # here they write without a pause
    random, written = Random(300), dict[str, tuple[str, ...]]()
    async with translated(database, tmp_path, Behaviour(), POLICY) as home:
        three = await opened(home)
        await assigned(three)
        writers = cycle(
            [
                (three.buyer, "it", "it"),
                (three.seller, "zh", "zh-Hans"),
                (three.seller, "en", "en"),
                (three.neutral, "pt", "pt-PT"),
            ]
        )
        while len(written) < 300:
            writer, language, tag = next(writers)
            text, facts = message(random, language, (ANNA, WANG))
            if text not in written:
                written[text] = facts
                done(await writer.post(f"{three.at}/messages", {"message": said(text, tag)}), 201)
        await at_rest(home, within=250)
        for own, reader in three.readers.items():
            items = await _all_messages(reader, three)
            assert len(items) == 300
            read = [one for one in items if one["language"].partition("-")[0] != own]
            changed = [
                one
                for one in read
                if not one["translation"]["safe"]
                or not all(fact in one["translation"]["text"] for fact in written[one["text"]])
            ]
            assert len(read) >= 150
            assert changed == []
            english = {one["translation"]["engine"] for one in read if one["language"] == "en"}
            assert english == ({"local"} if own == "pt" else {"libretranslate"})


async def _all_messages(reader: Sender, three: Three) -> list[dict[str, Any]]:
    found, cursor = list[dict[str, Any]](), dict[str, str]()
    while True:
        page = done(await reader.get(f"{three.at}/messages", params={"limit": "100", **cursor}))
        found += [one["message"] for one in page["items"]]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


# --- engines that fail ---

WRITTEN = "Ho pagato 129,90 € il 3 novembre 2026, e il vaso è arrivato rotto."


@dataclass
class Later:
    """Turns the clock of what waits for an engine. `by` are the seconds that it is ahead."""

    home: House
    by: float = 0.0

    async def turn(self, seconds: float) -> None:
        self.by += seconds
        async with self.home.services.pool.connection() as connection:
            turned = "UPDATE translation_task SET not_before = not_before - make_interval(secs => %s)"
            await connection.execute(turned, [seconds])


@asynccontextmanager
async def with_clock(
    database: str, folder: Path, behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Three, Later]]:
    async with translated(database, folder, behaviour, POLICY) as home:
        clock = Later(home)
        monkeypatch.setattr("mediation.gateways.translation.circuit.monotonic", lambda: monotonic() + clock.by)
        yield await opened(home), clock


@pytest.mark.parametrize(
    "spoils",
    [
        lambda asked: "",
        lambda asked: "付款，花瓶碎了。",
        lambda asked: "我付款XQ1，花瓶碎了。",
        lambda asked: "我于XQ2付款XQ1和XQ1，花瓶碎了。",
        lambda asked: "我于XQ٢付款XQ١，花瓶碎了。",
        lambda asked: "我于２付款１，花瓶碎了。",
        lambda asked: "我于XQ2付款XQ1（约1187元），花瓶碎了。",
        lambda asked: asked,
        lambda asked: asked.replace("Ho pagato", "Io ho pagato").replace("arrivato", "giunto qui"),
        lambda asked: f"Translate from Italian to Chinese: {asked}",
    ],
    ids=[
        "empty", "drops all", "drops one", "doubles", "localises", "puts digits", "adds an amount", "the original",
        "other words of the original's language", "echoes the prompt",
    ],
)  # fmt: skip
async def test_what_an_engine_spoils_is_never_shown_as_safe(
    database: str, tmp_path: Path, spoils: Callable[[str], str]
) -> None:
    async with translated(database, tmp_path, Behaviour(instead=spoils), POLICY) as home:
        three = await opened(home)
        done(await three.buyer.post(f"{three.at}/messages", {"message": said(WRITTEN, "it")}), 201)

        async def messages() -> Any:
            return done(await three.seller.get(f"{three.at}/messages"))["items"]

        (shown,) = await until(messages, all_translated)
        assert shown["message"]["text"] == WRITTEN
        assert shown["message"]["translation"]["safe"] is False
        assert shown["message"]["translation"]["faults"]


@pytest.mark.parametrize(
    ("failing", "wait"),
    [
        (Behaviour(status=429, headers={"Retry-After": "120"}), 120),
        (Behaviour(status=456), 3_600),
        (Behaviour(status=500), 60),
        (Behaviour(odd={"detail": "<html>"}), 60),
        (Behaviour(waits=60.0), 5),
    ],
    ids=["429", "456", "500", "another shape", "too late"],
)
async def test_after_a_failure_it_is_asked_again(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: Behaviour, wait: float
) -> None:
    """Until then the original is there, and no translation. Not a moment too early, and then once."""
    monkeypatch.setattr("mediation.gateways.translation.http.PATIENCE", 0.2)
    behaviour = failing
    async with with_clock(database, tmp_path, behaviour, monkeypatch) as (three, clock):
        await _asked_more_than(0, behaviour)
        await until(lambda: _failed(clock.home), lambda waiting: waiting)
        case = done(await three.seller.get(three.at))
        assert case["claim"]["statement"] == said(STATEMENT, "it")
        behaviour.status, behaviour.odd, behaviour.waits = 200, None, 0.0
        asked = len(behaviour.asked)
        await clock.turn(wait - 5)
        assert await _failed(clock.home), "it waits still"
        assert len(behaviour.asked) == asked
        await clock.turn(5)

        async def statement() -> Any:
            return done(await three.seller.get(three.at))["claim"]["statement"]

        shown = await until(statement, lambda found: "translation" in found)
        assert shown["translation"]["text"] == READ[STATEMENT]["zh"]
        assert len(behaviour.asked) == asked + 1


async def _asked_more_than(number: int, behaviour: Behaviour) -> None:
    await until(lambda: asyncio.sleep(0, len(behaviour.asked)), lambda asked: bool(asked > number))


async def _failed(home: House) -> bool:
    """Whether the one text that waits is to be tried later."""
    async with home.services.pool.connection() as connection:
        row = await (
            await connection.execute(
                "SELECT count(*), bool_and(failures > 0 AND not_before > now()) FROM translation_task"
            )
        ).fetchone()
    return row is not None and row[0] == 1 and bool(row[1])


async def test_the_provider_is_down_for_an_hour(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is hardly asked meanwhile, however many texts wait. Then everything is translated, each text once."""
    behaviour = Behaviour(status=503)
    async with with_clock(database, tmp_path, behaviour, monkeypatch) as (three, clock):
        written = [f"Il pacco numero {number} è arrivato, ma il vaso era rotto." for number in range(30)]
        for text in written:
            done(await three.buyer.post(f"{three.at}/messages", {"message": said(text, "it")}), 201)
        for _ in range(12):
            before = len(behaviour.asked)
            await clock.turn(5 * 60)
            await _asked_more_than(before, behaviour)
        assert len(behaviour.asked) < 40
        assert all(shown is None for shown in (await read(three.seller, three)).values())
        behaviour.asked.clear()
        behaviour.status = 200
        await clock.turn(5 * 60)

        async def everything() -> Any:
            shown = await read(three.seller, three)
            return {text: shown[text] for text in (STATEMENT, *written)}

        found = await until(everything, lambda found: all(found.values()))
        assert all(one["safe"] for one in found.values())
        into_chinese = [re.sub(r"XQ\d+", "", text) for text, _, target in behaviour.asked if target == "zh-Hans"]
        assert len(into_chinese) == 31
        listed = done(await clock.home.backend.get(f"{three.at}/translations"))["items"]
        assert len({item["id"] for item in listed}) == len(listed) == 31
