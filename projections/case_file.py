"""Everything about one dispute in one document, from which each viewer is shown their part.

The document's fields, personal texts sealed, money as {"amount", "currency"}, instants in ISO 8601 (UTC):

    id marketplace reference reference_key policy_version imported version      (version: of the dispute's stream)
    order                         as filed: `domain.filing.filing.Order`
    parties                       {buyer, seller}: `domain.kernel.people.Party`
    representatives               [{side, subject, id, name, capacity, by, named_at, ended_at, ended_by}]
    claimant claim                `domain.filing.filing.Claim`
    seller_contacted_at other_forum   what the marketplace stated of what came before
    claimed in_dispute            what is left of them after a part was conceded
    stage awaiting outcome neutral assigned_at filed_at closed_at
    neutrals                      [{neutral, by, assigned_at, released_at, why, released_by, reason}]: who had it
    declarations                  [{neutral, disclosed, at}]: of interests
    challenges                    [{number, by, neutral, ground, reason, granted, decided_by, reasons, made_at, decided_at}]
    response                      {answer, by, conceded, statement, given_at}
    default                       {granted, claimant_receives, reason, at}: what the respondent's silence led to
    fast_lane                     {clause, shown_by, claimant_receives, up_to, funded_by, at, contested_at}
    set_aside                     {by, cause, requested_at, decided, decided_by, reasons, decided_at}
    answers                       [{question, by, edition, answer, at}]   (to key questions, every edition)
    exhibits                      [{number, by, description, file, citable_at, answers_request, shows, added_at, withdrawn,
                                    withdrawn_at, answers [{by, message, at}]}]
    evidence_requests             [{number, of, fact, status, asked_at, due_at, ended_at}]   (open, answered, inferred)
    rebuttal counterclaim         {statement, given_at} {relief, amount, statement, raised_at}
    caucus                        [{number, side, by, neutral, message, file, posted_at}]   (theirs alone)
    consents                      [{by, neutral, at}]
    offers                        [{number, by, terms, counters, message, status, why, answer, made_at, reply_by, ended_at}]
    proposals                     [{number, terms, reasons, accepted_by, status, why, refused_by, answer, made_at,
                                    reply_by {buyer, seller}, ended_at}]
    impasse                       {reasons, at}
    escalation                    {by, at, reason, offers_standing, joined [{by, reason, at}]}
    referral                      {reason, at}
    rulings                       [{number, neutral, award, outcome, reasons, cites_exhibits, cites_clauses, appealable_by,
                                    on_appeal, addresses_inferences, counterclaim {granted, amount}, cites_shared, vexatious,
                                    status, final, awaits_co_signature, co_signed_by, co_signature_refused {by, reasons, at},
                                    issued_at, final_at}]   (appealable_by: who still may)
    appeals                       [{number, by, ground, statement, decided, reasons, lodged_at, decided_at}]
    settlement withdrawal         {terms, by, number, at} {reason, terms, at}
    cancellation                  {reason, terms, at}: by the marketplace
    inadmissible                  {ground, by, clause, reasons, may_file_from, at}
    commitments                   [{id, number, class, kind, owed_by, owed_to, subject, amount, due_at, proof, note,
                                    arises_from, because_of, status, refund_id, replaced_by, by, end_note, made_at, ended_at}]
    beyond_limit                  {what, days, most}: of the policy, which gave the claim to a person
    stayed stayed_since stay       bool, instant, {by, until, reasons, at}
    proceedings                   [{number, what, by, statement, at, end, ended_at}]
    reopenings ratings follows    [{ground, by, reasons, bounced, at}] [{by, rating, text, at}] uuid
    incident shared_answers       {id, joined_at} [{incident_id, number, by, message, at}]
    refunds_elsewhere             [{payment_key, amount, off_claim, how, resolves, at}]
    early_execution overturned    {number, funded_by, at} {to_buyer, to_seller, at}
    goods                         {goods, at_stake, arises_from, step, commitment_id, since, sent, contest, decision, ended}
    deadlines                     [{name, whose, due_at, proof, status, moved, ended_at, recorded_at, quiet}]
                                    (running, met, moot, lapsed; those that are `quiet` run for ever: no event ends the windows
                                    for answers)
    refunds                       [{id, commitment_id, amount, recipient, recipient_subject, funded_by, status, reason,
                                    provider_reference, instructed_at, changed_at}]

The fold never refuses: a document as of an instant may be made of facts that happened before others which they followed in
the log, and then an act on something that is not there yet changes nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from domain.dispute.events import DisputeEvent
from domain.filing.filing_facts import DisputeFiled
from domain.payments.refund_facts import RefundEvent
from mediation.store.log.recorded import Recorded
from projections.case_story import filing, stories
from projections.paging import Where, select
from projections.view import Doc, Pool, Rows, View, kinds


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    dispute_id: UUID
    marketplace: str
    doc: Doc


def _fold(rows: Rows[CaseFile], recorded: Recorded) -> Iterable[CaseFile]:
    event = recorded.event
    assert recorded.dispute_id is not None, "both streams belong to a dispute"
    doc = filing.filed(event, recorded) if isinstance(event, DisputeFiled) else _continued(rows, recorded)
    return [CaseFile(dispute_id=recorded.dispute_id, marketplace=recorded.marketplace, doc=doc)]


def _continued(rows: Rows[CaseFile], recorded: Recorded) -> Doc:
    for row in rows.values():
        return stories.told(row.doc, recorded)
    raise LookupError("a dispute that was never filed")


CASE_FILE = View(
    title="case_file",
    version=10,
    row=CaseFile,
    key=("dispute_id",),
    concerns=kinds(DisputeEvent, RefundEvent),
    fold=_fold,
)


async def get(pool: Pool, marketplace: str | None, dispute_id: UUID) -> Doc | None:
    """None where there is no such dispute, or not here. No marketplace: the whole cell."""
    where = Where()
    where.equal(marketplace=marketplace, dispute_id=dispute_id)
    view = CASE_FILE
    rows = await select(pool, view, f"SELECT {view.selected} FROM {view.table} WHERE {where.sql}", where.values)
    return rows[0].doc if rows else None


async def parties(pool: Pool, dispute_ids: Collection[UUID]) -> dict[UUID, Doc]:
    """The parties of some disputes, sealed."""
    query = f"SELECT dispute_id, doc->'parties' FROM {CASE_FILE.table} WHERE dispute_id = ANY(%s)"
    async with pool.connection() as connection:
        return dict(await (await connection.execute(query, [list(dispute_ids)])).fetchall())


def of(facts: Iterable[Recorded]) -> Doc | None:
    """The document as it follows from these facts of one dispute; None where it was not filed by then."""
    known = list(facts)
    start = next((n for n, recorded in enumerate(known) if isinstance(recorded.event, DisputeFiled)), len(known))
    rows = CASE_FILE.of(known[start:])
    return rows[0].doc if rows else None
