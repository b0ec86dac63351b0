"""No clock without notice: whoever loses something by silence was told of the window first. From the log alone."""

from collections.abc import Iterator
from uuid import UUID

from domain.clocks.deadline_facts import DeadlineEnded, DeadlineLapsed, DeadlineSet, ToldBy
from domain.clocks.notice import waiting
from domain.dispute.state import Dispute
from domain.filing.response_facts import DefaultGranted
from domain.kernel.people import Side, Words
from domain.notices.notices import AcknowledgeNotice, MakeNotice
from domain.notices.notices_facts import (
    Cause,
    NoticeBounced,
    NoticeDeemed,
    NoticeDelivered,
    NoticeFailed,
    PersonReached,
    ToldDeadline,
    notice_id_of,
)
from domain.notices.otherwise import DeemTold, RecordReached
from domain.ruling.ruling_facts import AppealWindowLapsed
from tests.domain.law.acts import Act
from tests.domain.law.cast import Person, engine, marketplace, supervisor
from tests.domain.law.rules import NOTICED
from tests.domain.law.world import Stored, World

_OF_PARTIES = ("response", "offer", "proposal", "evidence", "set_aside", "appeal")


def notices_of(dispute: Dispute, number: int, *, arrives: bool) -> Iterator[Act]:
    """The marketplace shows each party what waits for them, or says that it could not."""
    for side in Side:
        if names := waiting(dispute, side):
            party, cause = dispute.party(side), UUID(int=number)
            yield engine.act(
                MakeNotice,
                to=side,
                subject=party.subject,
                causes=(Cause(id=cause, fact="DeadlineSet", template="told"),),
                way="marketplace",
                language=party.language,
                time_zone=party.time_zone,
                deadlines=tuple(
                    ToldDeadline(name=name, about=name.split("-")[0], due_at=dispute.deadlines.running[name].due_at)
                    for name in names
                ),
                heading="…",
                text="…",
                written_at=dispute.filed_at,
            ).about(dispute.id)
            told = notice_id_of(dispute.id, side, cause)
            yield marketplace.act(AcknowledgeNotice, notice_id=told, delivered=arrives).about(dispute.id)


def reached(side: Side, *, in_vain: bool = False, who: Person = supervisor) -> Act:
    return who.act(RecordReached, to=side, how="phone", reached=not in_vain)


def deemed(side: Side, who: Person = supervisor) -> Act:
    return who.act(DeemTold, to=side, reasons=Words(text="Nobody answers.", language="en"))


def of_move(name: str, who: Person, side: Side) -> Act:
    return deemed(side, who) if name == "deem_told" else reached(side, who=who)


def of_notices(world: World, dispute_id: UUID) -> None:
    """No default, lapse or finality against a party without a notice that was delivered and had not come back, or a person who
    says how they were told. A window that lapses began after that, and lasted as long as it always does.
    """
    dispute = world.dispute(dispute_id)
    if dispute.policy_version != NOTICED.version or dispute.imported:
        return
    told, by, lapsed = dict[str, DeadlineSet](), set[object](), set[str]()
    for stored in _facts(world, dispute_id):
        match stored.event:
            case NoticeDelivered(notice_id=notice_id):
                by.add(notice_id)
            case NoticeFailed(notice_id=notice_id) | NoticeBounced(notice_id=notice_id):
                by.discard(notice_id)
            case PersonReached(to=to):
                by.add((to.value, "reached"))
            case NoticeDeemed(to=to, tried=tried):
                assert len(tried) >= 2
                by.add((to.value, "deemed"))
            case DeadlineSet() as opened:
                told[opened.deadline.name] = opened
            case DeadlineEnded(name=name):
                told.pop(name)
            case DeadlineLapsed(name=name) if name.split("-")[0] in _OF_PARTIES:
                opened = told.pop(name)
                assert opened.told_by is not None, f"{name} lapsed, and nobody had told {opened.whose}"
                assert _shown(opened.told_by, opened.whose) in by
                lapsed.add(name)
            case DefaultGranted():
                assert "response" in lapsed
            case AppealWindowLapsed(number=number, by=side):
                assert f"appeal-{number}-{side.value}" in lapsed
            case _:
                pass


def _shown(told_by: ToldBy, whose: str) -> object:
    if told_by.notice_id is not None:
        return told_by.notice_id
    return (whose, "deemed" if told_by.way == "deemed" else "reached")


def _facts(world: World, dispute_id: UUID) -> Iterator[Stored]:
    return (stored for stored in world.log if stored.dispute_id == dispute_id)
