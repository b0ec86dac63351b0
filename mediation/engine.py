"""Load, decide, append: the only module that carries out commands.

For each command the engine reads the events after the cached versions, and the result stored under the same
idempotency key, in one query if it can. It decides on that state. It appends the events to all streams of the command,
or to none, and only if each of these streams, and the policies, still have the version that was decided on. Otherwise
it reads and decides again.

For a party the version of a dispute is the number of facts that it was told (`domain.dispute.telling`). `If-Match` is
compared with that on each reading, and what the party is not told makes nothing stale for it.

A filing is first decided without reading. What it is about is new, so there is usually nothing to read, and the append
proves it.

Before anything else is decided, an outage of the engine that is not recorded yet is recorded: see
`mediation.processes.outages`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol
from uuid import UUID, uuid4

from domain.commands import AnyCommand
from domain.course import Course, Fact
from domain.decide import carry_out, decide, objections
from domain.dispute.case import EMPTY, Case
from domain.dispute.state import Dispute
from domain.evidence.machine_reading_facts import MachineReadings
from domain.filing.file_dispute import FileDispute, ResolveClaim
from domain.incidents.incident import known
from domain.incidents.incident_facts import Incident
from domain.kernel.base import Actor, Event, Instant, Role, Stream
from domain.kernel.frozen import frozen
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict, Malformed, Refusal, Unknown, UnknownDispute
from domain.neutral.mandate_facts import Mandate
from domain.notices.notices_facts import Notices
from domain.payments.reconciliation_facts import Reconciliation
from domain.payments.refund_facts import Refund
from domain.payments.refunds import UnknownRefund
from domain.policy.book import PolicyBook
from domain.policy.outage_facts import Outage
from domain.policy.outages import RecordOutage
from domain.policy.policy import Policy
from domain.privacy.erasure_facts import Person
from domain.settlement.translation_facts import Translations
from domain.silence import excused
from domain.stream_ids import conversation_id, mandate_id, notices_id, person_id, policies_id, reconciliation_id
from domain.streams import STREAMS, streams
from mediation.store.log.log import EventLog
from mediation.store.log.requests import Append, Pending, Repeated, Stale, Stored
from mediation.stream_cache import Loaded, WarmStreams, untouched
from mediation.world import NOTHING, World

ATTEMPTS = 30


class KeyReused(Malformed):
    """The `Idempotency-Key` was already used for another request.

    Why: A key stands for one request. If another request were answered with the first result, it would be lost
    unnoticed.

    What to do: To repeat the first request, send the same bytes again, and not an object that is written anew. For another
    request use a new `Idempotency-Key`.
    """


class VersionIsStale(Conflict):
    """The dispute has changed since you read it.

    Why: Somebody acted since you read the dispute. You might have decided otherwise if you had known.

    What to do: Read the dispute again, and repeat the act with the new `ETag` if you still want it. `version` is the
    present one.

    Example: {"version": 8, "expected": 7}
    """


class Contended(Exception):
    """The act did not get its turn among many others, and nothing was stored. You can try again later.

    Why: Many acts on the same dispute or order came at the same time. Each is checked against the state that the others
    left.

    What to do: Send the request again under the same key, after the seconds in `Retry-After`.
    """


@frozen
class Request:
    """What comes with a command from outside.

    `key` and `fingerprint` are keyed hashes: `key` of the idempotency key with its scope, `fingerprint` of the request.
    `expected` are the versions of the dispute that the actor had read, of which one must be the present one (If-Match);
    none means any. A party counts the facts that it was told. `correlation_id` names the first command of a chain.
    """

    key: bytes | None = None
    fingerprint: bytes | None = None
    expected: tuple[int, ...] = ()
    correlation_id: UUID | None = None


ALONE = Request()
"""Nothing comes with the command."""


@frozen
class Handled:
    """The result of a command: the case and the versions of its streams right after it.

    `at` is the instant at which it took effect. `first_position` and `position` are the positions of the first and the last
    event that it stored; None if everything was already so. `repeated` says that this is the first result under the same
    key, as it was then. `events` are the events that this call stored.
    """

    case: Case
    versions: Mapping[Stream, int]
    at: Instant
    position: int | None
    first_position: int | None = None
    repeated: bool = False
    events: tuple[Event, ...] = ()

    @property
    def dispute(self) -> Dispute:
        assert self.case.dispute is not None, "asked of a command that is about no dispute"
        return self.case.dispute

    def version_for(self, side: Side | None) -> int:
        """The version of the dispute as this side counts it. None: as the log counts it."""
        return self.versions["dispute"] if side is None else self.dispute.telling.count(side)


@frozen
class Rehearsed:
    """What a command would lead to now. Nothing was stored.

    `refusals` are the rules that refuse it: see `domain.decide.objections`. Without any, `pending` are the facts that it would
    store, and `after` is the case after them. `at` is the instant at which it would take effect.
    """

    before: Case
    after: Case
    at: Instant
    pending: tuple[Pending, ...] = ()
    refusals: tuple[Refusal, ...] = ()


class Presence(Protocol):
    """What this module needs of `mediation.processes.outages.Heartbeat`. `record` is `Engine.handle`."""

    async def beat(
        self, record: Callable[[RecordOutage], Awaitable[object]], *, pace: float = ...
    ) -> Outage | None: ...
    async def notice(self, record: Callable[[RecordOutage], Awaitable[object]]) -> None: ...


class Engine:
    """One per worker. `warm_streams` limits the cached streams. The cache holds no personal data (state never does)."""

    def __init__(self, log: EventLog, presence: Presence, *, warm_streams: int = 1_200) -> None:
        self._log = log
        self._memory = log.memory
        self._presence = presence
        self._warm = WarmStreams(warm_streams)
        self._memory.on_drop(self._warm.clear)

    async def returned(self) -> Outage | None:
        """Call it before any request is served: it records an outage of the engine that ends now, and returns it."""
        return await self._presence.beat(self.handle, pace=0)

    async def beat(self) -> None:
        """Says that the engine is there. Call it every few seconds: it does so no more often than it must."""
        await self._presence.beat(self.handle)

    async def handle(self, command: AnyCommand, request: Request = ALONE) -> Handled:
        """Carries out a command.

        Raises:
            Refusal: a rule refuses the command. Nothing was stored.
            Contended, Overloaded, ClockAstray: try again later. Nothing was stored.
            Unavailable: the database did not answer, so it is unknown whether the events are stored. Repeat with the
                same key.
        """
        command_id, clock = uuid4(), self._log.clock
        if isinstance(command, FileDispute) and not isinstance(command, ResolveClaim):
            outcome = await self._file_unread(command, request, command_id, clock)
            if outcome is not None:
                return outcome
        elif not isinstance(command, RecordOutage):
            await self._presence.notice(self.handle)
        for _ in range(ATTEMPTS):
            world, result = await self._load(command, request.key)
            if result is not None:
                return await self._first_result(request, result)
            if request.expected and world.case.dispute is not None:
                _check_version(_version(world, _side(command.actor)), request.expected)
            course = carry_out(world.case, command)
            if not course.facts:
                return Handled(world.case, world.versions, command.now, None)
            outcome = await self._store(world, course, command, request, command_id, clock)
            if outcome is not None:
                return outcome
        raise Contended(type(command).__name__)

    async def _file_unread(
        self, command: FileDispute, request: Request, command_id: UUID, clock: float
    ) -> Handled | None:
        """Files on what this worker remembers. A stream that it does not remember is taken to be new.

        Returns None, with nothing stored, if that was wrong or if a rule refuses: only what was read may refuse. It
        does not try where policy counts claims, because a claimant's earlier claims may lie with any worker.
        """
        ids = streams(command, EMPTY)
        world = self._remembered(ids, command.marketplace)
        if streams(command, world.case) != ids:
            return None
        try:
            course = carry_out(world.case, command)
        except Refusal:
            return None
        return await self._store(world, course, command, request, command_id, clock) if course.facts else None

    async def _store(
        self,
        world: World,
        course: Course,
        command: AnyCommand,
        request: Request,
        command_id: UUID,
        clock: float,
    ) -> Handled | None:
        """Appends what was decided on `world`. None if a stream, or the policies, have moved on since. `clock` is that of
        the log when the command came.

        The policies are guarded although few commands append to them: no dispute is filed under rules that were
        replaced before it, and no deadline lapses that an outage excused before. So is the person whom a command is about:
        nothing is recorded for somebody who was erased meanwhile.
        """
        append = Append(
            marketplace=command.marketplace,
            actor=command.actor.subject,
            correlation_id=request.correlation_id or command_id,
            causation_id=command_id,
            facts=world.pending(course.facts),
            key=request.key,
            request=request.fingerprint,
            guards={
                world.ids[stream]: world.versions[stream] for stream in ("policies", "person") if stream in world.ids
            },
            generation=self._memory.generation,
            decided_by=clock,
        )
        match await self._log.append(append):
            case Stored(first_position=first, events=events):
                world = world.after(course, command.marketplace)
                if append.generation == self._memory.generation:
                    self._remember(world)
                stored = tuple([fact.event for fact in course.facts])
                return Handled(world.case, world.versions, command.now, first + events - 1, first, events=stored)
            case Repeated() as result:
                return await self._first_result(request, result)
            case Stale():
                return None

    async def foresee(self, command: AnyCommand) -> list[Fact]:
        """The events that a command would store now; nothing is stored. Raises Refusal."""
        world, _ = await self._load(command, None)
        return decide(world.case, command)

    async def rehearse(self, command: AnyCommand, expected: tuple[int, ...] = ()) -> Rehearsed:
        """What the command would lead to now; nothing is stored. `expected` are the versions that its actor had read.

        Raises Unknown: what the command is about does not exist here.
        """
        world, _ = await self._load(command, None)
        refused = objections(world.case, command)
        if unknown := next((refusal for refusal in refused if isinstance(refusal, Unknown)), None):
            raise unknown
        if expected and world.case.dispute is not None:
            try:
                _check_version(_version(world, _side(command.actor)), expected)
            except VersionIsStale as stale:
                refused = [stale, *refused]
        if refused:
            return Rehearsed(world.case, world.case, command.now, refusals=tuple(refused))
        course = carry_out(world.case, command)
        return Rehearsed(world.case, course.case, command.now, world.pending(course.facts))

    async def dispute(
        self, dispute_id: UUID, marketplace: str, side: Side | None = None
    ) -> tuple[Dispute, int, Policy]:
        """A dispute as it stands now, its version as this side counts it, and the policy under which it was filed.

        Raises UnknownDispute, also for a dispute of another marketplace.
        """
        ids: dict[Stream, UUID] = {"dispute": dispute_id, "policies": policies_id(marketplace)}
        world, _ = await self._read(NOTHING, ids, marketplace)
        if (dispute := world.case.dispute) is None:
            raise UnknownDispute(dispute_id=str(dispute_id))
        book = world.case.policies
        policy = book.version(dispute.policy_version)
        return excused(dispute, policy, book.outages), _version(world, side), policy

    async def policies(self, marketplace: str) -> PolicyBook:
        world, _ = await self._read(NOTHING, {"policies": policies_id(marketplace)}, marketplace)
        return world.case.policies

    async def reconciliation(self, marketplace: str) -> Reconciliation:
        world, _ = await self._read(NOTHING, {"reconciliation": reconciliation_id(marketplace)}, marketplace)
        return world.case.reconciliation

    async def person(self, subject: UUID, marketplace: str) -> Person:
        """What was decided about the person's data; empty for an unknown person."""
        world, _ = await self._read(NOTHING, {"person": person_id(marketplace, subject)}, marketplace)
        return world.case.person

    async def mandate(self, neutral: UUID, marketplace: str) -> Mandate | None:
        """None for a person who never had a mandate in this marketplace."""
        world, _ = await self._read(NOTHING, {"mandate": mandate_id(marketplace, neutral)}, marketplace)
        return world.case.mandate

    async def translations(self, dispute_id: UUID, marketplace: str) -> Translations:
        """What is known of the translations of a dispute's texts; empty for an unknown dispute."""
        world, _ = await self._read(NOTHING, {"conversation": conversation_id(dispute_id)}, marketplace)
        return world.case.conversation.translations

    async def notices(self, dispute_id: UUID, marketplace: str) -> Notices:
        """What was told to the parties of a dispute outside of the engine; empty for an unknown dispute."""
        world, _ = await self._read(NOTHING, {"notices": notices_id(dispute_id)}, marketplace)
        return world.case.notices

    async def readings(self, dispute_id: UUID, marketplace: str) -> MachineReadings:
        """Which files of a dispute the engine has read; empty for an unknown dispute."""
        world, _ = await self._read(NOTHING, {"conversation": conversation_id(dispute_id)}, marketplace)
        return world.case.conversation.readings

    async def refund(self, refund_id: UUID, marketplace: str) -> Refund:
        """Raises UnknownRefund, also for a refund of another marketplace."""
        world, _ = await self._read(NOTHING, {"refund": refund_id}, marketplace)
        if world.case.refund is None:
            raise UnknownRefund(refund_id=str(refund_id))
        return world.case.refund

    async def incident(self, incident_id: UUID, marketplace: str) -> Incident:
        """Raises UnknownIncident, also for an incident of another marketplace."""
        world, _ = await self._read(NOTHING, {"incident": incident_id}, marketplace)
        return known(world.case.incident, incident_id)

    async def _load(self, command: AnyCommand, key: bytes | None) -> tuple[World, Repeated | None]:
        """Every stream that the command needs, up to date.

        A stream may name another one: a dispute names its transaction and its neutral. The cached state saves a second
        read, unless the neutral of the dispute has changed since. It begins again if the worker has dropped its memory
        since.
        """
        while True:
            generation = self._memory.generation
            needed = streams(command, self._remembered(streams(command, EMPTY), command.marketplace).case)
            world, result = await self._read(NOTHING, needed, command.marketplace, key)
            while result is None and (
                missing := {s: i for s, i in streams(command, world.case).items() if world.ids.get(s) != i}
            ):
                world, _ = await self._read(world, missing, command.marketplace)
            if generation == self._memory.generation:
                return world, result

    def _remembered(self, ids: Mapping[Stream, UUID], marketplace: str) -> World:
        """The streams as this worker last saw them, which may be long ago, or never."""
        warm = {stream: self._warm.get(stream, stream_id) for stream, stream_id in ids.items()}
        return World.of(ids, warm, marketplace)

    def _remember(self, world: World) -> None:
        for stream, stream_id in world.ids.items():
            self._warm.put(stream_id, world.loaded[stream])

    async def _read(
        self, world: World, ids: Mapping[Stream, UUID], marketplace: str, key: bytes | None = None
    ) -> tuple[World, Repeated | None]:
        while True:
            generation = self._memory.generation
            known = {stream: self._warm.get(stream, stream_id) for stream, stream_id in ids.items()}
            wants = [(stream_id, known[stream].version) for stream, stream_id in ids.items()]
            reading = await self._log.read(wants, (marketplace, key) if key is not None else None)
            if generation == self._memory.generation:
                break
        for stream, stream_id in ids.items():
            if news := reading.streams[stream_id]:
                known[stream] = known[stream].with_news(news)
                self._warm.put(stream_id, known[stream])
        return World.of({**world.ids, **ids}, {**world.loaded, **known}, marketplace), reading.result

    async def _first_result(self, request: Request, result: Repeated) -> Handled:
        """The case as it was right after the first request under this key."""
        if result.request != request.fingerprint:
            raise KeyReused()
        stored = await self._log.between(result.first_position, result.events)
        ids: dict[Stream, UUID] = {recorded.event.stream: recorded.stream_id for recorded in stored}
        ids["policies"] = policies_id(stored[0].marketplace)
        if (dispute_id := next((r.dispute_id for r in stored if r.dispute_id is not None), None)) is not None:
            ids["dispute"] = dispute_id
        marketplace, then = stored[0].marketplace, await self._then(ids, result.last_position)
        dispute = World.of(ids, then, marketplace).case.dispute
        if dispute is not None and (incident_id := dispute.membership.incident) is not None:
            ids["incident"] = incident_id
            then |= await self._then({"incident": incident_id}, result.last_position)
        world = World.of(ids, then, marketplace)
        first, last = result.first_position, result.last_position
        return Handled(world.case, world.versions, stored[-1].occurred_at, last, first, repeated=True)

    async def _then(self, ids: Mapping[Stream, UUID], position: int) -> dict[Stream, Loaded]:
        """Streams as they were right after the event at this position."""
        reading = await self._log.read([(stream_id, 0) for stream_id in ids.values()])
        return {
            stream: untouched(STREAMS[stream]).with_news(
                r for r in reading.streams[stream_id] if r.position <= position
            )
            for stream, stream_id in ids.items()
        }


def _side(actor: Actor) -> Side | None:
    return Side(actor.role.value) if actor.role in (Role.BUYER, Role.SELLER) else None


def _version(world: World, side: Side | None) -> int:
    """The version of the dispute: for a party, how many facts it was told."""
    if side is None or world.case.dispute is None:
        return world.versions["dispute"]
    return world.case.dispute.telling.count(side)


def _check_version(version: int, expected: tuple[int, ...]) -> None:
    if version not in expected:
        raise VersionIsStale(version=version, expected=max(expected))
