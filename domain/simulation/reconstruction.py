"""Reconstructs the commands that people once gave. Only facts are stored, so it starts from the facts that they led to.

Most commands name the event that records them (`recorded_as`). `_otherwise` has the commands whose event has other
fields. What follows by itself from an act (a `consequence`: lapses, deadlines, closure) is left out: the rules decide it
again. A reminder becomes a command of the clock at the same instant, because it shows that the clock ran then. See
`domain.simulation.what_if`.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from domain.clocks.deadline_facts import DeadlineMoved
from domain.clocks.extensions import ExtendDeadline
from domain.commands import AnyCommand
from domain.commitments.events import BEYOND_CLAIM, CommitmentMade, CommitmentReplaced, Origin
from domain.commitments.promising import MakeCommitment, NewPromise
from domain.commitments.waiving import ReplaceCommitment
from domain.dispute.state import Dispute
from domain.evidence.attachments import FileAsExhibit
from domain.evidence.exhibit_facts import ExhibitAdded, FiledFrom, NewExhibit
from domain.evidence.exhibits import AddExhibit
from domain.filing.file_dispute import FileDispute, ResolveClaim
from domain.filing.filing_facts import DisputeFiled
from domain.filing.key_question_facts import KeyQuestionAnswered, NewAnswer
from domain.filing.key_questions import AnswerKeyQuestions
from domain.filing.resolution_facts import ResolutionGranted
from domain.filing.response import Respond
from domain.filing.response_facts import Answer, ResponseGiven
from domain.filing.review_facts import ReviewAnswered
from domain.filing.vexatious_facts import ClaimFoundVexatious
from domain.kernel.base import Actor, Command, Event, Instant, Role
from domain.kernel.conversion import Payout, Quote
from domain.kernel.frozen import frozen
from domain.kernel.people import Text, Words
from domain.kernel.text_places import TextPlace
from domain.kernel.windows import Window
from domain.neutral.assignment import HandOver, ReassignNeutral, Recuse
from domain.neutral.escalation_facts import NeutralAssigned, NeutralReleased
from domain.payments.execution import ConfirmRefund
from domain.payments.execution_facts import RefundReferred, RefundReturned
from domain.payments.failure import FailRefund
from domain.payments.referral import RetryRefund, SettleRefundOtherwise
from domain.payments.refund_facts import (
    RefundBounced,
    RefundConfirmed,
    RefundPaidAgainstRecord,
    RefundPaidDifferently,
    RefundSettledOtherwise,
    RefundSubmitted,
)
from domain.remedies.goods_facts import GoodsSent
from domain.remedies.handover import SendGoods
from domain.remedies.reopening import Reopen
from domain.remedies.reopening_facts import DisputeReopened
from domain.ruling.ruling_facts import RulingIssued
from domain.ruling.rulings import IssueRuling
from domain.settlement import replies
from domain.settlement.channels import Publication
from domain.settlement.conversation import PostMessage
from domain.settlement.conversation_facts import MessagePosted, PromiseInMessage
from domain.settlement.negotiation import MakeOffer
from domain.settlement.negotiation_facts import OfferMade
from domain.settlement.notes_facts import NoteWritten
from domain.settlement.replies import NoReplyNeeded
from domain.settlement.replies_facts import ReplyNotNeeded
from domain.settlement.translation import (
    CorrectTranslation,
    GiveUpTranslation,
    OweTranslation,
    RecordTranslation,
    Wanted,
)
from domain.settlement.translation_facts import TranslationCorrected, TranslationGivenUp, TranslationMade

_NOBODY = UUID(int=0)
"""Whose data is at stake plays no part here."""

_BESIDE = frozenset({"marketplace", "actor", "now", "imported", "dispute_id"})


@frozen
class Happened:
    """One stored fact of a dispute, with what the simulation needs of it."""

    position: int
    event: Event
    at: Instant
    stream_id: UUID
    actor: UUID


Act = Sequence[Happened]
"""The facts that one command made at one instant, without the lapses before it."""

_LEADING = (OfferMade, ReviewAnswered, DisputeReopened, ResponseGiven, RefundPaidAgainstRecord)
"""Events that name the act even if another one comes first: a rejected offer, an award or a grant that falls, or a
commitment."""


def reconstruct_command(act: Act, dispute: Dispute | None, marketplace: str, *, imported: bool) -> AnyCommand | None:
    """The command of an act. None if nobody gave one, because the act followed from the passing of time.

    `dispute` is the dispute before the act.
    """
    first = next((one for one in act if isinstance(one.event, _LEADING)), act[0])
    recorded = Command.recorded.get(type(first.event))
    kind, role, fields = (recorded, None, {}) if recorded is not None else _otherwise(first.event, act, dispute)
    if kind is None:
        return None
    given = {name: _given(getattr(first.event, name)) for name in kind.model_fields if hasattr(first.event, name)}
    given |= {"refund_id": first.stream_id, "paid_at": first.at, **fields}
    names = kind.model_fields.keys() - _BESIDE
    who = role or _role(str(getattr(first.event, "by", kind.given_by)), dispute)
    command = kind.model_validate(
        {
            **{name: value for name, value in given.items() if name in names},
            "dispute_id": dispute.id if dispute is not None else first.stream_id,
            "marketplace": marketplace,
            "actor": Actor(subject=first.actor, role=who),
            "now": first.at,
            "imported": imported,
        }
    )
    return cast(AnyCommand, command)


def _otherwise(  # noqa: C901 - one arm an event
    first: Event, act: Act, dispute: Dispute | None
) -> tuple[type[AnyCommand] | None, Role | None, dict[str, Any]]:
    match first:
        case DisputeFiled():
            return _filing(first, act)
        case KeyQuestionAnswered():
            return AnswerKeyQuestions, None, {"answers": _answers(act)}
        case RulingIssued():
            found = [one.event.reasons for one in act if isinstance(one.event, ClaimFoundVexatious)]
            return IssueRuling, Role.NEUTRAL, {"vexatious": _given(found[0]) if found else None}
        case MessagePosted(promise=promise, public=public):
            shown = public and Publication(address=public.address, public_since=public.public_since)
            return PostMessage, None, {"promise": promise and _promised_with(promise, act), "public": shown}
        case ExhibitAdded(filed_from=FiledFrom(message=message, file=file, by=by)):
            return FileAsExhibit, by, {"message": message, "file": file}
        case ReplyNotNeeded(by=by):
            waits = [owed.id for owed in replies.owed_of(dispute, by.value)] if dispute is not None else []
            return (NoReplyNeeded, None, {"commitment_id": waits[0]}) if waits else (None, None, {})
        case ExhibitAdded():
            return AddExhibit, None, {"exhibit": _exhibit(first)}
        case ResponseGiven(answer=answer, conceded=conceded):
            return Respond, None, {"conceded": conceded if answer is Answer.CONCEDE_PART else None}
        case OfferMade(terms=terms):
            more = {"amount": terms.claimant, "goods": terms.goods, "instalments": terms.instalments}
            return MakeOffer, None, more
        case GoodsSent(shipment=shipment):
            followed = {"carrier": shipment.carrier, "number": shipment.number} if shipment is not None else {}
            return SendGoods, None, followed
        case NeutralReleased(why="recused"):
            return Recuse, Role.NEUTRAL, {}
        case NeutralReleased(why="reassigned"):
            named = [one.event.neutral for one in act if isinstance(one.event, NeutralAssigned)]
            left = [one.event.note for one in act if isinstance(one.event, NoteWritten)]
            note = _given(left[0]) if left else None
            return ReassignNeutral, None, {"neutral": named[0] if named else None, "note": note}
        case NeutralReleased(why="mandate_closed"):
            return HandOver, Role.ENGINE, {}
        case RefundReturned(refund_id=returned):
            return FailRefund, Role.MARKETPLACE, {"reason": "bounced", "refund_id": returned}
        case RefundSubmitted(attempt=attempt, by=by):
            return RetryRefund, by, {"attempt": attempt if by is Role.ENGINE else None}
        case RefundSettledOtherwise(payout=payout):
            return SettleRefundOtherwise, None, {"payout": _quoted(payout)}
        case RefundConfirmed(payout=payout):
            return ConfirmRefund, Role.MARKETPLACE, {"payout": _quoted(payout)}
        case RefundBounced():
            return FailRefund, Role.MARKETPLACE, {"reason": "bounced"}
        case DisputeReopened(bounced=bounced):
            return Reopen, None, {"commitment_id": bounced}
        case TranslationCorrected(text=text):
            return CorrectTranslation, None, {"text": text.text}
        case TranslationMade(text=text):
            return RecordTranslation, Role.ENGINE, {**_wanted(first, act), "subject": text.author, "text": text.text}
        case TranslationGivenUp(subject=author):
            return GiveUpTranslation, Role.ENGINE, {**_wanted(first, act), "subject": author or _NOBODY}
        case RefundPaidDifferently(payout=payout) | RefundPaidAgainstRecord(payout=payout):
            return ConfirmRefund, Role.ENGINE, {"payout": payout}
        case CommitmentMade(arises_from=Origin.REFUND):
            return _referred(act)
        case CommitmentMade(arises_from=Origin.TRANSLATION | Origin.CONFIDED, promise=promise):
            assert promise.about is not None, "it says which text is to be translated"
            assert promise.about.text is not None, "it says which text is to be translated"
            owed = promise.about.text
            written = {"subject": _NOBODY, "written_at": act[0].at, "translation_id": owed.translation_id}
            return OweTranslation, Role.ENGINE, {"wanted": _wanted_by(first, owed.of), **written}
        case CommitmentMade() | CommitmentReplaced():
            return _promised(act)
        case DeadlineMoved(why="extension", name=name, due_at=due_at) if dispute is not None:
            running = dispute.deadlines.get(name)
            more_time = due_at - running.due_at if running is not None else timedelta(hours=1)
            hours = max(1, round(more_time / timedelta(hours=1)))
            return ExtendDeadline, Role.SUPERVISOR, {"more": Window(amount=hours, unit="hours")}
        case NeutralReleased() | DeadlineMoved():
            return None, None, {}  # for any other reason they follow by themselves
        case _:
            assert first.consequence, f"the command behind {first.kind} is unknown"
            return None, None, {}


def _wanted(first: TranslationMade | TranslationGivenUp, act: Act) -> dict[str, Any]:
    """Who cannot read a text: to whom the translation is owed, if it is. `written_at` and `of` are missing in older facts."""
    of = first.of or TextPlace(fact=first.kind, field="text")
    owed = next((one.event for one in act if isinstance(one.event, CommitmentMade)), None)
    return {"wanted": _wanted_by(owed, of), "written_at": first.written_at or act[0].at}


def _wanted_by(owed: CommitmentMade | None, of: TextPlace) -> Wanted:
    if owed is None or owed.promise.about is None or owed.promise.about.text is None:
        return Wanted(of=of, by=None)
    return Wanted.model_validate({"of": of, "by": owed.promise.owed_to, "neutral": owed.promise.about.text.neutral})


def _referred(act: Act) -> tuple[type[AnyCommand] | None, Role | None, dict[str, Any]]:
    """A refund that came back after closure, or that the provider says so of. The rules decide again on any other
    referral.
    """
    for one in act:
        match one.event:
            case RefundReferred(why="bounced", refund_id=refund_id):
                return FailRefund, Role.MARKETPLACE, {"reason": "bounced", "refund_id": refund_id}
            case RefundReferred(why="contradicted", refund_id=refund_id):
                return FailRefund, Role.ENGINE, {"reason": "other", "refund_id": refund_id}
            case _:
                pass
    return None, None, {}


def _promised(act: Act) -> tuple[type[AnyCommand] | None, Role | None, dict[str, Any]]:
    """A commitment that somebody made freely, or in place of another. Every other commitment follows from an act."""
    made = {one.event.commitment_id: one.event for one in act if isinstance(one.event, CommitmentMade)}
    for one in act:
        if isinstance(one.event, CommitmentReplaced):
            fields = _promise(made[one.event.replaced_by])
            return ReplaceCommitment, one.event.by, {**fields, "commitment_id": one.event.commitment_id}
    free = next((one for one in made.values() if one.arises_from in BEYOND_CLAIM), None)
    if free is None or act[0].event is not free:
        return None, None, {}
    known = {role.value for role in Role}
    by = Role(free.promise.owed_by.value) if free.promise.owed_by.value in known else Role.MARKETPLACE
    return MakeCommitment, by, {**_promise(free), "goodwill": free.arises_from is Origin.GOODWILL}


def _promised_with(told: PromiseInMessage, act: Act) -> NewPromise:
    """The commitment made with a message. It has a due instant only if the policy did not set that."""
    made = next(one.event for one in act if isinstance(one.event, CommitmentMade))
    due_at = told.due_at if made.promise.proof is None else None
    return NewPromise(kind=told.kind, owed_to=told.owed_to, due_at=due_at)


def _promise(made: CommitmentMade) -> dict[str, Any]:
    given = made.promise
    return {name: _given(getattr(given, name)) for name in ("kind", "owed_by", "owed_to", "amount", "due_at", "note")}


def _quoted(payout: Payout | None) -> Quote | None:
    return None if payout is None else Quote.model_validate(payout.model_dump(exclude={"residue"}))


def _role(by: str, dispute: Dispute | None) -> Role:
    if by in ("claimant", "respondent"):
        assert dispute is not None, "a filing tells who filed"
        return Role((dispute.claimant if by == "claimant" else dispute.claimant.other).value)
    return Role(by)


def _exhibit(added: ExhibitAdded) -> NewExhibit:
    return NewExhibit(description=_given(added.description), file=added.file, shows=added.shows)


def _answers(act: Act) -> tuple[NewAnswer, ...]:
    told = (one.event for one in act if isinstance(one.event, KeyQuestionAnswered))
    return tuple(NewAnswer(question=one.question, answer=_given(one.answer)) for one in told)


def _filing(filed: DisputeFiled, act: Act) -> tuple[type[AnyCommand], Role, dict[str, Any]]:
    """The filing; or the resolution, if an agent granted the claim in the same act."""
    added = [one.event for one in act if isinstance(one.event, ExhibitAdded)]
    fields: dict[str, Any] = {"exhibits": tuple(map(_exhibit, added)), "answers": _answers(act)}
    granted = next((one.event for one in act if isinstance(one.event, ResolutionGranted)), None)
    if granted is None:
        return FileDispute, Role(filed.claimant.value), fields
    return ResolveClaim, granted.by, {**fields, "ground": granted.ground, "said": _given(granted.said)}


def _given(value: Any) -> Any:
    """Texts are stored with their author. Commands give them without."""
    return Words(text=value.text, language=value.language) if isinstance(value, Text) else value
