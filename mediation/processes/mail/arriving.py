"""Reads the mails that arrived, one after the other, and settles each:

- the report that a notice came back is recorded as such;
- what a program sent is noted. It is no message, so it is no answer, keeps no promise and makes no notice;
- what is matched is posted;
- everything else goes on the pile, where a person says to which dispute it belongs.

A mail is a row until it is settled. If the worker is killed between two steps, another one begins again: a bounce is recorded
once, and a message is known by its Message-ID.

Two programs that answer each other end: those that say that they are programs are never posted, and of each party at most
`MOST_IN_AN_HOUR` and `MOST_IN_A_DAY` mails are posted to one dispute. The others go on the pile.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from domain.kernel.channels import Verdict
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict, Refusal, Unknown, UnknownDispute
from domain.notices.notices import RecordBounce
from domain.settlement.conversation import TooManyMessages
from mediation.engine import Contended, Engine
from mediation.gateways.mail.arrived import ArrivedCounts
from mediation.gateways.mail.chosen import ByMail
from mediation.gateways.mail.message_ids import named_by
from mediation.mail.addresses import normal
from mediation.mail.automatic import automatic
from mediation.mail.bounces import bounce
from mediation.mail.quoting import own
from mediation.mail.reading import Mail, read
from mediation.mail.returned import why_of
from mediation.mail.verdict import verdict
from mediation.processes import ENGINE
from mediation.processes.mail.matching import Match, Matching, Unmatched
from mediation.processes.mail.posting import Posting, ToPost, writable
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.mail_in import Item, Mailbox, Opened

AT_ONCE = 4
MOST_IN_AN_HOUR, MOST_IN_A_DAY = 10, 30
"""Mails of one party that are posted to one dispute."""

_SLEEP, _SWEPT_EVERY = 0.5, 60.0  # seconds
_FAILED, _GIVEN_UP = 60.0, 10
"""Seconds until a mail is looked at again after a fault. After so many faults a person has to look."""

_SHOWN_TEXT, _SHOWN_FILES = 4_000, 50
"""Of a mail on the pile, at most so many characters and names of files are shown in lists."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """A mail as it was read."""

    opened: Opened
    mail: Mail
    verdict: Verdict

    @property
    def return_path(self) -> str | None:
        """Of the envelope, or else as the receiving server wrote it down. Empty in reports."""
        if self.opened.envelope.sender is not None:
            return self.opened.envelope.sender
        noted = self.mail.headers.get("Return-Path")
        return str(noted).strip().strip("<>").strip() if noted is not None else None

    @property
    def head(self) -> dict[str, Any]:
        """What lists show of it."""
        mail = self.mail
        return {
            "sender": writable(mail.sender)[:254],
            "recipients": [writable(one)[:254] for one in (self.opened.envelope.recipients or mail.recipients)[:20]],
            "subject": writable(mail.subject),
            "text": writable(own(mail.text))[:_SHOWN_TEXT],
            "files": [writable(file.name)[:200] for file in mail.files[:_SHOWN_FILES]],
            "written_at": mail.written_at.isoformat() if mail.written_at else None,
            "verdict": self.verdict,
        }


class MailArriving:
    name = "mail_in"

    def __init__(
        self,
        engine: Engine,
        clocks: Clocks,
        mailbox: Mailbox,
        matching: Matching,
        posting: Posting,
        accounts: Mapping[str, ByMail],
        counts: ArrivedCounts,
    ) -> None:
        self._engine = engine
        self._clocks = clocks
        self.mailbox = mailbox
        self._matching = matching
        self._posting = posting
        self._accounts = accounts
        self._counts = counts
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Call it when a mail was stored."""
        self._wake.set()

    async def run(self) -> None:
        """Runs until cancelled."""
        await asyncio.gather(self._read_all(), self._sweep())

    async def _read_all(self) -> None:
        while True:
            self._wake.clear()
            while await self.work():
                pass
            try:
                async with asyncio.timeout(_SLEEP):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _sweep(self) -> None:
        while True:
            while await self.mailbox.sweep(self._clocks.real()):
                pass
            await asyncio.sleep(_SWEPT_EVERY)

    async def work(self) -> int:
        """Looks at mails that nobody has read; returns at how many."""
        found = await self.mailbox.claim(AT_ONCE)
        await asyncio.gather(*map(self._carry_out, found))
        return len(found)

    async def _carry_out(self, item: Item) -> None:
        opened = None
        try:
            if (opened := await self.mailbox.open(item.id, item.marketplace)) is not None:
                await self._settle(await self._look(opened))
        except (*PASSING, Contended, TooManyMessages):
            await self.mailbox.later(item, _FAILED)
        except Exception as error:
            _log.error("mail_not_read", mail_id=str(item.id), error=describe(error))
            if await self.mailbox.later(item, _FAILED) >= _GIVEN_UP and opened is not None:
                await self._put(opened, "pile", "unreadable", {})

    async def _look(self, opened: Opened) -> Look:
        mail = await asyncio.to_thread(read, opened.raw)
        account = self._accounts.get(opened.item.marketplace)
        return Look(opened, mail, verdict(mail, account.receiving_server if account is not None else None))

    async def _settle(self, look: Look) -> None:
        """Raises Refusal only if it may be otherwise later."""
        if self._is_own(look):
            await self._put(look.opened, "noted", "own_mail", look.head)
            return
        program = automatic(look.mail, look.return_path)
        if program == "delivery_report":
            dispute_id = await self._bounced(look)
            why = "bounce" if dispute_id is not None else "delivery_report"
            await self._put(look.opened, "noted", why, look.head, dispute_id)
            return
        item = look.opened.item
        found = await self._matching.find(look.mail, look.opened.envelope.recipients, item.marketplace, look.verdict)
        if program is not None:
            about = (found.dispute_id, found.side) if isinstance(found, Match) else (None, None)
            await self._put(look.opened, "noted", program, look.head, *about)
        elif not isinstance(found, Match):
            await self._put(look.opened, "pile", found, look.head)
        elif await self.mailbox.admit(item, found.dispute_id, found.side, MOST_IN_AN_HOUR, MOST_IN_A_DAY):
            await self._post(look, found)
        else:
            await self._put(look.opened, "pile", "capped", look.head, found.dispute_id, found.side)

    async def _post(self, look: Look, found: Match) -> None:
        try:
            await self.post(look, found)
        except TooManyMessages:
            raise
        except (Conflict, Unknown) as refusal:
            _log.warning("mail_not_posted", mail_id=str(look.opened.item.id), code=refusal.code)
            await self._put(look.opened, "pile", "not_taken", look.head, found.dispute_id, found.side)

    async def named(self, opened: Opened) -> list[tuple[UUID, Side | None]]:
        """The disputes that a mail names, for the person who says where it belongs: see `Matching.named`."""
        look = await self._look(opened)
        return await self._matching.named(look.mail, opened.envelope.recipients, opened.item.marketplace)

    async def assign(self, opened: Opened, dispute_id: UUID, side: Side, by: UUID) -> int | None:
        """Posts a mail to the dispute that a person named. The number of the message; None if the party was erased after it
        arrived. Raises Refusal."""
        look = await self._look(opened)
        known = await self._matching.knows(dispute_id, side, look.mail.sender)
        return await self.post(look, Match(dispute_id, side, "person", known and look.verdict != "fail"), by)

    async def post(self, look: Look, found: Match, by: UUID | None = None) -> int | None:
        opened = look.opened
        what = ToPost(
            mail=look.mail,
            raw=opened.raw,
            dispute_id=found.dispute_id,
            marketplace=opened.item.marketplace,
            side=found.side,
            matched_by=found.by,
            sender_known=found.sender_known and look.verdict != "fail",
            verdict=look.verdict,
            received_at=opened.item.received_at,
            machine_written=automatic(look.mail, look.return_path) is not None,
            assigned_by=by,
        )
        posted = await self._posting.post(what)
        if posted is None:
            await self.mailbox.drop(opened.item.id)
            return None
        subject, number = posted
        await self.mailbox.posted(opened, look.head, found.dispute_id, found.side, subject, number)
        self._counts.note("posted")
        return number

    async def _bounced(self, look: Look) -> UUID | None:
        """The dispute of the notice that came back; None if it is no notice of this marketplace, or may still arrive."""
        returned, marketplace = bounce(look.mail), look.opened.item.marketplace
        if returned is None or not returned.permanent:
            return None
        for named in filter(None, map(named_by, returned.message_ids)):
            command = RecordBounce(
                marketplace=marketplace,
                actor=ENGINE,
                now=await self._clocks.now(marketplace),
                dispute_id=named.dispute_id,
                notice_id=named.notice_id,
                why=why_of(returned.status),
                status=returned.status,
            )
            try:
                await self._engine.handle(command)
            except UnknownDispute:
                continue
            except Refusal as refusal:
                _log.warning("bounce_not_recorded", code=refusal.code)
                continue
            return named.dispute_id
        return None

    def _is_own(self, look: Look) -> bool:
        account = self._accounts.get(look.opened.item.marketplace)
        ours = account is not None and normal(account.sent_from) == normal(look.mail.sender)
        return ours or named_by(look.mail.message_id) is not None

    async def _put(
        self,
        opened: Opened,
        status: Any,
        why: Unmatched | str,
        head: dict[str, Any],
        dispute_id: UUID | None = None,
        side: str | None = None,
    ) -> None:
        await self.mailbox.settle(opened.item, status, why, head, dispute_id, side)
        self._counts.note("capped" if why == "capped" else status)
