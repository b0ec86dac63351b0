"""Whoever receives goods looks at them, line by line, and confirms or contests them by that.

An inspection says of each line that is awaited how much of it came, and in which condition. Pieces of one line may be in
different conditions. Photographs are exhibits: while goods are on their way, and until they are confirmed, both sides may
add some, and the inspection names them by number.

To confirm keeps the commitment of the present step. To contest does what `contest_goods` does: a neutral decides. Nobody
has to inspect: the receiver may also confirm or contest without saying anything of the lines.

Refusal
├── Forbidden
│   └── NotYoursToInspect       not the side that receives the goods
├── Conflict
│   └── GoodsNotAwaited         nothing is on its way (`domain.remedies.handover`)
└── Malformed
    ├── LineNotAwaited          a line that is not sent, or named twice in one condition
    ├── LinesMissing            nothing is said of a line that is awaited
    ├── MoreThanAwaited         more of a line than was to be sent
    ├── PiecesNotWhole          a part of a piece (`domain.kernel.quantities`)
    ├── ConditionDoesNotFit     empty, but something came; or the other way round
    ├── NotOnRecord             no such exhibit (`domain.evidence.exhibits`)
    ├── NothingToContest        everything came as it was sent
    └── ContestUnexplained      contested without a statement
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from uuid import UUID

from domain.commitments import making
from domain.commitments.events import CommitmentDischarged, CommitmentEvent
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.evidence.exhibits import check_on_record
from domain.kernel.base import Event, OnDispute, Role
from domain.kernel.people import Words
from domain.kernel.quantities import PiecesNotWhole, Quantity, total
from domain.kernel.refusals import Forbidden, Malformed
from domain.remedies.goods_facts import ContestGround, GoodsContested, GoodsEvent, Handling
from domain.remedies.handover import GoodsNotAwaited
from domain.remedies.inspection_facts import Condition, GoodsInspected, InspectedLine, Verdict

# --- types ---


class InspectGoods(OnDispute, halted_by_stay=True, recorded_as=GoodsInspected):
    commitment_id: UUID
    verdict: Verdict
    lines: tuple[InspectedLine, ...]
    statement: Words | None = None


InspectionCommand = InspectGoods


class NotYoursToInspect(Forbidden):
    """You do not receive the goods, so you cannot say in which condition they came.

    Why: Only the side to which the goods are sent opens the parcel.

    What to do: Wait for the inspection. If the goods are contested, you can answer with exhibits.

    Example: {"role": "buyer"}
    """


class LineNotAwaited(Malformed):
    """`lines` names an order line that is not among the goods on their way, or the same line in the same condition twice.

    Why: An inspection is about the goods that were to be sent. What it says of a line has to be clear.

    What to do: Name lines by their place in `transaction.lines` (1 is the first). `awaited` are those on their way. Give
    pieces in different conditions separately, and each condition of a line once.

    Example: {"line": 2, "awaited": [1]}
    """

    pointer = "/lines"


class LinesMissing(Malformed):
    """`lines` says nothing of goods that are awaited.

    Why: Whoever reads the inspection is to know what became of each line.

    What to do: Add the lines in `missing`. If nothing came of one, send `quantity` `"0"` and `condition` `empty`.

    Example: {"missing": [2]}
    """

    pointer = "/lines"


class MoreThanAwaited(Malformed):
    """`quantity` is more of the line than was to be sent.

    Why: The inspection is compared with what was to be sent. What came beyond that belongs to no line of it.

    What to do: Send a `quantity` of at most `awaited`, over all conditions of the line. Tell of the rest in `statement`.

    Example: {"line": 1, "awaited": "2"}
    """


class ConditionDoesNotFit(Malformed):
    """`condition` does not fit the quantity that came.

    Why: `empty` says that nothing of the line came. Every other condition is one of goods that came.

    What to do: Send `empty` with the `quantity` `"0"`, and any other condition with more than that.

    Example: {"condition": "empty", "quantity": "1"}
    """


class NothingToContest(Malformed):
    """`verdict` contests goods that all came as they were sent.

    Why: A neutral has nothing to decide where nothing is wrong.

    What to do: Send `confirmed`, or say of the lines what is wrong with them.
    """

    pointer = "/verdict"


class ContestUnexplained(Malformed):
    """`statement` is missing: it says why the goods are contested.

    Why: The other side is to answer, and a neutral is to decide. Codes and numbers alone do not tell what happened.

    What to do: Send a `statement` of what you found.
    """

    pointer = "/statement"


# --- decisions ---


def decide(basis: Basis, command: InspectionCommand) -> Sequence[Event]:
    return inspect(basis.dispute, command)


def inspect(dispute: Dispute, command: InspectGoods) -> list[GoodsEvent | CommitmentEvent]:
    handling = dispute.goods
    if handling is not None and handling.inspected == command.commitment_id:
        return []
    if handling is None or not inspectable(handling, command.commitment_id):
        raise GoodsNotAwaited(step=handling.step if handling and not handling.ended else None)
    if not may_inspect(handling, command.actor.role):
        raise NotYoursToInspect(role=command.actor.role.value)
    awaited = awaited_lines(dispute, handling)
    _check_lines(dispute, awaited, command.lines)
    statement = dispute.text(command.statement, command.actor)
    inspected = GoodsInspected(
        commitment_id=command.commitment_id,
        by=handling.receiver,
        verdict=command.verdict,
        lines=command.lines,
        statement=statement,
    )
    if command.verdict == "confirmed":
        owed = dispute.commitments.open[command.commitment_id]
        return [inspected, making.keep_commitment(owed, command.now, command.actor.role, inspected)]
    if _as_sent(awaited, command.lines):
        raise NothingToContest()
    if statement is None:
        raise ContestUnexplained()
    return [
        inspected,
        GoodsContested(
            commitment_id=command.commitment_id,
            by=command.actor.role,
            ground=_ground(command.lines),
            statement=statement,
        ),
        CommitmentDischarged(commitment_id=command.commitment_id, reason="contested"),
    ]


def inspectable(handling: Handling, commitment_id: UUID) -> bool:
    return handling.arriving and handling.waits_for(commitment_id)


def may_inspect(handling: Handling, role: Role) -> bool:
    return role.value == handling.receiver.value


def awaited_lines(dispute: Dispute, handling: Handling) -> Mapping[int, Quantity]:
    """How much of which order line is on its way, by the line's number."""
    claimed = dispute.goods_claimed
    if not handling.goods.parts:
        return {line: goods.quantity for line, goods in claimed.items()}
    return {part.line: part.quantity or claimed[part.line].quantity for part in handling.goods.parts}


