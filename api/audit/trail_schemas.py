"""The trail as auditors read it: every fact, with who, what, why, under which clause, and caused by what."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.disputes.case_file_schemas import CaseFile
from api.http.bodies import Answer, Page, example
from api.http.parts import DISPUTE_ID
from api.http.relative import ago
from domain.kernel.base import Instant
from domain.privacy.erasure_facts import ErasureGround

_FACT: dict[str, Any] = {
    "position": 1042,
    "kind": "OfferMade",
    "marketplace": "bazaar",
    "dispute_id": DISPUTE_ID,
    "stream_id": DISPUTE_ID,
    "version": 9,
    "schema_version": 1,
    "occurred_at": ago(days=1),
    "recorded_at": ago(days=1, milliseconds=-3.215),
    "actor": "0b7e1d1c-1f0a-8a51-9d2c-6f3f6d6f0d11",
    "correlation_id": "7d8f3a52-3c62-4a86-93c5-3c6d5f3f9d10",
    "causation_id": "f1c1f7a0-6a0e-4b57-8b0e-2f2a3c1d5e77",
    "body": {"number": 1, "by": "buyer", "message": {"text": "Accetterei la metà.", "language": "it"}},
}
_STEP = {
    **_FACT,
    "act": 4,
    "cause": None,
    "who": "buyer",
    "what": "offer 1 by the buyer: 60.00 EUR to the buyer, 69.90 EUR to the seller, \u201cAccetterei la metà.\u201d (it)",
    "clauses": [],
}


class FactShown(Answer):
    """One stored fact, complete. Personal texts are readable; those of an erased person read "[erased]"."""

    model_config = example(_FACT)

    position: Annotated[int, Field(description="Its position in the log. `/v1/audit/inclusion` proves it.")]
    kind: str
    marketplace: str
    dispute_id: UUID | None
    stream_id: UUID
    version: Annotated[int, Field(description="Its number in its stream, from 1.")]
    schema_version: int
    occurred_at: Annotated[Instant, Field(description="When it happened.")]
    recorded_at: Annotated[Instant, Field(description="When the engine learned of it.")]
    actor: Annotated[UUID | None, Field(description="Who did it.")]
    correlation_id: Annotated[UUID | None, Field(description="The request that began the chain of this fact.")]
    causation_id: Annotated[
        UUID | None, Field(description="The command that made this fact and all facts stored together with it.")
    ]
    body: dict[str, Any]


class Facts(Page[FactShown]):
    model_config = example({"items": [_FACT], "next": None})


class StepShown(FactShown):
    """A fact of a dispute, in words."""

    model_config = example(_STEP)

    act: Annotated[
        int, Field(description="The number of the act in the dispute. All facts of one act were made by one command.")
    ]
    cause: Annotated[int | None, Field(description="The act that caused this one, if that is another act.")]
    who: Annotated[str, Field(description='The role; "engine" for a process, "time passed" for a lapse.')]
    what: Annotated[str, Field(description="A sentence, with the reasons that were given.")]
    clauses: Annotated[list[str], Field(description="The clauses of the policy that apply, with the policy's version.")]


class ErasedPerson(Answer):
    """A person of the dispute who has been erased since. Their texts read "[erased]", at every instant."""

    who: Annotated[str, Field(description="The role in which they took part.")]
    subject: UUID
    ground: ErasureGround
    erased_at: Instant


class Trail(Page[StepShown]):
    model_config = example({"items": [_STEP], "next": None, "erased": []})

    erased: list[ErasedPerson]


class ChangeShown(Answer):
    at: Annotated[
        str,
        Field(
            description="The place in the case file: a JSON pointer (RFC 6901). It counts the items of a list from 0."
        ),
    ]
    where: Annotated[
        str, Field(description="The same place in words. An item of a list is called by its number, name or id.")
    ]
    before: Any
    after: Any


class Difference(Answer):
    """What changed in the case file, and the facts that changed it."""

    model_config = example(
        {
            "by": "happening",
            "changes": [{"at": "/stage", "where": "stage", "before": "negotiation", "after": "mediation"}],
            "facts": [_STEP],
        }
    )

    by: Literal["happening", "knowledge"]
    changes: list[ChangeShown]
    facts: list[StepShown]


class Basis(Answer):
    """What the person who acted could see: the case file as that person could read it right before the act."""

    model_config = example(
        {
            "act": 1,
            "who": "buyer",
            "actor": "0b7e1d1c-1f0a-8a51-9d2c-6f3f6d6f0d11",
            "acted_at": ago(days=2),
            "kinds": ["DisputeFiled", "DeadlineSet", "MovePassed"],
            "case_file": None,
        }
    )

    act: int
    who: str
    actor: UUID | None
    acted_at: Instant
    kinds: Annotated[list[str], Field(description="The kinds of the act's facts.")]
    case_file: Annotated[CaseFile | None, Field(description="None before the filing.")]
