"""The ruling gives reasons, cites the record and the policy, and divides what is in dispute to the last unit.

    issued → in effect → final                    within the neutral's authority
    issued → awaits co-signature → in effect      above it: see `domain.ruling.co_signature`
                                 → refused        and the neutral rules anew
                                 → ended          an act removed its ground
    in effect → appealed → affirmed or replaced by a ruling that is final, or sent back: see `domain.ruling.appeal`

A ruling keeps its number and its words. Later facts say what becomes of it. `domain.ruling.rulings` decides what a
neutral may rule, and when a ruling is final.
"""

from typing import Any, Literal, assert_never
from uuid import UUID

from domain.filing.pleading_facts import OnCounterclaim
from domain.kernel.base import Event, Instant, Role
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Outcome, Side, Text
from domain.kernel.places import LanguageTag
from domain.kernel.text_places import TextPlace
from domain.remedies.division_facts import Division

# --- types ---


Ground = Literal["new_evidence", "stated_error"]


class RulingIssued(Event, kind="RulingIssued", stream="dispute", told_to=Audience.ALL_WHEN_IN_EFFECT):
    """A neutral ruled. A ruling that awaits a co-signature takes effect with `RulingCoSigned`.

    `appealable_by` are the sides that did not get everything and have not appealed yet. A ruling on appeal has none.
    """

    schema_version = 3

    number: Told[int]
    neutral: Told[UUID]
    award: Told[Division]
    outcome: Told[Outcome]
    cites_exhibits: Told[tuple[int, ...]]
    cites_clauses: Told[tuple[str, ...]]
    reasons: Told[Text]
    appealable_by: Told[tuple[Side, ...]]
    awaits_co_signature: Told[bool] = False
    on_appeal: Told[Literal["affirms", "replaces"] | None] = None
    addresses_inferences: Told[tuple[int, ...]] = ()
    counterclaim: Told[OnCounterclaim | None] = None


class RulingCoSigned(Event, kind="RulingCoSigned", stream="dispute", told_to=Audience.ALL):
    number: Told[int]
    supervisor: Told[UUID]


class CoSignatureRefused(Event, kind="CoSignatureRefused", stream="dispute", told_to=Audience.ALL_BUT_PARTIES):
    """The ruling takes no effect. The neutral rules anew."""

    number: Told[int]
    supervisor: Told[UUID]
    reasons: Told[Text]


WhyEnded = Literal["dispute_decided", "appeal_withdrawn", "exhibit_withdrawn", "counterclaim_raised", "amount_changed"]


class UnsignedRulingEnded(
    Event, kind="UnsignedRulingEnded", stream="dispute", told_to=Audience.ALL_BUT_PARTIES, consequence=True
):
    """An act removed the ground of a ruling that awaited a co-signature. Nobody can sign that ruling any more."""

    number: Told[int]
    why: Told[WhyEnded]


class AppealWaived(Event, kind="AppealWaived", stream="dispute", told_to=Audience.ALL):
    number: Told[int]
    by: Told[Side]


class AppealWindowLapsed(Event, kind="AppealWindowLapsed", stream="dispute", told_to=Audience.ALL, consequence=True):
    number: Told[int]
    by: Told[Side]


class AppealLodged(Event, kind="AppealLodged", stream="dispute", told_to=Audience.ALL):
    """A side appealed. A neutral other than the one who ruled hears the appeal."""

    number: Told[int]
    by: Told[Side]
    ground: Told[Ground]
    statement: Told[Text]


class AppealWithdrawn(Event, kind="AppealWithdrawn", stream="dispute", told_to=Audience.ALL):
    """The appeal is not heard and the ruling stands. A window of the other side that the appeal had cut short begins
    anew.
    """

    number: Told[int]
    by: Told[Side]


class AppealSentBack(Event, kind="AppealSentBack", stream="dispute", told_to=Audience.ALL):
    """The appealed ruling falls. The dispute waits for a neutral who rules anew."""

    number: Told[int]
    neutral: Told[UUID]
    reasons: Told[Text]


class RulingBecameFinal(Event, kind="RulingBecameFinal", stream="dispute", told_to=Audience.ALL, consequence=True):
    """Nobody can appeal any more, so the ruling executes."""

    number: Told[int]


class TranslationUnderRulingCorrected(
    Event,
    kind="TranslationUnderRulingCorrected",
    stream="dispute",
    told_to=Audience.ALL_WHEN_IN_EFFECT,
    consequence=True,
):
    """After the ruling with this number, a person corrected a translation of something that it rests on.

    `of` is where the original stands. Whom the ruling burdens may reopen the dispute because of it, for a while after
    closure. The parties learn of it with the ruling.
    """

    number: Told[int]
    of: Told[TextPlace]
    language: Told[LanguageTag]
    by: Told[Role]
    corrected_at: Told[Instant]
    awaits_co_signature: Told[bool] = False


RulingEvent = (
    RulingIssued
    | RulingCoSigned
    | CoSignatureRefused
    | UnsignedRulingEnded
    | AppealWaived
    | AppealWindowLapsed
    | AppealLodged
    | AppealWithdrawn
    | AppealSentBack
    | RulingBecameFinal
    | TranslationUnderRulingCorrected
)


# --- state ---


Status = Literal["awaits_co_signature", "refused", "ended", "in_effect", "replaced", "sent_back", "overturned"]

NEVER_IN_EFFECT: frozenset[Status] = frozenset({"awaits_co_signature", "refused", "ended"})


@frozen
class Ruling:
    number: int
    neutral: UUID
    award: Division
    outcome: Outcome
    cites_exhibits: frozenset[int]
    appealable_by: frozenset[Side]
    status: Status
    co_signed: bool = False
    final: bool = False
    counterclaim: OnCounterclaim | None = None
    ended: WhyEnded | None = None
    vexatious: bool = False
    translation_corrected_at: Instant | None = None


