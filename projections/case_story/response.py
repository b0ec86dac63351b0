"""The respondent's answer or silence, pleadings, and answers to key questions."""

from typing import Annotated, Literal, assert_never

from pydantic import Field

from domain.filing.key_question_facts import KeyQuestionAnswered
from domain.filing.pleading_facts import CounterclaimRaised, PleadingEvent, RebuttalGiven, Relief
from domain.filing.response_facts import (
    Answer,
    DefaultDeclined,
    DefaultGranted,
    ResponseEvent,
    ResponseGiven,
    WithdrawalGround,
)
from domain.filing.set_aside_facts import DefaultSetAside, SetAsideEvent, SetAsideRefused, SetAsideRequested
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.people import Side
from mediation.store.log.recorded import Recorded
from projections.case_story.items import as_json, instant, item, money_of
from projections.case_story.parts import MADE_BY, GoodsTerms, MachineMade, Part, Said
from projections.table import Doc


class ResponseShown(Part):
    answer: Answer
    by: Side
    conceded: Money | None
    goods: GoodsTerms | None = None
    statement: Said | None
    given_at: Instant
    standing_rule: Annotated[MachineMade | None, Field(description=MADE_BY)] = None
    ground: Annotated[
        WithdrawalGround | None, Field(description="Why a withdrawal from the contract does not count, if contested.")
    ] = None


class DefaultShown(Part):
    """The result of the respondent's silence."""

    granted: bool
    claimant_receives: Money | None
    reason: str | None
    at: Instant
    goods: Annotated[GoodsTerms | None, Field(description="The goods that go back before the money is owed.")] = None


class SetAsideShown(Part):
    """The respondent's request to set the default aside, and the decision on it."""

    by: Side
    cause: Said
    requested_at: Instant
    decided: Literal["set_aside", "refused"] | None
    decided_by: str | None
    reasons: Said | None
    decided_at: Instant | None


class KeyAnswer(Part):
    """One edition of an answer to a key question."""

    question: str
    by: Side
    edition: int
    answer: Said
    at: Instant


class RebuttalShown(Part):
    statement: Said
    given_at: Instant


class CounterclaimShown(Part):
    relief: Relief
    amount: Money | None
    statement: Said
    raised_at: Instant


def answered(doc: Doc, event: ResponseEvent, recorded: Recorded) -> Doc:
    at = instant(recorded.occurred_at)
    match event:
        case ResponseGiven(conceded=part):
            changes: Doc = {"response": item(event, given_at=at)}
            if part is not None and event.answer is not Answer.CONCEDE:
                changes["claimed"] = as_json(money_of(doc["claimed"]) - part)
                changes["in_dispute"] = as_json(money_of(doc["in_dispute"]) - part)
            return changes
        case DefaultGranted():
            return {"default": item(event, granted=True, reason=None, at=at)}
        case DefaultDeclined():
            return {"default": {"granted": False, "claimant_receives": None, "reason": event.reason, "at": at}}
        case _:
            assert_never(event)


def contested(doc: Doc, event: SetAsideEvent, recorded: Recorded) -> Doc:
    at = instant(recorded.occurred_at)
    match event:
        case SetAsideRequested():
            undecided = dict.fromkeys(("decided", "decided_by", "reasons", "decided_at"))
            return {"set_aside": item(event, requested_at=at, **undecided)}
        case DefaultSetAside() | SetAsideRefused():
            told = item(event)
            decided = "set_aside" if isinstance(event, DefaultSetAside) else "refused"
            changes = {"decided": decided, "decided_by": told["by"], "reasons": told["reasons"], "decided_at": at}
            return {"set_aside": {**(doc["set_aside"] or {}), **changes}}
        case _:
            assert_never(event)


def pleaded(doc: Doc, event: PleadingEvent, recorded: Recorded) -> Doc:
    at = instant(recorded.occurred_at)
    match event:
        case RebuttalGiven():
            return {"rebuttal": item(event, given_at=at)}
        case CounterclaimRaised():
            return {"counterclaim": item(event, raised_at=at)}
        case _:
            assert_never(event)


def told_of_question(doc: Doc, event: KeyQuestionAnswered, recorded: Recorded) -> Doc:
    return {"answers": [*doc["answers"], item(event, at=instant(recorded.occurred_at))]}
