"""Messages with files, answers to messages, messages of machines; and files of messages that become exhibits."""

import asyncio
import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.settlement.conversation import MOST_IN_A_MINUTE
from mediation.store.keys.keys import Erasure
from tests import today
from tests.api.house import House, Sender, done, house, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")

LETTER = {"message": "Ecco la ricevuta.", "language": "it"}
PDF = b"%PDF-1.7\n" + b"una ricevuta " * 5_000
PICTURE = b"\x89PNG\r\n\x1a\n" + b"un pacco " * 5_000
BOTH = [("files", ("ricevuta.pdf", PDF, "text/html")), ("files", ("pacco 中.png", PICTURE, "image/png"))]
DESCRIBED = {"description": said("La ricevuta della spedizione.", "it")}


# --- files ---


async def test_everybody_who_reads_a_message_reads_its_files(at_home: House) -> None:
    at, buyer, neutral = await _mediated(at_home)
    sent = done(await buyer.post(f"{at}/messages", data={**LETTER, "to": "seller"}, files=BOTH), 201)
    assert sent["number"] == 1
    assert sent["files"] == [
        {"number": 1, "sha256": hashlib.sha256(PDF).hexdigest()},
        {"number": 2, "sha256": hashlib.sha256(PICTURE).hexdigest()},
    ]
    readers = [buyer, at_home.speaking_for("seller"), at_home.sender("seller", dispute=sent["id"]), neutral]
    readers += [at_home.backend, *(at_home.sender(role) for role in ("supervisor", "administrator", "auditor"))]
    for reader in readers:
        (message,) = await _messages(reader, at, sent)
        first, second = message["files"]
        assert (first["number"], first["name"], first["media_type"]) == (1, "ricevuta.pdf", "application/pdf")
        assert (first["size"], first["sha256"]) == (len(PDF), hashlib.sha256(PDF).hexdigest())
        assert (second["number"], second["name"], second["exhibit"]) == (2, "pacco 中.png", None)
        assert (await reader.get(first["href"])).content == PDF
        assert (await reader.get(second["href"])).content == PICTURE
    other = at_home.sender("buyer", dispute=uuid4())
    refused(await other.get(first["href"]), 404, "UnknownDispute")
    refused(await at_home.backend_of("souk").get(first["href"]), 404, "UnknownDispute")


async def test_a_file_of_a_message_is_as_safe_to_download_as_an_exhibit(at_home: House) -> None:
    """The answers differ in nothing but the file, and in what is left of the reader's limit."""
    at, buyer = await _dispute(at_home)
    name = 'vaso "rotto"\u202etxt.bat'
    sent = done(await buyer.post(f"{at}/messages", data=LETTER, files=[("files", (name, b"=1+1", "text/html"))]), 201)
    form = {"description": "Foto", "language": "it"}
    done(await buyer.post(f"{at}/exhibits", data=form, files={"file": (name, b"=1+1", "text/html")}), 201)
    (message,) = await _messages(buyer, at, sent)
    shown, evidence = await buyer.get(message["files"][0]["href"]), await buyer.get(f"{at}/exhibits/1/file")
    own = {"correlation-id", "date", "ratelimit"}
    assert {name: value for name, value in shown.headers.items() if name not in own} == {
        name: value for name, value in evidence.headers.items() if name not in own
    }
    assert shown.headers["Content-Disposition"].startswith("attachment;")
    assert shown.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


