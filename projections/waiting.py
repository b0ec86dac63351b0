"""Why a dispute waits: for which act, of whom, since when and until when.

`kept` collects from the facts what somebody has to do by an instant: the running deadlines, and the commitments that
bring the dispute on. `waiting` chooses the one that the dispute waits for. `domain.standing` says whose move it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from domain.clocks import names
from domain.clocks.deadline_facts import DeadlineEnded, DeadlineEvent, DeadlineLapsed, DeadlineMoved, DeadlineSet
from domain.clocks.stay_facts import DisputeResumed, DisputeStayed
from domain.commitments.events import (
    ASKED,
    CommitmentBreached,
    CommitmentClass,
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKept,
    CommitmentKind,
    CommitmentMade,
    CommitmentPassed,
    CommitmentReplaced,
    CommitmentWaived,
    Origin,
)
from domain.kernel.people import Awaiting, Side, Stage
from domain.ruling.ruling_facts import (
    AppealWithdrawn,
    CoSignatureRefused,
    RulingCoSigned,
    RulingIssued,
    UnsignedRulingEnded,
)
from mediation.store.log.recorded import Recorded
from projections.case_story.items import as_json, instant
from projections.table import Doc

Why: TypeAlias = Literal[
    "notice",
    "response",
    "negotiation",
    "offer_reply",
    "proposal_reply",
    "consent",
    "appeal",
    "first_act",
    "proposal",
    "ruling",
    "goods",
    "assignment",
    "challenge",
    "co_signature",
    "ruling_overdue",
    "set_aside",
    "refund",
    "remedy",
    "stay",
]

AWAITED = DeadlineEvent | CommitmentEvent | DisputeStayed | DisputeResumed
SIGNED = RulingCoSigned | CoSignatureRefused | UnsignedRulingEnded | AppealWithdrawn

_BY_POLICY: Mapping[CommitmentKind, Why] = {
    CommitmentKind.REVIEW: "first_act",
    CommitmentKind.CO_SIGN: "co_signature",
    CommitmentKind.ASSIGN: "assignment",
    CommitmentKind.REPLY: "set_aside",
    CommitmentKind.DECIDE: "challenge",
}
"""What the desk owes by policy, by its kind. To rule is told apart by what it is about."""

_WINDOWS: Mapping[type[names.DeadlineName], Why] = {
    names.Response: "response",
    names.Negotiation: "negotiation",
    names.OfferReply: "offer_reply",
    names.ProposalReply: "proposal_reply",
    names.Ruling: "ruling",
    names.Appeal: "appeal",
    names.SetAside: "set_aside",
    names.Stay: "stay",
}

_OF_SUPERVISOR: Sequence[Why] = ("challenge", "co_signature", "assignment", "set_aside", "goods", "refund")
_OF_NEUTRAL: Mapping[str, Sequence[Why]] = {Stage.EXECUTION.value: ("goods",)}
_OF_PARTIES: Mapping[str, Sequence[Why]] = {
    Stage.NEGOTIATION.value: ("notice", "response", "offer_reply", "negotiation"),
    Stage.MEDIATION.value: ("notice", "proposal_reply"),
    Stage.ADJUDICATION.value: ("notice",),
    Stage.APPEAL.value: ("notice", "appeal"),
    Stage.EXECUTION.value: ("remedy", "notice", "set_aside", "response"),
}
"""A window that waits for a notice comes before those that run: until the party is told, nothing moves."""
_OTHERWISE: Mapping[str, Why] = {
    Stage.NEGOTIATION.value: "negotiation",
    Stage.MEDIATION.value: "proposal_reply",
    Stage.ADJUDICATION.value: "consent",
    Stage.APPEAL.value: "appeal",
    Stage.EXECUTION.value: "remedy",
}
"""What is awaited of the parties where no deadline says it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """`whose` are the roles that are awaited. `until` is when it is due; that may have passed. `number` is that of the
    offer, the proposal or the ruling that it is about, and `commitment_id` what is owed, if something is."""

    why: Why
    whose: tuple[str, ...]
    since: datetime
    until: datetime | None = None
    number: int | None = None
    commitment_id: UUID | None = None


