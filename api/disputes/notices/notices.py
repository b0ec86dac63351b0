"""What the parties of a dispute were told outside of the engine; and a mail that came back, by its Message-ID."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from api.disputes.notices.notice_schemas import Notices, RecordBounce
from api.http.act_route import ActRoute
from api.http.answers import Recorded as Stored
from api.http.problems import ON_READ, ON_WRITE, documented
from api.http.reads import Cursor, Limit, ReadAsOf, Reading
from api.http.words import Words
from api.http.writes import Write
from api.notices.writer import NoticeWriter
from api.words import facts
from api.words.catalogue import Catalogue
from api.words.languages import LANGUAGES
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.places import LanguageTag
from domain.kernel.windows import local
from domain.notices import notices_facts
from domain.notices.notices import UnknownNotice
from domain.notices.notices_facts import NoticeBounced, NoticeFailed, NoticeMade
from domain.stream_ids import notices_id
from mediation.gateways.mail.message_ids import named_by
from mediation.processes.notices.writing import to_write
from mediation.store.log.recorded import Recorded

router = APIRouter(tags=["Notices"], route_class=ActRoute)

InLanguages = Annotated[
    list[LanguageTag],
    Query(
        alias="language",
        max_length=len(LANGUAGES),
        description="Languages in which each notice is written too, for whoever shows it: `?language=it&language=de`.",
    ),
]


@router.get("/v1/disputes/{dispute_id}/notices", responses=documented(*ON_READ))
async def list_notices(
    dispute_id: UUID,
    reading: ReadAsOf,
    words: Words,
    languages: InLanguages = [],  # noqa: B006 - the framework makes a new list for each request
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Notices:
    """The notices to the parties, in the order in which they were made, with what became of each. A party sees its own."""
    await reading.case(dispute_id)
    found = await of_dispute(reading, dispute_id, words)
    after = int(reading.cursor(cursor) or 0)
    left = found[after : after + limit]
    more = str(after + limit) if len(found) > after + limit else None
    if languages:
        left = [
            {**notice, "written": await _written(reading, dispute_id, notice["made"], languages)} for notice in left
        ]
    items = await reading.open([{name: value for name, value in one.items() if name != "made"} for one in left])
    return Notices.model_validate({"items": items, "next": reading.next(more)})


@router.post("/v1/notices/bounces", status_code=201, responses=documented(*ON_WRITE))
async def record_bounce(body: RecordBounce, writing: Write) -> Stored:
    """Records that a mail came back, for the mail provider of a marketplace that reports it. The marketplace then owes it to
    reach the party in another way."""
    named = named_by(body.message_id)
    if named is None:
        raise UnknownNotice()
    outcome = await writing.act(body, dispute_id=named.dispute_id, notice_id=named.notice_id)
    return Stored(position=await writing.position(outcome))


async def of_dispute(reading: Reading, dispute_id: UUID, words: Catalogue) -> list[dict[str, Any]]:
    """The notices that this reader may see, sealed. `made` is the fact behind each."""
    stream_id = notices_id(dispute_id)
    facts = reading.asked.told((await reading.http.services.log.read([(stream_id, 0)])).streams[stream_id])
    state, made = notices_facts.Notices(), list[NoticeMade]()
    whys: dict[UUID, tuple[str, str | None]] = {}
    for fact in facts:
        event = _of_notices(fact)
        state = notices_facts.evolve(state, event, fact.occurred_at)
        if isinstance(event, NoticeMade):
            made.append(event)
        if isinstance(event, NoticeBounced | NoticeFailed):
            whys[event.notice_id] = event.why, event.status
    side = reading.caller.side
    shown = [one for one in made if side in (None, one.to)]
    return [_shown(one, state.by[one.notice_id], whys, words, insider=side is None) for one in shown]


def _of_notices(fact: Recorded) -> notices_facts.NoticeEvent:
    assert isinstance(fact.event, notices_facts.NoticeEvent), "a stream of notices holds nothing else"
    return fact.event


def _shown(
    made: NoticeMade,
    notice: notices_facts.Notice,
    whys: dict[UUID, tuple[str, str | None]],
    words: Catalogue,
    *,
    insider: bool,
) -> dict[str, Any]:
    why, code = whys.get(made.notice_id, (None, None)) if notice.status in ("bounced", "failed") else (None, None)
    return {
        **made.model_dump(mode="json", include={"number", "to", "way", "language", "time_zone", "heading", "text"}),
        "made": made,
        "id": made.notice_id,
        "status": notice.status,
        "why": why,
        "status_code": code,
        "causes": [
            {"fact": one.fact, "title": facts.said(words, one.fact), "number": one.number} for one in made.causes
        ],
        "deadlines": [
            {"about": one.about, "due_at": one.due_at, "due_local": local(one.due_at, made.time_zone)}
            for one in made.deadlines
        ],
        "promises": [one.model_dump(mode="json") for one in made.promises],
        "message_id": made.message_id if insider else None,
        "written": [],
        "made_at": notice.made_at,
        "sent_at": notice.sent_at,
        "ended_at": notice.ended_at,
    }


async def _written(
    reading: Reading, dispute_id: UUID, made: NoticeMade, languages: Iterable[str]
) -> Sequence[dict[str, Any]]:
    """The notice in each of these languages that the engine speaks, or in the nearest one."""
    services, writer = reading.http.services, NoticeWriter()
    where = "dispute_id = %s AND kind = %s"
    (filed,) = await services.log.where(where, (dispute_id, DisputeFiled.kind), 1)
    assert isinstance(filed.event, DisputeFiled)
    order_id = (await reading.open({"id": filed.event.order.order_id}))["id"]
    told = made.model_copy()
    spoken = dict.fromkeys(writer.language(language) for language in languages)
    number = services.case_numbers.of(filed.position)
    page = services.settings.mail[filed.marketplace].page if filed.marketplace in services.settings.mail else None
    items = []
    for language in spoken:
        words = writer.write(
            to_write(told.model_copy(update={"language": language}), dispute_id, number, order_id, page)
        )
        items.append({"language": language, "heading": words.heading, "text": words.text, "html": words.html})
    return items