@frozen
class Adjudication:
    """All rulings of a dispute, and its appeals.

    `appeal` is the side whose appeal is open. `appealed_by` are the sides that have appealed: each side may once.
    `interrupted` are the sides that could still have appealed when the other side did. `withdrawn_by` are those that
    withdrew their appeal.
    """

    rulings: tuple[Ruling, ...] = ()
    appeal: Side | None = None
    appealed_by: frozenset[Side] = frozenset()
    interrupted: frozenset[Side] = frozenset()
    withdrawn_by: frozenset[Side] = frozenset()

    @property
    def ruling(self) -> Ruling | None:
        """The ruling in effect."""
        return next((r for r in reversed(self.rulings) if r.status == "in_effect"), None)

    def said_by(self, number: int) -> Outcome | None:
        """The outcome of the ruling with this number; None if there is no such ruling."""
        return next((r.outcome for r in self.rulings if r.number == number), None)

    @property
    def unsigned(self) -> Ruling | None:
        """The ruling that awaits a co-signature."""
        return next((r for r in self.rulings if r.status == "awaits_co_signature"), None)

    @property
    def due(self) -> bool:
        """Whether a neutral still has to rule, on the claim or on an appeal."""
        return self.unsigned is None and self.awaited

    @property
    def awaited(self) -> bool:
        """Whether a ruling still has to take effect. One that awaits a co-signature is only a draft."""
        return self.ruling is None or self.appeal is not None

    @property
    def cited(self) -> frozenset[int]:
        """The exhibits that rulings cite. One that never took effect cites nothing."""
        rulings = (ruling for ruling in self.rulings if ruling.status not in NEVER_IN_EFFECT)
        return frozenset(number for ruling in rulings for number in ruling.cites_exhibits)


# --- evolve ---


def evolve(adjudication: Adjudication, event: RulingEvent) -> Adjudication:
    match event:
        case RulingIssued():
            return _issued(adjudication, event)
        case RulingCoSigned(number=number):
            return _changed(_superseding(adjudication), number, status="in_effect", co_signed=True)
        case CoSignatureRefused(number=number):
            return _changed(adjudication, number, status="refused")
        case UnsignedRulingEnded(number=number, why=why):
            return _changed(adjudication, number, status="ended", ended=why)
        case AppealWaived(number=number, by=by) | AppealWindowLapsed(number=number, by=by):
            still = next(r.appealable_by for r in adjudication.rulings if r.number == number)
            return _changed(adjudication, number, appealable_by=still - {by})
        case AppealLodged(number=number, by=by):
            others = next(r.appealable_by for r in adjudication.rulings if r.number == number) - {by}
            appealed_by = adjudication.appealed_by | {by}
            lodged = replace(adjudication, appeal=by, appealed_by=appealed_by, interrupted=others)
            return _changed(lodged, number, appealable_by=frozenset())
        case AppealWithdrawn(number=number, by=by):
            return _withdrawn(adjudication, number, by)
        case AppealSentBack(number=number):
            return _changed(replace(adjudication, appeal=None), number, status="sent_back")
        case RulingBecameFinal(number=number):
            return _changed(adjudication, number, final=True)
        case TranslationUnderRulingCorrected(number=number, corrected_at=at):
            return _changed(adjudication, number, translation_corrected_at=at)
        case _:
            assert_never(event)


def found_vexatious(adjudication: Adjudication, number: int) -> Adjudication:
    """The ruling with this number finds the claim vexatious."""
    return _changed(adjudication, number, vexatious=True)


def overturned(adjudication: Adjudication) -> Adjudication:
    """The dispute was reopened: its ruling no longer counts, and either side may appeal the next one."""
    rulings = tuple(replace(r, status="overturned") if r.status == "in_effect" else r for r in adjudication.rulings)
    return Adjudication(rulings)


def _withdrawn(adjudication: Adjudication, number: int, by: Side) -> Adjudication:
    """Ends the appeal. In an earlier release no event said that an unsigned ruling on it ended; it took no effect."""
    if (unsigned := adjudication.unsigned) is not None:
        adjudication = _changed(adjudication, unsigned.number, status="refused")
    again, withdrawn_by = adjudication.interrupted, adjudication.withdrawn_by | {by}
    over = replace(adjudication, appeal=None, interrupted=frozenset(), withdrawn_by=withdrawn_by)
    return _changed(over, number, appealable_by=again)


def _issued(adjudication: Adjudication, event: RulingIssued) -> Adjudication:
    ruling = Ruling(
        number=event.number,
        neutral=event.neutral,
        award=event.award,
        outcome=event.outcome,
        cites_exhibits=frozenset(event.cites_exhibits),
        appealable_by=frozenset(event.appealable_by),
        status="awaits_co_signature" if event.awaits_co_signature else "in_effect",
        counterclaim=event.counterclaim,
    )
    before = adjudication if event.awaits_co_signature else _superseding(adjudication)
    return replace(before, rulings=(*before.rulings, ruling))


def _superseding(adjudication: Adjudication) -> Adjudication:
    """Another ruling takes effect: the appealed ruling is replaced, and the appeal is over."""
    rulings = tuple(replace(r, status="replaced") if r.status == "in_effect" else r for r in adjudication.rulings)
    return replace(adjudication, rulings=rulings, appeal=None)


def _changed(adjudication: Adjudication, number: int, **changes: Any) -> Adjudication:
    rulings = tuple(replace(r, **changes) if r.number == number else r for r in adjudication.rulings)
    return replace(adjudication, rulings=rulings)
