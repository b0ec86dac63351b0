"""Representatives over HTTP: with their own token they act as the party, and are on record as themselves."""

from tests.api.house import House, Sender, done, euros, refused

LAWYER = {"side": "buyer", "id": "law-12", "name": "Avv. Rossi"}


async def test_a_representative_acts(anew: House) -> None:
    """The party names them, and they get a token for one dispute. Their acts are the party's, and the history says
    who acted.
    """
    buyer, seller, backend = anew.speaking_for("buyer"), anew.speaking_for("seller"), anew.backend
    filed = await anew.filed()
    at = f"/v1/disputes/{filed['id']}"
    ask = {"side": "buyer", "representative": "law-12"}
    refused(await backend.post(f"{at}/party-tokens", ask), 404, "UnknownRepresentative")
    refused(await seller.post(f"{at}/representatives", LAWYER), 403, "NotYourSide")
    done(await buyer.post(f"{at}/representatives", LAWYER), 201)
    refused(await backend.post(f"{at}/party-tokens", ask | {"side": "seller"}), 404, "UnknownRepresentative")
    token = done(await backend.post(f"{at}/party-tokens", ask), 201)
    lawyer = Sender(anew.http, token["token"])
    offered = done(await lawyer.post(f"{at}/offers", {"amount": euros("60.00")}), 201)
    assert "name_representative" not in {action["name"] for action in offered["actions"]}

    case = await anew.seen(filed["id"], offered["position"], seller)
    (named,) = case["representatives"]
    assert (named["side"], named["name"], named["id"], named["ended_at"]) == ("buyer", "Avv. Rossi", None, None)
    assert case["offers"][0]["by"] == "buyer"
    history = done(await seller.get(f"{at}/history", headers={"At-Least": offered["position"]}))["items"]
    actors = {entry["kind"]: entry["actor"] for entry in history}
    assert (actors["OfferMade"], actors["DisputeFiled"]) == (named["subject"], None)

    ended = done(await buyer.post(f"{at}/representatives/{named['subject']}/end"))
    assert "name_representative" in {action["name"] for action in ended["actions"]}
    refused(await lawyer.get(at), 403, "NoLongerRepresents")
    refused(await lawyer.post(f"{at}/offers", {"amount": euros("61.00")}), 403, "NoLongerRepresents")
    refused(await lawyer.get(f"{at}/messages"), 403, "NoLongerRepresents")
    refused(await lawyer.get(f"{at}/commitments"), 403, "NoLongerRepresents")
