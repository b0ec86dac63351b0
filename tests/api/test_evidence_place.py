"""The evidence files of a database have one place. A server that does not find it says so, and makes no other."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

import psycopg

from api.services import services
from api.settings import Settings
from mediation.store.embedded.account import ServerWontStart
from mediation.store.files.place import MARKER
from tests.api.house import House, done, house, refused
from tests.api.terminal import environment, mediation
from tests.api.test_cli import untroubled
from tests.buckets import bucket
from tests.postgres import Servers
from tests.store.test_place import NOBODY

FORM = {"description": "Foto del vaso", "language": "it"}
CONTENT = b"\x89PNG\r\n\x1a\n" + b"a vase" * 20_000


async def _upload(house: House) -> Any:
    """The answer to an upload about a new dispute."""
    filed = await house.filed()
    buyer = house.speaking_for("buyer")
    return await buyer.post(
        f"/v1/disputes/{filed['id']}/exhibits", data=FORM, files={"file": ("vaso.png", CONTENT, "image/png")}
    )


async def _uploaded(house: House) -> str:
    """The path of a file that was uploaded."""
    added = done(await _upload(house), 201)
    at = f"/v1/disputes/{added['id']}/exhibits"
    (exhibit,) = done(await house.backend.get(at, headers={"At-Least": added["position"]}))["items"]
    href: str = exhibit["file"]["href"]
    return href


async def _standing(house: House) -> str:
    house.app.state.http.file_proof._found = None
    told: str = done(await house.http.get("/ready"))["evidence"]
    return told


async def _starts(database: str, folder: Path, **given: Any) -> str | None:
    """Why it does not start. None if it does."""
    try:
        async with services(Settings(database_url=database, data_dir=folder, **given)):
            return None
    except ServerWontStart as error:
        return str(error)


# --- at the start ---


async def test_a_lost_folder_is_not_made_anew(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path) as at_home:
        path = await _uploaded(at_home)
    (tmp_path / "blobs").rename(tmp_path / "away")
    told = await _starts(database, tmp_path)
    assert told is not None
    assert f"the evidence files of this database are not in {tmp_path / 'blobs'}: mount that folder again" in told
    assert not (tmp_path / "blobs").exists()
    (tmp_path / "blobs").mkdir()
    assert await _starts(database, tmp_path) == told, "an empty folder, such as one where nothing is mounted"
    assert [*(tmp_path / "blobs").iterdir()] == []
    (tmp_path / "blobs").rmdir()
    (tmp_path / "away").rename(tmp_path / "blobs")
    async with house(database, tmp_path) as at_home:
        assert (await at_home.backend.get(path)).content == CONTENT


async def test_files_that_are_lost_for_good(database: str, tmp_path: Path) -> None:
    """The message says how to go on without them."""
    async with house(database, tmp_path):
        pass
    shutil.rmtree(tmp_path / "blobs")
    told = await _starts(database, tmp_path)
    assert told is not None
    written, into = told.rpartition("write ")[2].split(" into ")
    assert into == str(tmp_path / "blobs" / MARKER)
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / MARKER).write_text(written)
    async with house(database, tmp_path) as at_home:
        await _uploaded(at_home)


async def test_a_second_server_with_another_folder(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path) as first:
        told = await _starts(database, tmp_path, evidence_url=str(tmp_path / "another"))
        assert told is not None
        assert "all servers of a database share one place" in told
        assert not (tmp_path / "another").exists()
        async with house(database, tmp_path, evidence_url=str(tmp_path / "blobs")) as second:
            assert (await second.backend.get(await _uploaded(first))).content == CONTENT


async def test_two_servers_start_at_once_with_different_folders(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, evidence_url=str(tmp_path / "none")):
        pass
    shutil.rmtree(tmp_path / "none")
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("UPDATE evidence_store SET marked_at = NULL")
    told = await asyncio.gather(*(_starts(database, tmp_path, evidence_url=str(tmp_path / n)) for n in ("a", "b")))
    (refusal,) = (one for one in told if one is not None)
    assert "are not in" in refusal
    assert (tmp_path / "a").exists() != (tmp_path / "b").exists()


async def test_a_folder_of_another_database(database: str, tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / MARKER).write_text("0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11\n")
    told = await _starts(database, tmp_path)
    assert told is not None
    assert "holds the evidence files of another database" in told


async def test_a_database_of_a_release_without_markers(database: str, tmp_path: Path) -> None:
    """The folder with its files is taken. Another one is refused."""
    async with house(database, tmp_path) as at_home:
        path = await _uploaded(at_home)
    (tmp_path / "blobs" / MARKER).unlink()
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("UPDATE evidence_store SET marked_at = NULL")
    (tmp_path / "blobs").rename(tmp_path / "away")
    told = await _starts(database, tmp_path)
    assert told is not None
    assert "are not in" in told
    assert not (tmp_path / "blobs").exists()
    (tmp_path / "away").rename(tmp_path / "blobs")
    async with house(database, tmp_path) as at_home:
        assert (await at_home.backend.get(path)).content == CONTENT
        assert await _standing(at_home) == "ok"
    assert (tmp_path / "blobs" / MARKER).exists()


# --- while it runs ---


async def test_a_folder_that_goes_missing(anew: House) -> None:
    """Uploads and downloads are refused with the reason. Everything else is served, and so are files that come back."""
    path, folder = await _uploaded(anew), anew.services.settings.data_dir / "blobs"
    assert await _standing(anew) == "ok"
    folder.rename(folder.with_name("away"))
    for answer in (await _upload(anew), await anew.backend.get(path)):
        assert refused(answer, 503, "EvidenceUnavailable")["facts"] == {"why": "missing"}
        assert answer.headers["Retry-After"]
    assert await _standing(anew) == "missing"
    assert not folder.exists()
    folder.with_name("away").rename(folder)
    assert (await anew.backend.get(path)).content == CONTENT
    await _uploaded(anew)
    assert await _standing(anew) == "ok"


async def test_another_folder_is_mounted_there(anew: House) -> None:
    path, folder = await _uploaded(anew), anew.services.settings.data_dir / "blobs"
    (folder / MARKER).write_text("0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11\n")
    assert refused(await _upload(anew), 503, "EvidenceUnavailable")["facts"] == {"why": "another_database"}
    assert await _standing(anew) == "another_database"
    assert (await anew.backend.get(path)).content == CONTENT, "what is there may be read"


async def test_a_folder_that_only_lets_read(database: str, tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    for number in range(256):
        (tmp_path / "blobs" / f"{number:02x}").symlink_to(NOBODY)
    async with house(database, tmp_path) as at_home:
        before = await at_home.services.log.last_position()
        assert refused(await _upload(at_home), 503, "EvidenceUnavailable")["facts"] == {"why": "read_only"}
        kinds = [one.kind for one in await at_home.services.log.after(before, 100)]
        assert "ExhibitAdded" not in kinds
        assert await _standing(at_home) == "read_only"


async def test_the_folder_takes_no_marker_at_the_start(database: str, tmp_path: Path) -> None:
    """It is served all the same: deadlines don't wait for a disk."""
    async with house(database, tmp_path, evidence_url=f"{NOBODY}/evidence") as at_home:
        assert refused(await _upload(at_home), 503, "EvidenceUnavailable")["facts"] == {"why": "read_only"}


