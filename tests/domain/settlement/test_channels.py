"""Law reports on channels: what a message over each of them needs, what arrives twice, and what the public reads."""

from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

import pytest

from domain.commitments.events import CommitmentKept
from domain.kernel.channels import PUBLIC_CHANNELS, Call, Channel, PublicPost
from domain.policy.policy import Policy, Windows
from domain.settlement.channels import ChannelAhead, ChannelNeedsMore, NotOfThisChannel, Publication, check
from domain.settlement.conversation import PostMessage
from domain.settlement.conversation_facts import MessagePosted
from tests.domain.law.acts import FILED_AT, Act, words
from tests.domain.law.cast import Person, administrator, buyer, seller
from tests.domain.law.filings import filing
from tests.domain.law.reports import given, owes, some

ADDRESS = "https://reviews.example/r/4711"
CALL = Call(text_is="note", spoke=("buyer", "marketplace"), began_at=FILED_AT - timedelta(hours=2), seconds=540)
PUBLIC = Publication(address=ADDRESS, public_since=FILED_AT - timedelta(hours=1))
WINDOWS = Windows.model_validate(
    {f"{of}_reply": {"amount": 1, "unit": "business_days"} for of in ("message", "public")}
)
ANSWERING = Policy(version="answering", windows=WINDOWS)


def posts(by: Person, channel: Channel, **more: Any) -> Act:
    return by.act(PostMessage, message=words("No answer for a week."), channel=channel, **more)


@pytest.mark.parametrize("channel", get_args(Channel))
def test_what_each_channel_needs(channel: Channel) -> None:
    """A call says who spoke, when and how long; a review or a post where it can be read. Nothing else says either."""
    needs = "call" if channel == "phone" else "public" if channel in PUBLIC_CHANNELS else None
    given_all = {"call": CALL, "public": PUBLIC}
    has = {name: value if name == needs else None for name, value in given_all.items()}
    check(channel, has["call"], has["public"], FILED_AT)  # type: ignore[arg-type]
    if needs is not None:
        with pytest.raises(ChannelNeedsMore) as missing:
            check(channel, None, None, FILED_AT)
        assert missing.value.facts == {"channel": channel, "field": needs}
    with pytest.raises(NotOfThisChannel) as strange:
        check(channel, CALL, PUBLIC, FILED_AT)
    assert strange.value.facts["field"] == ("public" if needs == "call" else "call")


def test_a_message_tells_of_what_has_happened() -> None:
    with pytest.raises(ChannelAhead) as ahead:
        check("phone", CALL, None, CALL.began_at - timedelta(seconds=1))
    assert ahead.value.facts["field"] == "began_at"
    with pytest.raises(ChannelAhead) as ahead:
        check("forum", None, PUBLIC, PUBLIC.public_since - timedelta(seconds=1))
    assert ahead.value.facts["field"] == "public_since"


def test_it_is_told_with_the_message() -> None:
    """The address belongs to its author: it goes with them."""
    given(filing()).when(posts(buyer, "phone", call=CALL)).then(some(MessagePosted, call=CALL, public=None))
    shown = PublicPost(address=ADDRESS, public_since=PUBLIC.public_since, author=buyer.subject)
    given(filing()).when(posts(buyer, "review_site", public=PUBLIC)).then(some(MessagePosted, public=shown))


def test_what_arrives_twice_is_one_message() -> None:
    """Known by the id that it has in its channel. Its promise is not made twice either."""
    report = given(filing()).when(posts(seller, "email", arrival=UUID(int=9))).then(some(MessagePosted, number=1))
    report.when(posts(seller, "email", arrival=UUID(int=9))).then_nothing()
    report.when(posts(seller, "email", arrival=UUID(int=8))).then(some(MessagePosted, number=2))


def test_what_the_buyer_writes_in_public_asks_the_seller() -> None:
    """By a window of its own. Only an answer in public keeps it, and that answer asks nobody. An answer here keeps the one to a
    message here."""
    public = {"arises_from": "public_message", "promise.proof.rule": "answering/public_reply"}
    report = given(administrator.publishes(ANSWERING), filing()).when(posts(buyer, "review_site", public=PUBLIC))
    report.then(MessagePosted, owes("seller", "buyer", None, "reply", **public))
    report.when(posts(buyer, "web", to="seller"))
    report.then(MessagePosted, owes("seller", "buyer", None, "reply", arises_from="message"))
    report.when(posts(seller, "web")).then(MessagePosted, some(CommitmentKept, late=False))
    report.when(posts(seller, "review_site", public=PUBLIC)).then(MessagePosted, some(CommitmentKept, late=False))
