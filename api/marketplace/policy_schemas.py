"""The body with which a marketplace publishes a policy."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from api.http.bodies import Act, Context, When, example, writable
from api.marketplace.policy_examples import POLICY
from domain.kernel.people import Side
from domain.kernel.texts import shown
from domain.policy import book, policy
from domain.policy.book import FIRST_POLICY
from domain.policy.breach_rules import Consequence
from domain.policy.claim_limits import AbuseRules
from domain.policy.fast_lane_rules import ClauseName, FastLaneClause, Funder
from domain.policy.first_reasons import FIRST_REASONS
from domain.policy.languages import spelt
from domain.policy.notice_rules import NoticeRules
from domain.policy.party_request_rules import PartyRequestRules
from domain.policy.policy import (
    CLAUSES,
    Closure,
    Desk,
    DeskAuthority,
    NeutralReads,
    RegionalHolidays,
    Silence,
    Tier,
    TranslationRules,
    VersionName,
    Windows,
)
from domain.policy.reasons import ClaimReason, Forum, ReasonTerms
from domain.policy.reminder_rules import Reminder
from domain.policy.resolution_rules import ResolutionClause
from domain.policy.texts import ClauseText


def _distinct_tiers(tiers: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(tiers)) != len(tiers):
        raise ValueError("a tier is listed twice")
    return tiers


def _spelt(text: Any) -> Any:
    """The text, with its tags in canonical form. Which language a tag means is checked in the domain."""
    if isinstance(text, str):
        return writable(shown(text))
    for one in text.values():
        writable(one)
    return spelt(text)


def _readable(terms: ReasonTerms) -> ReasonTerms:
    """Checked here and not in the domain: a policy that is on record already stays readable."""
    asked = {
        kind: tuple(one.model_copy(update={"text": _spelt(one.text)}) for one in getattr(terms, kind))
        for kind in ("questions", "evidence")
    }
    return terms.model_copy(update=asked)


class NoticesWanted(NoticeRules):
    """How parties are told. In a policy published from now on, each window waits until its party was told, unless it says
    otherwise.
    """

    notice: Literal["required", "assumed"] = "required"


class PublishPolicy(Act):
    """A new version of the rules, for the disputes filed from `applies_from` on. A field that is left out is as in the
    first policy."""

    model_config = example(POLICY)

    version: VersionName
    windows: Windows = Windows()
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=10), AfterValidator(_distinct_tiers)] = (
        FIRST_POLICY.tiers
    )
    clauses: Annotated[
        dict[ClauseName, Annotated[ClauseText, AfterValidator(_spelt)]],
        Field(
            max_length=200,
            description="The clauses that a ruling may cite. A text is plain, or an object with the text in each language by "
            "its BCP 47 tag.",
        ),
    ] = Field(default_factory=lambda: dict[ClauseName, ClauseText](CLAUSES))
    desk: Desk = Desk()
    neutral_reads: Annotated[
        NeutralReads,
        Field(description="Whose language a neutral reads; `translations`: nobody's, and both sides are translated."),
    ] = FIRST_POLICY.neutral_reads
    declaration_before_ruling: Annotated[
        bool, Field(description="Whether a neutral must declare interests, or that there are none, before ruling.")
    ] = FIRST_POLICY.declaration_before_ruling
    return_freight: Annotated[Side, Field(description="The side that pays for the return of goods.")] = (
        FIRST_POLICY.return_freight
    )
    early_execution: Annotated[
        Funder | None,
        Field(description="Who funds a refund before the ruling is final; none: no refund is paid so early."),
    ] = FIRST_POLICY.early_execution
    fast_lane: Annotated[
        tuple[FastLaneClause, ...],
        Field(
            max_length=20, description="The clauses by which small claims that the record proves are granted at filing."
        ),
    ] = FIRST_POLICY.fast_lane
    resolutions: Annotated[
        tuple[ResolutionClause, ...],
        Field(
            max_length=20,
            description="What an agent of the desk grants on the phone: in which role, for which reasons, on which grounds, up "
            "to which amount, and how much of it to one buyer. The first clause that fits applies.",
        ),
    ] = FIRST_POLICY.resolutions
    abuse: Annotated[
        AbuseRules, Field(description="Limits on claims, and when a repeat offender is reported to the marketplace.")
    ] = FIRST_POLICY.abuse
    on_breach: Annotated[
        tuple[Consequence, ...],
        Field(
            max_length=20,
            description="The commitment that follows from a broken commitment. The first entry that fits applies.",
        ),
    ] = FIRST_POLICY.on_breach
    silence: Annotated[Silence, Field(description="What silence means at the end of each window.")] = Silence()
    closed_periods: Annotated[
        tuple[Closure, ...], Field(max_length=200, description="Dates on which the clocks of these roles stand still.")
    ] = ()
    authority: Annotated[
        tuple[DeskAuthority, ...],
        Field(
            max_length=50,
            description="By desk: the amount that a neutral rules on alone, where the mandate does not say.",
        ),
    ] = ()

    reasons: Annotated[
        dict[ClaimReason, Annotated[ReasonTerms, AfterValidator(_readable)]],
        Field(
            min_length=1,
            max_length=len(ClaimReason),
            description="The reasons in scope, and the questions for each. A claim for another reason is inadmissible. "
            "Texts may be given in several languages, as in `clauses`.",
        ),
    ] = Field(default_factory=lambda: dict(FIRST_REASONS))
    excluded_forums: Annotated[
        tuple[Forum, ...],
        Field(max_length=10, description="Forums outside. A claim that is before one of these is inadmissible here."),
    ] = FIRST_POLICY.excluded_forums
    reminders: Annotated[
        tuple[Reminder, ...],
        Field(
            max_length=20,
            description="Reminders: what the person who must act is reminded of, and how many hours before. Each "
            "reminder is a fact of its own in the history. A window of at most twice that time has none.",
        ),
    ] = FIRST_POLICY.reminders
    translation: Annotated[
        TranslationRules | None,
        Field(
            description="The engines that may get the texts of a dispute, in the order in which they are asked. Each reader "
            "then gets every text in their own language, with the original beside it. Without it nothing is translated."
        ),
    ] = FIRST_POLICY.translation
    reads_pictures: Annotated[
        bool,
        Field(
            description="Whether the text in pictures and PDFs of exhibits is read by a machine, if the operator "
            "has installed one. With `translation`, it is translated like any text."
        ),
    ] = FIRST_POLICY.reads_pictures
    notices: Annotated[
        NoticesWanted | None,
        Field(
            description="How parties are told outside of the engine what concerns them: by mail, or through the marketplace. "
            "Without it nobody is. With `notice` `required`, a window that burdens a party begins when they were told of "
            "it; with `assumed`, with the fact that opens it."
        ),
    ] = None
    retention_days: Annotated[
        int,
        Field(
            ge=0,
            le=36_525,
            strict=True,
            description="For so many days after a dispute was closed, nobody who took part in it is erased.",
        ),
    ] = FIRST_POLICY.retention_days
    contact_retention_days: Annotated[
        int,
        Field(
            ge=1,
            le=36_525,
            strict=True,
            description="So many days after the last contact about an order, and after the last dispute about it was closed, "
            "the contacts about it are destroyed. The policy in force counts.",
        ),
    ] = FIRST_POLICY.contact_retention_days
    parties_told_seen: Annotated[
        bool,
        Field(
            strict=True,
            description="Whether the parties are told too when a message that waits for an answer was first seen.",
        ),
    ] = FIRST_POLICY.parties_told_seen
    party_requests: Annotated[
        PartyRequestRules | None,
        Field(
            description="How a party may ask the other one for something, which then owes an answer. Without it, no party can."
        ),
    ] = FIRST_POLICY.party_requests
    applies_from: Annotated[
        When | None,
        Field(
            description="The instant from which it applies to the disputes that are filed, at most 366 days ahead. Left "
            "out: from its publication."
        ),
    ] = None

    def stated(self) -> policy.Policy:
        rules = {name: value for name, value in self if name != "applies_from"}
        if self.notices is not None:
            rules["notices"] = NoticeRules(**dict(self.notices))
        return policy.Policy(**rules)

    regional_holidays: Annotated[
        RegionalHolidays,
        Field(description="Which holidays count for a party or a desk without a `region`, by country."),
    ] = FIRST_POLICY.regional_holidays

    def command(self, at: Context) -> book.PublishPolicy:
        return book.PublishPolicy(**at.common(), policy=self.stated(), applies_from=self.applies_from)
