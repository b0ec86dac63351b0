"""Acts in the console: filled in, looked at and sent, without a script."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from httpx import Response

from domain.kernel.base import Role
from projections.caseload import CASELOAD
from projections.mandates import MANDATES
from projections.pending_commitments import PENDING_COMMITMENTS
from tests import today
from tests.api.house import House, Sender, done, euros, said
from tests.api.house import person as a_party
from tests.console.browsers import Browser, person, signed_in
from tests.console.plain import Element, opened, page, send

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(at_home: House) -> AsyncIterator[House]:
    await at_home.open_at_once()
    yield at_home


async def mediated(house: House, **changes: Any) -> tuple[str, Sender, Browser]:
    """A dispute, its mediator over the API, and the mediator's browser."""
    neutral = await house.neutral()
    dispute = await another(house, neutral, **changes)
    return dispute, neutral, await signed_in(house, person(Role.NEUTRAL, neutral.subject))


def form_of(page: Element) -> Element:
    return page.one("form", id="act-form")


async def form(browser: Browser, dispute: str, act: str) -> Element:
    return form_of(await opened(browser, f"/console/disputes/{dispute}/acts/{act}"))


PROPOSAL = {"/award/buyer/amount": "100.00", "/award/seller/amount": "29.90", "/reasons/text": "Both bear a part."}


async def test_an_act_is_looked_at_and_then_sent(desk: House) -> None:
    dispute, neutral, browser = await mediated(desk)
    listed = await opened(browser, f"/console/disputes/{dispute}")
    link = listed.one("a", id="open-make_proposal")
    assert link.attributes["data-act-key"] == "p"
    seen = page(await send(browser, form_of(await opened(browser, link.attributes["href"])), PROPOSAL))
    assert "Proposal made" in seen.one(class_="foreseen").text
    assert done(await neutral.get(f"/v1/disputes/{dispute}"))["proposals"] == []
    answer = await send(browser, form_of(seen), step="send")
    assert answer.status_code == 303, answer.text
    (proposal,) = done(await neutral.get(f"/v1/disputes/{dispute}"))["proposals"]
    assert proposal["award"]["buyer"] == euros("100.00")
    after = await opened(browser, answer.headers["location"])
    assert "Proposal made" in after.one(class_="recorded").text


async def _messages(neutral: Sender, dispute: str, answer: Response) -> list[dict[str, Any]]:
    """All messages, as soon as they show the act that was answered so."""
    assert answer.status_code == 303, answer.text
    (position,) = parse_qs(urlsplit(answer.headers["location"]).query)["at_least"]
    messages = done(await neutral.get(f"/v1/disputes/{dispute}/messages", headers={"At-Least": position}))
    items: list[dict[str, Any]] = messages["items"]
    return items


async def test_nothing_is_sent_that_was_not_seen(desk: House) -> None:
    """Whoever changes the form after the preview gets another preview."""
    dispute, neutral, browser = await mediated(desk)
    seen = page(await send(browser, await form(browser, dispute, "make_proposal"), PROPOSAL))
    changed = {"/award/buyer/amount": "90.00", "/award/seller/amount": "39.90"}
    again = page(await send(browser, form_of(seen), changed, step="send"))
    assert "nothing was sent yet" in again.one(class_="foreseen").text
    assert done(await neutral.get(f"/v1/disputes/{dispute}"))["proposals"] == []
    assert (await send(browser, form_of(again), step="send")).status_code == 303


async def test_a_refusal_stands_at_its_field_and_nothing_typed_is_lost(desk: House) -> None:
    dispute, _, browser = await mediated(desk)
    empty = page(await send(browser, await form(browser, dispute, "make_proposal")), 422)
    faulty = [one.attributes["name"] for one in empty.all(**{"aria-invalid": "true"})]
    assert faulty == ["/award/buyer/amount", "/award/seller/amount", "/reasons/text"]
    assert empty.one(id="act-award-buyer-fault").text == "This is needed."
    wrong = {**PROPOSAL, "/award/buyer/amount": "100.001"}
    digits = page(await send(browser, form_of(empty), wrong), 422)
    assert "EUR has 2 minor unit digits" in digits.one(id="act-award-buyer-fault").text
    uneven = page(await send(browser, form_of(digits), {"/award/buyer/amount": "100.01"}), 409)
    assert uneven.one(class_="refused").one("h3").text
    assert "€129.90" in uneven.one(class_="refused").text
    assert form_of(uneven).one("textarea", name="/reasons/text").written == "Both bear a part."


