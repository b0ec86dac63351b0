"""Commitments: what is owed, by whom, to whom, and by when. A commitment is never lost.

    pending → overdue → kept | kept_late | waived | replaced | discharged

A breach is an event and not an end: an unpaid refund stays overdue until it is paid, waived, replaced or discharged.
Class `remedy` (money, goods) blocks closure. Class `service` (reply, call back, translate, review) does not.
"""

from collections.abc import Collection, Mapping
from dataclasses import field
from typing import Any, assert_never
from uuid import UUID

from domain.commitments.events import (
    ASKED,
    BEYOND_CLAIM,
    UNTRANSLATED,
    CommitmentBreached,
    CommitmentClass,
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKept,
    CommitmentKind,
    CommitmentMade,
    CommitmentPassed,
    CommitmentReplaced,
    CommitmentWaived,
    Matter,
    Origin,
    Participant,
    carried_out_by_refund,
    to_rule,
)
from domain.kernel.base import Instant
from domain.kernel.frozen import frozen, replace
from domain.kernel.money import Money
from domain.kernel.text_places import Untranslated

# --- types ---

_KEPT_BY_ONE_ACT = frozenset(
    {Origin.RECOMMENDATION, Origin.ERASURE, Origin.ACCESS, Origin.NOTICE, Origin.REQUEST, *UNTRANSLATED}
)

_BY_ITS_ACT: Mapping[CommitmentKind, str] = {
    CommitmentKind.REVIEW: "first_act",
    CommitmentKind.CO_SIGN: "co_signature",
    CommitmentKind.DECIDE: "challenge",
    CommitmentKind.REPLY: "default",
}

# --- state ---


@frozen
class Commitment:
    """One commitment.

    `ended` is how it ended; None while it is pending or overdue. `passed`: its neutral left, and the supervisor owes
    it. `subject` is the person who owes it, if it is one person. `since` is when its time began, if recorded.
    `overturned`: its money was paid or on its way when the outcome that it arises from was overturned. `decision` is
    the commitment to decide what becomes of its refund. `remind_at` are the reminders to come. `message` is the number of
    the message that made it.
    """

    id: UUID
    number: int
    commitment_class: CommitmentClass
    kind: CommitmentKind
    owed_by: Participant
    owed_to: Participant
    amount: Money | None
    due_at: Instant
    arises_from: Origin
    subject: UUID | None = None
    owed_from: Instant | None = None
    since: Instant | None = None
    overdue: bool = False
    passed: bool = False
    ended: str | None = None
    refund_id: UUID | None = None
    underway: bool = False
    overturned: bool = False
    decision: UUID | None = None
    because_of: UUID | None = None
    remind_at: tuple[Instant, ...] = ()
    about: Matter | None = None
    message: int | None = None

    @property
    def open(self) -> bool:
        return self.ended is None

    @property
    def by_refund(self) -> bool:
        by_refund = (
            carried_out_by_refund(self.kind, self.owed_by, self.owed_to) and self.arises_from is not Origin.RECOVERY
        )
        return by_refund and self.commitment_class is CommitmentClass.REMEDY

    @property
    def beyond_claim(self) -> bool:
        """Made freely, outside what is in dispute."""
        return self.arises_from in BEYOND_CLAIM

    @property
    def on_refund(self) -> bool:
        """A commitment to decide what becomes of a failed refund. Only that decision keeps it."""
        return self.arises_from is Origin.REFUND

    @property
    def kept_by_its_own_act(self) -> bool:
        """Only one act keeps it: the marketplace answers, a neutral is assigned or rules, a person is erased or gets
        access, a review or a request of the other party is answered, a text is translated, or a party is reached. Nobody
        can confirm, waive or replace it.
        """
        return self.arises_from in _KEPT_BY_ONE_ACT or self.owes_neutral or self.is_ruling or self.is_review

    @property
    def translates(self) -> Untranslated | None:
        """The text that is to be translated, if it is a commitment to translate."""
        return self.about.text if self.arises_from in UNTRANSLATED and self.about is not None else None

    @property
    def is_review(self) -> bool:
        """Whether it is the supervisor's commitment to answer a request for a review."""
        return self.arises_from is Origin.REVIEW and self.kind is CommitmentKind.REVIEW

    @property
    def answers_message(self) -> bool:
        """Whether it is the answer that a message to somebody waits for (`domain.settlement.replies`)."""
        return self.arises_from in ASKED

    @property
    def answers_in_public(self) -> bool:
        """Whether the public reads what waits for the answer, so that only an answer in public will do."""
        return self.arises_from is Origin.PUBLIC_MESSAGE

    @property
    def waits_for(self) -> str | None:
        """What the act is about that alone keeps this commitment by policy. Nobody can report such a one as kept."""
        return None if self.arises_from is not Origin.POLICY or self.is_ruling else _BY_ITS_ACT.get(self.kind)

    @property
    def owes_neutral(self) -> bool:
        """Whether it is the supervisor's commitment, by policy, to assign a neutral to a dispute that waits for one."""
        return self.kind is CommitmentKind.ASSIGN and self.ends_with_dispute

    @property
    def is_first_act(self) -> bool:
        """Whether it is the neutral's commitment, by policy, to look at the dispute soon after assignment."""
        neutrals = self.owed_by is Participant.NEUTRAL or self.passed
        return neutrals and self.kind is CommitmentKind.REVIEW and self.arises_from is Origin.POLICY

    @property
    def is_ruling(self) -> bool:
        """Whether it is the commitment, by policy, to rule on the claim or on an appeal."""
        return to_rule(self.kind, self.arises_from, self.about)

    @property
    def ends_with_dispute(self) -> bool:
        """Made by policy to bring the dispute on. Once the dispute is decided, nobody needs it any more."""
        return self.arises_from is Origin.POLICY and self.owed_by in (Participant.NEUTRAL, Participant.SUPERVISOR)