async def test_a_form_says_all_that_json_says(at_home: House) -> None:
    """The commitment comes as JSON within the form. A form needs no file."""
    at, buyer = await _dispute(at_home)
    done(await buyer.post(f"{at}/messages", {"message": said("Dov'è?", "it")}), 201)
    seller = at_home.speaking_for("seller")
    written_at = (today.now() - timedelta(hours=3)).isoformat().replace("+00:00", "Z")
    call = {"text_is": "note", "spoke": ["seller"], "began_at": written_at, "seconds": 90, "recording_consent": None}
    fields = {
        "message": "明天回复。",
        "language": "zh-Hans",
        "channel": "phone",
        "written_at": written_at,
        "to": "buyer",
        "in_reply_to": "1",
        "machine_written": "true",
        "promise": '{"kind": "reply", "owed_to": "buyer"}',
        "call": json.dumps(call),
    }
    sent = done(await seller.post(f"{at}/messages", files={name: (None, text) for name, text in fields.items()}), 201)
    assert sent["commitment_id"]
    _, answer = await _messages(buyer, at, sent)
    assert answer["message"]["text"] == "明天回复。"
    assert (answer["channel"], answer["to"], answer["in_reply_to"]) == ("phone", "buyer", 1)
    assert (answer["written_at"], answer["machine_written"], answer["call"]) == (written_at, True, call)
    assert (answer["promise"]["commitment_id"], answer["files"]) == (sent["commitment_id"], [])
    twice = {**fields, "promise": '{"kind": "reply", "kind": "provide", "owed_to": "buyer"}'}
    problem = refused(
        await seller.post(f"{at}/messages", files={name: (None, text) for name, text in twice.items()}),
        422,
        "InvalidRequest",
    )
    assert problem["pointer"] == "/promise"


@pytest.mark.parametrize(
    ("content", "status", "code", "pointer"),
    [
        (b"", 422, "FileEmpty", "/files/1"),
        (b"MZ\x90\x00\x03" + bytes(100), 415, "FileTypeNotAllowed", "/files/1"),
        (b"<html><script>", 415, "FileTypeNotAllowed", "/files/1"),
        (b"x" * (20 * 1024 * 1024 + 1), 413, "FileTooLarge", "/files/1"),
        (b"x" * (21 * 1024 * 1024), 413, "BodyTooLarge", None),
    ],
    ids=["empty", "program", "page", "large", "larger"],
)
async def test_one_file_that_is_not_taken_refuses_the_message(
    at_home: House, content: bytes, status: int, code: str, pointer: str | None
) -> None:
    """The refusal names the file. Of the others nothing is left either."""
    at, buyer = await _dispute(at_home)
    before, stored = await at_home.services.log.last_position(), _stored(at_home)
    files = [BOTH[1], ("files", ("virus.pdf", content, "application/pdf")), BOTH[0]]
    problem = refused(await buyer.post(f"{at}/messages", data=LETTER, files=files), status, code)
    assert problem.get("pointer") == pointer
    assert await at_home.services.log.last_position() == before
    assert _stored(at_home) == stored


async def test_a_message_has_so_many_files(at_home: House) -> None:
    at, buyer = await _dispute(at_home)
    stored = _stored(at_home)
    eleven = [("files", (f"{n}.txt", b"text", "text/plain")) for n in range(11)]
    problem = refused(await buyer.post(f"{at}/messages", data=LETTER, files=eleven), 422, "TooManyFiles")
    assert problem["facts"] == {"limit": 10}
    assert _stored(at_home) == stored
    done(await buyer.post(f"{at}/messages", data=LETTER, files=eleven[:10]), 201)
    assert len(_stored(at_home)) == len(stored) + 10


async def test_what_a_rule_refuses_leaves_no_file(at_home: House) -> None:
    at, buyer = await _dispute(at_home)
    stored = _stored(at_home)
    wrong = {**LETTER, "in_reply_to": "4"}
    refused(await buyer.post(f"{at}/messages", data=wrong, files=BOTH), 422, "UnknownMessage")
    refused(await buyer.post(f"{at}/messages", data={"message": "a"}, files=BOTH), 422, "InvalidRequest")
    refused(await buyer.post(f"{at}/messages", data={**LETTER, "by": "seller"}, files=BOTH), 422, "UnknownField")
    auditor = at_home.sender("auditor")
    refused(await auditor.post(f"{at}/messages", data=LETTER, files=BOTH), 403, "NotForThisRole")
    assert _stored(at_home) == stored


