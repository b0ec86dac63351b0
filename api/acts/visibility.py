"""What each viewer may see of a dispute. Texts stay sealed here; only shown ones are unsealed.

a party                        of the other party: name, country, region, language and time zone. Nothing that is internal
                               to the marketplace. Which facts it is told, `domain.dispute.telling` decides: not the other
                               party's caucus, no ruling that awaits a co-signature or never took effect, and neither the
                               commitment to co-sign nor the one to rule. Its case file, versions and numbers are made of
                               these facts alone (`projections.told_facts`)
the neutral                    the caucuses that they heard; both parties, without ids and addresses; of a return, neither where
                               it is sent nor its label. Nothing of a dispute from which they stepped down, or in which a
                               challenge of them was granted
marketplace, supervisor,
administrator, auditor         everything, but of a caucus only that it was held (under /v1/audit an auditor sees all of it)
the buyer, and the issuer      the code of a voucher, and nobody else (under /v1/audit an auditor sees it)

A marketplace's backend that speaks for a party sees what that party sees, and no more.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, assert_never
from uuid import UUID

from api.http.identity import Caller
from api.http.roles import DESK, KNOW_CLAIM_HISTORIES
from domain.commitments import fulfilment
from domain.commitments.events import CommitmentKind, Participant
from domain.dispute.telling import HIDDEN_COMMITMENTS, as_shown
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.base import Event, Role
from domain.kernel.disclosure import Audience, told, told_names
from domain.kernel.frozen import frozen
from domain.kernel.people import Awaiting, Side, Stage
from domain.kernel.windows import local
from domain.neutral.escalation_facts import FOR_GOOD
from domain.payments.refund_facts import RefundInstructed
from projections.case_document import CaseFields
from projections.caseload import OF_DESK, Standing
from projections.conversations import Message
from projections.erasures import ErasureRow, HoldRow
from projections.incident_members import Answers, MemberRow, Progress
from projections.mandates import Office
from projections.pending_commitments import OwedCommitment
from projections.recommendations import Recommendation
from projections.refund_ledger import RefundEntry
from projections.table import Doc

_WAITING = frozenset({Stage.MEDIATION.value, Stage.ADJUDICATION.value, Stage.APPEAL.value})
_OPEN = frozenset({"pending", "overdue"})

_OPEN_TO_ALL = (*told_names(CaseFields), "key_questions", "evidence_called_for", "missing")
"""The fields of the case file that everybody sees, and those that `with_asked` adds."""


@frozen
class Viewer:
    caller: Caller

    @property
    def insider(self) -> bool:
        return self.caller.role in DESK

    def may_see(self, doc: Doc) -> bool:
        """Whether the viewer may see the case file at all. The marketplace was checked before."""
        if self.caller.role is not Role.NEUTRAL:
            return True
        if doc["neutral"] == (me := str(self.caller.subject)):
            return True
        waiting = doc["neutral"] is None and doc["stage"] in _WAITING and doc["awaiting"] == Awaiting.SUPERVISOR.value
        return waiting and not any(had["neutral"] == me and had["why"] in FOR_GOOD for had in doc["neutrals"])

    def case_file(self, doc: Doc) -> Doc:
        reference = doc["transaction"]["payment_reference"]
        return {
            **{name: doc[name] for name in _OPEN_TO_ALL},
            "marketplace_reference": self.unless_party(doc["marketplace_reference"]),
            "transaction": {**doc["transaction"], "payment_reference": reference if self.insider else None},
            **{side.value: self._party(side, doc[side.value]) for side in Side},
            "representatives": [self._representative(named) for named in doc["representatives"]],
            "beyond_limit": doc["beyond_limit"] if self.caller.role in KNOW_CLAIM_HISTORIES else None,
            "ratings": [rating for rating in doc["ratings"] if self._is_told_doer(rating)],
            "exhibits": self.exhibits(doc),
            "goods": self._goods(doc),
            "incident": doc["incident"] and {**doc["incident"], "id": self.unless_party(doc["incident"]["id"])},
            "shared": [{**item, "file": item["file"] and _shared_file(doc["id"], item)} for item in doc["shared"]],
            "caucus": self.caucus(doc),
            "rulings": doc["rulings"],
            "decisions": [one for one in doc["decisions"] if self._is_told_decision(one)],
            "rectifications": [one for one in doc["rectifications"] if self._is_told_doer(one)],
            "commitments": self.commitments(doc),
            "vouchers": self.vouchers(doc),
            "deadlines": self.deadlines(doc),
            "refunds": [
                {**refund, "provider_reference": self._reference(refund["recipient"], refund["provider_reference"])}
                for refund in doc["refunds"]
            ],
        }

    def sees(self, event: Event, body: Doc) -> bool:
        """Whether the viewer may see anything of a fact. A party is asked as for `told_of`."""
        return self._is_among(type(event).told_to, body)

    def told_of(self, event: Event, body: Doc) -> Doc | None:
        """The fields of a fact that the viewer may see, with its body in JSON. None if the fact is hidden from them.

        A party is asked only about facts that it was told: `projections.told_facts` selects them.
        """
        kind = type(event)

        def among(audience: Audience) -> bool:
            return self._is_among(audience, body)

        return told(kind, body, among) if self.sees(event, body) else None

    def _is_among(self, audience: Audience, body: Doc) -> bool:
        """Whether the audience of this fact, or of a field of it, includes the viewer, who may see the dispute."""
        side = self.caller.side
        match audience:
            case Audience.NOBODY:
                return False
            case (
                Audience.ALL
                | Audience.ALL_WHEN_IN_EFFECT
                | Audience.ALL_AS_SHOWN
                | Audience.WHOM_COMMITMENT_CONCERNS
                | Audience.CAUCUS_AND_DESK
                | Audience.ADDRESSEE
            ):
                return True
            case Audience.ALL_BUT_PARTIES:
                return side is None
            case Audience.PARTIES_AND_DESK:
                return self.caller.role is not Role.NEUTRAL
            case Audience.NEUTRAL_STAFF_AND_AUDITOR:
                return self.caller.role in KNOW_CLAIM_HISTORIES
            case Audience.STAFF_OR_ALL:
                return self.caller.role in KNOW_CLAIM_HISTORIES or bool(body.get("shared"))
            case Audience.DOER:
                return self._is_told_doer(body)
            case Audience.BURDENED:
                return self._is_told_decision(body)
            case Audience.CAUCUS:
                return self._hears(body)
            case Audience.VOUCHER:
                return self._is_told_code(body["by"])
            case _:
                assert_never(audience)

    @property
    def untold_owed(self) -> tuple[Mapping[str, frozenset[str]], ...]:
        """What is hidden from this viewer: the commitments with all values of one of these."""
        return HIDDEN_COMMITMENTS[self.caller.side] if self.caller.side else ()

    def commitments(self, doc: Doc) -> list[Doc]:
        """With the neutral who owes each one, if a neutral does."""
        return [{**owed, "neutral": _neutral_of(owed["owed_by"], owed["subject"])} for owed in doc["commitments"]]

    def _is_told_decision(self, decision: Doc) -> bool:
        burdens = decision.get("burdens") or decision["by"]  # who asks for a review is whom the decision burdens
        return self.caller.side is None or burdens == self.caller.side.value

    def vouchers(self, doc: Doc) -> list[Doc]:
        """The code only for the buyer and for whoever issued it."""
        return [one if self._is_told_code(one["issued_by"]) else {**one, "code": None} for one in doc["vouchers"]]

    def _is_told_code(self, issuer: str) -> bool:
        who = self.caller.side.value if self.caller.side else self.caller.role.value
        return who in (Side.BUYER.value, issuer)

    def _is_told_doer(self, done: Doc) -> bool:
        return self.insider or self.caller.side == done["by"]

    def caucus(self, doc: Doc) -> list[Doc]:
        """The caucus messages that the viewer wrote or received."""
        heard = [said for said in doc["caucus"] if self._hears(said)]
        return [{**said, "file": said["file"] and _caucus_file(doc["id"], said)} for said in heard]

    def _hears(self, said: Doc) -> bool:
        if self.caller.role is Role.NEUTRAL:
            return bool(said["neutral"] == str(self.caller.subject))
        return self.caller.side is not None and bool(said["side"] == self.caller.side.value)

    def _goods(self, doc: Doc) -> Doc | None:
        """The neutral does not need to know where goods are sent."""
        goods = doc["goods"]
        if goods is None:
            return None
        details, label = goods.get("details"), goods.get("label")
        if self.caller.role is Role.NEUTRAL:
            return {**goods, "details": details and {**details, "lines": None, "rma": None}, "label": None}
        return {**goods, "label": label and {**label, "file": _label_file(doc["id"], label)}}

    def exhibits(self, doc: Doc) -> list[Doc]:
        return [{**exhibit, "file": exhibit["file"] and _file(doc["id"], exhibit)} for exhibit in doc["exhibits"]]

    def incident(self, doc: Doc) -> Doc:
        told = {name: doc[name] for name in ("id", "title", "reason", "by", "opened_at")}
        return {**told, "kind": doc["what"], "closed_at": doc["closure"] and doc["closure"]["at"]}

    def whole_incident(self, doc: Doc, whole: Progress) -> Doc:
        return {
            **self.incident(doc),
            "closure": doc["closure"],
            "shared": [{**item, "file": item["file"] and _incident_file(doc["id"], item)} for item in doc["shared"]],
            "acts": [_said_to_all(act, whole.answers[act["number"]]) for act in doc["acts"]],
            "progress": {
                **{name: getattr(whole, name) for name in _PROGRESS},
                "amounts": [{name: getattr(sum_, name) for name in _SUM} for sum_ in whole.amounts],
            },
        }

    def member(self, row: MemberRow, standing: Standing) -> Doc:
        received = [{"number": int(number), **told} for number, told in sorted(row.received.items())]
        return {**self.standing(standing), "joined_at": row.joined_at, "received": received}

    def deadlines(self, doc: Doc) -> list[Doc]:
        zones = {side.value: doc[side.value]["time_zone"] for side in Side}
        return [{**deadline, "local": _local(deadline["due_at"], zones)} for deadline in doc["deadlines"]]

    def awaiting(self, stage: str, awaiting: str, neutral: object) -> Awaiting:
        """Whose move it is, as the viewer sees it."""
        whose = Awaiting(awaiting)
        return as_shown(Stage(stage), whose, neutral is not None) if self.caller.side else whose

    def standing(self, row: Standing) -> Doc:
        shown = {name: getattr(row, name) for name in _STANDING}
        shown["awaiting"] = self.awaiting(row.stage, row.awaiting, row.neutral)
        shown["changed_at"] = self.caller.clock.showed(row.changed_for(self.caller.side))
        shown["waiting"] = self.waiting(row)
        shown |= {side.value: self._in_list(side, row.parties[side.value]) for side in Side}
        reference = self.unless_party(row.reference)
        return {**shown, "id": row.dispute_id, "in_dispute": row.in_dispute, "marketplace_reference": reference}

    def waiting(self, row: Standing) -> Doc | None:
        """What the dispute waits for. A party sees only what parties or the marketplace have to do: what the neutral and the
        supervisor do could reveal a ruling that awaits its co-signature."""
        told = row.waiting
        if told is None or (self.caller.side and row.awaiting in OF_DESK):
            return None
        whose = told.whose[0] if len(told.whose) == 1 else "both"
        shown = {**{name: getattr(told, name) for name in _WAITING_FOR}, "whose": whose}
        if self.caller.side and told.why == "appeal":  # of the last ruling that took effect
            shown["number"] = row.telling["rulings"]
        return shown

    def message(self, row: Message, doc: Doc) -> Doc:
        """The message. The case file has the status of the commitment made with it, and the exhibits made of its files."""
        promise, standing = row.promise, {owed["id"]: owed["status"] for owed in doc["commitments"]}
        told = promise and {**promise, "status": standing.get(promise["commitment_id"], "pending")}
        shown = {name: getattr(row, name) for name in _MESSAGE}
        filed = {(of["message"], of["file"]): one["number"] for one in doc["exhibits"] if (of := one.get("filed_from"))}
        files = [
            {**file, "href": _message_file(row, file), "exhibit": filed.get((row.number, file["number"]))}
            for file in row.files
        ]
        return {**shown, "message": row.text, "to": row.addressee, "promise": told, "files": files}

    def commitment(
        self, row: OwedCommitment, filed: DisputeFiled, refund: RefundInstructed | None, unsigned: Doc | None
    ) -> Doc:
        """One of a list, with what it is about. `unsigned` is the ruling of the dispute that awaits a co-signature."""
        keepers = fulfilment.keepers(row.owed)
        to_sign = unsigned if row.kind == CommitmentKind.CO_SIGN and row.status in _OPEN else None
        return {
            **{name: getattr(row, name) for name in _COMMITMENT},
            **self._order(filed),
            "neutral": _neutral_of(row.owed_by, row.subject),
            "id": row.commitment_id,
            "amount": row.amount,
            "since": row.began_at,
            "debtor": self._debtor(row, filed),
            **{side.value: {"name": (who := filed.party(side)).name, "country": who.country} for side in Side},
            "ruling": to_sign,
            "refund": refund and {"id": refund.refund_id, "amount": refund.amount},
            "kept_when": None if keepers is None else [fact.kind for fact in keepers],
        }

    def _debtor(self, row: OwedCommitment, filed: DisputeFiled) -> Doc | None:
        """The one person who owes it, as far as the viewer may know them."""
        if row.owed_by == Participant.NEUTRAL:
            return {"id": str(row.subject) if row.subject else None, "name": None}
        if row.owed_by not in set(Side):
            return None
        side = Side(row.owed_by)
        party = filed.party(side)
        return {"id": party.id if self.insider or self.caller.side is side else None, "name": party.name}

    def refund_of_fact(self, refund: RefundInstructed, filed: DisputeFiled) -> Doc:
        told = {name: getattr(refund, name) for name in ("amount", "recipient", "commitment_id")}
        return {"id": refund.refund_id, **told, **self._order(filed), **self._payment(filed)}

    def order_of_fact(self, filed: DisputeFiled) -> Doc:
        return {**self._order(filed), **self._payment(filed)}

    def _payment(self, filed: DisputeFiled) -> Doc:
        return {"payment_reference": filed.order.payment_reference if self.insider else None}

    def _order(self, filed: DisputeFiled) -> Doc:
        return {"order_id": filed.order.order_id, "marketplace_reference": self.unless_party(filed.reference)}

    def mandate(self, row: Office) -> Doc:
        shown = {name: getattr(row, name) for name in _MANDATE}
        return {**shown, **row.terms, "reason": row.closure}

    def recommendation(self, row: Recommendation, party: str) -> Doc:
        shown = {name: getattr(row, name) for name in _RECOMMENDATION}
        return {**shown, "id": row.recommendation_id, "party": party, "cases": row.cases["disputes"]}

    def erasure(self, row: ErasureRow) -> Doc:
        waits = row.status == "deferred" and row.against
        return {**{name: getattr(row, name) for name in _ERASURE}, "against": waits["items"] if waits else []}

    def legal_hold(self, row: HoldRow) -> Doc:
        return {name: getattr(row, name) for name in _HOLD}

    def refund(self, row: RefundEntry, filed: DisputeFiled) -> Doc:
        return {
            "imported": filed.imported,
            **self._order(filed),
            **self._payment(filed),
            **{name: getattr(row, name) for name in _REFUND},
            "id": row.refund_id,
            "amount": row.amount,
            "provider_reference": self._reference(row.recipient, row.provider_reference),
        }

    def unless_party(self, value: Any) -> Any:
        return None if self.caller.side else value

    def _party(self, side: Side, party: Mapping[str, Any]) -> Doc:
        own = self.knows_id(side)
        return {
            **party,
            "id": party["id"] if own else None,
            "email": party["email"] if own else None,
            "tier": party["tier"] if self._knows_tier(side) else None,
        }

    def _in_list(self, side: Side, party: Mapping[str, Any]) -> Doc:
        return {**party, "tier": party["tier"] if self._knows_tier(side) else None}

    def knows_id(self, side: Side) -> bool:
        """Whether the viewer sees the marketplace's id of this party."""
        return self.insider or self.caller.side is side

    def _knows_tier(self, side: Side) -> bool:
        return self.knows_id(side) or self.caller.role is Role.NEUTRAL

    def _representative(self, named: Mapping[str, Any]) -> Doc:
        own = self.insider or self.caller.side == named["side"]
        return {**named, "id": named["id"] if own else None}

    def _reference(self, recipient: str, reference: str | None) -> str | None:
        return reference if self.insider or self.caller.side == recipient else None


