"""The channels over which people write, call and post, and how a thing that arrives twice over one of them is known."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from domain.kernel.base import Instant, Value
from domain.kernel.disclosure import Told
from domain.kernel.personal import Personal, PersonalOfAuthor
from domain.kernel.texts import revealed

Channel = Literal[
    "web",
    "app",
    "email",
    "phone",
    "chat",
    "post",
    "api",
    "messenger",
    "sms",
    "self_service",
    "marketplace_inbox",
    "social",
    "review_site",
    "forum",
]
"""`post` is a letter. `self_service` is a program of the marketplace that acts without a person."""

PUBLIC_CHANNELS: frozenset[Channel] = frozenset({"social", "review_site", "forum"})
"""What is written there, the public reads."""

Speaker = Literal["buyer", "seller", "neutral", "supervisor", "marketplace", "machine", "other"]


class Call(Value):
    """A telephone call. The text of its message is a `note` of what was said, or a `transcript` of every word.

    `seconds` is how long it took. `recording_consent` is whether everybody who spoke agreed to a recording; None if nobody
    was asked, because nothing was recorded.
    """

    text_is: Told[Literal["note", "transcript"]]
    spoke: Told[Annotated[tuple[Speaker, ...], Field(min_length=1, max_length=10)]]
    began_at: Told[Instant]
    seconds: Told[Annotated[int, Field(ge=0, le=86_400, strict=True)]]
    recording_consent: Told[bool | None] = None


def _visible(address: str) -> str:
    """A character that shows nothing, or turns the writing round, makes an address look like another one."""
    if revealed(address) != address:
        raise ValueError("an address has no characters that show nothing")
    return address


Address = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2_000, pattern=r'^https?://[^\s<>"]+$'),
    AfterValidator(_visible),
]


class PublicPost(Value):
    """Where the public reads it, and since when. The address may hold the name of its author, so it is theirs."""

    address: Told[PersonalOfAuthor]
    public_since: Told[Instant]
    author: UUID


MatchedBy = Literal["reply_address", "references", "case_number", "person"]
"""How a mail was found to belong to its dispute: by the signed address that it was sent to, by the notice that it answers, by
the case number in it, or by a person who looked at it."""

Verdict = Literal["pass", "fail", "none"]
"""What the receiving mail server found about the sender (RFC 8601): it is who it says, it is not, or nobody looked."""

NotTakenOver = Literal[
    "too_many_parts",
    "too_many_files",
    "unreadable",
    "text_cut",
    "subject_cut",
    "empty",
    "too_large",
    "type_not_allowed",
]


class LeftOut(Value):
    """Something of a mail that is not in its message. `what` is the name of a file, or the kind of a part."""

    what: Told[PersonalOfAuthor]
    why: Told[NotTakenOver]
    author: UUID


class Mailed(Value):
    """The mail that a message came as. `author` is the party whose message it is.

    The message has what the writer wrote. `whole` is the whole text with the copies of older mails in it, None if there are
    none. `sender_known` is whether it came from the address on record of that party; `verdict` is what the receiving server
    found. `assigned_by` is the person who said to which dispute it belongs, if `matched_by` is `person`.
    """

    subject: Told[Annotated[str | None, Personal("author")]] = None
    whole: Told[Annotated[str | None, Personal("author")]] = None
    matched_by: Told[MatchedBy]
    sender_known: Told[bool]
    verdict: Told[Verdict]
    left_out: Told[tuple[LeftOut, ...]] = ()
    author: UUID
    assigned_by: UUID | None = None


def arrived(channel: Channel, role: str, own_id: str) -> tuple[str, str, str]:
    """What a thing is known by that arrives over a channel: the channel, the role of its author, and the channel's own id.
    A keyed hash of it is the `arrival` of `PostMessage` and `RecordContact`. The role is in it, so that nobody takes the id
    of somebody else's message away.
    """
    return channel, role, own_id
