"""Posts a mail as a message of its party: what the writer wrote, the whole text beside it, the files, and what was left out.

A mail is known by its Message-ID: one that comes twice is one message. So a worker that is killed at any point, and the next
one that begins again, post it once.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from domain.dispute.state import Dispute
from domain.evidence.exhibit_facts import File
from domain.kernel.base import Actor, Role
from domain.kernel.channels import LeftOut, Mailed, MatchedBy, NotTakenOver, Verdict, arrived
from domain.kernel.people import Side, Words
from domain.kernel.texts import shows
from domain.settlement.channels import arrived_before
from domain.settlement.conversation import MAX_FILES, PostMail, TooManyAttachments
from mediation.engine import Engine, Request
from mediation.language.identification import identify
from mediation.mail.quoting import own
from mediation.mail.reading import Attached, Mail
from mediation.store.clocks import Clocks
from mediation.store.files.blobs import Blobs
from mediation.store.files.content import FileEmpty, FileTooLarge, FileTypeNotAllowed
from mediation.store.keys.blind import Blind

MAX_TEXT = 20_000
"""Characters of a message. A longer one is cut; the whole mail can be read by the desk."""

MAX_WHOLE = 40_000
"""Characters of the text with its copies."""

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NO_TEXT = "—"
_NOT_STORED: dict[type[Exception], NotTakenOver] = {
    FileEmpty: "empty",
    FileTooLarge: "too_large",
    FileTypeNotAllowed: "type_not_allowed",
}


@dataclass(frozen=True, slots=True)
class ToPost:
    """A mail, and whose it is. `assigned_by` is the person who said so."""

    mail: Mail
    raw: bytes
    dispute_id: UUID
    marketplace: str
    side: Side
    matched_by: MatchedBy
    sender_known: bool
    verdict: Verdict
    received_at: datetime
    machine_written: bool = False
    assigned_by: UUID | None = None


class Posting:
    def __init__(self, engine: Engine, blobs: Blobs, blind: Blind, clocks: Clocks) -> None:
        self._engine = engine
        self._blobs = blobs
        self._blind = blind
        self._clocks = clocks

    async def post(self, what: ToPost) -> tuple[UUID, int] | None:
        """The party, and the number of the message. None if the party was erased after the mail arrived. Raises Refusal."""
        dispute, _, _ = await self._engine.dispute(what.dispute_id, what.marketplace)
        subject = dispute.party(what.side).subject
        files, left_out = await self._stored(what.mail.files, subject)
        try:
            return await self._posted(what, dispute, subject, files, left_out)
        except TooManyAttachments:
            await self._discard(files)
            left_out += [LeftOut(what=file.name, why="too_many_files", author=subject) for file in files]
            return await self._posted(what, dispute, subject, [], left_out)
        except BaseException:
            await self._discard(files)
            raise

    async def _posted(
        self, what: ToPost, dispute: Dispute, subject: UUID, files: list[File], left_out: list[LeftOut]
    ) -> tuple[UUID, int] | None:
        command = await self._command(what, dispute, subject, files, left_out)
        handled = await self._engine.handle(command, Request())
        if not handled.events:
            await self._discard(files)
        came = arrived_before(handled.case.conversation, command.arrival)
        return (subject, came.number) if came is not None else None

    async def _command(
        self, what: ToPost, dispute: Dispute, subject: UUID, files: list[File], left_out: list[LeftOut]
    ) -> PostMail:
        mail, role, now = what.mail, Role(what.side.value), await self._clocks.now(what.marketplace)
        text, cut = _text(mail, subject)
        whole = writable(mail.text).strip()[:MAX_WHOLE]
        own_id = mail.message_id[:500] or sha256(what.raw).hexdigest()
        missing = [LeftOut(what=_name(one.what, one.why), why=one.why, author=subject) for one in mail.left_out]
        mailed = Mailed(
            subject=_line(mail.subject) or None,
            whole=whole if shows(whole) and whole != text else None,
            matched_by=what.matched_by,
            sender_known=what.sender_known,
            verdict=what.verdict,
            left_out=tuple([*missing, *cut, *left_out][:100]),
            author=subject,
            assigned_by=what.assigned_by,
        )
        return PostMail(
            marketplace=what.marketplace,
            actor=Actor(subject=subject, role=role),
            now=now,
            dispute_id=what.dispute_id,
            subject=subject,
            message=Words(text=text, language=_language(mail, text, dispute, what.side)),
            channel="email",
            written_at=mail.written_at if mail.written_at is not None and mail.written_at <= now else None,
            files=tuple(files),
            machine_written=what.machine_written,
            mail=mailed,
            arrival=self._blind.uuid("arrival", what.marketplace, *arrived("email", role.value, own_id)),
            received_at=what.received_at,
        )

    async def _stored(self, attached: tuple[Attached, ...], subject: UUID) -> tuple[list[File], list[LeftOut]]:
        """Files first, then the pictures that the text shows. Each is judged as any upload is."""
        files: list[File] = []
        left_out: list[LeftOut] = []
        for one in sorted(attached, key=lambda file: file.inline):
            name = _name(one.name, "file")
            if len(files) == MAX_FILES:
                left_out.append(LeftOut(what=name, why="too_many_files", author=subject))
                continue
            blob_id = uuid4()
            try:
                stored = await self._blobs.write(blob_id, _pieces(one.content), subject=subject)
            except (FileEmpty, FileTooLarge, FileTypeNotAllowed) as refused:
                left_out.append(LeftOut(what=name, why=_NOT_STORED[type(refused)], author=subject))
                continue
            about: dict[str, Any] = {
                "media_type": stored.media_type,
                "size": stored.size,
                "sha256": stored.sha256,
                "sealed_sha256": stored.sealed_sha256,
            }
            files.append(File(blob_id=blob_id, author=subject, name=name, **about))
        return files, left_out

    async def _discard(self, files: list[File]) -> None:
        for file in files:
            await self._blobs.discard(file.blob_id)


def writable(text: str) -> str:
    """Without what cannot be stored: control characters, and halves of surrogate pairs."""
    return _UNWRITABLE.sub("", text)


def _line(text: str) -> str:
    line = " ".join(writable(text).split())
    return line if shows(line) else ""


def _name(name: str, otherwise: str) -> str:
    return _line(name)[:200] or otherwise


def _text(mail: Mail, subject: UUID) -> tuple[str, list[LeftOut]]:
    """What the writer wrote; without any, all of the text; without text, the subject."""
    for found in (own(mail.text), mail.text, mail.subject):
        if shows(text := writable(found).strip()):
            cut = [LeftOut(what="text", why="text_cut", author=subject)] if len(text) > MAX_TEXT else []
            return text[:MAX_TEXT], cut
    return _NO_TEXT, []


def _language(mail: Mail, text: str, dispute: Dispute, side: Side) -> str:
    """What it surely is among the languages of the case, or else what the mail declares, if that is one of them: many programs
    declare their own language, whatever is written. Otherwise it is taken to be the party's. The party's tag says more than the
    bare language, such as which script.
    """
    tags = [dispute.party(one).language for one in (side, side.other)]
    declared = str(mail.headers.get("Content-Language", "")).strip().lower()[:2]
    for found in (identify(text, {*tags, "en"}), declared):
        if (tag := next((tag for tag in tags if tag.partition("-")[0] == found), None)) is not None:
            return tag
        if found == "en":
            return found
    return tags[0]


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content