_STANDING = (
    "reason", "claimant", "stage", "awaiting", "outcome", "neutral", "imported", "filed_at", "reply_owed_since",
)  # fmt: skip
_WAITING_FOR = ("why", "since", "until", "number", "commitment_id")
_MESSAGE = (
    "number", "by", "channel", "written_at", "in_reply_to", "machine_written", "call", "public", "mail", "posted_at",
    "recorded_at",
)  # fmt: skip
_COMMITMENT = (
    "number", "commitment_class", "kind", "owed_by", "owed_to", "due_at", "proof", "arises_from", "note", "status", "by",
    "end_note", "replaced_by", "refund_id", "because_of", "dispute_id", "message", "about",
    "kept_by",
)  # fmt: skip
_MANDATE = ("neutral", "desk", "cases", "on_leave", "leave_until", "granted_at", "closed_at")
_PROGRESS = ("members", "left", "by_stage", "by_awaiting", "by_outcome")
_SUM = ("disputes", "in_dispute", "undecided")
_RECOMMENDATION = (
    "side", "action", "ground", "days", "dispute_id", "made_at", "due_at", "answer", "reason", "answered_at",
    "withdrawn_at",
)  # fmt: skip
_ERASURE = (
    "subject", "number", "status", "ground", "by", "requested_at", "until", "due_at", "dispute_id", "commitment_id",
    "erased_at", "completed_at",
)  # fmt: skip
_HOLD = ("subject", "number", "reason", "by", "placed_at", "until", "lifted_at", "lifted_because")
_REFUND = (
    "commitment_id", "recipient", "funded_by", "status", "reason", "attempt", "retry_at", "payout", "dispute_id", "occurred_at",
    "recorded_at",
)  # fmt: skip


