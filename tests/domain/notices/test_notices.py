"""Law reports on notices: a party is told of each fact once, and who is not reached is owed it."""

from typing import Any
from uuid import UUID

from domain.commitments.events import CommitmentDischarged, CommitmentKept, Origin
from domain.commitments.reach import ReachDecides
from domain.kernel.people import Side, Words
from domain.notices.notices import (
    AcknowledgeNotice,
    CancelNotice,
    FailNotice,
    MakeNotice,
    MayNotSayWhetherTold,
    NoticeNotSent,
    RecordBounce,
    RecordNoticeDelivered,
    RecordNoticeSent,
    UnknownNotice,
    WentByMail,
)
from domain.notices.notices_facts import (
    Cause,
    NoticeBounced,
    NoticeCancelled,
    NoticeDelivered,
    NoticeFailed,
    NoticeMade,
    NoticeSent,
    PersonReached,
    ToldDeadline,
    notice_id_of,
)
from domain.notices.otherwise import NobodyToReach, RecordReached
from domain.policy.notice_rules import NoticeRules
from domain.policy.policy import Policy
from domain.privacy.erasure import RecordErased, RequestErasure, TookPart
from tests.domain.law.acts import FILED_AT, FIRST, Act, Somebody, commitment
from tests.domain.law.cast import administrator, auditor, buyer, engine, marketplace, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, given, owes, some

TOLD = Policy(version="told", notices=NoticeRules(way="mail"))
FILED = (administrator.publishes(TOLD), filing())


def cause(number: int) -> Cause:
    return Cause(id=UUID(int=number), fact="OfferMade", number=number, template="offer_made")


def notice(number: int = 1, to: Side = Side.SELLER) -> UUID:
    """The id of the notice whose first cause has this number."""
    return notice_id_of(FIRST, to, UUID(int=number))


def makes(*numbers: int, to: Side = Side.SELLER, **fields: Any) -> Act:
    about = {
        "to": to,
        "subject": seller.subject if to is Side.SELLER else buyer.subject,
        "causes": tuple(cause(number) for number in numbers or (1,)),
        "way": "mail",
        "language": "zh-Hans",
        "time_zone": "Asia/Shanghai",
        "deadlines": (ToldDeadline(name="response", about="response", due_at=FILED_AT),),
        "address": "shop@example.com",
        "message_id": "<notice.1@mail.example>",
        "heading": "有人对你提出了申诉",
        "text": "请在截止时间前答复。",
        "written_at": FILED_AT,
    }
    return engine.act(MakeNotice, **{**about, **fields})


def sends(number: int = 1) -> Act:
    return engine.act(RecordNoticeSent, notice_id=notice(number))


def arrives(number: int = 1) -> Act:
    return engine.act(RecordNoticeDelivered, notice_id=notice(number))


def fails(number: int = 1) -> Act:
    return engine.act(FailNotice, notice_id=notice(number), why="refused", status="5.7.1")


def bounces(who: Somebody = engine, number: int = 1) -> Act:
    return who.act(RecordBounce, notice_id=notice(number), why="no_mailbox", status="5.1.1")


def acknowledges(*, delivered: bool = True, who: Somebody = marketplace) -> Act:
    return who.act(AcknowledgeNotice, notice_id=notice(), delivered=delivered)


def reaches(to: Side = Side.SELLER, who: Somebody = supervisor) -> Act:
    note = Words(text="I called; she knows.", language="en")
    return who.act(RecordReached, to=to, how="phone", note=note)


TO_REACH = owes("marketplace", "seller", None, "reach", arises_from=Origin.NOTICE, commitment_class="service")
SHOWN: dict[str, Any] = {"way": "marketplace", "address": None, "message_id": None}


def test_a_party_is_told_once_of_each_fact() -> None:
    """Two workers made it at once, or one began anew. The other party is told of the same fact by a notice of its own."""
    given(*FILED).when(makes()).then(some(NoticeMade, notice_id=notice(), number=1, to=Side.SELLER))
    given(*FILED, makes()).when(makes()).then()
    given(*FILED, makes()).when(makes(1, 2)).then()
    given(*FILED, makes()).when(makes(2)).then(some(NoticeMade, number=2))
    given(*FILED, makes()).when(makes(to=Side.BUYER)).then(some(NoticeMade, number=1, to=Side.BUYER))


def test_a_mail_is_sent_then_delivered() -> None:
    given(*FILED, makes()).when(sends()).then(NoticeSent(notice_id=notice(), to=Side.SELLER))
    given(*FILED, makes(), sends()).when(sends()).then()
    arrived = NoticeDelivered(notice_id=notice(), to=Side.SELLER, way="mail", by=engine.role)
    given(*FILED, makes(), sends()).when(arrives()).then(arrived)
    given(*FILED, makes(), sends(), arrives()).when(arrives()).then()


def test_without_an_address_the_party_is_to_be_reached_otherwise() -> None:
    report = given(*FILED).when(makes(address=None, message_id=None))
    report.then(NoticeMade, some(NoticeFailed, why="no_address"), TO_REACH)
    report.leaves("negotiation", "respondent")


