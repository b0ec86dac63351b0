"""One version of a marketplace's rules. A dispute keeps the version it was filed under."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, StringConstraints, model_validator

from domain.kernel.base import Instant, Value
from domain.kernel.calendars import Otherwise, calendar_of
from domain.kernel.money import Money
from domain.kernel.people import Member, Side
from domain.kernel.places import Country, TimeZone
from domain.kernel.regions import Region
from domain.kernel.windows import ClosedPeriod, DeadlineProof, Window, due
from domain.policy.breach_rules import FIRST_CONSEQUENCES, Consequence
from domain.policy.claim_limits import AbuseRules
from domain.policy.fast_lane_rules import ClauseName, FastLaneClause, Funder
from domain.policy.first_reasons import FIRST_REASONS
from domain.policy.notice_rules import NoticeRules
from domain.policy.party_request_rules import PartyRequestRules
from domain.policy.reasons import ClaimReason, Forum, ReasonTerms
from domain.policy.reminder_rules import Reminder
from domain.policy.resolution_rules import ResolutionClause
from domain.policy.texts import ClauseText

# --- types ---

VersionName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]

Tier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,19}$")]

DeskName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
"""A team of neutrals."""


class Desk(Value):
    """Where the marketplace and its neutrals work. Without a country, only weekends are days off."""

    country: Country | None = None
    time_zone: TimeZone = "UTC"
    region: Region | None = None


class RegionalHolidays(Value):
    """Which holidays count for a party or a desk without a `region`, where parts of a country have holidays of their own.

    With `most_people`, a day counts that is a holiday in the whole country or where most of its people live. With
    `national_only`, only holidays of the whole country count. `by_country` may say it for single countries, or name
    the region whose holidays count there.
    """

    otherwise: Otherwise = "most_people"
    by_country: Annotated[dict[Country, Otherwise | Region], Field(max_length=250)] = Field(default_factory=dict)


class Windows(Value):
    """How long each step may take. `Silence` says, under the same name, what silence means at the end of each window.

    No window is extended beyond `longest`, counted from its beginning. `appeal_assignment` is the time to find a
    neutral, for an appeal or for the claim. `promise` is the time for a commitment that was made without a due instant.
    `message_reply` is the time to answer a message that is written to somebody; without it nobody owes an answer.
    `public_reply` is the same for what is written in public. `translation` is the time for a person to translate what no
    engine translates, `reach` that to reach a party whom a notice did not reach. `reopening` is how long a ruling can be
    reopened after a translation was corrected on which it rests, counted from the closure if that is later.
    """

    filing: Window = Window(amount=60, unit="calendar_days")
    refiling: Window = Window(amount=30, unit="calendar_days")
    response: Window = Window(amount=5, unit="calendar_days")
    negotiation: Window = Window(amount=10, unit="calendar_days")
    escalation_opens_after_hours: Annotated[int, Field(ge=0, le=24 * 30)] = 72
    offer_reply: Window = Window(amount=3, unit="business_days")
    proposal_reply: Window = Window(amount=3, unit="business_days")
    first_act: Window = Window(amount=24, unit="hours")
    first_act_top_tier: Window = Window(amount=4, unit="hours")
    ruling: Window = Window(amount=14, unit="calendar_days")
    challenge: Window = Window(amount=2, unit="business_days")
    appeal: Window = Window(amount=10, unit="calendar_days")
    remedy: Window = Window(amount=5, unit="business_days")
    co_signature: Window = Window(amount=2, unit="business_days")
    appeal_assignment: Window = Window(amount=2, unit="business_days")
    set_aside: Window = Window(amount=7, unit="calendar_days")
    set_aside_answer: Window = Window(amount=2, unit="business_days")
    fast_lane: Window = Window(amount=7, unit="calendar_days")
    evidence: Window = Window(amount=3, unit="calendar_days")
    answers: Window = Window(amount=5, unit="calendar_days")
    disclosure: Window = Window(amount=48, unit="hours")
    promise: Window = Window(amount=2, unit="business_days")
    message_reply: Window | None = None
    public_reply: Window | None = None
    goods_sent: Window = Window(amount=10, unit="calendar_days")
    carriage: Window = Window(amount=30, unit="calendar_days")
    goods_confirmed: Window = Window(amount=7, unit="calendar_days")
    turned_up: Window = Window(amount=60, unit="calendar_days")
    review: Window = Window(amount=30, unit="calendar_days")
    review_answer: Window = Window(amount=14, unit="calendar_days")
    translation: Window = Window(amount=2, unit="business_days")
    reach: Window = Window(amount=2, unit="business_days")
    reopening: Window = Window(amount=30, unit="calendar_days")
    longest: Window = Window(amount=90, unit="calendar_days")


class Silence(Value):
    """What silence means at the end of each window, under the window's name. Every window has a meaning.

    Where there is a choice, the policy makes it. Where there is none, the meaning is stated, so that nobody has to
    guess it. With `to_a_neutral`, a neutral looks at every claim that gets no first response, before anything is
    granted.
    """

    filing: Literal["refused"] = "refused"
    refiling: Literal["refused"] = "refused"
    response: Literal["granted_by_default", "to_a_neutral"] = "granted_by_default"
    negotiation: Literal["escalates"] = "escalates"
    offer_reply: Literal["offer_expires"] = "offer_expires"
    proposal_reply: Literal["adjudication"] = "adjudication"
    first_act: Literal["reassigned"] = "reassigned"
    first_act_top_tier: Literal["reassigned"] = "reassigned"
    ruling: Literal["referred_to_supervisor"] = "referred_to_supervisor"
    challenge: Literal["promise_broken"] = "promise_broken"
    appeal: Literal["ruling_is_final"] = "ruling_is_final"
    remedy: Literal["breach"] = "breach"
    co_signature: Literal["promise_broken"] = "promise_broken"
    appeal_assignment: Literal["promise_broken"] = "promise_broken"
    set_aside: Literal["default_stands"] = "default_stands"
    set_aside_answer: Literal["promise_broken"] = "promise_broken"
    fast_lane: Literal["grant_stands"] = "grant_stands"
    evidence: Literal["adverse_inference"] = "adverse_inference"
    answers: Literal["goes_on_without"] = "goes_on_without"
    disclosure: Literal["citable"] = "citable"
    promise: Literal["promise_broken"] = "promise_broken"
    message_reply: Literal["promise_broken"] = "promise_broken"
    public_reply: Literal["promise_broken"] = "promise_broken"
    goods_sent: Literal["goods_end"] = "goods_end"
    carriage: Literal["lost"] = "lost"
    goods_confirmed: Literal["deemed_received"] = "deemed_received"
    turned_up: Literal["refused"] = "refused"
    review: Literal["decision_stands"] = "decision_stands"
    review_answer: Literal["promise_broken"] = "promise_broken"
    translation: Literal["promise_broken"] = "promise_broken"
    reach: Literal["promise_broken"] = "promise_broken"
    reopening: Literal["decision_stands"] = "decision_stands"


class Closure(ClosedPeriod):
    """A closed period that stops the windows of parties in these roles and countries. No country means all."""

    countries: Annotated[tuple[Country, ...], Field(max_length=50)] = ()
    roles: Annotated[tuple[Side, ...], Field(min_length=1, max_length=2)] = (Side.SELLER,)

    def stops(self, party: Member) -> bool:
        return party.side in self.roles and (not self.countries or party.country in self.countries)

    @property
    def period(self) -> ClosedPeriod:
        return ClosedPeriod(name=self.name, first=self.first, last=self.last)


class DeskAuthority(Value):
    """What a neutral rules on alone in currencies that the mandate does not list: per ruling, and per day.

    It applies to the neutrals of one `desk`; without a desk, to those whose desk is not listed.
    """

    desk: DeskName | None = None
    per_ruling: Annotated[tuple[Money, ...], Field(max_length=50)] = ()
    per_day: Annotated[tuple[Money, ...], Field(max_length=50)] = ()


TranslationEngine = Literal["local", "libretranslate", "deepl"]


class TranslationRules(Value):
    """To which engines texts may go, in the order in which they are asked. `local` translates on the engine's own machine.
    With no engine, people translate everything.

    A text in a dispute about one of the `sensitive_reasons` goes to `local` only, whatever else is named. `otherwise` says
    what holds if no engine translates a text, or only unsafely: the marketplace owes it (`owed`), or the reader has the
    original (`original`).
    """

    engines: Annotated[tuple[TranslationEngine, ...], Field(max_length=3)] = ("local",)
    sensitive_reasons: Annotated[tuple[ClaimReason, ...], Field(max_length=len(ClaimReason))] = ()
    otherwise: Literal["owed", "original"] = "owed"

    def engines_for(self, reason: str) -> tuple[TranslationEngine, ...]:
        if reason in self.sensitive_reasons:
            return tuple(engine for engine in self.engines if engine == "local")
        return self.engines


NeutralReads = Literal["both_sides", "either_side", "translations"]
"""Whose language a neutral must read. With `translations` nobody's, because both sides are translated."""

