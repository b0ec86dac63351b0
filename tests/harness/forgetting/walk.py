"""Everything that the person with the marker says, and every answer that they get, in every role in which they can say
something: buyer, seller, representative, party of an incident, and party of an imported past case."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Any, get_args
from uuid import UUID, uuid4

import httpx
from pydantic import BaseModel

from api.app import ROUTERS, routes_of
from api.disputes.commitments.acts import KeepCommitment, MakeCommitment, WaiveCommitment
from api.disputes.evidence.exhibit_schemas import AnswerExhibit, FileAsExhibit
from api.disputes.filing.filing_schemas import FileDispute
from api.disputes.filing.pleadings import RaiseCounterclaim, Rebut
from api.disputes.filing.rectification import RectifyRecord
from api.disputes.filing.representation import NameRepresentative
from api.disputes.filing.resolution_schemas import ResolveClaim
from api.disputes.filing.response import Respond
from api.disputes.filing.review import RequestReview
from api.disputes.filing.set_aside import RequestSetAside
from api.disputes.neutral.escalation import Escalate
from api.disputes.neutral.independence import ChallengeNeutral
from api.disputes.remedies.closure import Withdraw
from api.disputes.remedies.goods import ContestGoods, SendGoods
from api.disputes.remedies.reopening import RateHandling, Reopen
from api.disputes.remedies.return_schemas import InspectGoods
from api.disputes.ruling.ruling_schemas import Appeal
from api.disputes.settlement.conversation_schemas import PostMessage
from api.disputes.settlement.negotiation import MakeOffer, RejectOffer
from api.disputes.settlement.party_requests import AnswerPartyRequest, DeclinePartyRequest, MakePartyRequest
from api.disputes.settlement.proposal import RefuseProposal
from api.http.auth import Tokens
from api.http.bodies import Statement
from api.marketplace.contact_schemas import RecordContact
from api.marketplace.incident_schemas import AnswerShared, OfferToAll
from api.marketplace.refund_schemas import ConfirmRefund
from domain.kernel.base import Role
from tests import today
from tests.api.house import euros, filing, said

MARKER, THEIRS = "Zanzibar7f3a91bc", "Timbuktu5d20e8aa"
SECRET = bytes(range(32))
ROUTES = {route.name: route for route in routes_of(ROUTERS)}


def marked(model: type[BaseModel], given: Mapping[str, Any]) -> dict[str, Any]:
    """A body with a marker in every text that is not given, optional ones included. New fields of the model are covered
    too."""
    body = dict(given)
    for name, known in model.model_fields.items():
        parts = [part for part in (known.annotation, *get_args(known.annotation)) if isinstance(part, type)]
        inner = next((part for part in parts if issubclass(part, BaseModel)), None)
        if name in body:
            if inner is not None and isinstance(body[name], dict):
                body[name] = marked(inner, body[name])
        elif inner is Statement:
            body[name] = said(f"{MARKER} {name}", "it")
        elif str in parts and "pattern" not in repr(known.metadata):
            body[name] = f"{MARKER}-{name}"
    return body


@dataclass
class Sender:
    """Sends requests as any caller. It keeps all answers, but not texts that the request itself just sent."""

    url: str
    subject: UUID = field(default_factory=uuid4)
    walked: set[str] = field(default_factory=set)
    """The names of the routes that got the marker in a body."""
    http: httpx.Client = field(default_factory=httpx.Client)

    def headers(self, role: str) -> dict[str, str]:
        """The headers, with some more that a client may send."""
        acts = "marketplace" if role in ("buyer", "seller") else role
        token = Tokens(SECRET).mint(
            subject=self.subject, role=Role(acts), marketplace="bazaar", life=timedelta(minutes=15)
        )
        speaks = {"Mediation-As": role} if acts != role else {}
        known = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{MARKER}-{uuid4()}", **speaks}
        strange = (
            "User-Agent",
            "Referer",
            "X-Request-Id",
            "X-Forwarded-For",
            "Correlation-Id",
            "Traceparent",
            "Cookie",
        )
        return known | dict.fromkeys(strange, MARKER)

    def get(self, role: str, path: str, **query: str) -> httpx.Response:
        return self.http.get(self.url + path, headers=self.headers(role), params=query, timeout=60)

    def post(self, role: str, path: str, body: Any = None, *, match: int | None = None, **more: Any) -> Any:
        headers = self.headers(role) | ({"If-Match": f'"{match}"'} if match is not None else {})
        if "content" in more:
            headers["Content-Type"] = "message/rfc822" if path == "/v1/mail" else "application/x-ndjson"
        options = more or ({"json": body} if body is not None else {})
        if MARKER in str(options):
            self.walked |= {n for n, r in ROUTES.items() if "POST" in (r.methods or ()) and r.path_regex.match(path)}
        answer = self.http.post(self.url + path, headers=headers, timeout=60, **options)
        assert answer.status_code in (200, 201, 202), f"{path}: {answer.text}"
        return answer.json() if answer.headers["content-type"] == "application/json" else answer.text

    def turn(self, ahead: timedelta) -> None:
        """Turns the marketplace's clock."""
        at = {"now": (today.now() + ahead).isoformat()}
        self.http.put(f"{self.url}/v1/sandbox/clock", headers=self.headers("administrator"), json=at).raise_for_status()

    def file(self, order: str, *, marked_side: str = "buyer") -> str:
        """Files a dispute of the buyer about an order of the buyer, after asking whether it may be filed."""
        self.post("marketplace", "/v1/disputes/eligibility", case(order, marked_side))
        return str(self.post("marketplace", "/v1/disputes", case(order, marked_side))["id"])