@frozen
class Commitments:
    """All commitments of a dispute.

    `open` are those that have not ended. `ended` says only how each other one ended, so that a repeated act is
    harmless. `paid` are the remedies that were kept: money and goods. `forgone` is the money that a creditor gave up,
    whole or in part, under the id of the commitment that was waived, or of the one that replaced it.
    """

    made: int = 0
    open: Mapping[UUID, Commitment] = field(default_factory=dict)
    ended: Mapping[UUID, str] = field(default_factory=dict)
    paid: tuple[Commitment, ...] = ()
    forgone: Mapping[UUID, Commitment] = field(default_factory=dict)

    def get(self, commitment_id: UUID) -> Commitment | None:
        return self.open.get(commitment_id)

    def open_remedies(self) -> list[Commitment]:
        return [c for c in self.open.values() if c.commitment_class is CommitmentClass.REMEDY]

    def first_unbreached(self) -> Commitment | None:
        return min((c for c in self.open.values() if not c.overdue), key=lambda c: (c.due_at, c.number), default=None)


# --- evolve ---


def evolve(commitments: Commitments, event: CommitmentEvent) -> Commitments:
    match event:
        case CommitmentMade():
            made = Commitment(
                id=event.commitment_id,
                number=event.number,
                commitment_class=event.commitment_class,
                kind=event.promise.kind,
                owed_by=event.promise.owed_by,
                owed_to=event.promise.owed_to,
                amount=event.promise.amount,
                due_at=event.promise.due_at,
                arises_from=event.arises_from,
                subject=event.promise.subject,
                owed_from=event.promise.owed_from,
                since=event.promise.since,
                because_of=event.because_of,
                remind_at=event.remind_at,
                about=event.promise.about,
                message=event.message,
            )
            forgone = _in_place_of_more(commitments.forgone, made)
            return replace(commitments, made=event.number, open={**commitments.open, made.id: made}, forgone=forgone)
        case CommitmentDeferred(commitment_id=cid, due_at=due_at, remind_at=instants):
            return _change(commitments, cid, due_at=due_at, remind_at=instants)
        case CommitmentBreached(commitment_id=cid):
            return _change(commitments, cid, overdue=True)
        case CommitmentKept(commitment_id=cid):
            over = _end(commitments, cid, "kept_late" if event.late else "kept")
            kept_one = commitments.open.get(cid)
            remedy = kept_one is not None and kept_one.commitment_class is CommitmentClass.REMEDY
            return replace(over, paid=(*over.paid, replace(kept_one, decision=None))) if kept_one and remedy else over
        case CommitmentWaived(commitment_id=cid):
            return _end(_let_go(commitments, cid, cid), cid, "waived")
        case CommitmentReplaced(commitment_id=cid, replaced_by=successor):
            return _end(_let_go(commitments, cid, successor), cid, "replaced")
        case CommitmentPassed(commitment_id=cid, owed_by=owed_by, subject=subject):
            passed = owed_by is not Participant.NEUTRAL
            return _change(commitments, cid, owed_by=owed_by, subject=subject, passed=passed)
        case CommitmentDischarged(commitment_id=cid):
            return _end(commitments, cid, "discharged")
        case _:
            assert_never(event)


