"""Disputes as an object-centric event log: OCEL 2.0 in JSON (ocel-standard.org), which process-mining tools open
directly.

Objects are the disputes, their orders and parties, and their offers, proposals, rulings, commitments and refunds.
The log holds no text that anybody wrote, and no name: a party has an opaque id. Values are strings, as the format's
schema requires; the types declare how to read them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from api.audit.steps import Step, trail
from domain.dispute.events import MovePassed
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.base import Event
from domain.kernel.people import Side
from domain.payments.refund_facts import RefundEvent
from domain.remedies.recovery_facts import RulingExecuted
from domain.ruling.ruling_facts import (
    CoSignatureRefused,
    RulingBecameFinal,
    RulingCoSigned,
    RulingIssued,
    UnsignedRulingEnded,
)
from domain.settlement.negotiation_facts import NegotiationEvent, OfferMade, SettlementReached
from domain.settlement.proposal_facts import ImpasseDeclared, ProposalEvent
from mediation.store.log.recorded import Recorded
from projections import case_file

Json = dict[str, Any]

_OF_EVENTS = {
    "who": "string",
    "actor": "string",
    "clauses": "string",
    "recorded_at": "time",
    "correlation_id": "string",
    "bookkeeping": "boolean",
}
_MONEY = {"amount": "float", "currency": "string"}
_DIVISION = {"to_claimant": "float", "to_respondent": "float", "currency": "string", "status": "string"}
_OF_OBJECTS: Mapping[str, Mapping[str, str]] = {
    "dispute": {
        "marketplace": "string", "reason": "string", "claimant": "string", "relief_sought": "string",
        "policy_version": "string", "imported": "boolean", **_MONEY, "stage": "string", "outcome": "string",
    },
    "order": _MONEY,
    "party": {"country": "string", "language": "string", "tier": "string"},
    "offer": {"by": "string", **_DIVISION},
    "proposal": _DIVISION,
    "ruling": {"outcome": "string", **_DIVISION},
    "commitment": {
        "kind": "string", "class": "string", "owed_by": "string", "owed_to": "string", **_MONEY, "due_at": "time",
        "status": "string",
    },
    "refund": {"recipient": "string", "funded_by": "string", **_MONEY, "status": "string"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One dispute as far as the extract shows it: its facts in order of position, and its objects by id."""

    facts: Sequence[Recorded]
    objects: Mapping[str, Json]

    @classmethod
    def of(cls, facts: Sequence[Recorded]) -> "Case":
        doc = case_file.of(facts)
        assert doc is not None, "its filing is among its facts"
        return cls(facts, {found["id"]: found for found in _objects(doc, facts)})

    def events(self, sees: Callable[[Recorded], bool]) -> Iterator[Json]:
        """The events that the caller may see. Each is related to the objects it is about, and only to objects of
        this dispute.
        """
        story, steps = trail(self.facts)
        parties = {side.value: f"party/{party.subject}" for side, party in story.parties.items()}
        return (_event(step, self.objects, parties) for step in steps if sees(step.recorded))


def object_types() -> list[Json]:
    return [{"name": name, "attributes": _declared(attributes)} for name, attributes in _OF_OBJECTS.items()]


def event_types(kinds: Iterable[str]) -> list[Json]:
    return [{"name": kind, "attributes": _declared(_OF_EVENTS)} for kind in sorted(kinds)]


def _declared(attributes: Mapping[str, str]) -> list[Json]:
    return [{"name": name, "type": kind} for name, kind in attributes.items()]


def _event(step: Step, objects: Mapping[str, Json], parties: Mapping[str, str]) -> Json:
    fact = step.recorded
    told = {
        "who": step.who,
        "actor": fact.actor,
        "clauses": " ".join(step.clauses) or None,
        "recorded_at": fact.recorded_at,
        "correlation_id": fact.correlation_id,
        "bookkeeping": type(fact.event).bookkeeping,
    }
    return {
        "id": f"{fact.stream_id}/{fact.version}",
        "type": fact.kind,
        "time": _written(fact.occurred_at),
        "attributes": [{"name": name, "value": _written(value)} for name, value in told.items() if value is not None],
        "relationships": [
            {"objectId": id, "qualifier": qualifier}
            for id, qualifier in _related(fact, step.who, parties)
            if id in objects
        ],
    }