def case(order: str, marked_side: str = "buyer", now: datetime | None = None) -> dict[str, Any]:
    """A filing. If the buyer is the marked person, all its texts are marked."""
    buyer, seller = (MARKER, THEIRS) if marked_side == "buyer" else (THEIRS, MARKER)
    body = filing(order=f"{buyer}-{order}", now=now)
    body["marketplace_reference"] = f"{buyer}-{order}"
    body["transaction"]["lines"] = [{"id": buyer, "title": buyer, "quantity": 1, "amount": euros("129.90")}]
    body["transaction"]["charges"] = [{"label": buyer, "amount": euros("1.00")}]
    body["transaction"]["tracking"][0] |= {"carrier": buyer, "number": buyer}
    body["transaction"]["payment_reference"] = buyer
    body["buyer"] |= {"id": buyer, "name": buyer, "email": f"{buyer}@example.com"}
    body["seller"] |= {"id": seller, "name": seller, "email": f"{seller}@example.com"}
    body["claim"] |= {"lines": [buyer], "statement": said(buyer, "it")}
    return marked(FileDispute, body) if marked_side == "buyer" else body


def publish(send: Sender, version: str, **terms: Any) -> None:
    """A policy under which a dispute can be escalated at once."""
    at_once = {"version": version, "windows": {"escalation_opens_after_hours": 0}}
    send.post("administrator", "/v1/policies", {**at_once, **terms})


