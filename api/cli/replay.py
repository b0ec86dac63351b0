"""`mediation replay DISPUTE`: the complete story of one dispute, event by event, and its state; now, or at any instant."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from api.audit.steps import Step, enveloped, erased_of, opened, trail
from api.audit.story.phrases import moment, plain
from api.audit.story.story import Story
from api.audit.trail_schemas import ErasedPerson
from api.cli.outline import outline
from api.cli.terminal import Failed, existing, instant, line, out, run, time_zone
from api.services import services
from domain.kernel.people import Party
from domain.kernel.places import TimeZone
from mediation.store.log.recorded import Recorded
from projections import case_file
from projections.lives import Asked

_DATE = "Sat 24 Oct 2026 "
_AT_ONCE = timedelta(minutes=1)
"""A fact recorded so soon after it happened is shown with one time only."""


def replay(
    dispute: UUID,
    /,
    *,
    as_of: str | None = None,
    known_at: str | None = None,
    before_act: int | None = None,
    zone: str | None = None,
    as_json: Annotated[bool, Parameter("--json", negative=())] = False,
    state: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """The story of one dispute.

    Parameters
    ----------
    dispute
        The id of the dispute, as the API names it.
    as_of
        Only what had happened by this instant, such as 2026-10-01T09:12:00Z.
    known_at
        Only what the engine had learned by this instant.
    before_act
        Only what was known right before this act, by its number in the story: what its author could know.
    zone
        Show every time in this time zone (such as Europe/Rome), instead of the zone of the person who acted.
    as_json
        Print each event as one line of JSON, as it was recorded.
    state
        Show the complete case file as it stood, and not the story; with --json on one line.
    """
    asked = Asked(instant(as_of), instant(known_at))
    shown = None if zone is None else time_zone(zone)
    run(_replay(dispute, asked, before_act, shown, as_json=as_json, state=state))


async def _replay(
    dispute: UUID, asked: Asked, before_act: int | None, zone: TimeZone | None, *, as_json: bool, state: bool
) -> None:
    async with services(existing("postgres"), works=False) as running:
        facts = await running.log.of_dispute(dispute, as_of=asked.as_of, known_at=asked.known_at)
        if before_act is not None:
            facts = _before(facts, before_act)
        if (doc := case_file.of(facts)) is None:
            then = "" if asked == Asked() and before_act is None else " at that instant"
            raise Failed(f"there is no dispute {dispute} here{then}")
        told = await opened(running.codec, facts)
        doc = await running.codec.open(doc, facts[0].marketplace)
        erased = await erased_of(running.engine, facts)
        clock = await running.clocks.of(facts[0].marketplace)
    if state and as_json:
        out.print(line(doc), soft_wrap=True, markup=False, emoji=False)
    elif state:
        out.print(outline(doc))
    elif as_json:
        for recorded in told:
            out.print(line(enveloped(recorded)), soft_wrap=True, markup=False, emoji=False)
    else:
        _print_story(told, zone, erased)
        asked_at = asked.as_of or clock.showed(asked.known_at or datetime.now(UTC))
        _print_state(doc, zone or "UTC", asked_at if before_act is None else facts[-1].occurred_at)


def _before(facts: Sequence[Recorded], act: int) -> list[Recorded]:
    """The facts on record when an act began."""
    if case_file.of(facts) is None:
        return []
    _, steps = trail(facts)
    first = next((step.recorded.position for step in steps if step.act == act), None)
    if first is None:
        raise Failed(f"there is no act {act}: the story has {steps[-1].act}")
    return [fact for fact in facts if fact.position < first]


# --- in words ---


def _print_story(facts: Sequence[Recorded], zone: TimeZone | None, erased: Sequence[ErasedPerson]) -> None:
    story, steps = trail(facts, zone)
    _print_head(story, facts[0])
    for person in erased:
        when = moment(person.erased_at, zone or "UTC")
        out.print(Text(f"\nErased: the {person.who}, {when}, on the ground {person.ground}"))
    for _, act in groupby(steps, key=lambda step: step.act):
        _print_act(story, list(act))


def _print_state(doc: dict[str, Any], zone: TimeZone | str, then: datetime) -> None:
    """The stage at that instant, and what was still open."""
    stood = (
        f"{doc['stage']}, awaiting {doc['awaiting']}" if doc["outcome"] is None else f"{doc['stage']}: {doc['outcome']}"
    )
    out.print(Text.assemble(("\nAs it stood: ", "bold"), stood))
    rows = Table.grid(padding=(0, 2))
    for deadline in doc["deadlines"]:
        due_at = datetime.fromisoformat(deadline["due_at"])
        over = deadline.get("quiet") and (due_at <= then or doc["outcome"] is not None)  # it ended, and no fact says so
        if deadline["status"] == "running" and not over:
            rows.add_row("", "deadline", moment(due_at, zone), Text(f"{deadline['name']}, of the {deadline['whose']}"))
    for promise in doc["commitments"]:
        if promise["status"] in ("pending", "overdue"):
            amount = promise["amount"] and f" {promise['amount']['amount']} {promise['amount']['currency']}"
            what = f"{promise['kind']}{amount or ''}: {promise['owed_by']} to {promise['owed_to']}"
            rows.add_row("", promise["status"], moment(datetime.fromisoformat(promise["due_at"]), zone), Text(what))
    out.print(rows)


def _print_head(story: Story, first: Recorded) -> None:
    filed = story.filed
    out.print(Text.assemble(("Dispute ", "bold"), (str(filed.dispute_id), "bold"), f"  {plain(filed.reference)}"))
    order = filed.order
    rows = Table.grid(padding=(0, 2))
    rows.add_row("", "marketplace", Text(first.marketplace))
    rows.add_row("", "buyer", _person(filed.buyer))
    rows.add_row("", "seller", _person(filed.seller))
    paid = f"{plain(order.order_id)}: {order.paid} paid {moment(order.paid_at, story.zone_of('buyer'))}"
    rows.add_row("", "order", Text(paid))
    for held in order.held:
        rows.add_row("", "in escrow", Text(f"{held.amount}, put in by the {held.by}"))
    out.print(rows)


def _person(party: Party) -> Text:
    name = plain(party.name or party.id)
    return Text(f"{name} · {party.region or party.country} · {party.time_zone} · {party.language} · {party.tier}")


def _print_act(story: Story, act: Sequence[Step]) -> None:
    first, cause = act[0].recorded, act[0].cause
    who = act[0].who
    when = moment(first.occurred_at, story.zone_of(who))
    if (utc := moment(first.occurred_at, "UTC")) != when:
        when += f" = {utc[len(_DATE) :] if utc[: len(_DATE)] == when[: len(_DATE)] else utc}"
    notes = [f"follows from {cause}"] if cause is not None else []
    if first.recorded_at - first.occurred_at > _AT_ONCE:
        notes.append(f"recorded {moment(first.recorded_at, story.zone_of(who))}")
    notes += dict.fromkeys(clause for step in act for clause in step.clauses)
    head = Table.grid(padding=(0, 2))
    head.add_column(min_width=3, justify="right", style="bold")
    told = Text.assemble((f"{when}  ", "bold"), (who, "bold cyan"), ("  " + ", ".join(notes), "dim"))
    head.add_row(str(act[0].act), told)
    out.print()
    out.print(head)
    rows = Table.grid(padding=(0, 2))
    rows.add_column(min_width=3)
    rows.add_column(style="dim", no_wrap=True, min_width=18)
    rows.add_column(overflow="fold")
    for step in act:
        rows.add_row("", step.recorded.kind, Text(step.what))
    out.print(rows)
