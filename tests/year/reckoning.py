"""Every instant of a dispute's history, reckoned once more by the oracle, and told where it differs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.commitment_events import (
    CommitmentBreached,
    CommitmentDischarged,
    CommitmentKept,
    CommitmentMade,
    CommitmentReplaced,
    CommitmentWaived,
)
from domain.deadlines import DeadlineEnded, DeadlineLapsed, DeadlineMoved, DeadlineSet
from domain.money import Money
from mediation.store.log import Recorded
from tests.year.oracle import Place
from tests.year.people import People
from tests.year.world import DESK, WINDOWS, place


@dataclass
class Reckoned:
    """How many instants were compared, by what they are of, and those that differ."""

    compared: Counter[str] = field(default_factory=Counter)
    over_a_change_of_clocks: int = 0
    over_a_closed_period: int = 0
    wrong: list[str] = field(default_factory=list)

    def compare(self, what: str, told: object, expected: object, about: object) -> None:
        self.compared[what] += 1
        if told != expected:
            self.wrong.append(f"{what}: {told} and not {expected} ({about})")


def reckon(people: People, history: Sequence[Recorded], found: Reckoned) -> dict[UUID, Money]:
    """The refunds that are owed in the end, by their promise."""
    reckoning = _Reckoning(people, found)
    for fact in history:
        reckoning.deadline(fact)
        reckoning.commitment(fact)
    found.wrong += [f"{name} of {people.id} has no end" for name in reckoning.running]
    return reckoning.owed


@dataclass
class _Reckoning:
    """`due` is when each deadline and commitment ends by the oracle, `since` when a deadline first began."""

    people: People
    found: Reckoned
    due: dict[str, datetime] = field(default_factory=dict)
    since: dict[str, datetime] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)
    owed: dict[UUID, Money] = field(default_factory=dict)

    def deadline(self, fact: Recorded) -> None:
        match event := fact.event:
            case DeadlineSet(deadline=deadline):
                clause = deadline.proof.rule.rpartition("/")[2]
                begun = self.since.setdefault(deadline.name, fact.occurred_at)
                start = begun if clause == "longest" else fact.occurred_at
                self._begins(deadline.name, "window", clause, event.whose, start, deadline.due_at)
            case DeadlineMoved(name=name):
                self.found.wrong.append(f"{name} moved, and nothing moves it here")
            case DeadlineLapsed(name=name):
                self.found.compare("lapse", fact.occurred_at, self.due[name], self.people.id)
                self._ends(name)
            case DeadlineEnded(name=name):
                self.found.compare("met in time", fact.occurred_at <= self.due[name], True, (name, self.people.id))
                self._ends(name)
                self.since.pop(name, None)
            case _:
                pass

    def commitment(self, fact: Recorded) -> None:
        match fact.event:
            case CommitmentMade(commitment_id=cid, promise=promise):
                assert promise.proof is not None, "everything here is promised by a rule"
                clause = promise.proof.rule.rpartition("/")[2]
                if clause == "remedy" and not promise.by_refund:
                    clause = "challenge"  # a supervisor decides what becomes of a refund
                whose = promise.owed_by.value if clause == "remedy" else "desk"
                self._begins(str(cid), "due", clause, whose, promise.owed_from or fact.occurred_at, promise.due_at)
                if promise.by_refund and promise.amount is not None:
                    self.owed[cid] = promise.amount
            case CommitmentBreached(commitment_id=cid):
                self.found.compare("breach", fact.occurred_at, self.due[str(cid)], self.people.id)
            case CommitmentKept(commitment_id=cid, late=late):
                self.found.compare("kept late or in time", late, fact.occurred_at >= self.due[str(cid)], cid)
                self._ends(str(cid))
            case (
                CommitmentWaived(commitment_id=cid)
                | CommitmentReplaced(commitment_id=cid)
                | CommitmentDischarged(commitment_id=cid)
            ):
                self._ends(str(cid))
                self.owed.pop(cid, None)
            case _:
                pass

    def _begins(self, name: str, what: str, clause: str, whose: str, start: datetime, told: datetime) -> None:
        at = _place(self.people, whose)
        expected = at.ends(*WINDOWS[clause], start)
        self.found.compare(f"{what} {clause}", told, expected, (at, start))
        self.found.over_a_change_of_clocks += at.offset(start) != at.offset(expected)
        self.found.over_a_closed_period += at.meets_a_closed_period(start, expected)
        self.due[name] = expected
        self.running.add(name)

    def _ends(self, name: str) -> None:
        if name not in self.running:
            self.found.wrong.append(f"{name} of {self.people.id} ended, and was not running")
        self.running.discard(name)


def _place(people: People, whose: str) -> Place:
    match whose:
        case "buyer":
            return place(*people.buyer_at[:2], "buyer")
        case "seller":
            return place(*people.seller_at[:2], "seller")
        case _:
            return DESK
