"""Evidence, questions, pleadings and caucus: what the parties bring forward."""

from typing import assert_never

from api.audit.story.phrases import THE, plain, says, worded
from domain.evidence import exhibit_facts, request_facts
from domain.filing import key_question_facts, pleading_facts
from domain.settlement import caucus_facts


def exhibited(event: exhibit_facts.ExhibitEvent) -> str:
    match event:
        case exhibit_facts.ExhibitAdded(number=number, by=by, description=description, file=file):
            attached = (
                f", {plain(file.name)} ({file.media_type}, {file.size:,} bytes, sha256 {file.sha256})" if file else ""
            )
            return f"exhibit {number} by {THE[by]}{attached}{says(description)}"
        case exhibit_facts.ExhibitWithdrawn(number=number, by=by):
            return f"exhibit {number} is withdrawn by {THE[by]}"
        case exhibit_facts.ExhibitAnswered(number=number, by=by, message=message):
            return f"the {by} answers exhibit {number}{says(message)}"
        case _:
            assert_never(event)


def heard(event: request_facts.EvidenceRequestEvent | pleading_facts.PleadingEvent) -> str:
    match event:
        case request_facts.EvidenceRequested(number=number, of=of, fact=fact):
            return f"the neutral asks the {of} for evidence, request {number}{says(fact)}"
        case request_facts.AdverseInferenceRecorded(number=number, against=against):
            return f"the {against} showed nothing on request {number}: an adverse inference is recorded"
        case pleading_facts.RebuttalGiven(statement=statement):
            return f"the claimant rebuts{says(statement)}"
        case pleading_facts.CounterclaimRaised(relief=relief, amount=amount, statement=statement):
            return f"counterclaim for {worded(relief)}{f' of {amount}' if amount else ''}{says(statement)}"
        case _:
            assert_never(event)


def questioned(event: key_question_facts.KeyQuestionAnswered) -> str:
    again = f", for the {event.edition}th time" if event.edition > 1 else ""
    return f"the {event.by} answers the question on {worded(event.question)}{again}{says(event.answer)}"


def confided(event: caucus_facts.CaucusEvent) -> str:
    match event:
        case caucus_facts.CaucusMessagePosted(number=number, side=side, by=by):  # only those two may read the message
            return f"in caucus with the {side}, message {number} by {THE[by]}"
        case caucus_facts.CaucusConsentGiven(by=by):
            return f"the {by} consents that the neutral, who heard a caucus, rules"
        case _:
            assert_never(event)
