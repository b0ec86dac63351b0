"""What can be owed, by whom and to whom, and the facts about it: how a commitment begins, changes and ends.

The state of each commitment is in `domain/commitments/state.py`.
"""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID, uuid5

from pydantic import Field, StringConstraints

from domain.kernel.base import Event, Instant, Role, Value
from domain.kernel.disclosure import Audience, Told
from domain.kernel.money import Money
from domain.kernel.people import Text
from domain.kernel.text_places import Untranslated
from domain.kernel.windows import DeadlineProof

# --- types ---


class CommitmentKind(StrEnum):
    REFUND = "refund"
    PAY = "pay"
    SHIP = "ship"
    RETURN = "return"
    CONFIRM = "confirm"
    PROVIDE = "provide"
    REPLY = "reply"
    CALL_BACK = "call_back"
    REVIEW = "review"
    DECIDE = "decide"
    CO_SIGN = "co_sign"
    ASSIGN = "assign"
    ERASE = "erase"
    TRANSLATE = "translate"
    REACH = "reach"
    TELL_ADDRESS = "tell_address"
    ISSUE_VOUCHER = "issue_voucher"


class CommitmentClass(StrEnum):
    REMEDY = "remedy"
    SERVICE = "service"


class Participant(StrEnum):
    """Who can owe a commitment, and to whom it can be owed."""

    BUYER = "buyer"
    SELLER = "seller"
    NEUTRAL = "neutral"
    SUPERVISOR = "supervisor"
    MARKETPLACE = "marketplace"
    CARRIER = "carrier"
    WAREHOUSE = "warehouse"
    BANK = "bank"
    INSURER = "insurer"


class KeptBy(Value):
    """The fact that kept a commitment: its stored name, and its number if such facts have one."""

    fact: Told[Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z]{1,59}$")]]
    number: Told[int | None] = None


class Matter(Value):
    """The one thing that a commitment to provide, to decide or to translate is about. `number` is set if there can be
    several such, and `text` for a text that is to be translated.
    """

    what: Told[
        Literal[
            "evidence_request",
            "challenge",
            "default",
            "goods",
            "claim",
            "machine_decision",
            "text",
            "party_request",
            "voucher",
            "return_details",
        ]
    ]
    number: Told[Annotated[int, Field(ge=1, le=100_000)] | None] = None
    text: Told[Untranslated | None] = None


PromiseKind = Literal[
    CommitmentKind.REPLY,
    CommitmentKind.CALL_BACK,
    CommitmentKind.PROVIDE,
    CommitmentKind.REVIEW,
    CommitmentKind.DECIDE,
    CommitmentKind.CONFIRM,
]
"""A message can make only service commitments. Money and goods have a command of their own."""


class Promise(Value):
    """The terms of a commitment.

    `subject` is the person who owes it, if it is one person. Nothing has to move before `owed_from`. `made_at` is when
    its time began, if there is no proof. `about`: only an act about that keeps it.
    """

    kind: Told[CommitmentKind]
    owed_by: Told[Participant]
    owed_to: Told[Participant]
    subject: UUID | None = None
    amount: Told[Money | None] = None
    due_at: Told[Instant]
    proof: Told[DeadlineProof | None] = None
    note: Told[Text | None] = None
    owed_from: Told[Instant | None] = None
    made_at: Told[Instant | None] = None
    about: Told[Matter | None] = None

    @property
    def since(self) -> Instant | None:
        """When its time began. An instalment has none: the time of all instalments begins with the outcome, not with
        `owed_from`.
        """
        return self.made_at or (self.proof.starts_at if self.proof and self.owed_from is None else None)

    @property
    def by_refund(self) -> bool:
        """Whether a `Refund` carries it out: the money leaves the order, from what was paid or is held."""
        return carried_out_by_refund(self.kind, self.owed_by, self.owed_to)