def _neutral_of(owed_by: str, subject: Any) -> Any:
    return subject if owed_by == Participant.NEUTRAL.value else None


def _file(dispute_id: UUID | str, exhibit: Doc) -> Doc:
    return {**exhibit["file"], "href": f"/v1/disputes/{dispute_id}/exhibits/{exhibit['number']}/file"}


def _label_file(dispute_id: UUID | str, label: Doc) -> Doc:
    return {**label["file"], "href": f"/v1/disputes/{dispute_id}/return-label"}


def _caucus_file(dispute_id: UUID | str, said: Doc) -> Doc:
    return {**said["file"], "href": f"/v1/disputes/{dispute_id}/caucus/{said['side']}/{said['number']}/file"}


def _message_file(row: Message, file: Doc) -> str:
    return f"/v1/disputes/{row.dispute_id}/messages/{row.number}/files/{file['number']}"


def _shared_file(dispute_id: UUID | str, item: Doc) -> Doc:
    return {**item["file"], "href": f"/v1/disputes/{dispute_id}/shared/{item['number']}/file"}


def _incident_file(incident_id: UUID | str, item: Doc) -> Doc:
    return {**item["file"], "href": f"/v1/incidents/{incident_id}/exhibits/{item['number']}/file"}


def _said_to_all(act: Doc, answers: Answers) -> Doc:
    share, amount = act["terms"].get("share"), act["terms"].get("amount")
    percent = None if share is None else f"{share // 100}.{share % 100:02}"
    came = {"pending": answers.pending, "by_status": answers.by_status, "not_reached": answers.not_reached}
    return {**act, "percent": percent, "amount": amount, **came}


def _local(due_at: str, zones: Mapping[str, str]) -> Doc:
    instant = datetime.fromisoformat(due_at)
    return {side: {"time": local(instant, zone), "time_zone": zone} for side, zone in zones.items()}
