"""Law reports on incidents: many disputes that have something in common."""

import pytest
from pydantic import ValidationError

from domain.clocks.stay import DisputeIsStayed
from domain.commitments.events import CommitmentKept
from domain.incidents.incident import (
    MAX_BULK_ACTS,
    MAX_SHARED,
    FindingRestsOnNothing,
    IncidentIsClosed,
    MayNotFind,
    MayNotGroup,
    MayNotProposeToAll,
    OfferOfNothing,
    TooManyBulkActs,
    TooMuchShared,
    UnknownIncident,
    moves,
)
from domain.incidents.incident_facts import (
    ExhibitShared,
    FindingShared,
    IncidentClosed,
    IncidentOpened,
    OfferedToAll,
    ProposedToAll,
    UnknownBulkAct,
)
from domain.incidents.membership import (
    InAnotherIncident,
    IncidentIsCited,
    NotInIncident,
    NotItsParty,
    NotYourBulkAct,
    SharedNotCitable,
    SharedStillUnanswered,
    UnknownShared,
)
from domain.incidents.membership_facts import (
    BulkActNotReached,
    BulkActReached,
    IncidentJoined,
    IncidentLeft,
    SharedAnswered,
    SharedCited,
)
from domain.kernel.base import Event, Role
from domain.kernel.money import CurrencyMismatch
from domain.kernel.people import NotAParty, Side
from domain.kernel.refusals import DisputeIsClosed, NotYourMove
from domain.neutral.escalation import NotTheNeutral
from domain.neutral.mandate import NoMandate
from domain.ruling.ruling_facts import RulingIssued
from domain.settlement.negotiation import OfferExceedsClaim
from domain.settlement.negotiation_facts import OfferMade
from domain.settlement.proposal import ProposalIsOpen
from domain.settlement.proposal_facts import ProposalMade
from tests.domain.law.acts import SECOND, Act, money
from tests.domain.law.cast import (
    Person,
    administrator,
    another_neutral,
    auditor,
    buyer,
    engine,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.law.filings import filing
from tests.domain.law.grouping import (
    ANOTHER_INCIDENT,
    INCIDENT,
    answers_shared,
    carries,
    closes,
    joins,
    leaves,
    misses,
    notice,
    offers_to_all,
    opens,
    proposes_to_all,
    shares_exhibit,
    shares_finding,
    terms,
)
from tests.domain.law.reports import Report, Some, day, given, later, passes_to, sets, some


def opened() -> Report:
    """One dispute before the neutral, and an incident."""
    return given(
        filing(),
        day(1),
        seller.contests(),
        day(4),
        buyer.escalates(),
        neutral.takes_case(),
        neutral.writes(),
        opens(supervisor),
    )


def joined() -> Report:
    return opened().when(joins(neutral))


def happened(report: Report, expected: Some | type[Event]) -> bool:
    """This is among the events of the last part."""
    return any(type(f.event) is expected if isinstance(expected, type) else expected == f.event for f in report.facts)


def ruling(*shared: int) -> Act:
    made = neutral.rules("129.90 EUR", "0.00 EUR")
    return Act(made.kind, made.actor, {**made.fields, "cites_shared": shared})


# --- the incident ---


@pytest.mark.parametrize("who", [neutral, supervisor, administrator, marketplace])
def test_who_opens_one(who: Person) -> None:
    """A neutral, a supervisor, an administrator or the marketplace. A repeated request changes nothing."""
    report = given(filing()).when(opens(who))
    report.then(some(IncidentOpened, incident_id=INCIDENT, by=who.role)).when(opens(who)).then_nothing()


@pytest.mark.parametrize("who", [buyer, seller, auditor, engine])
def test_nobody_else_groups(who: Person) -> None:
    """Neither a party nor an auditor."""
    for act in (opens(who), joins(who), leaves(who), closes(who), shares_exhibit(who)):
        opened().when(act).refused(MayNotGroup, role=who.role.value)


def test_a_neutral_needs_a_mandate() -> None:
    """A neutral who has left cannot group, find or propose."""
    for act in (opens(another_neutral), shares_finding(another_neutral), proposes_to_all(another_neutral, 5000)):
        opened().when(administrator.closes_mandate(another_neutral), act).refused(NoMandate)


def test_nothing_happens_in_an_incident_that_is_not() -> None:
    """Every act on an unknown incident is refused, for everybody."""
    acts = (joins(neutral), leaves(neutral), closes(neutral), shares_exhibit(neutral), shares_finding(neutral))
    for act in (*acts, proposes_to_all(neutral, 5000), offers_to_all(seller, 5000), carries(neutral)):
        given(filing(), day(4), buyer.escalates(), neutral.takes_case()).when(act).refused(UnknownIncident)


def test_a_closed_incident_says_no_more() -> None:
    """Nothing more is shared or made to all, and nobody joins. Members may still leave, and shared items stay."""
    closed = joined().when(shares_exhibit(marketplace), closes(marketplace))
    closed.then(ExhibitShared, some(IncidentClosed, by=Role.MARKETPLACE)).when(closes(supervisor)).then_nothing()
    acts = (
        shares_exhibit(neutral),
        shares_finding(neutral),
        proposes_to_all(neutral, 5000),
        offers_to_all(seller, 5000),
    )
    for act in acts:
        joined().when(closes(supervisor), act).refused(IncidentIsClosed)
    opened().when(closes(supervisor), joins(neutral)).refused(IncidentIsClosed)
    closed.when(answers_shared(buyer)).then(SharedAnswered).when(leaves(neutral)).then(IncidentLeft)


def test_findings() -> None:
    """By a neutral or a supervisor, based on items shared before. Findings and exhibits have one sequence of
    numbers."""
    report = opened().when(shares_exhibit(marketplace))
    report.then(some(ExhibitShared, number=1, by=Role.MARKETPLACE, file=notice(marketplace), shared_at=report.now))
    report.when(shares_finding(supervisor, 1, 1)).then(some(FindingShared, number=2, rests_on=(1,), by=Role.SUPERVISOR))
    report.when(shares_finding(neutral, 2, 1)).then(some(FindingShared, number=3, rests_on=(1, 2)))
    report.when(shares_finding(neutral, 3, 4)).refused(FindingRestsOnNothing, unknown=[4], shared=3)
    for who in (marketplace, administrator):
        opened().when(shares_finding(who)).refused(MayNotFind, role=who.role.value)
    opened().when(shares_finding(neutral, 0)).refused(FindingRestsOnNothing, unknown=[0], shared=0)


def test_an_incident_stays_small() -> None:
    """The incident itself stays small, however many members it has."""
    full = opened().when(*[shares_exhibit(neutral)] * MAX_SHARED)
    full.when(shares_finding(neutral)).refused(TooMuchShared, limit=MAX_SHARED)
    said = opened().when(*[proposes_to_all(neutral, 5000)] * MAX_BULK_ACTS)
    said.when(offers_to_all(seller, 1)).refused(TooManyBulkActs, limit=MAX_BULK_ACTS)


def test_terms_for_all() -> None:
    """A share of the amount in dispute, exact to the last unit; or the same sum for all."""
    assert terms(3333).of(money("100.00 EUR")) == money("33.33 EUR")
    assert terms(10_000).of(money("0.01 EUR")) == money("0.01 EUR")
    assert terms(0).of(money("7 JPY")) == money("0 JPY")
    assert terms("5.00 EUR").of(money("100.00 EUR")) == money("5.00 EUR")
    for share in (-1, 10_001):
        with pytest.raises(ValidationError):
            terms(share)


def test_what_is_offered_on_an_incident() -> None:
    """Each role sees the acts that it may do. On a closed incident, only leaving is left."""
    report = opened()
    incident = report.world.states[INCIDENT]
    grouping = {"join_incident", "leave_incident", "share_exhibit", "close_incident"}
    assert set(moves(incident, Role.NEUTRAL)) == grouping | {"share_finding", "propose_to_all"}
    assert set(moves(incident, Role.SUPERVISOR)) == grouping | {"share_finding"}
    assert set(moves(incident, Role.MARKETPLACE)) == set(moves(incident, Role.ADMINISTRATOR)) == grouping
    assert moves(incident, Role.SELLER) == ["offer_to_all"]
    assert moves(incident, Role.AUDITOR) == []
    closed = report.when(closes(supervisor)).world.states[INCIDENT]
    assert moves(closed, Role.NEUTRAL) == ["leave_incident"]
    assert moves(closed, Role.SELLER) == []


# --- joining and leaving ---


def test_joining() -> None:
    """A dispute records once that it is part of an incident."""
    report = opened().when(joins(marketplace)).then(some(IncidentJoined, incident_id=INCIDENT, by=Role.MARKETPLACE))
    report.leaves("mediation", "neutral").when(joins(supervisor)).then_nothing()


def test_one_incident_at_a_time() -> None:
    """A dispute must leave before it joins another one; then it may come back."""
    other = opens(supervisor, ANOTHER_INCIDENT)
    joined().when(other, joins(supervisor, ANOTHER_INCIDENT)).refused(InAnotherIncident, incident_id=str(INCIDENT))
    report = joined().when(other, leaves(supervisor), joins(supervisor, ANOTHER_INCIDENT))
    report.then(IncidentOpened, IncidentLeft, some(IncidentJoined, incident_id=ANOTHER_INCIDENT))
    report.when(leaves(supervisor)).then_nothing()
    report.when(leaves(supervisor, ANOTHER_INCIDENT), joins(supervisor)).then(IncidentLeft, IncidentJoined)


def test_a_neutral_groups_their_own() -> None:
    """Not somebody else's dispute. A supervisor can group that."""
    opened().when(joins(another_neutral)).refused(NotTheNeutral)
    joined().when(leaves(another_neutral)).refused(NotTheNeutral)


def test_grouping_is_no_first_act() -> None:
    """A neutral who groups a dispute with a thousand others has not looked at it."""
    taken = given(filing(), day(4), opens(supervisor), buyer.escalates(), neutral.takes_case())
    taken.when(joins(neutral)).then(IncidentJoined).when(leaves(neutral)).then(IncidentLeft)
    assert happened(taken.when(neutral.writes()), CommitmentKept)


def test_a_closed_dispute_does_not_join() -> None:
    """There is nothing left to do in it. A member that has closed may still be removed."""
    closed = given(filing(), opens(supervisor), buyer.withdraws())
    closed.when(joins(supervisor)).refused(DisputeIsClosed, closed_as="withdrawn")
    inside = given(filing(), opens(supervisor), joins(supervisor), buyer.withdraws())
    inside.when(leaves(supervisor)).then(some(IncidentLeft, by=Role.SUPERVISOR)).leaves("closed", "none")


# --- what is shared ---


def test_each_side_answers_in_its_own_dispute() -> None:
    """Once, while evidence is accepted; and only items that exist."""
    report = joined().when(shares_exhibit(supervisor), answers_shared(buyer))
    report.then(ExhibitShared, some(SharedAnswered, incident_id=INCIDENT, number=1, by=Side.BUYER))
    report.when(answers_shared(buyer)).then_nothing().when(answers_shared(seller)).then(
        some(SharedAnswered, by=Side.SELLER)
    )
    report.when(answers_shared(buyer, 2)).refused(UnknownShared, number=2)
    opened().when(shares_exhibit(supervisor), answers_shared(buyer)).refused(UnknownShared, number=1)
    joined().when(shares_exhibit(supervisor), answers_shared(buyer, 0)).refused(UnknownShared, number=0)
    joined().when(shares_exhibit(supervisor), answers_shared(supervisor)).refused(NotAParty)
    joined().when(shares_exhibit(supervisor), buyer.withdraws(), answers_shared(seller)).refused(DisputeIsClosed)


def test_a_ruling_cites_what_both_have_answered() -> None:
    """As with exhibits: until both sides have answered, a ruling waits."""
    report = joined().when(shares_finding(supervisor), neutral.declares_impasse(), answers_shared(buyer))
    report.when(answers_shared(seller), ruling(1, 1))
    assert happened(report, RulingIssued)
    assert happened(report, some(SharedCited, incident_id=INCIDENT, ruling=1, numbers=(1,), awaits_co_signature=False))
    early = joined().when(shares_finding(supervisor), neutral.declares_impasse(), answers_shared(buyer))
    early.when(ruling(1)).refused(SharedStillUnanswered, shared=[1])


def test_a_ruling_cites_what_is_48_hours_old() -> None:
    """The time begins when it is shared."""
    report = joined().when(shares_finding(supervisor), neutral.declares_impasse(), later(hours=48))
    assert happened(report.when(ruling(1)), SharedCited)
    early = joined().when(shares_finding(supervisor), neutral.declares_impasse(), later(hours=47, minutes=59))
    early.when(ruling(1)).refused(SharedStillUnanswered, shared=[1])


def test_who_joins_late_has_the_time_too() -> None:
    """If the dispute joins later, the time begins then."""
    waits = opened().when(shares_finding(supervisor), later(hours=72), joins(neutral), neutral.declares_impasse())
    waits.when(later(hours=47), ruling(1)).refused(SharedStillUnanswered, shared=[1])
    report = opened().when(shares_finding(supervisor), later(hours=72), joins(neutral), neutral.declares_impasse())
    assert happened(report.when(later(hours=48), ruling(1)), SharedCited)


def test_only_what_its_incident_shares_is_cited() -> None:
    """Not unknown items, and not those of another incident or of one that the dispute has left."""
    joined().when(neutral.declares_impasse(), ruling(1)).refused(SharedNotCitable, shared=[1])
    opened().when(shares_finding(supervisor), neutral.declares_impasse(), later(hours=48), ruling(1)).refused(
        SharedNotCitable, shared=[1]
    )
    left = joined().when(shares_finding(supervisor), neutral.declares_impasse(), later(hours=48), leaves(supervisor))
    left.when(ruling(1)).refused(SharedNotCitable, shared=[1])


def test_in_a_past_case_nothing_waits() -> None:
    """Everything that was shared was known then."""
    filed = filing(imported=True)
    past = given(filed, day(4), opens(supervisor), shares_finding(supervisor))
    acts = (buyer.escalates(), neutral.takes_case(), joins(neutral), neutral.declares_impasse(), ruling(1))
    done = past.when(*(Act(a.kind, a.actor, a.fields, a.dispute, imported=True) for a in acts))
    assert happened(done, SharedCited)


def test_a_ruling_holds_the_dispute_in_its_incident() -> None:
    """The basis of a ruling stays part of the record."""
    report = joined().when(shares_finding(supervisor), neutral.declares_impasse(), later(hours=48), ruling(1))
    report.when(leaves(supervisor)).refused(IncidentIsCited, incident_id=str(INCIDENT))


def test_a_ruling_that_fell_holds_nothing() -> None:
    """While it awaits its co-signature, the dispute stays. After a refusal it may leave."""
    modest = administrator.grants_mandate(neutral, "1.00 EUR")
    report = joined().when(shares_finding(supervisor), modest, neutral.declares_impasse(), later(hours=48), ruling(1))
    report.when(leaves(administrator)).refused(IncidentIsCited)
    report.when(supervisor.refuses_co_signature()).when(leaves(administrator)).then(IncidentLeft)


# --- what is said to all ---


def test_a_proposal_to_all() -> None:
    """It is recorded once. Each dispute then gets a proposal of its own, with its own number, terms and windows."""
    report = (
        joined()
        .when(proposes_to_all(neutral, 5000))
        .then(some(ProposedToAll, number=1, neutral=neutral.subject, **{"terms.share": 5000}))
    )
    reached = report.when(carries(neutral))
    reached.then(
        some(ProposalMade, number=1, **{"terms.claimant": money("64.95 EUR"), "terms.respondent": money("64.95 EUR")}),
        sets("proposal-1-buyer", "buyer"),
        sets("proposal-1-seller", "seller"),
        some(BulkActReached, incident_id=INCIDENT, number=1, act="proposal", as_number=1),
        passes_to("both", "mediation"),
    )
    reached.when(carries(neutral)).then_nothing()


def test_it_is_the_neutral_s_first_act() -> None:
    """A neutral who proposes to all has acted in each dispute."""
    report = given(filing(), day(4), opens(supervisor), joins(supervisor), buyer.escalates(), seller.contests())
    report.when(neutral.takes_case(), proposes_to_all(neutral, 5000))
    assert happened(report.when(carries(neutral)), CommitmentKept)


def test_it_comes_once() -> None:
    """Whatever its status in the dispute: carried again, it has no effect."""
    report = joined().when(proposes_to_all(neutral, 5000), carries(neutral), seller.refuses_proposal())
    report.when(carries(neutral)).then_nothing().when(misses()).then_nothing()


def test_the_very_same_is_open_already() -> None:
    """If the same proposal is already open, the dispute counts as reached by that one."""
    same = joined().when(neutral.proposes("64.95 EUR", "64.95 EUR"), proposes_to_all(neutral, 5000))
    same.when(carries(neutral)).then(some(BulkActReached, act="proposal", as_number=1))
    offered = joined().when(seller.offers("20.00 EUR"), offers_to_all(seller, "20.00 EUR"))
    offered.when(carries(seller)).then(some(BulkActReached, act="offer", as_number=1))


def test_where_a_proposal_does_not_reach() -> None:
    """The rules of the dispute decide: another neutral, another stage, another open proposal, stayed, closed, left."""
    proposed = proposes_to_all(neutral, 5000)
    joined().when(neutral.declares_impasse(), proposed, carries(neutral)).refused(NotYourMove)
    joined().when(neutral.proposes("1.00 EUR", "128.90 EUR"), proposed, carries(neutral)).refused(ProposalIsOpen)
    joined().when(proposed, supervisor.orders_stay(), carries(neutral)).refused(DisputeIsStayed)
    joined().when(proposed, buyer.withdraws(), carries(neutral)).refused(DisputeIsClosed)
    joined().when(proposed, leaves(neutral), carries(neutral)).refused(NotInIncident)
    joined().when(proposed, supervisor.reassigns(another_neutral), carries(neutral)).refused(NotTheNeutral)
    joined().when(proposed, administrator.closes_mandate(neutral), carries(neutral)).refused(NoMandate)
    dollars = joined().when(proposes_to_all(neutral, "5.00 USD"), carries(neutral))
    dollars.refused(CurrencyMismatch, expected="EUR", found="USD")
    joined().when(proposes_to_all(neutral, "130.00 EUR"), carries(neutral)).refused(OfferExceedsClaim)


def test_an_offer_of_nothing() -> None:
    """An offer to all is above zero, by share and by sum. If a small share comes to nothing in a member, it does not
    reach that member. Only a neutral can propose zero."""
    opened().when(offers_to_all(seller, 0)).refused(OfferOfNothing, at="/percent")
    opened().when(offers_to_all(seller, "0.00 EUR")).refused(OfferOfNothing, at="/amount")
    given(filing("0.40 EUR", paid="0.40 EUR"), seller.contests(), opens(supervisor), joins(supervisor)).when(
        offers_to_all(seller, 1), carries(seller)
    ).refused(OfferOfNothing)
    joined().when(proposes_to_all(neutral, 0), carries(neutral)).leaves("mediation")


def test_only_who_said_it() -> None:
    """Nobody carries somebody else's proposal to a dispute, or one that was not made."""
    joined().when(proposes_to_all(another_neutral, 5000), carries(neutral)).refused(NotYourBulkAct)
    joined().when(offers_to_all(seller, 5000), carries(buyer)).refused(NotYourBulkAct)
    joined().when(proposes_to_all(neutral, 5000), carries(neutral, 2)).refused(UnknownBulkAct, number=2)
    joined().when(proposes_to_all(neutral, 5000), carries(neutral, 0)).refused(UnknownBulkAct, number=0)


def test_who_proposes_and_offers() -> None:
    """A neutral proposes, a party offers."""
    opened().when(proposes_to_all(supervisor, 5000)).refused(MayNotProposeToAll, role="supervisor")
    opened().when(offers_to_all(supervisor, 5000)).refused(NotAParty)


def test_an_offer_to_all() -> None:
    """It becomes an offer of the party in each of its disputes. The other side accepts or rejects each one
    separately."""
    report = (
        joined()
        .when(offers_to_all(seller, "20.00 EUR"))
        .then(some(OfferedToAll, number=1, by=Side.SELLER, party=seller.subject, **{"message.author": seller.subject}))
    )
    report.when(carries(seller)).then(
        some(
            OfferMade,
            number=1,
            by=Side.SELLER,
            **{"terms.claimant": money("20.00 EUR"), "message.author": seller.subject},
        ),
        sets("offer-1", "buyer"),
        some(BulkActReached, act="offer", as_number=1),
    )
    report.when(buyer.accepts_offer(1)).leaves("execution", outcome="settled")


def test_an_offer_to_all_is_for_its_party() -> None:
    """Not in another seller's dispute, and only within the dispute's rules."""
    somebody = Person(Role.SELLER, SECOND)
    stranger = offers_to_all(seller, "20.00 EUR", party=somebody)
    joined().when(stranger, carries(seller)).refused(NotItsParty, side="seller")
    joined().when(offers_to_all(seller, "129.91 EUR"), carries(seller)).refused(OfferExceedsClaim)
    joined().when(offers_to_all(buyer, "100.00 EUR"), carries(buyer)).then(
        OfferedToAll, OfferMade, *[sets("offer-1", "seller")], BulkActReached
    )


def test_where_it_did_not_reach_is_on_record() -> None:
    """The record names the rule that refused it. It is then not carried again."""
    report = joined().when(neutral.declares_impasse(), proposes_to_all(neutral, 5000), misses())
    assert happened(report, some(BulkActNotReached, incident_id=INCIDENT, number=1, code="NotYourMove"))
    report.when(misses()).then_nothing().when(carries(neutral)).then_nothing()
    for who in (neutral, supervisor, marketplace):
        joined().when(proposes_to_all(neutral, 5000), misses(by=who)).refused(MayNotGroup, role=who.role.value)
    opened().when(proposes_to_all(neutral, 5000), misses()).then(ProposedToAll)
    joined().when(proposes_to_all(neutral, 5000), buyer.withdraws(), misses(code="DisputeIsClosed")).leaves("closed")
