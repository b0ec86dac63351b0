"""What the policy asks of each side, and what they answer."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Answer, Body, Context, Statement, example
from api.http.parts import Said
from api.http.roles import PARTIES
from domain.filing import key_question_facts, key_questions
from domain.filing.key_questions import MAX_EDITIONS
from domain.kernel.base import Instant
from domain.kernel.people import Side
from domain.policy.reasons import AskedName, Pleader

ACTS = Acts("Response")


class GivenAnswer(Body):
    question: Annotated[AskedName, Field(description="By its name in the policy.", examples=["difference"])]
    answer: Statement

    def domain(self) -> key_question_facts.NewAnswer:
        return key_question_facts.NewAnswer(question=self.question, answer=self.answer.words())


Answers = Annotated[list[GivenAnswer], Field(min_length=1, max_length=20)]


@ACTS.act(
    "/answers",
    "Answers key questions of the policy, or amends what was answered, until the window ends. Nothing is overwritten.",
    by=PARTIES,
)
class AnswerKeyQuestions(Act):
    """Answers to some of the questions that this side is asked. What was said before stays on record."""

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
    """What the policy asks of one side. `until` is when that side's time for it ends, where it does."""

    name: str
    of: Pleader
    side: Side
    text: str
    until: Instant | None


class KeyQuestionShown(AskedShown):
    answers: Annotated[list[AnswerShown], Field(description="Every edition, the one that counts last.")]


class CalledForShown(AskedShown):
    exhibits: Annotated[list[int], Field(description="The numbers of those that are it, without the withdrawn.")]
    by_tracking: Annotated[bool, Field(description="The tracking that came with the filing is it.")]


class MissingShown(AskedShown):
    """What has not come yet. Nothing waits for it; the ruling may weigh it."""

    what: Literal["answer", "evidence"]
