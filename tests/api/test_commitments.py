"""Commitments over HTTP: for a supervisor who looks at a desk, and for a backend that looks at a seller."""

from datetime import datetime, timedelta

from tests import today
from tests.api.house import House, done, refused, said
from tests.postgres import each_version


def _promise(due_at: datetime) -> dict[str, object]:
    return {"kind": "reply", "owed_by": "seller", "owed_to": "buyer", "due_at": due_at.isoformat()}


@each_version
async def test_what_a_seller_owes_and_how_much_of_it_was_kept(anew: House) -> None:
    buyer, seller, supervisor = anew.speaking_for("buyer"), anew.speaking_for("seller"), anew.sender("supervisor")
    at = f"/v1/disputes/{(await anew.filed())['id']}"
    now = today.now()
    first = done(await seller.post(f"{at}/commitments", _promise(now + timedelta(days=1))), 201)
    second = done(await seller.post(f"{at}/commitments", _promise(now + timedelta(days=2))), 201)
    kept = done(await buyer.post(f"{at}/commitments/{first['commitment_id']}/fulfilment"))
    seen = {"At-Least": kept["position"]}

    (owed,) = done(await supervisor.get("/v1/commitments", params={"seller": "s-9"}, headers=seen))["items"]
    assert owed["id"] == second["commitment_id"]
    assert done(await supervisor.get("/v1/commitments", params={"seller": "s-8"}))["items"] == []
    assert done(await supervisor.get("/v1/commitments", params={"desk": "emea"}))["items"] == []

    replies = {"kind": "reply", "owed_by": "seller"}
    totals = done(await supervisor.get("/v1/commitments/totals", params=replies, headers=seen))["items"]
    assert [(one["status"], one["currency"], one["count"]) for one in totals] == [
        ("kept", None, 1),
        ("pending", None, 1),
    ]

    period = {"due_after": (now - timedelta(days=1)).isoformat(), "due_before": (now + timedelta(days=9)).isoformat()}
    asked = period | {"by": "seller"}
    told = done(await supervisor.get("/v1/commitments/punctuality", params=asked, headers=seen))["items"]
    assert [(one["on_time"], one["late"], one["overdue"], one["share_on_time"]) for one in told] == [
        (1, 0, 0, "1.0000")
    ]
    assert [one["seller"] for one in told] == ["s-9"]
    refused(await seller.get("/v1/commitments/totals"), 403, "NotForThisRole")


@each_version
async def test_what_follows_from_a_broken_promise(anew: House) -> None:
    """The new commitment names the broken one, which stays overdue. Both are in the case file and in the list."""
    buyer, seller = anew.speaking_for("buyer"), anew.speaking_for("seller")
    dispute = (await anew.filed())["id"]
    at, now = f"/v1/disputes/{dispute}", today.now()
    sent = _promise(now + timedelta(hours=1)) | {"kind": "ship"}
    broken = done(await seller.post(f"{at}/commitments", sent), 201)["commitment_id"]
    anew.clock.ahead = timedelta(hours=2)
    try:
        told = done(await buyer.post(f"{at}/messages", {"message": {"text": "Where is it?", "language": "en"}}), 201)
        case = await anew.seen(dispute, told["position"])
    finally:
        anew.clock.ahead = timedelta()
    first, second = case["commitments"]
    assert (first["id"], first["status"], first["because_of"]) == (broken, "overdue", None)
    shown = (
        second["class"],
        second["kind"],
        second["owed_by"],
        second["owed_to"],
        second["arises_from"],
        second["because_of"],
    )
    assert shown == ("service", "decide", "marketplace", "buyer", "breach", broken)
    owed = {"owed_by": "marketplace", "kind": "decide"}
    (listed,) = done(await buyer.get("/v1/commitments", params=owed, headers={"At-Least": told["position"]}))["items"]
    assert (listed["id"], listed["because_of"]) == (second["id"], broken)


