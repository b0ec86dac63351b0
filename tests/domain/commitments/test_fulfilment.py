"""Law reports on commitments made with a message, and on commitments kept by the act itself."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.clocks.deadline_facts import DeadlineEnded
from domain.commitments.events import (
    CommitmentBreached,
    CommitmentKept,
    CommitmentMade,
    CommitmentPassed,
    KeptBy,
    Matter,
)
from domain.commitments.keeping import NotYoursToConfirm
from domain.commitments.matters import NotWhatItIsAbout
from domain.commitments.named import UnknownCommitment
from domain.commitments.own_acts import ActDecides
from domain.commitments.promising import MAX_COMMITMENTS, TooManyCommitments
from domain.commitments.terms import DueInThePast, OwedToOneself
from domain.evidence.exhibit_facts import ExhibitAdded
from domain.filing.key_question_facts import KeyQuestionAnswered
from domain.settlement.conversation_facts import MessagePosted, PromiseInMessage
from tests.domain.law.acts import Act, commitment, promising
from tests.domain.law.cast import (
    PICKED_UP,
    Person,
    administrator,
    another_neutral,
    buyer,
    engine,
    lawyer,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.law.filings import filing
from tests.domain.law.reports import Played, Report, Some, day, due_date, given, later, owes, passes_to, some

DAY = timedelta(days=1)
MEDIATED = (filing(), day(1), seller.contests(), day(3), buyer.escalates(), neutral.takes_case(), neutral.writes())
"""Two commitments were made by policy and kept: to find a neutral, and the first act."""
ADJUDICATED = (*MEDIATED, neutral.declares_impasse())


def kept(number: int, fact: str, nth: int | None = None, **values: object) -> Some:
    return some(CommitmentKept, commitment_id=commitment(number), kept_by=KeptBy(fact=fact, number=nth), **values)


def kept_in(report: Report) -> list[CommitmentKept]:
    return [fact.event for fact in report.facts if isinstance(fact.event, CommitmentKept)]


# --- given with a message ---


@pytest.mark.parametrize("kind", ["reply", "call_back", "provide", "review", "decide", "confirm"])
@pytest.mark.parametrize("who", [seller, neutral, supervisor, marketplace], ids=lambda who: who.role.value)
def test_a_promise_with_a_message(who: Person, kind: str) -> None:
    """The author owes it, in their own name. Message and commitment refer to each other, and are stored together or not
    at all."""
    report = given(*MEDIATED).when(who.writes("Tomorrow.", promise=promising(kind, "buyer", DAY)))
    due_at = report.now + DAY
    told = {"commitment_id": commitment(4), "kind": kind, "owed_to": "buyer", "due_at": due_at}
    terms = PromiseInMessage.model_validate(told)
    report.then(
        some(MessagePosted, number=2, by=who.role, promise=terms),
        owes(
            who.role.value, "buyer", None, kind, arises_from="promise", commitment_class="service", message=2,
            **{"promise.due_at": due_at, "promise.made_at": report.now},
        ),
    )  # fmt: skip
    assert report.dispute.commitments.open[commitment(4)].due_at == due_at


def test_a_promise_left_to_the_policy() -> None:
    """Without a due instant, the policy's window on the author's calendar counts, and the proof says so."""
    report = given(filing()).when(seller.writes("I'll ask the warehouse.", promise=promising("reply", "buyer")))
    (made,) = [f.event for f in report.facts if isinstance(f.event, CommitmentMade)]
    assert made.promise.proof is not None
    assert (made.promise.proof.rule, made.promise.proof.time_zone) == ("first-2026/promise", "Asia/Shanghai")
    assert made.promise.due_at == report.now + timedelta(days=2)
    desk = given(*MEDIATED).when(neutral.writes(promise=promising("review", "seller")))
    (theirs,) = [f.event for f in desk.facts if isinstance(f.event, CommitmentMade)]
    assert theirs.promise.proof is not None
    assert theirs.promise.proof.time_zone == "UTC"
    assert theirs.promise.subject == neutral.subject


def test_no_promise_in_the_past_or_to_oneself() -> None:
    """The rules for commitments hold in messages too. A refusal also refuses the message."""
    report = given(filing())
    report.when(seller.writes(promise=promising("reply", "seller"))).refused(OwedToOneself, at="/promise/owed_to")
    report.when(seller.writes(promise=promising("reply", "buyer", -DAY))).refused(DueInThePast, at="/promise/due_at")
    report.when(seller.writes()).then(some(MessagePosted, number=1))


def test_promises_in_messages_are_bounded() -> None:
    """The limit of open commitments holds, however they are made."""
    report = given(filing(), *(seller.promises("call_back", "buyer") for _ in range(MAX_COMMITMENTS)))
    report.when(buyer.writes(promise=promising("provide", "seller"))).refused(TooManyCommitments, limit=MAX_COMMITMENTS)


def test_promised_after_closure() -> None:
    """Only a service can be owed with a message, so the dispute is not reopened."""
    report = given(filing(), buyer.withdraws()).when(seller.writes(promise=promising("call_back", "buyer")))
    report.then(MessagePosted, owes("seller", "buyer", None, "call_back")).leaves("closed", "none")


# --- a reply ---


def replying(promised_by: Person, to: str) -> Report:
    return given(*MEDIATED, promised_by.writes("By tomorrow.", promise=promising("reply", to, DAY)))


def test_a_reply_is_kept_by_a_message() -> None:
    """The debtor's next message that everybody reads keeps it, once. The creditor need not confirm."""
    report = replying(seller, "buyer")
    report.when(buyer.writes()).then(MessagePosted)
    report.when(seller.writes()).then(
        some(MessagePosted, number=4), kept(4, "MessagePosted", 4, by="seller", late=False)
    )
    report.when(seller.writes()).then(MessagePosted)
    report.when(buyer.confirms_promise(4)).then_nothing()


