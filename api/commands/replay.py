"""`mediation replay DISPUTE`: the whole story of one dispute, event by event."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from api.bootstrap import Services, services
from api.commands.terminal import Failed, existing, out, run, time_zone
from api.story import Story, StoryEvent, moment, plain
from domain.base import Event
from domain.commitments import CommitmentBreached
from domain.deadlines import DeadlineLapsed
from domain.filing import DisputeFiled
from domain.people import Party
from domain.places import TimeZone
from mediation.processes import ENGINE
from mediation.store.recorded import Recorded

_DATE = "Sat 24 Oct 2026 "
_AT_ONCE = timedelta(minutes=1)
"""What is on record this soon after it happened is not worth a second time of day."""


def replay(dispute: UUID, /, *, zone: str | None = None, as_json: Annotated[bool, Parameter("--json")] = False) -> None:
    """The story of one dispute.

    Parameters
    ----------
    dispute
        The id of the dispute, as the API names it.
    zone
        Show every time in this time zone (such as Europe/Rome), instead of that of whoever acted.
    as_json
        Print each event as one line of JSON, as it was recorded.
    """
    run(_replay(dispute, None if zone is None else time_zone(zone), as_json=as_json))


async def _replay(dispute: UUID, zone: TimeZone | None, *, as_json: bool) -> None:
    async with services(existing("postgres"), works=False) as running:
        facts = await running.log.of_dispute(dispute)
        if not facts:
            raise Failed(f"there is no dispute {dispute} here")
        opened = [await _opened(running, recorded) for recorded in facts]
    if as_json:
        for recorded in opened:
            out.print(json.dumps(_line(recorded), ensure_ascii=False), soft_wrap=True, markup=False, emoji=False)
    else:
        _print_story(opened, zone)


async def _opened(running: Services, recorded: Recorded) -> Recorded:
    """The same with its personal texts readable."""
    body = await running.codec.open(recorded.event.model_dump(mode="json"), recorded.marketplace)
    return replace(recorded, event=type(recorded.event).model_validate(body))


def _line(recorded: Recorded) -> dict[str, Any]:
    envelope = {name: value for name, value in asdict(recorded).items() if name != "event"}
    told = json.loads(
        json.dumps(envelope, default=lambda value: value.isoformat() if hasattr(value, "isoformat") else str(value))
    )
    return {**told, "body": recorded.event.model_dump(mode="json")}


# --- in words ---


@dataclass(frozen=True, slots=True)
class _Act:
    """What one command made happen at one instant."""

    number: int
    facts: Sequence[Recorded]

    @property
    def first(self) -> Recorded:
        return self.facts[0]


def _print_story(facts: Sequence[Recorded], zone: TimeZone | None) -> None:
    filed = next(recorded.event for recorded in facts if isinstance(recorded.event, DisputeFiled))
    story = Story(filed, zone)
    _print_head(story, facts[0])
    together = groupby(facts, key=lambda recorded: (recorded.causation_id, recorded.occurred_at))
    acts = [_Act(number, list(group)) for number, (_, group) in enumerate(together, start=1)]
    numbers: dict[UUID | None, int] = {}
    for act in acts:
        cause = numbers.setdefault(act.first.correlation_id, act.number)
        _print_act(story, act, cause if cause != act.number else None)


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
    return Text(f"{name} · {party.country} · {party.time_zone} · {party.language} · {party.tier}")


def _print_act(story: Story, act: _Act, cause: int | None) -> None:
    first = act.first
    who = _who(story, act)
    when = moment(first.occurred_at, story.zone_of(who))
    if (utc := moment(first.occurred_at, "UTC")) != when:
        when += f" = {utc[len(_DATE) :] if utc[: len(_DATE)] == when[: len(_DATE)] else utc}"
    notes = [f"follows from {cause}"] if cause is not None else []
    if first.recorded_at - first.occurred_at > _AT_ONCE:
        notes.append(f"recorded {moment(first.recorded_at, story.zone_of(who))}")
    head = Text.assemble((f"\n{act.number:>3}  {when}  ", "bold"), (who, "bold cyan"), ("  " + ", ".join(notes), "dim"))
    out.print(head)
    rows = Table.grid(padding=(0, 2))
    rows.add_column(min_width=3)
    rows.add_column(style="dim", no_wrap=True, min_width=18)
    rows.add_column(overflow="fold")
    for recorded in act.facts:
        rows.add_row("", recorded.kind, Text(story.tell(_told(recorded))))
    out.print(rows)


def _told(recorded: Recorded) -> StoryEvent:
    event: StoryEvent = recorded.event  # type: ignore[assignment] # what belongs to a dispute
    return event


def _who(story: Story, act: _Act) -> str:
    """Whose act it was. What lapses is nobody's, whoever's command came across it."""
    if isinstance(act.first.event, DeadlineLapsed | CommitmentBreached):
        return "time passed"
    if act.first.actor == ENGINE.subject:
        return "engine"
    for recorded in act.facts:
        if (role := _role(recorded.event)) is not None:
            return role
    for side, party in story.parties.items():
        if act.first.actor == party.subject:
            return side.value
    return "marketplace"


def _role(event: Event) -> str | None:
    """In which role it was done, where the event says so."""
    if isinstance(event, DisputeFiled):
        return event.claimant.value
    by = getattr(event, "by", None)
    if by is not None and event.kind != "SettlementReached":
        return str(by)
    if event.kind in ("RulingCoSigned", "CoSignatureRefused"):
        return "supervisor"
    return "neutral" if event.kind in ("ProposalMade", "ImpasseDeclared", "RulingIssued", "AppealSentBack") else None
