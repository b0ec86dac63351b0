"""`mediation history`: a search over all facts. `mediation diff`: what changed between two instants."""

from collections.abc import AsyncIterator
from dataclasses import asdict, fields
from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Any
from uuid import UUID

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from api.audit.difference import Change, as_answered, difference
from api.audit.steps import By, Step, asked_by, enveloped, opened, trail, when
from api.audit.story.phrases import plain
from api.cli.outline import outline, short
from api.cli.terminal import Failed, err, existing, instant, line, out, run
from api.services import Services, services
from domain.kernel.base import Event
from domain.privacy.audit_read import RecordRead
from projections import audit_trail, case_file
from projections.lives import Asked
from projections.paging import MAX_LIMIT

_AT_ONCE = timedelta(minutes=1)


def history(
    *,
    dispute: UUID | None = None,
    marketplace: str | None = None,
    actor: UUID | None = None,
    kind: str | None = None,
    correlation: UUID | None = None,
    since: str | None = None,
    before: str | None = None,
    known_at: str | None = None,
    limit: int | None = None,
    as_json: Annotated[bool, Parameter("--json", negative=())] = False,
) -> None:
    """Facts, in the order in which the engine learned them.

    Parameters
    ----------
    dispute
        Only the facts of this dispute.
    marketplace
        Only the facts of this marketplace.
    actor
        Only what this person did.
    kind
        Only facts of this kind, such as RulingIssued. RecordRead shows what auditors read.
    correlation
        Only what this request began.
    since
        Only what happened at this instant or later, such as 2026-10-01T09:12:00Z.
    before
        Only what happened before this instant.
    known_at
        Only what the engine had learned by this instant.
    limit
        At most so many.
    as_json
        Print each fact as one line of JSON, complete, with readable texts.
    """
    if limit is not None and limit < 1:
        raise Failed("--limit is 1 or more")
    if kind is not None and kind not in Event.registry:
        raise Failed(f"no fact is called {kind}" + _meant(kind))
    kinds = [kind] if kind else None
    found = {"dispute_id": dispute, "actor": actor, "kinds": kinds, "correlation_id": correlation}
    times = {
        "happened_from": instant(since),
        "happened_before": instant(before),
        "asked": Asked(known_at=instant(known_at)),
    }
    run(_history(marketplace, {**found, **times}, limit, as_json=as_json))


def diff(
    dispute: UUID,
    earlier: str,
    later: str,
    /,
    *,
    by: By = "happening",
    as_json: Annotated[bool, Parameter("--json", negative=())] = False,
) -> None:
    """What changed in one dispute between two instants.

    Parameters
    ----------
    dispute
        The id of the dispute, as the API names it.
    earlier
        The first instant, such as 2026-10-01T09:12:00Z.
    later
        The second instant.
    by
        Whether the instants are when things happened, or when the engine learned of them.
    as_json
        Print each change as one line of JSON, then each fact.
    """
    first, second = instant(earlier), instant(later)
    assert first is not None and second is not None  # noqa: PT018 - both are given
    if first > second:
        raise Failed("the first instant lies after the second")
    run(_diff(dispute, asked_by(by, first), asked_by(by, second), by, as_json=as_json))


def _meant(kind: str) -> str:
    """The closest names, if any is close."""
    near = get_close_matches(kind, Event.registry)
    return f"; perhaps {' or '.join(near)}" if near else ""


async def _history(marketplace: str | None, sought: dict[str, Any], limit: int | None, *, as_json: bool) -> None:
    async with services(existing("postgres"), works=False) as running:
        shown = 0
        async for fact in _found(running, marketplace, sought, limit):
            if not shown and not as_json:
                out.print(_HEAD, soft_wrap=True)
            shown += 1
            out.print(line(fact) if as_json else _row(fact), soft_wrap=True, markup=False, emoji=False)
    if not shown:
        err.print("Nothing like that is on record.")


