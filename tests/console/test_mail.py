"""The mails that belong to no case yet: read, assigned to a case, and out of the way of whoever comes second."""

from dataclasses import dataclass
from typing import Any

import pytest

from domain.kernel.base import Role
from tests.api.house import House, done, filing
from tests.api.test_translations import until
from tests.console.browsers import Browser, person, signed_in
from tests.console.plain import Element, opened, page, send
from tests.harness.mails import mail

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = "Il vaso è <b>rotto</b>. Che cosa devo fare?"


@dataclass
class Arrived:
    id: str
    at: str


async def arrived(house: House, sender: str, **changes: Any) -> Arrived:
    """A mail that was read, and is where it has to be."""
    raw = mail(sender, "disputes@bazaar.example", changes.pop("text", TEXT), **{"subject": "Il mio vaso", **changes})
    headers = {"Content-Type": "message/rfc822", "Authorization": f"Bearer {house.backend.token}"}
    mail_id = done(await house.http.post("/v1/mail", content=raw, headers=headers), 202)["id"]
    supervisor = house.sender(Role.SUPERVISOR)

    async def ask() -> list[str]:
        found = [
            done(await supervisor.get("/v1/mail", params={"status": one, "sender": sender}))
            for one in ("pile", "noted")
        ]
        return [one["id"] for page in found for one in page["items"]]

    await until(ask, lambda ids: mail_id in ids)
    return Arrived(mail_id, f"/console/mail/{mail_id}")


def forms(shown: Element) -> list[Element]:
    return shown.all("form", class_="belongs")


async def test_a_mail_is_read_and_becomes_a_message_of_its_case(at_home: House) -> None:
    """Found by the number of the case. The header says how many wait."""
    filed = done(await at_home.backend.post("/v1/disputes", filing()), 201)
    one = await arrived(at_home, "private@example.com", files=[("vaso.jpg", b"x")])
    browser = await signed_in(at_home)
    listed = await opened(browser, "/console/mail")
    row = listed.one("li", id=f"mail-{one.id}")
    assert [row.one("bdi").text, row.one("strong").text] == ["private@example.com", "Il mio vaso"]
    assert "It names no case" in row.text
    assert listed.one("a", href="/console/mail", **{"data-key": "g m"}).one(class_="count").text == "1"
    shown = await opened(browser, row.one("a").attributes["href"])
    assert shown.one("span", class_="whole").text == TEXT
    assert "vaso.jpg" in shown.text
    assert forms(shown) == []
    found = await opened(browser, f"{one.at}?q={filed['case_number']}")
    (offered,) = forms(found)
    refused = page(await send(browser, offered), 422)
    assert refused.one(class_="refused").text == "Something in the form is missing, or cannot be read."
    answer = await send(browser, forms(refused)[0], {"side": "buyer"})
    after = await opened(browser, answer.headers["location"])
    told = after.one(class_="recorded")
    assert told.text.startswith("The mail is now message 1 of its case.")
    assert "Every mail has found its case." in after.text
    case = await opened(browser, told.one("a").attributes["href"])
    message = case.one("article", id="message-1")
    assert message.one("h3").text.startswith("The buyer")
    assert "Assigned to this case by a person" in message.text


async def test_the_case_that_it_names_is_offered_and_who_comes_second_is_told(at_home: House) -> None:
    filed = done(await at_home.backend.post("/v1/disputes", filing()), 201)
    one = await arrived(at_home, "other@example.com", subject=f"Re: {filed['case_number']}")
    first, second = await signed_in(at_home), await signed_in(at_home)
    offered = [forms(await opened(browser, one.at))[0] for browser in (first, second)]
    assert "It names this case number" in offered[0].text
    assert (await send(first, offered[0], {"side": "seller"})).status_code == 303
    late = page(await send(second, offered[1], {"side": "buyer"}), 409)
    assert "This mail cannot be matched" in late.one(class_="refused").text
    assert filed["case_number"] in late.one("section", id="belongs").text
    assert forms(late) == []
    neutral = await at_home.neutral()
    stranger = await signed_in(at_home, person(Role.NEUTRAL, neutral.subject))
    gone = await stranger.sent(one.at, {"csrf": await stranger.csrf(), "dispute_id": filed["id"], "side": "buyer"})
    assert "no longer here" in (await opened(stranger, gone.headers["location"])).text


async def test_who_may_not_read_mails_sees_from_whom_they_are_and_opens_none(at_home: House) -> None:
    one = await arrived(at_home, "robot@example.com", Auto_Submitted="auto-replied")
    auditor: Browser = await signed_in(at_home, person(Role.AUDITOR))
    listed = await opened(auditor, "/console/mail?status=noted")
    row = listed.one("li", id=f"mail-{one.id}")
    assert "robot@example.com" in row.text
    assert "An automatic answer" in row.text
    assert (row.all("a"), "vaso è" in row.text) == ([], False)
    assert (await auditor.get(one.at)).status_code == 403
