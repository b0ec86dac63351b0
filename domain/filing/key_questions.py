"""What a policy asks of each side, by the reason of the claim: key questions, and evidence called for.

Each side answers its own questions until its window ends, and may amend its answers until then. Every edition is kept.
A missing answer blocks nothing and decides nothing: the dispute goes on without it, and the ruling may weigh that.

    Forbidden
    └── AskedOfTheOtherSide
    Malformed
    ├── NotAsked       no such question
    └── NotCalledFor   no such evidence, from this side
    Conflict
    └── TooManyEditions
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from domain.clocks import names
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.filing.file_dispute import FileDispute
from domain.filing.key_question_facts import KeyQuestionAnswered, KeyQuestions, NewAnswer, evolve
from domain.kernel.base import Event, Instant, OnDispute, Role
from domain.kernel.people import Member, Side, side_of
from domain.kernel.refusals import Conflict, DeadlineHasLapsed, DisputeIsClosed, Forbidden, Malformed, NotYourMove
from domain.kernel.windows import Deadline
from domain.policy.policy import Policy
from domain.policy.reasons import NOTHING_ASKED, ClaimReason, Pleader, ReasonTerms

# --- types ---

MAX_EDITIONS = 20


class AnswerKeyQuestions(OnDispute):
    answers: tuple[NewAnswer, ...]


KeyQuestionCommand = AnswerKeyQuestions


class AskedOfTheOtherSide(Forbidden):
    """`question` is one that the policy asks the other side.

    Why: Each key question is for one side, because only that side knows the answer.

    What to do: Answer only the questions in `asked`.

    Example: {"question": "described", "asked": ["difference", "goods_now", "noticed"]}
    """


class NotAsked(Malformed):
    """`answers` has a `question` that the policy does not ask in a claim for this reason.

    Why: The policy lists the questions for each reason of a claim, so that answers can be compared. Another question
    would be read by nobody.

    What to do: Use only the names in `asked`. Tell anything else in a message.

    Example: {"question": "breakfast", "asked": ["described"]}
    """

    pointer = "/answers"


class NotCalledFor(Malformed):
    """`shows` names evidence that the policy does not call for from this side, in a claim for this reason.

    Why: `shows` links an exhibit to evidence that the policy calls for. The list of what is missing is made from these
    names.

    What to do: Use a name from `called_for`, or leave out `shows`: the exhibit is evidence all the same.

    Example: {"called_for": ["photos"]}
    """

    pointer = "/shows"


class TooManyEditions(Conflict):
    """`answers` has a `question` that this side has already answered `limit` times.

    Why: An answer may be corrected, and each edition stays on record. The limit keeps the record readable.

    What to do: Your last answer stands. Add anything else in a message.

    Example: {"question": "difference", "limit": 20}
    """

    pointer = "/answers"


# --- decisions ---


def decide(basis: Basis, command: KeyQuestionCommand) -> Sequence[Event]:
    return answer(basis.dispute, basis.policy, command)


def due_dates(policy: Policy, command: FileDispute) -> tuple[Deadline, ...]:
    """Until when each side that is asked anything answers: from filing, on its own calendar."""
    terms = policy.reasons.get(command.claim.reason, NOTHING_ASKED)
    parties = {Side.BUYER: command.buyer.member(Side.BUYER), Side.SELLER: command.seller.member(Side.SELLER)}
    asked = (side for side in Side if _anything(terms, _pleads(side, command.claimant)))
    return tuple(_due(policy, side, parties[side], command.now) for side in asked)


def at_filing(policy: Policy, command: FileDispute) -> list[KeyQuestionAnswered]:
    """The claimant's answers in the filing. Raises NotAsked, AskedOfTheOtherSide, NotCalledFor."""
    terms = policy.reasons.get(command.claim.reason, NOTHING_ASKED)
    for n, exhibit in enumerate(command.exhibits):
        _check_called_for(terms, "claimant", exhibit.shows, at=f"/exhibits/{n}/shows")
    author = command.claim.statement.author
    return [*_answered(terms, KeyQuestions(), command.answers, command.claimant, "claimant", author)]


