"""Imports acts given as data, one on each line: the same bodies and deciders as over HTTP, each at the instant it
happened.

The key of each act is derived from its content, so giving it again changes nothing. Acts of different cases run in
parallel. Acts of one case, and of cases about one order, run in the order of their lines.
"""

import asyncio
import json
from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from fastapi.exceptions import RequestValidationError

from api.http.bodies import Act, Context
from api.http.opaque import Opaque
from api.http.problems import UNAVAILABLE, problem, reading_request
from api.http.spelt import spelt
from api.imports.import_schemas import LineResult, PastAct
from api.imports.lanes import Lanes, Line, UnderWay
from api.services import Services
from domain.commands import AnyCommand
from domain.commitments.events import commitment_id_of, refund_id_of
from domain.dispute.state import Dispute
from domain.kernel.base import Actor, Role
from domain.kernel.refusals import Conflict, Malformed, Refusal
from domain.payments.execution import InstructRefund
from mediation.engine import Request
from mediation.processes import ENGINE

AHEAD = 32
"""Lines in progress at a time."""

_ON_MANDATES = frozenset(
    {"assign_neutral", "reassign_neutral", "recuse", "decide_challenge", "declare_inadmissible", "confirm_refund"}
)
"""Acts that begin or end a neutral's case. Many cases share a neutral, so these acts run one at a time: in parallel
they would only conflict.
"""


class NotYetHappened(Malformed):
    """`occurred_at` lies in the future.

    Why: An import tells what happened. An act in the future would change the dispute before its time.

    What to do: Correct `occurred_at`. Acts to come are sent when they happen.

    Example: {"occurred_at": "2026-11-05T10:00:00+00:00"}
    """

    pointer = "/occurred_at"


class OutOfOrder(Conflict):
    """`occurred_at` is earlier than the act before it in this case.

    Why: Each act of a case is checked in the state that the acts before it left. In another order the check would be
    about another state.

    What to do: Sort the lines of a case by `occurred_at`. `last_at` is the instant of the last act on record.

    Example: {"occurred_at": "2025-03-01T09:00:00+00:00", "last_at": "2025-03-04T16:20:00+00:00"}
    """

    pointer = "/occurred_at"


class FiledOtherwise(Conflict):
    """The `case` is already on record, with other facts. What is on record stays as it is.

    Why: A `case` names one dispute. The same name with another filing would mix two disputes.

    What to do: Use another `case` for another dispute. If the filing was corrected, the one on record stays.

    Example: {"dispute_id": "019390f0-5a1e-7c3b-9d2f-3b8f6a1c2d4e"}
    """

    pointer = "/case"


class NothingOwed(Conflict):
    """No open refund is owed to this `recipient`, or `recipient` is missing.

    Why: A past payment is booked on a refund that is owed, so that no money appears out of nowhere.

    What to do: Check `recipient`, and put the line after the act that makes the money owed, such as the ruling.

    Example: {"recipient": "buyer"}
    """

    pointer = "/recipient"


_ANSWERED: tuple[type[Exception], ...] = (Refusal, RequestValidationError, *UNAVAILABLE)
_OF_LINE = (NotYetHappened, OutOfOrder, FiledOtherwise, NothingOwed)
"""Refusals whose pointer is in the line, and not in its body."""


@dataclass(slots=True)
class _Case:
    """`on_record`: the log held part of the case before this import. `last_at`: when its last act on record happened."""

    dispute_id: UUID
    on_record: bool
    last_at: datetime | None


