"""The sample disputes of `mediation serve --demo`: several languages, several stages, filed once.

They are living disputes: their windows run from the first filing, and what falls due takes its course. All people in
them are invented.

`samples.jsonl` holds one act on each line, as an import does. But each instant in it is a negative duration (ISO
8601), counted from the first start of the engine. A line names no neutral: one and the same neutral does all of it.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import groupby
from typing import Any

import structlog
from pydantic import TypeAdapter

from api.cli.demo.people import ADMINISTRATOR, BACKEND, MARKETPLACE, NEUTRALS, subject
from api.imports.import_schemas import PastAct
from api.imports.importer import Importer
from api.services import Services
from domain.kernel.base import Actor, Role
from domain.kernel.money import Money
from domain.kernel.refusals import UnknownDispute
from domain.neutral.mandate import GrantMandate

_LIMITS = {"EUR": "2000.00", "JPY": "300000", "KWD": "500.000", "XBT": "0.50000000", "USD": "2000.00"}
_LENGTH = re.compile(r"-P(\d+D)?(T[0-9HM]+)?")

_log = structlog.get_logger(__name__)


async def file_samples(services: Services) -> None:
    """Files the missing samples. Those that exist stay unchanged, so this may run at every start."""
    grant = GrantMandate(
        marketplace=MARKETPLACE,
        actor=Actor(subject=subject(services, ADMINISTRATOR), role=Role.ADMINISTRATOR),
        now=services.clocks.real(),
        neutral=subject(services, NEUTRALS[0]),
        languages=NEUTRALS[0].languages,
        authority=tuple(Money.of(amount, currency) for currency, amount in _LIMITS.items()),
    )
    await services.engine.handle(grant)
    importer = Importer(services, MARKETPLACE, subject(services, BACKEND), imported=False)
    for case, lines in groupby(samples(), key=lambda line: line["case"]):
        await _play(services, importer, case, list(lines))


def samples() -> Iterator[dict[str, Any]]:
    """The lines of the file. The first line of each case is its filing."""
    return map(json.loads, files("api.cli.demo").joinpath("samples.jsonl").read_text("utf-8").splitlines())


async def _play(services: Services, importer: Importer, case: str, lines: list[dict[str, Any]]) -> None:
    """At the first start the filing lies in the past. At every later start, all instants are those of the first."""
    try:
        dispute, _, _ = await services.engine.dispute(importer.dispute_id(case), MARKETPLACE)
        first_start = dispute.filed_at - _length(lines[0]["occurred_at"])
    except UnknownDispute:
        first_start = services.clocks.real().replace(microsecond=0)
    neutral = str(subject(services, NEUTRALS[0]))
    for number, line in enumerate(lines, start=1):
        told = _dated(line, first_start)
        if told["as"] == "neutral":
            told["neutral"] = neutral
        if told["act"] == "assign_neutral":
            told["body"] = {"neutral": neutral}
        result = await importer.carry_out(number, PastAct.model_validate(told))
        if result.problem is not None:
            _log.warning("sample_incomplete", reference=case, act=told["act"], code=result.problem.code)


def _dated(value: Any, first_start: datetime) -> Any:
    match value:
        case str() if _LENGTH.fullmatch(value):
            return (first_start + _length(value)).isoformat()
        case dict():
            return {name: _dated(inner, first_start) for name, inner in value.items()}
        case list():
            return [_dated(inner, first_start) for inner in value]
        case _:
            return value


def _length(text: str) -> timedelta:
    return TypeAdapter(timedelta).validate_python(text)
