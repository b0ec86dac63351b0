"""Whatever the bytes of a mail are, they are read: charsets, files, malformed heads, floods of parts."""

import struct
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.mail.reading import MAX_FILES, MAX_PARTS, MAX_SUBJECT, MAX_TEXT, LeftOut, read

HEAD = b"From: =?utf-8?B?5p2O?= <Li@Shop.example>\r\nTo: reply@desk.example\r\nMessage-ID: <1@shop.example>\r\n"


@pytest.mark.parametrize(
    ("charset", "encoding", "text"),
    [
        ("gb2312", "gb18030", "包裹没有收到，請退款。€"),
        ("GBK", "gb18030", "包裹没有收到。"),
        ("big5", "big5hkscs", "包裹沒有收到，請退款。"),
        ("iso-2022-jp", "iso2022_jp", "荷物が届いていません。"),
        ("shift_jis", "cp932", "荷物が届いていません。①"),
        ("ks_c_5601-1987", "cp949", "소포가 도착하지 않았습니다."),
        ("koi8-r", "koi8-r", "Посылка не пришла."),
        ("windows-1251", "cp1251", "Посилка не надійшла."),
        ("windows-1256", "cp1256", "لم يصل الطرد."),
        ("iso-8859-1", "cp1252", "Ich zahlte 10 €."),
        ("iso-8859-9", "cp1254", "Paramı geri istiyorum."),
        ("utf-8", "utf-8", "😀 لم يصل"),
        ("x-unknown", "utf-8", "Das Paket ist nicht angekommen – leider."),
        (None, "utf-8", "Посылка не пришла."),
    ],
)
def test_a_text_in_any_charset(charset: str | None, encoding: str, text: str) -> None:
    named = f"Content-Type: text/plain; charset={charset}\r\n".encode() if charset else b""
    assert read(HEAD + named + b"\r\n" + text.encode(encoding)).text == text


def test_a_text_in_no_charset_is_guessed() -> None:
    text = "Посылка не пришла, хотя продавец обещал отправить её ещё в прошлом месяце. Прошу вернуть деньги."
    raw = HEAD + b"Content-Type: text/plain; charset=x-none\r\n\r\n" + text.encode("cp1251")
    assert read(raw).text == text


def test_who_wrote_to_whom_and_what_it_answers() -> None:
    raw = HEAD + (
        b"Cc: A <a@b.example>, reply@desk.example\r\nReferences: <a@x> <b@x>\r\n <c@x>\r\nIn-Reply-To: <d@x>\r\n"
        b"Date: Mon, 2 Nov 2026 10:00:00 +0800\r\nSubject: =?gb2312?B?xOO6ww==?=\r\n =?utf-8?q?_MX-1?=\r\n\r\nText"
    )
    mail = read(raw)
    assert (mail.sender, mail.recipients) == ("li@shop.example", ("reply@desk.example", "a@b.example"))
    assert (mail.message_id, mail.references) == ("1@shop.example", ("d@x", "c@x", "b@x", "a@x"))
    assert mail.subject == "你好 MX-1"
    assert mail.written_at is not None
    assert mail.written_at.isoformat() == "2026-11-02T02:00:00+00:00"


def test_raw_bytes_in_a_head_are_read() -> None:
    assert read(b"From: a@b.example\r\nSubject: " + "Посылка".encode() + b"\r\n\r\nx").subject == "Посылка"


def test_plain_text_comes_before_html_unless_it_is_empty() -> None:
    mail = EmailMessage()
    mail.set_content("plain")
    mail.add_alternative("<p>rich</p>", subtype="html")
    assert read(mail.as_bytes()).text.strip() == "plain"
    mail.get_body(("plain",)).set_content(" \n")  # type: ignore[union-attr]  # there is one
    assert read(mail.as_bytes()).text.strip() == "rich"


def test_files_and_pictures_of_the_text() -> None:
    mail = EmailMessage()
    mail.set_content("See the picture.")
    mail.add_attachment(b"jpeg", "image", "jpeg", filename="C:\\fotos\\包裹 1.jpg")
    mail.add_attachment(b"png", "image", "png", cid="<logo>", disposition="inline", filename="logo.png")
    mail.add_attachment(EmailMessage())
    files = read(mail.as_bytes()).files
    assert [(file.name, file.inline) for file in files] == [
        ("包裹 1.jpg", False),
        ("logo.png", True),
        ("mail.eml", False),
    ]
    assert files[0].content == b"jpeg"


def test_the_files_in_outlooks_own_wrapping() -> None:
    mail = EmailMessage()
    mail.set_content("See the file.")
    mail.add_attachment(_winmail(b"jpeg"), "application", "ms-tnef", filename="winmail.dat")
    assert [file.content for file in read(mail.as_bytes()).files] == [b"jpeg"]


def test_a_broken_wrapping_is_named() -> None:
    mail = EmailMessage()
    mail.set_content("See the file.")
    mail.add_attachment(b"no wrapping at all", "application", "ms-tnef", filename="winmail.dat")
    assert read(mail.as_bytes()).left_out == (LeftOut("winmail.dat", "unreadable"),)


def test_a_flood_of_parts_is_cut_and_named() -> None:
    mail = MIMEMultipart()
    for number in range(500):
        mail.attach(MIMEText(f"part {number}"))
    found = read(mail.as_bytes())
    assert found.text == "part 0"
    assert found.left_out == (LeftOut(str(500 - MAX_PARTS), "too_many_parts"),)


def test_a_flood_of_files_is_cut_and_named() -> None:
    mail = EmailMessage()
    mail.set_content("x")
    for number in range(MAX_FILES + 1):
        mail.add_attachment(b"x", "image", "png", filename=f"{number}.png")
    found = read(mail.as_bytes())
    assert (len(found.files), found.left_out) == (MAX_FILES, (LeftOut(f"{MAX_FILES}.png", "too_many_files"),))


def test_parts_inside_parts_without_end() -> None:
    depth = 2_000
    lines = [b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth)]
    assert read(b"From: a@b.example\n" + b"".join(lines) + b"\ndeep").sender == "a@b.example"


def test_a_long_text_and_a_long_subject_are_cut_and_named() -> None:
    found = read(HEAD + b"Subject: " + b"s" * 10_000 + b"\r\n\r\n" + b"t" * (MAX_TEXT + 1))
    assert (len(found.subject), len(found.text)) == (MAX_SUBJECT, MAX_TEXT)
    assert {one.why for one in found.left_out} == {"text_cut", "subject_cut"}


@given(
    st.binary(max_size=2_000),
    st.sampled_from([b"", HEAD, HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"]),
)
def test_no_bytes_raise_an_error(tail: bytes, head: bytes) -> None:
    mail = read(head + tail)
    (mail.text + mail.subject + mail.sender).encode()  # nothing in it is half a character


def _winmail(content: bytes) -> bytes:
    """One attachment, as Outlook wraps it: a signature, a key, then attributes with a level, a type, a length and a sum."""

    def attribute(level: int, name: int, data: bytes) -> bytes:
        return struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)

    rendering = struct.pack("<HIHHI", 1, 0, 0, 0, 0)
    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute(1, 0x00089006, struct.pack("<I", 0x00010000))
        + attribute(2, 0x00069002, rendering)
        + attribute(2, 0x00018010, b"a.jpg\0")
        + attribute(2, 0x0006800F, content)
    )
