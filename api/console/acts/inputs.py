"""The inputs of a form, as its template shows them: made of the fields, what was typed so far, and what is wrong with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from api.console.acts import amounts, clocks, for_reader, labels, shares
from api.console.acts.choices import Choice, Choices, of_field
from api.console.acts.faults import Fault, Faults
from api.console.acts.fields import LARGE, Field
from api.console.acts.typed import AMOUNT, CURRENCY, LANGUAGE, SECOND, TEXT, Typed
from api.console.shown import Shown
from api.words.catalogue import Catalogue
from api.words.languages import LANGUAGES
from domain.kernel.money import EXPONENTS, Money

_FEW = 4
"""So many choices are shown at once."""

_MORE_LANGUAGES = [
    "bg",
    "bn",
    "cs",
    "da",
    "el",
    "et",
    "fa",
    "fi",
    "ga",
    "he",
    "hi",
    "hr",
    "hu",
    "id",
    "ja",
    "ko",
    "lt",
    "lv",
    "ms",
    "mt",
    "nb",
    "nl",
    "pl",
    "ro",
    "sk",
    "sl",
    "sr",
    "sv",
    "th",
    "tl",
    "tr",
    "uk",
    "ur",
    "vi",
    "zh-Hant",
]


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """`at` is the name, and the place in the body. `look` says how it is shown. `inner` are the inputs of a group, `rest` is
    the amount that two inputs of it divide. `foreign` money is in another currency than the dispute. `second` is not None for
    a time that the clock shows twice. `percent` is not None for an amount that can be typed in percent; `share` is what the
    amount is in percent. `none` is what it means that nothing is chosen. `only_with`: the field beside it, and the values of
    that field, with which alone it is filled in.
    """

    look: str
    at: str
    label: str
    required: bool = False
    value: str = ""
    options: tuple[Option, ...] = ()
    inner: "Inputs | None" = None
    rows: tuple["Input", ...] = ()
    fault: Fault | None = None
    currency: str = ""
    digits: int = 0
    decimal: str = "."
    foreign: bool = False
    rest: str | None = None
    second: str | None = None
    percent: str | None = None
    share: str = ""
    zone: str = ""
    least: int | None = None
    most: int | None = None
    many: bool = False
    none: str = ""
    only_with: tuple[str, frozenset[str]] | None = None

    @property
    def id(self) -> str:
        return f"act{self.at.replace('/', '-')}"


_CHANNEL = "channel"
"""How a message came: of one that is written here, that is known, and nobody has to look at it."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """`more` are for somebody who asks for more. `unfolded`: one of them has something to show."""

    shown: tuple[Input, ...]
    more: tuple[Input, ...] = ()
    unfolded: bool = False


@dataclass(slots=True)
class Sheet:
    """One form. `whole` is the amount in dispute, `near` are the languages of the case. `blank` is the list that gets one more
    empty row than it needs.
    """

    typed: Typed
    whole: Money
    near: Sequence[str]
    choices: Choices
    words: Catalogue
    zone: ZoneInfo
    faults: Faults = field(default_factory=dict)
    blank: str | None = None
    shown: set[str] = field(default_factory=set)

    def inputs(self, fields: Sequence[Field], at: str = "") -> Inputs:
        shown = [one for one in fields if not self._idle(one)]
        folds = [one for one in shown if one.clerical and not of_field(self.choices, one)]
        more = [one for one in folds if len(shown) > 1 and (not at or one.kind in LARGE)]
        made = {one.name: self._input(one, f"{at}/{one.name}", fields) for one in shown}
        return Inputs(
            shown=tuple(made[one.name] for one in shown if one not in more),
            more=tuple(made[one.name] for one in more),
            unfolded=any(self._used(f"{at}/{one.name}") for one in more if one.name != _CHANNEL),
        )

    def others(self) -> Iterator[Fault]:
        """The faults that no input shows."""
        return (fault for at, fault in self.faults.items() if at not in self.shown)

    def _idle(self, one: Field) -> bool:
        """Whether there is nothing to choose in a field that may be left out."""
        return of_field(self.choices, one) == () and not one.required

    def _input(self, one: Field, at: str, beside: Sequence[Field]) -> Input:
        about: dict[str, Any] = {
            "at": at,
            "label": labels.label(one, self.words),
            "required": one.required,
            "least": one.least,
            "most": one.most,
            "many": one.many,
            "none": labels.none(one, self.words),
            "only_with": for_reader.ONLY_WITH.get(f"{one.model}.{one.name}"),
        }
        match one.kind:
            case "group":
                return Input(look="group", **about, **self._group(one, at))
            case "rows":
                rows = tuple(self._rows(one, at, about))
                return Input(look="rows", **about, rows=rows, fault=self._fault(at, alone=True))
            case "statement":
                text, tongue = self.typed.one(at + TEXT), self.typed.one(at + LANGUAGE)
                return Input(
                    look="statement", **about, value=text, options=self._languages(tongue), fault=self._fault(at)
                )
            case "money":
                return Input(look="money", **about, **self._money(at, beside))
            case "instant":
                return Input(look="instant", **about, **self._instant(at))
            case "language":
                return Input(look="select", **about, options=self._languages(self.typed.one(at)), fault=self._fault(at))
            case "files":
                return Input(look="files", **about, fault=self._fault(at))
            case _:
                return self._plain(one, at, about)

    def _plain(self, one: Field, at: str, about: dict[str, Any]) -> Input:
        given = self.typed.all(at)
        known = of_field(self.choices, one)
        options = self._options(one, known, given)
        if one.kind == "several":
            look = "boxes" if options else "lines"
        elif one.kind in ("yes_no", "flag"):
            look = one.kind
        elif options:
            look = "radios" if one.required and len(options) <= _FEW else "select"
        else:
            look = one.kind
        value = "\n".join(given) if one.kind == "several" else self.typed.one(at)
        return Input(look=look, **about, value=value, options=options, fault=self._fault(at))

    def _options(self, one: Field, known: Sequence[Choice] | None, given: Sequence[str]) -> tuple[Option, ...]:
        """With what was chosen before, also where it can't be chosen any more."""
        named = one.item or one
        if known is None:
            known = [Choice(value, labels.value(named, value, self.words)) for value in named.values]
        if not known:
            return ()
        gone = [Choice(value, value) for value in given if value and value not in {choice.value for choice in known}]
        alone = one.required and len(known) == 1 and one.kind != "several"
        return tuple(Option(c.value, c.text, c.value in given or alone) for c in (*known, *gone))

    def _group(self, one: Field, at: str) -> dict[str, Any]:
        halves = one.kind == "group" and shares.divides(one.inner)
        return {
            "inner": self.inputs(one.inner, at),
            "fault": self._fault(at, alone=True),
            "rest": self.whole.amount if halves else None,
            "digits": EXPONENTS[self.whole.currency],
            "decimal": amounts.decimal_of(self.words.language),
        }

    def _used(self, at: str) -> bool:
        """Whether something was typed or is wrong at this place. A language or a currency alone is nothing."""
        ambient = (LANGUAGE, CURRENCY, SECOND)
        typed = any(
            (name == at or name.startswith(f"{at}/")) and not name.endswith(ambient) and any(values)
            for name, values in self.typed.inputs.items()
        )
        return typed or any(place == at or place.startswith(f"{at}/") for place in self.faults)

    def _rows(self, one: Field, at: str, about: dict[str, Any]) -> Iterator[Input]:
        """The rows that were filled in, and an empty one; two if another one was asked for."""
        filled = self.typed.rows(at)
        for row in range(len(filled) + (2 if self.blank == at else 1)):
            if one.most is None or row < one.most:
                place = f"{at}/{row}"
                label = f"{about['label']} {row + 1}"
                yield Input(look="group", at=place, label=label, **self._group(one, place))

    def _money(self, at: str, beside: Sequence[Field]) -> dict[str, Any]:
        """With a rate beside it, the sum is in another currency than the dispute."""
        foreign = any(one.name == "rate" for one in beside)
        currency = self.typed.one(at + CURRENCY) or ("" if foreign else self.whole.currency)
        return {
            "value": self.typed.one(at + AMOUNT),
            "currency": currency,
            "digits": EXPONENTS.get(currency, 2),
            "decimal": amounts.decimal_of(self.words.language),
            "foreign": foreign,
            **(self._percent(at) if shares.divides(beside) else {}),
            "fault": self._fault(at),
        }

    def _percent(self, at: str) -> dict[str, Any]:
        """What was typed and could not be read; and the share that the amount is."""
        share = shares.share(self.typed.one(at + AMOUNT), self.whole, self.words.language)
        return {"percent": self.typed.one(at + shares.PERCENT), "share": share}

    def _instant(self, at: str) -> dict[str, Any]:
        typed, second = self.typed.one(at), self.typed.one(at + SECOND)
        read = clocks.read(typed, self.zone)
        twice = isinstance(read, clocks.Astray) and read.why == "twice"
        return {
            "value": typed,
            "second": second if twice else None,
            "zone": clocks.name_of(self.zone, self.words.language),
            "fault": self._fault(at),
        }

    def _languages(self, chosen: str) -> tuple[Option, ...]:
        chosen, show = chosen or self.words.language, Shown(self.words, self.zone)
        tags = dict.fromkeys((self.words.language, *self.near, *LANGUAGES, *sorted(_MORE_LANGUAGES), chosen))
        return tuple(Option(tag, show.language(tag), tag == chosen) for tag in tags if tag)

    def _fault(self, at: str, *, alone: bool = False) -> Fault | None:
        """The fault of this input. With `alone` those of the inputs inside of it are not its own."""
        for place, fault in self.faults.items():
            if place == at or (not alone and place.startswith(f"{at}/")):
                self.shown.add(place)
                return fault
        return None
