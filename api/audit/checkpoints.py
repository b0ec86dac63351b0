"""Checkpoints of the log and proofs that lead to them. With them an auditor needs to trust nobody here."""

from base64 import b64encode
from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from api.audit.checkpoint_schemas import (
    Bundle,
    Checkpoint,
    Checkpoints,
    Consistency,
    Inclusion,
    LostCheckpoint,
    SigningKey,
)
from api.http.problems import ON_READ, documented
from api.http.reads import Cursor, Limit, Read
from domain.kernel.refusals import Malformed, Unknown
from mediation.proof import export
from mediation.proof.tree import consistency

router = APIRouter(tags=["Audit"])

_LOST = 100

_SizeValue = Annotated[int, Field(ge=0, le=10**15)]
_Size = Annotated[_SizeValue, Query(description="How many facts the checkpoint commits to.")]


class UnknownFact(Unknown):
    """There is no fact at this `position` that you can see, or it is not sealed yet.

    Why: A proof exists only for a fact that is in the log and under a signed checkpoint. Facts of another marketplace
    are not shown.

    What to do: Take the position from a proof or a trail of your marketplace. A new fact is sealed some seconds after
    it was recorded: ask again then.

    Example: {"position": 5000}
    """


class NotThatManySealed(Malformed):
    """`first`, `second` or `against` is more than the number of sealed facts, or `first` is more than `second`.

    Why: A proof compares two states of the sealed log, the earlier with the later. It cannot be about facts that are
    not sealed yet.

    What to do: Send numbers of at most `sealed`, with `first` not above `second`. Ask again when more facts are sealed.

    Example: {"first": 10, "second": 5000, "sealed": 4711}
    """


@router.get("/v1/audit/checkpoints", responses=documented(*ON_READ))
async def list_checkpoints(reading: Read, limit: Limit = 50, cursor: Cursor = None) -> Checkpoints:
    """The signed checkpoints, the latest first, and the keys that signed them. A checkpoint that you keep shows any
    later change.
    """
    before = reading.cursor(cursor)
    async with reading.http.services.pool.connection() as connection:
        found = await export.checkpoints(connection, before=None if before is None else int(before), limit=limit + 1)
        keys, lost = await export.keys(connection), await export.lost(connection, limit=_LOST)
    page = [Checkpoint(size=size, note=note, signed_at=at) for size, note, at in found[:limit]]
    return Checkpoints(
        items=page,
        keys=[SigningKey(key=key, since=since) for key, since in keys],
        next=reading.next(str(page[-1].size) if len(found) > limit else None),
        lost=[LostCheckpoint(size=size, note=note, log_ended_at=end, found_at=at) for size, note, end, at in lost],
    )


@router.get("/v1/audit/consistency", responses=documented(*ON_READ))
async def prove_consistency(reading: Read, first: _Size = 0, second: _Size | None = None) -> Consistency:
    """The proof that the log of `first` facts is the beginning of a later one: of the last checkpoint, unless
    `second` is given.
    """
    async with reading.http.services.pool.connection() as connection:
        size, _ = await export.latest(connection)
        second = size if second is None else second
        if not first <= second <= size:
            raise NotThatManySealed(first=first, second=second, sealed=size)
        (proof,) = await export.proofs(connection, [consistency(first, second) if first else []])
    return Consistency(first=first, second=second, proof=[*_written(proof)])


@router.get("/v1/audit/inclusion", responses=documented(*ON_READ))
async def prove_inclusion(
    reading: Read, position: Annotated[int, Query(ge=1, le=10**15, description="The position of the fact in the log.")]
) -> Inclusion:
    """The proof that one fact is in the log as it was last signed. It also serves for policies, mandates and orders."""
    async with reading.http.services.pool.connection() as connection:
        try:
            note, leaf, proof = await export.fact(connection, reading.caller.marketplace or None, position)
        except export.NotSealed:
            raise UnknownFact(position=position) from None
    return Inclusion(position=position, leaf=b64encode(leaf).decode(), proof=[*_written(proof)], checkpoint=note)


@router.get("/v1/audit/bundles/{dispute_id}", responses=documented(*ON_READ))
async def get_bundle(
    dispute_id: UUID,
    reading: Read,
    against: Annotated[
        list[_SizeValue],
        Query(
            max_length=20,
            description="Sizes of your own checkpoints. The bundle proves that they lead to its checkpoint.",
        ),
    ] = [],  # noqa: B006 - FastAPI reads it, nobody changes it
) -> Bundle:
    """The facts of a dispute with their proofs, to be verified without this server."""
    await reading.case(dispute_id)
    async with reading.http.services.pool.connection() as connection:
        size, _ = await export.latest(connection)
        if max(against, default=0) > size:
            raise NotThatManySealed(second=max(against), sealed=size)
        found = await export.bundle(connection, reading.caller.marketplace, dispute_id, against)
    return Bundle.model_validate(found)


def _written(hashes: Iterable[bytes]) -> Iterable[str]:
    return (b64encode(one).decode() for one in hashes)
