"""People of the law reports who ask for their erasure: their acts, the disputes they took part in, and the rules that
hold."""

from collections.abc import Iterable
from uuid import UUID

from domain.commitments.events import Origin
from domain.kernel.base import Instant
from domain.kernel.people import Side
from domain.privacy.erasure import ClosedUnder, PursueErasure, RecordErased, RequestErasure, TookPart
from domain.privacy.erasure_facts import Person
from domain.privacy.legal_hold import LiftLegalHold, PlaceLegalHold
from domain.remedies.closure_facts import DisputeClosed
from domain.stream_ids import person_id
from tests.domain.law.acts import MARKETPLACE, Act, words
from tests.domain.law.cast import Person as Somebody
from tests.domain.law.cast import buyer, engine, seller, supervisor
from tests.domain.law.world import World

PARTIES = {Side.BUYER: buyer, Side.SELLER: seller}


def took_part(world: World, disputes: Iterable[UUID], side: Side) -> TookPart:
    """What the process would know of the person."""
    known = [world.dispute(dispute_id) for dispute_id in disputes]
    standing = [dispute.id for dispute in known if not dispute.closed]
    closed_at = {s.dispute_id: s.occurred_at for s in world.log if s.kind == DisputeClosed.kind}
    closed = tuple(
        ClosedUnder(policy_version=d.policy_version, dispute_id=d.id, closed_at=closed_at[d.id])
        for d in known
        if d.closed
    )
    erased = max(person(world, side).erased, default=0)
    return TookPart(side=side, open_dispute=standing[-1] if standing else None, closed=closed, erased=erased)


def person(world: World, side: Side) -> Person:
    known = world.states.get(person_id(MARKETPLACE, PARTIES[side].subject), Person())
    assert isinstance(known, Person)
    return known


def asks(who: Somebody, side: Side, part: TookPart, dispute: UUID) -> Act:
    fields = {"subject": PARTIES[side].subject, "ground": "person_asked", "took_part": part}
    return who.act(RequestErasure, **fields).about(dispute)


def pursues(side: Side, part: TookPart, dispute: UUID) -> Act:
    return engine.act(PursueErasure, subject=PARTIES[side].subject, took_part=part).about(dispute)


def records(side: Side, number: int, erased_at: Instant, dispute: UUID | None) -> Act:
    done = {"subject": PARTIES[side].subject, "number": number, "erased_at": erased_at, "dispute_id": dispute}
    return engine.act(RecordErased, **done).about(None)


def holds(who: Somebody, side: Side, until: Instant | None = None) -> Act:
    return who.act(PlaceLegalHold, subject=PARTIES[side].subject, reason=words("A court asks."), until=until).about(
        None
    )


def lifts(who: Somebody, side: Side, number: int) -> Act:
    fields = {"subject": PARTIES[side].subject, "number": number, "reason": words("It has ruled.")}
    return who.act(LiftLegalHold, **fields).about(None)


def last_dispute(part: TookPart, pending: UUID | None) -> UUID:
    """The dispute that holds the commitment to erase, or would hold it."""
    return pending or part.open_dispute or max(part.closed, key=lambda closed: closed.closed_at).dispute_id


def check(world: World, disputes: Iterable[UUID]) -> None:
    """The erasure is owed to everybody who asked and waits, in one dispute, and to nobody else. Nobody is erased under
    a hold."""
    owed = {
        c.id
        for d in map(world.dispute, disputes)
        for c in d.commitments.open.values()
        if c.arises_from is Origin.ERASURE
    }
    people = [person(world, side) for side in Side]
    assert owed == {p.pending.commitment_id for p in people if p.pending and p.pending.commitment_id}
    for one in people:
        assert not (one.pending and one.pending.granted and any(until is None for until in one.holds.standing.values()))


def finish(world: World, disputes: list[UUID], now: Instant) -> None:
    """When every dispute has ended and every hold is lifted, everybody who asked can be erased, and the commitment is
    kept."""
    for side in Side:
        for number in person(world, side).holds.standing:
            world.do(lifts(supervisor, side, number).command(now))
        if (pending := person(world, side).pending) is not None:
            part = took_part(world, disputes, side)
            dispute_id = last_dispute(part, pending.dispute_id)
            world.do(pursues(side, part, dispute_id).command(now))
            world.do(records(side, pending.number, now, pending.dispute_id).command(now))
        assert person(world, side).pending is None
    check(world, disputes)