def answer(dispute: Dispute, policy: Policy, command: AnswerKeyQuestions) -> list[KeyQuestionAnswered]:
    side = side_of(command.actor)
    terms, pleads = _terms(dispute, policy), _pleads(side, dispute.claimant)
    author = dispute.subject_of(command.actor)
    answered = [*_answered(terms, dispute.key_questions, command.answers, side, pleads, author)]
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if not dispute.undecided:
        raise NotYourMove(stage=dispute.stage.value)
    if _has_lapsed(dispute, side, command.now):
        raise DeadlineHasLapsed(deadline=names.Answers(side))
    return answered


def may_answer(dispute: Dispute, policy: Policy, side: Side, now: Instant) -> bool:
    """Whether this side has a question that it can still answer or amend."""
    return bool(amendable(dispute, policy, side)) and dispute.undecided and not _has_lapsed(dispute, side, now)


def amendable(dispute: Dispute, policy: Policy, side: Side) -> list[str]:
    """The names of this side's questions that it has answered fewer than `MAX_EDITIONS` times."""
    asked = _terms(dispute, policy).questions_of(_pleads(side, dispute.claimant))
    return sorted(name for name in asked if dispute.key_questions.editions.get(name, 0) < MAX_EDITIONS)


def unanswered(dispute: Dispute, policy: Policy, side: Side, now: Instant) -> list[str]:
    """The names of this side's questions that have no answer yet, while it can still answer them."""
    if not may_answer(dispute, policy, side, now):
        return []
    asked = _terms(dispute, policy).questions_of(_pleads(side, dispute.claimant))
    return sorted(asked - dispute.key_questions.editions.keys())


def check_called_for(dispute: Dispute, policy: Policy, role: Role, shows: str | None) -> None:
    """Checks that the policy calls for the evidence that an exhibit says it shows. Raises NotCalledFor."""
    if shows is None:
        return
    pleads = _pleads(Side(role.value), dispute.claimant) if role in (Role.BUYER, Role.SELLER) else None
    _check_called_for(_terms(dispute, policy), pleads, shows, at=NotCalledFor.pointer)


def _check_called_for(terms: ReasonTerms, pleads: Pleader | None, shows: str | None, *, at: str) -> None:
    called_for = terms.evidence_of(pleads) if pleads else frozenset()
    if shows is not None and shows not in called_for:
        raise NotCalledFor(at=at, called_for=sorted(called_for))


def _answered(
    terms: ReasonTerms, known: KeyQuestions, answers: Sequence[NewAnswer], side: Side, pleads: Pleader, author: UUID
) -> Iterator[KeyQuestionAnswered]:
    asked = terms.questions_of(pleads)
    for n, given in enumerate(answers):
        at = f"/answers/{n}/question"
        if given.question not in asked:
            if any(given.question == question.name for question in terms.questions):
                raise AskedOfTheOtherSide(at=at, question=given.question, asked=sorted(asked))
            raise NotAsked(at=at, question=given.question, asked=sorted(asked))
        edition = known.editions.get(given.question, 0) + 1
        if edition > MAX_EDITIONS:
            raise TooManyEditions(at=at, question=given.question, limit=MAX_EDITIONS)
        said = KeyQuestionAnswered(question=given.question, by=side, edition=edition, answer=given.answer.of(author))
        known = evolve(known, said)
        yield said


def _terms(dispute: Dispute, policy: Policy) -> ReasonTerms:
    return policy.reasons.get(ClaimReason(dispute.reason), NOTHING_ASKED)


def _pleads(side: Side, claimant: Side) -> Pleader:
    return "claimant" if side is claimant else "respondent"


def _anything(terms: ReasonTerms, pleads: Pleader) -> bool:
    return any(asked.of == pleads for asked in (*terms.questions, *terms.evidence))


def _due(policy: Policy, side: Side, party: Member, now: Instant) -> Deadline:
    due_at, proof = policy.due("answers", party, now)
    return Deadline(name=names.Answers(side), due_at=due_at, proof=proof)


def _has_lapsed(dispute: Dispute, side: Side, now: Instant) -> bool:
    """This clock stands still while the dispute is stayed. In a past case it ends nothing."""
    until = dispute.deadlines.get(names.Answers(side))
    return not dispute.imported and until is not None and (dispute.stay.since or now) >= until.due_at