def test_a_mail_that_is_refused_or_comes_back_is_owed() -> None:
    """Also if it had counted as delivered: a report may come days later. Whoever is owed it is owed it once."""
    given(*FILED, makes()).when(fails()).then(some(NoticeFailed, why="refused", status="5.7.1"), TO_REACH)
    for came in ((sends(),), (sends(), arrives())):
        given(*FILED, makes(), *came).when(bounces()).then(some(NoticeBounced, why="no_mailbox"), TO_REACH)
    given(*FILED, makes(), sends(), bounces()).when(bounces(marketplace)).then()
    given(*FILED, makes(), fails(), makes(2), sends(2)).when(bounces(number=2)).then(NoticeBounced)
    given(*FILED, makes(), fails()).when(bounces()).refused(NoticeNotSent)


def test_a_later_notice_that_arrives_keeps_it() -> None:
    begun = given(*FILED, makes(), fails(), makes(2), sends(2))
    begun.when(arrives(2)).then(NoticeDelivered, some(CommitmentKept, commitment_id=commitment(1), late=False))


def test_somebody_who_reached_the_party_keeps_it() -> None:
    """Only where a notice did not reach them; nobody can waive it or report it as kept."""
    begun = (*FILED, makes(), fails())
    given(*begun).when(reaches()).then(
        some(PersonReached, how="phone"), some(CommitmentKept, commitment_id=commitment(1))
    )
    given(*begun).when(reaches(Side.BUYER)).refused(NobodyToReach)
    given(*begun).when(reaches(who=seller)).refused(MayNotSayWhetherTold)
    given(*begun).when(reaches(who=auditor)).refused(MayNotSayWhetherTold)
    for act in (seller.waives_promise(1), marketplace.confirms_promise(1)):
        given(*begun).when(act).refused(ReachDecides)


def test_the_marketplace_says_what_became_of_its_notices() -> None:
    """What it says last holds. It says nothing about mails."""
    shown = (*FILED, makes(**SHOWN))
    given(*FILED).when(makes(**SHOWN)).then(NoticeMade, NoticeSent)
    given(*shown).when(acknowledges()).then(some(NoticeDelivered, way="marketplace", by=marketplace.role))
    given(*shown).when(acknowledges(delivered=False)).then(some(NoticeFailed, why="reported"), TO_REACH)
    given(*shown).when(acknowledges(who=seller)).refused(MayNotSayWhetherTold)
    given(*shown).when(bounces()).refused(NoticeNotSent)
    after = (*shown, acknowledges(delivered=False))
    given(*after).when(acknowledges(delivered=False)).then()
    given(*after).when(acknowledges()).then(NoticeDelivered, CommitmentKept)
    given(*FILED, makes()).when(acknowledges()).refused(WentByMail)
    given(*FILED).when(acknowledges()).refused(UnknownNotice)


def test_only_what_has_not_left_is_cancelled() -> None:
    def cancels(notice_id: UUID | None = None) -> Act:
        return engine.act(CancelNotice, to=Side.SELLER, causes=(UUID(int=1),), why="moved_on", notice_id=notice_id)

    given(*FILED).when(cancels()).then(NoticeCancelled)
    given(*FILED, cancels()).when(makes()).then()
    given(*FILED, makes()).when(cancels()).then()
    given(*FILED, makes()).when(cancels(notice())).then(some(NoticeCancelled, notice_id=notice()))
    given(*FILED, makes(), sends()).when(cancels(notice())).then()
    given(*FILED, makes(), cancels(notice())).when(sends()).then()


def test_nobody_is_told_after_their_erasure() -> None:
    """A late notice would seal their data under a new key. Whom nobody can reach any more is owed nothing."""
    over = (makes(), fails(), day(1), buyer.withdraws())
    gone = {"subject": seller.subject, "took_part": TookPart(side=Side.SELLER)}
    asks = marketplace.act(RequestErasure, ground="person_asked", **gone)
    given(*FILED, *over, asks).when(makes(2)).then()
    erased = engine.act(RecordErased, subject=seller.subject, number=1, erased_at=FILED_AT)
    given(*FILED, *over, asks, erased).when(makes(2)).then()


def test_who_is_owed_nothing_after_closure() -> None:
    begun = given(*FILED, makes(), fails(), day(1))
    report = begun.when(buyer.withdraws())
    assert some(CommitmentDischarged, commitment_id=commitment(1), reason="dispute_over") in [
        fact.event for fact in report.facts
    ]
    given(*FILED, makes(), sends(), day(1), buyer.withdraws()).when(bounces()).then(NoticeBounced)


def test_only_the_party_who_is_owed_it_sees_it() -> None:
    """Otherwise the other party would know that they were not reached."""
    report = given(*FILED, makes()).when(fails())
    hidden = {side for _, side in report.dispute.telling.hidden}
    assert hidden == {Side.BUYER}