def kept(awaited: Doc, event: AWAITED, recorded: Recorded) -> Doc:
    """What is awaited, by the name of the deadline or the id of the commitment, after one more fact."""
    match event:
        case DeadlineSet(deadline=deadline, whose=whose, awaits_notice=True):
            number = getattr(names.named(deadline.name), "number", None)
            return awaited | {deadline.name: _item("notice", whose, deadline.proof.starts_at, None, number)}
        case DeadlineSet(deadline=deadline, whose=whose) if why := _WINDOWS.get(type(names.named(deadline.name))):
            number = getattr(names.named(deadline.name), "number", None)
            return awaited | {deadline.name: _item(why, whose, deadline.proof.starts_at, deadline.due_at, number)}
        case DeadlineMoved(name=key, due_at=due_at) | CommitmentDeferred(commitment_id=key, due_at=due_at):
            return _revised(awaited, key, until=instant(due_at))
        case CommitmentMade(promise=promise) if owed_for := _why_owed(event):
            since = promise.since or recorded.occurred_at
            owed = _item(owed_for, promise.owed_by.value, since, promise.due_at, None, promise.kind.value)
            if owed_for == "reply":
                owed |= {"to": promise.owed_to.value, "late": False}
            return awaited | {str(event.commitment_id): owed}
        case CommitmentBreached(commitment_id=key) if awaited.get(str(key), {}).get("why") == "reply":
            return _revised(awaited, key, late=True)
        case CommitmentPassed(commitment_id=key, owed_by=owed_by):
            return _revised(awaited, key, by=owed_by.value)
        case (
            DeadlineEnded(name=key)
            | DeadlineLapsed(name=key)
            | CommitmentKept(commitment_id=key)
            | CommitmentWaived(commitment_id=key)
            | CommitmentReplaced(commitment_id=key)
            | CommitmentDischarged(commitment_id=key)
        ):
            return {name: item for name, item in awaited.items() if name != str(key)}
        case DisputeStayed(since=since):
            return awaited | {_STAYED: instant(since)}
        case DisputeResumed():
            return {name: item for name, item in awaited.items() if name != _STAYED}
        case _:
            return awaited  # what was broken is still owed


_STAYED = "stayed"


@dataclass(frozen=True, slots=True)
class Due:
    """What somebody has to do next: `what` says what, `by` whom it is up to. `at` may have passed. `kind` is that of the
    commitment, if it is one."""

    at: datetime
    what: Why | Literal["reply"]
    by: str
    kind: str | None = None


def next_due(awaited: Doc, awaiting: str) -> Due | None:
    """The first of all that is due, replies included. During a stay only the end of the stay is. None if nothing is, or once
    the dispute is closed.
    """
    if awaiting == Awaiting.NONE.value:
        return None
    stay = names.Stay()
    items = [one for key, one in awaited.items() if key != _STAYED and (_STAYED not in awaited or key == stay)]
    items = [one for one in items if one["until"] is not None]  # nobody knows when a window ends that has not begun
    first = min(items, key=lambda one: (_at(one["until"]), str(one["why"])), default=None)
    return first and Due(_at(first["until"]), first["why"], first["by"], first["kind"])


def unsigned(event: RulingIssued | SIGNED) -> Doc | None:
    """The ruling that awaits a co-signature after this fact: its number, and what it awards."""
    if not isinstance(event, RulingIssued) or not event.awaits_co_signature:
        return None
    return {
        "number": event.number,
        **{name: as_json(getattr(event.award, name)) for name in ("claimant", "respondent")},
    }


def replies(awaited: Doc) -> dict[str, datetime]:
    """Whose answer a message waits for, and since when; the first one first."""
    found: dict[str, datetime] = {}
    for item in awaited.values():
        if isinstance(item, dict) and item["why"] == "reply":
            since = _at(item["since"])
            found[item["by"]] = min(since, found.get(item["by"], since))
    return dict(sorted(found.items(), key=lambda one: (one[1], one[0])))


def asked(awaited: Doc, awaiting: str, claimant: str) -> str | None:
    """Whom the neutral, whose move it is, has asked for a reply, as `Awaiting`: until it comes or is late, it is up to them.
    None if it is up to the neutral all the same: they owe a reply too, or something else is due from them before.
    """
    if awaiting != Awaiting.NEUTRAL.value or _STAYED in awaited:
        return None
    items = [one for key, one in awaited.items() if key != _STAYED]
    open_replies = [
        one for one in items if one["why"] == "reply" and one["to"] == Awaiting.NEUTRAL.value and not one["late"]
    ]
    sides = {one["by"] for one in open_replies if one["by"] in {side.value for side in Side}}
    if not sides:
        return None
    first = min(_at(one["until"]) for one in open_replies)
    own = [one for one in items if one["by"] == Awaiting.NEUTRAL.value]
    if any(one["why"] == "reply" or _at(one["until"]) <= first for one in own):
        return None
    if len(sides) == 2:
        return Awaiting.BOTH.value
    return Awaiting.CLAIMANT.value if claimant in sides else Awaiting.RESPONDENT.value


def _why_owed(made: CommitmentMade) -> Why | Literal["reply"] | None:
    """None for what does not bring the dispute on, such as a service that somebody promised freely. No dispute waits for a
    `reply` either, but whoever lists disputes asks since when one is owed.
    """
    kind, origin = made.promise.kind, made.arises_from
    if origin in ASKED:
        return "reply"
    if made.is_ruling:
        return "ruling"
    if origin is Origin.REFUND and kind is CommitmentKind.DECIDE:
        return "refund"
    if origin is Origin.POLICY and made.commitment_class is CommitmentClass.SERVICE:
        return _BY_POLICY.get(kind)
    if made.commitment_class is not CommitmentClass.REMEDY:
        return None
    return "goods" if kind is CommitmentKind.DECIDE else "remedy"


