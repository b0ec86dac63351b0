"""Evidence files, sealed. Plain content is never on a disk, and a file appears under its id only when it is whole.

A stored file is a header and chunks. The header holds four bytes of format, then the id of the data key of the person
whose file it is, then a random file key. The file key is sealed under that data key and bound to the file's id, so
destroying the person's key erases the file. The content is cut into chunks of 64 KiB, each AES-256-GCM under the file
key. The nonce is the chunk's number. The number and "this is the last" are authenticated with the chunk (the STREAM
construction, Hoang et al., CRYPTO 2015), so a chunk that was changed, moved, dropped, added or cut off is noticed. If a
stream raises an error, its reader must discard everything that it has read.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterable, AsyncIterator, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mediation.store.files.content import HEAD, Content, FileEmpty, FileTooLarge
from mediation.store.files.place import EvidenceUnavailable, Place, path_of
from mediation.store.keys.keys import DataKey
from mediation.store.log.requests import Unavailable

if TYPE_CHECKING:
    from obstore import WritableFile

MAX_BYTES = 50 * 1024 * 1024

_FORMAT = b"MEF1"
_CHUNK = 64 * 1024
_TAG = 16
_PART = 16 * _CHUNK  # sealed or opened at a time, in a thread
_WRAPPED = 12 + 32 + _TAG
_HEADER = len(_FORMAT) + 16 + _WRAPPED


class BlobMissing(Exception):
    """No file has this id."""


class BlobExists(Exception):
    """A file has this id already; evidence is never written over."""


class BlobErased(Exception):
    """The person whose file it was has been erased: it can't be opened any more."""


class BlobDamaged(Exception):
    """What is stored is not what was sealed."""


class Keys(Protocol):
    """What this module needs of `mediation.store.keys.keys.KeyStore`."""

    async def ensure(self, subjects: Collection[UUID]) -> Mapping[UUID, DataKey]: ...
    async def load(self, ids: Collection[UUID]) -> Mapping[UUID, DataKey | None]: ...


