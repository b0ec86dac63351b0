"""What the sample disputes say. Nobody in them is real."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from domain.kernel.money import Money
from domain.kernel.people import Side

LANGUAGES = ("en", "de", "fr", "it", "pt-BR")
AUTHORITY = tuple(
    Money.of(amount, currency)
    for amount, currency in (
        ("2000.00", "EUR"),
        ("300000", "JPY"),
        ("500.000", "KWD"),
        ("0.50000000", "XBT"),
        ("2000.00", "USD"),
    )
)


@dataclass(frozen=True, slots=True)
class Step:
    """One act, so long after the filing. A `timedelta` in the body stands for an instant, reckoned from the filing."""

    act: str
    by: Literal["buyer", "seller", "neutral", "supervisor", "marketplace"]
    after: timedelta
    body: dict[str, Any] = field(default_factory=dict)
    number: int | None = None
    recipient: Side | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """`age`: how long ago it was filed when the engine is first started."""

    reference: str
    age: timedelta
    steps: tuple[Step, ...]


def _days(days: float) -> timedelta:
    return timedelta(days=days)


def _money(amount: str, currency: str) -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def _text(language: str, text: str) -> dict[str, str]:
    return {"text": text, "language": language}


def _party(
    party_id: str, name: str, country: str, language: str, time_zone: str, tier: str = "standard"
) -> dict[str, str]:
    email = f"{party_id}@example.com"
    place = {"country": country, "language": language, "time_zone": time_zone}
    return {"id": party_id, "name": name, "email": email, **place, "tier": tier}


def _filing(
    reference: str,
    buyer: dict[str, str],
    seller: dict[str, str],
    amount: dict[str, str],
    title: str,
    reason: str,
    statement: dict[str, str],
    **transaction: Any,
) -> Step:
    order = {
        "order_id": f"O-{reference}",
        "paid": amount,
        "paid_at": _days(-24),
        "latest_delivery_at": _days(-4),
        "lines": [{"id": "1", "title": title, "quantity": 1, "amount": amount}],
    }
    claim = {"reason": reason, "lines": ["1"], "amount": amount, "relief_sought": "refund", "statement": statement}
    body = {
        "marketplace_reference": reference,
        "transaction": {**order, **transaction},
        "buyer": buyer,
        "seller": seller,
        "claimant": "buyer",
        "claim": claim,
    }
    return Step("file_dispute", "buyer", _days(0), body)


def _contest(language: str, text: str, after: float) -> Step:
    return Step("respond", "seller", _days(after), {"answer": "contest", "statement": _text(language, text)})


_JUST_FILED = Sample(
    "MP-2026-0001",
    timedelta(hours=2),
    (
        _filing(
            "MP-2026-0001",
            _party("b-101", "Giulia Ferri", "IT", "it", "Europe/Rome", "gold"),
            _party("s-201", "景德镇瓷器行", "CN", "zh-Hans", "Asia/Shanghai"),
            _money("129.90", "EUR"),
            "Vaso in ceramica dipinto a mano",
            "not_as_described",
            _text("it", "Il vaso è arrivato con una crepa e il colore non è quello della foto."),
            delivered_at=_days(-3),
        ),
        Step(
            "add_exhibit",
            "buyer",
            timedelta(minutes=20),
            {"description": _text("it", "La crepa sul bordo, vista dall'alto.")},
        ),
    ),
)

_BARGAINING = Sample(
    "MP-2026-0002",
    _days(2),
    (
        _filing(
            "MP-2026-0002",
            _party("b-102", "Jonas Weber", "DE", "de", "Europe/Berlin"),
            _party("s-202", "京都カメラ店", "JP", "ja", "Asia/Tokyo", "silver"),
            _money("58000", "JPY"),
            "中古レンズ 50mm F1.4",
            "damaged",
            _text("de", "Die hintere Linse hat einen Kratzer, der in der Anzeige nicht erwähnt war."),
            delivered_at=_days(-2),
        ),
        _contest("ja", "発送前の検品では傷はありませんでした。輸送中の破損と思われます。", 0.4),
        Step(
            "make_offer",
            "seller",
            _days(0.5),
            {"amount": _money("12000", "JPY"), "message": _text("ja", "一部返金でいかがでしょうか。")},
        ),
        Step(
            "post_message",
            "buyer",
            _days(0.9),
            {"message": _text("de", "Ein neuer Schliff kostet mindestens 30 000 Yen."), "channel": "web"},
        ),
        Step(
            "make_offer",
            "buyer",
            _days(1.0),
            {
                "amount": _money("30000", "JPY"),
                "counters": 1,
                "message": _text("de", "Damit wäre die Reparatur bezahlt."),
            },
        ),
        Step(
            "post_message",
            "seller",
            _days(1.5),
            {"message": _text("ja", "修理の見積書を送っていただけますか。"), "channel": "app"},
        ),
    ),
)

_WAITING = Sample(
    "MP-2026-0003",
    _days(4),
    (
        _filing(
            "MP-2026-0003",
            _party("b-103", "نورة العجمي", "KW", "ar", "Asia/Kuwait"),
            _party("s-203", "Highland Wool Ltd", "GB", "en-GB", "Europe/London"),
            _money("41.750", "KWD"),
            "Lambswool blanket, natural grey",
            "item_not_received",
            _text("ar", "لم تصلني البطانية رغم انتهاء موعد التسليم."),
            tracking=[{"carrier": "Royal Mail", "number": "RM0042", "status": "in_transit", "at": _days(-9)}],
        ),
        _contest("en-GB", "The parcel was handed over on time; customs in Kuwait are holding it.", 1.2),
        Step("escalate", "buyer", _days(3.5), {"reason": _text("ar", "لا يوجد أي تحديث منذ أسبوع.")}),
    ),
)

_PROPOSED = Sample(
    "MP-2026-0004",
    _days(5.5),
    (
        _filing(
            "MP-2026-0004",
            _party("b-104", "Rafael Souza", "BR", "pt-BR", "America/Sao_Paulo"),
            _party("s-204", "Lena Brandt", "CH", "de-CH", "Europe/Zurich"),
            _money("0.01400000", "XBT"),
            "Gravador de fita restaurado",
            "not_as_described",
            _text("pt-BR", "O gravador não liga. Na descrição estava como totalmente revisado."),
            paid=_money("0.01000000", "XBT"),
            lines=[
                {
                    "id": "1",
                    "title": "Gravador de fita restaurado",
                    "quantity": 1,
                    "amount": _money("0.01000000", "XBT"),
                }
            ],
            held=[
                {"by": "buyer", "amount": _money("0.01200000", "XBT")},
                {"by": "seller", "amount": _money("0.00200000", "XBT")},
            ],
            delivered_at=_days(-4),
        ),
        _contest("de-CH", "Bei mir lief das Gerät einwandfrei. Ich habe ein Video davon.", 0.7),
        Step("add_exhibit", "seller", _days(0.8), {"description": _text("de-CH", "Probelauf am Tag vor dem Versand.")}),
        Step("escalate", "buyer", _days(3.2)),
        Step("assign_neutral", "supervisor", _days(4.3)),
        Step(
            "post_message",
            "neutral",
            _days(4.9),
            {"message": _text("en", "Was the unit tested at 110 V, or only at 230 V?")},
        ),
        Step(
            "make_proposal",
            "neutral",
            _days(5.3),
            {
                "award": {"buyer": _money("0.00700000", "XBT"), "seller": _money("0.00700000", "XBT")},
                "reasons": _text(
                    "en", "It ran on the seller's mains and fails on the buyer's; a conversion costs about half."
                ),
            },
        ),
    ),
)

_RULED = Sample(
    "MP-2026-0005",
    _days(9),
    (
        _filing(
            "MP-2026-0005",
            _party("b-105", "Camille Laurent", "FR", "fr", "Europe/Paris", "silver"),
            _party("s-205", "Anadolu Deri", "TR", "tr", "Europe/Istanbul"),
            _money("240.00", "EUR"),
            "Sac en cuir, marron",
            "counterfeit",
            _text("fr", "La couture et le logo ne correspondent pas à la marque annoncée."),
            delivered_at=_days(-6),
        ),
        Step(
            "add_exhibit",
            "buyer",
            _days(0.1),
            {"description": _text("fr", "Le logo, comparé à celui du site officiel.")},
        ),
        _contest("tr", "Ürün orijinaldir, faturası elimizdedir.", 1.0),
        Step("escalate", "buyer", _days(3.1)),
        Step("assign_neutral", "supervisor", _days(3.6)),
        Step("declare_impasse", "neutral", _days(4.2), {"reasons": _text("fr", "Les positions sont inconciliables.")}),
        Step(
            "issue_ruling",
            "neutral",
            _days(7.9),
            {
                "award": {"buyer": _money("200.00", "EUR"), "seller": _money("40.00", "EUR")},
                "cites_exhibits": [1],
                "cites_clauses": ["conformity", "evidence"],
                "reasons": _text("fr", "La pièce 1 montre un logo différent ; aucune facture n'a été produite."),
            },
        ),
    ),
)

_PAID = Sample(
    "MP-2026-0006",
    _days(7),
    (
        _filing(
            "MP-2026-0006",
            _party("b-106", "Valentina Ríos", "MX", "es-MX", "America/Mexico_City"),
            _party("s-206", "Blue Ridge Audio", "US", "en-US", "America/New_York"),
            _money("86.50", "USD"),
            "Bookshelf speaker, walnut",
            "wrong_item",
            _text("es-MX", "Pedí el par en nogal y llegó una sola bocina negra."),
            delivered_at=_days(-5),
        ),
        Step(
            "respond",
            "seller",
            _days(0.6),
            {
                "answer": "concede_part",
                "conceded": _money("40.00", "USD"),
                "statement": _text("en-US", "We did send one speaker too few. The colour was as ordered."),
            },
        ),
        Step("confirm_refund", "marketplace", _days(1.6), {"provider_reference": "re_demo_1"}, recipient=Side.BUYER),
        Step(
            "make_offer",
            "seller",
            _days(2.0),
            {"amount": _money("20.00", "USD"), "message": _text("en-US", "Keep it, and 20 more back?")},
        ),
        Step("accept_offer", "buyer", _days(2.4), number=1),
        Step("confirm_refund", "marketplace", _days(4.5), {"provider_reference": "re_demo_2"}, recipient=Side.BUYER),
    ),
)

SAMPLES = (_JUST_FILED, _BARGAINING, _WAITING, _PROPOSED, _RULED, _PAID)