# --- in a bucket ---


async def test_servers_share_a_bucket(database: str, tmp_path: Path) -> None:
    """A second bucket is refused, as a second folder is."""
    with bucket() as address:
        async with (
            house(database, tmp_path, evidence_url=address) as first,
            house(database, tmp_path, evidence_url=address) as second,
        ):
            path = await _uploaded(first)
            assert (await second.backend.get(path)).content == CONTENT
            assert await _standing(second) == "ok"
            told = await _starts(database, tmp_path, evidence_url=f"{address}-of-another")
        assert told is not None
        assert "are not in" in told
    assert not (tmp_path / "blobs").exists()


# --- on the command line ---


async def test_a_backup_without_the_files_is_refused(database: str, tmp_path: Path) -> None:
    """It would be a backup in which every file is missing."""
    async with house(database, tmp_path) as at_home:
        await _uploaded(at_home)
    (tmp_path / "blobs").rename(tmp_path / "away")
    given = ("backup", tmp_path / "log", "--keys", tmp_path / "keys")
    told = await asyncio.to_thread(mediation, *given, env=environment(tmp_path, database))
    assert (told.code, told.out) == (1, "")
    assert "the evidence files of this database are not in" in told.err.replace("\n", " ")
    assert [*(tmp_path / "log").glob("2*")] == []


async def test_files_of_a_bucket_come_back_from_a_backup(database: str, servers: Servers, tmp_path: Path) -> None:
    """Into another bucket, with the database into another one."""
    log, keys = tmp_path / "log", tmp_path / "keys"
    with bucket() as address, servers.empty("18") as restored:

        async def runs(*arguments: str | Path, database: str, place: str) -> None:
            aws = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
            env = environment(tmp_path, database) | aws | {"MEDIATION_EVIDENCE_URL": place}
            told = await asyncio.to_thread(mediation, *arguments, env=env)
            assert (told.code, untroubled(told)) == (0, True), told.err

        async with house(database, tmp_path, evidence_url=address) as at_home:
            path = await _uploaded(at_home)
            await runs("backup", log, "--keys", keys, database=database, place=address)
        await runs("restore", log, keys, database=restored, place=f"{address}/restored")
        async with house(restored, tmp_path, evidence_url=f"{address}/restored") as at_home:
            assert (await at_home.backend.get(path)).content == CONTENT
