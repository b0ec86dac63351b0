"""The disputes that writers play, with real commands. Ids derive from the case, so two writers can play the same case.

The second writer finds that an act is already done, or is refused. Both are valid answers. An act done twice is a
fault.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from domain.commands import AnyCommand
from domain.commitments.events import CommitmentKind, Participant, commitment_id_of, refund_id_of
from domain.commitments.promising import MakeCommitment
from domain.commitments.waiving import WaiveCommitment
from domain.filing.file_dispute import FileDispute
from domain.filing.filing_facts import Claim, Line, Order, ReliefSought
from domain.filing.response import Respond
from domain.filing.response_facts import Answer
from domain.kernel.base import Actor, Role
from domain.kernel.money import Money
from domain.kernel.people import Party, Side, Text, Words
from domain.neutral.mandate import BeginLeave, EndLeave, GrantMandate
from domain.payments.execution import ConfirmRefund, InstructRefund
from domain.payments.failure import FailRefund
from domain.policy.reasons import ClaimReason
from domain.remedies.closure import Withdraw
from domain.settlement.conversation import PostMessage
from domain.settlement.negotiation import AcceptOffer, MakeOffer
from domain.silence import RecordLapses
from domain.stream_ids import mandate_id

MARKETPLACE = "soak"
_IDS = UUID("5f0c7d7e-64f1-5e83-9d6f-0f4b8f0f5b10")
_LONG_AGO = timedelta(days=30)


def ident(*parts: object) -> UUID:
    return uuid5(_IDS, "/".join(map(str, parts)))


@dataclass(frozen=True, slots=True)
class Act:
    """A command, made when its turn comes. `expects`: once it is granted, a fact of this kind is on record at
    `where`."""

    what: str
    dispute: UUID
    make: Callable[[datetime], AnyCommand]
    expects: str | None = None
    where: UUID | None = None
    order: UUID | None = None
    paid: int | None = None

    def intent(self) -> dict[str, Any]:
        said = {"what": self.what, "dispute": str(self.dispute), "expects": self.expects, "paid": self.paid}
        return said | {"where": str(self.where or self.dispute), "order": str(self.order) if self.order else None}


@dataclass(frozen=True, slots=True)
class Dispute:
    """The `nth` dispute of a case, about one line of its order."""

    case: UUID
    nth: int
    amounts: tuple[str, ...] = ("129.90",)

    @property
    def id(self) -> UUID:
        return uuid5(self.case, f"dispute/{self.nth}")

    @property
    def order(self) -> UUID:
        return uuid5(self.case, "order")

    @property
    def commitment(self) -> UUID:
        """The first commitment of the dispute: the one that a concession, a settlement or a default makes."""
        return commitment_id_of(self.order, self.id, 1)

    @property
    def refund(self) -> UUID:
        return refund_id_of(self.commitment)

    def subject(self, who: str) -> UUID:
        return uuid5(self.case, who)

    def file(self, ago: timedelta = timedelta()) -> Act:
        paid = Money.total([_euros(a) for a in self.amounts], "EUR")
        make = lambda now: self._filing(paid, now - ago)  # noqa: E731
        return Act("FileDispute", self.id, make, "DisputeFiled", order=self.order, paid=paid.minor)

    def respond(self, answer: Answer) -> Act:
        return self._act(Respond, Role.SELLER, "ResponseGiven", answer=answer)

    def say(self, text: str) -> Act:
        words = Words(text=text, language="de")
        return self._act(PostMessage, Role.BUYER, "MessagePosted", self.subject_of_talk, message=words, channel="web")

    @property
    def subject_of_talk(self) -> UUID:
        return uuid5(self.id, "conversation")

    def offer(self, role: Role, amount: str, counters: int | None = None) -> Act:
        return self._act(MakeOffer, role, "OfferMade", amount=_euros(amount), counters=counters)

    def accept(self, role: Role, number: int) -> Act:
        return self._act(AcceptOffer, role, "OfferAccepted", number=number)

    def instruct(self) -> Act:
        return self._act(InstructRefund, Role.ENGINE, commitment_id=self.commitment)

    def confirm(self) -> Act:
        return self._act(ConfirmRefund, Role.MARKETPLACE, "RefundConfirmed", self.refund, refund_id=self.refund)

    def fail(self) -> Act:
        return self._act(FailRefund, Role.MARKETPLACE, refund_id=self.refund, reason="declined")

    def waive(self) -> Act:
        return self._act(WaiveCommitment, Role.BUYER, commitment_id=self.commitment)

    def withdraw(self) -> Act:
        return self._act(Withdraw, Role.BUYER, "ClaimWithdrawn")

    def lapse(self) -> Act:
        return self._act(RecordLapses, Role.ENGINE)

    def promise(self, amount: str) -> Act:
        def make(now: datetime) -> AnyCommand:
            return MakeCommitment(
                marketplace=MARKETPLACE,
                actor=self._actor(Role.SELLER),
                now=now,
                dispute_id=self.id,
                kind=CommitmentKind.REFUND,
                owed_by=Participant.SELLER,
                owed_to=Participant.BUYER,
                amount=_euros(amount),
                due_at=now + timedelta(days=3),
            )

        return Act("MakeCommitment", self.id, make, "CommitmentMade")

    def _act(
        self,
        command: Callable[..., AnyCommand],
        role: Role,
        expects: str | None = None,
        where: UUID | None = None,
        **rest: Any,
    ) -> Act:
        def make(now: datetime) -> AnyCommand:
            return command(marketplace=MARKETPLACE, actor=self._actor(role), now=now, dispute_id=self.id, **rest)

        return Act(getattr(command, "__name__", ""), self.id, make, expects, where)

    def _actor(self, role: Role) -> Actor:
        return Actor(subject=self.subject(role.value), role=role)

    def _filing(self, paid: Money, now: datetime) -> FileDispute:
        buyer, seller = self.subject("buyer"), self.subject("seller")
        keys = [uuid5(self.case, f"line/{nth}") for nth in range(len(self.amounts))]
        lines = tuple(
            Line(key=key, subject=buyer, id=f"{nth}", title="Vase", quantity=1, amount=_euros(self.amounts[nth]))
            for nth, key in enumerate(keys)
        )
        order = Order(
            subject=buyer,
            transaction_id=self.order,
            order_id=f"O-{self.case}",
            paid=paid,
            paid_at=now - timedelta(days=20),
            delivered_at=now - timedelta(days=4),
            lines=lines,
        )
        claim = Claim(
            reason=ClaimReason.NOT_AS_DESCRIBED,
            lines=(keys[self.nth],),
            amount=_euros(self.amounts[self.nth]),
            relief_sought=ReliefSought.REFUND,
            statement=Text(text="Il vaso è rotto", language="it", author=buyer),
        )
        return FileDispute(
            marketplace=MARKETPLACE,
            actor=Actor(subject=buyer, role=Role.BUYER),
            now=now,
            dispute_id=self.id,
            reference=f"MP-{self.case}",
            reference_key=uuid5(self.case, "reference"),
            order=order,
            buyer=_party(buyer, "IT", "it", "Europe/Rome"),
            seller=_party(seller, "CN", "zh-Hans", "Asia/Shanghai"),
            claimant=Side.BUYER,
            claim=claim,
        )


def _conceded(case: UUID) -> Iterator[Act]:
    d = Dispute(case, 0)
    yield from (d.file(), d.respond(Answer.CONCEDE), d.say("Danke"), d.instruct(), d.confirm(), d.confirm())


def _bargained(case: UUID) -> Iterator[Act]:
    d = Dispute(case, 0)
    yield from (d.file(), d.respond(Answer.CONTEST), d.offer(Role.SELLER, "30.00"), d.offer(Role.BUYER, "60.00", 1))
    yield from (d.accept(Role.SELLER, 2), d.say("Einverstanden"), d.instruct(), d.confirm())


def _silent(case: UUID) -> Iterator[Act]:
    """Filed long ago. The clock finds the lapse and the refund process pays, unless a writer acts earlier."""
    d = Dispute(case, 0)
    yield from (
        d.file(_LONG_AGO),
        d.say("Hallo?"),
        d.lapse(),
        d.say("Hallo??"),
        d.confirm(),
        d.say("Na also"),
        d.confirm(),
    )


def _nearly_due(case: UUID) -> Iterator[Act]:
    """Its time to respond ends in the hours or days to come. When the clocks have come so far, nobody has answered."""
    d = Dispute(case, 0)
    yield from (d.file(timedelta(days=5) - timedelta(hours=case.int % 72)), d.say("Hallo?"))


def _promised_too_much(case: UUID) -> Iterator[Act]:
    """Two disputes on one order of 100.00, with commitments of 110.00 in all."""
    one, two = Dispute(case, 0, ("60.00", "40.00")), Dispute(case, 1, ("60.00", "40.00"))
    yield from (one.file(), two.file(), one.promise("70.00"), two.promise("40.00"))
    yield from (two.instruct(), one.instruct(), one.confirm(), two.confirm())


def _failed(case: UUID) -> Iterator[Act]:
    d = Dispute(case, 0)
    yield from (d.file(), d.respond(Answer.CONCEDE), d.instruct(), d.fail(), d.waive(), d.confirm())


def _withdrawn(case: UUID) -> Iterator[Act]:
    d = Dispute(case, 0)
    yield from (d.file(), d.respond(Answer.CONTEST), d.say("Ach so"), d.withdraw(), d.say("Erledigt"))


def _on_leave(case: UUID) -> Iterator[Act]:
    """A neutral gets a mandate, goes on leave and returns. In between, a claim that has nothing to do with it is
    withdrawn."""
    yield from (_appoint(case), _leave(case), *_withdrawn(case), _return(case))


SCRIPTS = (_conceded, _bargained, _silent, _nearly_due, _promised_too_much, _failed, _withdrawn, _on_leave)


def _appoint(neutral: UUID) -> Act:
    return _of_mandate(neutral, GrantMandate, "MandateGranted", languages=("de", "zh"), authority=(_euros("500.00"),))


def _leave(neutral: UUID) -> Act:
    return _of_mandate(neutral, BeginLeave, "LeaveBegan")


def _return(neutral: UUID) -> Act:
    return _of_mandate(neutral, EndLeave, "LeaveEnded")


def _of_mandate(neutral: UUID, command: Callable[..., AnyCommand], expects: str, **rest: Any) -> Act:
    def make(now: datetime) -> AnyCommand:
        actor = Actor(subject=uuid5(neutral, "administrator"), role=Role.ADMINISTRATOR)
        return command(marketplace=MARKETPLACE, actor=actor, now=now, neutral=neutral, **rest)

    where = mandate_id(MARKETPLACE, neutral)
    return Act(getattr(command, "__name__", ""), where, make, expects, where)


def _euros(amount: str) -> Money:
    return Money.of(amount, "EUR")


def _party(subject: UUID, country: str, language: str, zone: str) -> Party:
    return Party(
        subject=subject, id="p-1", name="Ada", country=country, language=language, time_zone=zone, tier="standard"
    )