async def test_repeated_under_its_key_it_is_one_message(at_home: House) -> None:
    at, buyer = await _dispute(at_home)
    first = done(await buyer.post(f"{at}/messages", key="k", data=LETTER, files=BOTH), 201)
    stored = _stored(at_home)
    assert done(await buyer.post(f"{at}/messages", key="k", data=LETTER, files=BOTH), 201) == first
    for other in (BOTH[:1], [*reversed(BOTH)], [BOTH[0], ("files", ("altro.png", PICTURE, "image/png"))]):
        refused(await buyer.post(f"{at}/messages", key="k", data=LETTER, files=other), 422, "KeyReused")
    assert _stored(at_home) == stored
    assert len(await _messages(buyer, at, first)) == 1


async def test_a_file_that_is_not_there(at_home: House) -> None:
    at, buyer = await _dispute(at_home)
    sent = done(await buyer.post(f"{at}/messages", data=LETTER, files=BOTH), 201)
    done(await buyer.get(f"{at}/messages", headers={"At-Least": sent["position"]}))
    for where in ("1/files/3", "2/files/1"):
        problem = refused(await buyer.get(f"{at}/messages/{where}"), 404, "UnknownAttachment")
        assert problem["facts"] == dict(zip(("message", "file"), map(int, where.split("/files/")), strict=True))
        refused(await buyer.post(f"{at}/messages/{where}/exhibit", DESCRIBED), 404, "UnknownAttachment")
    refused(await buyer.get(f"{at}/messages/0/files/1"), 422, "InvalidRequest")


async def test_json_is_as_short_as_elsewhere(at_home: House) -> None:
    """What takes files at the same address takes more."""
    at, buyer = await _dispute(at_home)
    body = b'{"message": {"text": "' + b"x" * (1024 * 1024) + b'", "language": "it"}}'
    json = {"Content-Type": "application/json"}
    refused(await buyer.post(f"{at}/messages", content=body, headers=json), 413, "BodyTooLarge")
    other = {"Content-Type": "text/plain"}
    refused(await buyer.post(f"{at}/messages", content=b"Dove?", headers=other), 415, "UnsupportedContent")


# --- answers, and messages of machines ---


async def test_a_message_that_answers_another(at_home: House) -> None:
    """A number that nobody wrote is refused alike for everybody."""
    at, buyer = await _dispute(at_home)
    asked = done(await buyer.post(f"{at}/messages", {"message": said("Dov'è?", "it")}), 201)
    seller = at_home.speaking_for("seller")
    for who in (seller, at_home.backend):
        before = await at_home.services.log.last_position()
        missing = await who.post(f"{at}/messages", {"message": said("Here."), "in_reply_to": 2})
        assert refused(missing, 422, "UnknownMessage")["pointer"] == "/in_reply_to"
        assert await at_home.services.log.last_position() == before
    body = {"message": said("It left."), "in_reply_to": asked["number"]}
    sent = done(await seller.post(f"{at}/messages", body), 201)
    assert [one["in_reply_to"] for one in await _messages(buyer, at, sent)] == [None, 1]


async def test_a_machine_says_so_to_everybody(at_home: House) -> None:
    """In the conversation and in the history. Unless it says so, a person wrote it."""
    at, buyer, neutral = await _mediated(at_home)
    done(await at_home.backend.post(f"{at}/messages", {"message": said("Hello."), "machine_written": True}), 201)
    sent = done(await buyer.post(f"{at}/messages", {"message": said("Chi sei?", "it")}), 201)
    refused(
        await buyer.post(f"{at}/messages", {"message": said("Hello."), "machine_written": "yes"}),
        422,
        "InvalidRequest",
    )
    for reader in (buyer, at_home.speaking_for("seller"), neutral, at_home.sender("auditor")):
        shown = await _messages(reader, at, sent)
        assert [one["machine_written"] for one in shown] == [True, False]
        told = done(await reader.get(f"{at}/history", params={"limit": 100}))["items"]
        posted = [fact["details"] for fact in told if fact["kind"] == "MessagePosted"]
        assert sorted(fact["machine_written"] for fact in posted) == [False, True]


