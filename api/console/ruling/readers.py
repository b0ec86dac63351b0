"""How each side will read the ruling that a dry run foresees: in its own language, in the engine's own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup
from starlette.responses import Response

from api.console.acts.desk import Desk
from api.console.shown import Shown
from api.disputes.dry_run_schemas import DryRunShown
from api.marketplace.policies import get_policy_of_dispute
from api.words.catalogue import catalogue
from api.words.languages import LANGUAGES, best
from domain.kernel.people import Side
from domain.policy.policy import TranslationRules
from domain.ruling.ruling_facts import RulingIssued
from mediation.processes.texts import primary


@dataclass(frozen=True, slots=True)
class Reader:
    """One side. `language` is the one that it reads, `said_in` that of the engine's words for it. `reasons` says how it gets
    the reasons: as they are, translated, translated if a program can do it, or only in a language that is not its own.
    """

    side: str
    name: str | None
    language: str
    said_in: str
    direction: str
    outcome: str
    parts: Mapping[str, Markup]
    reasons: Literal["as_written", "translated", "perhaps_translated", "untranslated"]


async def foreseen(desk: Desk, would: DryRunShown) -> Mapping[str, Any]:
    """For the template `ruling/readers.html`."""
    issued = next((fact.details for fact in would.facts if fact.kind == RulingIssued.__name__), None)
    if issued is None:
        return {"issued": None, "co_signed": False, "readers": ()}
    rules = await get_policy_of_dispute(desk.case.id, desk.reading, Response())
    both = [_reader(desk, side, issued, rules.translation) for side in Side]
    return {"issued": issued, "co_signed": issued["awaits_co_signature"], "readers": both}


def _reader(desk: Desk, side: Side, issued: Mapping[str, Any], translation: TranslationRules | None) -> Reader:
    party = desk.case.buyer if side is Side.BUYER else desk.case.seller
    words = catalogue(best([party.language], LANGUAGES))
    show = Shown(words, desk.visit.zone)
    written_in = issued["reasons"]["language"]
    return Reader(
        side=side.value,
        name=party.name,
        language=party.language,
        said_in=words.language,
        direction=words.direction,
        outcome=show.term("outcomes", issued["outcome"]),
        parts={show.term("roles", one.value): show.money(issued["award"][_part(desk, one)]) for one in Side},
        reasons="as_written" if primary(written_in) == primary(party.language) else _translated(translation),
    )


def _translated(rules: TranslationRules | None) -> Literal["translated", "perhaps_translated", "untranslated"]:
    if rules is None:
        return "untranslated"
    return "translated" if rules.otherwise == "owed" else "perhaps_translated"


def _part(desk: Desk, side: Side) -> str:
    """What the award of a fact calls the part of a side."""
    return "claimant" if side is Side(desk.case.claimant) else "respondent"
