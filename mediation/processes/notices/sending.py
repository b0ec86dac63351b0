"""Sends the mails of notices, and records what the mail server and the passing of time say of them.

A mail is a row here until nothing is left to do for it. The log says how far it is: what was made is sent, and what was sent
and did not come back in time was delivered. `NoticeSent` is stored after
the server accepted the mail. So a worker that is killed between the two leaves a mail that the next worker sends again, with
the same Message-ID and the same words; and so does a server that took a whole mail and did not say so. A mail is never lost in
that way.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.filing.filing_facts import DisputeFiled
from domain.notices.notices import (
    CancelNotice,
    FailNotice,
    NoticeCommand,
    RecordNoticeDelivered,
    RecordNoticeSent,
)
from domain.notices.notices_facts import Notice, NoticeMade
from domain.stream_ids import notices_id
from mediation.case_numbers import CaseNumbers
from mediation.engine import Contended, Engine, Request
from mediation.gateways.mail.chosen import Post, Posts
from mediation.gateways.mail.message import Mail, in_ascii, written
from mediation.gateways.mail.message_ids import thread_id_of
from mediation.gateways.mail.reply_address import ReplyAddresses
from mediation.gateways.mail.server import NotNow, Refused
from mediation.processes import ENGINE
from mediation.processes.notices import causes
from mediation.processes.notices.tables import CLAIMED, GIVEN_UP_AFTER, MailTask, MailTasks
from mediation.processes.notices.writing import ToWrite, Writer, to_write
from mediation.processes.tasks import TaskProcess
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.keys.tokens import ERASED
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded

AT_ONCE = 8
"""Mails that one worker sends at the same time."""

_PATIENCE = 60.0
"""Seconds that one mail may take in all: less than the time for which a worker has its row."""

assert _PATIENCE < CLAIMED, "two workers never send one mail at the same time"

_LONGEST, _NO_SERVER, _FAILED = 3600.0, 60.0, 60.0
"""Seconds until a mail is looked at again: at most, where no server is known, and after a fault."""

_FACTS = 1000
"""More notices of one dispute are not looked through."""

_log = structlog.get_logger(__name__)


class NoticeSending(TaskProcess):
    name = "mailing@1"
    tables = ("notice_mail",)
    concerns = frozenset({NoticeMade.kind})

    def __init__(
        self,
        pool: AsyncConnectionPool[AsyncConnection],
        engine: Engine,
        log: EventLog,
        codec: Codec,
        clocks: Clocks,
        case_numbers: CaseNumbers,
        posts: Posts,
        reply_addresses: ReplyAddresses,
        writer: Writer,
    ) -> None:
        super().__init__(pool)
        self._tasks = MailTasks(pool)
        self._engine = engine
        self._log = log
        self._codec = codec
        self._clocks = clocks
        self._case_numbers = case_numbers
        self._posts = posts
        self._reply_addresses = reply_addresses
        self._writer = writer

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        rows = [
            (made.event.notice_id, made.dispute_id, made.marketplace, made.correlation_id)
            for made in batch
            if isinstance(made.event, NoticeMade) and made.event.message_id is not None and made.dispute_id is not None
        ]
        if await self._tasks.put(conn, rows):
            self._wake.set()

    async def work(self) -> int:
        """Looks at the mails that are due; returns how many. What fails is tried again later."""
        turned = await self._clocks.turned()
        found = await self._tasks.claim(self._clocks.real(), turned, AT_ONCE)
        for task in [one for one in found if one.marketplace in turned and one.due_at > turned[one.marketplace]]:
            await self._tasks.later(task, None)
            found.remove(task)
        await asyncio.gather(*map(self._carry_out, found))
        return len(found)

    async def _carry_out(self, task: MailTask) -> None:
        try:
            await self._look_at(task)
        except (*PASSING, Contended):
            await self._tasks.later(task, None, 1.0)
        except Exception as error:
            _log.error("mail_not_sent", notice_id=str(task.notice_id), error=describe(error))
            await self._tasks.later(task, None, _FAILED)

    async def _look_at(self, task: MailTask) -> None:
        notices = await self._engine.notices(task.dispute_id, task.marketplace)
        notice = notices.by.get(task.notice_id)
        if notice is None or not notice.on_its_way:
            await self._tasks.done(task)
        elif notice.status == "sent":
            await self._wait_for_bounce(task, notice)
        elif (post := self._posts.get(task.marketplace)) is None:
            await self._no_server(task)
        else:
            await self._send(task, notice, post)

    async def _wait_for_bounce(self, task: MailTask, notice: Notice) -> None:
        _, _, policy = await self._engine.dispute(task.dispute_id, task.marketplace)
        waits = timedelta(minutes=policy.notices.bounce_minutes if policy.notices is not None else 0)
        assert notice.sent_at is not None, "it was sent"
        until = notice.sent_at + waits
        if await self._clocks.now(task.marketplace) < until:
            await self._tasks.later(task, until)
            return
        await self._do(task, RecordNoticeDelivered)
        await self._tasks.done(task)

    async def _send(self, task: MailTask, notice: Notice, post: Post) -> None:
        made = await self._fact(task)
        mail = (
            await self._mail(task, notice, made, post) if task.tried or await self._still_matters(task, made) else None
        )
        if mail is None:
            await self._do(task, CancelNotice, to=notice.to, causes=notice.causes, why="moved_on")
            await self._tasks.done(task)
            return
        try:
            message, recipient = written(mail), in_ascii(mail.address)
        except ValueError:
            await self._fail(task, why="refused")
            return
        await self._tasks.goes_out(task)
        try:
            async with asyncio.timeout(_PATIENCE):
                await post.send(message, recipient)
        except Refused as refused:
            await self._fail(task, why="refused", status=refused.status)
        except (NotNow, TimeoutError) as error:
            await self._not_now(task, error)
        else:
            await self._do(task, RecordNoticeSent)
            await self._tasks.went_out(task)

    async def _no_server(self, task: MailTask) -> None:
        if task.since > GIVEN_UP_AFTER:
            await self._fail(task, why="gave_up")
            return
        _log.warning("no_mail_server", marketplace=task.marketplace)
        await self._tasks.later(task, None, _NO_SERVER)

    async def _not_now(self, task: MailTask, error: NotNow | TimeoutError) -> None:
        if task.since > GIVEN_UP_AFTER:
            await self._fail(task, why="gave_up")
            return
        _log.warning("mail_put_off", notice_id=str(task.notice_id), error=str(error))
        if isinstance(error, TimeoutError):  # it may have the mail
            await self._tasks.later(task, None, _FAILED)
            return
        wait = error.again_after if error.down else error.again_after * 2 ** min(task.failures, 12)
        await self._tasks.not_taken(task, min(wait, _LONGEST), failed=not error.down)

    async def _fail(self, task: MailTask, **why: Any) -> None:
        await self._do(task, FailNotice, **why)
        await self._tasks.done(task)

    async def _still_matters(self, task: MailTask, made: NoticeMade) -> bool:
        dispute, _, _ = await self._engine.dispute(task.dispute_id, task.marketplace)
        now = await self._clocks.now(task.marketplace)
        return any(causes.still_matters(cause.template, cause.number, made.to, dispute, now) for cause in made.causes)

    async def _fact(self, task: MailTask) -> NoticeMade:
        where = "stream_id = %s AND kind = %s"
        facts = await self._log.where(where, (notices_id(task.dispute_id), NoticeMade.kind), _FACTS, newest=True)
        events = (fact.event for fact in facts)
        return next(one for one in events if isinstance(one, NoticeMade) and one.notice_id == task.notice_id)

    async def _mail(self, task: MailTask, notice: Notice, made: NoticeMade, post: Post) -> Mail | None:
        """None if the party was erased since: nobody knows the address any more."""
        address = (await self._codec.open({"address": made.address}, task.marketplace))["address"]
        if address in (None, ERASED) or made.message_id is None:
            return None
        account = post.account
        words = self._writer.write(await self._to_write(task, made, account.page))
        return Mail(
            address=address,
            sent_from=account.sent_from,
            sender_name=account.sender_name,
            reply_to=self._reply_addresses.make(task.dispute_id, made.to, account.domain),
            message_id=made.message_id,
            thread_id=thread_id_of(task.dispute_id, account.domain),
            dated=notice.made_at,
            language=made.language,
            heading=words.heading,
            text=words.text,
            html=words.html,
        )

    async def _to_write(self, task: MailTask, made: NoticeMade, page: str | None) -> ToWrite:
        where = "dispute_id = %s AND kind = %s"
        (filed,) = await self._log.where(where, (task.dispute_id, DisputeFiled.kind), 1)
        assert isinstance(filed.event, DisputeFiled)
        order_id = (await self._codec.open({"id": filed.event.order.order_id}, task.marketplace))["id"]
        return to_write(made, task.dispute_id, self._case_numbers.of(filed.position), order_id, page)

    async def _do(self, task: MailTask, command: type[NoticeCommand], **about: Any) -> None:
        given = {
            "marketplace": task.marketplace,
            "actor": ENGINE,
            "now": await self._clocks.now(task.marketplace),
            "dispute_id": task.dispute_id,
            "notice_id": task.notice_id,
            **about,
        }
        await self._engine.handle(command.model_validate(given), Request(correlation_id=task.correlation_id))