def contested(send: Sender) -> str:
    """Plays a dispute to a ruling and an appeal that is withdrawn. The buyer says everything possible on the way, in
    caucus too."""
    at = f"/v1/disputes/{send.file('contested')}"
    form = {"description": MARKER, "language": "it"}
    send.post("buyer", f"{at}/exhibits", data=form, files={"file": (f"{MARKER}.txt", (MARKER + "\n").encode() * 9000)})
    send.post("marketplace", f"{at}/delivery", {"tracking": {"carrier": MARKER, "number": MARKER}})
    send.post("buyer", f"{at}/messages", marked(PostMessage, {}))
    letter = [("files", (f"{MARKER}-{n}.txt", (MARKER + "\n").encode() * 9000)) for n in range(2)]
    send.post("buyer", f"{at}/messages", data={"message": MARKER, "language": "it", "in_reply_to": "1"}, files=letter)
    send.post("buyer", f"{at}/messages/2/files/2/exhibit", marked(FileAsExhibit, {}))
    send.post("seller", f"{at}/messages", {"message": said(THEIRS)})
    send.post("seller", f"{at}/response", {"answer": "contest", "statement": said(THEIRS)})
    send.post("buyer", f"{at}/rebuttal", marked(Rebut, {}))
    send.post("buyer", f"{at}/offers", marked(MakeOffer, {"amount": euros("60.00")}))
    send.post("buyer", f"{at}/escalation", marked(Escalate, {}))
    authority = {"neutral": str(send.subject), "languages": ["en"], "authority": [euros("1000.00")]}
    send.post("administrator", "/v1/mandates", authority)
    send.post("neutral", f"{at}/assignment", {"neutral": str(send.subject)})
    told = {"message": MARKER, "language": "it", "side": "buyer"}
    send.post("buyer", f"{at}/caucus", data=told, files={"file": (f"{MARKER}.txt", MARKER.encode())})
    award = {"buyer": euros("60.00"), "seller": euros("69.90")}
    send.post("neutral", f"{at}/proposals", {"award": award, "reasons": said("Half each.")})
    send.post("buyer", f"{at}/proposals/1/refusal", marked(RefuseProposal, {}))
    send.post("buyer", f"{at}/consent")
    send.post("seller", f"{at}/consent")
    version = send.post("neutral", f"{at}/messages", {"message": said("I rule.")})["version"]
    none = {"buyer": euros("0.00"), "seller": euros("129.90")}
    ruling = {"award": none, "cites_clauses": ["evidence"], "reasons": said("Not shown.")}
    send.post("neutral", f"{at}/rulings", ruling, match=version)
    send.post("buyer", f"{at}/appeal", marked(Appeal, {"ground": "stated_error"}))
    send.post("buyer", f"{at}/appeal/withdrawal")
    return at


def refunded(send: Sender) -> str:
    at = f"/v1/disputes/{send.file('refunded')}"
    send.post("seller", f"{at}/response", {"answer": "concede", "statement": said(THEIRS)})
    paid(send, at, marked(ConfirmRefund, {"provider_reference": MARKER}))
    return at


def paid(send: Sender, at: str, body: dict[str, Any]) -> None:
    """The one refund of this dispute that is under way."""
    under_way = {"status": "submitted", "dispute_id": at.rsplit("/", 1)[1]}
    for _ in range(200):
        if items := send.get("marketplace", "/v1/refunds", **under_way).json()["items"]:
            break
    (refund,) = items
    send.post("marketplace", f"/v1/refunds/{refund['id']}/confirmation", body)


def resolved(send: Sender) -> str:
    """An agent of the marketplace grants the claim on the phone."""
    within = {"by": ["marketplace"], "reasons": ["not_as_described"], "grounds": ["proven"], "up_to": [euros("500.00")]}
    publish(send, "phone", resolutions=[{"clause": "good_faith", "per_buyer": {"days": 30, "grants": 5}, **within}])
    granted = marked(ResolveClaim, {**case("resolved"), "ground": "proven", "said": said(THEIRS)})
    at = f"/v1/disputes/{send.post('marketplace', '/v1/resolutions', granted)['id']}"
    paid(send, at, marked(ConfirmRefund, {"provider_reference": MARKER}))
    return at


def withdrawn(send: Sender) -> str:
    """Before it, the buyer asked the marketplace to cancel the order."""
    wanted = {"side": "buyer", "channel": "app", "wanted": "cancel", "outcome": "refused", "reason_code": "packed"}
    asked = {"order_id": f"{MARKER}-withdrawn", "party": MARKER, "at": today.now().isoformat()} | wanted
    send.post("marketplace", "/v1/contacts", marked(RecordContact, asked))
    at = f"/v1/disputes/{send.file('withdrawn')}"
    send.post("buyer", f"{at}/withdrawal", marked(Withdraw, {}))
    return at


RETURN = {"act": "return", "freight": None, "freight_cost": euros("10.00")}


