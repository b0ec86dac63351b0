"""Offers, proposals, messages, and what is said in caucus."""

from typing import assert_never

from api.audit.story.about import About
from api.audit.story.evidence import described
from api.audit.story.phrases import OVER, THE, moment, says
from domain.evidence import machine_reading_facts
from domain.settlement import (
    caucus_facts,
    conversation_facts,
    negotiation_facts,
    notes_facts,
    party_request_facts,
    proposal_facts,
    replies_facts,
    translation_facts,
)


def bargained(about: About, event: negotiation_facts.NegotiationEvent) -> str:
    match event:
        case negotiation_facts.OfferMade(number=number, by=by):
            counters = f", against offer {event.counters}" if event.counters else ""
            return f"offer {number} by the {by}{counters}: {about.division(event.terms)}{says(event.message)}"
        case negotiation_facts.OfferAccepted(number=number, by=by):
            return f"the {by} accepts offer {number}"
        case negotiation_facts.OfferRejected(number=number, by=by):
            return f"the {by} rejects offer {number}{says(event.message)}"
        case negotiation_facts.OfferExpired(number=number, why=why):
            return f"offer {number} is over: {OVER[why]}"
        case negotiation_facts.SettlementReached(terms=terms, by=by, number=number):
            return f"settled by {by} {number}: {about.division(terms)}"
        case _:
            assert_never(event)


def mediated(about: About, event: proposal_facts.ProposalEvent) -> str:
    match event:
        case proposal_facts.ProposalMade(number=number, terms=terms, reasons=reasons):
            return f"proposal {number} of the neutral: {about.division(terms)}{says(reasons)}"
        case proposal_facts.ProposalAccepted(number=number, by=by):
            return f"the {by} accepts proposal {number}"
        case proposal_facts.ProposalRefused(number=number, by=by, message=message):
            return f"the {by} refuses proposal {number}{says(message)}"
        case proposal_facts.ProposalLapsed(number=number, why=why):
            return f"proposal {number} is over: {OVER[why]}"
        case proposal_facts.ImpasseDeclared(reasons=reasons):
            return f"the neutral sees no agreement, and will rule{says(reasons)}"
        case _:
            assert_never(event)


def requested(event: party_request_facts.PartyRequestEvent) -> str:
    match event:
        case party_request_facts.PartyRequestMade(number=number, by=by, asks_for=what, text=text):
            return f"request {number}: the {by} asks the {by.other} ({what}){says(text)}"
        case party_request_facts.PartyRequestAnswered(number=number, by=by, text=text, exhibits=shown):
            pointing = f", with exhibits {', '.join(map(str, shown))}" if shown else ""
            return f"the {by} answers request {number}{pointing}{says(text)}"
        case party_request_facts.PartyRequestDeclined(number=number, by=by, text=text):
            return f"the {by} declines request {number}{says(text)}"
        case party_request_facts.PartyRequestWithdrawn(number=number, by=by):
            return f"the {by} withdraws request {number}"
        case _:
            assert_never(event)


def written(about: About, event: conversation_facts.ConversationEvent) -> str:
    if isinstance(event, conversation_facts.MessagePosted):
        return _posted(about, event)
    if isinstance(event, replies_facts.ReplyNotNeeded):
        about_what = f"message {event.message}" if event.message else "what was asked"
        return f"{THE[event.by]} says that {about_what} needs no answer"
    return _read(event) if isinstance(event, machine_reading_facts.MachineReadingEvent) else _translated(event)


def _read(event: machine_reading_facts.MachineReadingEvent) -> str:
    match event:
        case machine_reading_facts.TextFound(exhibit=exhibit, engine=engine, blocks=blocks, pages=pages):
            said = " / ".join(block.text.text for block in blocks)
            return f"{engine} reads exhibit {exhibit}, pages {len(pages)} of {event.pages_in_file}: {said or 'no text'}"
        case machine_reading_facts.FileNotRead(exhibit=exhibit, why=why):
            return f"exhibit {exhibit} cannot be read by a machine: {why.replace('_', ' ')}"
        case _:
            assert_never(event)


def beside(event: notes_facts.NoteWritten | replies_facts.MessageSeen) -> str:
    """What is no part of the conversation: internal notes, and what was seen."""
    match event:
        case notes_facts.NoteWritten(number=number, by=by, note=note):
            return f"internal note {number} by {THE[by]}, for the desk alone{says(note)}"
        case replies_facts.MessageSeen(message=number, by=by):
            return f"{THE[by]} sees message {number} for the first time"
        case _:
            assert_never(event)


def _translated(event: translation_facts.TranslationEvent) -> str:
    match event:
        case translation_facts.TextSent(engine=engine):
            return f"a text is sent to {engine} to be translated, without names and numbers"
        case translation_facts.TranslationMade(text=text, engine=engine, faults=faults):
            unsafe = f", unsafe ({', '.join(faults)})" if faults else ""
            return f"translated by {engine}{unsafe}{says(text)}"
        case translation_facts.TranslationApproved(by=by):
            return f"a translation is approved by {THE[by]}"
        case translation_facts.TranslationCorrected(by=by, text=text):
            return f"a translation is corrected by {THE[by]}{says(text)}"
        case translation_facts.TranslationGivenUp(language=language):
            return f"no engine translates into {language}"
        case translation_facts.LanguageDetected(declared=declared, detected=detected):
            return f"a text is in {detected}, and not in {declared}"
        case translation_facts.TextRepeated(of=of):
            return f"a text that was translated stands again in {of.fact}"
        case _:
            assert_never(event)


def _posted(about: About, event: conversation_facts.MessagePosted) -> str:
    at = f", written {moment(event.written_at, about.zone_of(event.by))}" if event.written_at else ""
    to = f" to {THE[event.to]}" if event.to else ""
    answers = f", in reply to message {event.in_reply_to}" if event.in_reply_to else ""
    machine = ", written by a machine" if event.machine_written else ""
    files = "".join(f", with {described(file)}" for file in event.files)
    how = f"({event.channel}{at}{_beside_text(about, event)}{machine})"
    return f"message {event.number} by {THE[event.by]}{to}{answers} {how}{files}{says(event.message)}"


def _beside_text(about: About, event: conversation_facts.MessagePosted) -> str:
    """The call that the message tells of, where the public reads it, or what is known of the mail."""
    zone, told = about.zone_of(event.by), ""
    if (call := event.call) is not None:
        consent = {None: "not recorded", True: "all agreed to a recording", False: "not all agreed to a recording"}
        who, since = ", ".join(call.spoke), moment(call.began_at, zone)
        told = f", {call.text_is} of a call of {call.seconds} seconds, {since}, {who} spoke, {consent[call.recording_consent]}"
    if (public := event.public) is not None:
        told += f", public since {moment(public.public_since, zone)}: {public.address}"
    if (mail := event.mail) is not None:
        sender = "" if mail.sender_known else ", from an address that is not on record"
        left_out = "".join(f", without {one.what} ({one.why})" for one in mail.left_out)
        told += f", matched by {mail.matched_by}{sender}, verdict on the sender {mail.verdict}{left_out}"
    return told


def confided(event: caucus_facts.CaucusEvent) -> str:
    match event:
        case caucus_facts.CaucusMessagePosted(number=number, side=side, by=by):  # only those two may read the message
            return f"in caucus with the {side}, message {number} by {THE[by]}"
        case caucus_facts.CaucusConsentGiven(by=by):
            return f"the {by} consents that the neutral, who heard a caucus, rules"
        case _:
            assert_never(event)
