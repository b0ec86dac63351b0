"""The reasons for a claim, and what a policy asks for each. A reason that it does not list is out of its scope."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from domain.kernel.base import Value
from domain.kernel.windows import Window
from domain.policy.texts import AskedText

# --- types ---

Pleader = Literal["claimant", "respondent"]
AskedName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Forum = Literal["chargeback", "court", "arbitration", "authority", "other"]
"""Which other forum may deal with the same money."""


class ClaimReason(StrEnum):
    ITEM_NOT_RECEIVED = "item_not_received"
    NOT_AS_DESCRIBED = "not_as_described"
    DAMAGED = "damaged"
    COUNTERFEIT = "counterfeit"
    WRONG_ITEM = "wrong_item"
    CUSTOMS_SEIZED = "customs_seized"
    CREDIT_NOT_PROCESSED = "credit_not_processed"
    DUPLICATE_CHARGE = "duplicate_charge"
    PRICE_DIFFERENCE = "price_difference"
    PAYMENT_NOT_RECEIVED = "payment_not_received"
    PARCEL_TURNED_UP = "parcel_turned_up"
    OTHER = "other"


FAULTY_GOODS = frozenset(
    {ClaimReason.NOT_AS_DESCRIBED, ClaimReason.DAMAGED, ClaimReason.COUNTERFEIT, ClaimReason.WRONG_ITEM}
)
"""The reasons of a buyer who has the goods and finds fault with them."""


class Asked(Value):
    """Something that a policy asks one of the two parties to say or show. Answers and exhibits refer to its `name`."""

    name: AskedName
    of: Pleader
    text: AskedText


class Question(Asked):
    """A key question: a claim for this reason mostly depends on its answer."""


class CalledFor(Asked):
    """Evidence that a claim for this reason calls for. `by_tracking`: tracking counts as such."""

    by_tracking: bool = False


class ReasonTerms(Value):
    """What a policy asks of a claim for one reason.

    `contact_first` is the time that the seller must have between the buyer's message and the filing; None means not
    asked.
    """

    contact_first: Window | None = None
    questions: Annotated[tuple[Question, ...], Field(max_length=20)] = ()
    evidence: Annotated[tuple[CalledFor, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Self:
        for asked in (self.questions, self.evidence):
            if len({one.name for one in asked}) != len(asked):
                raise ValueError("two questions, or two kinds of evidence, have the same name")
        return self

    def questions_of(self, pleader: Pleader) -> frozenset[str]:
        return frozenset(question.name for question in self.questions if question.of == pleader)

    def evidence_of(self, pleader: Pleader) -> frozenset[str]:
        return frozenset(kind.name for kind in self.evidence if kind.of == pleader)


NOTHING_ASKED = ReasonTerms()
