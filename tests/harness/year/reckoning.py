"""Compares every instant in a dispute's history with the oracle, and reports the differences."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from domain.clocks.deadline_facts import DeadlineEnded, DeadlineLapsed, DeadlineMoved, DeadlineSet
from domain.clocks.stay_facts import DisputeResumed
from domain.commitments.events import (
    CommitmentBreached,
    CommitmentClass,
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentKept,
    CommitmentMade,
    CommitmentReplaced,
    CommitmentWaived,
)
from domain.commitments.reminder_facts import Reminded
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.money import Money
from domain.kernel.windows import Deadline
from domain.policy.outage_facts import Outage
from mediation.store.log.recorded import Recorded
from tests.harness.year.oracle import Place, Unit
from tests.harness.year.people import People
from tests.harness.year.reckoned import Reckoned
from tests.harness.year.told import Told
from tests.harness.year.world import DESK, REMINDED, WINDOWS, Reminds, place, way_at


def reckon(
    people: People, history: Sequence[Recorded], outages: Sequence[Outage], found: Reckoned
) -> dict[UUID, Money]:
    """The refunds owed in the end, by commitment."""
    told = Told(people.id, way_at(history[0].occurred_at) is not None, found)
    reckoning = _Reckoning(people, outages, found, told)
    for fact in history:
        found.kinds[fact.event.kind] += 1
        if isinstance(fact.event, DisputeFiled):
            reckoning.filed(fact.occurred_at)
        if isinstance(fact.event, DisputeResumed):
            reckoning.stood = fact.event.stayed_since, fact.occurred_at
        told.hears(fact)
        reckoning.deadline(fact)
        reckoning.commitment(fact)
        if isinstance(fact.event, Reminded):
            reckoning.reminder(fact.event, fact.occurred_at)
    found.wrong += [f"{name} of {people.id} has no end" for name in reckoning.running]
    told.over()
    return reckoning.owed


@dataclass
class _Reckoning:
    """`due` is when each deadline and commitment ends by the oracle, `begun` when it began, `since` when a deadline of
    this name first began.

    `of` holds the kind, the unit of the window and the place of each. `stood` is the last period of stay. Commitments `to_rule`
    move as the time to rule does.
    """

    people: People
    outages: Sequence[Outage]
    found: Reckoned
    told: Told
    due: dict[str, datetime] = field(default_factory=dict)
    begun: dict[str, datetime] = field(default_factory=dict)
    of: dict[str, tuple[Reminds, Unit, Place]] = field(default_factory=dict)
    stood: tuple[datetime, datetime] | None = None
    reminded: set[tuple[str, datetime]] = field(default_factory=set)
    since: dict[str, datetime] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)
    owed: dict[UUID, Money] = field(default_factory=dict)
    to_rule: set[UUID] = field(default_factory=set)

    def filed(self, at: datetime) -> None:
        """The windows for key questions are in the filing. No event marks when they begin or end."""
        for side in ("buyer", "seller"):
            name, where = f"answers-{side}", _place(self.people, side)
            self.of[name], self.begun[name] = ("deadline", WINDOWS["answers"][1], where), at
            self.due[name] = where.ends(*WINDOWS["answers"], at)

    def deadline(self, fact: Recorded) -> None:
        match event := fact.event:
            case DeadlineSet(deadline=Deadline(name="stay", due_at=until)):
                self.due["stay"] = until  # by order: it is no window of a person
                self.running.add("stay")
            case DeadlineSet(deadline=deadline) if self.told.sets(event, fact.occurred_at) == "stops":
                self.found.compare("stopped window", deadline.due_at, self.due[deadline.name], self.people.id)
            case DeadlineSet(deadline=deadline):
                clause = deadline.proof.rule.rpartition("/")[2]
                begun = self.since.setdefault(deadline.name, fact.occurred_at)
                start = begun if clause == "longest" else fact.occurred_at
                self._begins(deadline.name, "deadline", clause, event.whose, start, deadline.due_at)
            case DeadlineMoved(name=name, due_at=told, why="outage"):
                self._away(name, told, fact)
            case DeadlineMoved(name=name, due_at=told):
                _, unit, where = self.of[name]
                expected = where.stood_still(self.due[name], *self._stood(name), unit)
                self._moved("stay moves a window", name, told, expected)
            case DeadlineLapsed(name=name):
                self.found.compare("lapse", fact.occurred_at, self.due[name], self.people.id)
                self.told.lapses(name)
                self._ends(name)
            case DeadlineEnded(name=name):
                in_time = self.told.ends(name) or fact.occurred_at <= self.due[name]
                self.found.compare("met in time", in_time, True, (name, self.people.id))
                self._ends(name)
                self.since.pop(name, None)
            case _:
                pass

    def commitment(self, fact: Recorded) -> None:
        match fact.event:
            case CommitmentMade(commitment_id=cid, promise=promise) as made:
                assert promise.proof is not None, "everything here is promised by a rule"
                clause = promise.proof.rule.rpartition("/")[2]
                if clause == "remedy" and not promise.by_refund:
                    clause = "challenge"  # a supervisor decides about the refund
                whose = promise.owed_by.value if clause == "remedy" or clause.startswith("goods_") else "desk"
                if clause == "ruling":
                    self.to_rule.add(cid)
                what: Reminds = "remedy" if made.commitment_class is CommitmentClass.REMEDY else "service"
                self._begins(str(cid), what, clause, whose, promise.owed_from or fact.occurred_at, promise.due_at)
                if promise.by_refund and promise.amount is not None:
                    self.owed[cid] = promise.amount
            case CommitmentDeferred(commitment_id=cid, due_at=told) if self._fell_due_while_away(str(cid), fact):
                self._away(str(cid), told, fact)
            case CommitmentDeferred(commitment_id=cid, due_at=told):
                (_, unit, where), (since, until), due = self.of[str(cid)], self._stood(str(cid)), self.due[str(cid)]
                moved = where.stood_still(due, since, until, unit) if cid in self.to_rule else due + (until - since)
                self._moved("stay defers a promise", str(cid), told, moved)
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

    def reminder(self, event: Reminded, at: datetime) -> None:
        """A reminder must come once, at the instant of the policy, while the item still runs. The item must have had
        more than twice that time."""
        name = event.name or str(event.commitment_id)
        before, due = REMINDED[self.of[name][0]], self.due[name]
        self.found.compare("reminder", at, due - before, (name, self.people.id))
        fits = (
            due - self.begun[name] > 2 * before
            and event.due_at == due
            and name in self.running - self.told.waits.keys()
        )
        self.found.compare("reminded once", fits and (name, at) not in self.reminded, True, (name, self.people.id))
        self.reminded.add((name, at))

    def _stood(self, name: str) -> tuple[datetime, datetime]:
        assert self.stood is not None, "nothing else moves it"
        return max(self.stood[0], self.begun[name]), self.stood[1]

    def _fell_due_while_away(self, name: str, fact: Recorded) -> bool:
        return any(o.began_at < self.due[name] <= o.ended_at == fact.occurred_at for o in self.outages)

    def _away(self, name: str, told: datetime, fact: Recorded) -> None:
        """What was due during an outage is due one day after its end."""
        fell = self._fell_due_while_away(name, fact)
        self._moved("outage moves", name, told, fact.occurred_at + timedelta(days=1) if fell else None)

    def _moved(self, what: str, name: str, told: datetime, expected: datetime | None) -> None:
        self.found.compare(what, told, expected, (name, self.people.id))
        self.due[name] = told

    def _begins(self, name: str, what: Reminds, clause: str, whose: str, start: datetime, told: datetime) -> None:
        at = _place(self.people, whose)
        ends = {one: at.ends(*WINDOWS[clause], one) for one in self.told.starts(name, start)}
        start, expected = max(ends.items(), key=lambda one: one[1])
        self.of[name], self.begun[name] = (what, WINDOWS[clause][1], at), start
        self.found.compare(f"{'window' if what == 'deadline' else 'due'} {clause}", told, expected, (at, start))
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
            return place(people.buyer_at, "buyer")
        case "seller":
            return place(people.seller_at, "seller")
        case _:
            return DESK
