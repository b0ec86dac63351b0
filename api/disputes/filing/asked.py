"""Compares what the policy asks of each side with the record: answers, evidence, and what is still missing.

A dispute does not wait for a missing item. The list says from whom something can still come, and until when.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from api.words.policy_texts import chosen
from domain.kernel.people import Side, Stage
from domain.policy.policy import Policy
from domain.policy.reasons import NOTHING_ASKED, Asked, ClaimReason
from projections.table import Doc

_BEFORE_RULING = frozenset({Stage.NEGOTIATION.value, Stage.MEDIATION.value, Stage.ADJUDICATION.value})


def with_asked(doc: Doc, policy: Policy, at: datetime, reads: Sequence[str] = ()) -> Doc:
    """The case file with `key_questions`, `evidence_called_for` and `missing`, as of an instant.

    `reads` are the languages of the reader, the most wanted first. The texts of the policy are in the nearest one.

    The windows for answers and evidence end without an event, so this function also says whether they are over; and in
    an imported past case, whether a commitment is overdue.
    """
    terms = policy.reasons.get(ClaimReason(doc["claim"]["reason"]), NOTHING_ASKED)
    open_still = doc["outcome"] is None and doc["stage"] in _BEFORE_RULING
    due = {deadline["whose"]: deadline["due_at"] for deadline in doc["deadlines"] if deadline.get("quiet")}

    def shown(asked: Asked) -> Doc:
        side = Side(doc["claimant"]) if asked.of == "claimant" else Side(doc["claimant"]).other
        return {
            "name": asked.name,
            "of": asked.of,
            "side": side.value,
            **chosen(asked.text, reads)._asdict(),
            "until": due.get(side.value),
        }

    questions = [{**shown(asked), "answers": _answers(doc, asked.name)} for asked in terms.questions]
    called_for = [
        {**shown(kind), "exhibits": _exhibits(doc, kind.name), "by_tracking": kind.by_tracking and _tracked(doc)}
        for kind in terms.evidence
    ]
    return {
        **doc,
        "commitments": _owed(doc, at),
        "key_questions": questions,
        "evidence_called_for": called_for,
        "missing": [*_missing(questions, called_for)] if open_still else [],
        "deadlines": [
            *(deadline for deadline in doc["deadlines"] if not deadline.get("quiet")),
            *(_told(deadline, doc, at, open_still) for deadline in doc["deadlines"] if deadline.get("quiet")),
        ],
    }


def _owed(doc: Doc, at: datetime) -> list[Doc]:
    """No event says that a commitment of an imported past case was broken: nothing lapses there. While the case is
    stayed, nothing falls due in it."""
    if not doc["imported"]:
        return list(doc["commitments"])
    since = datetime.fromisoformat(doc["stayed_since"]) if doc["stayed_since"] else at
    return [
        {**owed, "status": "overdue"}
        if owed["status"] == "pending" and datetime.fromisoformat(owed["due_at"]) <= min(since, at)
        else owed
        for owed in doc["commitments"]
    ]


def _answers(doc: Doc, question: str) -> list[Doc]:
    """All editions. The last one counts."""
    return [answer for answer in doc["answers"] if answer["question"] == question]


def _exhibits(doc: Doc, kind: str) -> list[int]:
    return [e["number"] for e in doc["exhibits"] if e["shows"] == kind and not e["withdrawn"]]


def _tracked(doc: Doc) -> bool:
    return bool(doc["transaction"]["tracking"]) or any(reported["number"] for reported in doc["deliveries"])


def _missing(questions: list[Doc], called_for: list[Doc]) -> Iterator[Doc]:
    for asked in questions:
        if not asked["answers"]:
            yield {**asked, "what": "answer"}
    for kind in called_for:
        if not kind["exhibits"] and not kind["by_tracking"]:
            yield {**kind, "what": "evidence"}


def _told(deadline: Doc, doc: Doc, at: datetime, open_still: bool) -> Doc:
    clock_runs = not (doc["stayed"] or doc["imported"])
    if clock_runs and datetime.fromisoformat(deadline["due_at"]) <= at:
        return {**deadline, "status": "lapsed", "ended_at": deadline["due_at"]}
    return deadline if open_still else {**deadline, "status": "moot"}
