"""How each side will read an act: whether it reads the language of the texts; and what divides the amount in dispute, in the
engine's own words: a ruling, a proposal, an offer, a settlement, or the goods.

It is made of what a dry run foresees.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup
from starlette.responses import Response

from api.console.acts import labels
from api.console.acts.desk import Desk
from api.console.acts.fields import Field
from api.console.shown import Shown
from api.disputes.dry_run_schemas import DryRunShown, FactForeseen
from api.marketplace.policies import get_policy_of_dispute
from api.words.catalogue import catalogue
from api.words.languages import LANGUAGES, best
from domain.kernel.base import Event
from domain.kernel.people import Side
from domain.policy.policy import TranslationRules
from domain.settlement.caucus_facts import CaucusMessagePosted
from mediation.processes.texts import FOR_BOTH, primary
from projections.case_story.filing import PartyShown


@dataclass(frozen=True, slots=True)
class Reader:
    """One side. `language` is the one that it reads, `said_in` that of the engine's words for it, `has_words`: they
    are the same. `reading` says how it gets
    the text: as it is, translated, translated if a program can do it, or only in a language that is not its own; None
    without a text.
    """

    side: str
    name: str | None
    language: str
    said_in: str
    direction: str
    heading: str
    parts: Mapping[str, Markup]
    has_words: bool
    reading: Literal["as_written", "translated", "perhaps_translated", "untranslated"] | None


async def foreseen(desk: Desk, would: DryRunShown | None) -> Mapping[str, Any]:
    """For the template `acts/readers.html`."""
    known = would.facts if would else []
    unread = {side: tags for side in Side if (tags := _unread(desk, side, known))}
    fact = next((one for one in known if _division(desk, one)), None)
    if fact is None and not unread:
        return {"written": None, "co_signed": False, "readers": (), "untranslated": {}}
    rules = await get_policy_of_dispute(desk.case.id, desk.reading, Response())
    untranslated = unread if _translated(rules.translation) == "untranslated" else {}
    if fact is None:
        return {"written": None, "co_signed": False, "readers": (), "untranslated": untranslated}
    said = fact.details.get("reasons") or fact.details.get("message")
    both = [_reader(desk, side, fact, said, rules.translation) for side in Side]
    co_signed = fact.details.get("awaits_co_signature", False)
    return {"written": said, "co_signed": co_signed, "readers": both, "untranslated": untranslated}


def _unread(desk: Desk, side: Side, known: Iterable[FactForeseen]) -> Sequence[str]:
    """The languages of the texts that this side will be shown and that it does not read."""
    reads = primary(_party(desk, side).language)
    written = (tag for fact in known if _is_told(fact, side) for tag in _languages(fact.details))
    return sorted({tag for tag in written if primary(tag) != reads})


def _is_told(fact: FactForeseen, side: Side) -> bool:
    """A note to the desk is told to no side, and what is said in a private talk only to one."""
    event = Event.registry[fact.kind]
    if event.told_to is CaucusMessagePosted.told_to:
        return fact.details.get("side") == side.value
    return event.told_to in FOR_BOTH


def _languages(value: Any) -> Iterator[str]:
    """Of the texts in a fact."""
    match value:
        case {"text": str(), "language": str() as tag}:
            yield tag
        case dict():
            yield from (tag for one in value.values() for tag in _languages(one))
        case list():
            yield from (tag for one in value for tag in _languages(one))


def _division(desk: Desk, fact: FactForeseen) -> Mapping[str, Any] | None:
    """The part of each side, by its name, and with what it comes. None for a fact that divides nothing."""
    details, claimant = fact.details, Side(desk.case.claimant)
    terms = details.get("award") or details.get("terms")
    if isinstance(terms, dict) and "claimant" in terms:
        return {**terms, claimant.value: terms["claimant"], claimant.other.value: terms["respondent"]}
    if fact.kind == "GoodsDecided":
        return {Side.BUYER.value: details["to_buyer"], Side.SELLER.value: details["to_seller"]}
    return None


def _reader(
    desk: Desk, side: Side, fact: FactForeseen, said: Mapping[str, Any] | None, translation: TranslationRules | None
) -> Reader:
    party = _party(desk, side)
    words = catalogue(best([party.language], LANGUAGES))
    show = Shown(words, desk.visit.zone)
    outcome = fact.details.get("outcome")
    as_written = said is not None and primary(said["language"]) == primary(party.language)
    return Reader(
        side=side.value,
        name=party.name,
        language=party.language,
        said_in=words.language,
        direction=words.direction,
        has_words=primary(words.language) == primary(party.language),
        heading=show.term("outcomes", outcome) if outcome else show.fact(fact.kind),
        parts=dict(_parts(desk, _division(desk, fact) or {}, show)),
        reading=None if said is None else "as_written" if as_written else _translated(translation),
    )


def _party(desk: Desk, side: Side) -> PartyShown:
    return desk.case.buyer if side is Side.BUYER else desk.case.seller


def _parts(desk: Desk, division: Mapping[str, Any], show: Shown) -> Iterator[tuple[str, Markup]]:
    yield from ((show.term("roles", one.value), show.money(division[one.value])) for one in Side)
    if instalments := division.get("instalments"):
        amounts = Markup(" · ").join(show.money(one["amount"]) for one in instalments)
        yield labels.named("instalments", show.words), amounts
    if goods := division.get("goods"):
        what = labels.value(Field("choice", "act", "Goods"), goods["act"], show.words)
        named = [what, *(_part(desk, part) for part in goods.get("parts", ()))]
        yield labels.named("goods", show.words), Markup(" · ").join(named)


def _part(desk: Desk, part: Mapping[str, Any]) -> Markup:
    """Which goods are meant, and how much of them."""
    line = desk.case.transaction.lines[part["line"] - 1]
    unit = f" {line.measure.unit}" if line.measure else " ×"
    many = f"{part['quantity']}{unit} " if part["quantity"] else ""
    return Markup("<bdi>{}</bdi><bdi>{}</bdi>").format(many, line.title)


def _translated(rules: TranslationRules | None) -> Literal["translated", "perhaps_translated", "untranslated"]:
    if rules is None:
        return "untranslated"
    return "translated" if rules.otherwise == "owed" else "perhaps_translated"