def bargained(send: Sender) -> str:
    """The buyer answers requests and exhibits, is represented, makes and gets commitments, and withdraws."""
    publish(send, "asking", party_requests={})
    at = f"/v1/disputes/{send.file('bargained')}"
    send.post("buyer", f"{at}/answers", {"answers": [{"question": "goods_now", "answer": said(MARKER, "it")}]})
    lawyer = {"side": "buyer", "id": f"{MARKER}-lawyer"}
    send.post("buyer", f"{at}/representatives", marked(NameRepresentative, lawyer | {"name": MARKER}))
    send.post("marketplace", f"{at}/party-tokens", {"side": "buyer", "representative": f"{MARKER}-lawyer"})
    form = {"description": THEIRS, "language": "en"}
    send.post("seller", f"{at}/exhibits", data=form, files={"file": (f"{THEIRS}.txt", THEIRS.encode())})
    send.post("buyer", f"{at}/exhibits/1/answer", marked(AnswerExhibit, {}))
    send.post("buyer", f"{at}/party-requests", marked(MakePartyRequest, {"asks_for": "photo"}))
    for _ in range(2):
        send.post("seller", f"{at}/party-requests", {"asks_for": "address", "text": said(THEIRS)})
    send.post("buyer", f"{at}/party-requests/2/answer", marked(AnswerPartyRequest, {}))
    send.post("buyer", f"{at}/party-requests/3/refusal", marked(DeclinePartyRequest, {}))
    send.post("seller", f"{at}/offers", {"amount": euros("1.00"), "message": said(THEIRS)})
    send.post("buyer", f"{at}/offers/1/rejection", marked(RejectOffer, {}))
    later = (today.now() + timedelta(days=3)).isoformat()
    promise = {"kind": "reply", "owed_by": "buyer", "owed_to": "seller", "due_at": later}
    send.post("buyer", f"{at}/commitments", marked(MakeCommitment, promise))
    theirs = {"kind": "reply", "owed_by": "seller", "owed_to": "buyer", "due_at": later, "note": said(THEIRS)}
    made = [send.post("seller", f"{at}/commitments", theirs)["commitment_id"] for _ in range(3)]
    instead = {"kind": "reply", "due_at": later, "note": said(MARKER, "it")}
    send.post("buyer", f"{at}/commitments/{made[0]}/fulfilment", marked(KeepCommitment, {}))
    send.post("buyer", f"{at}/commitments/{made[1]}/waiver", marked(WaiveCommitment, {}))
    send.post("buyer", f"{at}/commitments/{made[2]}/replacement", instead)
    send.post("buyer", f"{at}/escalation", {})
    send.post("neutral", f"{at}/assignment", {"neutral": str(send.subject)})
    send.post("buyer", f"{at}/challenges", marked(ChallengeNeutral, {"ground": "bias"}))
    send.post("buyer", f"{at}/withdrawal", {})
    send.post("buyer", f"{at}/rating", marked(RateHandling, {"rating": 1}))
    return at


def sent_back(send: Sender, marked_side: str) -> str:
    """Goods are sent back, and the seller contests what arrived. The marked person is either of them."""
    buys = marked_side == "buyer"
    at = f"/v1/disputes/{send.file(f'sent-back-{marked_side}', marked_side=marked_side)}"
    offered = {"amount": euros("129.90"), "goods": RETURN, "message": said(THEIRS if buys else MARKER)}
    version = send.post("seller", f"{at}/offers", offered)["version"]
    send.post("buyer", f"{at}/offers/1/acceptance", match=version)
    where = {"name": THEIRS, "street_address": THEIRS, "city": "Berlin", "postal_code": "10115", "country": "DE"}
    if not buys:
        where |= {"name": MARKER, "street_address": f"{MARKER} 1"}
    details = {"address": where, "rma": THEIRS if buys else MARKER}
    send.post("marketplace", f"{at}/return-details", details)
    label = THEIRS if buys else MARKER
    send.post("seller", f"{at}/return-label", files={"file": (f"{label}.txt", label.encode())})
    way = dict.fromkeys(("carrier", "number"), MARKER if buys else THEIRS)
    owed = {one["name"]: one["href"] for one in send.get("buyer", at).json()["actions"]}
    send.post("buyer", owed["send_goods"], marked(SendGoods, way) if buys else way)
    send.post("marketplace", _offered(send, "marketplace", at, "keep_commitment"), {})
    ground = {"ground": "empty_box", "statement": said(THEIRS)}
    if buys:
        send.post("seller", _offered(send, "seller", at, "contest_goods"), ground)
    else:
        send.post(
            "seller", _offered(send, "seller", at, "contest_goods"), marked(ContestGoods, {"ground": "empty_box"})
        )
    none = {"to_buyer": euros("0.00"), "reasons": said("Nothing came.")}
    send.post("supervisor", f"{at}/goods-decision", none)
    return at


