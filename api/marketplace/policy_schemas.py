"""A marketplace's policies."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field

from api.http.bodies import Act, Answer, Context, When, example, writable
from api.http.problem_schemas import Problem
from api.http.relative import ago, date_ahead
from domain.kernel.base import Instant
from domain.kernel.people import Side
from domain.kernel.texts import shown
from domain.policy import book, policy
from domain.policy.book import FIRST_POLICY
from domain.policy.breach_rules import Consequence
from domain.policy.claim_limits import AbuseRules
from domain.policy.comparison import Change, compare
from domain.policy.fast_lane_rules import ClauseName, FastLaneClause, Funder
from domain.policy.first_reasons import FIRST_REASONS
from domain.policy.outage_facts import Outage
from domain.policy.outages import RecordOutage as OutageCommand
from domain.policy.policy import (
    CLAUSES,
    ClauseText,
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

_POLICY: dict[str, Any] = {
    "version": "autumn-2026",
    "windows": {"response": {"amount": 7, "unit": "calendar_days"}},
    "tiers": ["standard", "silver", "gold"],
    "clauses": dict(CLAUSES),
    "desk": {"country": "DE", "region": "DE-BY", "time_zone": "Europe/Berlin"},
    "neutral_reads": "either_side",
    "declaration_before_ruling": True,
    "return_freight": "seller",
    "early_execution": "marketplace",
    "fast_lane": [
        {
            "clause": "evidence",
            "reason": "item_not_received",
            "up_to": [{"amount": "40.00", "currency": "EUR"}],
            "funded_by": "marketplace",
        }
    ],
    "abuse": {
        "limits": [{"of": "buyer", "days": 30, "claims": 5, "amounts": [], "vexatious": 2, "beyond": "review"}],
        "thresholds": [{"of": "seller", "ground": "ruled_against", "cases": 3, "days": 90, "warn_first": True}],
        "answer": {"amount": 10, "unit": "business_days"},
    },
    "on_breach": [
        {
            "commitment_class": "remedy",
            "owed_by": ["seller"],
            "then_owed_by": "marketplace",
            "kind": "decide",
            "window": {"amount": 2, "unit": "business_days"},
        }
    ],
    "silence": {"response": "to_a_neutral"},
    "closed_periods": [
        {
            "name": "Chinese New Year",
            "first": date_ahead(60),
            "last": date_ahead(67),
            "countries": ["CN"],
            "roles": ["seller"],
        }
    ],
    "authority": [{"desk": "returns", "per_ruling": [{"amount": "200.00", "currency": "EUR"}], "per_day": []}],
    "reasons": {
        "not_as_described": {
            "contact_first": None,
            "questions": [{"name": "difference", "of": "claimant", "text": "What exactly is different?"}],
            "evidence": [
                {"name": "photos", "of": "claimant", "text": "Photographs of the fault.", "by_tracking": False}
            ],
        },
        "item_not_received": {
            "contact_first": {"amount": 2, "unit": "business_days"},
            "questions": [{"name": "dispatched", "of": "respondent", "text": "When was it sent, and by whom?"}],
            "evidence": [{"name": "tracking", "of": "respondent", "text": "Tracking.", "by_tracking": True}],
        },
    },
    "excluded_forums": ["court", "arbitration"],
    "reminders": [
        {"of": "deadline", "hours_before": 24, "only": []},
        {"of": "remedy", "hours_before": 24, "only": []},
        {"of": "service", "hours_before": 24, "only": []},
        {"of": "service", "hours_before": 2, "only": ["reply", "call_back"]},
    ],
    "translation": {"engines": ["local"], "sensitive_reasons": []},
    "reads_pictures": True,
    "retention_days": 365,
    "regional_holidays": {"otherwise": "most_people", "by_country": {"GB": "GB-ENG", "CH": "national_only"}},
    "applies_from": None,
}
_SHOWN: dict[str, Any] = {
    **_POLICY,
    "applies_from": ago(days=3),
    "applies_until": None,
    "status": "in_force",
    "windows": Windows().model_dump(mode="json"),
    "silence": Silence(response="to_a_neutral").model_dump(mode="json"),
}
PolicyStatus = Literal["announced", "in_force", "replaced"]

_CHANGE = {"pointer": "/windows/response", "before": "5 calendar days", "after": "7 calendar days"}


def _distinct_tiers(tiers: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(tiers)) != len(tiers):
        raise ValueError("a tier is listed twice")
    return tiers


def _readable(terms: ReasonTerms) -> ReasonTerms:
    """Checked here and not in the domain: a policy that is on record already stays readable."""
    for asked in (*terms.questions, *terms.evidence):
        writable(shown(asked.text))
    return terms


class PublishPolicy(Act):
    """A new version of the rules, for the disputes filed from `applies_from` on. A field that is left out is as in the
    first policy."""

    model_config = example(_POLICY)

    version: VersionName
    windows: Windows = Windows()
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=10), AfterValidator(_distinct_tiers)] = (
        FIRST_POLICY.tiers
    )
    clauses: Annotated[
        dict[ClauseName, Annotated[ClauseText, AfterValidator(writable), AfterValidator(shown)]],
        Field(max_length=200),
    ] = Field(default_factory=lambda: dict(CLAUSES))
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
            description="The reasons in scope, and the questions for each. A claim for another reason is inadmissible.",
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
    retention_days: Annotated[
        int,
        Field(
            ge=0,
            le=36_525,
            strict=True,
            description="For so many days after a dispute was closed, nobody who took part in it is erased.",
        ),
    ] = FIRST_POLICY.retention_days
    applies_from: Annotated[
        When | None,
        Field(
            description="The instant from which it applies to the disputes that are filed, at most 366 days ahead. Left "
            "out: from its publication."
        ),
    ] = None

    def stated(self) -> policy.Policy:
        return policy.Policy(**{name: value for name, value in self if name != "applies_from"})

    regional_holidays: Annotated[
        RegionalHolidays,
        Field(description="Which holidays count for a party or a desk without a `region`, by country."),
    ] = FIRST_POLICY.regional_holidays

    def command(self, at: Context) -> book.PublishPolicy:
        return book.PublishPolicy(**at.common(), policy=self.stated(), applies_from=self.applies_from)


class ShownPolicy(Answer):
    """One published version of a marketplace's rules. `tiers` are in ascending order; the last one is the top tier."""

    model_config = example(_SHOWN)

    version: VersionName
    windows: Windows
    tiers: tuple[Tier, ...]
    clauses: dict[str, str]
    desk: Desk
    neutral_reads: NeutralReads
    declaration_before_ruling: bool
    return_freight: Side
    early_execution: Funder | None
    fast_lane: tuple[FastLaneClause, ...]
    abuse: AbuseRules
    on_breach: tuple[Consequence, ...]
    silence: Silence
    closed_periods: tuple[Closure, ...]
    authority: tuple[DeskAuthority, ...]
    reasons: dict[ClaimReason, ReasonTerms]
    excluded_forums: tuple[Forum, ...]
    reminders: tuple[Reminder, ...]
    translation: TranslationRules | None
    reads_pictures: bool
    retention_days: int
    regional_holidays: RegionalHolidays
    applies_from: Annotated[
        Instant | None,
        Field(description="From when it applies to the disputes that are filed. None: before all other versions."),
    ]
    applies_until: Annotated[
        Instant | None, Field(description="When another version applies in its place, as far as is announced.")
    ]
    status: Annotated[
        PolicyStatus,
        Field(description="Whether it applies to the disputes that are filed now, will apply, or did apply."),
    ]

    @classmethod
    def of(cls, published: book.PolicyBook, shown_one: policy.Policy, now: datetime) -> Self:
        since, until = published.since(shown_one.version), published.until(shown_one.version)
        announced = since is not None and since > now
        over = until is not None and until <= now
        status: PolicyStatus = "announced" if announced else "replaced" if over else "in_force"
        return cls(**dict(shown_one), applies_from=since, applies_until=until, status=status)


