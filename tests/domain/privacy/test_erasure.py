"""Law reports on erasing a person: what stands against it, the commitment that follows, and how it is kept."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.commitments.events import CommitmentBreached, CommitmentDeferred, CommitmentKept, KeptBy
from domain.commitments.named import UnknownCommitment
from domain.commitments.own_acts import ErasureDecides
from domain.kernel.base import Instant
from domain.kernel.people import Side
from domain.policy.book import FIRST_POLICY
from domain.privacy.erasure import (
    ClosedUnder,
    HeldElsewhere,
    MayNotErase,
    PursueErasure,
    ReapplyErasure,
    RecordCompleted,
    RecordErased,
    RequestErasure,
    TookPart,
)
from domain.privacy.erasure_facts import (
    ErasureCompleted,
    ErasureDeferred,
    ErasureGranted,
    ErasureRequested,
    Person,
    PersonErased,
)
from domain.privacy.legal_hold import (
    ErasureUnderWay,
    HoldEndsInThePast,
    LiftLegalHold,
    MayNotHold,
    PlaceLegalHold,
    UnknownHold,
)
from domain.privacy.legal_hold_facts import LegalHoldLifted, LegalHoldPlaced
from domain.stream_ids import person_id
from tests.domain.law.acts import FILED_AT, FIRST, MARKETPLACE, SECOND, Act, words
from tests.domain.law.cast import Person as Somebody
from tests.domain.law.cast import administrator, auditor, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, day, given, later, owes, some

KEEPS = FIRST_POLICY.model_copy(update={"version": "keeps", "retention_days": 30})
CLOSED_AT = FILED_AT + timedelta(days=1)
OPEN = TookPart(side=Side.BUYER, open_dispute=FIRST)


def over(
    closed_at: Instant = CLOSED_AT, policy: str = "first-2026", *, readable: bool = True, erased: int = 0
) -> TookPart:
    closed = (ClosedUnder(policy_version=policy, dispute_id=FIRST, closed_at=closed_at),)
    return TookPart(side=Side.BUYER, closed=closed, readable=readable, erased=erased)


def asks(part: TookPart, *, by: Somebody = marketplace, dispute: UUID = FIRST) -> Act:
    fields = {"subject": buyer.subject, "ground": "person_asked", "took_part": part}
    return by.act(RequestErasure, **fields).about(dispute)


def pursues(part: TookPart) -> Act:
    return engine.act(PursueErasure, subject=buyer.subject, took_part=part)


def records(number: int = 1, *, promised: bool = False) -> Act:
    done = {
        "subject": buyer.subject,
        "number": number,
        "erased_at": CLOSED_AT,
        "dispute_id": FIRST if promised else None,
    }
    return engine.act(RecordErased, **done).about(None)


def holds(until: Instant | None = None, *, by: Somebody = administrator) -> Act:
    return by.act(PlaceLegalHold, subject=buyer.subject, reason=words("A court asks."), until=until).about(None)


def lifts(number: int = 1, *, by: Somebody = supervisor) -> Act:
    return by.act(LiftLegalHold, subject=buyer.subject, number=number, reason=words("It has ruled.")).about(None)


def reapplies(number: int = 1) -> Act:
    told = {"subject": buyer.subject, "number": number, "ground": "person_asked"}
    return engine.act(ReapplyErasure, **told).about(None)


def withdrawn(*before: Any) -> Report:
    return given(*before, filing(), day(1), buyer.withdraws())


def person(report: Report) -> Person:
    known = report.world.states[person_id(MARKETPLACE, buyer.subject)]
    assert isinstance(known, Person)
    return known


def against(what: str, **values: Any) -> Any:
    return {"what": what, "until": None, "dispute_id": None, "hold": None, "rule": None} | values


def why(report: Report) -> Sequence[dict[str, Any]]:
    (told,) = (fact.event for fact in report.facts if isinstance(fact.event, ErasureDeferred))
    return [dict(one) for one in told.against]


def test_nothing_stands_against_it() -> None:
    """It is granted at once, and recorded as done when the key is destroyed. Without the old master key it is complete."""
    report = withdrawn().when(asks(over())).then(ErasureRequested, ErasureGranted)
    report.when(asks(over())).then_nothing().when(pursues(over())).then_nothing()
    report.when(records()).then(some(PersonErased, ground="person_asked", number=1, erased_at=CLOSED_AT))
    report.when(records()).then_nothing().when(asks(over(readable=False))).then_nothing()
    done = engine.act(RecordCompleted, subject=buyer.subject, number=1, completed_at=CLOSED_AT).about(None)
    report.when(done).then(ErasureCompleted).when(done).then_nothing()
    erased = person(report).erased[1]
    assert (erased.asked.number, erased.asked.ground, erased.asked.by) == (1, "person_asked", "marketplace")
    assert (erased.asked.requested_at, erased.erased_at, erased.completed_at) == (report.now, CLOSED_AT, CLOSED_AT)


def test_an_open_dispute_stands_against_it() -> None:
    """Its end is unknown. The commitment is checked again every thirty days, and each deferral is recorded."""
    report = given(filing(), day(1)).when(asks(OPEN))
    owed = owes("marketplace", "buyer", None, "erase", commitment_class="service", arises_from="erasure")
    deferred = some(ErasureDeferred, until=None, due_at=FILED_AT + timedelta(days=31), dispute_id=FIRST)
    report.then(ErasureRequested, deferred, owed)
    assert why(report) == [against("open_dispute", dispute_id=FIRST)]
    report.when(asks(OPEN), pursues(OPEN)).then_nothing()
    assert person(report).pending is not None
    assert person(report).pending.again_at == FILED_AT + timedelta(days=30)  # type: ignore[union-attr]


def test_the_promise_is_kept() -> None:
    """Only the erasure keeps the commitment. Nobody can report it kept, or waive it."""
    report = given(filing(), day(1), asks(OPEN))
    (owed,) = report.dispute.commitments.open.values()
    report.when(marketplace.confirms_promise(owed.number)).refused(ErasureDecides)
    report.when(buyer.waives_promise(owed.number)).refused(UnknownCommitment)
    report.when(buyer.withdraws(), pursues(over()))
    assert any(isinstance(fact.event, ErasureGranted) for fact in report.facts)
    by_itself = some(CommitmentKept, late=False, kept_by=KeptBy(fact="PersonErased", number=1))
    report.when(records(promised=True)).then(PersonErased, by_itself)
    assert report.dispute.closed


def test_a_promise_that_is_not_kept_is_broken() -> None:
    """It stays overdue until the person is erased."""
    report = given(filing(), day(1), buyer.withdraws(), holds(FILED_AT + timedelta(days=5)), asks(over()))
    report.when(day(7), engine.ticks())
    assert any(isinstance(fact.event, CommitmentBreached) for fact in report.facts)
    report.when(pursues(over())).then(ErasureGranted)
    report.when(records(promised=True)).then(PersonErased, some(CommitmentKept, late=True))


def test_a_remedy_that_is_owed_stands_against_it() -> None:
    report = given(filing(), day(1), seller.concedes()).when(asks(OPEN))
    assert why(report) == [against("open_remedy", dispute_id=FIRST)]


def test_a_retention_period_stands_against_it() -> None:
    """The period of the dispute's policy counts, from closure. At its end, to the microsecond, nothing stands against
    the erasure."""
    report = withdrawn(administrator.publishes(KEEPS)).when(asks(over(policy="keeps")))
    until = CLOSED_AT + timedelta(days=30)
    assert why(report) == [against("retention", until=until, dispute_id=FIRST, rule="keeps/retention_days")]
    report.when(later(days=30, microseconds=-1), pursues(over(policy="keeps"))).then_nothing()
    report.when(later(microseconds=1), pursues(over(policy="keeps"))).then(ErasureGranted)


def test_a_longer_wait_puts_the_promise_off() -> None:
    """The dispute closes, and the retention period begins. The same commitment is due later, with the reason."""
    report = given(administrator.publishes(KEEPS), filing(), day(1), asks(OPEN), day(3), buyer.withdraws())
    part = over(FILED_AT + timedelta(days=3), "keeps")
    due_at = FILED_AT + timedelta(days=34)
    report.when(pursues(part)).then(some(ErasureDeferred, due_at=due_at), some(CommitmentDeferred, due_at=due_at))
    report.when(pursues(part)).then_nothing()


def test_what_nobody_knows_the_end_of_is_looked_at_again() -> None:
    report = given(filing(), day(1), asks(OPEN), buyer.withdraws(), holds(), pursues(over()))
    report.when(day(29), pursues(over())).then_nothing()
    due_at = FILED_AT + timedelta(days=60)
    report.when(day(30), pursues(over())).then(
        some(ErasureDeferred, due_at=due_at), some(CommitmentDeferred, due_at=due_at)
    )


def test_a_legal_hold_stands_against_it() -> None:
    """A hold counts until its end, or until it is lifted."""
    end = FILED_AT + timedelta(days=9)
    report = (
        withdrawn().when(holds(end), holds()).then(some(LegalHoldPlaced, number=1), some(LegalHoldPlaced, number=2))
    )
    report.when(asks(over()))
    assert why(report) == [against("legal_hold", hold=1, until=end), against("legal_hold", hold=2)]
    report.when(lifts(2)).then(some(LegalHoldLifted, number=2)).when(lifts(2)).then_nothing()
    report.when(lifts(3)).refused(UnknownHold)
    report.when(day(9), pursues(over())).then(ErasureGranted)
    report.when(holds()).refused(ErasureUnderWay)


@pytest.mark.parametrize("nobody", [buyer, seller, neutral, marketplace, auditor], ids=lambda who: who.role.value)
def test_who_may_hold(nobody: Somebody) -> None:
    report = withdrawn(holds())
    report.when(holds(by=nobody)).refused(MayNotHold)
    report.when(lifts(by=nobody)).refused(MayNotHold)
    report.when(holds(FILED_AT)).refused(HoldEndsInThePast)


@pytest.mark.parametrize("nobody", [buyer, seller, supervisor, auditor], ids=lambda who: who.role.value)
def test_who_may_have_somebody_erased(nobody: Somebody) -> None:
    withdrawn().when(asks(over(), by=nobody)).refused(MayNotErase)


def test_the_promise_lives_in_one_dispute() -> None:
    report = given(filing(), day(1), asks(OPEN), buyer.withdraws(), filing(dispute=SECOND))
    report.when(asks(OPEN, dispute=SECOND)).refused(HeldElsewhere)


def test_several_ask_at_once() -> None:
    """The second looked before the first was carried out. The person is erased once."""
    both = over()
    report = withdrawn().when(asks(both), records()).then(ErasureRequested, ErasureGranted, PersonErased)
    report.when(asks(both)).then_nothing()


def test_who_comes_back_can_be_erased_again() -> None:
    report = withdrawn().when(asks(over()), records(), asks(over(erased=1)))
    numbers = [fact.event.number for fact in report.facts if isinstance(fact.event, ErasureRequested)]
    assert numbers == [1, 2]


def test_a_restored_log_is_told_again() -> None:
    """Only erasures that the restored log does not have are recorded again. Nothing stands against one that was
    done."""
    report = withdrawn(holds()).when(reapplies()).then(ErasureRequested, ErasureGranted)
    report.when(reapplies()).then_nothing().when(records()).then(PersonErased).when(reapplies()).then_nothing()
    halfway = given(filing(), day(1), asks(OPEN)).when(reapplies()).then(ErasureGranted)
    halfway.when(records(promised=True)).then(PersonErased, CommitmentKept)
    assert person(halfway).pending is None
