"""What a party asks of the other party, and how that ends."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts, numbered
from api.http.bodies import Act, Context, Number, Statement, example, words
from api.http.roles import PARTIES
from domain.settlement import party_requests
from domain.settlement.party_request_facts import AsksFor

ACTS = Acts("Negotiation")

_TEXT = {"text": "Mi mandi una foto dell'etichetta, per favore.", "language": "it"}
_ANSWER = {"text": "这是标签的照片。", "language": "zh-Hans"}


@ACTS.act(
    "/party-requests",
    "Asks the other party for something. It then owes an answer, within the policy's window or the `days` that you ask for.",
    by=PARTIES,
    made=numbered(lambda dispute, _: len(dispute.party_requests.made)),
)
class MakePartyRequest(Act):
    """A party's request to the other party. If no answer comes in time, that is on record, and nothing else follows."""

    model_config = example({"asks_for": "photo", "text": _TEXT, "days": None})

    asks_for: AsksFor
    text: Annotated[Statement, Field(description="What the other party is asked for.")]
    days: Annotated[
        int | None,
        Field(
            ge=1,
            le=90,
            description="The time to answer, in calendar days, within the bounds of the policy. None: the policy's window.",
        ),
    ] = None

    def command(self, at: Context, *, dispute_id: UUID) -> party_requests.MakePartyRequest:
        return party_requests.MakePartyRequest(
            **at.common(), dispute_id=dispute_id, asks_for=self.asks_for, text=self.text.words(), days=self.days
        )


@ACTS.act("/party-requests/{number}/answer", "Answers what the other party asked for, in time or late.", by=PARTIES)
class AnswerPartyRequest(Act):
    """The answer to a request. Evidence that shows what was asked for is added first, and named here."""

    model_config = example({"text": _ANSWER, "exhibits": []})

    text: Statement
    exhibits: Annotated[
        tuple[Number, ...], Field(max_length=20, description="The numbers of evidence that is on record.")
    ] = ()

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> party_requests.AnswerPartyRequest:
        return party_requests.AnswerPartyRequest(
            **at.common(), dispute_id=dispute_id, number=number, text=self.text.words(), exhibits=self.exhibits
        )


@ACTS.act(
    "/party-requests/{number}/refusal",
    "Says that you will not do what the other party asked for. That is an answer: nothing more is owed.",
    by=PARTIES,
)
class DeclinePartyRequest(Act):
    """Declines a request of the other party, with a reason or without."""

    model_config = example({"text": None})

    text: Annotated[Statement | None, Field(description="Why, if you want to say so.")] = None

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> party_requests.DeclinePartyRequest:
        return party_requests.DeclinePartyRequest(
            **at.common(), dispute_id=dispute_id, number=number, text=words(self.text)
        )


@ACTS.act(
    "/party-requests/{number}/withdrawal",
    "Withdraws a request of your own. The other party owes no answer any more.",
    by=PARTIES,
)
class WithdrawPartyRequest(Act):
    """Withdraws the request."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> party_requests.WithdrawPartyRequest:
        return party_requests.WithdrawPartyRequest(**at.common(), dispute_id=dispute_id, number=number)