def given_voucher(send: Sender) -> str:
    """The marketplace gives the buyer a voucher, whose code is the buyer's."""
    publish(send, "vouchers", vouchers={"marketplace_issues": True, "least_days": 30})
    at = f"/v1/disputes/{send.file('given-voucher')}"
    voucher = {"amount": euros("20.00"), "issued_by": "marketplace"}
    version = send.post("seller", f"{at}/offers", {"amount": euros("0.00"), "voucher": voucher})["version"]
    send.post("buyer", f"{at}/offers/1/acceptance", match=version)
    expires_at = (today.now() + timedelta(days=60)).isoformat()
    send.post("marketplace", f"{at}/vouchers/1/code", {"code": MARKER, "expires_at": expires_at})
    return at


def replaced(send: Sender) -> str:
    """Another vase is sent, and the buyer says what is wrong with it."""
    at = f"/v1/disputes/{send.file('replaced')}"
    offered = {"amount": euros("129.90"), "goods": {"act": "replace"}, "message": said(THEIRS)}
    version = send.post("seller", f"{at}/offers", offered)["version"]
    send.post("buyer", f"{at}/offers/1/acceptance", match=version)
    send.post("seller", _offered(send, "seller", at, "send_goods"), {"carrier": THEIRS, "number": THEIRS})
    found = {"verdict": "contested", "lines": [{"line": 1, "quantity": "1", "condition": "damaged"}]}
    send.post("buyer", _offered(send, "buyer", at, "inspect_goods"), marked(InspectGoods, found))
    decided = {"to_buyer": euros("0.00"), "reasons": said("It is whole.")}
    send.post("supervisor", _offered(send, "supervisor", at, "decide_goods"), decided)
    return at


def _offered(send: Sender, by: str, at: str, name: str) -> str:
    for _ in range(200):
        if found := [one["href"] for one in send.get(by, at).json()["actions"] if one["name"] == name]:
            return str(found[0])
    raise AssertionError(f"{name} is not offered")


def mistranslated(send: Sender) -> str:
    """A person translates what the buyer showed, and corrects that after the ruling. The buyer has the dispute reopened."""
    rules = {
        "version": "by-people",
        "windows": {"escalation_opens_after_hours": 0},
        "translation": {"engines": []},
    }
    send.post("administrator", "/v1/policies", rules)
    at = f"/v1/disputes/{send.file('mistranslated')}"
    form = {"description": f"{MARKER} mostra il vaso rotto in tre pezzi.", "language": "it"}
    send.post("buyer", f"{at}/exhibits", data=form, files={"file": (f"{MARKER}.txt", MARKER.encode())})
    send.post("seller", f"{at}/exhibits/1/answer", {})
    send.post("seller", f"{at}/response", {"answer": "contest"})
    send.post("buyer", f"{at}/escalation", {})
    send.post("neutral", f"{at}/assignment", {"neutral": str(send.subject)})
    translation = f"{at}/translations/{_untranslated(send, at)}/correction"
    send.post("marketplace", translation, {"text": f"{MARKER} shows the vase whole."})
    version = send.post("neutral", f"{at}/impasse")["version"]
    none = {"buyer": euros("0.00"), "seller": euros("129.90")}
    ruling = {"award": none, "cites_exhibits": [1], "cites_clauses": ["evidence"], "reasons": said("It is whole.")}
    send.post("neutral", f"{at}/rulings", ruling, match=version)
    send.post("buyer", f"{at}/appeal-waiver")
    send.post("marketplace", translation, {"text": f"{MARKER} shows the vase broken into three pieces."})
    ground = {"ground": "translation_corrected", "commitment_id": None}
    send.post("buyer", f"{at}/reopening", marked(Reopen, ground))
    send.post("buyer", f"{at}/withdrawal", {})
    return at