def test_a_reply_to_somebody_else_keeps_nothing() -> None:
    """A message addressed to the buyer is no reply to the seller. A message to the creditor is."""
    report = replying(neutral, "seller")
    report.when(neutral.writes(to="buyer")).then(some(MessagePosted, to="buyer"))
    report.when(neutral.writes(to="seller")).then(MessagePosted, kept(4, "MessagePosted", 4))


def test_somebody_elses_message_keeps_nothing() -> None:
    """Only the debtor can give the reply: not the creditor, and nobody else."""
    for somebody in (buyer, supervisor, marketplace, neutral):
        replying(seller, "buyer").when(somebody.writes()).then(MessagePosted)


def test_whoever_speaks_for_a_party_replies_for_it() -> None:
    """A representative's message counts as the party's."""
    report = given(*MEDIATED, buyer.names(lawyer), buyer.writes(promise=promising("reply", "seller", DAY)))
    report.when(lawyer.writes()).then(MessagePosted, kept(4, "MessagePosted", 3, by="buyer"))


def test_a_promise_of_a_reply_is_no_reply() -> None:
    """A message that asks for more time is no answer: both commitments are open."""
    report = replying(seller, "buyer")
    report.when(seller.writes("Friday.", promise=promising("reply", "buyer", 2 * DAY))).then(
        MessagePosted, owes("seller", "buyer", None, "reply")
    )
    report.when(seller.writes("Here.")).then(MessagePosted, kept(4, "MessagePosted", 4), kept(5, "MessagePosted", 4))


def test_a_message_that_promises_something_else_replies() -> None:
    """An answer that also commits to a call is an answer."""
    replying(seller, "buyer").when(seller.writes(promise=promising("call_back", "buyer"))).then(
        MessagePosted, CommitmentMade, kept(4, "MessagePosted", 3)
    )


def test_a_reply_that_comes_late() -> None:
    """At the exact due instant a reply is late. The breach and the keeping are both recorded."""
    report = replying(seller, "buyer").when(due_date(4), seller.writes())
    report.then(CommitmentBreached(commitment_id=commitment(4)), MessagePosted, kept(4, "MessagePosted", 3, late=True))
    just_in_time = replying(seller, "buyer").when(later(hours=23, minutes=59), seller.writes())
    just_in_time.then(MessagePosted, kept(4, "MessagePosted", 3, late=False))


def test_several_replies_are_kept_by_one_message() -> None:
    """A message to everybody replies to each of them."""
    report = replying(seller, "buyer").when(seller.promises("reply", "neutral"), seller.writes())
    report.then(CommitmentMade, MessagePosted, kept(4, "MessagePosted", 3), kept(5, "MessagePosted", 3))