class Origin(StrEnum):
    """What a commitment arises from.

    `RECOVERY`: money that was paid and turned out to belong to another. `REFUND`: a refund that failed. `ERASURE`: a
    person's request to be erased. `REVIEW`: a party's request that a person looks at a decision of the machine.
    `ACCESS`: a person's request to see what is kept about them. `PAYMENT`: a payment that the record does not allow for.
    `MESSAGE`: a message that was written to its debtor. `PUBLIC_MESSAGE`: the same, where the public reads it.
    `NOTICE`: a notice that did not reach a party.
    `REQUEST`: what a party asked of the other one.
    `TRANSLATION`: a text that somebody cannot read. `CONFIDED`: the same, of a text in caucus.
    """

    SETTLEMENT = "settlement"
    RULING = "ruling"
    CONCESSION = "concession"
    DEFAULT = "default"
    WITHDRAWAL = "withdrawal"
    CANCELLATION = "cancellation"
    COUNTERCLAIM = "counterclaim"
    POLICY = "policy"
    PROMISE = "promise"
    GOODWILL = "goodwill"
    FREIGHT = "freight"
    RECOVERY = "recovery"
    REFUND = "refund"
    RECOMMENDATION = "recommendation"
    BREACH = "breach"
    ERASURE = "erasure"
    REVIEW = "review"
    ACCESS = "access"
    TRANSLATION = "translation"
    CONFIDED = "confided"
    PAYMENT = "payment"
    MESSAGE = "message"
    NOTICE = "notice"
    PUBLIC_MESSAGE = "public_message"
    REQUEST = "request"


ASKED = frozenset({Origin.MESSAGE, Origin.PUBLIC_MESSAGE})
"""Commitments of these origins are to answer a message."""

UNTRANSLATED = frozenset({Origin.TRANSLATION, Origin.CONFIDED})
"""Commitments of these origins are to translate a text."""

BEYOND_CLAIM = frozenset({Origin.PROMISE, Origin.GOODWILL})
"""Commitments of these origins have nothing to do with what is in dispute."""


class CommitmentMade(Event, kind="CommitmentMade", stream="dispute", told_to=Audience.WHOM_COMMITMENT_CONCERNS):
    """Somebody owes something.

    `arises_from` is what made it: a settlement, a ruling, a concession, the policy, or a person's free will.
    `because_of` is the broken commitment from which it follows. `message` is the number of the message that made it.
    `remind_at` are the instants at which the debtor is reminded.
    """

    schema_version = 7

    commitment_id: Told[UUID]
    number: Told[int]
    commitment_class: Told[CommitmentClass]
    promise: Told[Promise]
    arises_from: Told[Origin]
    because_of: Told[UUID | None] = None
    message: Told[int | None] = None
    remind_at: Told[tuple[Instant, ...]] = ()

    @property
    def by_refund(self) -> bool:
        """Whether a `Refund` carries it out. A recovery does not come out of the order."""
        return self.promise.by_refund and self.arises_from is not Origin.RECOVERY

    @property
    def is_ruling(self) -> bool:
        return to_rule(self.promise.kind, self.arises_from, self.promise.about)


class CommitmentBreached(
    Event, kind="CommitmentBreached", stream="dispute", told_to=Audience.WHOM_COMMITMENT_CONCERNS, consequence=True
):
    """The due instant passed. The commitment is still owed."""

    commitment_id: Told[UUID]


class CommitmentKept(Event, kind="CommitmentKept", stream="dispute", told_to=Audience.WHOM_COMMITMENT_CONCERNS):
    """The commitment was kept, on time or late.

    `by` is who showed it. `refund_id` is the refund that proves it. `kept_by` is the fact that kept it. It is None if
    somebody only said so, if the parties may not see the fact, and in older events.
    """

    schema_version = 2

    commitment_id: Told[UUID]
    late: Told[bool]
    by: Told[Role]
    refund_id: Told[UUID | None] = None
    note: Told[Text | None] = None
    kept_by: Told[KeptBy | None] = None


