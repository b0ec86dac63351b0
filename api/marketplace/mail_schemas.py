"""Mails that arrived, as they are shown, and what a person says of one."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.http.bodies import Answer, Body, Page, example
from api.http.parts import DISPUTE_ID
from api.http.relative import ago
from api.marketplace.mail_address_schemas import MailAddress
from domain.kernel.base import Instant
from domain.kernel.channels import Verdict
from domain.kernel.people import Side
from mediation.store.mail_in import Status

MAIL_ID = "6f0c4bda-1a2b-8c3d-8e4f-9a0b1c2d3e4f"

Why = Literal[
    "no_dispute",
    "unknown_sender",
    "several_disputes",
    "capped",
    "not_taken",
    "unreadable",
    "bounce",
    "delivery_report",
    "auto_reply",
    "bulk",
    "own_mail",
]

_WHY = (
    "Of the pile: it names no dispute (`no_dispute`), or one in which its sender is not known (`unknown_sender`), or several "
    "(`several_disputes`); too many came (`capped`); the dispute takes no more messages (`not_taken`); it could not be read "
    "(`unreadable`). Of what was noted: a notice came back (`bounce`), another report, an answer by a program, a mail to many, "
    "or the engine's own mail that came back."
)
_SHOWN: dict[str, Any] = {
    "id": MAIL_ID,
    "status": "pile",
    "why": "no_dispute",
    "received_at": ago(hours=1),
    "size": 4211,
    "sender": "ada@example.com",
    "recipients": ["disputes@bazaar.example"],
    "subject": "Il mio vaso",
    "text": "Il vaso è arrivato rotto. Che cosa devo fare?",
    "files": ["foto.jpg"],
    "written_at": ago(hours=1, seconds=-20),
    "verdict": "pass",
    "dispute_id": None,
    "side": None,
    "message": None,
}


class MailTaken(Answer):
    """The mail is stored. Where it belongs is found out after that."""

    model_config = example({"id": MAIL_ID})

    id: UUID


class MailShown(Answer):
    """A mail that arrived. It is kept for 30 days, unless it becomes a message."""

    model_config = example(_SHOWN)

    id: UUID
    status: Status
    why: Annotated[Why | None, Field(description=_WHY)]
    received_at: Instant
    size: Annotated[int, Field(description="In bytes.")]
    sender: Annotated[str | None, Field(description="The address that the mail names as its sender.")]
    recipients: list[str]
    subject: str | None
    text: Annotated[
        str | None,
        Field(
            description="How it begins, at most 4,000 characters. Only for neutrals and supervisors; null for others."
        ),
    ]
    files: Annotated[list[str], Field(description="The names of its files.")]
    written_at: Annotated[Instant | None, Field(description="As the mail says.")]
    verdict: Annotated[
        Verdict | None,
        Field(description="Whether the receiving mail server found that the sender is who the mail says."),
    ]
    dispute_id: UUID | None
    side: Side | None
    message: Annotated[int | None, Field(description="The number of the message that it became.")]


class Mails(Page[MailShown]):
    model_config = example({"items": [_SHOWN], "next": None})


class MatchMail(Body):
    """To which dispute a mail belongs, and whose it is."""

    model_config = example({"dispute_id": DISPUTE_ID, "side": "buyer"})

    dispute_id: UUID
    side: Annotated[Side, Field(description="The party whose message it is.")]


class MailMatched(Answer):
    model_config = example(
        {"id": MAIL_ID, "dispute_id": DISPUTE_ID, "side": "buyer", "message": 4, "position": "bGF0ZXI"}
    )

    id: UUID
    dispute_id: UUID
    side: Side
    message: Annotated[int, Field(description="The number of the message that it became.")]
    position: Annotated[str, Field(description="The message can be read from here: send it as `At-Least`.")]


class EraseSender(Body):
    """The mail address of somebody who wants to be forgotten."""

    model_config = example({"address": "ada@example.com"})

    address: MailAddress


class SenderErased(Answer):
    model_config = example({"erased": 1})

    erased: Annotated[int, Field(description="How many mails were destroyed.")]