def test_a_reply_to_a_third_party() -> None:
    """A carrier reads no messages here. The marketplace reports whether it got its answer."""
    report = given(*MEDIATED, seller.promises("reply", "carrier")).when(seller.writes()).then(MessagePosted)
    report.when(marketplace.confirms_promise(4)).then(some(CommitmentKept, kept_by=None))


def test_a_reply_in_caucus() -> None:
    """A caucus message of the neutral replies to that side only, and a party's to the neutral only. The other side sees
    that a commitment was kept, but not by what."""
    report = replying(neutral, "seller").when(neutral.promises("reply", "buyer"))
    report.when(neutral.confides(to="buyer"))
    assert kept_now(report) == {commitment(5): None}
    report.when(buyer.promises("reply", "neutral"), buyer.promises("reply", "seller"))
    report.when(buyer.confides())
    assert kept_now(report) == {commitment(6): None}
    assert {c.number for c in report.dispute.commitments.open.values() if not c.is_ruling} == {4, 7}


def test_a_reply_that_policy_asks_for_is_no_message() -> None:
    """A supervisor who owes an answer on a default must decide. Messages do not keep that."""
    report = given(filing(), day(7.2), seller.asks_to_set_aside())
    report.when(supervisor.writes("I am looking into it.")).then(MessagePosted)
    report.when(supervisor.refuses_to_set_aside())
    assert [f.event.kept_by for f in report.facts if isinstance(f.event, CommitmentKept)] == [
        KeptBy(fact="SetAsideRefused")
    ]


# --- other kinds ---


def test_a_call_back_is_told() -> None:
    """A call leaves no trace in the engine. The creditor or the marketplace reports it, never the debtor."""
    report = given(*MEDIATED, neutral.writes(promise=promising("call_back", "buyer", DAY)))
    report.when(neutral.writes("I have called."), neutral.adds_exhibit(), neutral.declares_impasse())
    assert commitment(4) in report.dispute.commitments.open
    report.when(neutral.confirms_promise(4)).refused(NotYoursToConfirm)
    report.when(marketplace.confirms_promise(4)).then(some(CommitmentKept, by="marketplace", kept_by=None))


