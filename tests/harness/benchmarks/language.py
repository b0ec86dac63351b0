"""Which language a text is in, and what of a text survives a translation; beside the other candidates."""

import subprocess
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from statistics import median
from time import perf_counter
from typing import Any
from unicodedata import normalize

import eldc
from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder

from mediation.language.identification import UNDETERMINED, identify
from mediation.language.masking import mask, unmask
from tests.gateways.translation.server import translated
from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.findings import Findings, Row, Verdict, rate, times
from tests.harness.benchmarks.translating import throughput
from tests.language.messages import message
from tests.language.sentences import MIXED, SENTENCES, SHORT

Voice = Callable[[str, Collection[str]], str]
"""Says the language of a text among some languages, or `und`."""

ON_SENTENCES = 0.95
ON_SHORT = 1 / 20
"""At most so many of the short texts may be taken for another language."""

MESSAGES = 300

_ALL = frozenset(SENTENCES)


def _beginning(text: str) -> str:
    return " ".join(text.split()[:3]) if " " in text else text[:6]


def _plain(text: str) -> str:
    """As many write on a telephone: Latin letters without their marks."""
    return "".join(normalize("NFD", sign)[0] if sign < "\u0250" else sign for sign in normalize("NFC", text.lower()))


_TEXTS = [(text, frozenset({language})) for language, texts in SENTENCES.items() for text in texts]
_BEGINNINGS = [(_beginning(text), language) for text, language in _TEXTS]
_PLAIN = [(_plain(text), language) for text, language in _TEXTS]
_SHORT = [(text, frozenset({language})) for text, language in SHORT]


async def language(bench: Bench) -> Findings:
    rounds = bench.effort.rounds
    return Findings(
        "Languages",
        f"{len(_TEXTS)} sentences of disputes in {len(SENTENCES)} languages, {len(SHORT)} texts of one to three words, and "
        f"{len(MIXED)} in two languages (`tests/language/sentences.py`). Each is looked for among all {len(SENTENCES)} "
        "languages, or among those of a case: its own, each other one, and English. The engine's identification has two "
        "voices, `eldc` and `lingua`; beside it, each of the two alone. Translation: messages of five disputes, each into one "
        "language, by the engine's own process through a service on this machine that takes 200 ms for each text; from the "
        f"first question until all are on record. Masking: {MESSAGES} messages with amounts, dates and references through a "
        "neural engine, English and Portuguese.",
        [*_identified(), *_among_a_case(), _speed(rounds), _memory(), *await throughput(bench), *_masked(bench)],
    )


# --- which language ---


@dataclass(frozen=True, slots=True)
class _Found:
    right: int
    unknown: int
    wrong: int

    @property
    def number(self) -> int:
        return self.right + self.unknown + self.wrong

    def __str__(self) -> str:
        return f"{self.right} of {self.number} right, {self.unknown} `und`, {self.wrong} wrong"


def _of(voice: Voice, texts: Sequence[tuple[str, frozenset[str]]], among: Collection[str] = _ALL) -> _Found:
    found = [(voice(text, among), languages) for text, languages in texts]
    right = sum(one in languages for one, languages in found)
    unknown = sum(one == UNDETERMINED for one, _ in found)
    return _Found(right, unknown, len(found) - right - unknown)


def _eldc(text: str, among: Collection[str]) -> str:
    return str(_eldc_among(frozenset(among)).detect(text)) or UNDETERMINED


@cache
def _eldc_among(among: frozenset[str]) -> Any:
    eldc.init()
    made = eldc.instance()
    made.set_languages(sorted(among))
    return made


def _lingua(text: str, among: Collection[str]) -> str:
    found = _lingua_among(frozenset(among)).detect_language_of(text)
    return UNDETERMINED if found is None else str(found.iso_code_639_1.name).lower()


@cache
def _lingua_among(among: frozenset[str]) -> LanguageDetector:
    return LanguageDetectorBuilder.from_iso_codes_639_1(
        *(getattr(IsoCode639_1, code.upper()) for code in among)
    ).build()


def _identified() -> list[Row]:
    ours = _of(identify, _TEXTS)
    short = _of(identify, _SHORT)
    return [
        _row(
            "the language of a sentence",
            _TEXTS,
            target=f"≥ {ON_SENTENCES:.0%} right",
            verdict=Verdict.of(ours.right / ours.number >= ON_SENTENCES),
        ),
        *(_row(f"of them, in `{code}`", [one for one in _TEXTS if one[1] == {code}]) for code in SENTENCES),
        *(_row(f"of them, {told}", [one for one in _TEXTS if of(len(one[0]))]) for told, of in _LENGTHS),
        _row(
            "of one to three words",
            _SHORT,
            target=f"≤ {ON_SHORT:.0%} wrong",
            verdict=Verdict.of(short.wrong / short.number <= ON_SHORT),
        ),
        _row("the first three words of a sentence, or its first six signs", _BEGINNINGS),
        _row("a sentence in small letters without accents", _PLAIN),
        _row("in two languages: one of them is right", MIXED),
    ]