class CommitmentWaived(Event, kind="CommitmentWaived", stream="dispute", told_to=Audience.WHOM_COMMITMENT_CONCERNS):
    commitment_id: Told[UUID]
    by: Told[Role]
    note: Told[Text | None] = None


class CommitmentReplaced(Event, kind="CommitmentReplaced", stream="dispute", told_to=Audience.WHOM_COMMITMENT_CONCERNS):
    commitment_id: Told[UUID]
    replaced_by: Told[UUID]
    by: Told[Role]


class CommitmentPassed(
    Event, kind="CommitmentPassed", stream="dispute", told_to=Audience.WHOM_COMMITMENT_CONCERNS, consequence=True
):
    """The debtor has left the dispute, and somebody else owes the commitment unchanged. `subject` is set for a neutral."""

    commitment_id: Told[UUID]
    owed_by: Told[Participant]
    subject: UUID | None = None


class CommitmentDischarged(
    Event,
    kind="CommitmentDischarged",
    stream="dispute",
    told_to=Audience.WHOM_COMMITMENT_CONCERNS,
    consequence=True,
):
    """Nobody owes the commitment any more, for a reason that is neither performance nor consent."""

    commitment_id: Told[UUID]
    reason: Told[
        Literal[
            "dispute_over",
            "neutral_gone",
            "contested",
            "deemed_received",
            "remedy_lapsed",
            "overturned",
            "paid_elsewhere",
            "refund_over",
            "breach_over",
            "ruling_ended",
            "recommendation_withdrawn",
            "no_reply_needed",
            "person_erased",
            "author_erased",
            "deemed_told",
            "request_withdrawn",
        ]
    ]


class CommitmentDeferred(
    Event,
    kind="CommitmentDeferred",
    stream="dispute",
    told_to=Audience.WHOM_COMMITMENT_CONCERNS,
    consequence=True,
    bookkeeping=True,
):
    """The commitment is due later: because of a stay, of an outage of the engine, or because an erasure was deferred."""

    schema_version = 2

    commitment_id: Told[UUID]
    due_at: Told[Instant]
    remind_at: Told[tuple[Instant, ...]] = ()


CommitmentEvent = (
    CommitmentDeferred
    | CommitmentMade
    | CommitmentBreached
    | CommitmentKept
    | CommitmentWaived
    | CommitmentReplaced
    | CommitmentPassed
    | CommitmentDischarged
)


def commitment_id_of(transaction_id: UUID, dispute_id: UUID, number: int) -> UUID:
    """Derived from the id of the order, which is a keyed hash and is told to no party. So a party cannot calculate the
    numbers of the ids that it sees, and does not learn from their gaps that there are commitments which it does not see.

    Earlier versions derived it from `dispute_id` alone. What they stored keeps its id.
    """
    return uuid5(transaction_id, f"{dispute_id}/commitment/{number}")


def refund_id_of(commitment_id: UUID) -> UUID:
    """The id of the one refund that carries out a commitment of money."""
    return uuid5(commitment_id, "refund")


def to_rule(kind: CommitmentKind, arises_from: Origin, about: Matter | None) -> bool:
    """Whether this is the commitment, by policy, to rule on the claim or on an appeal (`domain.ruling.ruling_owed`)."""
    return kind is CommitmentKind.DECIDE and arises_from is Origin.POLICY and about == CLAIM


CLAIM, RETURN_DETAILS = Matter(what="claim"), Matter(what="return_details")
MONEY_KINDS = frozenset({CommitmentKind.REFUND, CommitmentKind.PAY})
GOODS_KINDS = frozenset({CommitmentKind.SHIP, CommitmentKind.RETURN})


def carried_out_by_refund(kind: CommitmentKind, owed_by: Participant, owed_to: Participant) -> bool:
    """Money back to the buyer always is; money to the seller only if the marketplace holds it. A buyer pays directly."""
    held = (
        kind is CommitmentKind.PAY
        and owed_by is Participant.MARKETPLACE
        and owed_to in (Participant.BUYER, Participant.SELLER)
    )
    return kind is CommitmentKind.REFUND or held