async def test_a_promise_with_a_message(anew: House) -> None:
    """The author of the message owes it. Commitment and message name each other, a neutral's desk shows it, and a
    message keeps it.
    """
    dispute, neutral = (await anew.filed())["id"], anew.sender("neutral")
    administrator, supervisor, at = anew.sender("administrator"), anew.sender("supervisor"), f"/v1/disputes/{dispute}"
    mandate = {"neutral": str(neutral.subject), "languages": ["en"], "authority": [], "desk": "emea"}
    done(await administrator.post("/v1/mandates", mandate), 201)
    anew.clock.ahead = timedelta(days=4)
    try:
        done(await anew.speaking_for("buyer").post(f"{at}/escalation", {}))
        done(await supervisor.post(f"{at}/assignment", {"neutral": str(neutral.subject)}))
        promise = {"kind": "reply", "owed_to": "seller"}
        wrong = {"message": said("Tomorrow."), "promise": promise | {"owed_to": "neutral"}}
        assert (
            refused(await neutral.post(f"{at}/messages", wrong), 422, "OwedToOneself")["pointer"] == "/promise/owed_to"
        )
        money = {"message": said("Tomorrow."), "promise": promise | {"kind": "refund"}}
        problem = refused(await neutral.post(f"{at}/messages", money), 422, "InvalidRequest")
        choices = "Input should be 'reply', 'call_back', 'provide', 'review', 'decide' or 'confirm'"
        assert (problem["pointer"], problem["detail"]) == ("/promise/kind", choices)
        told = done(await neutral.post(f"{at}/messages", {"message": said("Tomorrow."), "promise": promise}), 201)
        seen = {"At-Least": told["position"]}

        (message,) = done(await anew.speaking_for("buyer").get(f"{at}/messages", headers=seen))["items"]
        assert (message["number"], message["promise"]["commitment_id"]) == (1, told["commitment_id"])
        assert (message["promise"]["status"], message["promise"]["owed_to"]) == ("pending", "seller")
        desk = {"desk": "emea", "kind": "reply"}
        done(await supervisor.get("/v1/mandates", headers=seen))  # the mandates say which desk a neutral is on
        (owed,) = done(await supervisor.get("/v1/commitments", params=desk, headers=seen))["items"]
        assert (owed["id"], owed["message"], owed["owed_by"]) == (told["commitment_id"], 1, "neutral")
        assert owed["proof"]["rule"].endswith("/promise")
        assert owed["due_at"] == message["promise"]["due_at"]

        done(await neutral.post(f"{at}/messages", {"message": said("To you."), "to": "buyer"}), 201)
        last = done(await neutral.post(f"{at}/messages", {"message": said("And you."), "to": "seller"}), 201)
        assert last["commitment_id"] is None
        seen = {"At-Least": last["position"]}
        messages = done(await anew.backend.get(f"{at}/messages", headers=seen))["items"]
        assert [(m["to"], m["promise"] and m["promise"]["status"]) for m in messages] == [
            (None, "kept"),
            ("buyer", None),
            ("seller", None),
        ]
        every = {"kind": "reply", "status": "ended"}
        (ended,) = done(await supervisor.get("/v1/commitments", params=every, headers=seen))["items"]
        assert (ended["status"], ended["by"]) == ("kept", "neutral")
        assert ended["kept_by"] == {"fact": "MessagePosted", "number": 3}
        case = await anew.seen(dispute, last["position"])
        assert {"fact": "MessagePosted", "number": 3} in [c["kept_by"] for c in case["commitments"]]
    finally:
        anew.clock.ahead = timedelta()


async def test_a_promise_about_one_thing(anew: House) -> None:
    """Only an act about that thing keeps it, and every list says what it is about. A kind that only the law makes
    owed is refused.
    """
    await anew.open_at_once()
    filed, neutral, seller = await anew.filed(), await anew.neutral(), anew.speaking_for("seller")
    at = f"/v1/disputes/{filed['id']}"
    done(await seller.post(f"{at}/response", {"answer": "contest"}))
    done(await anew.speaking_for("buyer").post(f"{at}/escalation", {}))
    done(await neutral.post(f"{at}/assignment", {}))
    done(await neutral.post(f"{at}/impasse", {}))
    done(await neutral.post(f"{at}/evidence-requests", {"of": "seller", "fact": said("How it was packed.")}), 201)
    promise = {"kind": "provide", "owed_to": "neutral", "about": {"what": "evidence_request", "number": 1}}
    by_friday = {"message": said("By Friday."), "promise": promise}
    wrong = {**promise, "about": {"what": "evidence_request", "number": 2}}
    problem = refused(await seller.post(f"{at}/messages", by_friday | {"promise": wrong}), 422, "NotWhatItIsAbout")
    assert (problem["pointer"], problem["facts"]["number"]) == ("/promise/about", 2)
    given = done(await seller.post(f"{at}/messages", by_friday), 201)
    for shown, status in (({}, "pending"), ({"answers_request": "1"}, "kept")):
        form = {"description": "A photo", "language": "en", **shown}
        added = done(await seller.post(f"{at}/exhibits", data=form, files={"file": (None, b"")}), 201)
        seen = {"At-Least": added["position"]}
        query = {"dispute_id": filed["id"], "kind": "provide", "status": "all"}
        (owed,) = done(await anew.backend.get("/v1/commitments", params=query, headers=seen))["items"]
        assert (owed["id"], owed["status"]) == (given["commitment_id"], status)
        assert owed["about"] == {"what": "evidence_request", "number": 1, "text": None}
    assert owed["about"] in [c["about"] for c in (await anew.seen(filed["id"], added["position"]))["commitments"]]
    for asked, owing in (({}, {"neutral"}), ({"in_my_cases": True}, {"neutral", "seller"})):
        mine = done(await neutral.get("/v1/commitments", params={"status": "all", **asked}, headers=seen))["items"]
        assert {one["owed_by"] for one in mine} & {"neutral", "seller"} == owing, asked
    stranger = await anew.neutral()
    assert done(await stranger.get("/v1/commitments", params={"in_my_cases": True}, headers=seen))["items"] == []

    free = {"kind": "erase", "owed_by": "seller", "owed_to": "buyer", "due_at": "2099-01-01T00:00:00Z"}
    assert refused(await seller.post(f"{at}/commitments", free), 422, "ArisesByLawAlone")["pointer"] == "/kind"
    kinds = anew.app.openapi()["components"]["schemas"]["MakeCommitment"]["properties"]["kind"]["enum"]
    assert {"ship", "decide"} <= set(kinds)
    assert not {"erase", "co_sign", "assign"} & set(kinds)
