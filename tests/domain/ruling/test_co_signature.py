"""Law reports on rulings above the neutral's authority, and on their co-signature."""

from dataclasses import replace
from datetime import date, datetime

from domain.commitments.events import CommitmentBreached, CommitmentDischarged, CommitmentKept, CommitmentKind
from domain.kernel.base import Role
from domain.neutral.mandate_facts import AuthoritySpent, MandateGranted
from domain.policy.book import FIRST_POLICY
from domain.policy.policy import Desk, Windows
from domain.ruling.co_signature import MayNotCoSign, NothingToCoSign, UnsignedRulingHasEnded
from domain.ruling.ruling_facts import (
    CoSignatureRefused,
    RulingBecameFinal,
    RulingCoSigned,
    RulingIssued,
    UnsignedRulingEnded,
)
from domain.ruling.rulings import AlreadyRuled
from domain.settlement.negotiation_facts import OfferAccepted, SettlementReached
from tests.domain.law.acts import SECOND, commitment, money
from tests.domain.law.cast import Person, administrator, another_neutral, buyer, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import (
    Report,
    at,
    day,
    due_date,
    given,
    met,
    moot,
    of_ruling,
    owes,
    passes_to,
    ruling_owed,
    sets,
    some,
)

RULES = neutral.rules("100.00 EUR", "29.90 EUR")


def above_authority() -> Report:
    """A contested claim of 129.90 EUR, four days after filing. The neutral may rule alone on 100 EUR."""
    contested = (filing(), day(1), seller.contests(), day(4), buyer.escalates())
    mandate = administrator.grants_mandate(neutral, "100.00 EUR")
    return given(*contested, mandate, neutral.takes_case(), neutral.declares_impasse())


def test_a_ruling_above_authority_waits() -> None:
    """It is recorded and numbered, but takes no effect. A supervisor owes an answer within two business days of the
    desk."""
    above_authority().when(RULES).then(
        some(RulingIssued, number=1, awaits_co_signature=True, on_appeal=None),
        owes(
            "supervisor",
            "marketplace",
            None,
            kind="co_sign",
            arises_from="policy",
            commitment_class="service",
            **{"promise.due_at": datetime.fromisoformat("2026-11-10T10:00:00+00:00")},
        ),
        of_ruling(CommitmentKept, late=False),
        passes_to("supervisor", "adjudication"),
    )


def test_it_takes_effect_when_co_signed() -> None:
    """Then the windows for the appeal run. The commitment is kept, and signing again is harmless."""
    report = above_authority().when(RULES).when(day(5), supervisor.co_signs())
    report.then(
        RulingCoSigned(number=1, supervisor=supervisor.subject),
        sets("appeal-1-buyer", "buyer", due_at="2026-11-17T11:00+01:00"),
        sets("appeal-1-seller", "seller", due_at="2026-11-17T18:00+08:00"),
        some(CommitmentKept, commitment_id=commitment(4), late=False, by=Role.SUPERVISOR),
        met("ruling"),
        passes_to("both", "appeal"),
    )
    report.when(supervisor.co_signs()).then_nothing()
    report.when(supervisor.refuses_co_signature()).refused(NothingToCoSign, status="in_effect")
    report.when(buyer.waives_appeal(), seller.waives_appeal()).leaves("execution", "marketplace", "ruled_split")


def test_a_co_signature_refused() -> None:
    """The supervisor gives reasons. The neutral rules again in the time that is left, and the refused ruling keeps its
    number."""
    report = above_authority().when(RULES).when(day(5), supervisor.refuses_co_signature())
    report.then(
        some(CoSignatureRefused, number=1, supervisor=supervisor.subject),
        CommitmentKept,
        ruling_owed(due_at="2026-11-20T10:00+00:00"),
        passes_to("neutral", "adjudication"),
    )
    report.when(supervisor.refuses_co_signature()).then_nothing()
    report.when(supervisor.co_signs(1)).refused(NothingToCoSign, status="refused")
    report.when(RULES).leaves("adjudication", "supervisor")
    assert [(r.number, r.status) for r in report.dispute.adjudication.rulings] == [
        (1, "refused"),
        (2, "awaits_co_signature"),
    ]
    report.when(supervisor.co_signs(2), seller.waives_appeal(), buyer.waives_appeal()).leaves(outcome="ruled_split")


def test_a_supervisor_who_stays_silent() -> None:
    """The commitment is broken and stays overdue. The ruling still waits, and takes effect whenever it is signed."""
    report = above_authority().when(RULES).when(due_date(4), supervisor.ticks())
    report.then(CommitmentBreached(commitment_id=commitment(4))).leaves("adjudication", "supervisor")
    report.when(supervisor.co_signs()).then(
        RulingCoSigned, sets("appeal-1-buyer", "buyer"), sets("appeal-1-seller", "seller"), some(CommitmentKept, late=True),
        met("ruling"), passes_to("both", "appeal"),
    )  # fmt: skip


def test_who_co_signs() -> None:
    """A supervisor, but never for a ruling of their own; and only for a ruling that waits."""
    report = above_authority().when(RULES)
    for somebody in (buyer, neutral, administrator):
        report.when(somebody.co_signs()).refused(MayNotCoSign, role=somebody.role.value)
    report.when(Person(Role.SUPERVISOR, neutral.subject).co_signs()).refused(MayNotCoSign, role="neutral")
    report.when(supervisor.co_signs(2)).refused(NothingToCoSign, number=2)
    report.when(neutral.rules("0.00 EUR", "129.90 EUR")).refused(AlreadyRuled, number=1)
    report.when(RULES).then_nothing()


