"""Turns each move into an act that the rules grant to the person who may make it now.

Every choice (an amount, a kind, a person) is one number, so chance or a fixed preference can play.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any, TypeVar, get_args
from uuid import UUID

from domain.clocks.extensions import extendable
from domain.commitments.events import MONEY_KINDS, CommitmentKind, Participant, PromiseKind, carried_out_by_refund
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.filing.fast_lane import may_be_contested
from domain.filing.key_questions import MAX_EDITIONS
from domain.filing.pleading_facts import OnCounterclaim
from domain.filing.vexatious import stands
from domain.kernel.base import Instant, Role
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.moves import Move
from domain.neutral.assignment import may_hear
from domain.neutral.independence import open_challenges
from domain.policy.first_reasons import FIRST_REASONS
from domain.policy.policy import CLAUSES
from domain.policy.reasons import ClaimReason, Pleader, ReasonTerms
from domain.remedies.reopening import may_overturn, paid_by_refund
from domain.settlement.conversation_facts import Reader
from tests.domain.law.acts import Act, commitment, money, promising, refund
from tests.domain.law.cast import (
    PICKED_UP,
    REPLACED,
    Person,
    another_neutral,
    back,
    deputy,
    instalment,
    neutral,
    spare,
    third_neutral,
)
from tests.domain.law.grouping import answers_shared
from tests.domain.law.rules import POLICIES
from tests.domain.machine import telling

Choose = Callable[[int], int]
"""A number from 0 to this one."""

T = TypeVar("T")

SERVICES = (CommitmentKind.REPLY, CommitmentKind.CALL_BACK, CommitmentKind.REVIEW)
_ONCE = (
    "respond", "add_exhibit", "post_message", "make_offer", "escalate", "take_case", "assign_neutral", "reassign_neutral",
    "recuse", "declare_interests", "challenge_neutral", "make_proposal", "declare_impasse", "issue_ruling", "appeal",
    "send_back", "waive_appeal", "request_set_aside", "set_default_aside", "refuse_set_aside", "withdraw", "make_commitment",
    "name_representative", "decide_goods", "order_stay", "lift_stay", "extend_deadline", "record_parallel_proceeding",
    "reopen", "rate_handling", "post_in_caucus", "consent_to_neutral", "request_evidence", "rebut", "raise_counterclaim",
    "declare_inadmissible", "answer_key_questions", "withdraw_appeal", "cancel_dispute", "write_note",
    "make_party_request",
)  # fmt: skip


def imaginable(dispute: Dispute) -> Iterator[Move]:
    """Every move that anybody could try in this dispute, allowed or not."""
    yield from map(Move, _ONCE)
    yield from (Move("answer_shared", number=number) for number in (1, 2, 3))
    for number in dispute.machine.made:
        yield Move("request_review", number=number)
        yield Move("answer_review", number=number)
    for number in dispute.exhibits.by:
        yield Move("withdraw_exhibit", number=number)
        yield Move("answer_exhibit", number=number)
    for ruling in dispute.adjudication.rulings:
        yield from (Move(name, number=ruling.number) for name in ("co_sign_ruling", "refuse_co_signature"))
    for offer in dispute.offers.made:
        yield from (Move(name, number=offer.number) for name in ("accept_offer", "reject_offer"))
    for request in dispute.party_requests.made:
        ways = ("answer", "decline", "withdraw")
        yield from (Move(f"{way}_party_request", number=request.number) for way in ways)
    for proposal in dispute.proposals.made:
        yield from (Move(name, number=proposal.number) for name in ("accept_proposal", "refuse_proposal"))
    for subject in (*dispute.representation.acting, *dispute.representation.ended):
        yield Move("end_representation", target=subject)
    for challenge in dispute.independence.challenges:
        yield Move("decide_challenge", number=challenge.number)
    for number in range(1, dispute.stay.recorded + 1):
        yield Move("end_parallel_proceeding", number=number)
    for number in range(1, dispute.commitments.made + 1):
        promise, money = commitment(number, dispute.id), refund(number, dispute.id)
        yield from (Move(f"{name}_commitment", target=promise) for name in ("keep", "waive", "replace"))
        yield Move("answer_recommendation", target=promise)
        yield Move("no_reply_needed", target=promise)
        yield from (Move(f"{name}_goods", target=promise) for name in ("send", "contest"))
        yield from (Move(f"{name}_refund", target=money) for name in ("confirm", "fail", "retry"))
        yield Move("settle_refund_otherwise", target=money)


def act(move: Move, who: Person, dispute: Dispute, unclaimed: Money, now: Instant, choose: Choose) -> Act:
    """The move, made by this person, with terms that keep every rule about terms. `unclaimed` is left in the order."""
    return _act(move, who, dispute, unclaimed, now, choose).about(dispute.id)


def _act(move: Move, who: Person, dispute: Dispute, unclaimed: Money, now: Instant, choose: Choose) -> Act:  # noqa: C901, PLR0915 - one arm a move
    number = move.number or 0
    match move.name:
        case "respond":
            return _response(who, dispute, choose)
        case "add_exhibit":
            asked = [r.number for r in dispute.evidence_requests.made if r.of == who.role.value]
            shows = one_of((None, *_called_for(who, dispute)), choose)
            return who.adds_exhibit(answering=one_of((None, *asked), choose), shows=shows)
        case "answer_key_questions":
            return who.answers_questions(one_of(_asked(who, dispute) or ["happened"], choose))
        case "request_evidence":
            return who.asks_evidence(one_of(("buyer", "seller"), choose))
        case "post_in_caucus":
            return who.confides(to=one_of(("buyer", "seller"), choose) if who.role.value == "neutral" else None)
        case "consent_to_neutral":
            return who.consents()
        case "declare_inadmissible":
            return who.declares_inadmissible(one_of(("other_forum", "out_of_scope", "vexatious"), choose))
        case "rebut":
            return who.rebuts()
        case "raise_counterclaim":
            return _counterclaim(who, dispute, choose)
        case "withdraw_exhibit":
            return who.withdraws_exhibit(number)
        case "answer_exhibit":
            return who.answers_exhibit(number)
        case "answer_shared":
            return answers_shared(who, number)
        case "post_message":
            return _message(who, choose)
        case "no_reply_needed":
            assert move.target is not None
            return who.needs_no_reply(move.target)
        case "make_party_request":
            return who.asks_for(days=one_of((None, 1, 14), choose))
        case "answer_party_request":
            shown = [n for n in dispute.exhibits.by if dispute.exhibits.stands(n)]
            return who.answers_request(number, exhibits=tuple(shown[:1]))
        case "decline_party_request":
            return who.declines_request(number)
        case "withdraw_party_request":
            return who.withdraws_request(number)
        case "write_note":
            return who.notes()
        case "make_offer":
            return _offer(who, dispute, choose)
        case "accept_offer":
            return who.accepts_offer(number)
        case "reject_offer":
            return who.rejects_offer(number)
        case "escalate":
            return who.escalates()
        case "take_case":
            return who.takes_case()
        case "assign_neutral":
            # a neutral who names themselves takes the case, which is another move
            return who.assigns(one_of([n for n in available(dispute) if n != who] or [deputy], choose))
        case "reassign_neutral":
            others = [somebody for somebody in available(dispute) if somebody.subject != dispute.escalation.neutral]
            return who.reassigns(one_of([*others, None] if dispute.escalation.neutral else others, choose))
        case "name_representative":
            return _names(who, dispute, choose)
        case "end_representation":
            assert move.target is not None
            return who.dismisses(Person(who.role, move.target))
        case "recuse":
            return who.recuses()
        case "declare_interests":
            return who.declares()
        case "challenge_neutral":
            return who.challenges()
        case "decide_challenge":
            return who.decides_challenge(number, granted=choose(3) == 3)
        case "make_proposal":
            claimant, respondent = _division(dispute.in_dispute, choose)
            return who.proposes(claimant, respondent, **_terms(dispute, claimant, respondent, choose))
        case "accept_proposal":
            return who.accepts_proposal(number)
        case "refuse_proposal":
            return who.refuses_proposal(number)
        case "declare_impasse":
            return who.declares_impasse()
        case "issue_ruling":
            citable = tuple(n for n in dispute.exhibits.by if dispute.exhibits.citable(n, now))
            clauses = (one_of(sorted(CLAUSES), choose),)
            claimant, respondent = _division(dispute.in_dispute, choose)
            return who.rules(
                claimant,
                respondent,
                exhibits=citable,
                clauses=clauses,
                inferences=tuple(sorted(dispute.evidence_requests.inferred)),
                counterclaim=_on_counterclaim(dispute, choose),
                vexatious=_found_vexatious(dispute, claimant, choose),
                **_terms(dispute, claimant, respondent, choose),
            )
        case "co_sign_ruling":
            return who.co_signs(number)
        case "refuse_co_signature":
            return who.refuses_co_signature(number)
        case "appeal":
            return who.appeals(one_of(("stated_error", "new_evidence"), choose))
        case "send_back":
            return who.sends_back()
        case "request_set_aside":
            return who.asks_to_set_aside()
        case "request_review":
            return who.asks_for_review(number)
        case "answer_review":
            return who.answers_review(one_of(("upheld", "changed"), choose), number)
        case "set_default_aside":
            return who.sets_aside()
        case "refuse_set_aside":
            return who.refuses_to_set_aside()
        case "withdraw_appeal":
            return who.withdraws_appeal()
        case "waive_appeal":
            return who.waives_appeal()
        case "withdraw":
            return who.withdraws()
        case "cancel_dispute":
            return who.cancels()
        case "reopen":
            return _reopening(who, dispute, choose)
        case "rate_handling":
            return who.rates(1 + choose(4))
        case "order_stay":
            return who.orders_stay(timedelta(days=1 + choose(30)))
        case "lift_stay":
            return who.lifts_stay()
        case "extend_deadline":
            could = extendable(dispute, POLICIES[dispute.policy_version], who.actor)
            return who.extends(one_of(could or ["ruling"], choose))
        case "record_parallel_proceeding":
            return who.records_proceeding()
        case "end_parallel_proceeding":
            return who.ends_proceeding(number)
        case "decide_goods":
            stake = dispute.goods.at_stake if dispute.goods else dispute.in_dispute
            return who.decides_goods(str(amount(0, stake, choose)))
        case "make_commitment":
            return _promise(who, dispute, unclaimed, choose)
        case _:
            return _about_a_promise(move, who, dispute, choose)


def _terms_of(dispute: Dispute) -> ReasonTerms:
    return FIRST_REASONS[ClaimReason(dispute.reason)]


def _pleads(who: Person, dispute: Dispute) -> Pleader:
    return "claimant" if who.role.value == dispute.claimant.value else "respondent"


def _asked(who: Person, dispute: Dispute) -> list[str]:
    asked = _terms_of(dispute).questions_of(_pleads(who, dispute))
    return sorted(name for name in asked if dispute.key_questions.editions.get(name, 0) < MAX_EDITIONS)


def _called_for(who: Person, dispute: Dispute) -> list[str]:
    called_for = _terms_of(dispute).evidence_of(_pleads(who, dispute))
    return sorted(called_for) if who.role in (Role.BUYER, Role.SELLER) else []


def available(dispute: Dispute) -> list[Person]:
    """The neutrals who may hear it. If there is none, the deputy, or one more."""
    able = [n for n in (neutral, another_neutral, third_neutral) if may_hear(dispute, n.subject)]
    return able or [somebody for somebody in (deputy, spare) if may_hear(dispute, somebody.subject)][:1]


def _names(who: Person, dispute: Dispute, choose: Choose) -> Act:
    """The id of a new representative, or of one whose representation has ended."""
    strangers = (Person(who.role, UUID(int=0xE0 + n)) for n in range(32))
    free = [somebody for somebody in strangers if somebody.subject not in dispute.representation.acting]
    side = who.role.value if who.role.value in set(Side) else one_of([*Side], choose).value
    guardian = who.role is Role.MARKETPLACE and choose(1)
    return who.names(free[0], side=side, capacity="guardian" if guardian else "representative")


def _about_a_promise(move: Move, who: Person, dispute: Dispute, choose: Choose) -> Act:
    number = _number_of(move.target, dispute)
    if move.name in ("record_reached", "deem_told"):
        return telling.of_move(move.name, who, Side(_owed(number, dispute).owed_to.value))
    match move.name:
        case "keep_commitment":
            return who.confirms_promise(number)
        case "waive_commitment":
            return who.waives_promise(number)
        case "replace_commitment":
            return _replacement(who, number, dispute.commitments.get(commitment(number, dispute.id)), choose)
        case "answer_recommendation":
            answer, against = one_of(("acted", "declined"), choose), dispute.claimant.other.value
            return who.answers_recommendation(number, answer, "So be it.", side=against)
        case "send_goods":
            return who.sends_goods(number, proof="Here is a photograph.")
        case "contest_goods":
            return who.contests_goods(number)
        case "confirm_refund":
            return who.confirms_refund(number)
        case "fail_refund":
            return who.fails_refund(number, one_of(("declined", "insufficient_funds", "provider_unavailable"), choose))
        case "retry_refund":
            return who.retries_refund(number)
        case "settle_refund_otherwise":
            return who.settles_refund(number)
        case _:
            raise AssertionError(f"nobody knows how to {move.name}")


def _owed(number: int, dispute: Dispute) -> Commitment:
    owed = dispute.commitments.get(commitment(number, dispute.id))
    assert owed is not None, "it is open"
    return owed


def _number_of(target: UUID | None, dispute: Dispute) -> int:
    numbers = range(1, dispute.commitments.made + 1)
    return next(n for n in numbers if target in (commitment(n, dispute.id), refund(n, dispute.id)))


def one_of(these: Sequence[T], choose: Choose) -> T:
    return these[choose(len(these) - 1)]


def amount(low: int, high: Money, choose: Choose) -> Money:
    return Money(low + choose(high.minor - low), high.currency)


def _division(whole: Money, choose: Choose) -> tuple[str, str]:
    to_claimant = one_of((Money.zero(whole.currency), whole, amount(0, whole, choose)), choose)
    return str(to_claimant), str(whole - to_claimant)


def _response(who: Person, dispute: Dispute, choose: Choose) -> Act:
    answers = [who.contests(), who.concedes(), who.concedes()]
    could_be_sent_back = dispute.claimant is Side.BUYER or (dispute.held and dispute.claimed < dispute.in_dispute)
    if could_be_sent_back and not may_be_contested(dispute) and not _paid_in_advance(dispute):
        answers[-1] = who.concedes(goods=back(str(amount(0, dispute.goods_value, choose))))
    if dispute.claimed.minor > 1:
        answers.append(who.concedes(str(amount(1, dispute.claimed - Money(1, dispute.claimed.currency), choose))))
    return one_of(answers, choose)


def _counterclaim(who: Person, dispute: Dispute, choose: Choose) -> Act:
    if who.role.value == "seller" and choose(1):
        return who.counterclaims()
    return who.counterclaims("payment", str(amount(1, dispute.in_dispute, choose)))


def _on_counterclaim(dispute: Dispute, choose: Choose) -> OnCounterclaim | None:
    if (raised := dispute.pleadings.counterclaim) is None:
        return None
    granted = bool(choose(1))
    sum_of_money = amount(1, raised[1], choose) if granted and raised[1] else None
    return OnCounterclaim(granted=granted, amount=sum_of_money)


def _found_vexatious(dispute: Dispute, claimant: str, choose: Choose) -> str | None:
    """Only if nothing is granted and the claimant can still appeal."""
    in_part = dispute.response is not None and dispute.response[1] is not None
    first = dispute.adjudication.ruling is None and dispute.claimant not in dispute.adjudication.appealed_by
    could = money(claimant).is_zero and not in_part and (first or stands(dispute))
    return "Once too often." if could and choose(1) else None


def _offer(who: Person, dispute: Dispute, choose: Choose) -> Act:
    mine = [o.terms.claimant for o in dispute.offers.open() if o.by == who.role.value]
    offered = amount(0, dispute.in_dispute, choose)
    if offered in mine:  # the same answer again would change nothing
        offered = Money((offered.minor + 1) % (dispute.in_dispute.minor + 1), offered.currency)
    theirs = [o.number for o in dispute.offers.open() if o.by != who.role.value]
    terms = _terms(dispute, str(offered), str(dispute.in_dispute - offered), choose)
    return who.offers(str(offered), counters=one_of((None, *theirs), choose), **terms)


def _paid_in_advance(dispute: Dispute) -> bool:
    """After payments in advance, only money at once can settle it: `AlreadyPaidOut` refuses the rest."""
    return bool(dispute.advance.funded_by or dispute.advance.received)


def _terms(dispute: Dispute, claimant: str, respondent: str, choose: Choose) -> dict[str, Any]:
    """Terms of money alone; with goods, if the buyer has a part that can wait for them; or in two instalments."""
    to_claimant, to_buyer = money(claimant), money(claimant if dispute.claimant is Side.BUYER else respondent)
    could: list[dict[str, Any]] = [{}, {}]
    if _paid_in_advance(dispute):
        return {}
    if not to_buyer.is_zero:
        could += [
            {"goods": back(str(amount(0, dispute.goods_value, choose)))},
            {"goods": PICKED_UP},
            {"goods": REPLACED},
        ]
    if to_claimant.minor > 1 and not dispute.held:
        first = amount(1, to_claimant - Money(1, to_claimant.currency), choose)
        could.append({"instalments": (instalment(str(first), 7), instalment(str(to_claimant - first), 30))})
    return one_of(could, choose)


def _promise(who: Person, dispute: Dispute, unclaimed: Money, choose: Choose) -> Act:
    """Money for a commitment comes out of the part of the order that nobody claims."""
    kinds = [*SERVICES] if dispute.closed else [*SERVICES, CommitmentKind.SHIP, CommitmentKind.PAY]
    if not dispute.closed and not unclaimed.is_zero and who.role.value in ("seller", "marketplace"):
        kinds.append(CommitmentKind.REFUND)
    if (matters := _to_be_done(who, dispute)) and choose(1):
        kind_of, about = one_of(matters, choose)
        to = Participant.MARKETPLACE if who.role is not Role.MARKETPLACE else Participant.BUYER
        return who.promises(kind_of, to.value, owed_by=_bearer(who).value, about=about)
    kind, owed_by = one_of(kinds, choose), _bearer(who)
    others = [somebody for somebody in Participant if somebody is not owed_by]
    if unclaimed.is_zero and kind is CommitmentKind.PAY:
        others = [somebody for somebody in others if not carried_out_by_refund(kind, owed_by, somebody)]
    owed_to = Participant.BUYER if kind is CommitmentKind.REFUND else one_of(others, choose)
    most = unclaimed if carried_out_by_refund(kind, owed_by, owed_to) else dispute.in_dispute
    sum_of_money = str(amount(1, most, choose)) if kind in MONEY_KINDS else None
    return who.promises(kind.value, owed_to.value, sum_of_money, owed_by=owed_by.value)


def _to_be_done(who: Person, dispute: Dispute) -> list[tuple[str, tuple[str, int | None]]]:
    """What somebody can commit to provide or to decide, by name."""
    asked = [r.number for r in dispute.evidence_requests.unanswered if r.of == who.role.value]
    challenges = [challenge.number for challenge in open_challenges(dispute)]
    could = {"default": dispute.set_aside.pending, "goods": dispute.goods_contested, "claim": dispute.to_be_ruled}
    return [
        *(("provide", ("evidence_request", number)) for number in asked),
        *(("decide", ("challenge", number)) for number in challenges),
        *(("decide", (what, None)) for what, open_now in could.items() if open_now),
    ]


def _message(who: Person, choose: Choose) -> Act:
    """A message to all or to one, with or without a commitment."""
    to = one_of((None, None, *get_args(Reader)), choose)
    if choose(1):
        return who.writes(to=to)
    others = [somebody for somebody in Participant if somebody is not _bearer(who)]
    kind, within = one_of(get_args(PromiseKind), choose), one_of((None, timedelta(hours=3)), choose)
    return who.writes(to=to, promise=promising(kind.value, one_of(others, choose).value, within))


def _bearer(who: Person) -> Participant:
    """A participant. The carrier stands in for a role that cannot make commitments."""
    return Participant(who.role.value) if who.role.value in set(Participant) else Participant.CARRIER


def _reopening(who: Person, dispute: Dispute, choose: Choose) -> Act:
    if not may_overturn(dispute) and (paid := paid_by_refund(dispute)):
        return who.reopens("bounced_refund", bounced=one_of(paid, choose).number)
    return who.reopens(one_of(("fraud", "late_delivery", "refunded_elsewhere"), choose))


def _replacement(who: Person, number: int, promised: Commitment | None, choose: Choose) -> Act:
    if promised is None:
        return who.replaces_promise(number, one_of(SERVICES, choose).value)
    no_more = str(amount(1, promised.amount, choose)) if promised.amount else None
    return who.replaces_promise(number, promised.kind.value, no_more, not_before=promised.due_at)
