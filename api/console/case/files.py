"""The files of a case: saved as they are, and pictures looked at.

What was sent is never run or shown by the browser as it is. A picture is made anew by a program with limits, and that is shown.
"""

import sys
from pathlib import Path
from uuid import UUID

from starlette.responses import Response

from api.console.case import picture_program
from api.console.visit import Visit
from api.disputes.evidence.exhibits import get_exhibit_file, list_exhibits
from api.disputes.payments.defence import get_defence_text
from api.disputes.remedies.returns import get_return_label
from api.disputes.settlement.conversation import get_message_file
from api.http.problem_kinds import NoSuchResource
from domain.evidence.exhibits import UnknownExhibit
from mediation.gateways.pictures.header import header
from mediation.gateways.pictures.limited import run
from mediation.gateways.pictures.port import NotReadable, Unwell

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
"""What can be looked at. Everything else is saved."""

_MOST_POINTS = 64_000_000
_SECONDS = 20
_PROGRAM = Path(picture_program.__file__)


async def exhibit_file(visit: Visit) -> Response:
    """The file of an exhibit, to save."""
    about = visit.request.path_params
    reading = await visit.reading("get_exhibit_file", **about)
    return await get_exhibit_file(about["dispute_id"], about["number"], reading)


async def return_label(visit: Visit) -> Response:
    """The label of a return, to save."""
    dispute_id = visit.request.path_params["dispute_id"]
    reading = await visit.reading("get_return_label", dispute_id=dispute_id)
    return await get_return_label(dispute_id, reading)


async def message_file(visit: Visit) -> Response:
    """A file of a message, to save."""
    about = visit.request.path_params
    reading = await visit.reading("get_message_file", **about)
    return await get_message_file(about["dispute_id"], about["number"], about["file"], reading)


async def defence(visit: Visit) -> Response:
    """What the seller may show a payment provider, as one text, to save."""
    reading = await visit.reading("get_defence_text", **visit.request.path_params)
    return await get_defence_text(visit.request.path_params["dispute_id"], reading)


async def exhibit(visit: Visit) -> Response:
    """One exhibit, to look at closely."""
    dispute_id, number = _about(visit)
    reading = await visit.reading("list_exhibits", dispute_id=dispute_id)
    shown = await list_exhibits(dispute_id, reading)
    found = next((one for one in shown.items if one.number == number), None)
    if found is None:
        raise UnknownExhibit(number=number)
    numbers = [one.number for one in shown.items]
    return visit.page(
        "case/exhibit.html",
        exhibit=found,
        dispute_id=dispute_id,
        numbers=numbers,
        pictures=PICTURES,
        now=reading.caller.at,
    )


async def exhibit_picture(visit: Visit) -> Response:
    """The picture of an exhibit, made anew. Raises NoSuchResource if it cannot be shown."""
    dispute_id, number = _about(visit)
    reading = await visit.reading("get_exhibit_file", dispute_id=dispute_id, number=number)
    file = await get_exhibit_file(dispute_id, number, reading)
    if file.media_type not in PICTURES:
        raise NoSuchResource
    content = b"".join([bytes(piece) async for piece in file.body_iterator if not isinstance(piece, str)])
    head = header(content, file.media_type)
    if head is None or head.width * head.height > _MOST_POINTS:
        raise NoSuchResource
    try:
        ended = await run([sys.executable, "-I", str(_PROGRAM)], content, seconds=_SECONDS, as_nobody=False)
    except (NotReadable, Unwell):
        raise NoSuchResource from None
    if ended.code:
        raise NoSuchResource
    return Response(ended.output, media_type="image/webp", headers={"Content-Disposition": "inline"})


def _about(visit: Visit) -> tuple[UUID, int]:
    return visit.request.path_params["dispute_id"], visit.request.path_params["number"]