class Importer:
    """The importer of one request, for one marketplace. `sender` is the author of supervisors' and the marketplace's
    acts.

    With `imported` False the acts belong to living cases, whose windows run. With `supervisor`, that is who wrote the
    supervisors' acts.
    """

    def __init__(
        self,
        services: Services,
        marketplace: str,
        sender: UUID,
        *,
        imported: bool = True,
        supervisor: UUID | None = None,
    ) -> None:
        self._engine, self._log, self._blind = services.engine, services.log, services.blind
        self._spellings = services.spellings
        self._marketplace = marketplace
        self._sender = sender
        self._supervisor = supervisor or sender
        self._imported = imported
        self._origin = "import" if imported else "living"  # an import never reaches a living case
        self._now = services.clocks.real
        self._cases: dict[str, _Case] = {}
        self._stopped: set[str] = set()
        self._mandates = asyncio.Lock()
        self._opaque = Opaque(services.blind)

    def dispute_id(self, case: str) -> UUID:
        """The dispute of a case: always the same one. A case's name is the file's own, and is taken as it is written."""
        return self._blind.exactly(self._origin, self._marketplace, case)

    async def results(self, lines: AsyncIterable[Line]) -> AsyncIterator[LineResult]:
        """The result of each line, in order, as soon as it is known.

        Ends early at a line that is worth sending again (503).
        """
        begun: asyncio.Queue[UnderWay | None] = asyncio.Queue(AHEAD)
        beginning = asyncio.create_task(self._begin(lines, begun))
        try:
            while (under_way := await begun.get()) is not None:
                result = await under_way
                yield result
                if result.worth_repeating:
                    return
        finally:
            beginning.cancel()
            while not begun.empty():
                if (under_way := begun.get_nowait()) is not None:
                    under_way.cancel()

    async def _begin(self, lines: AsyncIterable[Line], begun: asyncio.Queue[UnderWay | None]) -> None:
        """Starts each line as soon as there is room. An error in reading the lines comes as the last result."""
        lanes = Lanes()
        try:
            async for line in lines:
                await begun.put(lanes.enter(line, self._in_turn))
        except Exception as error:
            broken: UnderWay = asyncio.get_running_loop().create_future()
            broken.set_exception(error)
            await begun.put(broken)
        else:
            await begun.put(None)

    async def _in_turn(self, line: Line, before: UnderWay | None) -> LineResult:
        if before is not None:
            await asyncio.wait([before])
        if isinstance(line.act, PastAct):
            return await self.carry_out(line.number, line.act)
        if line.case is not None:
            self._stopped.add(line.case)
        return LineResult(line=line.number, case=line.case, status="refused", problem=problem(line.act))

    async def carry_out(self, number: int, act: PastAct, **received: Any) -> LineResult:
        """Carries out one act. Raises an error that is no refusal and does not pass by itself. `received` is what the command
        takes beside the body of the line: files.
        """
        told: dict[str, Any] = {"line": number, "case": act.case, "dispute_id": self.dispute_id(act.case)}
        if act.case in self._stopped:
            return LineResult(**told, status="skipped")
        try:
            position = await self._act(await self._case(act.case), act, received)
        except _ANSWERED as error:
            self._stopped.add(act.case)
            under = "" if isinstance(error, _OF_LINE) else "/body"
            return LineResult(**told, status="refused", problem=problem(error, under=under))
        return LineResult(**told, status="repeated" if position is None else "stored", position=self._sealed(position))

    async def _act(self, known: _Case, act: PastAct, received: Mapping[str, Any]) -> int | None:
        """The position at which the act is stored; None where it was stored already or changes nothing."""
        with reading_request():
            asked = act.asked
        key = self._key(act)
        files_again = act.act == "file_dispute" and known.last_at is not None
        # The engine finds a repeated key itself. An act that is refused before the engine sees it must be looked up
        # here.
        if (known.on_record or files_again or "refund_id" in act.needs) and await self._is_stored(key):
            return None
        if files_again:
            raise FiledOtherwise(dispute_id=str(known.dispute_id))
        if act.occurred_at > self._now():
            raise NotYetHappened(occurred_at=act.occurred_at.isoformat())
        commands = await self._commands(known, act, asked, received)
        if known.last_at is not None and act.occurred_at < known.last_at:
            if any([await self._engine.foresee(command) for command in commands]):
                raise OutOfOrder(occurred_at=act.occurred_at.isoformat(), last_at=known.last_at.isoformat())
            return None
        request = Request(correlation_id=uuid4())
        for command in commands[:-1]:
            await self._engine.handle(command, request)
        # The last command carries the key: after an interruption before it, repeating the others is harmless.
        request = Request(key=key, fingerprint=key, correlation_id=request.correlation_id)
        async with self._mandates if act.act in _ON_MANDATES else nullcontext():
            outcome = await self._engine.handle(commands[-1], request)
        if outcome.repeated or outcome.position is None:
            return None
        known.last_at = act.occurred_at
        instructed = await self._instruct(outcome.dispute, act.occurred_at, request.correlation_id)
        return instructed or outcome.position

    async def _case(self, name: str) -> _Case:
        """The case as it was on record when the import first met it."""
        if name not in self._cases:
            dispute_id = self.dispute_id(name)
            facts = await self._log.of_dispute(dispute_id)
            last_at = max((fact.occurred_at for fact in facts), default=None)
            known = self._cases.setdefault(name, _Case(dispute_id, bool(facts), last_at))
            if last_at is not None:  # finishes what an interrupted import left undone
                dispute, _, _ = await self._engine.dispute(dispute_id, self._marketplace)
                await self._instruct(dispute, last_at, None)
            return known
        return self._cases[name]

    async def _commands(
        self, known: _Case, act: PastAct, asked: Act, received: Mapping[str, Any]
    ) -> Sequence[AnyCommand]:
        """The commands of the act: one, or one for each refund to the same recipient."""
        sender = self._supervisor if act.as_ == "supervisor" else self._sender
        actor = Actor(subject=act.neutral or sender, role=Role(act.as_))
        at = Context(self._marketplace, actor, act.occurred_at, self._blind, self._imported)
        about: dict[str, Any] = {"dispute_id": known.dispute_id, **received}
        needs = act.needs
        if "number" in needs:
            about["number"] = act.number
        if "commitment_id" in needs and act.number is not None:
            about["commitment_id"] = await self._commitment(known, act.number)
        if act.representative is not None:
            about["representative"] = await self._spellings.of("party", self._marketplace, act.representative)
        if "claimant" in needs:
            about["claimant"] = (await self._dispute(known)).claimant
        if "refund_id" not in needs:
            return [await self._made(asked, at, **about)]
        owed = [c for c in (await self._dispute(known)).commitments.open_remedies() if c.by_refund]
        refunds = [refund_id_of(c.id) for c in owed if act.recipient is not None and c.owed_to == act.recipient.value]
        if not refunds:
            raise NothingOwed(recipient=str(act.recipient))
        return [await self._made(asked, at, **about, refund_id=refund) for refund in refunds]

    async def _made(self, asked: Act, at: Context, **about: Any) -> AnyCommand:
        def read(at: Context) -> AnyCommand:
            with reading_request():
                return asked.command(at, **about)

        _, command = await spelt(self._spellings, at, read)
        return command

    async def _instruct(self, dispute: Dispute, at: datetime, chain: UUID | None) -> int | None:
        """Instructs the refunds that are owed, at the same instant. Returns the position of the last new instruction."""
        position = None
        for commitment in dispute.commitments.open_remedies():
            if commitment.by_refund and commitment.refund_id is None:
                command = InstructRefund(
                    marketplace=self._marketplace,
                    actor=ENGINE,
                    now=at,
                    imported=self._imported,
                    dispute_id=dispute.id,
                    commitment_id=commitment.id,
                )
                outcome = await self._engine.handle(command, Request(correlation_id=chain))
                position = outcome.position or position
        return position

    async def _is_stored(self, key: bytes) -> bool:
        return (await self._log.read([], (self._marketplace, key))).result is not None

    async def _commitment(self, known: _Case, number: int) -> UUID:
        """One that an earlier version made keeps the id that it got there."""
        dispute = await self._dispute(known)
        owed = (owed.id for owed in dispute.commitments.open.values() if owed.number == number)
        return next(owed, commitment_id_of(dispute.transaction_id, dispute.id, number))

    async def _dispute(self, known: _Case) -> Dispute:
        dispute, _, _ = await self._engine.dispute(known.dispute_id, self._marketplace)
        return dispute

    def _key(self, act: PastAct) -> bytes:
        line = act.model_dump(mode="json")
        if act.representative is None:  # lines that were stored before this field existed keep their keys
            del line["representative"]
        told = json.dumps(line, sort_keys=True)
        return self._blind.digest(self._origin, self._marketplace, act.case, told)

    def _sealed(self, position: int | None) -> str | None:
        return None if position is None else self._opaque.seal("position", self._marketplace, str(position))
