"""What a message says of its channel: the call that it tells of, or where the public reads it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from api.http.bodies import Answer, Body, When, example
from api.http.relative import ago
from domain.kernel.base import Instant
from domain.kernel.channels import Address, Call, MatchedBy, NotTakenOver, Speaker, Verdict
from domain.settlement.channels import Publication

_TEXT_IS = "Whether the message is a `note` of what was said, or a `transcript` of every word."
_CONSENT = "Whether everybody who spoke agreed to a recording. Null if nothing was recorded."
_CALL = {
    "text_is": "note",
    "spoke": ["buyer", "marketplace"],
    "began_at": ago(hours=3),
    "seconds": 540,
    "recording_consent": None,
}
_PUBLIC = {"address": "https://reviews.example/r/4711", "public_since": ago(hours=2)}


class CallGiven(Body):
    """A telephone call."""

    model_config = example(_CALL)

    text_is: Annotated[Literal["note", "transcript"], Field(description=_TEXT_IS)]
    spoke: Annotated[tuple[Speaker, ...], Field(min_length=1, max_length=10, description="Who spoke.")]
    began_at: When
    seconds: Annotated[int, Field(ge=0, le=86_400, strict=True, description="How long it took.")]
    recording_consent: Annotated[bool | None, Field(strict=True, description=_CONSENT)] = None

    def domain(self) -> Call:
        return Call(**dict(self))


class CallShown(Answer):
    model_config = example(_CALL)

    text_is: Annotated[Literal["note", "transcript"], Field(description=_TEXT_IS)]
    spoke: tuple[Speaker, ...]
    began_at: Instant
    seconds: int
    recording_consent: Annotated[bool | None, Field(description=_CONSENT)]


class PublicGiven(Body):
    """Something that everybody can read."""

    model_config = example(_PUBLIC)

    address: Annotated[Address, Field(description="Its URL.", json_schema_extra={"format": "uri"})]
    public_since: When

    def domain(self) -> Publication:
        return Publication(address=self.address, public_since=self.public_since)


class PublicShown(Answer):
    model_config = example(_PUBLIC)

    address: Annotated[str, Field(description='Its URL, or "[erased]" if its author was erased.')]
    public_since: Instant


_MAILED: dict[str, Any] = {
    "subject": "Re: 7KQ4-M2XR-X",
    "whole": "Lo spedisco domani.\n\n> Quando posso spedirlo indietro?\n",
    "matched_by": "reply_address",
    "sender_known": True,
    "verdict": "pass",
    "left_out": [{"what": "fattura.zip", "why": "type_not_allowed"}],
}


class LeftOutShown(Answer):
    model_config = example(_MAILED["left_out"][0])

    what: Annotated[str, Field(description="The name of a file, or a part of the mail.")]
    why: NotTakenOver


class MailedShown(Answer):
    """The mail that a message came as. The message has what its writer wrote."""

    model_config = example(_MAILED)

    subject: str | None
    whole: Annotated[
        str | None, Field(description="The whole text, with the copies of older mails. Null if there are none.")
    ]
    matched_by: Annotated[
        MatchedBy,
        Field(
            description="How it was found to belong here: by the signed address that it was sent to, by the notice that it "
            "answers, by the case number in it, or by a person who looked at it."
        ),
    ]
    sender_known: Annotated[
        bool,
        Field(description="Whether it came from the address on record. If not, somebody else may have written it."),
    ]
    verdict: Annotated[
        Verdict, Field(description="What the receiving server found about the sender. `none`: nobody looked.")
    ]
    left_out: list[LeftOutShown]