def underway(commitments: Commitments, commitment_id: UUID, refund_id: UUID) -> Commitments:
    return _change(commitments, commitment_id, refund_id=refund_id, underway=True, decision=None)


def reminded(commitments: Commitments, commitment_id: UUID, to_come: tuple[Instant, ...]) -> Commitments:
    """Sets the reminders of a commitment that are still to come."""
    return _change(commitments, commitment_id, remind_at=to_come)


def stalled(commitments: Commitments, commitment_id: UUID) -> Commitments:
    return _change(commitments, commitment_id, underway=False)


def referred(commitments: Commitments, commitment_id: UUID, decision_id: UUID) -> Commitments:
    """A refund of this commitment, still owed or already paid, waits for a decision."""
    paid = tuple(replace(c, decision=decision_id) if c.id == commitment_id else c for c in commitments.paid)
    return _change(replace(commitments, paid=paid), commitment_id, decision=decision_id)


def mark_overturned(commitments: Commitments, arising_from: Collection[str]) -> Commitments:
    """The outcome of these origins was overturned. Marks the commitments that are paid or whose refund is under way."""

    def fell(owed: Commitment) -> Commitment:
        return replace(owed, overturned=True) if owed.arises_from in arising_from else owed

    underway = {i: fell(owed) if owed.underway else owed for i, owed in commitments.open.items()}
    return replace(commitments, open=underway, paid=tuple(map(fell, commitments.paid)))


def unpaid(commitments: Commitments, commitment_id: UUID) -> Commitments:
    """The refund that paid this commitment bounced."""
    return replace(commitments, paid=tuple(c for c in commitments.paid if c.id != commitment_id))


def _let_go(commitments: Commitments, cid: UUID, by: UUID) -> Commitments:
    owed = commitments.open.get(cid)
    if owed is None or owed.amount is None or owed.commitment_class is not CommitmentClass.REMEDY:
        return commitments
    return replace(commitments, forgone={**commitments.forgone, by: owed})


def _in_place_of_more(forgone: Mapping[UUID, Commitment], made: Commitment) -> Mapping[UUID, Commitment]:
    """The creditor gave up the difference between the replaced commitment and the new one."""
    before = forgone.get(made.id)
    if before is None or before.amount is None or made.amount is None:
        return forgone
    return {**forgone, made.id: replace(before, amount=before.amount - made.amount)}


def _change(commitments: Commitments, cid: UUID, **changes: Any) -> Commitments:
    if (commitment := commitments.open.get(cid)) is None:
        return commitments
    return replace(commitments, open={**commitments.open, cid: replace(commitment, **changes)})


def _end(commitments: Commitments, cid: UUID, how: str) -> Commitments:
    still = {k: v for k, v in commitments.open.items() if k != cid}
    return replace(commitments, open=still, ended={**commitments.ended, cid: how})
