"""Every route × every role × a foreign tenant. The cases come from the routes themselves, so a new route is always tested."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from fastapi.routing import APIRoute
from httpx import Response

from api.app import ROUTERS, routes_of
from api.http.access import OF_THEMSELVES, OPEN, ROLES_BY_ROUTE, WHOLE_CELL, WITHOUT_DISPUTE
from domain.kernel.base import Role
from domain.kernel.people import Side
from domain.notices.notices import MakeNotice
from domain.notices.notices_facts import notice_id_of
from domain.payments.reconciliation import RecordComparison
from domain.payments.reconciliation_facts import Difference
from domain.settlement.translation import RecordTranslation
from domain.settlement.translation_facts import translation_id_of
from mediation.gateways.mail.message_ids import message_id_of
from mediation.processes import ENGINE
from tests import today
from tests.api.house import MARKETPLACE, House, Sender, done, euros, filing, refused, said
from tests.api.rulings import flagged, people, ruled, somebody, under
from tests.api.test_translations import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROUTES = {route.name: route for route in routes_of(ROUTERS)}
GUARDED = sorted(ROUTES.keys() - OPEN)
PARTIES = (Role.BUYER, Role.SELLER)
UNKNOWN = {
    "refund_id": "UnknownRefund",
    "incident_id": "UnknownIncident",
    "dispute_id": "UnknownDispute",
    "recommendation_id": "UnknownRecommendation",
    "subject": "UnknownHold",
    "person": "UnknownAccessRequest",
    "mail_id": "UnknownMail",
    "provider_notice_id": "UnknownProviderNotice",
    "endpoint_id": "UnknownWebhookEndpoint",
}
"""The answers for a thing of another marketplace."""
NOBODY_LISTENS = "http://127.0.0.1:9/"
SPEAKING = tuple(role for role in Role if role is not Role.ENGINE)
ENDS_THE_MANDATE = {"recuse", "reassign_neutral", "reopen"}
"""Acts after which the neutral may no longer read the dispute. They are tried on a dispute of their own."""


def _looks_at_disputes(route: APIRoute) -> bool:
    """Whether a neutral needs a mandate to read this route, or to keep a draft. The rules and the clock are open to all."""
    if route.name == "match_mail":
        return True
    return "POST" not in (route.methods or ()) and route.name not in WITHOUT_DISPUTE | {"read_clock"}


@dataclass(frozen=True, slots=True)
class Sample:
    """A dispute that has one of everything, a second one, and the neutral of both."""

    house: House
    neutral: Sender
    ids: Mapping[str, Any]
    second: str
    returned: str
    with_voucher: str
    bodies: Mapping[str, Any]

    @property
    def dispute_id(self) -> str:
        return str(self.ids["dispute_id"])

    def tried_on(self, name: str) -> str:
        """The id of the dispute in which an act is tried."""
        if name.endswith("_return_label"):
            return self.returned
        if name == "issue_voucher":
            return self.with_voucher
        return self.second if name in ENDS_THE_MANDATE else self.dispute_id

    def sender(self, role: Role, marketplace: str = "bazaar") -> Sender:
        """A person in this role. For the parties the backend speaks."""
        if role in PARTIES:
            return self.house.speaking_for(role.value, marketplace)
        subject = self.neutral.subject if role is Role.NEUTRAL else None
        return self.house.sender(role, marketplace=marketplace, subject=subject)

    async def request(self, route: APIRoute, sender: Sender) -> Response:
        """Sends the documentation's example, about the sample."""
        dispute_id = self.tried_on(route.name)
        about = {**self.ids, "dispute_id": dispute_id}
        if route.name == "delete_webhook_endpoint":
            about["endpoint_id"] = await _endpoint(self.house, "tried")
        path = route.path.format(**about)
        method = next(iter(route.methods or ()))
        if method == "GET":
            return await sender.get(path, params=_query(route.name))
        if method == "DELETE":
            return await sender.send(method, path)
        if method in ("PUT", "PATCH"):
            return await sender.send(method, path, json=self.example(route))
        if "requestBody" not in self.operation(route):
            return await sender.post(path)
        version = await _version(self, dispute_id, sender)
        match = version if "428" in self.operation(route)["responses"] else None
        content = next(iter(self.operation(route)["requestBody"]["content"]))
        if content == "multipart/form-data":
            form = self.bodies.get(route.name, {"description": "A photo", "language": "en"})
            return await sender.post(path, data=form, files={"file": b"text"})
        if content == "application/x-ndjson":
            return await sender.post(path, content=b"", headers={"Content-Type": content})
        if content == "message/rfc822":
            return await sender.post(path, content=b"From: x@example.com\r\n\r\n", headers={"Content-Type": content})
        return await sender.post(path, self.example(route), match=match)

    def operation(self, route: APIRoute) -> dict[str, Any]:
        operations: dict[str, dict[str, Any]] = self.house.app.openapi()["paths"][route.path]
        return operations[next(iter(route.methods or ())).lower()]

    def example(self, route: APIRoute) -> Any:
        if route.name in self.bodies:
            return self.bodies[route.name]
        document = self.house.app.openapi()
        schema = self.operation(route)["requestBody"]["content"]["application/json"]["schema"]
        return document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["examples"][0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sample(at_home: House) -> AsyncIterator[Sample]:
    buyer, seller, neutral = at_home.speaking_for("buyer"), at_home.speaking_for("seller"), await at_home.neutral()
    await at_home.open_at_once()
    dispute_id = (await at_home.filed())["id"]
    at = f"/v1/disputes/{dispute_id}"
    done(await seller.post(f"{at}/response", {"answer": "concede_part", "conceded": euros("9.90")}))
    form = {"description": "Foto", "language": "it"}
    done(await buyer.post(f"{at}/exhibits", data=form, files={"file": b"rotto"}), 201)
    letter = {"message": "La ricevuta", "language": "it"}
    done(await buyer.post(f"{at}/messages", data=letter, files={"files": b"ricevuta"}), 201)
    done(await seller.post(f"{at}/offers", {"amount": euros("20.00")}), 201)
    photo = {"asks_for": "photo", "text": said("The label, please.")}
    done(await buyer.post(f"{at}/party-requests", photo), 201)
    done(await buyer.post(f"{at}/escalation"))
    done(await neutral.post(f"{at}/assignment", {"neutral": str(neutral.subject)}))
    confided = {"message": "Fra noi", "language": "it", "side": "buyer"}
    done(await buyer.post(f"{at}/caucus", data=confided, files={"file": b"confidenziale"}), 201)
    award = {"buyer": euros("60.00"), "seller": euros("60.00")}
    done(await neutral.post(f"{at}/proposals", {"award": award, "reasons": said("Half each.")}), 201)
    named = done(await buyer.post(f"{at}/representatives", {"side": "buyer", "id": "law-9"}), 201)
    (representative,) = (await at_home.seen(dispute_id, named["position"]))["representatives"]
    challenge = {"ground": "bias", "reason": said("Unfair.")}
    done(await seller.post(f"{at}/challenges", challenge), 201)
    elsewhere = {"what": "court", "statement": said("A court looks at it.")}
    done(await at_home.backend.post(f"{at}/parallel-proceedings", elsewhere), 201)
    done(await at_home.backend.post(f"{at}/parallel-proceedings/1/end"))
    opened = {"kind": "other", "title": said("One batch"), "reason": said("The same container.")}
    incident_id = done(await at_home.backend.post("/v1/incidents", opened), 201)["id"]
    grouped = f"/v1/incidents/{incident_id}"
    done(await at_home.backend.post(f"{grouped}/members", {"disputes": [dispute_id]}))
    done(await at_home.backend.post(f"{grouped}/exhibits", data=form, files={"file": b"sequestrato"}), 201)
    (refund,) = await at_home.refunds(1)
    recommended = await _recommended(at_home)
    hold = {"party": "b-77", "reason": said("A court asks.")}
    held = done(await at_home.sender(Role.SUPERVISOR).post("/v1/legal-holds", hold), 201)
    asked = done(await at_home.backend.post("/v1/access-requests", {"party": "b-77"}), 201)
    done(await at_home.backend.post(f"/v1/access-requests/{asked['subject']}/1/answer"))
    await _differs(at_home)
    ids = {
        "dispute_id": dispute_id,
        "number": 1,
        "file": 1,
        "side": "buyer",
        "party": "b-77",
        "recommendation_id": recommended,
        "commitment_id": refund["commitment_id"],
        "translation_id": await _translated(at_home, dispute_id),
        "notice_id": (notice := await _noticed(at_home, dispute_id)),
        "refund_id": refund["id"],
        "mail_id": await _piled(at_home),
        "provider_notice_id": await _told_by_provider(at_home),
        "endpoint_id": await _endpoint(at_home, "sample"),
        "incident_id": incident_id,
        "subject": held["subject"],
        "person": asked["subject"],
        "representative": representative["subject"],
        "version": "first-2026",
        "other": "first-2026",
        "neutral": str((await at_home.neutral()).subject),
    }
    returned = (await at_home.filed())["id"]
    goods = {"act": "return", "freight_cost": euros("10.00")}
    done(await seller.post(f"/v1/disputes/{returned}/response", {"answer": "concede", "goods": goods}))
    done(await seller.post(f"/v1/disputes/{returned}/return-label", files={"file": b"etichetta"}), 201)
    with_voucher = (await at_home.filed())["id"]
    given = {"amount": euros("0.00"), "voucher": {"amount": euros("50.00"), "issued_by": "seller"}}
    offered = done(await seller.post(f"/v1/disputes/{with_voucher}/offers", given), 201)
    done(await buyer.post(f"/v1/disputes/{with_voucher}/offers/1/acceptance", match=offered["version"]))
    changes = done(await buyer.get(f"{at}/changes"))
    soon, later = ((today.now() + timedelta(days=days)).isoformat() for days in (3, 30))
    bodies = {
        "file_dispute": filing(),
        "make_proposal": {"award": award, "reasons": said("Half each.")},
        "make_commitment": {"kind": "reply", "owed_by": "seller", "owed_to": "buyer", "due_at": soon},
        "replace_commitment": {"kind": "refund", "amount": refund["amount"], "due_at": later},
        "issue_ruling": {"award": award, "cites_clauses": ["evidence"], "reasons": said("So.")},
        "reassign_neutral": {"reason": said("On leave.")},
        "decide_challenge": {"granted": False, "reasons": said("There is no doubt.")},
        "order_stay": {"until": soon, "reasons": said("A laboratory needs time.")},
        "post_in_caucus": confided,
        "add_return_label": {},
        "request_erasure": {"party": "b-77", "ground": "person_asked"},
        "place_legal_hold": hold,
        "make_webhook_endpoint": {"url": NOBODY_LISTENS},
        "give_mail_address": {"party": "b-77", "address": "ada@example.com"},
        "record_bounce": {"message_id": message_id_of(UUID(dispute_id), notice, "mail.example"), "why": "expired"},
        "request_access": {"party": "b-77"},
        "assign_neutral": {"neutral": str(neutral.subject)},
        "snooze_dispute": {"until": (today.now() + timedelta(minutes=5)).isoformat()},
        "mark_changes_as_read": {"read_up_to": changes["read_up_to"]},
        "match_mail": {"dispute_id": dispute_id, "side": "buyer"},
        "settle_refund_otherwise": {"how": "bank_transfer", "reference": "TRF-2026-118"},
    }
    yield Sample(at_home, neutral, ids, await _mediated_by(at_home, neutral), returned, with_voucher, bodies)


async def _endpoint(house: House, name: str) -> str:
    """The id of the webhook endpoint of this name. If there is none, it is made."""
    administrator = house.sender(Role.ADMINISTRATOR)
    listed = done(await administrator.get("/v1/webhook-endpoints"))["items"]
    if (there := next((one for one in listed if one["description"] == name), None)) is None:
        body = {"url": NOBODY_LISTENS, "description": name}
        there = done(await administrator.post("/v1/webhook-endpoints", body), 201)
    return str(there["id"])


async def _mediated_by(house: House, neutral: Sender) -> str:
    """Returns the id of a dispute that this neutral has."""
    dispute_id = str((await house.filed())["id"])
    done(await house.speaking_for("buyer").post(f"/v1/disputes/{dispute_id}/escalation"))
    done(await neutral.post(f"/v1/disputes/{dispute_id}/assignment", {"neutral": str(neutral.subject)}))
    return dispute_id


async def _differs(house: House) -> None:
    """The provider's list holds a payment that the ledger does not know."""
    strange = Difference(what="missing_here", payment_key=uuid4(), subject=uuid4(), reference="re_9")
    now = today.now()
    command = RecordComparison(
        marketplace="bazaar",
        actor=ENGINE,
        now=now,
        gateway="sandbox",
        since=now,
        refunds=0,
        payments=1,
        found=(strange,),
    )
    await house.services.engine.handle(command)


async def test_the_table_names_every_route_and_no_other() -> None:
    assert ROUTES.keys() == ROLES_BY_ROUTE.keys() | OPEN


@pytest.mark.parametrize("name", GUARDED)
async def test_without_a_token_nothing_opens(sample: Sample, name: str) -> None:
    sender = Sender(sample.house.http, "nothing")
    refused(await sample.request(ROUTES[name], sender), 401, "Unauthenticated")
    response = await sample.house.http.request("GET", ROUTES[name].path.format(**sample.ids))
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("role", SPEAKING)
@pytest.mark.parametrize("name", GUARDED)
async def test_a_route_opens_for_those_it_is_for(sample: Sample, name: str, role: Role) -> None:
    """The deciders may still refuse, but the thing is found."""
    sender = sample.sender(role)
    before = await _acts(sample, sender)
    response = await sample.request(ROUTES[name], sender)
    if role in ROLES_BY_ROUTE[name]:
        assert response.status_code not in (401, 404, 415, 422, 428, 500, 503), response.text
        assert "NotForThisRole" not in response.text
    else:
        problem = refused(response, 403, "NotForThisRole")
        assert problem["facts"]["role"] == role.value
        assert await _acts(sample, sender) == before


@pytest.mark.parametrize("role", PARTIES)
@pytest.mark.parametrize("name", GUARDED)
async def test_a_partys_token_opens_one_dispute(sample: Sample, name: str, role: Role) -> None:
    route = ROUTES[name]
    own = await sample.request(route, sample.house.sender(role, dispute=sample.tried_on(name)))
    foreign = await sample.request(route, sample.house.sender(role, dispute=uuid4()))
    if role not in ROLES_BY_ROUTE[name]:
        refused(own, 403, "NotForThisRole")
    elif "dispute_id" in route.path:
        assert own.status_code not in (401, 404, 422), own.text
        refused(foreign, 404, "UnknownDispute")
    elif name in OF_THEMSELVES:
        assert own.status_code in ((200, 201) if role is Role.BUYER else (403, 404)), own.text
        assert foreign.status_code in (403, 404)
    elif name in WITHOUT_DISPUTE:
        done(own)
    else:
        refused(own, 403, "TokenIsForOneDispute")


async def test_an_id_in_capitals_is_the_same_id(sample: Sample) -> None:
    for reader in (sample.house.sender(Role.BUYER, dispute=sample.dispute_id), sample.house.backend):
        assert done(await reader.get(f"/v1/disputes/{sample.dispute_id.upper()}"))["id"] == sample.dispute_id
    party = sample.house.sender(Role.BUYER, dispute=sample.dispute_id)
    refused(await party.get("/v1/disputes/nonsense"), 404, "UnknownDispute")


@pytest.mark.parametrize("role", SPEAKING)
@pytest.mark.parametrize("name", GUARDED)
async def test_another_marketplace_finds_nothing_of_ours(sample: Sample, name: str, role: Role) -> None:
    """A foreign dispute is unknown, not forbidden: nobody can even learn that it exists."""
    route, sender = ROUTES[name], sample.sender(role, "elsewhere")
    before = await _acts(sample, sender)
    response = await sample.request(route, sender)
    if role not in ROLES_BY_ROUTE[name]:
        refused(response, 403, "NotForThisRole")
    elif role is Role.NEUTRAL and _looks_at_disputes(route):
        refused(response, 403, "NotInOffice")
    elif (thing := next((thing for thing in UNKNOWN if f"{{{thing}}}" in route.path), None)) is not None:
        refused(response, 404, UNKNOWN[thing])
    elif name == "prove_inclusion":
        refused(response, 404, "UnknownFact")
    elif "GET" in (route.methods or ()):
        assert response.status_code == 200, response.text
        assert sample.dispute_id not in _told(response)
    assert await _acts(sample, sender) == before


@pytest.mark.parametrize("name", GUARDED)
async def test_the_auditor_of_the_cell_names_a_marketplace(sample: Sample, name: str) -> None:
    auditor = sample.house.sender(Role.AUDITOR, marketplace=None)
    of_all = await sample.request(ROUTES[name], auditor)
    if name in WHOLE_CELL:
        assert of_all.status_code == 200
    else:
        refused(of_all, 422, "MarketplaceMissing")
    path = ROUTES[name].path.format(**{**sample.ids, "dispute_id": sample.tried_on(name)})
    query = _query(name)
    if Role.AUDITOR in ROLES_BY_ROUTE[name]:
        ours = await auditor.get(path, params=query, headers={"Mediation-Marketplace": "bazaar"})
        assert ours.status_code == 200
        elsewhere = await auditor.get(path, params=query, headers={"Mediation-Marketplace": "elsewhere"})
        if elsewhere.status_code == 200:
            assert sample.dispute_id not in _told(elsewhere)
        else:
            assert elsewhere.status_code == 404


@pytest.mark.parametrize(
    "name", [n for n in GUARDED if Role.NEUTRAL in ROLES_BY_ROUTE[n] and _looks_at_disputes(ROUTES[n])]
)
async def test_a_neutral_who_has_left_reads_nothing_more(sample: Sample, name: str) -> None:
    """Their token is still valid, but it does not help. Nor does a neutral read who never had a mandate."""
    gone, stranger = await sample.house.neutral(), sample.house.sender(Role.NEUTRAL)
    closure = {"reason": said("Has left.")}
    done(await sample.house.sender(Role.ADMINISTRATOR).post(f"/v1/mandates/{gone.subject}/closure", closure))
    for nobody in (gone, stranger):
        refused(await sample.request(ROUTES[name], nobody), 403, "NotInOffice")


async def test_nobody_but_a_backend_speaks_for_a_party(sample: Sample) -> None:
    for role in (Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR):
        response = await sample.sender(role).get("/v1/disputes", headers={"Mediation-As": "buyer"})
        refused(response, 403, "OnlyBackendsSpeakForParties")
    response = await sample.sender(Role.AUDITOR).get("/v1/disputes", headers={"Mediation-Marketplace": "elsewhere"})
    refused(response, 403, "ForeignMarketplace")


async def test_a_neutral_sees_their_own_disputes_and_those_that_wait(sample: Sample) -> None:
    house, other = sample.house, await sample.house.neutral()
    await house.open_at_once()
    filed = await house.filed()
    at = f"/v1/disputes/{filed['id']}"
    refused(await other.get(at, headers={"At-Least": filed["position"]}), 404, "UnknownDispute")
    waiting = done(await house.speaking_for("buyer").post(f"{at}/escalation"))
    assert (await house.seen(filed["id"], waiting["position"], other))["stage"] == "mediation"
    taken = done(await sample.neutral.post(f"{at}/assignment", {"neutral": str(sample.neutral.subject)}))
    refused(await other.get(at, headers={"At-Least": taken["position"]}), 404, "UnknownDispute")
    listed = done(await other.get("/v1/disputes", headers={"At-Least": taken["position"]}))["items"]
    assert filed["id"] not in [dispute["id"] for dispute in listed]
    mine = done(await sample.neutral.get("/v1/disputes"))["items"]
    assert filed["id"] in [dispute["id"] for dispute in mine]


async def test_a_neutral_who_stepped_down_does_not_read_on(sample: Sample) -> None:
    """The dispute waits for another neutral. The one who left may have an interest in it."""
    house, other = sample.house, await sample.house.neutral()
    await house.open_at_once()
    at = f"/v1/disputes/{(await house.filed())['id']}"
    done(await house.speaking_for("buyer").post(f"{at}/escalation"))
    done(await other.post(f"{at}/assignment", {}))
    since = {"At-Least": done(await other.post(f"{at}/recusal", {"reason": said("I know the seller.")}))["position"]}
    for part in ("", "/history", "/messages", "/exhibits", "/deadlines", "/commitments"):
        refused(await other.get(at + part, headers=since), 404, "UnknownDispute")
        done(await sample.neutral.get(at + part, headers=since))


async def _noticed(house: House, dispute_id: str) -> UUID:
    """Returns a notice to the seller, as if the marketplace showed it."""
    dispute, _, _ = await house.services.engine.dispute(UUID(dispute_id), MARKETPLACE)
    about = {"marketplace": MARKETPLACE, "actor": ENGINE, "now": today.now(), "dispute_id": dispute_id}
    told = {"to": "seller", "subject": dispute.seller.subject, "way": "marketplace", "written_at": today.now()}
    said_in = {"language": "en", "time_zone": "UTC", "heading": "A claim", "text": "A claim was filed against you."}
    cause: dict[str, Any] = {"id": uuid4(), "fact": "DisputeFiled", "template": "claim_filed"}
    await house.services.engine.handle(MakeNotice.model_validate({**about, **told, **said_in, "causes": [cause]}))
    return notice_id_of(UUID(dispute_id), Side.SELLER, cause["id"])


async def _piled(house: House) -> str:
    """Returns a mail of which nobody knows where it belongs."""
    raw, headers = b"From: y@example.com\r\n\r\nHello\r\n", {"Content-Type": "message/rfc822"}
    mail_id = done(await house.backend.post("/v1/mail", content=raw, headers=headers), 202)["id"]

    async def piled() -> Any:
        return done(await house.backend.get("/v1/mail", params={"sender": "y@example.com"}))["items"]

    await until(piled, lambda items: len(items) == 1)
    return str(mail_id)


async def _told_by_provider(house: House) -> UUID:
    """Returns a notice of a payment provider that nobody understands."""
    quarantine = house.services.quarantine
    notice_id = await quarantine.take(MARKETPLACE, "stripe", {}, b"{}", today.now())
    await quarantine.verified(notice_id, None)
    return notice_id


async def _translated(house: House, dispute_id: str) -> UUID:
    """Returns a translation in the dispute, as if an engine had made it."""
    about = {
        "marketplace": MARKETPLACE,
        "actor": ENGINE,
        "now": today.now(),
        "dispute_id": dispute_id,
        "source": "5f" * 32,
    }
    wanted = {"of": {"fact": "MessagePosted", "number": 1, "field": "message"}, "by": "seller"}
    text = {"wanted": wanted, "subject": uuid4(), "written_at": today.now(), "text": "The vase.", "language": "en"}
    made = RecordTranslation.model_validate({**about, **text, "engine": "local", "engine_version": "1"})
    await house.services.engine.handle(made)
    return translation_id_of(UUID(dispute_id), "5f" * 32, "en")


async def _recommended(house: House) -> str:
    """Returns the recommendation about a seller who was ruled against once."""
    await under(house, thresholds=[{"of": "seller", "ground": "ruled_against", "cases": 1, "days": 30}])
    seller = somebody()
    issued, _ = await ruled(house, "129.90", "0.00", **people(somebody(), seller))
    done(await house.speaking_for("seller").post(f"/v1/disputes/{issued['id']}/appeal-waiver"))
    return str((await flagged(house, seller))["id"])


def _query(route: str) -> dict[str, str]:
    """The query of routes that need one."""
    match route:
        case "get_difference":
            now = today.now()
            return {"from": (now - timedelta(days=9)).isoformat(), "to": now.isoformat()}
        case "prove_inclusion":
            return {"position": "1"}
        case "extract":
            return {"form": "jsonl"}
        case "get_defence":
            return {"provider": "stripe"}
        case "list_contacts":
            return {"order_id": "O-2026-4711"}
        case _:
            return {}


def _told(response: Response) -> str:
    """The answer without the record of readings, which repeats the ids that an auditor asked for without success."""
    if "RecordRead" not in response.text:
        return response.text
    lines = [response.json()] if response.headers["Content-Type"] == "application/json" else response.text.splitlines()
    facts = [fact for line in lines for fact in (line["items"] if isinstance(line, dict) else [json.loads(line)])]
    return json.dumps([fact for fact in facts if fact["kind"] != "RecordRead"])


async def _version(sample: Sample, dispute_id: str, sender: Sender) -> int:
    side = Side(sender.speaks_for) if sender.speaks_for is not None else None
    return (await sample.house.services.engine.dispute(UUID(dispute_id), "bazaar", side))[1]


async def _acts(sample: Sample, sender: Sender) -> int:
    """How many facts of this marketplace the sender has caused."""
    query = "SELECT count(*) FROM event WHERE actor = %s AND marketplace = 'bazaar'"
    async with sample.house.services.pool.connection() as connection:
        row = await (await connection.execute(query, (sender.subject,))).fetchone()
    assert row is not None
    return int(row[0])
