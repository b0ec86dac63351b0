"""What an act answers."""

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from api.http.bodies import Answer, example
from domain.kernel.base import Instant
from domain.kernel.people import Awaiting, Outcome, Stage
from mediation import case_numbers

_DISPUTE = "0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11"


def _action(name: str, path: str) -> dict[str, Any]:
    href = f"/v1/disputes/{_DISPUTE}/{path}"
    how = {"method": "POST", "href": href, "media_type": "application/json", "if_match": False}
    return {"name": name, **how, "until": None, "mandatory": False, "due_at": None}


DONE: dict[str, Any] = {
    "id": _DISPUTE,
    "version": 3,
    "position": "q3VbK1m0Y1n2qkzv0tK8pQhWcQ",
    "stage": "negotiation",
    "awaiting": "respondent",
    "outcome": None,
    "actions": [
        _action("make_offer", "offers"),
        _action("withdraw", "withdrawal"),
    ],
}

Position = Annotated[
    str,
    Field(description="A place in the log, opaque. A read that sends it as `At-Least` waits until the view shows it."),
]


MediaType = Literal["application/json", "multipart/form-data"]


CaseNumber = Annotated[
    str,
    Field(
        description="To say on the phone. The last character is a check character. A path takes it in place of `dispute_id`, "
        "in small letters too, and without hyphens.",
        examples=[case_numbers.EXAMPLE],
    ),
]


class Action(Answer):
    """Something the caller may do now."""

    name: Annotated[str, Field(description="The act; also the operation's id in this document.")]
    method: Literal["POST"]
    href: str
    media_type: Annotated[MediaType, Field(description="How the body is sent. Some acts take a form with a file.")]
    if_match: Annotated[bool, Field(description="Whether the act requires the dispute's version as `If-Match`.")]
    until: Annotated[Instant | None, Field(description="The instant at which the right to this act ends.")]
    mandatory: Annotated[
        bool,
        Field(
            description="You owe it, or silence will be held against you. Of several mandatory acts that do the same, such as "
            "to confirm goods or to contest them, one is enough."
        ),
    ]
    due_at: Annotated[Instant | None, Field(description="By when a mandatory act must be done; it may have passed.")]


class ActionWithExample(Action):
    """An action with a body that is accepted as it stands: in the dispute's currency, with its numbers, giving
    nothing away.
    """

    example: Annotated[
        dict[str, Any],
        Field(
            description="Change it to what you mean. It cannot know which neutral to assign: `GET /v1/mandates` lists"
            " them."
        ),
    ]


class Done(Answer):
    """The result of an act: the state of the dispute right after it, and what the caller may do then."""

    model_config = example(DONE)
    spared: ClassVar[bool] = True

    id: Annotated[UUID, Field(description="The dispute.")]
    version: Annotated[int, Field(description="The dispute's version, also its ETag. A party counts what it was told.")]
    position: Position
    stage: Stage
    awaiting: Annotated[Awaiting, Field(description="Whose move it is.")]
    outcome: Outcome | None
    actions: list[Action]


class Filed(Done):
    """With the case number of the new dispute."""

    model_config = example({**DONE, "case_number": case_numbers.EXAMPLE})

    case_number: CaseNumber


class Numbered(Done):
    """With the number of the new item."""

    model_config = example({**DONE, "number": 1})

    number: int


class Promised(Done):
    """With the commitment that was made."""

    model_config = example({**DONE, "commitment_id": "5f0c2f0e-52a6-5d1c-9d0a-3f1f3f6c2a11"})

    commitment_id: UUID


class FileReceived(Answer):
    """A file that was stored with a message."""

    number: Annotated[int, Field(description="Its number in the message.")]
    sha256: Annotated[str, Field(description="Of the file's content.")]


class Posted(Numbered):
    """With the commitment, where the message made one, and the files that came with it."""

    model_config = example({**DONE, "number": 1, "commitment_id": None, "files": []})

    commitment_id: UUID | None = None
    files: tuple[FileReceived, ...] = ()


class Exhibited(Numbered):
    """With the hash of the stored file."""

    model_config = example(
        {**DONE, "number": 1, "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
    )

    sha256: Annotated[str | None, Field(description="Of the file's content, where there is one.")] = None


class Recorded(Answer):
    """The result of an act that belongs to no dispute."""

    model_config = example({"position": DONE["position"]})
    spared: ClassVar[bool] = True

    position: Position
