"""Messages of a dispute with amounts, dates, numbers and references in them, as people in ten countries write them."""

from collections.abc import Sequence
from random import Random

_AMOUNTS = (
    "129,90 €", "€ 1.299,00", "¥1187", "¥ 5,800", "R$5692", "R$ 1.234,56", "US$ 20", "$1,234.56", "20 USD", "GBP 14.50",
    "5 000 руб.", "399 元", "1.200 TL", "29.000 KWD", "KWD 30.000", "CHF 1'299.50", "١٢٣٫٥٠ درهم", "£7",
    "₹ 12,34,567", "3.200 kr", "JPY 5,800", "5800円", "￥５８００", "CN¥ 399.00", "CNY 1,187.00", "1.2万元", "KWD 1,234.567",
)  # fmt: skip
_DATES = (
    "2026-11-03", "3.11.2026", "03/11/2026", "3 novembre 2026", "November 3, 2026", "Nov 3rd, 2026", "3 de noviembre de 2026",
    "3 ноября 2026 г.", "2026年11月3日", "11月3日", "٣ نوفمبر ٢٠٢٦", "2026-11-03T14:30:00+08:00", "14:30",
    "5 PM", "下午3点20分", "May 5",
)  # fmt: skip
_REFERENCES = (
    "O-2026-4711", "LP00123456789CN", "RA123456785RU", "1Z999AA10123456784", "20261103-77", "#4711", "MP_2026_000123",
    "https://example.com/track?id=1&x=a,b", "www.example.cn/a", "anna.rossi+shop@example.it", "+55 11 98765-4321",
    "+86 138 0013 8000",
    "DE89 3704 0044 0532 0130 00", "A4/B7", "42", "3.5", "20%", "📦", "👍🏽", "🇮🇹",
)  # fmt: skip
_SAID = {
    "en": "I paid {} on {} for order {}.",
    "it": "Ho pagato {} il {}; l'ordine è {}.",
    "zh": "我已经付款{}，日期是{}，订单号是{}。",
    "pt": "Paguei {} em {} pelo pedido {}.",
    "fr": "J'ai payé {} le {} ({}).",
    "de": "Ich habe {} am {} bezahlt, siehe {}!",
    "ru": "Оплатил {} — {}, заказ {}",
    "ar": "دفعت {} في {} للطلب {}",
    "es": "Pagué {} el {}: {}?",
    "und": "{} / {} / {}",
}


def message(random: Random, language: str | None = None, names: Sequence[str] = ()) -> tuple[str, tuple[str, ...]]:
    """A message, in this language or in any, and what of it must come through letter by letter. It may name somebody."""
    facts = (random.choice(_AMOUNTS), random.choice(_DATES), random.choice((*_REFERENCES, *names)))
    return _SAID[language or random.choice([*_SAID])].format(*facts), facts
