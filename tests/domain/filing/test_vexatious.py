"""Law reports on vexatious claims: found in the ruling that refuses them, lifted on appeal, and counted once that is
final."""

from domain.filing.claim_facts import CaseCounted, CaseUncounted, ClaimRecord
from domain.filing.review_facts import MachineDecided
from domain.filing.vexatious import FindingNotAppealable, NotVexatious, stands
from domain.filing.vexatious_facts import ClaimFoundVexatious
from domain.policy.claim_limits import AbuseRules, ClaimLimit
from domain.policy.policy import Policy
from domain.stream_ids import claims_id
from tests.domain.law.acts import FIRST, MARKETPLACE, SECOND
from tests.domain.law.cast import administrator, another_neutral, buyer, engine, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, day, given, some

WHY = "The fourth of its kind, each with the same photograph."
COUNTING = Policy(version="counting", abuse=AbuseRules(limits=(ClaimLimit(days=90, vexatious=1),)))
_LINES = {"1": "50.00 EUR", "2": "40.00 EUR"}
FILED = filing("50.00 EUR", paid="90.00 EUR", order_lines=_LINES)
AGAIN = FILED.as_second(SECOND, claim="40.00 EUR", about_lines=("2",))
NOTHING = ("0.00 EUR", "50.00 EUR")
ALL = ("50.00 EUR", "0.00 EUR")


def adjudicated() -> Report:
    acts = (seller.contests(), buyer.escalates(), neutral.takes_case(), neutral.declares_impasse())
    return given(administrator.publishes(COUNTING), FILED, day(3), *acts)


def counted(report: Report) -> ClaimRecord:
    record = report.world.states.get(claims_id(MARKETPLACE, buyer.subject), ClaimRecord())
    assert isinstance(record, ClaimRecord)
    return record


def limit_told(report: Report) -> tuple[str, str]:
    """Of the limit because of which a claim was not heard: which part, and how much it allows."""
    (told,) = (f.event for f in report.facts if isinstance(f.event, MachineDecided))
    facts = {used.name: used.value for used in told.facts}
    return facts["what"], facts["most"]


def test_a_claim_is_found_vexatious() -> None:
    """The ruling gives reasons for this, beside those for the refusal of the claim."""
    report = adjudicated().when(neutral.rules(*NOTHING, vexatious=WHY))
    (found,) = (f.event for f in report.facts if isinstance(f.event, ClaimFoundVexatious))
    assert (found.ruling, found.reasons.text, found.awaits_co_signature) == (1, WHY, False)
    assert stands(report.dispute)


def test_a_claim_granted_in_part_is_not_vexatious() -> None:
    """Neither if the ruling grants a part, nor if the respondent conceded one."""
    adjudicated().when(neutral.rules("0.01 EUR", "49.99 EUR", vexatious=WHY)).refused(NotVexatious, at="/vexatious")
    conceded = (seller.concedes("10.00 EUR"), buyer.escalates(), neutral.takes_case(), neutral.declares_impasse())
    report = given(FILED, day(3), *conceded)
    report.when(neutral.rules("0.00 EUR", "40.00 EUR", vexatious=WHY)).refused(NotVexatious)


def test_it_counts_once_nobody_can_appeal() -> None:
    """Until then it does not count. After that the claimant is beyond the limit."""
    report = adjudicated().when(neutral.rules(*NOTHING, vexatious=WHY))
    report.when(engine.counts("buyer")).then_nothing()
    report.when(AGAIN).then_filed(SECOND)
    report.when(buyer.withdraws().about(SECOND), buyer.waives_appeal()).leaves("closed")
    case = some(CaseCounted, dispute_id=FIRST, ground="found_vexatious")
    report.when(engine.counts("buyer")).then(case)
    report.when(engine.counts("buyer")).then_nothing().when(engine.counts("seller")).then_nothing()
    third = FILED.as_second(SECOND.__class__(int=0xD3), claim="40.00 EUR", about_lines=("2",))
    report.when(third).leaves("closed", "none", "inadmissible", of=third.dispute)
    assert limit_told(report) == ("vexatious", "1")


def test_an_appeal_lifts_it() -> None:
    """If the neutral on appeal affirms the refusal without finding it vexatious, the finding is lifted, and never
    counts."""
    report = adjudicated().when(neutral.rules(*NOTHING, vexatious=WHY), buyer.appeals())
    report.when(another_neutral.takes_case(), another_neutral.rules(*NOTHING)).leaves("closed")
    assert not stands(report.dispute)
    report.when(engine.counts("buyer")).then_nothing()


