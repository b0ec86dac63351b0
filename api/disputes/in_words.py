"""Where a dispute stands, in words, for one reader: what happened last, what comes next, by whom, until when."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.disputes import chronicle
from api.disputes.settlement.sight import owed_since
from api.http.bodies import Answer, example
from api.http.problems import ON_READ, documented
from api.http.reads import Read
from api.http.relative import ago, ahead
from api.http.words import said_in
from api.words import facts, sentences, terms
from api.words.catalogue import Catalogue, catalogue
from api.words.languages import LANGUAGES, best
from domain.clocks import names
from domain.commitments.events import ASKED, CommitmentKind, Matter, Origin, to_rule
from domain.duties import Duty
from domain.kernel.base import Instant
from domain.kernel.people import Awaiting, Side, Stage
from domain.kernel.places import TimeZone
from projections.table import Doc

router = APIRouter(tags=["Disputes"])

_UNTIL = "Friday, November 6, 2026 at 11:59:59\u202fPM China Standard Time"
_STEP: dict[str, Any] = {
    "what": "The other side answers the claim.",
    "by": "seller",
    "by_name": "The seller",
    "yours": False,
    "mandatory": False,
    "mandatory_in_words": None,
    "until": ahead(days=3),
    "until_in_words": _UNTIL,
    "on_silence": "If there is no answer by then, the claim is granted, unless the record or the rules speak against it.",
}


class Happened(Answer):
    """The last fact that the reader may see."""

    model_config = example({"kind": "DisputeFiled", "title": "Dispute filed", "at": ago(days=2), "at_in_words": _UNTIL})

    kind: str
    title: str
    at: Instant
    at_in_words: Annotated[str, Field(description="Day and time, to the minute, on the reader's clock.")]


class Step(Answer):
    """What somebody can or must do next."""

    model_config = example(_STEP)

    what: str
    by: Annotated[str, Field(description="`buyer`, `seller`, `both`, or the role of somebody else.")]
    by_name: str
    yours: Annotated[bool, Field(description="The reader can or must do it.")]
    mandatory: Annotated[
        bool,
        Field(description="The reader owes it, or silence will be held against them: as `mandatory` in `actions`."),
    ]
    mandatory_in_words: Annotated[
        str | None, Field(description="Whether the reader must do it. None: it is not theirs.")
    ]
    until: Instant | None
    until_in_words: Annotated[
        str | None,
        Field(description="The exact instant on the clock of the party, or of the marketplace's desk."),
    ]
    on_silence: Annotated[str | None, Field(description="What follows if nobody does it in time.")]


class InWords(Answer):
    """Where a dispute stands, for this reader, in their language."""

    model_config = example(
        {
            "language": "en",
            "direction": "ltr",
            "stage": "Negotiation",
            "title": "It is the seller's move.",
            "outcome": None,
            "happened_last": {
                "kind": "DisputeFiled",
                "title": "Dispute filed",
                "at": ago(days=2),
                "at_in_words": _UNTIL,
            },
            "next": [_STEP],
            "also": ["One answer or piece of evidence is still missing."],
        }
    )

    language: str
    direction: Annotated[str, Field(description="`ltr` or `rtl`.")]
    stage: str
    title: Annotated[str, Field(description="Whose move it is.")]
    outcome: str | None
    happened_last: Happened | None
    next: Annotated[list[Step], Field(description="The first due first.")]
    also: Annotated[
        list[str], Field(description="What is missing, open or overdue, and whose answer is owed since when.")
    ]


@router.get("/v1/disputes/{dispute_id}/in-words", responses=documented(*ON_READ))
async def get_dispute_in_words(dispute_id: UUID, reading: Read, response: Response) -> InWords:
    """Where the dispute stands, in the reader's language: whose move it is, what happened last, what comes next, by whom,
    until when on the reader's own clock, and what follows if nobody acts. A party that asks for no language reads it in
    its own."""
    doc, duties, zone = await reading.case_and_duties(dispute_id)
    words = catalogue(best(reading.reads(doc), LANGUAGES))
    said_in(words, response)
    told = Telling(reading, words, doc, duties, zone)
    return InWords(
        language=words.language,
        direction=words.direction,
        stage=words.say("stages", terms.STAGES[doc["stage"]]),
        title=told.title(),
        outcome=words.say("outcomes", terms.OUTCOMES[doc["outcome"]]) if doc["outcome"] else None,
        happened_last=await told.last(dispute_id),
        next=sorted(told.steps(), key=lambda step: step.until or reading.caller.at),
        also=[*told.counts(), *told.answers()],
    )


class Telling:
    """Says it to one reader, from what that reader may see, with times on the clock of `zone`. A time that ends something has
    its seconds, if they are not zero.
    """

    def __init__(self, reading: Read, words: Catalogue, doc: Doc, duties: Iterable[Duty], zone: TimeZone) -> None:
        self._reading = reading
        self._words = words
        self._doc = doc
        self._must = {str(duty.owed) for duty in duties}
        self._viewer = reading.viewer
        self._side = reading.caller.side
        self._me = self._side.value if self._side else reading.caller.role.value
        self._zone = zone

    def title(self) -> str:
        doc = self._doc
        awaiting = self._viewer.awaiting(doc["stage"], doc["awaiting"], doc["neutral"])
        closed, claimant = doc["stage"] == Stage.CLOSED.value, Side(doc["claimant"])
        return title(self._words, awaiting, claimant, self._me, closed=closed, stayed=doc["stayed"])

    async def last(self, dispute_id: UUID) -> Happened | None:
        last = await chronicle.last(self._reading, dispute_id)
        if last is None:
            return None
        return Happened(
            kind=last.kind,
            title=facts.said(self._words, last.kind),
            at=last.occurred_at,
            at_in_words=self._words.instant(last.occurred_at, self._zone, seconds=False),
        )

    def steps(self) -> Iterator[Step]:
        for deadline in self._viewer.deadlines(self._doc):
            if deadline["status"] == "running":
                yield self._of_deadline(deadline)
        for owed in self._viewer.commitments(self._doc):
            if owed["status"] in ("pending", "overdue") and not _is_told(owed, self._doc):
                what = self._words.say("commitments", terms.COMMITMENTS[owed["kind"]])
                yield self._step(owed["id"], what, owed["owed_by"], owed["due_at"], None)

    def counts(self) -> Iterator[str]:
        still = [one for one in self._viewer.commitments(self._doc) if one["status"] in ("pending", "overdue")]
        owed = [one for one in still if one["arises_from"] not in ASKED]  # those have sentences of their own
        mine = sum(one["owed_by"] == self._me for one in owed)
        overdue = sum(one["status"] == "overdue" for one in owed)
        for number, one, many in (
            (len(self._doc["missing"]), sentences.MISSING_ONE, sentences.MISSING_MANY),
            (mine, sentences.YOURS_ONE, sentences.YOURS_MANY),
            (overdue, sentences.OVERDUE_ONE, sentences.OVERDUE_MANY),
        ):
            if number:
                yield self._words.count("also", one, many, number)

    def answers(self) -> Iterator[str]:
        for whose, since in owed_since(self._doc).items():
            text = sentences.YOU_OWE_ANSWER if whose == self._me else sentences.ANSWER_OWED[whose]
            at = self._words.instant(datetime.fromisoformat(since), self._zone, seconds=False)
            yield self._words.say("also", text, since=at)

    def _of_deadline(self, deadline: Doc) -> Step:
        about, whose = names.named(deadline["name"]).about, deadline["whose"]
        mine = whose == self._me or (whose == "both" and self._side is not None)
        if about == "stay":
            what = terms.DEADLINES["stay"]
        elif mine:
            what = sentences.YOUR_STEPS[about]
        else:
            what = sentences.steps_of(whose, to_a_party=self._side is not None)[about]
        untold = bool(deadline.get("awaits_notice"))
        silence = self._words.say("silence", sentences.NOT_BEGUN if untold else sentences.SILENCE[about])
        context = "deadlines" if about == "stay" else "steps"
        until = None if untold else deadline["due_at"]
        return self._step(deadline["name"], self._words.say(context, what), whose, until, silence, mine=mine)

    def _step(
        self, owed: str, what: str, by: str, until: str | None, silence: str | None, *, mine: bool | None = None
    ) -> Step:
        """`owed` is the name of the deadline, or the id of the commitment. `until` is None while a window waits for a
        notice."""
        at = None if until is None else datetime.fromisoformat(until)
        yours, must = by == self._me if mine is None else mine, owed in self._must
        said = self._words.say("steps", sentences.YOU_MUST if must else sentences.YOU_MAY)
        return Step(
            what=what,
            by=by,
            by_name=self._words.say("roles", terms.ROLES[by]),
            yours=yours,
            mandatory=must,
            mandatory_in_words=said if yours else None,
            until=at,
            until_in_words=None if at is None else self._words.instant(at, self._zone, seconds=at.second != 0),
            on_silence=silence,
        )


def _is_told(owed: Doc, doc: Doc) -> bool:
    """Whether the time to rule says it already: the promise to rule ends with it."""
    about = owed["about"] and Matter.model_validate(owed["about"])
    if not to_rule(CommitmentKind(owed["kind"]), Origin(owed["arises_from"]), about):
        return False
    return any(one["status"] == "running" and names.named(one["name"]).about == "ruling" for one in doc["deadlines"])


def title(words: Catalogue, awaiting: Awaiting, claimant: Side, me: str, *, closed: bool, stayed: bool) -> str:
    """Whose move it is, as the reader sees it. `me` is the reader's side or role."""
    if closed:
        return words.say("stages", terms.STAGES["closed"])
    if stayed:
        return words.say("moves", sentences.PAUSED)
    sides = {Awaiting.CLAIMANT: claimant.value, Awaiting.RESPONDENT: claimant.other.value}
    whose = sides.get(awaiting, awaiting.value)
    return words.say("moves", sentences.YOUR_MOVE if whose == me else sentences.MOVES[whose])