def _untranslated(send: Sender, at: str) -> str:
    """What is to be translated for the neutral."""
    for _ in range(200):
        owed = send.get("marketplace", f"{at}/commitments").json()["items"]
        texts = [one["about"]["text"] for one in owed if one["kind"] == "translate" and one["owed_to"] == "neutral"]
        if found := [text["translation_id"] for text in texts if text["of"]["fact"] == "ExhibitAdded"]:
            return str(found[0])
    raise AssertionError("nothing is to be translated")


def answered(send: Sender) -> str:
    """The marked person is the seller, and raises a counterclaim."""
    at = f"/v1/disputes/{send.file('answered', marked_side='seller')}"
    send.post("seller", f"{at}/response", marked(Respond, {"answer": "contest"}))
    claimed = {"relief": "payment", "amount": euros("12.00")}
    send.post("seller", f"{at}/counterclaim", marked(RaiseCounterclaim, claimed))
    send.post("buyer", f"{at}/withdrawal", {})
    return at


def grouped(send: Sender) -> list[str]:
    """In an incident: the marked person makes an offer to all as seller, and answers as buyer of another dispute."""
    sold, bought = send.file("grouped-sold", marked_side="seller"), send.file("grouped-bought")
    opened = {"kind": "other", "title": said("One batch"), "reason": said("The same container.")}
    at = f"/v1/incidents/{send.post('marketplace', '/v1/incidents', opened)['id']}"
    send.post("marketplace", f"{at}/members", {"disputes": [sold, bought]})
    form = {"description": "The seizure notice", "language": "en"}
    send.post("marketplace", f"{at}/exhibits", data=form, files={"file": ("notice.txt", b"seized", "text/plain")})
    send.post("seller", f"{at}/offers", marked(OfferToAll, {"party": MARKER, "amount": euros("20.00")}))
    send.post("buyer", _offered(send, "buyer", f"/v1/disputes/{bought}", "answer_shared"), marked(AnswerShared, {}))
    for dispute in (sold, bought):
        send.post("buyer", f"/v1/disputes/{dispute}/withdrawal", {})
    return [f"/v1/disputes/{dispute}" for dispute in (sold, bought)]


def defaulted(send: Sender) -> str:
    """The marked person stays silent as the seller, and asks to set the default aside."""
    at = f"/v1/disputes/{send.file('defaulted', marked_side='seller')}"
    send.turn(timedelta(days=9))
    send.post("seller", f"{at}/default/set-aside-request", marked(RequestSetAside, {}))
    send.post("supervisor", f"{at}/default/set-aside-refusal", {"reasons": said("No cause.")})
    paid(send, at, {"provider_reference": THEIRS})
    return at


def reviewed(send: Sender) -> str:
    """The marked person's claim is not heard. They ask for a review, correct the record, and ask what is kept."""
    body = case("reviewed") | {"other_forum": "chargeback"}
    at = f"/v1/disputes/{send.post('marketplace', '/v1/disputes', body)['id']}"
    send.post("buyer", f"{at}/decisions/1/review-request", marked(RequestReview, {}))
    send.post("supervisor", f"{at}/decisions/1/review", {"answer": "upheld", "reasons": said("The bank decides.")})
    send.post("buyer", f"{at}/rectifications", marked(RectifyRecord, {"what": "name"}))
    send.post("marketplace", "/v1/mail-addresses", {"party": MARKER, "address": f"{MARKER}@example.com"})
    wrote(send, at)
    asked = send.post("marketplace", "/v1/access-requests", {"party": MARKER})
    send.post("marketplace", f"/v1/access-requests/{asked['subject']}/{asked['number']}/answer")
    return at


