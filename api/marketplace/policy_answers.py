"""Published policies, as they are shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field

from api.http.bodies import Answer, example
from api.marketplace.policy_examples import SHOWN
from api.words.policy_texts import all_chosen
from domain.kernel.base import Instant
from domain.kernel.people import Side
from domain.policy import book, policy
from domain.policy.breach_rules import Consequence
from domain.policy.claim_limits import AbuseRules
from domain.policy.fast_lane_rules import FastLaneClause, Funder
from domain.policy.notice_rules import NoticeRules
from domain.policy.party_request_rules import PartyRequestRules
from domain.policy.policy import (
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

PolicyStatus = Literal["announced", "in_force", "replaced"]


class TextShown(Answer):
    """The text for this reader. `language` is its tag; null for a plain text, of which nobody knows the language."""

    model_config = example({"text": "Che cosa è diverso, esattamente?", "language": "it"})

    text: str
    language: str | None


class ShownPolicy(Answer):
    """One published version of a marketplace's rules. `tiers` are in ascending order; the last one is the top tier.

    `clauses` and `reasons` hold their texts as they were published: plain, or in several languages by tag.
    """

    model_config = example(SHOWN)

    version: VersionName
    windows: Windows
    tiers: tuple[Tier, ...]
    clauses: dict[str, ClauseText]
    desk: Desk
    neutral_reads: NeutralReads
    declaration_before_ruling: bool
    return_freight: Side
    early_execution: Funder | None
    fast_lane: tuple[FastLaneClause, ...]
    resolutions: tuple[ResolutionClause, ...]
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
    notices: NoticeRules | None
    retention_days: int
    contact_retention_days: int
    regional_holidays: RegionalHolidays
    parties_told_seen: bool
    party_requests: PartyRequestRules | None
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
    texts: Annotated[
        dict[str, TextShown],
        Field(
            description="Each text of the policy in the reader's language, by its JSON pointer in this policy: the nearest "
            "one to `Accept-Language`, or for a party without it to the party's own language."
        ),
    ]

    @classmethod
    def of(cls, published: book.PolicyBook, shown_one: policy.Policy, now: datetime, reads: Sequence[str]) -> Self:
        """`reads` are the languages of the reader, the most wanted first."""
        since, until = published.since(shown_one.version), published.until(shown_one.version)
        announced = since is not None and since > now
        over = until is not None and until <= now
        status: PolicyStatus = "announced" if announced else "replaced" if over else "in_force"
        texts = {at: TextShown(**text._asdict()) for at, text in all_chosen(shown_one, reads).items()}
        return cls(**dict(shown_one), applies_from=since, applies_until=until, status=status, texts=texts)


class Policies(Answer):
    """Every published version. `current` applies to the disputes that are filed now."""

    model_config = example({"items": [SHOWN], "current": "autumn-2026", "announced": []})

    items: list[ShownPolicy]
    current: str
    announced: Annotated[list[str], Field(description="The versions that do not apply yet; the first to apply first.")]

    @classmethod
    def of(cls, published: book.PolicyBook, now: datetime, reads: Sequence[str]) -> Self:
        items = [ShownPolicy.of(published, one, now, reads) for one in published.published.values()]
        ahead = [one.version for since, one in reversed(published.applies) if since > now]
        return cls(items=items, current=published.in_force(now).version, announced=ahead)
