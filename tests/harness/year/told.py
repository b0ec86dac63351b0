"""No clock without notice, from the facts of the log alone: which windows wait, when each may begin, and when it stops."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from domain.clocks.deadline_facts import DeadlineSet
from domain.filing.response_facts import DefaultGranted
from domain.notices.notices_facts import (
    NoticeBounced,
    NoticeDeemed,
    NoticeDelivered,
    NoticeFailed,
    NoticeMade,
    PersonReached,
)
from domain.ruling.ruling_facts import AppealWindowLapsed, RulingBecameFinal
from mediation.store.log.recorded import Recorded
from tests.harness.year.reckoned import Reckoned

_OF_PARTIES = ("response", "offer", "proposal", "evidence", "set_aside", "appeal")
TELLS = frozenset({NoticeDelivered.kind, PersonReached.kind, NoticeDeemed.kind})
_READ = "en"
"""The language of all parties of the year."""


@dataclass
class Told:
    """`waits` are the windows that wait, by name, and whose they are. `by` says by what the others began: a notice, a call, or
    a decision. `begins` and `stops` are windows that must begin, or stop, at this instant.
    """

    dispute: UUID
    required: bool
    found: Reckoned
    waits: dict[str, str] = field(default_factory=dict)
    by: dict[str, UUID | str] = field(default_factory=dict)
    begins: dict[str, tuple[datetime, UUID | str]] = field(default_factory=dict)
    stops: dict[str, datetime] = field(default_factory=dict)
    notices: dict[UUID, NoticeMade] = field(default_factory=dict)
    written: dict[UUID | str, datetime] = field(default_factory=dict)
    lapsed: set[str] = field(default_factory=set)

    def hears(self, fact: Recorded) -> None:
        """Whatever tells a party, or turns out not to have told them, and whatever goes against them."""
        self._in_time(fact.occurred_at)
        match fact.event:
            case NoticeMade() as made:
                self.notices[made.notice_id], self.written[made.notice_id] = made, fact.occurred_at
            case NoticeDelivered(notice_id=notice_id):
                made = self.notices[notice_id]
                names = {one.name for one in made.deadlines} if made.language == _READ else set[str]()
                self._tell(made.to.value, notice_id, fact.occurred_at, names)
            case NoticeFailed(notice_id=notice_id) | NoticeBounced(notice_id=notice_id):
                self.stops |= {name: fact.occurred_at for name, by in self.by.items() if by == notice_id}
            case PersonReached(to=to, how=how):
                self._tell(to.value, how, fact.occurred_at, {*self.waits})
            case NoticeDeemed(to=to, tried=tried):
                self._same("two ways failed", len({*tried}) >= 2, True)
                self._tell(to.value, "deemed", fact.occurred_at, {*self.waits})
            case DefaultGranted() if self.required:
                self._same("default of who was told", "response" in self.lapsed, True)
            case AppealWindowLapsed(number=number, by=side) if self.required:
                self._same("appeal of who was told", f"appeal-{number}-{side.value}" in self.lapsed, True)
            case RulingBecameFinal():
                self._same("final, and all were told", [name for name in self.waits if name.startswith("appeal")], [])
            case _:
                pass

    def sets(self, event: DeadlineSet, at: datetime) -> Literal["opens", "begins", "stops"]:
        """Whether the window is a new one, begins because its party was told, or stops."""
        name, told_by = event.deadline.name, event.told_by
        if name in self.stops:
            self._same("stops when it comes back", (at, event.awaits_notice), (self.stops.pop(name), True))
            del self.by[name]
            self.waits[name] = event.whose
            self.found.windows["stopped"] += 1
            return "stops"
        if told_by is not None:
            shown = told_by.notice_id or told_by.way
            self._same("begins when told", (at, shown), self.begins.pop(name, None))
            self._same("ends no earlier than told", self._said(name, told_by.notice_id) <= event.deadline.due_at, True)
            self.waits.pop(name, None)
            self.by[name] = shown
            way = "deemed" if shown == "deemed" else "call" if told_by.notice_id is None else "notice"
            self.found.windows[way] += 1
            return "begins"
        self._same("waits or not", event.awaits_notice, self.required and name.split("-")[0] in _OF_PARTIES)
        if event.awaits_notice:
            self.waits[name] = event.whose
            self.found.windows["waited"] += 1
        return "opens"

    def starts(self, name: str, at: datetime) -> list[datetime]:
        """The instants from which a window may be counted. The one with the latest end counts."""
        written = self.written.get(self.by.get(name, ""))
        return [at] if written is None else [at, written]

    def lapses(self, name: str) -> None:
        if self.required and name.split("-")[0] in _OF_PARTIES:
            self._same("lapse of who was told", name in self.by and name not in self.waits, True)
            self.found.windows["lapsed"] += 1
            self.lapsed.add(name)
        self.ends(name)

    def ends(self, name: str) -> bool:
        """Whether it ends while it waits: somebody acted without being told, or nobody needs to act any more."""
        self.by.pop(name, None)
        self.stops.pop(name, None)
        self.begins.pop(name, None)
        waited = self.waits.pop(name, None) is not None
        self.found.windows["ended before"] += waited
        return waited

    def over(self) -> None:
        self._in_time(datetime.max.replace(tzinfo=UTC))

    def _tell(self, whose: str, shown: UUID | str, at: datetime, names: set[str]) -> None:
        self.begins |= {name: (at, shown) for name, who in self.waits.items() if who == whose and name in names}

    def _in_time(self, now: datetime) -> None:
        """What had to begin or stop earlier did not."""
        late = [name for name, (at, _) in self.begins.items() if at != now]
        late += [name for name, at in self.stops.items() if at != now]
        self.found.wrong += [f"{name} of {self.dispute} did not begin or stop in time" for name in late]
        for name in late:
            self.begins.pop(name, None)
            self.stops.pop(name, None)

    def _said(self, name: str, notice_id: UUID | None) -> datetime:
        """The end that the notice said."""
        told = self.notices[notice_id].deadlines if notice_id in self.notices else ()
        return next((one.due_at for one in told if one.name == name), datetime.min.replace(tzinfo=UTC))

    def _same(self, what: str, told: object, expected: object) -> None:
        self.found.compare(what, told, expected, self.dispute)
