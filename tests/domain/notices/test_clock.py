"""Law reports: no clock without notice. A window that burdens a party begins when they were told of it."""

import json
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.clocks.deadline_facts import DeadlineLapsed, Deadlines, DeadlineSet
from domain.clocks.extensions import DeadlineNotRunning
from domain.commitments.events import CommitmentBreached, CommitmentDischarged, CommitmentKept, Origin
from domain.filing.response_facts import DefaultGranted, ResponseGiven
from domain.kernel.people import Side, Words
from domain.notices.notices import AcknowledgeNotice, MakeNotice, RecordBounce, RecordNoticeDelivered, RecordNoticeSent
from domain.notices.notices_facts import (
    Cause,
    How,
    NoticeBounced,
    NoticeDeemed,
    NoticeDelivered,
    NoticeFailed,
    PersonNotReached,
    PersonReached,
    ToldDeadline,
    notice_id_of,
)
from domain.notices.otherwise import DeemTold, MayNotDeemTold, NobodyUntold, NotTriedEnough, RecordReached
from domain.policy.book import PolicyPublished
from domain.policy.notice_rules import NoticeRules
from domain.policy.policy import Policy
from domain.policy.reminder_rules import Reminder
from domain.ruling.ruling_facts import AppealWindowLapsed
from mediation.store.log.upcast import upcast
from tests.domain.law.acts import FILED_AT, FIRST, Act, Somebody
from tests.domain.law.cast import administrator, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Clock, Played, Report, day, deadline, given, later, met, owes, sets, some
from tests.domain.law.rules import NOTICED
from tests.domain.machine import telling
from tests.domain.test_golden import GOLDEN

Steps = tuple[Played | Clock, ...]

REQUIRED = Policy(version="told", notices=NoticeRules(way="mail", notice="required"))
FILED: Steps = (administrator.publishes(REQUIRED), filing())
"""At 11:00 in Rome, 18:00 in Shanghai. The seller has five calendar days to answer."""

TO_REACH = owes("marketplace", "seller", None, "reach", arises_from=Origin.NOTICE, commitment_class="service")


def notice(number: int = 1, to: Side = Side.SELLER) -> UUID:
    return notice_id_of(FIRST, to, UUID(int=number))


def mails(
    *names: str, number: int = 1, to: Side = Side.SELLER, language: str = "zh-Hans", way: str = "mail"
) -> tuple[Act, ...]:
    """A notice of these deadlines leaves."""
    made = engine.act(
        MakeNotice,
        to=to,
        subject=(seller if to is Side.SELLER else buyer).subject,
        causes=(Cause(id=UUID(int=number), fact="DisputeFiled", template="filed"),),
        way=way,
        language=language,
        time_zone="Asia/Shanghai",
        deadlines=tuple(ToldDeadline(name=name, about=name.split("-")[0], due_at=FILED_AT) for name in names),
        address="shop@example.com" if way == "mail" else None,
        message_id=f"<notice.{number}@mail.example>" if way == "mail" else None,
        heading="有人对你提出了申诉",
        text="请在截止时间前答复。",
        written_at=FILED_AT,
    )
    return (made, engine.act(RecordNoticeSent, notice_id=notice(number, to))) if way == "mail" else (made,)


def arrives(number: int = 1, to: Side = Side.SELLER) -> Act:
    return engine.act(RecordNoticeDelivered, notice_id=notice(number, to))


def bounces(number: int = 1) -> Act:
    return engine.act(RecordBounce, notice_id=notice(number), why="no_mailbox")


def reaches(how: How = "phone", *, reached: bool = True, who: Somebody = supervisor) -> Act:
    return who.act(RecordReached, to=Side.SELLER, how=how, reached=reached)


def deems(who: Somebody = supervisor, to: Side = Side.SELLER) -> Act:
    return who.act(DeemTold, to=to, reasons=Words(text="The seller does not answer the phone.", language="en"))


def waits(report: Report, *names: str) -> None:
    assert report.dispute.deadlines.awaiting_notice == frozenset(names)


def test_a_window_waits_until_the_party_was_told() -> None:
    """Nine days pass, and nothing is granted by default. Then the mail arrives, and the whole five days begin. From the filing
    on the marketplace owes it to reach the seller, within two working days.
    """
    filed = given(administrator.publishes(REQUIRED)).when(filing())
    assert TO_REACH in [fact.event for fact in filed.facts]
    waits(filed, "response")
    given(*FILED, day(9)).when(engine.ticks()).then(CommitmentBreached)
    told = given(*FILED, *mails("response"), day(1)).when(arrives())
    told.then(NoticeDelivered, sets("response", "seller", "2026-11-09T10:00+00:00"), CommitmentKept)
    waits(told)
    assert told.dispute.deadlines.running["response"].proof.starts_at == FILED_AT + timedelta(days=1)


