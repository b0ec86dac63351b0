"""Mail that arrives: over LMTP and over the API, matched or on the pile, and what it never does."""

import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from api.cli.serve import mail_taken
from domain.kernel.base import Role
from mediation.processes.mail.arriving import MOST_IN_AN_HOUR
from tests.api.house import House, Sender, done, filing, house, person, refused
from tests.api.test_translations import until
from tests.harness.mail_server import MailServer, mail_server
from tests.harness.mails import PNG, Client, bounce_of, mail
from tests.mail.replies import NEW, gmail, outlook, qq

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOLD: dict[str, Any] = {
    "version": "told",
    "windows": {"message_reply": {"amount": 2, "unit": "business_days"}},
    "notices": {"way": "mail", "grouping_minutes": 0, "quiet_from": 0, "quiet_until": 0, "bounce_minutes": 0},
}
DESK = "disputes@bazaar.example"


@dataclass
class Post:
    """The mail server that takes the engine's mails, and the client that hands in those of people."""

    out: MailServer
    into: Client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def out() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(shared_database: str, tmp_path_factory: pytest.TempPathFactory, out: MailServer) -> AsyncIterator[House]:
    accounts = {"bazaar": out.account(receiving_server="mx.bazaar.example")}
    folder = tmp_path_factory.mktemp("mail")
    async with house(shared_database, folder, mail=accounts, max_mail_bytes=2_000_000) as running:
        done(await running.sender(Role.ADMINISTRATOR).post("/v1/policies", TOLD), 201)
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def post(home: House, out: MailServer) -> AsyncIterator[Post]:
    listening = socket.create_server(("127.0.0.1", 0))
    async with mail_taken(home.services, listening):
        yield Post(out, Client(listening.getsockname()[1]))


@dataclass
class Case:
    id: str
    number: str
    at: str
    notice: EmailMessage
    """The first notice to the seller."""

    @property
    def reply_to(self) -> str:
        return str(self.notice["Reply-To"])


async def filed(home: House, post: Post, name: str) -> Case:
    """A dispute whose people have addresses that begin with the name. The seller was told of it."""
    buyer = person(f"{name}-b", "IT", "it", "Europe/Rome")
    seller = person(f"{name}-s", "CN", "zh-Hans", "Asia/Shanghai")
    answer = done(await home.backend.post("/v1/disputes", filing(buyer=buyer, seller=seller)), 201)
    (notice,) = await post.out.until(1, seller["email"])
    return Case(answer["id"], answer["case_number"], f"/v1/disputes/{answer['id']}", notice)


async def messages(reader: Sender, case: Case, number: int) -> list[dict[str, Any]]:
    """As soon as there are so many."""

    async def ask() -> Any:
        return done(await reader.get(f"{case.at}/messages"))["items"]

    items = await until(ask, lambda items: len(items) >= number, within=20)
    return list(items)


async def kept(home: House, status: str, sender: str, number: int = 1) -> list[dict[str, Any]]:
    """The mails from an address with this status, as soon as there are so many."""
    supervisor = home.sender(Role.SUPERVISOR)

    async def ask() -> Any:
        return done(await supervisor.get("/v1/mail", params={"status": status, "sender": sender}))["items"]

    return list(await until(ask, lambda items: len(items) >= number))