# --- exhibits ---


async def test_a_file_becomes_an_exhibit(at_home: House) -> None:
    """The same stored file. The exhibit says where it comes from, and the message what became of the file."""
    at, buyer = await _dispute(at_home)
    done(await buyer.post(f"{at}/messages", data=LETTER, files=BOTH), 201)
    stored = _stored(at_home)
    filed = done(await buyer.post(f"{at}/messages/1/files/2/exhibit", DESCRIBED, key="press"), 201)
    assert filed["number"] == 1
    assert done(await buyer.post(f"{at}/messages/1/files/2/exhibit", DESCRIBED, key="press"), 201) == filed
    assert _stored(at_home) == stored
    problem = refused(await buyer.post(f"{at}/messages/1/files/2/exhibit", DESCRIBED), 409, "AlreadyAnExhibit")
    assert problem["facts"] == {"message": 1, "file": 2, "exhibit": 1}
    seller = at_home.speaking_for("seller")
    for reader in (buyer, seller, at_home.backend):
        case = await at_home.seen(filed["id"], filed["position"], reader)
        (exhibit,) = case["exhibits"]
        assert exhibit["filed_from"] == {"message": 1, "file": 2, "by": "buyer"}
        assert (exhibit["by"], exhibit["file"]["sha256"]) == ("buyer", hashlib.sha256(PICTURE).hexdigest())
        assert exhibit["file"]["name"] == "pacco 中.png"
        assert (await reader.get(exhibit["file"]["href"])).content == PICTURE
        (message,) = await _messages(reader, at, filed)
        assert [file["exhibit"] for file in message["files"]] == [None, 1]
        assert (await reader.get(message["files"][1]["href"])).content == PICTURE
    assert "answer_exhibit" in {action["name"] for action in done(await seller.get(at))["actions"]}


