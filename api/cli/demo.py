"""The sample disputes of `mediation serve --demo`: several languages, several stages, filed once.

They are living disputes: their windows run from when they were first filed, and what falls due takes its course.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from api.cli.samples import AUTHORITY, LANGUAGES, SAMPLES, Sample
from api.imports.import_schemas import PastAct
from api.imports.importing import Importer
from api.services import Services
from domain.kernel.base import Actor, Role
from domain.kernel.refusals import UnknownDispute
from domain.neutral.mandate import GrantMandate

MARKETPLACE = "demo"
_TOKEN_LIFE = timedelta(days=1)

_log = structlog.get_logger(__name__)


def person(services: Services, role: Role) -> UUID:
    """Who acts in a role here: always the same."""
    return services.blind.uuid("staff", MARKETPLACE, role.value)


def tokens(services: Services) -> list[tuple[str, str, str]]:
    """For each role: the name of a variable to keep it in, whose it is, and the token, good for a day."""
    holders = (
        ("BACKEND", "a marketplace backend, which also speaks for its buyers and sellers", Role.MARKETPLACE),
        ("NEUTRAL", "a neutral", Role.NEUTRAL),
        ("SUPERVISOR", "a supervisor", Role.SUPERVISOR),
        ("ADMINISTRATOR", "an administrator", Role.ADMINISTRATOR),
        ("AUDITOR", "an auditor", Role.AUDITOR),
    )
    return [
        (
            name,
            whose,
            services.tokens.mint(subject=person(services, role), role=role, marketplace=MARKETPLACE, life=_TOKEN_LIFE),
        )
        for name, whose, role in holders
    ]


async def file_samples(services: Services) -> None:
    """Files what is missing. What is there stays as it is, so that this may be called at every start."""
    grant = GrantMandate(
        marketplace=MARKETPLACE,
        actor=Actor(subject=person(services, Role.ADMINISTRATOR), role=Role.ADMINISTRATOR),
        now=datetime.now(UTC),
        neutral=person(services, Role.NEUTRAL),
        languages=LANGUAGES,
        authority=AUTHORITY,
    )
    await services.engine.handle(grant)
    importer = Importer(services, MARKETPLACE, person(services, Role.MARKETPLACE), imported=False)
    for sample in SAMPLES:
        await _play(services, importer, sample)


async def _play(services: Services, importer: Importer, sample: Sample) -> None:
    """Each act as long after the filing as the sample says; the filing lies as far back as the acts need to be past."""
    try:
        dispute, _, _ = await services.engine.dispute(importer.dispute_id(sample.reference), MARKETPLACE)
        filed_at = dispute.filed_at
    except UnknownDispute:
        filed_at = datetime.now(UTC).replace(microsecond=0) - sample.age
    for number, act in enumerate(_acts(sample, filed_at, person(services, Role.NEUTRAL)), start=1):
        result = await importer.carry_out(number, act)
        if result.problem is not None:
            _log.warning("sample_incomplete", reference=sample.reference, act=act.act, code=result.problem.code)


def _acts(sample: Sample, filed_at: datetime, neutral: UUID) -> Sequence[PastAct]:
    return [
        PastAct(
            case=sample.reference,
            act=step.act,
            as_=step.by,
            neutral=neutral if step.by == "neutral" else None,
            number=step.number,
            recipient=step.recipient,
            occurred_at=filed_at + step.after,
            body=_dated(step.body, filed_at) | ({"neutral": str(neutral)} if step.act == "assign_neutral" else {}),
        )
        for step in sample.steps
    ]


def _dated(value: Any, filed_at: datetime) -> Any:
    """A length of time in a body stands for that instant before (below zero) or after the filing."""
    match value:
        case timedelta():
            return (filed_at + value).isoformat()
        case dict():
            return {name: _dated(inner, filed_at) for name, inner in value.items()}
        case list():
            return [_dated(inner, filed_at) for inner in value]
        case _:
            return value
