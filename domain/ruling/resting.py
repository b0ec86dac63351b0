"""What a ruling rests on, and what follows if a translation of it turns out to be wrong.

A ruling cites originals. Yet whoever did not read the original relied on its translation: the neutral who ruled, or a side
that answered. So a corrected translation of something that a ruling rests on is told to both sides, and is a ground to
reopen the dispute once it is closed (`domain.remedies.reopening`).
"""

from domain.dispute.state import Dispute
from domain.evidence.exhibit_facts import ExhibitAdded, ExhibitAnswered
from domain.filing.filing_facts import DisputeFiled
from domain.filing.key_question_facts import KeyQuestionAnswered
from domain.filing.pleading_facts import CounterclaimRaised, RebuttalGiven
from domain.filing.response_facts import ResponseGiven
from domain.kernel.base import Instant, Role
from domain.kernel.text_places import TextPlace
from domain.ruling.ruling_facts import Ruling, TranslationUnderRulingCorrected
from domain.settlement.translation_facts import Translated, Translations

_PLEADED = frozenset(
    fact.kind for fact in (DisputeFiled, ResponseGiven, RebuttalGiven, CounterclaimRaised, KeyQuestionAnswered)
)
_CITED = frozenset(fact.kind for fact in (ExhibitAdded, ExhibitAnswered))

# --- decisions ---


def rests_on(ruling: Ruling, of: TextPlace) -> bool:
    """Whether the ruling rests on this text: on what was pleaded and answered, and on the exhibits that it cites.

    A message is no evidence, so no ruling rests on one.
    """
    return of.fact in _PLEADED or (of.fact in _CITED and of.number in ruling.cites_exhibits)


def corrected(
    dispute: Dispute, translations: Translations, translation: Translated, by: Role, now: Instant
) -> list[TranslationUnderRulingCorrected]:
    """One fact for the ruling in effect, and one for a ruling that awaits its co-signature, if they rest on the text.

    What was only written anew, because nobody had translated it before, misled nobody.
    """
    if translation.given_up:
        return []
    places = translations.places.get(translation.source, frozenset())
    rulings = (dispute.adjudication.ruling, dispute.adjudication.unsigned)
    found: list[TranslationUnderRulingCorrected] = []
    for ruling in (one for one in rulings if one is not None):
        of = min((place for place in places if rests_on(ruling, place)), key=_order, default=None)
        if of is not None:
            found.append(
                TranslationUnderRulingCorrected(
                    number=ruling.number,
                    of=of,
                    language=translation.language,
                    by=by,
                    corrected_at=now,
                    awaits_co_signature=ruling.status == "awaits_co_signature",
                )
            )
    return found


def _order(place: TextPlace) -> tuple[str, int, str]:
    return place.fact, place.number or 0, place.field
