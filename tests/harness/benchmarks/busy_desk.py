"""A desk as it is in a large marketplace: some hundreds of open cases of one neutral, in many languages, and around them a log
of very many disputes. It is made of the sample disputes.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from typing import Any
from uuid import UUID, uuid4

from pydantic import TypeAdapter

from api.cli.demo.people import BACKEND, MARKETPLACE, NEUTRALS, SUPERVISOR, subject
from api.cli.demo.samples import Filing, samples
from api.imports.importer import Importer
from api.services import Services
from domain.kernel.base import Actor, Role
from domain.kernel.money import Money
from domain.neutral.mandate import GrantMandate
from domain.policy.book import PublishPolicy
from domain.policy.policy import Policy, Windows
from tests.harness.benchmarks.copies import copy_dispute

FULL = "FULL"
"""The name of the case that has everything: 50 messages, 10 exhibits, offers, and a ruling."""

MESSAGES, EXHIBITS = 50, 10

_FULL_LIKE, _OFFERS_LIKE = "MP-30986", "MP-31024"
_CLOSED, _OPEN = "MP-30971", "MP-31038"
"""The samples that the crowd is made of: a dispute that ended soon, and one that waits for an answer."""

_RULING = "MP-30996"
_BUSY = ("MP-31013", "MP-31012", "MP-31011", "MP-31009", "MP-31008", "MP-31014", "MP-31004", "MP-31003", "MP-30995")

_OF_A_HUNDRED = 8
"""How many of a hundred disputes of the crowd are open."""

_NAMES = ("marketplace_reference", "order_id", "payment_reference")
_LENGTHS = TypeAdapter(timedelta)
Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BusyDesk:
    """`neutral` is whose desk it is. `full` is the case that has everything; a `ruling` waits for the neutral in another; the
    `busy` ones are open cases of the neutral in which people write."""

    neutral: UUID
    supervisor: UUID
    full: UUID
    ruling: UUID
    busy: Sequence[UUID]


async def fill(services: Services, conninfo: str, disputes: int) -> BusyDesk:
    """So many disputes. Of every 400 one is like a sample, and of these the neutral has those that have a neutral."""
    filed = samples(MARKETPLACE)
    cases = len({line["case"] for line in filed})
    times = max(1, disputes // 400 // cases)
    lines = [line for number in range(times) for line in _again(filed, number)] + [*_full(filed)]
    lines.sort(key=_at)
    await Filing(services, MARKETPLACE, subject(services, BACKEND)).file(lines)
    importer = Importer(services, MARKETPLACE, UUID(int=0), imported=False)
    crowd = disputes - times * cases
    for like, share in ((_CLOSED, 100 - _OF_A_HUNDRED), (_OPEN, _OF_A_HUNDRED)):
        await copy_dispute(services, conninfo, importer.dispute_id(_named(like, 0)), max(1, crowd * share // 100))
    return BusyDesk(
        neutral=subject(services, NEUTRALS[0]),
        supervisor=subject(services, SUPERVISOR),
        full=importer.dispute_id(FULL),
        ruling=importer.dispute_id(_named(_RULING, 0)),
        busy=[importer.dispute_id(_named(case, 0)) for case in _BUSY],
    )


async def appoint(services: Services, number: int) -> list[UUID]:
    """So many more neutrals, who have no case yet."""
    administrator = Actor(subject=uuid4(), role=Role.ADMINISTRATOR)
    found = [uuid4() for _ in range(number)]
    for neutral in found:
        mandate = GrantMandate(
            marketplace=MARKETPLACE,
            actor=administrator,
            now=services.clocks.real(),
            neutral=neutral,
            languages=("en",),
            authority=(Money.of("2000.00", "EUR"),),
        )
        await services.engine.handle(mandate)
    return found


async def at_once(services: Services) -> None:
    """From now on a neutral can be called from the first moment of a dispute."""
    administrator = Actor(subject=uuid4(), role=Role.ADMINISTRATOR)
    policy = Policy(version="at-once", windows=Windows(escalation_opens_after_hours=0))
    now = services.clocks.real()
    await services.engine.handle(PublishPolicy(marketplace=MARKETPLACE, actor=administrator, now=now, policy=policy))


def _again(lines: Sequence[Line], number: int) -> Iterator[Line]:
    """The samples under other names. All cases that have one neutral are the first neutral's."""
    for line in lines:
        told = (
            line if line["case"] == _FULL_LIKE else json.loads(re.sub(r"\bNEUTRAL_\d\b", "NEUTRAL", json.dumps(line)))
        )
        yield _renamed(told, _named(line["case"], number), str(number))


def _named(case: str, number: int) -> str:
    return f"{case}-{number}"


def _renamed(line: Line, case: str, mark: str) -> Line:
    """A line of another case, about another order of another buyer."""
    if line["act"] != "file_dispute":
        return {**line, "case": case}
    body = line["body"]
    order = {name: f"{value}-{mark}" if name in _NAMES else value for name, value in body["transaction"].items()}
    buyer = {**body["buyer"], "id": f"{body['buyer']['id']}-{mark}"}
    return {**line, "case": case, "body": {**body, "marketplace_reference": case, "transaction": order, "buyer": buyer}}


def _full(lines: Sequence[Line]) -> Iterator[Line]:
    """A case with a ruling and an appeal, in which both sides have written and shown a lot before."""
    own = [line for line in lines if line["case"] == _FULL_LIKE]
    offers = [line for line in lines if line["case"] == _OFFERS_LIKE and line["act"] == "make_offer"]
    said = [line for line in lines if line["act"] == "post_message" and line["as"] in ("buyer", "seller")]
    shown = [line for line in lines if line["act"] == "add_exhibit" and "file" in line]
    missing = {kind: sum(line["act"] == kind for line in own) for kind in ("post_message", "add_exhibit")}
    at = _at(next(line for line in own if line["act"] == "respond"))
    for number, offer in enumerate(offers, 1):
        body = {**offer["body"], "amount": {"amount": f"{60 * number}.00", "currency": "EUR"}}
        yield _moved({**offer, "body": body}, at + timedelta(hours=number))
    for number, line in enumerate(islice(cycle(said), MESSAGES - missing["post_message"])):
        message = {"message": line["body"]["message"], "channel": "web"}
        yield _moved({**line, "body": message}, at + timedelta(hours=5, minutes=7 * number))
    for number, line in enumerate(islice(cycle(shown), EXHIBITS - missing["add_exhibit"])):
        body = {"description": line["body"]["description"]}
        yield _moved({**line, "body": body}, at + timedelta(hours=16, minutes=11 * number))
    for line in own:
        yield _renamed(line, FULL, FULL)


def _moved(line: Line, to: timedelta) -> Line:
    minutes = int(-to.total_seconds() // 60)
    return {**line, "case": FULL, "occurred_at": f"-PT{minutes}M"}


def _at(line: Line) -> timedelta:
    return _LENGTHS.validate_python(line["occurred_at"])