@pytest.mark.parametrize(
    ("who", "kind", "act", "fact"),
    [
        (buyer, "provide", buyer.adds_exhibit(), "ExhibitAdded"),
        (buyer, "provide", buyer.answers_questions("difference"), "KeyQuestionAnswered"),
        (neutral, "review", neutral.proposes("1.00 EUR", "128.90 EUR"), "ProposalMade"),
        (neutral, "review", neutral.declares_impasse(), "ImpasseDeclared"),
        (neutral, "review", neutral.declares_inadmissible(), "DeclaredInadmissible"),
        (neutral, "decide", neutral.declares_inadmissible(), "DeclaredInadmissible"),
        (supervisor, "decide", supervisor.declares_inadmissible(), "DeclaredInadmissible"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_kept_by_an_act_of_that_kind(who: Person, kind: str, act: Act, fact: str) -> None:
    """An exhibit provides, a proposal reviews, a decided outcome decides: if the debtor acts."""
    report = given(*MEDIATED, who.writes(promise=promising(kind, "seller", DAY))).when(act)
    by_act = next(e for e in kept_in(report) if e.commitment_id == commitment(4))
    assert (by_act.commitment_id, by_act.by, by_act.late) == (commitment(4), who.role, False)
    assert by_act.kept_by is not None
    assert by_act.kept_by.fact == fact


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        ("provide", seller.adds_exhibit()),
        ("review", neutral.proposes("1.00 EUR", "128.90 EUR")),
        ("decide", neutral.declares_inadmissible()),
        ("reply", buyer.adds_exhibit()),
        ("provide", buyer.writes()),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_not_kept_by_another_act_or_by_others(kind: str, act: Act) -> None:
    """An exhibit is no reply, and a message provides nothing. Nobody keeps another person's commitment."""
    report = given(*MEDIATED, buyer.writes(promise=promising(kind, "seller", DAY))).when(act)
    assert commitment(4) in report.dispute.commitments.open


def test_a_decision_promised_is_kept_by_the_ruling() -> None:
    """From the instant at which the ruling takes effect."""
    ruling = neutral.rules("0.00 EUR", "129.90 EUR")
    report = given(*ADJUDICATED, neutral.writes(promise=promising("decide", "buyer", DAY))).when(ruling)
    of_policy, by_act = kept_in(report)
    assert (of_policy.commitment_id, by_act.commitment_id) == (commitment(3), commitment(4))
    assert of_policy.kept_by == by_act.kept_by == KeptBy(fact="RulingIssued", number=1)


def test_a_decision_that_waits_for_a_signature() -> None:
    """Until the signature nobody has the decision, and no party may learn of it. The signature keeps it, for the
    neutral who ruled."""
    report = given(*ADJUDICATED, administrator.grants_mandate(neutral, "1.00 EUR"))
    report.when(neutral.writes(promise=promising("decide", "buyer", DAY)), neutral.rules("129.90 EUR", "0.00 EUR"))
    assert commitment(4) in report.dispute.commitments.open
    report.when(supervisor.co_signs())
    kept_now = {f.event.commitment_id for f in report.facts if isinstance(f.event, CommitmentKept)}
    assert kept_now == {commitment(4), commitment(5)}


def test_what_no_party_may_know_yet_is_not_named() -> None:
    """An unsigned ruling is a first act, and a refused signature is a review. The parties see that they were kept, but
    not by what."""
    modest = administrator.grants_mandate(another_neutral, "1.00 EUR")
    report = given(*ADJUDICATED, supervisor.reassigns(another_neutral), modest)
    report.when(supervisor.writes(promise=promising("review", "buyer", DAY)))
    report.when(another_neutral.rules("129.90 EUR", "0.00 EUR"))
    looked, ruled, reviewed, signed = map(commitment, (4, 5, 6, 7))
    assert kept_now(report) == {looked: None, ruled: None}
    report.when(supervisor.refuses_co_signature())
    assert kept_now(report) == {reviewed: None, signed: None}


def kept_now(report: Report) -> dict[UUID, KeptBy | None]:
    return {f.event.commitment_id: f.event.kept_by for f in report.facts if isinstance(f.event, CommitmentKept)}


def test_a_review_does_not_pass_with_what_ends_it() -> None:
    """A neutral who sends a ruling back has reviewed it. A commitment kept by that does not pass to anybody."""
    ruled = (*ADJUDICATED, neutral.rules("0.00 EUR", "129.90 EUR"), buyer.appeals(), another_neutral.takes_case())
    report = given(*ruled, another_neutral.writes(promise=promising("review", "buyer", DAY)))
    report.when(another_neutral.sends_back())
    events = [f.event for f in report.facts]
    assert [e.kept_by for e in kept_in(report)] == [KeptBy(fact="AppealSentBack", number=1)] * 2  # and the ruling owed
    assert not any(isinstance(e, CommitmentPassed) for e in events)


def test_a_receipt_is_confirmed_by_saying_that_it_came() -> None:
    """The confirmation of money or goods keeps it. Nothing else is a receipt."""
    report = given(filing(), seller.promises("ship", "buyer"), seller.promises("call_back", "buyer"))
    report.when(buyer.promises("confirm", "seller"), buyer.confirms_promise(2)).then(
        CommitmentMade, some(CommitmentKept, commitment_id=commitment(2))
    )
    report.when(buyer.confirms_promise(1)).then(
        some(CommitmentKept, commitment_id=commitment(1), kept_by=None), kept(3, "CommitmentKept")
    )


def test_a_first_look_is_kept_by_its_act() -> None:
    """The record names the act in the same way for commitments by policy."""
    report = given(*MEDIATED[:-1]).when(neutral.proposes("1.00 EUR", "128.90 EUR"))
    assert [f.event.kept_by for f in report.facts if isinstance(f.event, CommitmentKept)] == [
        KeptBy(fact="ProposalMade", number=1)
    ]
    assert passes_to("both", "mediation") in [f.event for f in report.facts]
    report.when(engine.ticks()).then_nothing()


# --- only the act keeps it ---


def the_one(report: Report, kind: str, owed_by: str = "supervisor") -> int:
    """The number of the only open commitment of this kind and debtor that policy made."""
    owed = report.dispute.commitments.open.values()
    (one,) = [
        c.number for c in owed if (c.kind, c.owed_by, c.arises_from) == (kind, owed_by, "policy") and not c.is_ruling
    ]
    return one


@pytest.mark.parametrize(
    ("played", "kind", "creditor", "about", "decides"),
    [
        ((filing(), day(7.5), seller.asks_to_set_aside()), "reply", seller, "default", supervisor.refuses_to_set_aside()),
        ((*MEDIATED, buyer.challenges()), "decide", buyer, "challenge", supervisor.decides_challenge(1, granted=False)),
        (
            (*ADJUDICATED, administrator.grants_mandate(neutral, "1.00 EUR"), neutral.rules("129.90 EUR", "0.00 EUR")),
            "co_sign", marketplace, "co_signature", supervisor.co_signs(),
        ),
    ],
    ids=["reply", "decide", "co_sign"],
)  # fmt: skip
def test_what_a_request_waits_for_is_kept_by_the_decision(
    played: tuple[Played, ...], kind: str, creditor: Person, about: str, decides: Act
) -> None:
    """Nobody reports it as kept while the request is undecided, and its creditor cannot waive it: others wait too. The
    creditor may give more time."""
    report = given(*played)
    number = the_one(report, kind)
    told = kind != "co_sign"  # the parties don't see that one
    for who in (creditor, marketplace, *((buyer, seller) if told else ())):
        report.when(who.confirms_promise(number)).refused(ActDecides, about=about)
    for party in () if told else (buyer, seller):
        report.when(party.confirms_promise(number)).refused(UnknownCommitment)
    report.when(creditor.waives_promise(number)).refused(ActDecides, about=about)
    report.when(creditor.replaces_promise(number, kind, not_before=report.now + 9 * DAY))
    assert commitment(number) in report.dispute.commitments.ended
    number = the_one(report, kind)
    report.when(creditor.confirms_promise(number)).refused(ActDecides)
    report.when(decides)
    assert report.dispute.commitments.ended[commitment(number)] == "kept"


def test_only_the_neutral_looks_at_the_case() -> None:
    """Nobody can report that a neutral looked who did not. The party to which it is owed may do without."""
    report = given(*MEDIATED[:-1])
    number = the_one(report, "review", "neutral")
    for who in (buyer, seller, marketplace, supervisor):
        report.when(who.confirms_promise(number)).refused(ActDecides, about="first_act")
    report.when(buyer.waives_promise(number))
    assert report.dispute.commitments.ended[commitment(number)] == "waived"


def test_who_commits_to_one_thing_has_to_do_it() -> None:
    """While the thing is open, only the act about it keeps the commitment. Once nothing is left to do, the creditor may
    say that it is kept."""
    report = given(*MEDIATED, buyer.challenges())
    promised = report.dispute.commitments.made + 1
    report.when(supervisor.promises("decide", "buyer", about=("challenge", 1)))
    report.when(buyer.confirms_promise(promised)).refused(ActDecides, about="challenge")
    report.when(neutral.recuses(), buyer.confirms_promise(promised))
    assert report.dispute.commitments.ended[commitment(promised)] == "kept"


# --- about one thing ---


def test_a_promise_about_an_evidence_request() -> None:
    """The exhibit that answers the request keeps it, even late, and no other exhibit does."""
    asked = (*ADJUDICATED, neutral.asks_evidence("seller"), neutral.asks_evidence("seller"))
    about_second = seller.promises("provide", "neutral", about=("evidence_request", 2))
    report = given(*asked, about_second)
    report.when(seller.adds_exhibit()).then(some(ExhibitAdded, number=1))
    report.when(seller.adds_exhibit(answering=1)).then(some(ExhibitAdded, number=2), DeadlineEnded)
    report.when(seller.answers_questions("described")).then(some(KeyQuestionAnswered))
    report.when(seller.adds_exhibit(answering=2)).then(ExhibitAdded, kept(4, "ExhibitAdded", 3), DeadlineEnded)
    late = given(*asked, about_second, day(10)).when(seller.adds_exhibit(answering=2))
    assert late.dispute.commitments.ended[commitment(4)] == "kept_late"


def test_a_promise_about_a_challenge() -> None:
    """It is about one challenge: a decision on another challenge does not keep it, and a ruling does not either."""
    report = given(*MEDIATED, buyer.challenges(), seller.challenges())
    promised = report.dispute.commitments.made + 1
    report.when(supervisor.promises("decide", "seller", about=("challenge", 2)))
    report.when(supervisor.decides_challenge(1, granted=False))
    assert commitment(promised) in report.dispute.commitments.open
    report.when(supervisor.decides_challenge(2, granted=False))
    assert report.dispute.commitments.ended[commitment(promised)] == "kept"


def test_a_promise_about_the_default() -> None:
    """The decision whether the respondent is heard after all keeps it. A refusal is a decision too."""
    for answer in (supervisor.sets_aside(), supervisor.refuses_to_set_aside()):
        report = given(filing(), day(7.5), seller.asks_to_set_aside())
        promised = report.dispute.commitments.made + 1
        report.when(supervisor.promises("decide", "seller", about=("default", None)), answer)
        assert report.dispute.commitments.ended[commitment(promised)] == "kept"


def test_a_promise_about_the_claim_and_about_goods() -> None:
    """A ruling keeps the one, and the decision on the goods keeps the other. A declaration of inadmissibility also
    decides the claim."""
    promised = neutral.promises("decide", "buyer", about=("claim", None))
    ruled = given(*ADJUDICATED, promised, neutral.rules("129.90 EUR", "0.00 EUR"))
    assert ruled.dispute.commitments.ended[commitment(4)] == "kept"
    unheard = given(*MEDIATED, promised, neutral.declares_inadmissible("other_forum"))
    assert unheard.dispute.commitments.ended[commitment(4)] == "kept"
    back_home = given(*MEDIATED, neutral.proposes("129.90 EUR", "0.00 EUR", goods=PICKED_UP))
    back_home.when(buyer.accepts_proposal(), seller.accepts_proposal())
    back_home.when(seller.contests_goods(4), neutral.promises("decide", "buyer", about=("goods", None)))
    of_goods = commitment(back_home.dispute.commitments.made)
    back_home.when(neutral.decides_goods("10.00 EUR"))
    assert back_home.dispute.commitments.ended[of_goods] == "kept"


@pytest.mark.parametrize(
    ("who", "kind", "about"),
    [
        (seller, "provide", ("evidence_request", 3)),
        (buyer, "provide", ("evidence_request", 1)),
        (seller, "provide", ("evidence_request", None)),
        (seller, "provide", ("claim", None)),
        (seller, "reply", ("evidence_request", 1)),
        (neutral, "decide", ("evidence_request", 1)),
        (neutral, "review", ("claim", None)),
        (neutral, "decide", ("challenge", 1)),
        (neutral, "decide", ("claim", 1)),
        (neutral, "decide", ("default", None)),
        (neutral, "decide", ("goods", None)),
    ],
    ids=str,
)
def test_nothing_of_the_kind(who: Person, kind: str, about: tuple[str, int | None]) -> None:
    """Nobody can commit to provide what was not requested from them, or to decide what is not open."""
    report = given(*ADJUDICATED, neutral.asks_evidence("seller"))
    report.when(who.promises(kind, "supervisor", about=about)).refused(NotWhatItIsAbout, kind=kind, about=about[0])
    settled = given(filing(), seller.concedes())
    settled.when(supervisor.promises("decide", "buyer", about=("claim", None))).refused(NotWhatItIsAbout)


def test_in_a_message_too() -> None:
    """Message and commitment are refused together. The pointer names the field `about` of the commitment."""
    report = given(*ADJUDICATED, neutral.asks_evidence("seller"))
    promise = {"kind": "provide", "owed_to": "neutral", "about": Matter(what="evidence_request", number=1)}
    wrong = {**promise, "about": Matter(what="evidence_request", number=2)}
    report.when(seller.writes(promise=wrong)).refused(NotWhatItIsAbout, at="/promise/about", number=2)
    report.when(seller.writes(promise=promise)).then(MessagePosted, CommitmentMade)
    report.when(seller.adds_exhibit()).then(ExhibitAdded)
    report.when(seller.adds_exhibit(answering=1)).then(ExhibitAdded, kept(4, "ExhibitAdded", 2), DeadlineEnded)


def test_what_replaces_it_is_about_the_same() -> None:
    report = given(*ADJUDICATED, neutral.asks_evidence("seller"))
    report.when(seller.promises("provide", "buyer", about=("evidence_request", 1)))
    report.when(buyer.replaces_promise(4, "provide", None, not_before=report.now + timedelta(days=4)))
    report.when(seller.adds_exhibit()).then(ExhibitAdded)
    report.when(seller.adds_exhibit(answering=1)).then(ExhibitAdded, kept(5, "ExhibitAdded", 2), DeadlineEnded)
