"""To which dispute a mail belongs, and whose it is. Never by guess: what is not certain is for a person to say.

1. It was sent to a signed reply address: that names the dispute and the party.
2. It answers a notice, by the notice's Message-ID, and comes from that party's address.
3. It names a case number, and comes from the address of one party of that case.

The signed address proves the thread and not the person. Whoever has it may have it from a forwarded mail. So in the first case
the message says whether the sender is known.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from domain.kernel.channels import MatchedBy, Verdict
from domain.kernel.people import Side
from domain.kernel.refusals import UnknownDispute
from mediation.case_numbers import SYMBOLS, CaseNumbers
from mediation.engine import Engine
from mediation.gateways.mail.message_ids import named_by
from mediation.gateways.mail.reply_address import AnswerOf, ReplyAddresses
from mediation.mail.addresses import normal
from mediation.mail.quoting import own
from mediation.mail.reading import Mail
from mediation.processes.notices.addresses import Addresses

Unmatched = Literal["no_dispute", "unknown_sender", "several_disputes"]
"""Nothing in it names a dispute; its sender is not known there; or it names several, or both sides have the address."""

_NUMBER = rf"[{SYMBOLS}]{{4}}[-\u2010-\u2015 ]?[{SYMBOLS}]{{4}}[-\u2010-\u2015 ]?[{SYMBOLS}]"
_CASE = re.compile(rf"(?<![0-9A-Za-z]){_NUMBER}(?![0-9A-Za-z])", re.IGNORECASE)
_LOOKED_AT = 20
"""So many references, case numbers and recipients of one mail are looked up."""


@dataclass(frozen=True, slots=True)
class Match:
    dispute_id: UUID
    side: Side
    by: MatchedBy
    sender_known: bool


class Matching:
    def __init__(
        self, engine: Engine, addresses: Addresses, case_numbers: CaseNumbers, reply_addresses: ReplyAddresses
    ) -> None:
        self._engine = engine
        self._addresses = addresses
        self._case_numbers = case_numbers
        self._reply_addresses = reply_addresses

    async def find(
        self, mail: Mail, recipients: Sequence[str], marketplace: str, verdict: Verdict
    ) -> Match | Unmatched:
        if (found := await self._by_reply_address(mail, recipients, marketplace)) is not None:
            return found
        proven = verdict != "fail"
        if (found := await self._by_references(mail, marketplace, proven=proven)) is not None:
            return found
        return await self._by_case_number(mail, marketplace, proven=proven)

    async def named(self, mail: Mail, recipients: Sequence[str], marketplace: str) -> list[tuple[UUID, Side | None]]:
        """The disputes that it names in any of the three ways, whoever sent it, and the party if the way says whose it is: for
        a person who says where it belongs. The surest first."""
        found: dict[UUID, Side | None] = {}
        for answer in self._answered(mail, recipients):
            if await self._is_here(answer.dispute_id, marketplace):
                found.setdefault(answer.dispute_id, answer.side)
        for named in filter(None, map(named_by, mail.references[:_LOOKED_AT])):
            if named.dispute_id not in found and await self._is_here(named.dispute_id, marketplace):
                notice = (await self._engine.notices(named.dispute_id, marketplace)).by.get(named.notice_id)
                found[named.dispute_id] = notice.to if notice is not None else None
        for number in list(_case_numbers(mail))[:_LOOKED_AT]:
            if (dispute_id := await self._case_numbers.dispute(number, marketplace)) is not None:
                found.setdefault(dispute_id, None)
        return list(found.items())

    async def knows(self, dispute_id: UUID, side: Side, sender: str) -> bool:
        """Whether this is the address on record of the party. Raises nothing for an erased party: it has none."""
        address = await self._addresses.of(await self._addresses.filed(dispute_id), side)
        return address is not None and bool(sender) and normal(address) == normal(sender)

    async def _by_reply_address(
        self, mail: Mail, recipients: Sequence[str], marketplace: str
    ) -> Match | Unmatched | None:
        here = [one for one in self._answered(mail, recipients) if await self._is_here(one.dispute_id, marketplace)]
        if len(here) > 1:
            return "several_disputes"
        for answer in here:
            known = await self.knows(answer.dispute_id, answer.side, mail.sender)
            return Match(answer.dispute_id, answer.side, "reply_address", known)
        return None

    def _answered(self, mail: Mail, recipients: Sequence[str]) -> list[AnswerOf]:
        """What its signed reply addresses say, each once."""
        addresses = dict.fromkeys([*recipients, *mail.recipients][: 10 * _LOOKED_AT])
        return list(dict.fromkeys(filter(None, map(self._reply_addresses.read, addresses))))[:_LOOKED_AT]

    async def _by_references(self, mail: Mail, marketplace: str, *, proven: bool) -> Match | Unmatched | None:
        """The nearest notice that it answers."""
        for reference in mail.references[:_LOOKED_AT]:
            named = named_by(reference)
            if named is None or not await self._is_here(named.dispute_id, marketplace):
                continue
            notice = (await self._engine.notices(named.dispute_id, marketplace)).by.get(named.notice_id)
            if notice is None:
                continue
            if proven and await self.knows(named.dispute_id, notice.to, mail.sender):
                return Match(named.dispute_id, notice.to, "references", sender_known=True)
            return "unknown_sender"
        return None

    async def _by_case_number(self, mail: Mail, marketplace: str, *, proven: bool) -> Match | Unmatched:
        disputes: dict[UUID, None] = {}
        for number in list(_case_numbers(mail))[:_LOOKED_AT]:
            if (dispute_id := await self._case_numbers.dispute(number, marketplace)) is not None:
                disputes[dispute_id] = None
        if len(disputes) != 1:
            return "several_disputes" if disputes else "no_dispute"
        (dispute_id,) = disputes
        sides = [side for side in Side if await self.knows(dispute_id, side, mail.sender)] if proven else []
        if len(sides) == 1:
            return Match(dispute_id, sides[0], "case_number", sender_known=True)
        return "several_disputes" if sides else "unknown_sender"

    async def _is_here(self, dispute_id: UUID, marketplace: str) -> bool:
        try:
            await self._engine.dispute(dispute_id, marketplace)
        except UnknownDispute:
            return False
        return True


def _case_numbers(mail: Mail) -> Iterator[str]:
    """Those in the subject and in what the writer wrote, and only then those in copies of older mails."""
    texts: Collection[str] = (f"{mail.subject}\n{own(mail.text)}", mail.text)
    for text in texts:
        found = dict.fromkeys(one[0] for one in _CASE.finditer(text))
        if found:
            yield from found
            return