async def test_a_dispute_by_mail_alone(home: House, post: Post) -> None:
    """Both sides only answer the mails that they get: in Gmail, Outlook and QQ Mail, each in their language, with files."""
    case = await filed(home, post, "alone")
    text = qq("zh")
    files = [("waybill.png", PNG), ("program.exe", b"MZ" + bytes(100))]
    raw = mail("alone-s@example.com", case.reply_to, text, charset="gb18030", files=files, subject="回复：包裹")
    assert (await post.into.hand_in(raw, case.reply_to)).data[0] == 250
    (first,) = await messages(home.backend, case, 1)
    assert (first["by"], first["channel"], first["message"]["text"]) == ("seller", "email", NEW["zh"])
    assert first["message"]["language"] == "zh-Hans"
    assert [one["name"] for one in first["files"]] == ["waybill.png"]
    assert first["mail"]["left_out"] == [{"what": "program.exe", "why": "type_not_allowed"}]
    assert first["mail"]["subject"] == "回复：包裹"
    assert (first["mail"]["matched_by"], first["mail"]["sender_known"]) == ("reply_address", True)
    assert first["mail"]["whole"].startswith(NEW["zh"])
    assert len(first["mail"]["whole"]) > len(NEW["zh"])
    sent = await home.http.get(first["files"][0]["href"], headers={"Authorization": f"Bearer {home.backend.token}"})
    assert sent.content == PNG

    (notice,) = await post.out.until(1, "alone-b@example.com")
    reply_to = str(notice["Reply-To"])
    raw = mail("Alone-B@Example.com", reply_to, gmail("it"), In_Reply_To=notice["Message-ID"])
    await post.into.hand_in(raw, reply_to)
    _, second = await messages(home.backend, case, 2)
    assert (second["by"], second["message"]["text"], second["message"]["language"]) == ("buyer", NEW["it"], "it")
    seen = await messages(home.speaking_for("seller"), case, 2)
    assert seen[1]["mail"]["whole"] == second["mail"]["whole"]

    _, told = await post.out.until(2, "alone-s@example.com")
    raw = mail("alone-s@example.com", DESK, outlook("ar"), References=told["Message-ID"])
    assert (await post.into.hand_in(raw, DESK)).data[0] == 250
    third = (await messages(home.backend, case, 3))[2]
    assert (third["by"], third["message"]["text"]) == ("seller", NEW["ar"])
    assert third["mail"]["matched_by"] == "references"
    assert await kept(home, "pile", "alone-s@example.com", 0) == []


async def test_a_mail_that_comes_twice_is_one_message(home: House, post: Post) -> None:
    """By LMTP again, and by the backend with other headers of transport."""
    case = await filed(home, post, "twice")
    raw = mail("twice-s@example.com", case.reply_to, "Once.")
    await post.into.hand_in(raw, case.reply_to)
    await messages(home.backend, case, 1)
    await post.into.hand_in(raw, case.reply_to)
    again = b"Received: from elsewhere\r\nDelivered-To: " + case.reply_to.encode() + b"\r\n" + raw
    taken = await home.backend.post("/v1/mail", content=again, headers={"Content-Type": "message/rfc822"})
    first = done(taken, 202)["id"]
    repeated = await home.backend.post("/v1/mail", content=again, headers={"Content-Type": "message/rfc822"})
    assert done(repeated, 202)["id"] == first
    posted = await kept(home, "posted", "twice-s@example.com", 2)
    assert [(one["dispute_id"], one["message"]) for one in posted] == [(case.id, 1)] * 2
    assert len(await messages(home.backend, case, 1)) == 1


async def test_a_case_number_counts_only_with_a_known_sender(home: House, post: Post) -> None:
    case = await filed(home, post, "number")
    await post.into.hand_in(mail("number-b@example.com", DESK, "Ciao", subject=f"Pratica {case.number.lower()}"), DESK)
    (message,) = await messages(home.backend, case, 1)
    assert (message["by"], message["mail"]["matched_by"]) == ("buyer", "case_number")
    await post.into.hand_in(mail("stranger@example.com", DESK, f"About {case.number}"), DESK)
    (stranger,) = await kept(home, "pile", "stranger@example.com")
    assert (stranger["why"], stranger["dispute_id"]) == ("unknown_sender", None)
    other = await filed(home, post, "other-number")
    both = mail("number-b@example.com", DESK, f"{case.number} and {other.number}")
    await post.into.hand_in(both, DESK)
    (several,) = await kept(home, "pile", "number-b@example.com")
    assert several["why"] == "several_disputes"


