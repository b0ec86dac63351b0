"""The key questions that the policy asks each side, and the answers."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Answer, Body, Context, Statement, example
from api.http.roles import PARTIES
from domain.filing import key_question_facts, key_questions
from domain.filing.key_questions import MAX_EDITIONS
from domain.kernel.base import Instant
from domain.kernel.people import Side
from domain.policy.reasons import AskedName, Pleader
from projections.case_story.parts import Said

ACTS = Acts("Response")


class GivenAnswer(Body):
    question: Annotated[
        AskedName, Field(description="The name of the question in the policy.", examples=["difference"])
    ]
    answer: Statement

    def domain(self) -> key_question_facts.NewAnswer:
        return key_question_facts.NewAnswer(question=self.question, answer=self.answer.words())


Answers = Annotated[list[GivenAnswer], Field(min_length=1, max_length=20)]


@ACTS.act(
    "/answers",
    "Answers key questions of the policy, or amends earlier answers, until the window ends. Nothing is overwritten.",
    by=PARTIES,
)
class AnswerKeyQuestions(Act):
    """Answers to some of the questions for this side. Earlier answers stay on record."""

    model_config = example(
        {"answers": [{"question": "difference", "answer": {"text": "Il colore non è quello.", "language": "it"}}]}
    )

    answers: Answers

    def command(self, at: Context, *, dispute_id: UUID) -> key_questions.AnswerKeyQuestions:
        answers = tuple(given.domain() for given in self.answers)
        return key_questions.AnswerKeyQuestions(**at.common(), dispute_id=dispute_id, answers=answers)


class AnswerShown(Answer):
    """One edition of an answer."""

    edition: Annotated[int, Field(description=f"From 1, at most {MAX_EDITIONS}; the last one counts.")]
    answer: Said
    at: Instant


class AskedShown(Answer):
    """A request of the policy to one side, in the nearest language to the reader's. The policy has the text in every
    language. `until` is the end of that side's time for it, if it has one.
    """

    name: str
    of: Pleader
    side: Side
    text: str
    language: Annotated[str | None, Field(description="The tag of `text`; null where nobody knows its language.")]
    until: Instant | None


class KeyQuestionShown(AskedShown):
    answers: Annotated[list[AnswerShown], Field(description="All editions. The last one counts.")]


class CalledForShown(AskedShown):
    exhibits: Annotated[
        list[int], Field(description="The numbers of the exhibits that are this evidence, without withdrawn ones.")
    ]
    by_tracking: Annotated[bool, Field(description="Tracking, in the filing or reported later, is this evidence.")]


class MissingShown(AskedShown):
    """An answer or evidence that has not come yet. The dispute does not wait for it, but the ruling may weigh it."""

    what: Literal["answer", "evidence"]
