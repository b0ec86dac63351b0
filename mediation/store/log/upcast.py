"""Upcasters bring old shapes of events to the present one, step by step. Stored bytes never change.

An upcaster takes the JSON object of one (kind, schema version) and returns the object of the next version. Personal
fields are sealed tokens here. A token carries its origin, so it can be moved, but must stay whole.
"""

from collections.abc import Callable, Mapping, Sequence
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


_FIELDS_ADDED: Mapping[str, Sequence[int]] = {
    "AccessRequested": (1,),
    "ClaimBarred": (1,),
    "ClaimEnded": (1,),
    "ClaimOpened": (1, 2),
    "ClaimWithdrawn": (1, 2, 3),
    "CommitmentDeferred": (1,),
    "CommitmentKept": (1,),
    "CommitmentMade": (1, 2, 3, 4, 5, 6),
    "DeadlineMoved": (1, 2),
    "DeadlineSet": (1, 2, 3),
    "DefaultGranted": (1,),
    "DisputeCancelled": (1, 2),
    "DisputeFiled": (1, 2, 3, 4, 5, 6),
    "ErasureDeferred": (1,),
    "ExhibitAdded": (1, 2, 3),
    "GoodsAwaited": (1, 2),
    "MandateGranted": (1,),
    "MessagePosted": (1, 2, 3, 4),
    "OfferMade": (1, 2, 3),
    "PolicyPublished": (1, 2, 3, 4, 6, 7, 8, 9),
    "ProposalMade": (1, 2, 3),
    "RefundConfirmed": (1,),
    "RefundFailed": (1,),
    "RefundSubmitted": (1,),
    "RefundedElsewhere": (1,),
    "ResponseGiven": (1, 2, 3),
    "RulingIssued": (1, 2, 3),
    "SettlementReached": (1, 2, 3),
    "TransactionRecorded": (1,),
    "TranslationGivenUp": (1,),
    "TranslationMade": (1,),
}
"""The versions of each kind whose next version only has fields more."""

for _kind, _versions in _FIELDS_ADDED.items():
    for _version in _versions:
        upcaster(_kind, _version)(_as_it_was)


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
