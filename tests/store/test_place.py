"""The place of the evidence files: a folder or a bucket. One database marks it, and what is wrong with it is said."""

import os
import resource
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from mediation.store.backup import backups
from mediation.store.backup.backups import Part
from mediation.store.files.blobs import BlobExists, BlobMissing, Blobs
from mediation.store.files.place import MARKER, EvidenceUnavailable, Place, path_of
from tests.buckets import bucket
from tests.store.test_blobs import PERSON, KeysInMemory, Marked, jpeg, read, sent, stored

NOBODY = "/sys/kernel"
"""A folder in which not even root can make a file."""


@pytest.fixture(scope="module")
def of_buckets() -> Iterator[str]:
    with bucket() as address:
        yield address


@pytest.fixture(params=["folder", "bucket"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return str(tmp_path / "evidence")
    return f"{request.getfixturevalue('of_buckets')}/{uuid4().hex}"


@pytest.mark.parametrize("size", [70, 65_536, 12_000_000])
async def test_what_is_read_is_what_was_sent(address: str, size: int) -> None:
    """Also where a bucket gets it in several parts."""
    blobs, content = Blobs(Marked(address), KeysInMemory()), jpeg(size)
    assert await read(blobs, await stored(blobs, content)) == content
    with pytest.raises(BlobMissing):
        await blobs.read(uuid4())


async def test_evidence_is_never_written_over(address: str) -> None:
    blobs, content = Blobs(Marked(address), KeysInMemory()), jpeg(100)
    blob_id = await stored(blobs, content)
    with pytest.raises(BlobExists):
        await blobs.write(blob_id, sent(jpeg(100)), subject=PERSON)
    assert await read(blobs, blob_id) == content


async def test_a_refused_upload_leaves_nothing(address: str) -> None:
    where = Marked(address)
    blobs = Blobs(where, KeysInMemory())
    blob_id = await stored(blobs, jpeg(100))
    assert where.place.paths() == [path_of(blob_id)]
    await blobs.discard(blob_id)
    assert where.place.paths() == []


def test_of_many_databases_one_marks_it(address: str) -> None:
    def mark(owner: UUID) -> str:
        try:
            Place(address).mark(owner)
        except EvidenceUnavailable as error:
            return error.why
        return str(owner)

    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(mark, [uuid4() for _ in range(8)]))
    (winner,) = (one for one in told if one != "another_database")
    assert Place(address).owner() == winner
    assert mark(UUID(winner)) == winner, "again by the same one"


def test_a_backup_of_it_comes_back(address: str, tmp_path: Path) -> None:
    """The marker, and what else is there, are no files of a backup. What is there already is not copied again."""
    place, contents = Place(address), {path_of(uuid4()): os.urandom(size) for size in (80, 6_000_000)}
    place.mark(uuid4())
    for path, content in contents.items():
        (tmp_path / "one").write_bytes(content)
        place.put(path, tmp_path / "one")
    place.put("ab/half", tmp_path / "one")
    copied = backups.copy_blobs(place, place.paths(), tmp_path / "backup", {}, lambda done: None)
    assert [part.name for part in copied] == sorted(contents)
    assert {part.name: (tmp_path / "backup" / part.name).read_bytes() for part in copied} == contents
    backups.check_files([(tmp_path / "backup", part) for part in copied], lambda done: None)
    known: dict[str, Part] = {part.name: part for part in copied}
    (tmp_path / "backup" / copied[0].name).write_bytes(bytes(copied[0].bytes))
    again = backups.copy_blobs(place, place.paths(), tmp_path / "backup", known, lambda done: None)
    assert again == copied
    assert (tmp_path / "backup" / copied[0].name).read_bytes() == bytes(copied[0].bytes)
    (tmp_path / "backup" / copied[0].name).write_bytes(contents[copied[0].name])

    place.delete(copied[1].name)
    backups.restore_blobs(copied, tmp_path / "backup", place, lambda done: None)
    assert {path: b"".join(place.pieces(path)) for path in place.paths()} == contents


async def test_a_folder_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    """Not even where a file was stored there a moment ago."""
    where = Marked(str(tmp_path / "evidence"))
    blobs = Blobs(where, KeysInMemory())
    blob_id = await stored(blobs, jpeg(100))
    (tmp_path / "evidence").rename(tmp_path / "away")
    with pytest.raises(EvidenceUnavailable) as told:
        await blobs.write(uuid4(), sent(jpeg(100)), subject=PERSON)
    assert told.value.facts == {"why": "missing"}
    with pytest.raises(EvidenceUnavailable):
        await blobs.read(blob_id)
    with pytest.raises(EvidenceUnavailable):
        where.place.put(path_of(uuid4()), Path(__file__))
    assert not (tmp_path / "evidence").exists()
    (tmp_path / "away").rename(tmp_path / "evidence")
    assert await read(blobs, blob_id)


async def test_a_folder_that_only_lets_read(tmp_path: Path) -> None:
    blob_id, where = uuid4(), Marked(str(tmp_path))
    (tmp_path / blob_id.hex[-2:]).symlink_to(NOBODY)
    (tmp_path / "00").symlink_to(NOBODY)
    with pytest.raises(EvidenceUnavailable) as told:
        await Blobs(where, KeysInMemory()).write(blob_id, sent(jpeg(100)), subject=PERSON)
    assert told.value.facts == {"why": "read_only"}
    with pytest.raises(EvidenceUnavailable) as tried:
        where.place.try_writing()
    assert tried.value.why == "read_only"


@pytest.mark.parametrize("size", [60_000, 7_000_000])
async def test_a_folder_without_room(tmp_path: Path, size: int) -> None:
    """Nothing of the file is left. With room again, it is taken."""
    where, blob_id = Marked(str(tmp_path)), uuid4()
    blobs, (soft, hard) = Blobs(where, KeysInMemory()), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(EvidenceUnavailable) as told:
            await blobs.write(blob_id, sent(jpeg(size)), subject=PERSON)
        with pytest.raises(EvidenceUnavailable):
            where.place.try_writing()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert told.value.facts == {"why": "full"}
    del told
    assert where.place.paths() == []
    await blobs.write(blob_id, sent(jpeg(size)), subject=PERSON)
    where.place.try_writing()


class _Forbids(BaseHTTPRequestHandler):
    """Lets everything be read that is not there, and nothing be written."""

    def do_GET(self) -> None:
        self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def test_a_bucket_that_only_lets_read_and_one_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Forbids)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "of-the-tests")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    place = Place("s3://bucket/files")
    try:
        assert place.owner() is None
        with pytest.raises(EvidenceUnavailable) as told:
            place.mark(uuid4())
        assert told.value.why == "read_only"
    finally:
        server.shutdown()
        server.server_close()
        serving.join()
    with pytest.raises(EvidenceUnavailable) as silent:
        place.owner()
    assert silent.value.why == "unreachable"


def test_the_marker_can_be_read_by_people(tmp_path: Path) -> None:
    owner = uuid4()
    Place(str(tmp_path / "new")).mark(owner)
    assert (tmp_path / "new" / MARKER).read_text() == f"{owner}\n"
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