CLAUSES: Mapping[str, str] = {
    "admissibility": "A claim is heard if it is in scope, no other forum has it, and the seller was told where that is asked.",
    "filing": "A claim is filed within the filing window after delivery, or after the latest estimated delivery.",
    "response": "A respondent who stays silent concedes by default, unless the record contradicts the claim.",
    "escalation": "Either party may ask for a neutral once the escalation window has opened.",
    "evidence": "Who asserts a fact shows it; tracking by a carrier counts as shown.",
    "delivery": "The seller bears the risk of the parcel until it is delivered.",
    "conformity": "Goods must be as described at the time of the order.",
    "good_faith": "Each party acts in good faith and answers in time.",
    "remedy": "What is owed is paid within the remedy window.",
    "goods": "Goods not sent back in time stay, and the money with them; what nobody contests in time is received.",
}


class Policy(Value):
    """One published version of a marketplace's rules. `tiers` are in ascending order; the last one is the top tier.

    With `declaration_before_ruling`, a neutral declares interests, or that there are none, before ruling.
    `return_freight` is who pays for sending goods back. `early_execution` names who funds a refund while its ruling can
    still be appealed; without it, nothing moves before the ruling is final. `fast_lane` holds the clauses that grant
    small claims which the record shows; the first that fits applies. `resolutions` say what an agent grants on the phone,
    the same way. `authority` is what a neutral may do whose mandate
    does not say. `reasons` are those in scope, and what is asked for each. A claim that lies before one of the
    `excluded_forums` when it is filed is inadmissible. `on_breach` says what follows from a breach; the first rule that
    fits applies. With `translation`, texts are translated for whoever may read them and does not read their language.
    With `notices`, parties are told outside of the engine what concerns them.
    With `reads_pictures`, the engine reads the text in pictures and PDFs of exhibits. `reminders` say what people are
    reminded of before it falls due. For `retention_days` after a dispute was closed, nobody who took part in it is
    erased. `contact_retention_days` after the last contact about an order, and after the last dispute about it was closed,
    the contacts of each person about it are destroyed. `regional_holidays` are for people whose region is not known. With
    `parties_told_seen`, the parties are told too when a message that waits for an answer was first seen. With
    `party_requests`, a party may ask the other one for something, and is owed an answer. Texts that people read are plain, or
    in several languages: see `domain.policy.texts`.
    """

    version: VersionName
    windows: Windows = Windows()
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=10)] = ("standard", "silver", "gold")
    clauses: Annotated[dict[ClauseName, ClauseText], Field(min_length=1, max_length=200)] = Field(
        default_factory=lambda: dict[ClauseName, ClauseText](CLAUSES)
    )
    desk: Desk = Desk()
    neutral_reads: NeutralReads = "translations"
    declaration_before_ruling: bool = False
    return_freight: Side = Side.SELLER
    early_execution: Funder | None = None
    fast_lane: Annotated[tuple[FastLaneClause, ...], Field(max_length=20)] = ()
    resolutions: Annotated[tuple[ResolutionClause, ...], Field(max_length=20)] = ()
    abuse: AbuseRules = AbuseRules()
    on_breach: Annotated[tuple[Consequence, ...], Field(max_length=20)] = FIRST_CONSEQUENCES
    silence: Silence = Silence()
    closed_periods: Annotated[tuple[Closure, ...], Field(max_length=200)] = ()
    authority: Annotated[tuple[DeskAuthority, ...], Field(max_length=50)] = ()
    reasons: Annotated[dict[ClaimReason, ReasonTerms], Field(min_length=1, max_length=len(ClaimReason))] = Field(
        default_factory=lambda: dict(FIRST_REASONS)
    )
    excluded_forums: Annotated[tuple[Forum, ...], Field(max_length=10)] = get_args(Forum)
    reminders: Annotated[tuple[Reminder, ...], Field(max_length=20)] = ()
    translation: TranslationRules | None = None
    reads_pictures: bool = False
    notices: NoticeRules | None = None
    retention_days: Annotated[int, Field(ge=0, le=36_525, strict=True)] = 0
    contact_retention_days: Annotated[int, Field(ge=1, le=36_525, strict=True)] = 365
    regional_holidays: RegionalHolidays = RegionalHolidays()
    parties_told_seen: bool = False
    party_requests: PartyRequestRules | None = None

    @model_validator(mode="after")
    def _tiers_are_distinct(self) -> Self:
        if len(set(self.tiers)) != len(self.tiers):
            raise ValueError("a tier is listed twice")
        return self

    @property
    def notice_required(self) -> bool:
        """Whether a window that burdens a party begins only when the party was told of it."""
        return self.notices is not None and self.notices.notice == "required"

    def closed_for(self, party: Member | None) -> tuple[ClosedPeriod, ...]:
        """The closed periods that stop this party's windows. None stops the desk's."""
        return tuple(closure.period for closure in self.closed_periods if party is not None and closure.stops(party))

    def authority_of(self, desk: str | None) -> DeskAuthority:
        by_desk = {authority.desk: authority for authority in self.authority}
        return by_desk.get(desk) or by_desk.get(None) or DeskAuthority()

    def due(
        self,
        clause: str,
        party: Member | None,
        starts_at: Instant,
        *,
        window: Window | None = None,
        stops: bool = True,
    ) -> tuple[Instant, DeadlineProof]:
        """When a window from `starts_at` ends, and the proof: on the calendar of `party`, or of the desk if None.

        A party's closed periods stop the window if it `stops`. Without `window`, the policy's window of the clause's
        name applies. Raises ValueError if the policy has no window of that name.
        """
        lasts: Window | None = window or getattr(self.windows, clause)
        if lasts is None:
            raise ValueError(f"the policy {self.version} has no window {clause!r}")
        home, unsaid = party or self.desk, self.regional_holidays
        return due(
            lasts,
            starts_at=starts_at,
            days=calendar_of(home.country, home.region, unsaid.by_country.get(home.country or "", unsaid.otherwise)),
            time_zone=home.time_zone,
            rule=self.rule(clause),
            closed=self.closed_for(party) if stops else (),
        )

    def rule(self, clause: str) -> str:
        """The name of a rule, as a deadline's proof gives it."""
        return f"{self.version}/{clause}"