def test_the_parties_may_still_settle() -> None:
    """Until the ruling takes effect, an offer stays acceptable. After a settlement nobody owes a signature."""
    report = above_authority().when(RULES, seller.offers("50.00 EUR")).when(buyer.accepts_offer(1))
    report.then(
        OfferAccepted, SettlementReached, owes("seller", "buyer", "50.00 EUR"),
        UnsignedRulingEnded(number=1, why="dispute_decided"),
        CommitmentDischarged(commitment_id=commitment(4), reason="ruling_ended"), moot("ruling"), met("offer-1"),
        passes_to("marketplace", "execution"),
    )  # fmt: skip
    report.when(supervisor.co_signs()).refused(UnsignedRulingHasEnded, number=1, why="dispute_decided")
    report.when(supervisor.refuses_co_signature()).refused(UnsignedRulingHasEnded)
    withdrawn = above_authority().when(RULES, buyer.withdraws())
    withdrawn.when(supervisor.co_signs()).refused(UnsignedRulingHasEnded, why="dispute_decided")


def test_a_past_case_needs_no_signature() -> None:
    """A ruling in a past case was in effect then."""
    acts = (buyer.escalates(), neutral.takes_case(), neutral.declares_impasse(), RULES)
    report = given(administrator.grants_mandate(neutral, "1.00 EUR"), filing(imported=True), day(3))
    for act in acts:
        report.when(replace(act, imported=True))
    report.leaves("appeal")
    assert not [f for f in report.facts if isinstance(f.event, AuthoritySpent)]


# --- authority of a day ---


def test_authority_of_a_day() -> None:
    """The rulings of a neutral on one day, by the desk's clock, add up. Above the limit a co-signature is needed."""
    report = two_disputes(daily=("150.00 EUR",))
    report.when(neutral.rules("100.00 EUR", "0.00 EUR")).leaves("appeal")
    second = neutral.rules("100.00 EUR", "0.00 EUR").about(SECOND)
    report.when(second).leaves("adjudication", "supervisor", of=SECOND)
    another_day = two_disputes(daily=("150.00 EUR",)).when(neutral.rules("100.00 EUR", "0.00 EUR"), day(5), second)
    another_day.leaves("appeal", of=SECOND)


def test_the_day_is_the_desks() -> None:
    """At 16:30 UTC it is another day in Tokyo than at 14:30."""
    tokyo = FIRST_POLICY.model_copy(
        update={
            "version": "tokyo",
            "desk": Desk(time_zone="Asia/Tokyo"),
            "windows": Windows(escalation_opens_after_hours=0),
        }
    )
    report = two_disputes(administrator.publishes(tokyo), daily=("150.00 EUR",))
    report.when(at("2026-11-06T14:30:00+00:00"), neutral.rules("100.00 EUR", "0.00 EUR"))
    report.when(at("2026-11-06T15:30:00+00:00"), neutral.rules("100.00 EUR", "0.00 EUR").about(SECOND))
    report.leaves("appeal", of=SECOND)
    spent = [f.event.day for f in report.facts if isinstance(f.event, AuthoritySpent)]
    assert spent == [date(2026, 11, 7)]


def test_what_spends_no_authority() -> None:
    """Settlements, and rulings that a supervisor also signs."""
    report = two_disputes(authority="99.99 EUR", daily=("150.00 EUR",))
    report.when(neutral.rules("100.00 EUR", "0.00 EUR"), supervisor.co_signs())
    assert not [s for s in report.world.log if s.kind == "AuthoritySpent"]


def test_granting_again_keeps_what_was_spent() -> None:
    """A new grant does not begin a new day."""
    report = two_disputes(daily=("150.00 EUR",)).when(neutral.rules("100.00 EUR", "0.00 EUR"))
    grant = administrator.grants_mandate(neutral, "1000.00 EUR", daily=("199.99 EUR",))
    report.when(grant).then(some(MandateGranted, daily=(money("199.99 EUR"),)))
    report.when(grant).then_nothing()
    report.when(neutral.rules("100.00 EUR", "0.00 EUR").about(SECOND)).leaves("adjudication", "supervisor", of=SECOND)


def test_the_co_signer_hears_no_appeal() -> None:
    """A neutral who co-signed, proposed or ruled took part. One who only got a mandate did not."""
    report = above_authority().when(RULES, supervisor.co_signs())
    assert report.dispute.involved == {neutral.subject, supervisor.subject}
    assert another_neutral.subject not in report.dispute.involved
    assert CommitmentKind.CO_SIGN not in {c.kind for c in report.dispute.commitments.open.values()}
    assert not [f for f in report.facts if isinstance(f.event, RulingBecameFinal)]


def two_disputes(*before: object, authority: str = "100.00 EUR", daily: tuple[str, ...]) -> Report:
    """On two lines of one order. Both are ready for a ruling by the same neutral, four days after filing."""
    first = filing("100.00 EUR", paid="200.00 EUR", order_lines={"1": "100.00 EUR", "2": "100.00 EUR"})
    second = first.as_second(SECOND, about_lines=("2",))
    acts = (seller.contests(), buyer.escalates(), neutral.takes_case(), neutral.declares_impasse())
    return given(
        administrator.grants_mandate(neutral, authority, daily=daily),
        *before,  # type: ignore[arg-type]
        first,
        second,
        day(4),
        *acts,
        *(act.about(SECOND) for act in acts),
    )