def _row(fact: dict[str, Any]) -> str:
    """One line: position, when it was recorded, when it happened if that was earlier, what, who, where."""
    recorded, happened = fact["recorded_at"], fact["occurred_at"]
    earlier = f"{happened:%Y-%m-%d %H:%M:%S}" if recorded - happened > _AT_ONCE else ""
    about = _read(fact["body"]) if fact["kind"] == RecordRead.kind else str(fact["dispute_id"] or "")
    told = (f"{fact['position']:,}", f"{recorded:%Y-%m-%d %H:%M:%S}", earlier, fact["kind"], str(fact["actor"] or ""))
    return _columns(*told, plain(fact["marketplace"]), about)


def _columns(position: str, recorded: str, earlier: str, kind: str, actor: str, marketplace: str, about: str) -> str:
    return f"{position:>9}  {recorded:<19}  {earlier:<19}  {kind:<24}  {actor:<36}  {marketplace}  {about}".rstrip()


_HEAD = _columns(
    "position", "recorded (UTC)", "happened earlier", "fact", "actor", "marketplace", "dispute, or what was read"
)


def _read(body: dict[str, Any]) -> str:
    """What an auditor read: the route, the dispute, and the parameters as the register keeps them."""
    asked = {"dispute_id": body["dispute_id"], **body["question"]}
    return " ".join(
        [body["route"], *(f"{name}={plain(str(value))}" for name, value in asked.items() if value is not None)]
    )


async def _found(
    running: Services, marketplace: str | None, sought: dict[str, Any], limit: int | None
) -> AsyncIterator[dict[str, Any]]:
    cursor, left = None, limit
    while left is None or left > 0:
        size = min(MAX_LIMIT, left or MAX_LIMIT)
        page = await audit_trail.entries(running.log, marketplace, **sought, limit=size, cursor=cursor)
        for entry in page.rows:
            shown = {column.name: getattr(entry, column.name) for column in fields(entry) if column.name != "event"}
            yield {**shown, "body": await running.codec.open(entry.body, entry.marketplace)}
        left = None if left is None else left - len(page.rows)
        if (cursor := page.next) is None:
            return


async def _diff(dispute: UUID, first: Asked, second: Asked, by: By, *, as_json: bool) -> None:
    async with services(existing("postgres"), works=False) as running:
        facts = await running.log.of_dispute(dispute, as_of=second.as_of, known_at=second.known_at)
        if (after := case_file.of(facts)) is None:
            raise Failed(f"there is no dispute {dispute} here at the second instant")
        earlier, until = first.as_of or first.known_at, second.as_of or second.known_at
        assert earlier is not None and until is not None, "both instants are given"  # noqa: PT018
        known = {f.position for f in facts if when(f, by) <= earlier}
        before = case_file.of(f for f in facts if f.position in known)
        marketplace = facts[0].marketplace
        _, steps = trail(await opened(running.codec, facts))
        _, _, policy = await running.engine.dispute(dispute, marketplace)
        documents = (as_answered(before, policy, earlier), as_answered(after, policy, until))
        changes = list(difference(*[await running.codec.open(doc, marketplace) for doc in documents]))
    new = [step for step in steps if step.recorded.position not in known]
    if as_json:
        for change in changes:
            out.print(line(asdict(change)), soft_wrap=True, markup=False, emoji=False)
        for step in new:
            told = {"act": step.act, "who": step.who, "what": step.what, "clauses": step.clauses}
            out.print(line({**enveloped(step.recorded), **told}), soft_wrap=True, markup=False, emoji=False)
    else:
        _print_changes(changes, new)


def _print_changes(changes: list[Change], steps: list[Step]) -> None:
    if not changes and not steps:
        err.print("Nothing changed.")
        return
    rows = Table("what", "before", "after", box=None)
    for change in changes:
        before, after = (Text(short(value) or "…" if value else "") for value in (change.before, change.after))
        rows.add_row(Text(change.where, overflow="fold"), before, after)
    out.print(rows)
    for change in changes:
        for value in (change.before, change.after):
            if value and not short(value):
                out.print(Text(f"\n{change.where}, {'after' if value is change.after else 'before'}", style="bold"))
                out.print(outline(value, 1))
    facts = Table("", "happened (UTC)", "who", "fact", "what", box=None)
    for step in steps:
        at = f"{step.recorded.occurred_at:%Y-%m-%d %H:%M:%S}"
        facts.add_row(str(step.act), at, step.who, step.recorded.kind, Text(step.what, overflow="fold"))
    out.print()
    out.print(facts)