async def test_a_signed_address_proves_the_thread_and_not_the_person(home: House, post: Post) -> None:
    """Whoever answers from elsewhere, or whom the receiving server did not believe, is marked. A verdict that somebody else
    wrote into the mail does not count."""
    case = await filed(home, post, "elsewhere")
    await post.into.hand_in(mail("private@example.net", case.reply_to, "From home."), case.reply_to)
    failed = "mx.bazaar.example; dkim=none; dmarc=fail header.from=example.com"
    raw = mail("elsewhere-s@example.com", case.reply_to, "Forged?", Authentication_Results=failed)
    await messages(home.backend, case, 1)
    await post.into.hand_in(raw, case.reply_to)
    await messages(home.backend, case, 2)
    foreign = "mx.attacker.example; dmarc=pass"
    raw = mail("elsewhere-s@example.com", case.reply_to, "Believe me.", Authentication_Results=foreign)
    await post.into.hand_in(raw, case.reply_to)
    said = [(one["mail"]["sender_known"], one["mail"]["verdict"]) for one in await messages(home.backend, case, 3)]
    assert said == [(False, "none"), (False, "fail"), (True, "none")]
    raw = mail("elsewhere-s@example.com", DESK, f"{case.number}", Authentication_Results=failed)
    await post.into.hand_in(raw, DESK)
    (piled,) = await kept(home, "pile", "elsewhere-s@example.com")
    assert (piled["why"], piled["verdict"]) == ("unknown_sender", "fail")


async def test_a_program_never_answers(home: House, post: Post) -> None:
    """An out-of-office does not keep the reply that the seller owes, and a bounce is recorded of its notice."""
    case = await filed(home, post, "away")
    asked = {"message": {"text": "Dov'è?", "language": "it"}, "to": "seller"}
    done(await home.speaking_for("buyer").post(f"{case.at}/messages", asked), 201)
    _, told = await post.out.until(2, "away-s@example.com")
    away = mail("away-s@example.com", case.reply_to, "I am away.", Auto_Submitted="auto-replied")
    await post.into.hand_in(away, case.reply_to, return_path="")
    bulk = mail("away-s@example.com", case.reply_to, "Our newsletter", Precedence="bulk")
    await post.into.hand_in(bulk, case.reply_to)
    noted = await kept(home, "noted", "away-s@example.com", 2)
    assert {one["why"] for one in noted} == {"delivery_report", "bulk"}
    await post.into.hand_in(bounce_of(told["Message-ID"], "away-s@example.com"), DESK, return_path="")

    async def ask() -> Any:
        return done(await home.backend.get(f"{case.at}/notices"))["items"]

    notices = await until(ask, lambda items: any(one["status"] == "bounced" for one in items))
    (bounced,) = [one for one in notices if one["status"] == "bounced"]
    assert (bounced["message_id"], bounced["why"], bounced["status_code"]) == (
        told["Message-ID"],
        "no_mailbox",
        "5.1.1",
    )
    owed = [one for one in done(await home.backend.get(case.at))["commitments"] if one["kind"] == "reply"]
    assert [one["status"] for one in owed] == ["pending"]
    assert len(await messages(home.backend, case, 1)) == 1


async def test_two_programs_that_answer_each_other_end(home: House, post: Post) -> None:
    """They do not say that they are programs. After the cap the rest is for a person."""
    case = await filed(home, post, "loop")
    for n in range(MOST_IN_AN_HOUR + 2):
        raw = mail("loop-s@example.com", case.reply_to, f"Ticket {n} was received.")
        await post.into.hand_in(raw, case.reply_to)
        status, number = ("posted", n + 1) if n < MOST_IN_AN_HOUR else ("pile", n + 1 - MOST_IN_AN_HOUR)
        await kept(home, status, "loop-s@example.com", number)
    capped = await kept(home, "pile", "loop-s@example.com", 2)
    assert {(one["why"], one["dispute_id"]) for one in capped} == {("capped", case.id)}
    assert len(await messages(home.backend, case, MOST_IN_AN_HOUR)) == MOST_IN_AN_HOUR
    own = mail(DESK, case.reply_to, "An own notice that came back", Message_ID=str(case.notice["Message-ID"]))
    await post.into.hand_in(own, case.reply_to)
    assert [one["why"] for one in await kept(home, "noted", DESK)] == ["own_mail"]