_LENGTHS: Sequence[tuple[str, Callable[[int], bool]]] = (
    ("up to 25 characters", lambda length: length <= 25),
    ("26 to 50 characters", lambda length: 25 < length <= 50),
    ("51 characters and more", lambda length: length > 50),
)


def _row(
    what: str,
    texts: Sequence[tuple[str, frozenset[str]]],
    *,
    target: str = "–",
    verdict: Verdict = Verdict.NO_TARGET,
) -> Row:
    beside = f"{_of(_lingua, texts)} (lingua); {_of(_eldc, texts)} (eldc)"
    return Row(what, str(_of(identify, texts)), beside, target=target, verdict=verdict)


def _among_a_case() -> list[Row]:
    cases = [(mine, {mine, theirs, "en"}) for mine in SENTENCES for theirs in SENTENCES if mine != theirs]

    def told(voice: Voice) -> str:
        each = [_of(voice, [one for one in _TEXTS if one[1] == {mine}], among) for mine, among in cases]
        return str(_Found(*(sum(getattr(one, name) for one in each) for name in ("right", "unknown", "wrong"))))

    beside = f"{told(_lingua)} (lingua); {told(_eldc)} (eldc)"
    return [Row("the language of a sentence, among those of a case", told(identify), beside)]


def _speed(rounds: int) -> Row:
    texts = [text for text, _ in (*_TEXTS, *_SHORT, *MIXED)]
    spent: dict[Voice, list[float]] = {identify: [], _lingua: [], _eldc: []}
    for voice in spent:
        voice(texts[0], _ALL)  # loads what it needs
    for _ in range(rounds):
        for voice, seconds in spent.items():
            began = perf_counter()
            for text in texts:
                voice(text, _ALL)
            seconds.append(perf_counter() - began)
    ours, lingua, alone = (len(texts) / median(spent[voice]) for voice in (identify, _lingua, _eldc))
    beside = f"{rate(lingua, 'texts')} (lingua); {rate(alone, 'texts')} (eldc)"
    return Row("texts identified, on one core", rate(ours, "texts"), beside, f"{times(ours / lingua)} (lingua)")


_MEASURED = """import psutil, sys
before = psutil.Process().memory_info().rss
from tests.language.sentences import SENTENCES
{load}
for texts in SENTENCES.values():
    for text in texts:
        voice(text, SENTENCES)
print(psutil.Process().memory_info().rss - before)"""


def _memory() -> Row:
    """Of a process of its own each, after all sentences."""

    def megabytes(load: str) -> float:
        ran = subprocess.run(
            [sys.executable, "-c", _MEASURED.format(load=load)], capture_output=True, text=True, check=True
        )
        return int(ran.stdout) / 1e6

    ours = megabytes("from mediation.language.identification import identify as voice")
    lingua = megabytes(
        "from lingua import IsoCode639_1, LanguageDetectorBuilder as B\n"
        "made = B.from_iso_codes_639_1(*(getattr(IsoCode639_1, code.upper()) for code in SENTENCES)).build()\n"
        "voice = lambda text, among: made.detect_language_of(text)"
    )
    alone = megabytes(
        "import eldc; eldc.init(); made = eldc.instance(); made.set_languages([*SENTENCES])\n"
        "voice = lambda text, among: made.detect(text)"
    )
    beside = f"{lingua:,.0f} MB (lingua); {alone:,.0f} MB (eldc)"
    return Row("memory that it takes", f"{ours:,.0f} MB", beside, f"{times(lingua / ours)} (lingua)")


# --- masking ---


def _placeholder(number: int) -> str:
    return f"XQ{number}"


def _masked(bench: Bench) -> list[Row]:
    number = min(MESSAGES, bench.effort.events // 10)
    random, asked = Random(4711), list[tuple[str, tuple[str, ...], str, str]]()
    while len(asked) < number:
        text, facts = message(random)
        if text.startswith(("I paid", "Paguei")):
            asked.append((text, facts, *(("en", "pt-BR") if text.startswith("I paid") else ("pt-BR", "en"))))
    began = perf_counter()
    masks = [mask(text, placeholder=_placeholder) for text, _, _, _ in asked]
    for one in masks:
        unmask(one, one.text)
    spent = perf_counter() - began
    with_masks = without = 0
    for (text, facts, source, target), one in zip(asked, masks, strict=True):
        back = unmask(one, translated(one.text, source, target))
        with_masks += back.safe and all(fact in back.text for fact in facts)
        without += all(fact in translated(text, source, target) for fact in facts)
    return [
        Row(
            f"of {number} messages, those that keep every amount, date and reference",
            str(with_masks),
            f"{without} (without placeholders)",
            times(with_masks / max(without, 1)),
            f"{number}",
            Verdict.of(with_masks == number),
        ),
        Row("masked and put back, on one core", rate(number / spent, "texts")),
    ]
