"""Law reports on contacts: what people asked the marketplace for about an order, and for how long it is kept."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.contacts.contact_facts import ContactRecorded, Contacts, ContactsDestroyed, ShownReason, contact_key
from domain.contacts.contacts import (
    MAX_CONTACTS,
    MOST_IN_A_MINUTE,
    ContactAhead,
    ContactsFull,
    DestroyContacts,
    MayNotRecordContacts,
    RecordContact,
    TooManyContacts,
    record,
)
from domain.kernel.people import Side
from domain.policy.book import FIRST_POLICY
from domain.privacy.access import AnswerAccess, RequestAccess
from domain.privacy.access_facts import AccessAnswered, AccessRequested
from domain.privacy.erasure import PursueErasure, RequestErasure, TookPart
from domain.privacy.erasure_facts import ErasureDeferred, ErasureGranted, ErasureRequested
from domain.privacy.legal_hold import LiftLegalHold, PlaceLegalHold
from domain.privacy.legal_hold_facts import LegalHoldLifted
from tests.domain.law.acts import FILED_AT, Act, words
from tests.domain.law.cast import Person, administrator, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Clock, Report, day, given, later, some

ORDER = filing().order
KEPT = FIRST_POLICY.contact_retention_days


def asks(of: Person = buyer, by: Person = marketplace, **more: Any) -> Act:
    about = {"transaction_id": ORDER, "order_id": "O-1", "side": of.role.value, "subject": of.subject}
    wanted = {"channel": "app", "wanted": "cancel", "outcome": "refused", "happened_at": lambda now, _: now}
    return by.act(RecordContact, **about, **wanted | more).about(None)


def destroys(of: Person = buyer) -> Act:
    return engine.act(DestroyContacts, subject=of.subject, transaction_id=ORDER).about(None)


def after_days(days: float) -> Clock:
    return lambda _, now: now + timedelta(days=days)


def test_it_is_recorded_before_there_is_a_dispute() -> None:
    """Numbered by order, with the reason as the person saw it, under a key of that person for this order alone."""
    told: dict[str, Any] = {"reason_code": "already_packed", "reason": words("Already packed."), "arrival": UUID(int=9)}
    report = given(day(-3)).when(asks(**told))
    report.then(
        ContactRecorded(
            number=1,
            transaction_id=ORDER,
            side=Side.BUYER,
            subject=buyer.subject,
            kept_under=contact_key(ORDER, buyer.subject),
            order_id="O-1",
            channel="app",
            wanted="cancel",
            outcome="refused",
            reason_code="already_packed",
            reason=ShownReason(text="Already packed.", language="en"),
            happened_at=FILED_AT - timedelta(days=3),
            arrival=UUID(int=9),
            by=marketplace.role,
        )
    )
    report.when(asks(seller)).then(some(ContactRecorded, number=2, side="seller", subject=seller.subject))
    report.when(filing()).then_filed().when(asks()).then(some(ContactRecorded, number=3))


def test_what_arrives_twice_is_one_contact() -> None:
    report = given(asks(arrival=UUID(int=9))).when(asks(arrival=UUID(int=9), outcome="done")).then_nothing()
    report.when(asks(arrival=UUID(int=8))).then(some(ContactRecorded, number=2))


@pytest.mark.parametrize("somebody", [buyer, seller, neutral, supervisor, administrator, engine])
def test_the_marketplace_alone_records(somebody: Person) -> None:
    given().when(asks(by=somebody)).refused(MayNotRecordContacts, role=somebody.role.value)


def test_it_has_happened() -> None:
    ahead = given().when(asks(happened_at=lambda now, _: now + timedelta(seconds=1)))
    ahead.refused(ContactAhead, at="/at", now=FILED_AT.isoformat())


def test_a_program_out_of_control_is_stopped() -> None:
    """Of each person by themselves; a minute later it goes on."""
    report = given(*[asks()] * MOST_IN_A_MINUTE)
    report.when(later(seconds=18), asks()).refused(TooManyContacts, limit=MOST_IN_A_MINUTE, retry_after=42)
    report.when(asks(seller)).then(ContactRecorded)
    report.when(later(seconds=42), asks()).then(ContactRecorded)


def test_an_order_has_so_many_contacts() -> None:
    command = asks().command(FILED_AT)
    assert isinstance(command, RecordContact)
    with pytest.raises(ContactsFull) as refusal:
        record(Contacts(recorded=MAX_CONTACTS), command)
    assert refusal.value.facts == {"limit": MAX_CONTACTS}


def gone(report: Report) -> None:
    rule = f"{FIRST_POLICY.version}/contact_retention_days"
    key = contact_key(ORDER, buyer.subject)
    report.then(ContactsDestroyed(subject=buyer.subject, kept_under=key, up_to=report_count(report), rule=rule))


def report_count(report: Report) -> int:
    return sum(stored.kind == "ContactRecorded" for stored in report.world.log)


def test_policy_says_for_how_long_it_is_kept() -> None:
    """From the last contact of the person about the order. Each person by themselves."""
    report = given(asks(), after_days(10), asks(), after_days(20), asks(seller))
    report.when(after_days(KEPT - 20 - 1), destroys()).then_nothing()
    gone(report.when(after_days(1), destroys()))
    report.when(destroys()).then_nothing().when(destroys(seller)).then_nothing()
    report.when(asks()).then(some(ContactRecorded, number=4)).when(destroys()).then_nothing()


def test_an_open_dispute_keeps_it() -> None:
    """The neutral reads it. The time runs from the end of the dispute."""
    report = given(day(1 - KEPT), asks(), day(0), filing()).when(day(2), destroys()).then_nothing()
    report.when(buyer.withdraws()).when(after_days(KEPT - 1), destroys()).then_nothing()
    gone(report.when(after_days(1), destroys()))


def test_a_legal_hold_keeps_it() -> None:
    held = administrator.act(PlaceLegalHold, subject=buyer.subject, reason=words("A court asks."), until=None)
    lifted = supervisor.act(LiftLegalHold, subject=buyer.subject, number=1, reason=words("It has ruled."))
    report = given(asks(), held.about(None)).when(day(KEPT + 1), destroys()).then_nothing()
    report.when(lifted.about(None)).then(LegalHoldLifted)
    gone(report.when(destroys()))


def test_who_only_had_contacts_can_be_erased() -> None:
    """Without a dispute only a legal hold stands against it. The erasure is then owed without a commitment."""
    part = TookPart(side=Side.BUYER)
    about = {"subject": buyer.subject, "dispute_id": None, "took_part": part}
    request = marketplace.act(RequestErasure, **about, ground="person_asked").about(None)
    given(asks()).when(request).then(ErasureRequested, ErasureGranted)
    held = administrator.act(PlaceLegalHold, subject=buyer.subject, reason=words("A court asks."), until=None)
    report = given(asks(), held.about(None)).when(request)
    report.then(ErasureRequested, some(ErasureDeferred, dispute_id=None, commitment_id=None))
    lifted = supervisor.act(LiftLegalHold, subject=buyer.subject, number=1, reason=words("It has ruled."))
    pursued = engine.act(PursueErasure, **about).about(None)
    report.when(lifted.about(None), pursued).then(LegalHoldLifted, ErasureGranted)


def test_who_only_had_contacts_can_ask_what_is_kept() -> None:
    about = {"subject": buyer.subject, "dispute_id": None}
    request = marketplace.act(RequestAccess, **about, side="buyer").about(None)
    report = given(asks()).when(request).then(some(AccessRequested, dispute_id=None, commitment_id=None))
    report.when(request).then_nothing()
    report.when(marketplace.act(AnswerAccess, **about).about(None)).then(AccessAnswered)