async def test_two_tabs_press_at_once(at_home: House) -> None:
    """It is one exhibit, and the later press is told its number."""
    at, buyer = await _dispute(at_home)
    done(await buyer.post(f"{at}/messages", data=LETTER, files=BOTH), 201)
    path = f"{at}/messages/1/files/1/exhibit"
    answers = await asyncio.gather(*(buyer.post(path, DESCRIBED) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    for answer in answers:
        if answer.status_code == 409:
            assert refused(answer, 409, "AlreadyAnExhibit")["facts"]["exhibit"] == 1


async def test_the_neutral_files_it_for_a_side(at_home: House) -> None:
    """Everybody sees for whom, and by whom. The other side can't."""
    at, buyer, neutral = await _mediated(at_home)
    done(await buyer.post(f"{at}/messages", data=LETTER, files=BOTH), 201)
    path = f"{at}/messages/1/files/1/exhibit"
    refused(await at_home.speaking_for("seller").post(path, DESCRIBED), 403, "NotYourAttachment")
    filed = done(await neutral.post(path, {"description": said("The receipt.")}), 201)
    for reader in (buyer, at_home.speaking_for("seller"), neutral):
        (exhibit,) = (await at_home.seen(filed["id"], filed["position"], reader))["exhibits"]
        assert (exhibit["by"], exhibit["filed_from"]["by"]) == ("buyer", "neutral")
        assert exhibit["description"]["text"] == "The receipt."
        history = done(await reader.get(f"{at}/history", params={"limit": 100}))["items"]
        (fact,) = (one for one in history if one["kind"] == "ExhibitAdded")
        assert (fact["by"], fact["details"]["by"]) == ("neutral", "buyer")
    trail = done(await at_home.sender("auditor").get(f"/v1/audit/disputes/{filed['id']}/trail", params={"limit": 100}))
    told = {step["kind"]: step for step in trail["items"]}
    assert told["ExhibitAdded"]["who"] == "neutral"
    assert told["ExhibitAdded"]["what"].startswith(
        "exhibit 1 by the buyer, for whom the neutral files it, from file 1 of message 1, ricevuta.pdf (application/pdf, "
    )
    assert "message 1 by the buyer (api), with ricevuta.pdf (" in told["MessagePosted"]["what"]


async def test_of_somebody_erased_nothing_is_left_to_open(at_home: House) -> None:
    """Neither name nor file, as of any instant; and nobody makes an exhibit of it."""
    at, buyer, neutral = await _mediated(at_home)
    done(await buyer.post(f"{at}/messages", data=LETTER, files=BOTH), 201)
    filed = done(await buyer.post(f"{at}/messages/1/files/1/exhibit", DESCRIBED), 201)
    dispute, _, _ = await at_home.services.engine.dispute(UUID(filed["id"]), "bazaar")
    await at_home.services.keys.erase(Erasure(dispute.buyer.subject, 1, "bazaar", "person_asked"))
    (message,) = await _messages(neutral, at, filed)
    assert [(file["name"], file["sha256"]) for file in message["files"]] == [("[erased]", "[erased]")] * 2
    for path in (*(file["href"] for file in message["files"]), f"{at}/exhibits/1/file"):
        refused(await neutral.get(path), 410, "FileErased")


# --- bad input ---


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("photo\u202egpj.exe", "photo[U+202E]gpj.exe"),
        ("rech\u200bnung.pdf", "rech[U+200B]nung.pdf"),
        ("\u2066a\u2069\ufeff.pdf", "[U+2066]a[U+2069][U+FEFF].pdf"),
        ("a\u3164b.pdf", "a[U+3164]b.pdf"),
        ("إيصال الشحن.pdf", "إيصال الشحن.pdf"),
        ("运单📦.pdf", "运单📦.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
    ],
)
async def test_what_hides_in_a_name_is_shown(at_home: House, name: str, shown: str) -> None:
    """In messages, exhibits and histories alike."""
    at, buyer = await _dispute(at_home)
    done(await buyer.post(f"{at}/messages", data=LETTER, files=[("files", (name, PDF, "application/pdf"))]), 201)
    filed = done(await buyer.post(f"{at}/messages/1/files/1/exhibit", DESCRIBED), 201)
    seller = at_home.speaking_for("seller")
    (message,), case = await _messages(seller, at, filed), await at_home.seen(filed["id"], filed["position"], seller)
    history = done(await seller.get(f"{at}/history", params={"limit": 100}))["items"]
    told = {fact["kind"]: fact["details"] for fact in history}
    assert message["files"][0]["name"] == case["exhibits"][0]["file"]["name"] == shown
    assert told["MessagePosted"]["files"][0]["name"] == told["ExhibitAdded"]["file"]["name"] == shown


@pytest.mark.parametrize(
    ("name", "code"),
    [(b"a\x00b.pdf", "InvalidRequest"), (b"a\x9b2J.pdf", "UnreadableForm"), (b"a\xed\xa0\xbdb.pdf", "UnreadableForm")],
    ids=["nul", "no utf-8", "half of a pair"],
)
async def test_names_that_cannot_be_stored(at_home: House, name: bytes, code: str) -> None:
    at, buyer = await _dispute(at_home)
    stored = _stored(at_home)
    field = b'--b\r\nContent-Disposition: form-data; name="'
    body = field + b'message"\r\n\r\na\r\n' + field + b'language"\r\n\r\nit\r\n'
    body += field + b'files"; filename="' + name + b'"\r\n\r\ntext\r\n--b--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await buyer.post(f"{at}/messages", content=body, headers=headers)
    problem = refused(answer, 400 if code == "UnreadableForm" else 422, code)
    assert code == "UnreadableForm" or problem["pointer"] == "/files/0"
    assert _stored(at_home) == stored


@pytest.mark.parametrize("text", ["a\x00b", "half a pair: \ud83d", "\u202e\u200b", " \n"])
async def test_texts_that_are_not_taken(at_home: House, text: str) -> None:
    at, buyer = await _dispute(at_home)
    body = (
        b'{"message": {"text": "' + text.encode("unicode_escape").replace(b"\\x", b"\\u00") + b'", "language": "it"}}'
    )
    answer = await buyer.post(f"{at}/messages", content=body, headers={"Content-Type": "application/json"})
    assert refused(answer, 422, "InvalidRequest")["pointer"] == "/message/text"


@pytest.mark.parametrize(
    "text",
    [
        ("وصل المزهرية مكسورة. " * 240)[:5_000],
        "📦👩\u200d👩\u200d👧🇮🇹" * 625,
        ("<script>alert('x')</script><b>&amp;</b>" * 130)[:5_000],
        "left \u202eto right\u202c and a zero\u200bwidth space",
    ],
    ids=["arabic", "emoji", "html", "directions"],
)
async def test_texts_are_kept_letter_by_letter(at_home: House, text: str) -> None:
    """As JSON and as a form, in every answer."""
    at, buyer = await _dispute(at_home)
    done(await buyer.post(f"{at}/messages", {"message": {"text": text, "language": "ar"}}), 201)
    form = {"message": text, "language": "ar"}
    sent = done(await buyer.post(f"{at}/messages", data=form, files=BOTH[:1]), 201)
    assert [one["message"]["text"] for one in await _messages(buyer, at, sent)] == [text, text]


async def test_so_many_messages_at_once(database: str, tmp_path: Path) -> None:
    """Of a thousand in a minute from one side, over two workers, sixty are taken. Nothing else changes, and the other side
    goes on writing. Later, what was refused is taken under its key."""
    async with house(database, tmp_path) as here, house(database, tmp_path) as there:
        at, _ = await _dispute(here)
        case = done(await here.backend.get(at))
        senders = [home.speaking_for("buyer") for home in (here, there)]
        body = {"message": said("Dov'è?", "it")}
        statuses: list[int] = []
        for part in range(20):
            burst = [senders[n % 2].post(f"{at}/messages", body, key=f"{part}-{n}") for n in range(50)]
            answers = await asyncio.gather(*burst)
            statuses += [answer.status_code for answer in answers]
        assert set(statuses) <= {201, 429, 503}
        assert statuses.count(201) == MOST_IN_A_MINUTE
        assert statuses.count(503) < len(statuses) // 10
        problem = await senders[0].post(f"{at}/messages", body, key="the last")
        facts = refused(problem, 429, "TooManyMessages")["facts"]
        assert facts["limit"] == MOST_IN_A_MINUTE
        assert problem.headers["Retry-After"] == str(facts["retry_after"])
        assert 1 <= facts["retry_after"] <= 60
        now = done(await here.backend.get(at))
        assert (now["version"], now["deadlines"]) == (case["version"], case["deadlines"])
        done(await there.speaking_for("seller").post(f"{at}/messages", body), 201)
        here.clock.ahead = timedelta(minutes=1)
        done(await here.speaking_for("buyer").post(f"{at}/messages", body, key="the last"), 201)


async def _dispute(home: House) -> tuple[str, Sender]:
    filed = await home.filed()
    return f"/v1/disputes/{filed['id']}", home.speaking_for("buyer")


async def _mediated(home: House) -> tuple[str, Sender, Sender]:
    """A dispute that a neutral has."""
    await home.open_at_once()
    at, buyer = await _dispute(home)
    neutral = await home.neutral()
    done(await buyer.post(f"{at}/escalation"))
    done(await neutral.post(f"{at}/assignment", {"neutral": str(neutral.subject)}))
    return at, buyer, neutral


async def _messages(reader: Sender, at: str, after: dict[str, Any]) -> list[dict[str, Any]]:
    page = done(await reader.get(f"{at}/messages", headers={"At-Least": after["position"]}))
    items: list[dict[str, Any]] = page["items"]
    return items


def _stored(home: House) -> list[Path]:
    return sorted(path for path in home.services.settings.data_dir.rglob("*") if path.is_file())
