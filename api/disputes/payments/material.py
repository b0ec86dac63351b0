"""From a case, as the seller is told it, to what the seller may use before a payment provider.

The caucus, the desk's notes, offers, proposals, and messages and findings of neutrals are not read here. The buyer's own
exhibits are left out, and the answer says so.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

from domain.kernel.frozen import replace
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.payments.defence import LeftOut, Material, Shipment, in_full
from domain.payments.defence_files import Document, Kind, kind_of
from domain.policy.reasons import ClaimReason
from projections.case_story.items import money_of
from projections.table import Doc

ERASED = "[erased]"
"""How a text reads whose author was erased (`mediation.store.log.codec`)."""

CORRESPONDENCE = "correspondence.txt"
_WRITERS = frozenset({"buyer", "seller", "marketplace"})
_SELLER, _BUYER = Side.SELLER.value, Side.BUYER.value


def material_of(case: Doc, messages: Sequence[Doc], *, older: bool) -> Material:
    """`case` is the opened case file as the seller sees it, `messages` are the opened messages; `older`: there are more."""
    order, left_out = case["transaction"], list[LeftOut]()

    def readable(what: str, *texts: str | None) -> bool:
        """Whether nothing of it is erased. What is erased is noted, once."""
        if ERASED not in texts:
            return True
        if (erased := LeftOut(what=what, why="erased")) not in left_out:
            left_out.append(erased)
        return False

    name = case["buyer"]["name"]
    if not readable("buyer.name", name):
        name = None
    readable("order_id", order["order_id"])
    shipments = [one for one in _shipments(case) if readable("tracking", one.carrier, one.number)]
    lines = [line for line in order["lines"] if readable("order lines", line["title"])]
    account = [text for text in _account(case) if readable("statements of the seller", text["text"])]
    exhibits = [*_usable(case, left_out)]
    talk = [said for said in messages if said["by"] in _WRITERS]
    for said in talk:
        readable(f"message {said['number']}", said["message"]["text"])
        left_out += _unfiled(said)
    if older:
        left_out.append(LeftOut(what="messages", why="too_many"))
    return _with_text(
        case["id"],
        Material(
            reason=ClaimReason(case["claim"]["reason"]),
            order_id=order["order_id"],
            paid=money_of(order["paid"]),
            paid_at=datetime.fromisoformat(order["paid_at"]),
            claimed=money_of(case["claim"]["amount"]),
            buyer_name=name,
            goods=tuple(f"{line['quantity']} × {line['title']}, {money_of(line['amount'])}" for line in lines),
            shipments=tuple({(one.carrier, one.number): one for one in shipments}.values()),
            delivered_at=_delivered(case),
            refunded=tuple(_refunded(case)),
            account=tuple(map(_said, account)),
            exhibits=tuple(f"{what}: {_said(said)}" for what, said, _ in exhibits),
            documents=tuple(document for _, _, document in exhibits if document is not None),
            correspondence="\n\n".join(map(_line, talk)),
            left_out=tuple(left_out),
        ),
    )


def _with_text(dispute_id: UUID | str, material: Material) -> Material:
    """With the text of it all as a file, which comes last."""
    text = Document(
        kind="correspondence",
        href=f"/v1/disputes/{dispute_id}/defence/{CORRESPONDENCE}",
        name=CORRESPONDENCE,
        media_type="text/plain",
        size=len(in_full(material).encode()),
    )
    return replace(material, documents=(*material.documents, text))


def _shipments(case: Doc) -> Iterator[Shipment]:
    for told in case["deliveries"]:
        if told["carrier"] and told["number"]:
            yield Shipment(told["carrier"], told["number"])
    for one in case["transaction"]["tracking"]:
        yield Shipment(one["carrier"], one["number"], one["status"], datetime.fromisoformat(one["at"]))


def _delivered(case: Doc) -> datetime | None:
    """The last that was reported."""
    order = case["transaction"]
    reported = [order["delivered_at"], *(told["delivered_at"] for told in case["deliveries"])]
    return next((datetime.fromisoformat(at) for at in reversed(reported) if at), None)


def _refunded(case: Doc) -> Iterator[Money]:
    for refund in case["refunds"]:
        if refund["recipient"] == _BUYER and refund["status"] == "confirmed":
            yield money_of(refund["amount"])
    for elsewhere in case["refunds_elsewhere"]:
        yield money_of(elsewhere["amount"])


def _account(case: Doc) -> Iterator[Doc]:
    """What the seller stated: as claimant or respondent, in answers to key questions, and to exhibits of others."""
    if case["claimant"] == _SELLER:
        yield case["claim"]["statement"]
        if case["rebuttal"]:
            yield case["rebuttal"]["statement"]
    if (response := case["response"]) and response["by"] == _SELLER and response["statement"]:
        yield response["statement"]
    for question in case["key_questions"]:
        if question["side"] == _SELLER and question["answers"]:
            yield question["answers"][-1]["answer"]
    for exhibit in case["exhibits"]:
        yield from (told["message"] for told in exhibit["answers"] if told["by"] == _SELLER and told["message"])


def _usable(case: Doc, left_out: list[LeftOut]) -> Iterator[tuple[str, Doc, Document | None]]:
    """The exhibits of the seller and of the desk: what each is called, what it is, and its file."""
    for one in case["exhibits"]:
        what = f"exhibit {one['number']}"
        if one["withdrawn_at"] is not None:
            left_out.append(LeftOut(what=what, why="withdrawn"))
        elif one["by"] == _BUYER:
            left_out.append(LeftOut(what=what, why="of_the_buyer"))
        elif _is_erased(one["description"], one["file"]):
            left_out.append(LeftOut(what=what, why="erased"))
        else:
            document = one["file"] and _document(one["file"], kind_of(one["shows"]), exhibit=one["number"])
            yield what.capitalize(), one["description"], document
    for one in case["shared"]:
        what = f"shared {one['number']}"
        if one["form"] != "exhibit":
            continue
        if _is_erased(one["text"], one["file"]):
            left_out.append(LeftOut(what=what, why="erased"))
        else:
            yield what.capitalize(), one["text"], one["file"] and _document(one["file"], "other", shared=one["number"])


def _unfiled(said: Doc) -> Iterator[LeftOut]:
    """The files of a message that are no exhibits. The buyer's are the buyer's own."""
    for file in said["files"]:
        if file["exhibit"] is None and said["by"] != _BUYER:
            yield LeftOut(what=f"message {said['number']}, file {file['number']}", why="no_exhibit")


def _is_erased(text: Doc, file: Doc | None) -> bool:
    return ERASED in (text["text"], file and file["name"])


def _document(file: Doc, kind: Kind, **number: int) -> Document:
    return Document(kind, file["href"], file["name"], file["media_type"], file["size"], **number)


def _line(said: Doc) -> str:
    at = (said["written_at"] or said["posted_at"]).astimezone(UTC)
    return f"{at:%Y-%m-%d %H:%M} UTC, {said['by']}:\n{_said(said['message'])}"


def _said(text: Doc) -> str:
    """The original, and the translation that the reader asked for below it."""
    translation = text.get("translation")
    if not (translation and translation["text"] and translation["safe"]):
        return str(text["text"])
    return f"{text['text']}\n[{translation['language']}] {translation['text']}"