def test_after_that_silence_means_what_it_always_means() -> None:
    report = given(*FILED, *mails("response"), day(1), arrives(), deadline("response")).when(engine.ticks())
    assert {DeadlineLapsed, DefaultGranted} <= {type(fact.event) for fact in report.facts}


def test_the_proof_names_the_notice() -> None:
    report = given(*FILED, *mails("response")).when(arrives())
    (begun,) = [fact.event for fact in report.facts if isinstance(fact.event, DeadlineSet)]
    assert begun.told_by is not None
    assert (begun.told_by.notice_id, begun.told_by.language, begun.told_by.way) == (notice(), "zh-Hans", "mail")


def test_whoever_was_not_told_may_act_all_the_same() -> None:
    report = given(*FILED, day(30)).when(seller.contests())
    assert met("response") in [fact.event for fact in report.facts]
    assert any(isinstance(fact.event, ResponseGiven) for fact in report.facts)


def test_a_notice_begins_only_the_windows_that_it_tells() -> None:
    report = given(*FILED, buyer.offers("10.00 EUR"), *mails("offer-1"), arrives())
    waits(report, "response")


def test_in_a_language_that_the_party_does_not_read_it_tells_nothing() -> None:
    report = given(*FILED, *mails("response", language="it")).when(arrives())
    report.then(NoticeDelivered)
    assert [owed.kind.value for owed in report.dispute.commitments.open.values()] == ["reach"]
    waits(report, "response")
    for close in ("zh-Hans", "zh-CN", "zh"):
        waits(given(*FILED, *mails("response", language=close), arrives()))


def test_no_window_ends_before_the_notice_said() -> None:
    """The notice is written on Tuesday at 18:00 in Shanghai. The fifth day is a Sunday, so it says Monday at 18:00. It arrives
    in the night of that Tuesday. Counted from then, the window would end on Monday at two o'clock in the morning. Whoever read
    nothing is told by a call, and counts from the call.
    """
    told = given(*FILED, *mails("response"), later(hours=8)).when(arrives())
    told.then(NoticeDelivered, sets("response", "seller", "2026-11-09T10:00+00:00"), CommitmentKept)
    called = given(*FILED, *mails("response"), later(hours=8)).when(reaches())
    called.then(PersonReached, sets("response", "seller", "2026-11-08T18:00+00:00"), CommitmentKept)


def test_a_mail_that_comes_back_later_stops_the_clock() -> None:
    """The next notice begins the whole window anew. What lapsed before stays lapsed."""
    begun: Steps = (*FILED, *mails("response"), day(1), arrives(), day(3))
    report = given(*begun).when(bounces())
    report.then(NoticeBounced, some(DeadlineSet, whose="seller", awaits_notice=True), TO_REACH)
    waits(report, "response")
    again = given(*begun, bounces(), *mails("response", number=2), day(4), arrives(2))
    assert again.dispute.deadlines.running["response"].due_at == FILED_AT + timedelta(days=9)
    lapsed = given(*FILED, *mails("response"), day(1), arrives(), deadline("response"), engine.ticks())
    lapsed.when(bounces()).then(NoticeBounced)
    assert [owed.kind.value for owed in lapsed.dispute.commitments.open.values()].count("reach") == 1
    assert lapsed.dispute.outcome is not None


def test_the_marketplace_shows_it_and_takes_that_back() -> None:
    def says(*, delivered: bool) -> Act:
        return marketplace.act(AcknowledgeNotice, notice_id=notice(), delivered=delivered)

    shown = given(*FILED, *mails("response", way="marketplace"), says(delivered=True))
    waits(shown)
    report = shown.when(says(delivered=False))
    report.then(NoticeFailed, some(DeadlineSet, awaits_notice=True), TO_REACH)


def test_somebody_reaches_them_otherwise() -> None:
    """Also where no notice was made at all, because the mail server is dead."""
    report = given(*FILED, day(1)).when(reaches())
    report.then(PersonReached, sets("response", "seller", "2026-11-09T10:00+00:00"), CommitmentKept)
    report = given(*FILED, *mails("response"), bounces(), day(1)).when(reaches())
    report.then(PersonReached, DeadlineSet, CommitmentKept)