async def test_a_person_says_where_a_mail_belongs(home: House, post: Post) -> None:
    """Text is for those who may read it. A neutral matches to their own disputes only; a mail becomes one message."""
    case = await filed(home, post, "pile")
    await post.into.hand_in(mail("ada@example.net", DESK, "Il vaso è rotto.", subject="Vaso"), DESK)
    (piled,) = await kept(home, "pile", "ada@example.net")
    assert (piled["why"], piled["text"], piled["subject"]) == ("no_dispute", "Il vaso è rotto.", "Vaso")
    of_backend = done(await home.backend.get("/v1/mail", params={"sender": "ADA@example.net"}))["items"]
    assert [one["text"] for one in of_backend] == [None]
    at, body = f"/v1/mail/{piled['id']}", {"dispute_id": case.id, "side": "buyer"}
    supervisor, neutral = home.sender(Role.SUPERVISOR), await home.neutral()
    refused(await neutral.post(f"{at}/match", body), 404, "UnknownDispute")
    refused(await home.backend.post(f"{at}/match", body), 403, "NotForThisRole")
    refused(await home.sender(Role.SUPERVISOR, marketplace="playground").get(at), 404, "UnknownMail")
    raw = await supervisor.get(at)
    assert raw.headers["Content-Type"] == "message/rfc822"
    assert b"Subject: Vaso" in raw.content
    assert await home.services.inbox.mailbox.hold(UUID(piled["id"]))  # as if somebody else matched it at this moment
    refused(await supervisor.post(f"{at}/match", body), 409, "MailIsSettled")
    await home.services.inbox.mailbox.release(UUID(piled["id"]))
    matched = done(await supervisor.post(f"{at}/match", body))
    assert matched["message"] == 1
    at_least = {"At-Least": matched["position"]}
    assert len(done(await home.backend.get(f"{case.at}/messages", headers=at_least))["items"]) == 1
    refused(await supervisor.post(f"{at}/match", body), 409, "MailIsSettled")
    (message,) = await messages(home.speaking_for("seller"), case, 1)
    assert (message["by"], message["mail"]["matched_by"], message["mail"]["sender_known"]) == ("buyer", "person", False)
    assert (await supervisor.get(at)).content == raw.content
    refused(await neutral.get(at), 404, "UnknownMail")


async def test_what_is_too_large_or_for_nobody_is_refused_at_the_door(home: House, post: Post) -> None:
    case = await filed(home, post, "large")
    huge = mail("large-s@example.com", case.reply_to, "x" * 70 + "\n") + b"y" * 78 + b"\r\n"
    huge += (b"z" * 78 + b"\r\n") * 30_000
    code, said = (await post.into.hand_in(huge, case.reply_to)).data
    assert (code, said.partition(" ")[0]) == (552, "5.3.4")
    answer = await home.backend.post("/v1/mail", content=huge, headers={"Content-Type": "message/rfc822"})
    assert refused(answer, 413, "BodyTooLarge")["facts"]["limit"] == 2_000_000
    refused(await home.backend.post("/v1/mail", {"mail": "x"}), 415, "UnsupportedContent")
    forged = case.reply_to.replace("+", "+a", 1)
    answers = await post.into.hand_in(
        mail("x@example.com", forged, "x"), forged, "nobody@bazaar.example", "a@b.example"
    )
    assert {code for code, _ in answers.refused.values()} == {550}
    assert len(answers.refused) == 3


