"""Notices of payment providers, as they are shown."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.http.bodies import Answer, Body, Page, example
from api.http.parts import DISPUTE_ID
from api.http.relative import ago
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.payments.provider_disputes import Provider, Says
from mediation.store.notice_in import Status

_SAID: dict[str, Any] = {
    "code": "charge.dispute.closed",
    "says": "lost",
    "stage": "lost",
    "at": ago(hours=1, seconds=20),
    "amount": {"amount": "50.00", "currency": "EUR"},
    "answer_by": None,
    "dispute_id": DISPUTE_ID,
    "problem": None,
}
_SHOWN: dict[str, Any] = {
    "id": "3b8f2a64-9c1d-8e5f-a0b1-c2d3e4f5a6b7",
    "provider": "stripe",
    "status": "matched",
    "why": None,
    "received_at": ago(hours=1),
    "size": 1894,
    "kept": True,
    "said": [_SAID],
}


class NoticeSaid(Answer):
    """What a notice says about one dispute at the provider."""

    model_config = example(_SAID)

    code: Annotated[str, Field(description="What the provider calls it.")]
    says: Annotated[
        Says,
        Field(
            description="`inquiry`: the provider only asks. `opened`: a chargeback is under way. `won`: the seller keeps the "
            "money. `lost`: the buyer has it. `cancelled`: the buyer gave it up. `noted`: nothing about how it stands."
        ),
    ]
    stage: Annotated[str | None, Field(description="The provider's own word for how its dispute stands.")]
    at: Annotated[Instant, Field(description="When it happened, as the provider says.")]
    amount: Money | None
    answer_by: Annotated[Instant | None, Field(description="Until when the provider takes evidence.")]
    dispute_id: Annotated[UUID | None, Field(description="The dispute here that is about the same payment.")]
    problem: Annotated[
        str | None,
        Field(
            description="Why nothing follows from it, or why a person has to look at it. No dispute here is about its payment "
            "(`no_dispute`), or several are (`several_disputes`). Notices contradict each other (`outcomes_differ`, "
            "`amounts_differ`). Or the code of a refusal: a rule stands against what it calls for."
        ),
    ]


class ProviderNotice(Answer):
    """A notice that a payment provider sent."""

    model_config = example(_SHOWN)

    id: UUID
    provider: Provider
    status: Annotated[
        Status,
        Field(
            description="`unverified`: just stored. `refused`: not rightly signed. `new`: nobody has read it yet. `unknown`: a "
            "part of it is not known. `unmatched`: no dispute here is about its payment, so it waits for one. `matched`: a "
            "dispute is. `noted`: it is about no dispute at the provider."
        ),
    ]
    why: Annotated[str | None, Field(description="Why it is `refused` or `unknown`.")]
    received_at: Instant
    size: Annotated[int, Field(description="In bytes.")]
    kept: Annotated[bool, Field(description="Whether its bytes are kept still, so that it can be read again.")]
    said: Annotated[list[NoticeSaid], Field(description="What was read of it: one for each dispute that it speaks of.")]


class ProviderNotices(Page[ProviderNotice]):
    model_config = example({"items": [_SHOWN], "next": None})


class ProviderNoticeOpened(ProviderNotice):
    """A notice with what the provider sent."""

    model_config = example(
        {
            **_SHOWN,
            "headers": {"content-type": "application/json", "stripe-signature": "t=1796284800,v1=5257a869e7ec"},
            "text": '{"type": "charge.dispute.closed", "created": 1796284800}',
        }
    )

    headers: Annotated[dict[str, str], Field(description="Those that came with it, without passwords.")]
    text: Annotated[str, Field(description="As it came. A byte that is no UTF-8 is written as `\\xNN`.")]


class ReadNoticeAgain(Body):
    """Nothing more has to be said."""

    model_config = example({})


class NoticeReadAgain(Answer):
    """The notice is read again, and what it says counts as if it had just come."""

    model_config = example({"id": _SHOWN["id"]})

    id: UUID
