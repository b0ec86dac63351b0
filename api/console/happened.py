"""What a fact tells beside its title: what is due, from whom and until when, sums, numbers, how it ended.

Its texts stand where they were written: in the conversation, with the evidence, with the ruling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from markupsafe import Markup

from api.words import sentences
from domain.kernel.people import Awaiting, Side

if TYPE_CHECKING:
    from api.console.shown import Shown

Told = str | Markup
Tell = Callable[["Shown", Any, Any], Told | None]


class Fact(Protocol):
    """A fact of a dispute, as its reader may see it."""

    @property
    def kind(self) -> str: ...
    @property
    def details(self) -> Mapping[str, Any]: ...


def told(show: Shown, fact: Fact, case: Any) -> Iterator[Told]:
    """Piece by piece. `case` is the case file that the fact belongs to: it knows the promises."""
    details = fact.details
    if details.get("awaits_notice"):  # it has no end yet
        yield show.deadline(details["deadline"]["name"])
        yield show.untold(details["whose"])
        return
    for name in _FIELDS.get(fact.kind, ("number",)):
        if details.get(name) is not None and (said := _TELL[name](show, details[name], case)):
            yield said
    if (refund := getattr(fact, "refund", None)) is not None and "amount" not in details:
        yield show.money(refund.amount)


def texts() -> Iterator[str]:
    """What it says in the console's own words."""
    yield from (_NUMBER, _UNTIL, _OWES, _CLAIMANT, _BUYER, _SELLER, _IN_DISPUTE)
    yield from (*_ANSWERS.values(), *_GRANTED.values(), *_VERDICTS.values(), *_FORUMS.values())


_NUMBER = "No. {number}"
_UNTIL = "until"
_OWES = "{whom} owes it to {whose}"
_CLAIMANT = "The claimant gets"
_BUYER = "To the buyer"
_SELLER = "To the seller"
_IN_DISPUTE = "{sum} in dispute"
_ANSWERS = {
    "concede": "accepts the claim",
    "concede_part": "accepts a part of the claim",
    "contest": "contests the claim",
}
_GRANTED = {"true": "Granted", "false": "Refused"}
_VERDICTS = {"confirmed": "accepts the goods", "contested": "contests the goods"}
_FORUMS = {
    "chargeback": "A chargeback",
    "court": "A court",
    "arbitration": "Arbitration",
    "authority": "An authority",
    "other": "Something else",
}


def _number(show: Shown, value: Any, case: Any) -> Told:
    return show.say(_NUMBER, number=value)


def _role(show: Shown, value: Any, case: Any) -> Told:
    return show.term("roles", value)


def _money(show: Shown, value: Any, case: Any) -> Told:
    return show.money(value)


def _due(show: Shown, value: Any, case: Any) -> Told:
    return Markup("{} {}").format(show.say(_UNTIL), show.instant(value))


def _deadline(show: Shown, value: Any, case: Any) -> Told:
    return Markup("{} · {}").format(show.deadline(value["name"]), _due(show, value["due_at"], case))


def _promise(show: Shown, value: Any, case: Any) -> Told:
    owed = show.term("commitments", value["kind"])
    parties = show.say(
        _OWES,
        whom=show.term("roles", value["owed_by"]),
        whose=show.term("roles", value["owed_to"]),
    )
    sum_ = Markup(" {}").format(show.money(value["amount"])) if value.get("amount") else ""
    return Markup("{}{} · {} · {}").format(owed, sum_, parties, _due(show, value["due_at"], case))


def _promised(show: Shown, value: Any, case: Any) -> Told | None:
    """A promise of the case, by its id."""
    one = next((one for one in case.commitments if str(one.id) == str(value)), None)
    if one is None:
        return None
    owed = show.term("commitments", one.kind)
    return Markup("{} {}").format(owed, show.money(one.amount)) if one.amount else owed


def _division(show: Shown, value: Any, case: Any) -> Told:
    return _both(show, value, _CLAIMANT, "claimant")


def _award(show: Shown, value: Any, case: Any) -> Told:
    claimant = Side(case.claimant)
    parts = {claimant.value: value["claimant"], claimant.other.value: value["respondent"]}
    pieces = [_both(show, parts, text, side) for side, text in (("buyer", _BUYER), ("seller", _SELLER))]
    return Markup(" · ").join(pieces)


def _both(show: Shown, parts: Mapping[str, Any], text: str, name: str) -> Markup:
    return Markup("{}: {}").format(show.say(text), show.money(parts[name]))


def _to(text: str) -> Tell:
    return lambda show, value, case: Markup("{}: {}").format(show.say(text), show.money(value))


def _one_of(texts: Mapping[str, str]) -> Tell:
    return lambda show, value, case: show.say(texts[str(value).lower()])


def _term(kind: str) -> Tell:
    return lambda show, value, case: show.term(kind, value)


def _way(show: Shown, value: Any, case: Any) -> Told:
    return show.way(value)


def _move(show: Shown, value: Any, case: Any) -> Told:
    sides = {Awaiting.CLAIMANT.value: str(case.claimant), Awaiting.RESPONDENT.value: Side(case.claimant).other.value}
    return show.words.say("moves", sentences.MOVES[sides.get(value, value)])


