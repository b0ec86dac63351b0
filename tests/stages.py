"""The stages of a dispute, found by playing the rules: every offered act is done, and every silence waited for.

    python -m tests.stages      writes the blocks of docs/reference/stages.md again

Four filings are played breadth-first until nothing new appears. States that differ in nothing that matters for the stage count
as one.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from domain.clocks.deadline_facts import DeadlineLapsed
from domain.commands import AnyCommand
from domain.dispute.state import Dispute
from domain.kernel.base import Role
from domain.kernel.people import Side, Stage
from domain.kernel.refusals import Refusal
from domain.moves import Move
from domain.policy.book import FIRST_POLICY
from domain.policy.policy import Policy
from domain.silence import next_due
from tests.domain.law.acts import FIRST
from tests.domain.law.cast import NEUTRALS, Person, administrator, engine
from tests.domain.law.filings import Filing, filing
from tests.domain.law.reports import AMPLE
from tests.domain.law.rules import SWIFT
from tests.domain.law.world import World
from tests.domain.machine.ending import refund_work
from tests.domain.machine.play import act
from tests.domain.machine.table import Table

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "stages.md"

_NEVER_CAME = filing(reason="item_not_received", delivered_days_ago=None, latest_delivery_days_ago=2)
STARTS: tuple[tuple[Filing, tuple[str, ...], Policy], ...] = (
    (_NEVER_CAME, AMPLE, FIRST_POLICY),
    (filing(claimant="seller", reason="payment_not_received"), ("1.00 EUR",), FIRST_POLICY),
    (replace(_NEVER_CAME, tracking="in_transit"), AMPLE, SWIFT),
    (filing(more={"other_forum": "chargeback"}), AMPLE, FIRST_POLICY),
)
"""What is filed, what the neutrals may rule on alone, and under which policy."""
ASIDE = frozenset(
    {
        "make_party_request", "answer_party_request", "decline_party_request", "withdraw_party_request", "post_message",
        "add_exhibit", "withdraw_exhibit", "answer_exhibit", "make_commitment", "keep_commitment",
        "waive_commitment", "replace_commitment", "name_representative", "end_representation", "rate_handling", "order_stay",
        "lift_stay", "extend_deadline", "record_parallel_proceeding", "end_parallel_proceeding", "post_in_caucus",
        "consent_to_neutral", "request_evidence", "declare_interests", "rebut", "raise_counterclaim", "recuse",
        "reassign_neutral", "challenge_neutral", "decide_challenge", "send_goods", "contest_goods", "decide_goods",
        "fail_refund",
    }
)  # fmt: skip
"""Acts that by themselves never change the stage: their results are looked at, but not played further."""

_PARTS = {Role.NEUTRAL: "neutral", Role.SUPERVISOR: "supervisor", Role.MARKETPLACE: "marketplace"}


@dataclass
class Seen:
    """`passages` are the causes that lead from one stage to another; `offered` holds who is offered an act at a stage."""

    passages: dict[tuple[Stage, Stage], set[str]] = field(default_factory=dict)
    offered: dict[str, dict[Stage, set[str]]] = field(default_factory=dict)
    begun: set[Stage] = field(default_factory=set)
    looked_at: set[object] = field(default_factory=set)


def explored() -> Seen:
    seen, known = Seen(), set[object]()
    waiting = deque(_begun(*start) for start in STARTS)
    seen.begun |= {table.dispute(FIRST).stage for table in waiting}
    while waiting:
        table = waiting.popleft()
        if (place := _place(table)) in known:
            continue
        known.add(place)
        for cause, after in _next(table, seen):
            stages = (table.dispute(FIRST).stage, after.dispute(FIRST).stage)
            if stages[0] is not stages[1]:
                seen.passages.setdefault(stages, set()).add(cause)
            waiting.append(after)
    return seen


def _begun(first: Filing, authority: tuple[str, ...], policy: Policy) -> Table:
    table = Table()
    table.world.do(administrator.publishes(policy).command(table.now))
    for somebody in NEUTRALS:
        table.world.do(administrator.grants_mandate(somebody, *authority).command(table.now))
    table.world.do(first.command(table.now))
    table.filed = [FIRST]
    table.now += timedelta(days=3)
    return table


def _place(table: Table) -> object:
    """What decides where a dispute may go from here."""
    dispute = table.dispute(FIRST)
    ruling = dispute.adjudication.ruling
    return (
        dispute.claimant,
        dispute.stage,
        dispute.awaiting,
        dispute.outcome,
        dispute.response is None,
        frozenset(_base(name) for name in dispute.deadlines.running),
        frozenset((c.kind, c.owed_by, c.underway) for c in dispute.commitments.open.values()),
        dispute.escalation.neutral is None,
        dispute.set_aside,
        dispute.fast_lane,
        dispute.adjudication.appeal is None,
        None if ruling is None else ruling.appealable_by,
        len(dispute.adjudication.rulings) > 1,
    )


def _base(deadline: str) -> str:
    return deadline.split("-", maxsplit=1)[0]


def _next(table: Table, seen: Seen) -> Iterator[tuple[str, Table]]:
    dispute = table.dispute(FIRST)
    for who, move in _offered(table, seen):
        if move.name in ASIDE:
            if (once := (dispute.claimant, dispute.stage, who.role, move.name)) in seen.looked_at:
                continue
            seen.looked_at.add(once)
        unclaimed = table.world.transaction(FIRST).unclaimed()
        tastes = (partial(_tasted, half) for half in ((1,) if move.name in ASIDE else (0, 1, 2)))
        made = [act(move, who, dispute, unclaimed, table.now, taste).command(table.now) for taste in tastes]
        for command in {command.model_dump_json(): command for command in made}.values():
            for cause, after in _done(table, command, move.name):
                if move.name in ASIDE:
                    _offered(after, seen)
                else:
                    yield cause, after
    for work in refund_work(table.world, dispute, table.now):
        yield from _done(table, work.command(table.now), "refund")
    if (due_at := next_due(dispute)) is not None:
        later = replace(table, world=_copied(table.world), now=max(table.now, due_at))
        happened = later.world.do(engine.ticks().command(later.now))
        lapsed = {_base(fact.event.name) for fact in happened if isinstance(fact.event, DeadlineLapsed)} - {"offer"}
        yield f"silence ({', '.join(sorted(lapsed)) or 'a commitment is due'})", later


def _offered(table: Table, seen: Seen) -> list[tuple[Person, Move]]:
    dispute = table.dispute(FIRST)
    offered = [(who, move) for _, who, move in table.all_moves()]
    for who, move in offered:
        seen.offered.setdefault(move.name, {}).setdefault(dispute.stage, set()).add(_part(who, dispute))
    return offered


def _tasted(half: int, upto: int) -> int:
    """The first, the middle or the last of the choices."""
    return upto * half // 2


def _done(table: Table, command: AnyCommand, cause: str) -> Iterator[tuple[str, Table]]:
    after = replace(table, world=_copied(table.world))
    try:
        after.world.do(command)
    except Refusal:  # the chosen terms are not always within the rules
        return
    yield cause, after


def _copied(world: World) -> World:
    return World(dict(world.states))


def _part(who: Person, dispute: Dispute) -> str:
    if who.role in _PARTS:
        return _PARTS[who.role]
    return "claimant" if Side(who.role.value) is dispute.claimant else "respondent"


# --- the page ---


def diagram(seen: Seen) -> str:
    """In Mermaid, which GitHub and most editors draw."""
    lines = [
        "```mermaid",
        "stateDiagram-v2",
        *(f"    [*] --> {begun}: file_dispute" for begun in Stage if begun in seen.begun),
    ]
    for (before, after), causes in sorted(seen.passages.items(), key=lambda p: [list(Stage).index(s) for s in p[0]]):
        lines.append(f"    {before} --> {after}: {'<br/>'.join(sorted(causes))}")
    return "\n".join([*lines, f"    {Stage.CLOSED} --> [*]", "```"])


def acts(seen: Seen) -> str:
    """Who may do what at which stage."""
    order = ("claimant", "respondent", "neutral", "supervisor", "marketplace")
    rows = [f"| act | {' | '.join(Stage)} |", "|---" * (len(Stage) + 1) + "|"]
    for name, stages in sorted(seen.offered.items()):
        cells = (", ".join(p for p in order if p in stages.get(stage, ())) for stage in Stage)
        rows.append(f"| `{name}` | {' | '.join(cell or '–' for cell in cells)} |")
    return "\n".join(rows)


def silences() -> str:
    """What silence means at the end of each window of the first policy."""
    rows = ["| window | by the first policy | silence means |", "|---|---|---|"]
    windows, silence = dict(FIRST_POLICY.windows), dict(FIRST_POLICY.silence)
    for name, meaning in silence.items():
        rows.append(f"| `{name}` | {windows[name] or 'none: nobody owes it'} | `{meaning}` |")
    return "\n".join(rows)


def blocks() -> Mapping[str, str]:
    seen = explored()
    return {"stages": diagram(seen), "acts": acts(seen), "silence": silences()}


def drawn(page: str, drawn_blocks: Mapping[str, str]) -> str:
    """The page with its present blocks. Raises ValueError where a block has no place in it."""
    for name, text in drawn_blocks.items():
        begin, end = f"<!-- {name}: drawn from the code -->\n\n", f"\n\n<!-- end of {name} -->"
        before, middle, rest = page.partition(begin)
        _, over, after = rest.partition(end)
        if not (middle and over):
            raise ValueError(f"the page has no place for {name}")
        page = before + begin + text + end + after
    return page


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text("utf-8"), blocks()), "utf-8")
