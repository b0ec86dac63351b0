"""Where mails come in, over LMTP or over the API: whose they are by their recipient, and that they are stored."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from domain.kernel.people import Side
from mediation.gateways.mail.arrived import ArrivedCounts
from mediation.gateways.mail.chosen import ByMail
from mediation.gateways.mail.reply_address import ReplyAddresses
from mediation.mail.addresses import normal
from mediation.mail.reading import sender_of
from mediation.processes.mail.arriving import MailArriving
from mediation.processes.notices.addresses import Addresses
from mediation.store.clocks import Clocks
from mediation.store.mail_in import Envelope, Mailbox


class Inbox:
    """`arriving` is the process that settles what is stored here."""

    def __init__(
        self,
        accounts: Mapping[str, ByMail],
        reply_addresses: ReplyAddresses,
        addresses: Addresses,
        mailbox: Mailbox,
        arriving: MailArriving,
        clocks: Clocks,
        counts: ArrivedCounts,
    ) -> None:
        self._accounts = accounts
        self._reply_addresses = reply_addresses
        self._addresses = addresses
        self._clocks = clocks
        self._counts = counts
        self.mailbox = mailbox
        self.arriving = arriving

    async def whose(self, recipient: str) -> str | None:
        """The marketplace that has this address: a sender's address of notices, or a signed one at its domain. None: nobody."""
        address = normal(recipient)
        for marketplace, account in self._accounts.items():
            if normal(account.sent_from) == address:
                return marketplace
        answer = self._reply_addresses.read(address)
        if answer is None:
            return None
        domain = address.rpartition("@")[2]
        here = [name for name, account in self._accounts.items() if account.domain == domain]
        return here[0] if len(here) == 1 else await self._of_dispute(answer.dispute_id, here)

    async def _of_dispute(self, dispute_id: UUID, among: Sequence[str]) -> str | None:
        if not among:
            return None
        found = await self._addresses.marketplace_of(dispute_id)
        return found if found in among else None

    async def take(self, marketplace: str, sender: str | None, recipients: Sequence[str], raw: bytes) -> UUID:
        """Stores the mail; it is on the disk when this returns. `sender` is the return path, empty in reports."""
        written_by = await asyncio.to_thread(sender_of, raw)
        envelope = Envelope(sender, tuple(recipients))
        mail_id = await self.mailbox.take(marketplace, written_by, envelope, raw, self._clocks.real())
        self._counts.note("taken")
        self.arriving.wake()
        return mail_id

    def refused(self) -> None:
        self._counts.note("refused")

    async def addresses_of(self, marketplace: str, subject: UUID, disputes: Sequence[tuple[UUID, Side]]) -> list[str]:
        return await self._addresses.of_person(marketplace, subject, disputes)


class MailForgetting:
    """Destroys what came from the addresses of a person and is no message. Their messages go with their key."""

    def __init__(self, addresses: Addresses, mailbox: Mailbox) -> None:
        self._addresses = addresses
        self._mailbox = mailbox

    async def __call__(self, marketplace: str, subject: UUID, disputes: Sequence[tuple[UUID, Side]]) -> None:
        addresses = await self._addresses.of_person(marketplace, subject, disputes)
        await self._mailbox.forget_sender(marketplace, addresses)