def wrote(send: Sender, at: str) -> None:
    """Mails: one that a supervisor matches, one that stays on the pile, and one from an address of nobody, which is erased."""
    for number, sender in enumerate((f"{MARKER}@example.com", f"{MARKER}@example.com", f"{MARKER}@example.org")):
        head = f"From: {MARKER} <{sender}>\r\nSubject: {MARKER}\r\nMessage-ID: <{number}@{MARKER}.example>\r\n"
        send.post("marketplace", "/v1/mail", content=f"{head}\r\n{MARKER}\r\n> {MARKER}\r\n".encode())
    send.post("marketplace", "/v1/mail/erasures", {"address": f"{MARKER}@example.org"})
    for _ in range(100):
        if len(piled := send.get("supervisor", "/v1/mail").json()["items"]) == 2:
            break
        sleep(0.1)
    belongs = {"dispute_id": at.rpartition("/")[2], "side": "buyer"}
    assert send.post("supervisor", f"/v1/mail/{piled[0]['id']}/match", belongs)["message"]


def imported(send: Sender) -> str:
    """A past case with the marked person as the seller."""
    opened = datetime(2024, 3, 4, 9, 30, tzinfo=UTC)
    acts: list[tuple[int, str, str, dict[str, Any]]] = [
        (0, "file_dispute", "buyer", case("imported", "seller", opened)),
        (1, "post_message", "seller", marked(PostMessage, {})),
        (2, "respond", "seller", marked(Respond, {"answer": "contest"})),
        (3, "withdraw", "buyer", {}),
    ]
    lines = []
    for day, act, by, body in acts:
        at = (opened + timedelta(days=day)).isoformat()
        line: dict[str, Any] = {"case": f"{MARKER}-imported", "act": act, "as": by, "occurred_at": at, "body": body}
        lines.append(json.dumps(line))
    answer = send.post("marketplace", "/v1/imports", content="\n".join(lines).encode())
    told = [json.loads(line) for line in answer.splitlines()]
    assert [one["status"] for one in told] == ["stored"] * len(acts), told
    return f"/v1/disputes/{told[0]['dispute_id']}"


def rules_of(send: Sender) -> None:
    """The marked person is named in the address, as a seller with standing rules. They are withdrawn before any claim."""
    at = f"/v1/standing-rules/{MARKER}"
    rule = {"reasons": ["damaged"], "up_to": euros("20.00"), "answer": "concede"}
    send.post("seller", at, {"rules": [rule]})
    send.post("marketplace", f"{at}/withdrawal", {})
    assert len(send.get("auditor", at).json()["versions"]) == 2


def everywhere(send: Sender) -> list[str]:
    """Plays all the disputes."""
    conflicts = {"neutral": str(uuid4()), "languages": ["en"], "authority": [], "conflicts": [MARKER]}
    send.post("administrator", "/v1/mandates", conflicts)
    rules_of(send)
    paid_out = [refunded(send), resolved(send), given_voucher(send)]
    alone = [contested(send), *paid_out, withdrawn(send), bargained(send), answered(send), imported(send)]
    returned = [sent_back(send, side) for side in ("buyer", "seller")]
    return [*alone, *returned, replaced(send), *grouped(send), defaulted(send), reviewed(send), mistranslated(send)]


def misused(send: Sender) -> None:
    """Requests that fail are answered, and not stored: strange paths, parameters and fields, and bodies that break
    off."""
    headers = send.headers("marketplace")
    for path in (f"/v1/{MARKER}", f"/{MARKER}", f"/v1/disputes/{MARKER}", f"/v1/disputes?{MARKER}=1"):
        assert send.http.get(send.url + path, headers=headers).status_code in (404, 422)
    for sent in ({MARKER: MARKER}, {"marketplace_reference": [MARKER]}):
        assert send.http.post(f"{send.url}/v1/disputes", headers=headers, json=sent).status_code == 422
    broken = {**headers, "Content-Type": "application/json"}
    assert send.http.post(f"{send.url}/v1/disputes", headers=broken, content=f'{{"{MARKER}'.encode()).status_code == 400
    lost = {"Authorization": f"Bearer {MARKER}"}
    assert httpx.get(f"{send.url}/v1/disputes", headers=lost, timeout=60).status_code == 401
    assert send.get("marketplace", "/v1/disputes", order_id=f"{MARKER}-withdrawn").json()["items"]
    assert send.get("supervisor", f"/v1/claim-histories/buyer/{MARKER}").status_code == 200
