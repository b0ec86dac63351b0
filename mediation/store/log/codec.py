"""Turns events into stored bytes and back. Personal fields are sealed on the way in, and stay sealed on the way out."""

import json
import secrets
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from pydantic_core import to_json

from domain.kernel.base import Event
from domain.kernel.frozen import frozen
from domain.kernel.refusals import Malformed
from domain.privacy import audit_read  # noqa: F401 - no rule imports its event, and `decode` has to know it
from mediation.store.keys import tokens
from mediation.store.keys.keys import NONCE, DataKey, KeysById, KeyStore
from mediation.store.keys.personal import Spot, has_personal, spots
from mediation.store.keys.tokens import Token
from mediation.store.log.recorded import Recorded, Row
from mediation.store.log.upcast import upcast

_PREFIX = tokens.PREFIX.encode()

ANOTHER = "[another person]"
"""Shown in place of what is about somebody else."""


class ReservedText(Malformed):
    """The request has a text that looks like an encrypted one.

    Why: Encrypted texts begin with a mark of their own. A text that looks like one could not be told apart from it.

    What to do: Write the text without that mark at its beginning (`~sealed`).
    """


class UnknownKind(Exception):
    """The log holds a kind of event, or a shape of one, that this release does not know yet."""


class Forged(Exception):
    """A sealed token was altered, moved, or made by somebody else."""


@frozen
class Draft:
    """An event on its way into the log. If it has personal texts: its JSON form, where those texts are, and the keys.

    `keys` are those of the texts' subjects, and `carried` those of texts that are tokens already.
    """

    event: Event
    doc: Any = None
    spots: Sequence[Spot] = ()
    keys: Mapping[UUID, DataKey] = field(default_factory=dict)
    carried: Mapping[UUID, DataKey | None] = field(default_factory=dict)

    @classmethod
    def of(cls, event: Event) -> "Draft":
        if not has_personal(type(event)):
            return cls(event)
        doc = event.model_dump(mode="json")
        return cls(event, doc, spots(event, doc))


class Codec:
    """Seals, decodes and opens. Only `open` returns personal text."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys

    async def ready(self, events: Iterable[Event]) -> list[Draft]:
        """Loads the keys that are needed to seal these events. A subject without a key gets one."""
        drafts = [Draft.of(event) for event in events]
        texts = [spot for draft in drafts for spot in draft.spots]
        if not texts:
            return drafts
        carried = await self._carried([spot.text for spot in texts if spot.text.startswith(tokens.PREFIX)])
        persons = {spot.subject: spot.person for spot in texts if spot.person is not None}
        keys = await self._keys.ensure({spot.subject for spot in texts}, persons)
        return [Draft(draft.event, draft.doc, draft.spots, keys, carried) for draft in drafts]

    @staticmethod
    def seal(draft: Draft, *, marketplace: str, stream_id: UUID, version: int) -> bytes:
        """The bytes to store: JSON in which a token replaces each personal text.

        If a text is already a token of the same person (from a decider's state, for example), it is sealed again for
        its new place. Call `ready` first. Raises `ReservedText` if any other text looks like a token.
        """
        event = draft.event
        if not draft.spots:
            body = event.model_dump_json().encode()
        else:
            origin = tokens.origin(stream_id, version, event.kind, event.schema_version)
            seal = {
                subject: tokens.sealer(draft.keys[subject], origin=origin, marketplace=marketplace)
                for subject in {spot.subject for spot in draft.spots}
            }
            random = secrets.token_bytes(NONCE * len(draft.spots))
            for n, spot in enumerate(draft.spots):
                text, nonce = _plain(spot, draft.carried, marketplace), random[NONCE * n : NONCE * (n + 1)]
                spot.write(seal[spot.subject](text, spot.path, nonce))
            body = to_json(draft.doc)
        if body.count(_PREFIX) != len(draft.spots):
            raise ReservedText
        return body

    @staticmethod
    def decode(row: Row) -> Recorded:
        """Raises `UnknownKind`, `KeyError` for a missing upcaster, `pydantic.ValidationError` for a malformed body."""
        kind, schema_version = row[7], row[8]
        shape = Event.registry.get(kind)
        if shape is None or schema_version > shape.schema_version:
            raise UnknownKind(f"{kind} {schema_version}")
        body = tokens.locate(row[12], tokens.origin(row[3], row[4], kind, schema_version))
        if schema_version != shape.schema_version:
            body = json.dumps(upcast(kind, schema_version, json.loads(body), to=shape.schema_version)).encode()
        return Recorded(*row[:12], shape.model_validate_json(body))

    async def open(self, value: Any, marketplace: str, *, hidden: Container[UUID] = ()) -> Any:
        """The value with every token in it opened; "[erased]" for a person whose key is destroyed, and "[another
        person]" for one whose subject is `hidden`.

        `value` consists of dicts, lists, tuples and scalars. An opened text is not searched again. Raises `Forged`.
        """
        try:
            found = sealed(value)
            keys = await self._keys.load({token.key_id for token in found.values()})
        except (ValueError, KeyError) as error:
            raise Forged from error
        return opened(value, found, keys, marketplace, hidden)

    async def _carried(self, texts: Sequence[str]) -> KeysById:
        """The keys of texts that look like tokens."""
        try:
            ids = {token.key_id for text in texts if (token := tokens.parse(text)) is not None}
            return await self._keys.load(ids) if ids else {}
        except (ValueError, KeyError):
            raise ReservedText from None


def _plain(spot: Spot, carried: Mapping[UUID, DataKey | None], marketplace: str) -> str:
    """The text to seal: what a token of the same person opens to, or the text itself."""
    token = tokens.parse(spot.text)
    if token is None:
        return spot.text
    key = carried[token.key_id]
    if key is None:
        return tokens.ERASED
    if key.subject != spot.subject:
        raise ReservedText
    try:
        return token.open(key, marketplace)
    except InvalidTag:
        raise ReservedText from None


def sealed(value: Any) -> dict[str, Token]:
    """The tokens in a value, by their texts. Raises ValueError for a malformed one."""
    return {text: token for text in _strings(value) if (token := tokens.parse(text)) is not None}


def opened(
    value: Any,
    found: Mapping[str, Token],
    keys: Mapping[UUID, DataKey | None],
    marketplace: str,
    hidden: Container[UUID] = (),
) -> Any:
    """The value with these tokens opened. A key is None if it was destroyed. Raises `Forged`."""

    def plain_of(token: Token) -> str:
        if (key := keys[token.key_id]) is None:
            return tokens.ERASED
        return ANOTHER if key.subject in hidden else token.open(key, marketplace)

    try:
        plain = {text: plain_of(token) for text, token in found.items()}
    except (KeyError, InvalidTag) as error:
        raise Forged from error
    return _replaced(value, plain) if plain else value


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _strings(inner)
        case list() | tuple():
            for inner in value:
                yield from _strings(inner)


def _replaced(value: Any, opened: Mapping[str, str]) -> Any:
    match value:
        case str():
            return opened.get(value, value)
        case dict():
            return {key: _replaced(inner, opened) for key, inner in value.items()}
        case list():
            return [_replaced(inner, opened) for inner in value]
        case tuple():
            return tuple(_replaced(inner, opened) for inner in value)
        case _:
            return value