_FIELDS: Mapping[str, tuple[str, ...]] = {
    "AdverseInferenceRecorded": ("number", "against"),
    "ChallengeDecided": ("granted",),
    "ClaimWithdrawn": ("terms",),
    "CommitmentBreached": ("commitment_id",),
    "CommitmentDeferred": ("commitment_id", "due_at"),
    "CommitmentDischarged": ("commitment_id",),
    "CommitmentKept": ("commitment_id", "late"),
    "CommitmentMade": ("promise",),
    "CommitmentPassed": ("commitment_id", "owed_by"),
    "CommitmentReplaced": ("commitment_id",),
    "CommitmentWaived": ("commitment_id",),
    "ContractWithdrawn": ("claimant_receives",),
    "CounterclaimRaised": ("amount",),
    "DeadlineEnded": ("name",),
    "DeadlineLapsed": ("name",),
    "DeadlineMoved": ("name", "due_at"),
    "DeadlineSet": ("deadline", "whose", "told_by"),
    "DefaultGranted": ("claimant_receives",),
    "DeliveryReported": (),
    "DisputeCancelled": ("terms",),
    "DisputeClosed": ("outcome",),
    "DisputeFiled": ("in_dispute",),
    "EvidenceRequested": ("number", "of"),
    "FastLaneGranted": ("claimant_receives",),
    "GoodsAwaited": ("at_stake",),
    "GoodsInspected": ("verdict",),
    "GoodsDecided": ("to_buyer", "to_seller"),
    "GoodsEnded": ("to_buyer", "to_seller"),
    "HandlingRated": ("rating",),
    "MessagePosted": ("number", "to"),
    "MessageSeen": ("message",),
    "MovePassed": ("awaiting",),
    "NoticeBounced": ("to",),
    "NoticeCancelled": ("to",),
    "NoticeDeemed": ("to",),
    "NoticeDelivered": ("to", "way"),
    "NoticeFailed": ("to",),
    "NoticeMade": ("number", "to", "way"),
    "NoticeSent": ("to",),
    "OfferMade": ("number", "terms", "standing_rule"),
    "ParallelProceedingRecorded": ("number", "what"),
    "PersonNotReached": ("to", "how"),
    "PersonReached": ("to", "how"),
    "PartyRequestAnswered": ("number",),
    "PartyRequestDeclined": ("number",),
    "PartyRequestMade": ("number",),
    "PartyRequestWithdrawn": ("number",),
    "ProposalMade": ("number", "terms"),
    "ReturnDetailsGiven": ("freight", "freight_cost"),
    "RefundInstructed": ("amount", "recipient"),
    "RefundPaidAgainstRecord": ("paid",),
    "RefundPaidDifferently": ("paid",),
    "RefundReferred": ("commitment_id",),
    "RefundReturned": ("commitment_id",),
    "RefundStalled": ("commitment_id",),
    "RefundSubmitted": (),
    "RefundUnderway": ("commitment_id",),
    "RefundElsewhereTakenBack": ("amount",),
    "RefundedElsewhere": ("amount",),
    "Reminded": ("to", "commitment_id", "name", "due_at"),
    "ReplyNotNeeded": ("message",),
    "RepresentationEnded": ("side",),
    "RepresentativeNamed": ("side",),
    "ResolutionGranted": ("claimant_receives",),
    "ResponseGiven": ("answer", "conceded", "standing_rule"),
    "RulingIssued": ("number", "outcome", "award"),
    "SettlementReached": ("terms",),
    "StayOrdered": ("until",),
    "VoucherIssued": ("number", "expires_at"),
    "VoucherOwed": ("number",),
}
"""What each kind tells, in its order. Any other kind tells its number, if it has one."""

_TELL: Mapping[str, Tell] = {
    "against": _role,
    "amount": _money,
    "answer": _one_of(_ANSWERS),
    "at_stake": _money,
    "award": _award,
    "awaiting": _move,
    "claimant_receives": _to(_CLAIMANT),
    "commitment_id": _promised,
    "conceded": _money,
    "deadline": _deadline,
    "due_at": _due,
    "expires_at": _due,
    "freight": _role,
    "freight_cost": _money,
    "granted": _one_of(_GRANTED),
    "how": _way,
    "in_dispute": lambda show, value, case: show.say(_IN_DISPUTE, sum=show.plain_money(value)),
    "late": lambda show, value, case: show.term("statuses", "kept_late") if value else None,
    "message": _number,
    "name": lambda show, value, case: show.deadline(value),
    "number": _number,
    "of": _role,
    "outcome": _term("outcomes"),
    "owed_by": _role,
    "paid": _money,
    "promise": _promise,
    "rating": lambda show, value, case: show.reference(f"{value} / 5"),
    "recipient": _role,
    "side": _role,
    "standing_rule": lambda show, value, case: show.by_rule(**value),
    "terms": _division,
    "to": _role,
    "told_by": lambda show, value, case: show.way(value["way"]) if value["way"] != "deemed" else None,
    "to_buyer": _to(_BUYER),
    "to_seller": _to(_SELLER),
    "until": _due,
    "verdict": _one_of(_VERDICTS),
    "what": _one_of(_FORUMS),
    "way": _way,
    "whose": _role,
}
"""By the name of the field."""