class Policies(Answer):
    """Every published version. `current` applies to the disputes that are filed now."""

    model_config = example({"items": [_SHOWN], "current": "autumn-2026", "announced": []})

    items: list[ShownPolicy]
    current: str
    announced: Annotated[list[str], Field(description="The versions that do not apply yet; the first to apply first.")]

    @classmethod
    def of(cls, published: book.PolicyBook, now: datetime) -> Self:
        items = [ShownPolicy.of(published, one, now) for one in published.published.values()]
        ahead = [one.version for since, one in reversed(published.applies) if since > now]
        return cls(items=items, current=published.in_force(now).version, announced=ahead)


class PolicyChange(Answer):
    """One field that changes."""

    model_config = example(_CHANGE)

    pointer: Annotated[str, Field(description="The field in the policy. A change inside a list points to the list.")]
    before: Annotated[str | None, Field(description="The former value, in words; none where there was no value.")]
    after: Annotated[str | None, Field(description="The new value, in words; none where there is no value any more.")]

    @classmethod
    def of(cls, change: Change) -> Self:
        return cls(pointer=change.pointer, before=change.before, after=change.after)


class Comparison(Answer):
    """What changes from one version to another."""

    model_config = example({"before": "first-2026", "after": "autumn-2026", "changes": [_CHANGE]})

    before: VersionName
    after: VersionName
    changes: list[PolicyChange]

    @classmethod
    def of(cls, before: policy.Policy, after: policy.Policy) -> Self:
        changes = [PolicyChange.of(change) for change in compare(before, after)]
        return cls(before=before.version, after=after.version, changes=changes)


class Validated(Answer):
    """Whether a policy would be published, everything that is wrong with it, and what it changes in the current one."""

    model_config = example(
        {
            "valid": False,
            "problems": [
                {
                    "type": "/problems/RulingTooShort",
                    "title": "`ruling` is not longer than the windows of `evidence` and `disclosure` together.",
                    "status": 422,
                    "code": "RulingTooShort",
                    "pointer": "/windows/ruling",
                }
            ],
            "comparison": {"before": "first-2026", "after": "autumn-2026", "changes": [_CHANGE]},
        }
    )

    valid: bool
    problems: list[Problem]
    comparison: Comparison


class RecordOutage(Act):
    """Records an outage: from the last moment at which people could act until they could again, more than fifteen
    minutes later.
    """

    model_config = example({"began_at": ago(hours=9), "ended_at": ago(hours=8, minutes=10)})

    began_at: When
    ended_at: When

    def command(self, at: Context) -> OutageCommand:
        return OutageCommand(**at.common(), outage=Outage(began_at=self.began_at, ended_at=self.ended_at))


class Outages(Answer):
    """Outages of the engine. What was due in one is due 24 hours after its end, unless it had lapsed before the
    outage was known.
    """

    model_config = example({"items": [{"began_at": ago(hours=9), "ended_at": ago(hours=8, minutes=10)}]})

    items: list[Outage]
