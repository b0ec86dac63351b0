"""Mail of programs is told from mail of people; a delivery report says which mail did not arrive, and why."""

import pytest

from mediation.mail.automatic import automatic
from mediation.mail.bounces import Bounce, bounce
from mediation.mail.reading import read

FROM = b"From: li@shop.example\r\nTo: reply@desk.example\r\nSubject: Re: MX-1\r\n"


@pytest.mark.parametrize(
    ("head", "envelope_sender", "why"),
    [
        (b"", "li@shop.example", None),
        (b"Auto-Submitted: no\r\n", "li@shop.example", None),
        (b"X-Auto-Response-Suppress: All\r\n", "li@shop.example", None),  # Exchange writes it into people's mail too
        (b"Auto-Submitted: auto-replied (vacation)\r\n", "li@shop.example", "auto_reply"),
        (b"Auto-Submitted: auto-generated; owner=x\r\n", "li@shop.example", "auto_reply"),
        (b"X-Autoreply: yes\r\n", "li@shop.example", "auto_reply"),
        (b"Precedence: auto_reply\r\n", "li@shop.example", "auto_reply"),
        (b"Precedence: bulk\r\n", "li@shop.example", "bulk"),
        (b"List-Unsubscribe: <https://shop.example>\r\n", "li@shop.example", "bulk"),
        (b"", "", "delivery_report"),
        (b"Content-Type: multipart/report; boundary=b\r\n", None, "delivery_report"),
    ],
)
def test_who_sent_it(head: bytes, envelope_sender: str | None, why: str | None) -> None:
    assert automatic(read(FROM + head + b"\r\nText"), envelope_sender) == why


def test_a_daemon_is_no_person() -> None:
    assert (
        automatic(read(b"From: Mail Delivery <MAILER-DAEMON@mx.example>\r\n\r\nText"), "x@y.example")
        == "delivery_report"
    )


REPORT = b"""From: MAILER-DAEMON@mx.example
To: notices@desk.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.

<li@shop.example>: host mail.shop.example said: 550 5.1.1 User unknown

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Mon,  2 Nov 2026 10:00:00 +0000 (UTC)

Final-Recipient: rfc822; li@shop.example
Original-Recipient: rfc822;li@shop.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.shop.example
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b
Content-Type: message/rfc822

From: notices@desk.example
To: li@shop.example
Message-ID: <n-1@desk.example>
Subject: Your dispute MX-1

Text

--b--
"""


def test_a_delivery_report_names_the_mail_and_the_person() -> None:
    assert bounce(read(REPORT)) == Bounce(("li@shop.example",), (), ("n-1@desk.example",), "5.1.1")


def test_a_report_with_the_head_alone() -> None:
    raw = REPORT.replace(b"message/rfc822", b"text/rfc822-headers")
    found = bounce(read(raw))
    assert found is not None
    assert found.message_ids == ("n-1@desk.example",)


def test_a_delay_is_no_failure_for_good() -> None:
    raw = REPORT.replace(b"Action: failed", b"Action: delayed").replace(b"Status: 5.1.1", b"Status: 4.4.1")
    found = bounce(read(raw.replace(b"550 5.1.1 User unknown", b"450 4.4.1 try later")))
    assert found is None or found.permanent == ()


def test_a_persons_mail_reports_nothing() -> None:
    assert bounce(read(FROM + b"\r\nMy parcel was returned to sender.")) is None