class Where(Protocol):
    """What this module needs of `mediation.store.files.evidence.Evidence`."""

    place: Place

    async def check(self) -> None: ...


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was stored.

    `sha256` is of the content, so it is as personal as the file itself; `sealed_sha256` is of the stored bytes, for
    proofs. Both have 64 hexadecimal digits. `size` is in bytes of content. `media_type` was found from the content.
    """

    sha256: str
    sealed_sha256: str
    size: int
    media_type: str


class Blobs:
    """Sealed files by id; at most `max_bytes` each. All methods raise EvidenceUnavailable."""

    def __init__(self, where: Where, keys: Keys, *, max_bytes: int = MAX_BYTES) -> None:
        self._where = where
        self._place = where.place
        self._keys = keys
        self._max_bytes = max_bytes

    async def write(self, blob_id: UUID, content: AsyncIterable[bytes], *, subject: UUID) -> StoredFile:
        """Stores a person's file under a fresh random id, as it arrives.

        Raises FileTooLarge as soon as the limit is passed, FileTypeNotAllowed, FileEmpty, BlobExists. Then, and when
        `content` fails, nothing is stored. If cancelled at the last moment, it may leave a file that nothing refers to.
        Raises Unavailable, and stores nothing, if the key was lost during the upload because a standby was promoted.
        """
        await self._where.check()
        key = (await self._keys.ensure({subject}))[subject]
        sealing = _Sealing(self._place, blob_id, key)
        try:
            stored = await self._write(sealing, content)
        except BaseException:
            sealing.abandon()
            raise
        try:
            await self._keys.load({key.id})
        except KeyError:
            await self.discard(blob_id)
            raise Unavailable("the key of the file was lost during the upload") from None
        return stored

    async def examine(self, content: AsyncIterable[bytes]) -> StoredFile:
        """What `write` would say about the file, without storing it. `sealed_sha256` is zero.

        Raises FileTooLarge, FileTypeNotAllowed, FileEmpty.
        """
        return await self._write(_Examination(), content)

    async def read(self, blob_id: UUID) -> AsyncIterator[bytes]:
        """The content, a mebibyte at a time.

        Raises BlobMissing or BlobErased at once, BlobDamaged at once or during the reading.
        """
        try:
            header, size = await asyncio.to_thread(self._header, blob_id)
        except FileNotFoundError:
            await self._where.check()
            raise BlobMissing(blob_id) from None
        key_id = UUID(bytes=header[len(_FORMAT) : len(_FORMAT) + 16])
        key = (await self._keys.load({key_id}))[key_id]
        if key is None:
            raise BlobErased(blob_id)
        try:
            cipher = AESGCM(key.open(header[-_WRAPPED:], _binding(blob_id)))
        except InvalidTag:
            raise BlobDamaged(blob_id) from None
        return self._opened(blob_id, cipher, size)

    async def discard(self, blob_id: UUID) -> None:
        """Deletes a file that no fact refers to, because its act was refused. Evidence is never deleted.

        A file that can't be deleted at this moment stays: it harms nobody.
        """
        with suppress(EvidenceUnavailable):
            await asyncio.to_thread(self._place.delete, path_of(blob_id))

    async def _write(self, sealing: "_Sealing | _Examination", content: AsyncIterable[bytes]) -> StoredFile:
        waiting, size = bytearray(), 0
        async for piece in content:
            size += len(piece)
            if size > self._max_bytes:
                raise FileTooLarge(limit=self._max_bytes)
            waiting += piece
            # What could be the last chunk is kept back: only the end of the content shows which one is the last.
            if (whole := (len(waiting) - 1) // _PART * _PART) > 0:
                await asyncio.to_thread(sealing.add, bytes(waiting[:whole]), last=False)
                del waiting[:whole]
        if waiting:
            await asyncio.to_thread(sealing.add, bytes(waiting), last=True)
        return await asyncio.to_thread(sealing.finish, size)

    async def _opened(self, blob_id: UUID, cipher: AESGCM, size: int) -> AsyncIterator[bytes]:
        chunks = -(-(size - _HEADER) // (_CHUNK + _TAG))
        for number in range(0, chunks, _PART // _CHUNK):
            yield await asyncio.to_thread(self._open, blob_id, cipher, number, size)

    def _header(self, blob_id: UUID) -> tuple[bytes, int]:
        size = self._place.size(path_of(blob_id))
        if size <= _HEADER:
            raise BlobDamaged(blob_id)
        header = bytes(self._place.part(path_of(blob_id), 0, _HEADER))
        if not header.startswith(_FORMAT):
            raise BlobDamaged(blob_id)
        return header, size

    def _open(self, blob_id: UUID, cipher: AESGCM, number: int, size: int) -> bytes:
        """The content of one part: the chunks from `number` on."""
        step = _CHUNK + _TAG
        start = _HEADER + number * step
        end = min(start + _PART // _CHUNK * step, size)
        sealed = self._place.part(path_of(blob_id), start, end)
        opened = bytearray()
        try:
            for offset in range(0, end - start, step):
                last = start + offset + step >= size
                nonce = (number + offset // step).to_bytes(12, "big")
                opened += cipher.decrypt(nonce, sealed[offset : offset + step], nonce + bytes([last]))
        except InvalidTag:
            raise BlobDamaged(blob_id) from None
        return bytes(opened)


class _Sealing:
    """One file on its way in. Synchronous, for a thread: sealing a part takes milliseconds, writing it longer."""

    def __init__(self, place: Place, blob_id: UUID, key: DataKey) -> None:
        file_key = AESGCM.generate_key(256)
        self._place, self._path = place, path_of(blob_id)
        self._header = _FORMAT + key.id.bytes + key.seal(file_key, _binding(blob_id))
        self._cipher = AESGCM(file_key)
        self._chunks = 0
        self._plain, self._sealed = hashlib.sha256(), hashlib.sha256()
        self._begun: tuple[Content, WritableFile] | None = None

    def add(self, part: bytes, *, last: bool) -> None:
        """Takes whole chunks; only the last chunk may be shorter."""
        content, file = self._begun = self._begun or self._begin(part)
        content.pass_on(part, last=last)
        self._plain.update(part)
        for start in range(0, len(part), _CHUNK):
            nonce = self._chunks.to_bytes(12, "big")
            is_last = last and start + _CHUNK >= len(part)
            sealed = self._cipher.encrypt(nonce, part[start : start + _CHUNK], nonce + bytes([is_last]))
            self._sealed.update(sealed)
            with self._place.writing():
                file.write(sealed)
            self._chunks += 1

    def finish(self, size: int) -> StoredFile:
        """Closes the file, which then appears under its name."""
        if self._begun is None:
            raise FileEmpty
        content, file = self._begun
        self._place.end(self._path, file)
        return StoredFile(self._plain.hexdigest(), self._sealed.hexdigest(), size, content.media_type)

    def abandon(self) -> None:
        """Drops the writer before it is closed; that also discards what it wrote."""
        self._begun = None

    def _begin(self, head: bytes) -> "tuple[Content, WritableFile]":
        content = Content(head[:HEAD])
        try:
            self._place.size(self._path)
        except FileNotFoundError:
            file = self._place.begin(self._path)
        else:
            raise BlobExists(self._path)
        self._sealed.update(self._header)
        with self._place.writing():
            file.write(self._header)
        return content, file


class _Examination:
    """One file that is only looked at."""

    def __init__(self) -> None:
        self._content: Content | None = None
        self._plain = hashlib.sha256()

    def add(self, part: bytes, *, last: bool) -> None:
        self._content = self._content or Content(part[:HEAD])
        self._content.pass_on(part, last=last)
        self._plain.update(part)

    def finish(self, size: int) -> StoredFile:
        if self._content is None:
            raise FileEmpty
        return StoredFile(self._plain.hexdigest(), "0" * 64, size, self._content.media_type)


def _binding(blob_id: UUID) -> bytes:
    return b"evidence file key" + blob_id.bytes
