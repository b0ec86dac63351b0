"""The report of `mediation what-if`: which disputes would have ended differently, with totals per currency and per clause."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from rich.table import Table
from rich.text import Text

from api.audit.story.phrases import plain
from api.cli.terminal import err, line, out
from domain.kernel.money import Money
from domain.policy.comparison import Change
from domain.policy.policy import Policy
from domain.simulation.what_if import Came, Comparison


@dataclass(frozen=True, slots=True)
class Undecided:
    """A dispute that could not be decided again."""

    dispute_id: UUID
    error: str


@dataclass(frozen=True, slots=True)
class Assumed:
    """The other policy of a marketplace: its current one, `based_on`, with these changes."""

    marketplace: str
    based_on: str
    policy: Policy
    changes: Sequence[Change]


@dataclass(slots=True)
class Report:
    """Sums of money are in minor units, and may be below zero."""

    disputes: int = 0
    assumed: list[Assumed] = field(default_factory=list)
    differing: list[Comparison] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)

    def add(self, found: Sequence[Comparison | Undecided]) -> int:
        """Adds results, and returns their number."""
        for one in found:
            self.disputes += 1
            if isinstance(one, Undecided):
                self.undecided.append(one)
                continue
            for came, total in ((one.before, self.before), (one.after, self.after)):
                total[came.to_claimant.currency] += came.to_claimant.minor
            if one.differs or one.impossible:
                self.differing.append(one)
        return len(found)

    def by_clause(self) -> Iterator[tuple[str, int, dict[str, int]]]:
        """Each clause, the number of disputes that it changed, and how much more or less the claimants would get."""
        found: defaultdict[str, list[Comparison]] = defaultdict(list)
        for one in self.differing:
            if one.differs:
                found[one.clause or "other"].append(one)
        for clause, disputes in sorted(found.items()):
            more: Counter[str] = Counter()
            for one in disputes:
                more[one.before.to_claimant.currency] += one.after.to_claimant.minor - one.before.to_claimant.minor
            yield clause, len(disputes), dict(more)


def print_lines(report: Report) -> None:
    lines: list[dict[str, Any]] = [
        {
            "marketplace": one.marketplace,
            "assumed": one.policy.version,
            "based_on": one.based_on,
            "changes": [asdict(change) for change in one.changes],
        }
        for one in report.assumed
    ]
    lines += [
        {
            "dispute_id": one.dispute_id,
            "before": _came(one.before),
            "after": _came(one.after),
            "clause": one.clause,
            "impossible": [
                {"act": act.kind, "role": act.role, "at": act.at, "refused_as": act.why} for act in one.impossible
            ],
        }
        for one in report.differing
    ]
    lines += [
        {"clause": clause, "disputes": n, "difference": {of: _signed(minor, of) for of, minor in more.items()}}
        for clause, n, more in report.by_clause()
    ]
    lines += [
        {"currency": of, "before": _signed(report.before[of], of), "after": _signed(report.after[of], of)}
        for of in sorted(report.before)
    ]
    lines += [{"undecided": one.dispute_id, "error": one.error} for one in report.undecided]
    for told in [*lines, {"disputes": report.disputes, "differing": sum(one.differs for one in report.differing)}]:
        out.print(line(told), soft_wrap=True, markup=False, emoji=False)


def print_report(report: Report) -> None:
    differing = [one for one in report.differing if one.differs]
    for assumed in report.assumed:
        _print_assumed(assumed)
    out.print(f"{len(differing):,} of {report.disputes:,} disputes would have ended otherwise.")
    if differing:
        rows = Table("dispute", "outcome", "would be", "to the claimant", "would be", "by clause", box=None)
        for one in differing:
            amounts = (str(one.before.to_claimant), str(one.after.to_claimant))
            rows.add_row(str(one.dispute_id), one.before.outcome, one.after.outcome, *amounts, one.clause or "")
        clauses = Table("clause", "disputes", "to claimants", box=None)
        for clause, n, more in report.by_clause():
            clauses.add_row(clause, f"{n:,}", ", ".join(f"{_signed(minor, of)} {of}" for of, minor in more.items()))
        out.print(rows, clauses, sep="\n\n")
    totals = Table("to claimants in all", "as it was", "as it would be", box=None)
    for of in sorted(report.before):
        totals.add_row(of, _signed(report.before[of], of), _signed(report.after[of], of))
    out.print(totals)
    impossible = Table("impossible act", "by", "at (UTC)", "refused as", "dispute", box=None)
    for one in report.differing:
        for act in one.impossible:
            impossible.add_row(act.kind, act.role, f"{act.at:%Y-%m-%d %H:%M:%S}", act.why, str(one.dispute_id))
    if impossible.row_count:
        out.print(impossible)
    for lost in report.undecided:
        err.print(f"{lost.dispute_id} could not be decided again: {lost.error}")


def _print_assumed(assumed: Assumed) -> None:
    """What is compared with what. A file that changes nothing is told too."""
    told = f"In {plain(assumed.marketplace)}: the current policy {assumed.based_on}, with "
    if not assumed.changes:
        out.print(Text(f"{told}no change."))
        return
    out.print(Text(f"{told}these changes; everything else stays."))
    rows = Table("what", "current", "assumed", box=None)
    for change in assumed.changes:
        rows.add_row(Text(change.pointer), Text(plain(change.before or "")), Text(plain(change.after or "")))
    out.print(rows)


def _came(came: Came) -> dict[str, Any]:
    return {"outcome": came.outcome, "to_claimant": came.to_claimant}


def _signed(minor: int, currency: str) -> str:
    """A decimal string, with a minus sign below zero."""
    written = str(Money(abs(minor), currency)).removesuffix(f" {currency}")
    return f"-{written}" if minor < 0 else written