def test_after_two_ways_failed_a_person_may_decide_that_they_count_as_told() -> None:
    tried: Steps = (*FILED, *mails("response"), bounces())
    given(*tried).when(deems()).refused(NotTriedEnough, tried=["mail"])
    given(*tried).when(reaches(reached=False)).then(some(PersonNotReached, how="phone"))
    called: Steps = (*tried, reaches(reached=False), day(1))
    report = given(*called).when(deems())
    report.then(
        some(NoticeDeemed, tried=("mail", "phone"), by=supervisor.role),
        some(DeadlineSet, awaits_notice=False),
        some(CommitmentDischarged, reason="deemed_told"),
    )
    assert report.dispute.deadlines.running["response"].proof.starts_at == FILED_AT + timedelta(days=1)
    given(*called).when(deems(marketplace)).refused(MayNotDeemTold)
    given(*called).when(deems(seller)).refused(MayNotDeemTold)
    given(*called).when(deems(to=Side.BUYER)).refused(NobodyUntold)
    given(*called, reaches()).when(deems()).refused(NobodyUntold)


def test_a_ruling_is_not_final_against_a_party_who_was_not_told() -> None:
    """One side waives and one was never told: nothing becomes final by silence."""
    ruled: Steps = (
        *FILED, *mails("response"), arrives(), seller.contests(), day(3), buyer.escalates(), supervisor.assigns(neutral),
        neutral.proposes("10.00 EUR", "119.90 EUR"), seller.refuses_proposal(), neutral.rules("10.00 EUR", "119.90 EUR"),
    )  # fmt: skip
    report = given(*ruled)
    waits(report, "appeal-1-buyer", "appeal-1-seller")
    later = given(
        *ruled, *mails("appeal-1-buyer", number=9, to=Side.BUYER, language="it"), arrives(9, Side.BUYER), day(90)
    )
    events = [fact.event for fact in later.when(engine.ticks()).facts]
    assert some(AppealWindowLapsed, by="buyer") in events
    assert some(AppealWindowLapsed, by="seller") not in events


def test_nobody_extends_a_window_that_has_not_begun() -> None:
    given(*FILED).when(supervisor.extends("response")).refused(DeadlineNotRunning)


def test_a_stay_moves_it_only_from_its_beginning() -> None:
    """Told during the stay: the clock began during the stay, and moves on by the rest of it."""
    stayed: Steps = (*FILED, *mails("response"), supervisor.orders_stay(timedelta(days=10)))
    waits(given(*stayed, day(3), supervisor.lifts_stay()), "response")
    moved = given(*stayed, day(1), arrives(), day(3), supervisor.lifts_stay())
    assert moved.dispute.deadlines.running["response"].due_at == datetime.fromisoformat("2026-11-11T10:00+00:00")


def test_nobody_is_reminded_of_it_before() -> None:
    minded = REQUIRED.model_copy(update={"version": "minds", "reminders": (Reminder(of="deadline", hours_before=24),)})
    report = given(administrator.publishes(minded), filing(), *mails("response"))
    assert report.dispute.deadlines.remind_at.get("response") is None
    begun = given(administrator.publishes(minded), filing(), *mails("response"), day(1), arrives())
    assert begun.dispute.deadlines.remind_at["response"] == (FILED_AT + timedelta(days=6),)


@pytest.mark.parametrize("rules", [None, NoticeRules(way="mail")])
def test_stored_policies_behave_as_before(rules: NoticeRules | None) -> None:
    """Also if they send notices: the window begins with the fact that opens it."""
    before = Policy(version="before", notices=rules)
    report = given(administrator.publishes(before), filing(), deadline("response")).when(engine.ticks())
    assert any(isinstance(fact.event, DefaultGranted) for fact in report.facts)


def test_the_check_of_played_disputes_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """If windows lapsed that wait for a notice, the check that runs over every played dispute would say so."""
    noticed = (administrator.publishes(NOTICED), filing(), day(9))
    telling.of_notices(given(*noticed, engine.ticks()).world, FIRST)
    monkeypatch.setattr(Deadlines, "begun", lambda deadlines: deadlines.running.values())
    lapsed = given(*noticed, engine.ticks())
    with pytest.raises(AssertionError, match="nobody had told seller"):
        telling.of_notices(lapsed.world, FIRST)


def test_a_window_of_the_earlier_version_waits_for_nobody() -> None:
    """What runs in a database of before goes on as it began."""
    old = json.loads((GOLDEN / "DeadlineSet.v3.json").read_bytes())
    event = DeadlineSet.model_validate(upcast("DeadlineSet", 3, old, to=DeadlineSet.schema_version))
    assert (event.awaits_notice, event.told_by) == (False, None)
    before = json.loads((GOLDEN / "PolicyPublished.v6.json").read_bytes())
    policy = PolicyPublished.model_validate(upcast("PolicyPublished", 6, before, to=PolicyPublished.schema_version))
    assert not policy.policy.notice_required