def test_an_appeal_may_find_it_again() -> None:
    """Two neutrals have then found it, and it counts."""
    report = adjudicated().when(neutral.rules(*NOTHING, vexatious=WHY), buyer.appeals())
    report.when(another_neutral.takes_case(), another_neutral.rules(*NOTHING, vexatious=WHY)).leaves("closed")
    assert stands(report.dispute)
    report.when(engine.counts("buyer")).then(CaseCounted)


def test_nobody_finds_it_where_it_could_not_be_appealed() -> None:
    """Not for the first time on appeal, and not if the claimant has used up its appeal."""
    report = adjudicated().when(neutral.rules(*ALL), seller.appeals(), another_neutral.takes_case())
    report.when(another_neutral.rules(*NOTHING, vexatious=WHY)).refused(FindingNotAppealable)
    sent_back = adjudicated().when(neutral.rules(*NOTHING, vexatious=WHY), buyer.appeals())
    sent_back.when(another_neutral.takes_case(), another_neutral.sends_back())
    assert not stands(sent_back.dispute)
    sent_back.when(supervisor.assigns(neutral), neutral.rules(*NOTHING, vexatious=WHY)).refused(FindingNotAppealable)


def test_a_finding_waits_for_the_co_signature() -> None:
    """As the ruling does. If the co-signature is refused, the finding falls with the ruling."""
    modest = administrator.grants_mandate(neutral, "1.00 EUR")
    report = adjudicated().when(modest, neutral.rules(*NOTHING, vexatious=WHY))
    assert any(f.event.awaits_co_signature for f in report.facts if isinstance(f.event, ClaimFoundVexatious))
    assert not stands(report.dispute)
    report.when(supervisor.co_signs())
    assert stands(report.dispute)
    refused = adjudicated().when(modest, neutral.rules(*NOTHING, vexatious=WHY), supervisor.refuses_co_signature())
    assert not stands(refused.dispute)
    refused.when(neutral.rules(*NOTHING))
    assert not stands(refused.dispute)


def test_a_finding_that_was_never_signed_leaves_the_earlier_one() -> None:
    """The ruling on appeal is refused its signature, and the appeal is withdrawn: the first ruling and its finding stand."""
    modest = administrator.grants_mandate(another_neutral, "1.00 EUR")
    report = adjudicated().when(neutral.rules(*NOTHING, vexatious=WHY), buyer.appeals(), modest)
    report.when(another_neutral.takes_case(), another_neutral.rules(*NOTHING, vexatious=WHY))
    report.when(supervisor.refuses_co_signature(2), buyer.withdraws_appeal())
    assert stands(report.dispute)
    report.when(engine.counts("buyer")).then(CaseCounted)


def test_reopening_takes_it_back() -> None:
    """The decision counts no more."""
    report = adjudicated().when(neutral.rules(*NOTHING, vexatious=WHY), buyer.waives_appeal(), engine.counts("buyer"))
    report.when(supervisor.reopens(), engine.counts("buyer"))
    assert any(isinstance(f.event, CaseUncounted) for f in report.facts)
    assert not counted(report).offences


def test_a_claim_inadmissible_as_vexatious_counts() -> None:
    """It counts at once, like a finding in a ruling. It does not count if a part was conceded, or on another ground."""
    report = adjudicated().when(neutral.declares_inadmissible("vexatious")).leaves("closed")
    (found,) = (f.event for f in report.facts if isinstance(f.event, ClaimFoundVexatious))
    assert found.ruling is None
    report.when(engine.counts("buyer")).then(some(CaseCounted, dispute_id=FIRST, ground="found_vexatious"))
    report.when(engine.counts("buyer")).then_nothing().when(engine.counts("seller")).then_nothing()
    report.when(AGAIN).leaves("closed", "none", "inadmissible", of=SECOND)
    assert limit_told(report) == ("vexatious", "1")
    other = adjudicated().when(neutral.declares_inadmissible("out_of_scope"), engine.counts("buyer"))
    assert not counted(other).offences
    conceded = (seller.concedes("10.00 EUR"), supervisor.declares_inadmissible("vexatious"), engine.counts("buyer"))
    assert not counted(given(administrator.publishes(COUNTING), FILED, day(3), *conceded)).offences