async def test_malformed_mails_are_taken_as_far_as_they_go(home: House, post: Post) -> None:
    """500 parts, none, a subject of 10 kB, no charset, NUL and unpaired surrogates: each is a message, with what is missing."""
    case = await filed(home, post, "odd")
    head = b"From: odd-s@example.com\r\nTo: x\r\nMIME-Version: 1.0\r\n"
    parts = (
        head + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nParts\r\n'
    )
    parts += b"".join(
        b"--b\r\nContent-Disposition: attachment; filename=%d.txt\r\n\r\nfile\r\n" % n for n in range(500)
    )
    odd = [
        (parts + b"--b--\r\n", "Parts"),
        (head + b"Subject: " + b"long " * 2000 + b"\r\n\r\n", "long long"),
        (head + b"Content-Type: text/plain\r\n\r\nd\xe9j\xe0 vu, c'est cass\xe9 \x00\x07", "d"),
        (b"From: odd-s@example.com\r\n\r\n", "—"),
    ]
    for number, (raw, begins) in enumerate(odd, start=1):
        assert (await post.into.hand_in(raw, case.reply_to)).data[0] == 250
        found = await messages(home.backend, case, number)
        assert found[-1]["message"]["text"].startswith(begins)
    whys = [{one["why"] for one in message["mail"]["left_out"]} for message in found]
    assert whys[0] == {"too_many_parts", "too_many_files"}
    assert whys[1] == {"subject_cut"}
    assert len(found[0]["files"]) == 10


async def test_mail_of_somebody_who_is_erased_goes_too(home: House, post: Post) -> None:
    """Their messages with their key, the rest by their address. Who has no dispute is named by the address alone."""
    case = await filed(home, post, "erased")
    await post.into.hand_in(mail("erased-b@example.com", DESK, f"Cancel {case.number}"), DESK)
    await messages(home.backend, case, 1)
    await post.into.hand_in(mail("erased-b@example.com", DESK, "Nobody knows what this is about."), DESK)
    await kept(home, "pile", "erased-b@example.com")
    asked = done(await home.backend.post("/v1/access-requests", {"party": "erased-b"}), 201)
    answer = f"/v1/access-requests/{asked['subject']}/1/answer"
    done(await home.backend.post(answer))
    mails = [
        one for one in map(json.loads, (await home.backend.get(answer)).text.splitlines()) if one["record"] == "mail"
    ]
    assert [(one["status"], one["message"]) for one in mails] == [("posted", 1), ("pile", None)]
    assert mails[1]["head"]["text"] == "Nobody knows what this is about."
    done(await home.speaking_for("buyer").post(f"{case.at}/withdrawal"))
    done(await home.backend.post("/v1/erasures", {"party": "erased-b", "ground": "no_longer_needed"}), 201)
    assert await kept(home, "pile", "erased-b@example.com", 0) == []

    async def left() -> Any:
        supervisor = home.sender(Role.SUPERVISOR)
        return done(await supervisor.get("/v1/mail", params={"status": "posted", "sender": "erased-b@example.com"}))[
            "items"
        ]

    await until(left, lambda items: not items)
    (message,) = await messages(home.backend, case, 1)
    assert (message["message"]["text"], message["mail"]["subject"]) == ("[erased]", "[erased]")
    await post.into.hand_in(mail("stranger@example.org", DESK, "Who are you?"), DESK)
    (piled,) = await kept(home, "pile", "stranger@example.org")
    assert done(await home.backend.post("/v1/mail/erasures", {"address": "Stranger@example.org"}))["erased"] == 1
    refused(await home.sender(Role.SUPERVISOR).get(f"/v1/mail/{piled['id']}"), 404, "UnknownMail")
    assert await home.services.keys.readable(UUID(piled["id"])) is False
