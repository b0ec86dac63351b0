"""How the parties of one dispute are told of the windows that wait for them. Most notices arrive after hours. Others fail, come
back, stay without an answer, or are in a language that nobody reads. Then somebody calls the party, or decides that they count
as told.

It stands for the process that makes notices, which goes by the clock of the database, and not by that of the year.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from domain.clocks.notice import if_told, waiting
from domain.commands import AnyCommand
from domain.dispute.state import Dispute
from domain.kernel.base import Actor, OnDispute, Role
from domain.kernel.people import Side, Words
from domain.notices.notices import (
    AcknowledgeNotice,
    FailNotice,
    MakeNotice,
    RecordBounce,
    RecordNoticeDelivered,
    RecordNoticeSent,
)
from domain.notices.notices_facts import Cause, Notice, Notices, ToldDeadline, Way
from domain.notices.otherwise import WAYS_TO_TRY, DeemTold, RecordReached
from domain.policy.policy import Policy
from tests.worlds import MARKETPLACE

_ENGINE, _MARKETPLACE, _SUPERVISOR = (
    Actor(subject=UUID(int=n), role=role) for n, role in ((4, Role.ENGINE), (5, Role.MARKETPLACE), (1, Role.SUPERVISOR))
)


@dataclass
class Telling:
    """`busy` while a window waits or a notice is on its way. Of a party in `deaf`, no notice is ever acknowledged."""

    random: Random
    way: Way
    busy: bool = True

    def __post_init__(self) -> None:
        self.deaf = {side for side in Side if self.random.random() < 0.15}

    def acts(self, dispute: Dispute, policy: Policy, notices: Notices, now: datetime) -> Iterator[AnyCommand]:
        """What becomes of each notice, and what is done for each party for whom a window waits."""
        untold = [side for side in Side if waiting(dispute, side)]
        self.busy = bool(untold) or any(notice.on_its_way for notice in notices.by.values())
        if dispute.closed:
            self.busy = False
            return
        for notice in notices.by.values():
            becomes = self._mail(notice) if notice.way == "mail" else self._shown(notice)
            yield from (_do(kind, by, dispute, now, notice_id=notice.id, **about) for kind, by, about in becomes)
        for side in untold:
            yield from self._tells(side, dispute, policy, notices, now)

    def _shown(self, notice: Notice) -> Iterator[tuple[type[OnDispute], Actor, dict[str, Any]]]:
        """What the marketplace says of a notice that it shows. It may say otherwise later."""
        shown, lost = {"sent": (0.5, 0.1), "failed": (0.05, 0.0), "delivered": (0.0, 0.02)}[notice.status]
        if notice.to not in self.deaf:
            said = self.random.random()
            if said < shown + lost:
                yield AcknowledgeNotice, _MARKETPLACE, {"delivered": said < shown}

    def _mail(self, notice: Notice) -> Iterator[tuple[type[OnDispute], Actor, dict[str, Any]]]:
        """A mail leaves or is refused. It arrives or comes back, at times days later."""
        luck = self.random.random()
        match notice.status:
            case "made" if notice.to in self.deaf or luck < 0.1:
                yield FailNotice, _ENGINE, {"why": "refused", "status": "5.1.1"}
            case "made":
                yield RecordNoticeSent, _ENGINE, {}
            case "sent" if luck < 0.1:
                yield RecordBounce, _ENGINE, {"why": "no_mailbox", "status": "5.1.1"}
            case "sent":
                yield RecordNoticeDelivered, _ENGINE, {}
            case "delivered" if luck < 0.04:
                yield RecordBounce, self.random.choice((_ENGINE, _MARKETPLACE)), {"why": "mailbox_full"}
            case _:
                pass

    def _tells(
        self, side: Side, dispute: Dispute, policy: Policy, notices: Notices, now: datetime
    ) -> Iterator[AnyCommand]:
        """By a notice if none is on its way, or none has failed yet. Otherwise somebody calls, or decides in the end."""
        names, luck = {*waiting(dispute, side)}, self.random.random()
        of_these = [
            notice
            for notice in notices.by.values()
            if notice.to is side and names <= {one.name for one in notice.deadlines} and notice.status != "delivered"
        ]
        if not of_these or (luck < 0.1 and not any(notice.on_its_way for notice in of_these)):
            yield self._notice(side, dispute, policy, now)
        elif len(notices.failed_ways(side)) >= WAYS_TO_TRY and luck < 0.5:
            reasons = Words(text="Nobody answers.", language="en")
            yield _do(DeemTold, _SUPERVISOR, dispute, now, to=side, reasons=reasons)
        elif luck > 0.8:
            how, reached = self.random.choice(("phone", "chat")), self.random.random() < 0.4
            who = self.random.choice((_SUPERVISOR, _MARKETPLACE))
            yield _do(RecordReached, who, dispute, now, to=side, how=how, reached=reached)

    def _notice(self, side: Side, dispute: Dispute, policy: Policy, now: datetime) -> AnyCommand:
        party = dispute.party(side)
        running = (dispute.deadlines.running[name] for name in waiting(dispute, side))
        deadlines = (if_told(dispute, policy, one, now) for one in running)
        mail = {"address": "ada@example.org", "message_id": f"<{self.random.getrandbits(64)}@bazaar.example>"}
        return _do(
            MakeNotice,
            _ENGINE,
            dispute,
            now,
            to=side,
            subject=party.subject,
            causes=(Cause(id=UUID(int=self.random.getrandbits(128), version=4), fact="DeadlineSet", template="told"),),
            way=self.way,
            language="it" if self.random.random() < 0.05 else party.language,
            time_zone=party.time_zone,
            deadlines=tuple(
                ToldDeadline(name=one.name, about=one.name.split("-")[0], due_at=one.due_at) for one in deadlines
            ),
            heading="…",
            text="…",
            written_at=now,
            **(mail if self.way == "mail" else {}),
        )


def _do(kind: type[Any], actor: Actor, dispute: Dispute, now: datetime, **about: Any) -> AnyCommand:
    given = {"marketplace": MARKETPLACE, "actor": actor, "now": now, "dispute_id": dispute.id, **about}
    command: AnyCommand = kind.model_validate(given)
    return command