def waiting(
    awaited: Doc,
    stage: str,
    awaiting: str,
    claimant: str,
    moved_at: datetime,
    unsigned: Doc | None,
    neutral: UUID | None,
) -> Waiting | None:
    """None once the dispute is closed. `moved_at` is when it became the move of whoever is awaited."""
    if awaiting == Awaiting.NONE.value:
        return None
    whose = _whose(awaiting, claimant)
    if _STAYED in awaited:
        until = awaited.get(names.Stay())
        return Waiting("stay", whose, _at(awaited[_STAYED]), until and _at(until["until"]))
    items = {key: item for key, item in awaited.items() if key != names.Stay()}
    match awaiting:
        case Awaiting.SUPERVISOR.value:
            to_assign = neutral is None and stage != Stage.EXECUTION.value
            return _supervisor(items, whose, moved_at, unsigned, to_assign=to_assign)
        case Awaiting.NEUTRAL.value:
            found = _first(items, _OF_NEUTRAL.get(stage, ("first_act", "ruling")), whose)
            before_ruling: Why = "proposal" if stage == Stage.MEDIATION.value else "ruling"
            why = before_ruling if found is None or found[1]["why"] == "ruling" else found[1]["why"]
            return _told(why, whose, found, moved_at)
        case Awaiting.MARKETPLACE.value:
            return _told("remedy", whose, _first(items, ("remedy",), None), moved_at)
        case _:
            found = _first(items, _OF_PARTIES[stage], (*whose, "both"))
            return _told(found[1]["why"] if found else _OTHERWISE[stage], whose, found, moved_at)


def _supervisor(
    items: Doc, whose: tuple[str, ...], moved_at: datetime, unsigned: Doc | None, *, to_assign: bool
) -> Waiting:
    number = unsigned["number"] if unsigned else None
    if found := _first(items, _OF_SUPERVISOR, whose):
        return _told(found[1]["why"], whose, found, moved_at, number if found[1]["why"] == "co_signature" else None)
    # An imported past case has no such commitments.
    if unsigned is not None or to_assign:
        return Waiting("assignment" if unsigned is None else "co_signature", whose, moved_at, number=number)
    if found := _first(items, ("ruling",), None):
        key, late = found
        return Waiting("ruling_overdue", whose, _at(late["until"]), commitment_id=_id(key))
    return Waiting("set_aside", whose, moved_at)


_Found: TypeAlias = tuple[str, Any]


def _first(items: Doc, whys: Sequence[Why], whose: Sequence[str] | None) -> _Found | None:
    """The item that is due first, of the first kind of which there is one. `whose`: only what these roles have to do."""
    for why in whys:
        of_kind = ((key, one) for key, one in items.items() if one["why"] == why and (not whose or one["by"] in whose))
        # A commitment and a deadline may be about the same. The commitment has an id, and comes first.
        if found := min(of_kind, key=lambda one: (_due(one[1]), _id(one[0]) is None), default=None):
            return found
    return None


def _told(
    why: Why, whose: tuple[str, ...], found: _Found | None, moved_at: datetime, number: int | None = None
) -> Waiting:
    if found is None:
        return Waiting(why, whose, moved_at)
    key, one = found
    until = None if one["until"] is None else _at(one["until"])
    return Waiting(why, whose, _at(one["since"]), until, number or one["number"], _id(key))


def _due(item: Doc) -> datetime:
    return _at(item["until"] or item["since"])


def _whose(awaiting: str, claimant: str) -> tuple[str, ...]:
    sides = {
        Awaiting.CLAIMANT.value: (claimant,),
        Awaiting.RESPONDENT.value: (Side(claimant).other.value,),
        Awaiting.BOTH.value: tuple(side.value for side in Side),
    }
    return sides.get(awaiting, (awaiting,))


def _item(
    why: str, by: str, since: datetime, until: datetime | None, number: int | None, kind: str | None = None
) -> Doc:
    times = {"since": instant(since), "until": until and instant(until)}
    return {"why": why, "by": by, **times, "number": number, "kind": kind}


def _revised(awaited: Doc, key: str | UUID, **changes: str | bool) -> Doc:
    """A deadline that is quiet, and a service that a dispute does not wait for, are not kept."""
    known = awaited.get(str(key))
    return awaited if known is None else awaited | {str(key): known | changes}


def _at(told: str) -> datetime:
    return datetime.fromisoformat(told)


def _id(key: str) -> UUID | None:
    return UUID(key) if key.count("-") == 4 else None