def _check_lines(dispute: Dispute, awaited: Mapping[int, Quantity], lines: Sequence[InspectedLine]) -> None:
    """Raises LineNotAwaited, LinesMissing, MoreThanAwaited, PiecesNotWhole, ConditionDoesNotFit, NotOnRecord."""
    said = set[tuple[int, Condition]]()
    for n, found in enumerate(lines):
        at = f"/lines/{n}"
        if found.line not in awaited or (found.line, found.condition) in said:
            raise LineNotAwaited(at=f"{at}/line", line=found.line, awaited=sorted(awaited))
        said.add((found.line, found.condition))
        if (found.condition == "empty") is not (found.quantity == "0"):
            raise ConditionDoesNotFit(at=f"{at}/condition", condition=found.condition, quantity=found.quantity)
        if dispute.goods_claimed[found.line].in_pieces and "." in found.quantity:
            raise PiecesNotWhole(at=f"{at}/quantity", quantity=found.quantity)
        if _came(found.line, lines[: n + 1]) > Fraction(awaited[found.line]):
            raise MoreThanAwaited(at=f"{at}/quantity", line=found.line, awaited=awaited[found.line])
        check_on_record(dispute, found.exhibits, at=f"{at}/exhibits")
    if missing := awaited.keys() - {found.line for found in lines}:
        raise LinesMissing(missing=sorted(missing))


def _came(line: int, lines: Sequence[InspectedLine]) -> Fraction:
    return total([found.quantity for found in lines if found.line == line])


def _as_sent(awaited: Mapping[int, Quantity], lines: Sequence[InspectedLine]) -> bool:
    """Whether all of it came, and nothing is wrong with it."""
    whole = all(_came(line, lines) == Fraction(quantity) for line, quantity in awaited.items())
    return whole and all(found.condition == "as_sent" for found in lines)


_GROUNDS: Mapping[Condition, ContestGround] = {
    "other_item": "not_the_goods",
    "damaged": "damaged",
    "missing_parts": "incomplete",
    "used": "used",
}
"""In the order in which they count: the ground of a contest is one word, whatever else is wrong."""


def _ground(lines: Sequence[InspectedLine]) -> ContestGround:
    conditions = {found.condition for found in lines}
    if conditions == {"empty"}:
        return "empty_box"
    return next((ground for condition, ground in _GROUNDS.items() if condition in conditions), "incomplete")
