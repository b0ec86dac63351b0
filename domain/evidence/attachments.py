"""Makes an exhibit of an attachment of a message. A message is no evidence until then.

Whoever sent the message files its attachment, or the neutral does so for them. It becomes an exhibit of the side that sent
it, under the rules of every exhibit of that side: the other side has the same time to answer it. The exhibit says which
attachment it was and who filed it. The file is the same stored file, and is not stored again.

What the marketplace or a supervisor sent is nobody's evidence: the neutral files it as their own exhibit.

Refusal
├── Unknown
│   └── UnknownAttachment       no attachment of this number in the message
├── Forbidden
│   └── NotYourAttachment       somebody else sent it
└── Conflict
    ├── AlreadyAnExhibit        it was filed before
    └── AttachmentErased        the person who sent it was erased
"""

from typing import Any

from domain.dispute.case import Basis
from domain.evidence import exhibits
from domain.evidence.exhibit_facts import ExhibitAdded, ExhibitEvent, FiledFrom, NewExhibit
from domain.evidence.exhibits import MayNotSubmit, check_record_is_open, citable_at, may_submit
from domain.evidence.requests import check_is_asked
from domain.filing import key_questions
from domain.kernel.base import OnDispute, Role
from domain.kernel.people import Words
from domain.kernel.refusals import Conflict, Forbidden, Unknown
from domain.policy.reasons import AskedName
from domain.settlement.conversation_facts import Attached, Conversation
from domain.settlement.translation import is_forgotten

# --- types ---


class FileAsExhibit(OnDispute):
    """`message` and `file` are the numbers of the message and of its attachment."""

    message: int
    file: int
    description: Words
    answers_request: int | None = None
    shows: AskedName | None = None


AttachmentCommand = FileAsExhibit


class UnknownAttachment(Unknown):
    """The dispute has no message with this number, or no file with this number belongs to it.

    Why: Messages are numbered in each dispute from 1, and files in each message from 1. Most messages have no file.

    What to do: Take both numbers from `files` of the messages.

    Example: {"message": 4, "file": 2}
    """


class NotYourAttachment(Forbidden):
    """Somebody else sent this file in their message, so you cannot make an exhibit of it.

    Why: What a side shows as its evidence, it decides by itself, or the neutral decides it.

    What to do: Ask the neutral to file it. If you have the same paper, add it as an exhibit of your own.

    Example: {"message": 4, "file": 1, "role": "buyer"}
    """


class AlreadyAnExhibit(Conflict):
    """This file is an exhibit already: `exhibit` is its number.

    Why: One paper is one exhibit, so that a ruling cites it by one number.

    What to do: Use exhibit `exhibit`. If it was withdrawn, add the file again as an exhibit of its own.

    Example: {"message": 4, "file": 1, "exhibit": 3}
    """


class AttachmentErased(Conflict):
    """The file cannot become an exhibit: the person who sent it was erased, or soon will be.

    Why: When a person is erased, the key of their files is destroyed. Nobody could open the exhibit.

    What to do: Ask those who have the file to add it as an exhibit.

    Example: {"message": 4, "file": 1}
    """


# --- decisions ---


def decide(basis: Basis, command: AttachmentCommand) -> list[ExhibitEvent]:
    dispute, role, conversation = basis.dispute, command.actor.role, basis.case.conversation
    if not may_submit(role):
        raise MayNotSubmit(role=role.value)
    sent = _sent(conversation, command)
    of: dict[str, Any] = {"message": command.message, "file": command.file}
    if role not in (sent.by, Role.NEUTRAL):
        raise NotYourAttachment(**of, role=role.value)
    if (exhibit := dispute.exhibits.filed.get((command.message, command.file))) is not None:
        raise AlreadyAnExhibit(**of, exhibit=exhibit)
    check_record_is_open(dispute)
    side = sent.by if may_submit(sent.by) else role
    check_is_asked(dispute, side, command.answers_request)
    key_questions.check_called_for(dispute, basis.policy, side, command.shows)
    if is_forgotten(basis.case.person, sent.at):
        raise AttachmentErased(**of)
    file = sent.files[command.file - 1]
    exhibit_of = NewExhibit(description=command.description, file=file, shows=command.shows)
    ripe_at = None if dispute.imported else citable_at(basis.policy, command.now)
    author, already = dispute.subject_of(command.actor), len(dispute.exhibits.by)
    (added,) = exhibits.numbered((exhibit_of,), side, author, ripe_at, already=already)
    origin = FiledFrom(**of, by=role)
    return [_with(added, command, origin)]


def _sent(conversation: Conversation, command: AttachmentCommand) -> Attached:
    """Raises UnknownAttachment."""
    if conversation.attachment(command.message, command.file) is None:
        raise UnknownAttachment(message=command.message, file=command.file)
    return conversation.attached[command.message]


def _with(added: ExhibitEvent, command: AttachmentCommand, origin: FiledFrom) -> ExhibitAdded:
    assert isinstance(added, ExhibitAdded), "what `numbered` makes"
    return added.model_copy(update={"answers_request": command.answers_request, "filed_from": origin})