def _related(fact: Recorded, who: str, parties: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The filing names the order and both parties: tools drop an object that no event names."""
    yield str(fact.dispute_id), "in"
    if who in parties:
        yield parties[who], "by"
    if isinstance(fact.event, DisputeFiled):
        yield str(fact.event.order.transaction_id), "about"
        yield from ((party, side) for side, party in parties.items())
    if (commitment := getattr(fact.event, "commitment_id", None)) is not None:
        yield str(commitment), "about"
    if isinstance(fact.event, RefundEvent):
        yield str(fact.stream_id), "about"
    elif (refund := getattr(fact.event, "refund_id", None)) is not None:
        yield str(refund), "by way of"
    if (title := _numbered(fact.event)) is not None:
        yield f"{fact.dispute_id}/{title}/{getattr(fact.event, 'number', None)}", "about"


_OF_A_RULING = (
    RulingIssued | RulingCoSigned | CoSignatureRefused | UnsignedRulingEnded | RulingBecameFinal | RulingExecuted
)


def _numbered(event: Event) -> str | None:
    """The kind of object that an event names by its number."""
    if isinstance(event, SettlementReached):
        return event.by
    if isinstance(event, _OF_A_RULING):
        return "ruling"
    if isinstance(event, ImpasseDeclared):
        return None
    return "offer" if isinstance(event, NegotiationEvent) else "proposal" if isinstance(event, ProposalEvent) else None


def _objects(doc: Json, facts: Sequence[Recorded]) -> Iterator[Json]:
    dispute, order, filed = doc["id"], doc["transaction"], doc["filed_at"]
    parties = {side.value: doc[side.value] for side in Side}
    about = {order["transaction_id"]: "about", **{f"party/{party['subject']}": side for side, party in parties.items()}}
    claim = doc["claim"]
    moved = [("stage", f.event.stage, f.occurred_at) for f in facts if isinstance(f.event, MovePassed)]
    filing = {
        **{name: doc[name] for name in ("marketplace", "claimant", "policy_version", "imported")},
        "reason": claim["reason"],
        "relief_sought": claim["relief_sought"],
        **claim["amount"],
    }
    yield _object("dispute", dispute, filing, filed, about, *moved, ("outcome", doc["outcome"], doc["closed_at"]))
    yield _object("order", order["transaction_id"], order["paid"], order["paid_at"], {})
    for party in parties.values():
        known = {name: party[name] for name in ("country", "language", "tier")}
        yield _object("party", f"party/{party['subject']}", known, filed, {})
    within = {dispute: "in"}
    offered = {f.event.number: f.event.terms for f in facts if isinstance(f.event, OfferMade)}
    for offer in doc["offers"]:
        terms = offered[offer["number"]]
        parts = (terms.claimant.amount, terms.respondent.amount)
        yield _division("offer", doc, offer, parts, offer["made_at"], {"by": offer["by"]})
    for proposal in doc["proposals"]:
        yield _division("proposal", doc, proposal, _parts(doc, proposal), proposal["made_at"], {})
    for ruling in doc["rulings"]:
        final = {**ruling, "ended_at": ruling["final_at"]}
        more = {"outcome": ruling["outcome"]}
        yield _division("ruling", doc, final, _parts(doc, ruling), ruling["issued_at"], more)
    for promise in doc["commitments"]:
        known = {name: promise[name] for name in ("kind", "class", "owed_by", "owed_to", "due_at")}
        ended = ("status", promise["status"], promise["ended_at"])
        began = {**known, **(promise["amount"] or {}), "status": "pending"}
        yield _object("commitment", promise["id"], began, promise["made_at"], within, ended)
    for refund in doc["refunds"]:
        known = {name: refund[name] for name in ("recipient", "funded_by")}
        began = {**known, **refund["amount"], "status": "instructed"}
        changed = ("status", refund["status"], refund["changed_at"])
        related = {**within, refund["commitment_id"]: "carries out"}
        yield _object("refund", refund["id"], began, refund["instructed_at"], related, changed)


def _parts(doc: Json, divided: Json) -> tuple[str, str]:
    """The amounts of the claimant and of the respondent."""
    claimant = Side(doc["claimant"])
    return divided["award"][claimant]["amount"], divided["award"][claimant.other]["amount"]


def _division(title: str, doc: Json, one: Json, parts: tuple[str, str], made_at: str, more: Json) -> Json:
    told = {
        **more,
        "to_claimant": parts[0],
        "to_respondent": parts[1],
        "currency": doc["claimed"]["currency"],
        "status": "made",
    }
    ended = ("status", one["status"], one["ended_at"])
    return _object(title, f"{doc['id']}/{title}/{one['number']}", told, made_at, {doc["id"]: "in"}, ended)


def _object(
    title: str, id: Any, began: Json, at: Any, related: Mapping[Any, str], *changes: tuple[str, Any, Any]
) -> Json:
    """`began` holds its attributes from `at` on; `changes` holds later values: name, value, instant."""
    values = [*((name, value, at) for name, value in began.items()), *changes]
    return {
        "id": str(id),
        "type": title,
        "attributes": [
            {"name": name, "value": _written(value), "time": _written(since)}
            for name, value, since in values
            if value is not None and since is not None
        ],
        "relationships": [{"objectId": str(other), "qualifier": how} for other, how in related.items()],
    }


def _written(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case UUID() | str():
            return str(value)
        case _:
            return str(value)
