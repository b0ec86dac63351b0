"""The engine on a real database: parallel commands, repeated commands, late commands, two workers."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.commitments.events import CommitmentKept, CommitmentKind, KeptBy, Participant, refund_id_of
from domain.commitments.promising import MakeCommitment, NewPromise
from domain.filing.file_dispute import FileDispute
from domain.filing.response import Respond
from domain.filing.response_facts import Answer
from domain.kernel.base import Actor, Role
from domain.kernel.people import Outcome, Side, Stage, Words
from domain.kernel.refusals import Refusal, UnknownDispute
from domain.neutral.assignment import ReassignNeutral
from domain.neutral.escalation import AssignNeutral, Escalate
from domain.neutral.mandate import GrantMandate
from domain.payments.execution import ConfirmRefund, InstructRefund
from domain.payments.transaction import ClaimExceedsPaid, LinesAlreadyInDispute, RefundExceedsPaid
from domain.payments.transaction_facts import RefundReserved
from domain.remedies.closure import Withdraw
from domain.remedies.division_facts import Division
from domain.ruling.appeal import Appeal
from domain.ruling.rulings import IssueRuling
from domain.settlement.caucus import PostInCaucus
from domain.settlement.conversation import PostMessage
from domain.settlement.conversation_facts import MessagePosted
from domain.settlement.negotiation import AcceptOffer, MakeOffer
from domain.settlement.proposal import DeclareImpasse
from domain.stream_ids import mandate_id
from mediation.engine import KeyReused, Request, VersionIsStale
from tests import today
from tests.worlds import MARKETPLACE, WORDS, actor, euros, filing, order, world


def common(role: Role, dispute_id: UUID, **rest: Any) -> dict[str, Any]:
    return {
        "marketplace": MARKETPLACE,
        "actor": actor(role),
        "now": today.now(),
        "dispute_id": dispute_id,
        **rest,
    }


async def test_of_many_filings_on_the_same_lines_one_is_stored(database: str) -> None:
    """A second open dispute on the same order lines is refused, however many are filed in parallel."""
    async with world(database) as w:
        filed = filing(order("129.90", now=today.now()))
        workers = [w.another_worker() for _ in range(4)]
        results = await asyncio.gather(
            *(workers[n % 4].handle(_again(filed)) for n in range(24)), return_exceptions=True
        )
        assert sum(not isinstance(r, BaseException) for r in results) == 1
        assert {type(r) for r in results if isinstance(r, BaseException)} == {LinesAlreadyInDispute}


async def test_claims_on_one_order_together_stay_below_what_was_paid(database: str) -> None:
    async with world(database) as w:
        discounted = order("60.00", "40.00", now=today.now()).model_copy(update={"paid": euros("90.00")})
        first = filing(discounted, line=0, amount="60.00")
        await w.engine.handle(first)
        with pytest.raises(ClaimExceedsPaid) as refused:
            await w.engine.handle(_again(first, line=1, amount="30.01"))
        assert refused.value.facts["left"] == "30.00 EUR"


async def test_an_offer_accepted_in_many_tabs_settles_once_and_is_paid_once(database: str) -> None:
    async with world(database) as w:
        filed = await w.engine.handle(filing(order("129.90", now=today.now())))
        dispute_id = filed.dispute.id
        await w.engine.handle(MakeOffer(**common(Role.SELLER, dispute_id, amount=euros("30.00"))))
        tabs = [w.another_worker().handle(AcceptOffer(**common(Role.BUYER, dispute_id, number=1))) for _ in range(12)]
        outcomes = await asyncio.gather(*tabs)
        assert sum(o.position is not None for o in outcomes) == 1
        assert {o.dispute.outcome for o in outcomes} == {Outcome.SETTLED}
        (owed,) = outcomes[0].dispute.commitments.open_remedies()
        instructions = [
            w.another_worker().handle(InstructRefund(**common(Role.ENGINE, dispute_id, commitment_id=owed.id)))
            for _ in range(8)
        ]
        assert sum(o.position is not None for o in await asyncio.gather(*instructions)) == 1
        confirmations = [
            w.another_worker().handle(
                ConfirmRefund(**common(Role.MARKETPLACE, dispute_id, refund_id=refund_id_of(owed.id)))
            )
            for _ in range(8)
        ]
        results = await asyncio.gather(*confirmations)
        assert sum(o.position is not None for o in results) == 1
        assert all(o.dispute.stage is Stage.CLOSED for o in results)
        kinds = [r.kind for r in await w.log.after(0, 1000)]
        assert kinds.count("RefundConfirmed") == kinds.count("DisputeClosed") == 1


async def test_a_reply_that_was_promised_is_kept_once_however_many_write(database: str) -> None:
    """Several workers lose no message and no commitment: the first message keeps the reply, the others are only talk."""
    async with world(database) as w:
        filed = await w.engine.handle(filing(order("129.90", now=today.now())))
        dispute_id = filed.dispute.id

        def says(role: Role, **rest: Any) -> PostMessage:
            return PostMessage(**common(role, dispute_id, message=WORDS, channel="web", **rest))

        promise = NewPromise(kind=CommitmentKind.REPLY, owed_to=Participant.BUYER)
        await w.engine.handle(says(Role.SELLER, promise=promise))
        workers = [w.another_worker() for _ in range(4)]
        writing = [workers[n % 4].handle(says(role)) for n in range(8) for role in (Role.SELLER, Role.BUYER)]
        promising = [workers[n].handle(says(Role.MARKETPLACE, promise=promise)) for n in range(4)]
        await asyncio.gather(*writing, *promising)
        stored = [r.event for r in await w.log.after(0, 1000)]
        posted = [e for e in stored if isinstance(e, MessagePosted)]
        assert [e.number for e in posted] == [*range(1, 22)]
        (kept,) = [e for e in stored if isinstance(e, CommitmentKept)]
        first = next(e.number for e in posted[1:] if e.by is Role.SELLER)
        assert kept.kept_by == KeptBy(fact="MessagePosted", number=first)
        owed = (await w.another_worker().dispute(dispute_id, MARKETPLACE))[0].commitments.open
        assert set(owed) == {e.promise.commitment_id for e in posted[1:] if e.promise}
        assert len(owed) == 4


async def test_talk_does_not_contend_with_decisions(database: str) -> None:
    """A message that makes or keeps no commitment leaves the dispute at its version, also beside an open commitment."""
    async with world(database) as w:
        filed = await w.engine.handle(filing(order("129.90", now=today.now())))
        promise = NewPromise(kind=CommitmentKind.REPLY, owed_to=Participant.BUYER)
        about = {"message": WORDS, "channel": "web"}
        promised = await w.engine.handle(PostMessage(**common(Role.SELLER, filed.dispute.id, promise=promise, **about)))
        talk = await w.engine.handle(PostMessage(**common(Role.BUYER, filed.dispute.id, **about)))
        assert talk.versions["dispute"] == promised.versions["dispute"] == filed.versions["dispute"] + 1
        assert [type(e) for e in talk.events] == [MessagePosted]


async def test_a_key_repeated_gives_the_first_result_as_it_was_then(database: str) -> None:
    async with world(database) as w:
        command = filing(order("10.00", now=today.now()))
        request = Request(key=b"k" * 32, fingerprint=b"f" * 32)
        first = await w.engine.handle(command, request)
        await w.engine.handle(Respond(**common(Role.SELLER, first.dispute.id, answer=Answer.CONTEST)))
        again = command.model_copy(update={"dispute_id": uuid4()})
        repeated = await w.another_worker().handle(again, request)
        assert repeated.repeated
        assert (repeated.dispute.id, repeated.position) == (first.dispute.id, first.position)
        assert repeated.versions["dispute"] == first.versions["dispute"]
        assert repeated.dispute.response is None, "the answer is the one of then, not of now"
        with pytest.raises(KeyReused):
            await w.engine.handle(again, Request(key=b"k" * 32, fingerprint=b"g" * 32))


async def test_a_key_used_by_two_at_once_stores_once(database: str) -> None:
    async with world(database) as w:
        bought = order("10.00", now=today.now())
        request = Request(key=b"k" * 32, fingerprint=b"f" * 32)
        outcomes = await asyncio.gather(*(w.another_worker().handle(filing(bought), request) for _ in range(10)))
        assert len({o.dispute.id for o in outcomes}) == 1
        assert sum(not o.repeated for o in outcomes) == 1


async def test_what_another_worker_stored_is_seen_before_deciding(database: str) -> None:
    async with world(database) as w:
        filed = await w.engine.handle(filing(order("10.00", now=today.now())))
        dispute_id = filed.dispute.id
        other = w.another_worker()
        await other.handle(Respond(**common(Role.SELLER, dispute_id, answer=Answer.CONCEDE)))
        with pytest.raises(Refusal) as refused:
            await w.engine.handle(MakeOffer(**common(Role.SELLER, dispute_id, amount=euros("1.00"))))
        assert refused.value.code == "NotYourMove"


async def test_a_dispute_that_moved_elsewhere_moves_on(database: str) -> None:
    """A worker with an old neutral in its cache uses the mandates of the neutrals who have the dispute now."""
    async with world(database) as w:
        first, second, third = (uuid4() for _ in range(3))
        for neutral in (first, second, third):
            terms = {"neutral": neutral, "languages": ("en",), "authority": (euros("500.00"),)}
            by = {"marketplace": MARKETPLACE, "actor": actor(Role.ADMINISTRATOR), "now": today.now()}
            await w.engine.handle(GrantMandate.model_validate(by | terms))
        earlier = today.now() - timedelta(days=4)
        filed = await w.engine.handle(filing(order("129.90", now=earlier), now=earlier))
        here, elsewhere, dispute_id = w.engine, w.another_worker(), filed.dispute.id
        await here.handle(Escalate(**common(Role.BUYER, dispute_id)))
        await here.handle(AssignNeutral(**common(Role.SUPERVISOR, dispute_id), neutral=first))
        on_leave = Words(text="On leave.", language="en")
        await elsewhere.handle(ReassignNeutral(**common(Role.SUPERVISOR, dispute_id), neutral=second, reason=on_leave))
        moved = await here.handle(
            ReassignNeutral(**common(Role.SUPERVISOR, dispute_id), neutral=third, reason=on_leave)
        )
        assert moved.case.predecessor is not None
        assert moved.case.mandate is not None
        assert (moved.case.predecessor.neutral, moved.case.predecessor.cases) == (second, frozenset())
        assert (moved.case.mandate.neutral, moved.case.mandate.cases) == (third, frozenset({dispute_id}))
        await elsewhere.handle(Withdraw(**common(Role.BUYER, dispute_id)))
        told = [(r.kind, r.stream_id) for r in await w.log.between(1, await w.log.last_position())]
        assert ("CaseDone", mandate_id(MARKETPLACE, third)) in told
        assert ("CaseHandedOver", mandate_id(MARKETPLACE, first)) in told


async def test_a_stale_version_is_refused_and_changes_nothing(database: str) -> None:
    async with world(database) as w:
        filed = await w.engine.handle(filing(order("10.00", now=today.now())))
        read = filed.versions["dispute"]
        await w.engine.handle(Respond(**common(Role.SELLER, filed.dispute.id, answer=Answer.CONTEST)))
        before = await w.log.last_position()
        offer = MakeOffer(**common(Role.SELLER, filed.dispute.id, amount=euros("1.00")))
        with pytest.raises(VersionIsStale):
            await w.engine.handle(offer, Request(expected=(read,)))
        assert await w.log.last_position() == before


async def test_what_a_party_is_not_told_makes_nothing_stale_for_it(database: str) -> None:
    """Another worker stores what the seller says in confidence. The buyer acts on the version that it had read."""
    async with world(database) as w:
        neutral, earlier = uuid4(), today.now() - timedelta(days=4)
        terms = {"neutral": neutral, "languages": ("en",), "authority": (euros("500.00"),)}
        by = {"marketplace": MARKETPLACE, "actor": actor(Role.ADMINISTRATOR), "now": today.now()}
        await w.engine.handle(GrantMandate.model_validate(by | terms))
        dispute_id = (await w.engine.handle(filing(order("10.00", now=earlier), now=earlier))).dispute.id
        await w.engine.handle(Escalate(**common(Role.BUYER, dispute_id)))
        taken = await w.engine.handle(AssignNeutral(**common(Role.SUPERVISOR, dispute_id), neutral=neutral))
        read, whole = taken.version_for(Side.BUYER), taken.version_for(None)
        await w.another_worker().handle(PostInCaucus(**common(Role.SELLER, dispute_id, message=WORDS)))
        offer = MakeOffer(**common(Role.BUYER, dispute_id, amount=euros("1.00")))
        made = await w.engine.handle(offer, Request(expected=(read,)))
        assert made.version_for(None) - whole == made.version_for(Side.BUYER) - read + 1
        with pytest.raises(VersionIsStale) as refused:
            await w.engine.handle(offer, Request(expected=(read,)))
        assert refused.value.facts == {"version": made.version_for(Side.BUYER), "expected": read}


async def test_another_marketplace_does_not_find_the_dispute(database: str) -> None:
    async with world(database) as w:
        filed = await w.engine.handle(filing(order("10.00", now=today.now())))
        foreign = Respond(**common(Role.SELLER, filed.dispute.id, answer=Answer.CONCEDE) | {"marketplace": "elsewhere"})
        for engine in (w.engine, w.another_worker()):
            with pytest.raises(UnknownDispute):
                await engine.handle(foreign)
            with pytest.raises(UnknownDispute):
                await engine.dispute(filed.dispute.id, "elsewhere")


async def test_refunds_of_two_disputes_never_pass_what_was_paid(database: str) -> None:
    """Two refunds of the same unclaimed money are committed at once: the order's stream sets it aside for one.

    That money is paid once, and the sums that the two disputes are about are still available.
    """
    async with world(database) as w:
        now = today.now()
        first = filing(order("60.00", "40.00", "30.00", now=now), line=0)
        both = (first, _again(first, line=1, amount="40.00"))
        disputes = [(await w.engine.handle(command)).dispute.id for command in both]
        terms = {"kind": "refund", "owed_by": "seller", "owed_to": "buyer"}
        promises = (
            w.another_worker().handle(_promise(common(Role.SELLER, dispute_id) | terms, "20.00", now))
            for dispute_id in disputes
        )
        results = await asyncio.gather(*promises, return_exceptions=True)
        (refused,) = (r for r in results if isinstance(r, BaseException))
        assert isinstance(refused, RefundExceedsPaid)
        assert refused.facts == {"amount": "20.00 EUR", "left": "10.00 EUR"}
        (kept,) = (r for r in results if not isinstance(r, BaseException))
        (owed,) = kept.dispute.commitments.open_remedies()
        instruct = InstructRefund(**common(Role.ENGINE, kept.dispute.id, commitment_id=owed.id))
        await asyncio.gather(*(w.another_worker().handle(instruct) for _ in range(4)))
        reserved = [r.event for r in await w.log.after(0, 1000) if isinstance(r.event, RefundReserved)]
        assert [(e.refund_id, e.amount) for e in reserved] == [(refund_id_of(owed.id), euros("20.00"))]
        paid_beside = (await w.another_worker().handle(instruct)).case.transaction
        assert (paid_beside.left(), paid_beside.unclaimed()) == (euros("110.00"), euros("10.00"))


async def test_no_personal_data_in_the_log_or_in_memory(database: str) -> None:
    """Texts, names and references are sealed under their subject's key. The engine's memory holds none of them."""
    async with world(database) as w:
        filed = await w.engine.handle(filing(order("10.00", now=today.now())))
        async with w.pool.connection() as conn:
            bodies = b"".join(row[0] for row in await (await conn.execute("SELECT body FROM event")).fetchall())
        for secret in ("Il vaso", '"Ada"', '"MP-1"', '"O-77"', '"Vase"'):
            assert secret.encode() not in bodies
            assert secret not in repr(filed.case).replace("'", '"')
        stored = await w.log.of_dispute(filed.dispute.id)
        opened = await w.codec.open(stored[0].event.model_dump(mode="json"), MARKETPLACE)
        assert opened["claim"]["statement"]["text"] == "Il vaso è rotto"
        assert opened["buyer"]["name"] == "Ada"


def _again(filed: FileDispute, *, line: int = 0, amount: str = "129.90") -> FileDispute:
    """The same parties file again on the same order."""
    claim = filed.claim.model_copy(update={"lines": (filed.order.lines[line].key,), "amount": euros(amount)})
    return filed.model_copy(update={"dispute_id": uuid4(), "reference_key": uuid4(), "claim": claim})


def _promise(parts: dict[str, Any], amount: str, now: datetime) -> MakeCommitment:
    return MakeCommitment(**parts, amount=euros(amount), due_at=now + timedelta(days=3))


async def test_a_worker_learns_from_another_that_the_neutral_has_changed(database: str) -> None:
    """Its cache is old. The new neutral's mandate decides whether a ruling waits for a co-signature."""
    async with world(database) as w:
        here, there = w.another_worker(), w.another_worker()
        then, now = today.now() - timedelta(days=4), today.now()
        filed = await here.handle(filing(order("129.90", now=then), now=then))
        dispute_id, first, second = filed.dispute.id, uuid4(), uuid4()

        def by(role: Role, subject: UUID | None = None, **rest: Any) -> dict[str, Any]:
            told = {"marketplace": MARKETPLACE, "now": now, "dispute_id": dispute_id, **rest}
            return told | {"actor": Actor(subject=subject or uuid4(), role=role)}

        for neutral, authority in ((first, "500.00"), (second, "1.00")):
            grant: dict[str, Any] = {"neutral": neutral, "languages": ("en",), "authority": (euros(authority),)}
            told = by(Role.ADMINISTRATOR, **grant)
            await here.handle(GrantMandate.model_validate({k: v for k, v in told.items() if k != "dispute_id"}))
        words = Words(text="So.", language="en")
        award = Division(claimant=euros("100.00"), respondent=euros("29.90"))
        ruling = {"award": award, "cites_clauses": ("evidence",), "reasons": words}
        await here.handle(Respond(**by(Role.SELLER, answer=Answer.CONTEST)))
        await here.handle(Escalate(**by(Role.BUYER)))
        await here.handle(AssignNeutral(**by(Role.SUPERVISOR, neutral=first)))
        await here.handle(DeclareImpasse(**by(Role.NEUTRAL, first)))
        await here.handle(IssueRuling(**by(Role.NEUTRAL, first, **ruling)))
        await there.handle(Appeal(**by(Role.SELLER, ground="stated_error", statement=words)))
        await there.handle(AssignNeutral(**by(Role.SUPERVISOR, neutral=second)))
        outcome = await here.handle(IssueRuling(**by(Role.NEUTRAL, second, **ruling)))
        assert outcome.dispute.adjudication.unsigned is not None
