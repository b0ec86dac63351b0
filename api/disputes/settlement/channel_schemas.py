"""What a message says of its channel: the call that it tells of, or where the public reads it."""

from typing import Annotated, Literal

from pydantic import Field

from api.http.bodies import Answer, Body, When, example
from api.http.relative import ago
from domain.kernel.base import Instant
from domain.kernel.channels import Address, Call, Speaker
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

    address: Annotated[Address, Field(description="Its URL.")]
    public_since: When

    def domain(self) -> Publication:
        return Publication(address=self.address, public_since=self.public_since)


class PublicShown(Answer):
    model_config = example(_PUBLIC)

    address: Annotated[str, Field(description='Its URL, or "[erased]" if its author was erased.')]
    public_since: Instant
