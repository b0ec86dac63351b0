"""Upcasters bring old shapes of events to the present one, step by step. Stored bytes never change.

An upcaster takes the JSON object of one (kind, schema version) and returns the object of the next version. Personal
fields are sealed tokens here. A token carries its origin, so it can be moved, but must stay whole.
"""

from collections.abc import Callable
from typing import Any

Body = dict[str, Any]
Upcaster = Callable[[Body], Body]

_steps: dict[tuple[str, int], Upcaster] = {}


def upcaster(kind: str, schema_version: int) -> Callable[[Upcaster], Upcaster]:
    """Registers the step from `schema_version` to the next one."""

    def register(step: Upcaster) -> Upcaster:
        if _steps.setdefault((kind, schema_version), step) is not step:
            raise TypeError(f"two upcasters for {kind} {schema_version}")
        return step

    return register


def _as_it_was(body: Body) -> Body:
    """A field was added; its default says what was true before."""
    return body


for _kind in (
    "ClaimEnded",
    "ClaimOpened",
    "ClaimWithdrawn",
    "CommitmentDeferred",
    "CommitmentKept",
    "CommitmentMade",
    "DeadlineMoved",
    "DeadlineSet",
    "DisputeFiled",
    "ExhibitAdded",
    "MandateGranted",
    "MessagePosted",
    "OfferMade",
    "PolicyPublished",
    "ProposalMade",
    "RefundConfirmed",
    "RefundFailed",
    "RefundSubmitted",
    "RefundedElsewhere",
    "ResponseGiven",
    "RulingIssued",
    "SettlementReached",
):
    upcaster(_kind, 1)(_as_it_was)
for _kind in ("CommitmentMade", "DeadlineMoved", "DisputeFiled", "ExhibitAdded", "MessagePosted", "PolicyPublished"):
    upcaster(_kind, 2)(_as_it_was)
for _kind in ("CommitmentMade", "DisputeFiled", "ExhibitAdded", "MessagePosted", "PolicyPublished"):
    upcaster(_kind, 3)(_as_it_was)
for _kind in ("CommitmentMade", "DisputeFiled", "MessagePosted", "PolicyPublished"):
    upcaster(_kind, 4)(_as_it_was)
upcaster("DeadlineSet", 2)(_as_it_was)
upcaster("DeadlineSet", 3)(_as_it_was)
for _kind in ("ClaimBarred", "DisputeCancelled", "GoodsAwaited", "TransactionRecorded"):
    upcaster(_kind, 1)(_as_it_was)
for _kind in (
    "ClaimOpened",
    "ClaimWithdrawn",
    "OfferMade",
    "ProposalMade",
    "ResponseGiven",
    "RulingIssued",
    "SettlementReached",
):
    upcaster(_kind, 2)(_as_it_was)
upcaster("DisputeFiled", 5)(_as_it_was)
upcaster("CommitmentMade", 5)(_as_it_was)
upcaster("CommitmentMade", 6)(_as_it_was)
upcaster("PolicyPublished", 6)(_as_it_was)
upcaster("PolicyPublished", 7)(_as_it_was)
upcaster("PolicyPublished", 8)(_as_it_was)
for _kind in ("AccessRequested", "ErasureDeferred", "TranslationGivenUp", "TranslationMade"):
    upcaster(_kind, 1)(_as_it_was)


@upcaster("PolicyPublished", 5)
def _no_translation_owed(body: Body) -> Body:
    """Who had texts translated by engines never said that a person would translate the rest."""
    rules = body["policy"].get("translation")
    if rules is None:
        return body
    return {**body, "policy": {**body["policy"], "translation": {**rules, "otherwise": "original"}}}


def upcast(kind: str, schema_version: int, body: Body, *, to: int) -> Body:
    """Raises `KeyError` if a step is missing."""
    for version in range(schema_version, to):
        body = _steps[kind, version](body)
    return body
