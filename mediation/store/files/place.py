"""The place of the sealed files: a folder, or a bucket of S3, marked with the id of the database whose files they are.

A folder that is missing is never made anew in silence: the files are somewhere else, and what is written here would be
missing there. See `mediation.store.files.evidence`.
"""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from uuid import UUID

import obstore
import structlog
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

if TYPE_CHECKING:
    from obstore import WritableFile
    from obstore.store import ObjectStore

Why = Literal["missing", "another_database", "read_only", "full", "unreachable"]

MARKER = "database-id"
"""The object that holds the id of the database, and a line feed."""

_BUCKET = "s3://"
_TRIAL = "00/trial"
_TRIAL_BYTES = 64 * 1024
_PIECE = 1 << 20
_PART = 5 * 1024 * 1024
"""The least size of a part that S3 takes."""

_DENIED = "lacked the necessary privileges"
_CODE = re.compile(r"\(os error (\d+)\)")
_WHY: dict[int, Why] = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.EPERM: "read_only",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "full",
}

_log = structlog.get_logger(__name__)


class EvidenceUnavailable(Exception):
    """The evidence files are not in reach at this moment, and none was stored or read. You can ask again.

    `why` is `missing` (the folder or bucket is not there, or is an empty one), `another_database` (it holds the files of
    another database), `read_only`, `full` or `unreachable`. The operator has to mend it.

    Why: Files are kept beside the database, in one place. While that place cannot be reached, no file can be proven to
    be stored or unchanged.

    What to do: Ask again after the seconds in `Retry-After`. As the operator, read the log: it says what is missing and
    how to mend it.
    """

    def __init__(self, why: Why, words: str) -> None:
        super().__init__(words)
        self.why = why
        self.facts = {"why": why}


class Place:
    """`address` is a folder, or a bucket with an optional folder in it: `s3://bucket/folder`. Its credentials, region
    and endpoint are in the usual environment variables (`AWS_…`).

    All methods block, and raise EvidenceUnavailable. Those that ask for one object raise FileNotFoundError if it is not
    there. Paths are relative to the place.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._folder = None if address.startswith(_BUCKET) else Path(address)
        self._opened: ObjectStore | None = None
        _start_threads()

    def owner(self) -> str | None:
        """The id in the marker. None if the marker, or the whole place, is not there."""
        with suppress(FileNotFoundError), self._reached():
            return bytes(obstore.get(self._objects, MARKER).bytes()).decode(errors="replace").strip()
        return None

    def mark(self, owner: UUID) -> None:
        """Makes the place if necessary, readable by nobody else, and marks it. Of several at once, one marks it."""
        with self._reached(writing=True):
            if self._folder is not None:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(AlreadyExistsError):
                obstore.put(self._objects, MARKER, f"{owner}\n".encode(), mode="create")
            self._settle(MARKER)
        if (found := self.owner()) != str(owner):
            raise EvidenceUnavailable("another_database", f"{self.address} belongs to another database ({found})")

    def try_writing(self) -> None:
        """Proves that a folder takes a file. Not asked of a bucket: it may keep every version of every object."""
        if self._folder is not None:
            with self._reached(writing=True):
                obstore.put(self._objects, _TRIAL, bytes(_TRIAL_BYTES))

    def size(self, path: str) -> int:
        """In bytes."""
        with self._reached():
            return obstore.head(self._objects, path)["size"]

    def part(self, path: str, start: int, end: int) -> memoryview:
        """The bytes from `start` to before `end`."""
        with self._reached():
            return memoryview(obstore.get_range(self._objects, path, start=start, end=end))

    def pieces(self, path: str) -> Iterator[bytes]:
        """The whole object, about a mebibyte at a time."""
        with self._reached():
            for piece in obstore.get(self._objects, path).stream(min_chunk_size=_PIECE):
                yield bytes(piece)

    def paths(self) -> list[str]:
        """The paths of the whole files, in order."""
        with self._reached():
            found = (one["path"] for some in obstore.list(self._objects, chunk_size=1000) for one in some)
            return sorted(path for path in found if _is_file(path))

    def begin(self, path: str) -> "WritableFile":
        """A new object, which appears when it is closed: see `writing` and `end`."""
        with self._reached(writing=True):
            return obstore.open_writer(self._objects, path, buffer_size=_PART, max_concurrency=2)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Around each use of what `begin` gave."""
        with self._reached(writing=True):
            yield

    def end(self, path: str, file: "WritableFile") -> None:
        """Closes the object. It is on disk before this returns, so that a power cut can't leave a fact without its file."""
        with self._reached(writing=True):
            file.close()
            self._settle(path)

    def put(self, path: str, file: Path) -> None:
        """Copies a file to here."""
        with self._reached(writing=True):
            obstore.put(self._objects, path, file)
            self._settle(path)

    def delete(self, path: str) -> None:
        with self._reached(writing=True):
            obstore.delete(self._objects, path)

    @property
    def _objects(self) -> "ObjectStore":
        """Not to be kept: `obstore` would make a folder that is gone anew."""
        if self._folder is not None and not self._folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(self._folder))
        if self._opened is None:
            self._opened = _bucket(self.address) if self._folder is None else LocalStore(self._folder)
        return self._opened

    def _settle(self, path: str) -> None:
        """Syncs a file and its two folders to disk. A bucket has done so when it answers."""
        if self._folder is not None:
            for name in (self._folder / path, (self._folder / path).parent, (self._folder / path).parent.parent):
                descriptor = os.open(name, os.O_RDONLY)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)

    @contextmanager
    def _reached(self, *, writing: bool = False) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError) as error:
            if isinstance(error, FileNotFoundError) and not writing:
                raise
            why, first = _why(error, writing=writing), str(error).partition("\n")[0]
            _log.error("evidence_unavailable", why=why, error=first)
            raise EvidenceUnavailable(why, f"{self.address}: {first}") from error


def _why(error: Exception, *, writing: bool) -> Why:
    """A writer gives every error as an OSError, so that its text alone says what it was."""
    if writing and _DENIED in str(error):
        return "read_only"
    code = _CODE.search(str(error))
    number = int(code[1]) if code else getattr(error, "errno", None)
    why = _WHY.get(number or 0, "missing" if isinstance(error, FileNotFoundError) else "unreachable")
    return "unreachable" if why == "read_only" and not writing else why


def path_of(blob_id: UUID) -> str:
    """The path of a file in its place."""
    return f"{blob_id.hex[-2:]}/{blob_id}"


def _is_file(path: str) -> bool:
    """Not so the marker, nor a file that is still being written."""
    try:
        return path_of(UUID(path.rpartition("/")[2])) == path
    except ValueError:
        return False


def _bucket(address: str) -> S3Store:
    return S3Store.from_url(
        address,
        # Plain HTTP only where AWS_ENDPOINT_URL says so.
        client_options={
            "allow_http": True,
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(seconds=60),
        },
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=10)},
    )


def _start_threads() -> None:
    """Makes the first call of `obstore` now. It starts its threads at its first call, once in the life of a process: if
    that fails for want of descriptors, every later call fails too. Here a failure ends the start of the engine."""
    with suppress(FileNotFoundError):
        obstore.head(MemoryStore(), "none")
