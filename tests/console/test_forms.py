"""Forms of acts: every act can be filled in, in every language, and means what was typed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as anything
from hypothesis import strategies as st

from api.acts.declare import Declared
from api.acts.registry import DECLARED
from api.console import pages
from api.console.acts import amounts, clocks, labels
from api.console.acts.fields import Field, fields_of
from api.console.acts.inputs import Sheet
from api.console.acts.offered import keys
from api.console.acts.typed import Meant, Typed, as_typed, renumbered
from api.http.answers import ActionWithExample
from api.http.bodies import Body
from api.http.relative import resolved
from api.words.catalogue import catalogue
from api.words.languages import LANGUAGES
from domain.kernel.base import Role, act_name
from domain.kernel.money import EXPONENTS, Money
from domain.moves import Move
from tests.api.test_offered import ACTIONS, MORE
from tests.console.plain import Element, tree, typed
from tests.domain.law.acts import FIRST
from tests.domain.law.reports import given
from tests.domain.machine.table import EVERYBODY, Table, policy_of
from tests.domain.test_moves import CASES

ZONES = [ZoneInfo(name) for name in ("UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")]
NOW = datetime(2026, 12, 2, 9, 30, tzinfo=UTC)
EURO = Money.of("129.90", "EUR")


def drawn(fields: tuple[Field, ...], what: Typed, language: str, zone: ZoneInfo, whole: Money = EURO) -> Element:
    """The inputs, as a page shows them."""
    words = catalogue(language)
    inputs = Sheet(what, whole, ("it", "zh-Hans"), {}, words, zone).inputs(fields)
    form = {"inputs": inputs, "address": "/console"}
    return tree(pages.made("acts/fields.html", words, zone, {"form": form}))


def meant(fields: tuple[Field, ...], form: Element, language: str, zone: ZoneInfo) -> dict[str, Any]:
    """The body that is sent by whoever changes nothing in this form."""
    reading = Meant(renumbered(Typed.of(typed(form)), fields), language, zone)
    body = reading.body(fields)
    assert not reading.faults
    return body


def _offered() -> Iterator[tuple[Declared, dict[str, Any], Money]]:
    """Every act that is open to anybody in one of the stories, with its example; each example once."""
    seen = set[str]()
    for story in (CASES | MORE).values():
        report = given(*story)
        table = Table(report.world, report.now, [FIRST])
        dispute = table.dispute(FIRST)
        for who in EVERYBODY:
            rules, incident = policy_of(dispute), table.incident(dispute)
            for action in ACTIONS.with_examples(dispute, rules, who.actor, table.now, incident):
                declared = DECLARED[act_name(Move(action.name).command)]
                known = _kind(declared, action, dispute.in_dispute)
                if known not in seen and _is_typed_in(declared.form):
                    seen.add(known)
                    yield declared, action.example, dispute.in_dispute


def _kind(declared: Declared, action: ActionWithExample, whole: Money) -> str:
    """Examples of an act that differ in their fields, or in the currency."""
    return json.dumps([declared.name, whole.currency, sorted(name for name in action.example if action.example[name])])


def test_every_act_that_is_offered_can_be_filled_in() -> None:
    """A form that holds the example of an act sends the example."""
    for number, (declared, example, whole) in enumerate(_offered()):
        language, zone = LANGUAGES[number % len(LANGUAGES)], ZONES[number % len(ZONES)]
        model = declared.with_files or declared.form
        given_body = _as_form(example) if declared.with_files else example
        fields = fields_of(model)
        form = drawn(fields, as_typed(given_body, fields, language, zone), language, zone, whole)
        sent = meant(fields, form, language, zone)
        assert model.model_validate(sent) == model.model_validate(given_body), declared.name
        empty = drawn(fields, Typed({}), language, zone, whole)
        assert not any(map(_told, meant(fields, empty, language, zone).values())), declared.name


def _as_form(example: dict[str, Any]) -> dict[str, Any]:
    """A message as its form with files takes it."""
    return {**example, "message": example["message"]["text"], "language": example["message"]["language"]}


def _told(value: Any) -> bool:
    """Whether a form in which nobody typed anything says something. A language is chosen from the beginning."""
    return any(map(_told, value.values())) if isinstance(value, dict) else value not in LANGUAGES


def _models() -> Iterator[tuple[str, type[Body]]]:
    yield from ((act.name, act.with_files or act.form) for act in DECLARED.values() if _is_typed_in(act.form))


def _is_typed_in(model: type[Body]) -> bool:
    """Not a form that takes a file alone."""
    return model.model_fields.keys() != {"file"}


@pytest.mark.parametrize(("name", "model"), [*_models()], ids=[name for name, _ in _models()])
def test_every_example_of_every_act(name: str, model: type[Body]) -> None:
    """Also of acts that nobody is offered, such as reports of what happened elsewhere."""
    extra = model.model_config["json_schema_extra"]
    assert isinstance(extra, dict)
    examples: Any = extra["examples"]
    fields, zone = fields_of(model), ZoneInfo("Europe/Rome")
    for example in examples:
        body = {key: value for key, value in resolved(example, NOW).items() if key not in ("file", "files")}
        form = drawn(fields, as_typed(body, fields, "de", zone), "de", zone)
        assert model.model_validate(meant(fields, form, "de", zone)) == model.model_validate(body)


NASTY = "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def test_script_shows_as_text() -> None:
    """In every input, and in everything that can be chosen."""
    for name, model in _models():
        fields = fields_of(model)
        inputs = Typed({at: [NASTY] for at in _places(fields)})
        form = drawn(fields, inputs, "en", ZONES[0])
        assert not [*form.all("script"), *form.all("img")], name
        assert {value for _, value in typed(form) if "script" in value} <= {NASTY}, name


def _places(fields: tuple[Field, ...], at: str = "") -> Iterator[str]:
    for one in fields:
        here = f"{at}/{one.name}"
        yield from (here, f"{here}/text", f"{here}/language", f"{here}/amount", f"{here}/currency")
        yield from _places(one.inner, f"{here}/0" if one.kind == "rows" else here)


def test_what_is_left_empty_is_left_out() -> None:
    """An optional part of which nothing is typed is not sent, and neither is an empty row; a row after it moves up."""
    offer = fields_of(DECLARED["make_offer"].form)
    inputs = {
        "/amount/amount": "60", "/amount/currency": "EUR", "/goods/freight_cost/currency": "EUR", "/message/language": "it",
        "/instalments/0/amount/amount": " ", "/instalments/0/amount/currency": "EUR", "/instalments/0/after/amount": "",
        "/instalments/1/amount/amount": "20", "/instalments/1/amount/currency": "EUR", "/instalments/1/after/amount": "3",
        "/instalments/1/after/unit": "hours",
    }  # fmt: skip
    moved = renumbered(Typed.of(inputs.items()), offer)
    assert moved.one("/instalments/0/amount/amount") == "20"
    assert Meant(moved, "en", ZONES[0]).body(offer) == {
        "amount": {"amount": "60", "currency": "EUR"},
        "instalments": [{"amount": {"amount": "20", "currency": "EUR"}, "after": {"amount": 3, "unit": "hours"}}],
    }


@pytest.mark.parametrize(
    ("typed_one", "language", "plain"),
    [
        ("1,129.90", "en", "1129.90"), ("1.129,90", "de", "1129.90"), ("1 129,90", "fr", "1129.90"), ("129.90", "de", "129.90"),
        ("129,90", "en", "129.90"), ("١٢٩٫٩٠", "ar", "129.90"), ("５８００", "zh-Hans", "5800"), ("5.800", "de", "5800"),
        ("5,800", "en", "5800"), ("41,751", "de", "41.751"), ("41.751", "en", "41.751"), ("1'000.50", "en", "1000.50"),
        ("1.2.3", "en", "1.2.3"), ("-5", "en", "-5"), ("1e3", "en", "1e3"), ("12,34,567", "en", "12,34,567"),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(typed_one: str, language: str, plain: str) -> None:
    assert amounts.plain(typed_one, language) == plain


@anything(st.integers(0, 10**15), st.sampled_from(["EUR", "JPY", "KWD", "XBT"]), st.sampled_from(LANGUAGES))
def test_an_amount_that_is_shown_is_read_as_the_same(minor: int, currency: str, language: str) -> None:
    amount = Money(minor, currency).amount
    assert amounts.plain(amounts.written(amount, language), language) == amount


@pytest.mark.parametrize(("whole", "shown", "rest"), [("5801 JPY", "0", "5801"), ("41.751 KWD", "0,000", "41.751")])
def test_amounts_have_the_digits_of_their_currency(whole: str, shown: str, rest: str) -> None:
    money = Money.of(*whole.split())
    fields = fields_of(DECLARED["make_proposal"].form)
    form = drawn(fields, Typed({}), "de", ZONES[0], money)
    award = form.one("fieldset", id="act-award")
    assert (award.attributes["data-rest"], award.attributes["data-digits"]) == (rest, str(EXPONENTS[money.currency]))
    assert form.one("input", name="/award/buyer/amount").attributes["placeholder"] == shown
    assert form.one("input", name="/award/buyer/currency").attributes["value"] == money.currency


ROME = ZoneInfo("Europe/Rome")


def test_times_when_the_clock_is_changed() -> None:
    assert clocks.read("2027-03-28T02:30", ROME) == clocks.Astray("skipped")
    assert clocks.read("2026-10-25T02:30", ROME) == clocks.Astray("twice")
    first, second = (clocks.read("2026-10-25T02:30", ROME, which) for which in ("0", "1"))
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert second == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    for wrong in ("", "tomorrow", "2026-10-25T02:30Z", "0000-00-00T00:00", "0001-01-01T00:00"):
        assert clocks.read(wrong, ROME) == clocks.Astray("unreadable")


def test_a_time_that_the_clock_shows_twice_is_asked_for() -> None:
    stay = fields_of(DECLARED["order_stay"].form)
    once, twice = (drawn(stay, Typed.of([("/until", f"2026-10-{day}T02:30")]), "en", ROME) for day in (24, 25))
    assert not once.all("select", name="/until:second")
    chosen = [one.attributes["value"] for one in twice.one("select", name="/until:second").all("option")]
    assert chosen == ["", "0", "1"]
    assert "Europe/Rome" in once.text


@anything(st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 30), timezones=st.just(UTC)), st.sampled_from(ZONES))
def test_an_instant_that_is_shown_is_read_as_the_same(at: datetime, zone: ZoneInfo) -> None:
    shown = clocks.shown(at, zone)
    assert clocks.read(shown.typed, zone, shown.second) == at


def test_every_field_and_value_has_words() -> None:
    """In plain words, and not the name of a field. A new one is called by its name until somebody gives it words."""
    for text in labels.texts():
        assert "_" not in text, text
        assert text[0].isupper(), text


def test_the_keys_of_acts() -> None:
    """One key means one act in every case, and moving around keeps its own keys."""
    for role in (Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR):
        found = keys(role)
        in_a_case = [name for name, act in DECLARED.items() if role in act.by and name != "resolve_claim"]
        assert len(set(found.values())) == len(found) == len(in_a_case)
        assert not {"j", "k", "g", "/", "?"} & set(found.values())
    assert {name: keys(Role.NEUTRAL)[name] for name in ("post_message", "issue_ruling", "make_proposal", "write_note")} == {
        "post_message": "m", "issue_ruling": "r", "make_proposal": "p", "write_note": "n",
    }  # fmt: skip