async def test_sent_twice_it_is_done_once(desk: House) -> None:
    """Two presses of the button, or two tabs with the same page."""
    dispute, neutral, browser = await mediated(desk)
    seen = form_of(page(await send(browser, await form(browser, dispute, "post_message"), {"/message": "Once."})))
    answers = [await send(browser, seen, step="send") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    messages = await _messages(neutral, dispute, answers[1])
    assert [one["message"]["text"] for one in messages] == ["Once."]
    assert messages[0]["channel"] == "web"


async def test_somebody_acts_meanwhile(desk: House) -> None:
    """What happened is shown, what was typed stays, and one more press sends it under the new version."""
    dispute, neutral, browser = await mediated(desk)
    seen = form_of(page(await send(browser, await form(browser, dispute, "make_proposal"), PROPOSAL)))
    offer = {"amount": euros("50.00")}
    done(await desk.speaking_for("seller").post(f"/v1/disputes/{dispute}/offers", offer), 201)
    overtaken = page(await send(browser, seen, step="send"), 412)
    meanwhile = overtaken.one(class_="meanwhile").text
    assert "Offer made" in meanwhile
    assert "Mediator assigned" not in meanwhile
    again = form_of(overtaken)
    assert again.one("textarea", name="/reasons/text").written == "Both bear a part."
    assert (await send(browser, again, step="send")).status_code == 303
    assert len(done(await neutral.get(f"/v1/disputes/{dispute}"))["proposals"]) == 1


async def test_evidence_with_a_file(desk: House) -> None:
    dispute, neutral, browser = await mediated(desk)
    empty, large = await form(browser, dispute, "add_exhibit"), b"%PDF-1.4\n" + b"x" * 2_000_000
    said = {"/description": "Der Lieferschein: „Vase“\nund mehr", "/language": "de"}
    files = [("/file", ('Liefer"schein.pdf', large))]
    seen = page(await send(browser, empty, said, files=files))
    assert "Evidence added" in seen.one(class_="foreseen").text
    answer = await send(browser, form_of(seen), step="send", files=files)
    assert answer.status_code == 303, answer.text
    (exhibit,) = done(await neutral.get(f"/v1/disputes/{dispute}"))["exhibits"]
    assert exhibit["description"]["text"] == said["/description"]
    assert (exhibit["file"]["media_type"], exhibit["file"]["size"]) == ("application/pdf", len(large))
    refused = page(await send(browser, form_of(seen), step="send", files=[("/file", ("x.exe", b"MZ\x00\x01"))]), 415)
    assert refused.one(class_="fault").text


async def test_messages_with_files_and_a_promise(desk: House) -> None:
    dispute, neutral, browser = await mediated(desk)
    message = {"/message": "The note is here.", "/to": "buyer", "/promise/kind": "reply", "/promise/owed_to": "buyer"}
    files = [("/files", ("a.txt", b"one")), ("/files", ("b.txt", b"two"))]
    seen = page(await send(browser, await form(browser, dispute, "post_message"), message, files=files))
    (posted,) = await _messages(neutral, dispute, await send(browser, form_of(seen), step="send", files=files))
    assert [file["name"] for file in posted["files"]] == ["a.txt", "b.txt"]
    assert (posted["to"], posted["promise"]["kind"]) == ("buyer", "reply")


async def test_an_act_with_nothing_to_fill_in_shows_at_once_what_follows(desk: House) -> None:
    dispute, neutral, browser = await mediated(desk)
    until = {"/until": "2027-03-28T02:30", "/reasons/text": "A holiday."}
    browser.cookies.set("console-zone", "Europe%2FRome", domain="console.test")
    skipped = page(await send(browser, await form(browser, dispute, "order_stay"), until), 422)
    assert "does not exist" in skipped.one(id="act-until-fault").text
    wanted = (today.now() + timedelta(days=20)).astimezone(ZoneInfo("Europe/Rome")).replace(hour=10, minute=0, second=0)
    local = f"{wanted:%Y-%m-%dT%H:%M}"
    later = page(await send(browser, form_of(skipped), {"/until": local}))
    assert (await send(browser, form_of(later), step="send")).status_code == 303
    until_then = done(await neutral.get(f"/v1/disputes/{dispute}"))["stay"]["until"]
    assert datetime.fromisoformat(until_then) == wanted.replace(microsecond=0)
    seen = await opened(browser, f"/console/disputes/{dispute}/acts/lift_stay")
    assert "Pause ended" in seen.one(class_="foreseen").text
    assert (await send(browser, form_of(seen), step="send")).status_code == 303


async def test_an_act_that_is_never_the_readers(desk: House) -> None:
    dispute, _, browser = await mediated(desk)
    auditor = await signed_in(desk, person(Role.AUDITOR))
    for who, act in (
        (browser, "co_sign_ruling.1"),
        (browser, "fly"),
        (browser, "make_proposal.1"),
        (auditor, "post_message"),
    ):
        assert (await who.get(f"/console/disputes/{dispute}/acts/{act}")).status_code == 404, act
    assert "nothing that you can do" in (await opened(auditor, f"/console/disputes/{dispute}")).text
    other = (await desk.filed())["id"]
    assert (await browser.get(f"/console/disputes/{other}/acts/make_proposal")).status_code == 404


async def test_a_part_of_a_page(desk: House) -> None:
    """A page that shows acts asks for the form alone, and gets what was recorded in its place."""
    dispute, _, browser = await mediated(desk)
    at, htmx = f"/console/disputes/{dispute}/acts/write_note", {"HX-Request": "true"}
    part = await opened(browser, at, htmx)
    assert [one.tag for one in part.inside if isinstance(one, Element)] == ["section"]
    seen = page(await send(browser, form_of(part), {"/note/text": "Call on Monday."}, headers=htmx))
    told = page(await send(browser, form_of(seen), step="send", headers=htmx))
    assert (
        told.one("section", id="act-one", role="status")
        .attributes["hx-get"]
        .startswith(f"/console/disputes/{dispute}?at_least=")
    )


async def test_a_ruling_cites_what_is_ticked(desk: House) -> None:
    """Several boxes of one name; a part of the form that is repeated; and what can be chosen is read out of the case."""
    dispute, neutral, browser = await mediated(desk)
    at = f"/v1/disputes/{dispute}"
    done(await neutral.post(f"{at}/impasse", {}))
    files = {"description": (None, "Packliste"), "language": (None, "de")}
    done(await desk.speaking_for("seller").post(f"{at}/exhibits", files=files), 201)
    done(await desk.speaking_for("buyer").post(f"{at}/exhibits/1/answer", {}))
    empty = form_of(await opened(browser, f"/console/disputes/{dispute}/ruling"))
    assert "Packliste" in empty.one("fieldset", id="act-cites_exhibits").text
    assert not empty.all("fieldset", id="act-addresses_inferences")
    clauses = [one.attributes["value"] for one in empty.all("input", name="/cites_clauses")]
    ruling: dict[str, str | list[str] | None] = {**PROPOSAL, "/cites_exhibits": "1", "/cites_clauses": clauses[:2]}
    first = {"amount/amount": "60", "after/amount": "3", "after/unit": "hours"}
    more = page(
        await send(
            browser, empty, ruling | {f"/award/instalments/0/{name}": one for name, one in first.items()}, step="row"
        )
    )
    assert form_of(more).all("input", name="/award/instalments/1/amount/amount")
    second = {"amount/amount": "40", "after/amount": "2", "after/unit": "calendar_days"}
    rest = {f"/award/instalments/1/{name}": one for name, one in second.items()}
    seen = page(await send(browser, form_of(more), rest))
    assert "Ruling issued" in seen.one(class_="foreseen").text
    assert (await send(browser, form_of(seen), step="send")).status_code == 303
    (issued,) = done(await neutral.get(at))["rulings"]
    assert (issued["cites_clauses"], issued["cites_exhibits"]) == (clauses[:2], [1])
    assert [one["amount"] for one in issued["award"]["instalments"]] == [euros("60.00"), euros("40.00")]


async def test_a_case_that_was_handed_over_meanwhile(desk: House) -> None:
    """What was typed stays, with what happened, and why it can't be sent any more."""
    dispute, _, browser = await mediated(desk)
    seen = form_of(page(await send(browser, await form(browser, dispute, "make_proposal"), PROPOSAL)))
    away = {"reason": {"text": "On leave.", "language": "en"}}
    done(await desk.sender(Role.SUPERVISOR).post(f"/v1/disputes/{dispute}/reassignment", away))
    kept = page(await send(browser, seen, step="send"), 412)
    assert "Mediator released" in kept.one(class_="meanwhile").text
    assert kept.one(class_="refused").one("h3").text
    assert not kept.all(class_="send")
    assert form_of(kept).one("textarea", name="/reasons/text").written == "Both bear a part."


async def test_a_page_stays_when_a_part_of_it_cannot_be_read(desk: House) -> None:
    """Also the form of an act on a case that is the reader's no more: what was typed is not replaced."""
    _, _, browser = await mediated(desk)
    foreign = (await desk.filed())["id"]
    part = {"HX-Request": "true", "HX-Target": "section#act-one"}
    answer = await browser.get(f"/console/disputes/{foreign}/acts/make_proposal", headers=part)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (404, "#told")
    assert "<main" not in answer.text


async def another(house: House, neutral: Sender, **changes: Any) -> str:
    """One more dispute of this mediator."""
    dispute: str = (await house.filed(**changes))["id"]
    at = f"/v1/disputes/{dispute}"
    done(await house.speaking_for("seller").post(f"{at}/response", {"answer": "contest"}))
    done(await house.speaking_for("buyer").post(f"{at}/escalation"))
    done(await neutral.post(f"{at}/assignment", {}))
    return dispute


async def caught_up(house: House) -> None:
    """The lists show everything that is on record."""
    last = await house.services.log.last_position()
    for view in (CASELOAD, PENDING_COMMITMENTS):
        assert await house.services.follow.caught_up(view.name, last, 20)


async def test_the_next_case_opens_after_an_act(desk: House) -> None:
    """When a case that was opened out of a list waits for its reader no more. Otherwise, and if they say so, they stay."""
    first, neutral, browser = await mediated(desk)
    second = await another(desk, neutral)
    await caught_up(desk)
    at = f"/console/disputes/{first}"
    assert (await opened(browser, "/console/")).all("a", href=f"{at}?list=move")
    case = await opened(browser, f"{at}?list=move")

    async def seen(act: str, said: Mapping[str, str | list[str] | None]) -> Element:
        link = case.one("a", id=f"open-{act}").attributes["href"]
        return form_of(page(await send(browser, form_of(await opened(browser, link)), said)))

    note = await send(browser, await seen("write_note", {"/note/text": "Call on Monday."}), step="send")
    assert urlsplit(note.headers["location"]).path == at
    proposal = await seen("make_proposal", PROPOSAL)
    htmx = await send(browser, proposal, step="send", headers={"HX-Request": "true"})
    onto = urlsplit(htmx.headers["hx-redirect"])
    assert (onto.path, parse_qs(onto.query)["list"]) == (f"/console/disputes/{second}", ["move"])
    following = await opened(browser, htmx.headers["hx-redirect"])
    assert "Proposal made" in following.one(id="before").text
    assert following.one(id="before").all("a", href=at)
    empty = form_of(await opened(browser, f"/console/disputes/{second}/acts/make_proposal?list=move"))
    stays = form_of(page(await send(browser, empty, PROPOSAL)))
    stayed = await send(browser, stays, {"stay": "yes"}, step="send")
    assert urlsplit(stayed.headers["location"]).path == f"/console/disputes/{second}"
    later = form_of(await opened(browser, f"/console/disputes/{second}/acts/write_note?list=move"))
    asked = form_of(page(await send(browser, later, {"/note/text": "Later."})))
    assert [one.attributes["value"] for one in asked.all("input", name="stay", checked="")] == ["yes"]


async def test_a_list_that_is_empty_opens_itself(desk: House) -> None:
    dispute, _, browser = await mediated(desk)
    form = form_of(await opened(browser, f"/console/disputes/{dispute}/acts/make_proposal?list=move"))
    answer = await send(browser, form_of(page(await send(browser, form, PROPOSAL))), step="send")
    empty = await opened(browser, answer.headers["location"])
    assert "No case waits here" in empty.text
    assert "Proposal made" in empty.one(id="before").text


async def test_a_proposal_is_shown_as_each_side_will_read_it(desk: House) -> None:
    """With the amounts, and the instalments, in the language of each. The page around the form is that of the case."""
    people = {"seller": a_party("s-ae", "AE", "ar", "Asia/Dubai")}
    dispute, _, browser = await mediated(desk, **people)
    first = {"amount/amount": "100", "after/amount": "3", "after/unit": "hours"}
    paid = {f"/award/instalments/0/{name}": one for name, one in first.items()}
    seen = page(await send(browser, await form(browser, dispute, "make_proposal"), PROPOSAL | paid))
    assert len(seen.all("section", id="acts")) == 1
    buyer, seller = seen.one(class_="readers").all("article")
    assert seller.one("div").attributes == {"lang": "ar", "dir": "rtl"}
    for side in (buyer, seller):
        (amounts, part, instalments) = (one.text for one in side.all("dd"))
        assert ("100" in amounts, "29" in part, "100" in instalments) == (True, True, True)
        assert side.one("blockquote").text == PROPOSAL["/reasons/text"]


async def test_who_hands_a_case_over_is_led_to_the_list_and_told(desk: House) -> None:
    """They see the case no more. The open proposal ends: the preview warns of it."""
    dispute, neutral, browser = await mediated(desk)
    award = {"buyer": euros("100.00"), "seller": euros("29.90")}
    body = {"award": award, "reasons": said("Both bear a part.")}
    done(await neutral.post(f"/v1/disputes/{dispute}/proposals", body), 201)
    seen = page(await send(browser, await form(browser, dispute, "recuse"), {"/reason/text": "I know the buyer."}))
    assert "no. 1" in seen.one(**{"data-lapses": ""}).text
    answer = await send(browser, form_of(seen), step="send")
    assert urlsplit(answer.headers["location"]).path == "/console/"
    number = done(await desk.sender(Role.SUPERVISOR).get(f"/v1/disputes/{dispute}"))["case_number"]
    told = (await opened(browser, answer.headers["location"])).one(id="before").text
    assert "Step down as the mediator" in told
    assert number in told
    assert not (await opened(browser, "/console/?left=forged")).one(id="before").text


async def test_a_private_talk_asks_the_mediator_with_whom(desk: House) -> None:
    """It is needed, and not optional; and who does not read the language of the text is named before it is sent."""
    dispute, _, browser = await mediated(desk, seller=a_party("s-jp", "JP", "ja", "Asia/Tokyo"))
    empty = await form(browser, dispute, "post_in_caucus")
    assert "optional" not in empty.one("fieldset", id="act-side").text
    asked = page(await send(browser, empty, {"/message": "What do you need?"}), 422)
    assert asked.one(id="act-side-fault").text == "This is needed."
    assert asked.one(id="act-title").text == "Write privately to one side"
    seen = page(await send(browser, form_of(asked), {"/side": "seller"}))
    (unread,) = seen.all(**{"data-untranslated": ""})
    assert "Japanese" in unread.text
    to_buyer = page(await send(browser, form_of(asked), {"/side": "buyer", "/language": "it"}))
    assert not to_buyer.all(**{"data-untranslated": ""})


async def test_who_reads_a_message(desk: House) -> None:
    """Nobody writes to themselves. A text in a language that a side does not read is told of before it is sent; a note for
    the desk is read by no side, and is saved.
    """
    dispute, _, browser = await mediated(desk)
    empty = await form(browser, dispute, "post_message")
    readers = {one.attributes["value"]: one.text for one in empty.one("select", name="/to").all("option")}
    assert readers[""] == "Both sides"
    assert "neutral" not in readers
    seen = page(await send(browser, empty, {"/message": "Hyvää huomenta.", "/language": "fi"}))
    assert len(seen.all(**{"data-untranslated": ""})) == 2
    asked = {"/fact/text": "Kuitti", "/fact/language": "fi", "/of": "buyer"}
    assert page(await send(browser, await form(browser, dispute, "request_evidence"), asked)).all(
        **{"data-untranslated": ""}
    )
    note = {"/note/text": "Soita.", "/note/language": "fi"}
    noted = page(await send(browser, await form(browser, dispute, "write_note"), note))
    assert not noted.all(**{"data-untranslated": ""})
    assert noted.one("button", class_="send").text == "Save"


async def test_a_mediator_promises_in_their_own_name(desk: House) -> None:
    dispute, _, browser = await mediated(desk)
    empty = await form(browser, dispute, "make_commitment")
    owes = empty.one("fieldset", id="act-owed_by").all("input")
    assert [(one.attributes["value"], "checked" in one.attributes) for one in owes] == [("neutral", True)]


async def test_what_the_reader_did_in_another_window(desk: House) -> None:
    dispute, neutral, browser = await mediated(desk)
    seen = form_of(page(await send(browser, await form(browser, dispute, "make_proposal"), PROPOSAL)))
    done(await neutral.post(f"/v1/disputes/{dispute}/messages", {"message": said("One moment.")}), 201)
    told = page(await send(browser, seen, step="send"), 412).one(class_="meanwhile").text
    assert "You acted in another window" in told
    assert "(You, in another window)" in told


async def test_a_form_is_filled_in_with_what_the_browser_has_kept(desk: House) -> None:
    """Also its rows. It was begun before somebody else acted: that is told, as if it had stayed open."""
    dispute, neutral, browser = await mediated(desk)
    empty = await form(browser, dispute, "make_proposal")
    assert "data-empty" in empty.attributes
    until = (today.now() + timedelta(days=2)).isoformat()
    done(await neutral.post(f"/v1/disputes/{dispute}/stay", {"until": until, "reasons": said("The court is closed.")}))
    first = {"amount/amount": "100", "after/amount": "3", "after/unit": "hours"}
    row = {f"/award/instalments/1/{name}": one for name, one in first.items()}
    again = page(await send(browser, empty, PROPOSAL | row, step="kept"))
    filled = form_of(again)
    assert again.all(class_="kept-draft")
    assert "data-empty" not in filled.attributes
    assert filled.one("textarea", name="/reasons/text").written == PROPOSAL["/reasons/text"]
    assert filled.one("input", name="/award/instalments/0/amount/amount").attributes["value"] == "100"
    assert again.all(class_="meanwhile") == []
    seen = page(await send(browser, filled), 412)
    assert "Pause ordered" in seen.one(class_="meanwhile").text


async def test_a_mediator_chooses_who_takes_over(desk: House) -> None:
    """Among colleagues, by their names if they are signed in."""
    dispute, _, browser = await mediated(desk)
    colleague = await desk.neutral()
    await signed_in(desk, person(Role.NEUTRAL, colleague.subject, "Lin Yuting"))
    assert await desk.services.follow.caught_up(MANDATES.name, await desk.services.log.last_position(), 20)
    empty = await form(browser, dispute, "reassign_neutral")
    names = {one.attributes["value"]: one.text for one in empty.one("select", name="/neutral").all("option")}
    assert names[str(colleague.subject)] == "Lin Yuting · English"
    chosen = {"/neutral": str(colleague.subject), "/reason/text": "On leave."}
    seen = page(await send(browser, empty, chosen))
    assert "Lin Yuting" in seen.one(class_="foreseen").text
    assert not seen.all(**{"data-lapses": ""})
    sent = await send(browser, form_of(seen), step="send")
    assert sent.status_code == 303
