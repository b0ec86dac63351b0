"""A start over stored data needs the secrets that these were made with. None is made anew in silence."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import psycopg
import pytest
from structlog.testing import capture_logs

from api.services import services
from api.settings import Secrets, Settings
from domain.kernel.base import Role
from mediation.store.embedded.account import ServerWontStart
from tests.api.house import house
from tests.api.terminal import environment
from tests.api.test_cli import Typing, free_port, typing

__all__ = ["typing"]

GIVEN: dict[str, Any] = {f"{name}_key": secrets.token_hex(32) for name in ("master", "blind", "signing", "token")}
ZEROS = "00" * 32


async def _filed(database: str, folder: Path, **given: Any) -> None:
    async with house(database, folder, **given) as at_home:
        await at_home.filed()


async def _starts(database: str, folder: Path, **given: Any) -> str | None:
    """Why it does not start. None if it does."""
    try:
        async with services(Settings(database_url=database, data_dir=folder, **given), works=False):
            return None
    except ServerWontStart as error:
        return str(error)


async def test_a_lost_folder_of_secrets_is_not_made_anew(database: str, tmp_path: Path) -> None:
    """The database is kept. The master and token key may be given: the blind key is missing all the same."""
    await _filed(database, tmp_path / "data")
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "MEDIATION_MASTER_KEY, MEDIATION_BLIND_KEY, MEDIATION_SIGNING_KEY"),
        ({**GIVEN, "blind_key": None, "signing_key": None}, "MEDIATION_BLIND_KEY, MEDIATION_SIGNING_KEY"),
        ({**GIVEN, "signing_key": None}, "MEDIATION_SIGNING_KEY"),
    )
    for given, missing in cases:
        told = await _starts(database, tmp_path / "empty", **given)
        assert told is not None
        assert (
            f"the database holds data, and of the engine that made them these secrets are missing: {missing}." in told
        )
        assert not (tmp_path / "empty" / "secrets").exists()
    assert await _starts(database, tmp_path / "data") is None


async def test_other_secrets_are_refused_over_stored_data(database: str, tmp_path: Path) -> None:
    await _filed(database, tmp_path, **GIVEN)
    assert await _starts(database, tmp_path, **GIVEN) is None
    blind = await _starts(database, tmp_path, **{**GIVEN, "blind_key": secrets.token_hex(32)})
    assert blind is not None
    assert "MEDIATION_BLIND_KEY (or the file secrets/blind) is not the one" in blind
    other = secrets.token_hex(32)
    master = await _starts(database, tmp_path, **{**GIVEN, "master_key": other})
    assert master is not None
    assert "need a master key that is not here" in master
    both = {**GIVEN, "master_key": other, "former_master_key": GIVEN["master_key"]}
    assert await _starts(database, tmp_path, **both) is None
    assert await _starts(database, tmp_path, **{**GIVEN, "token_key": other, "signing_key": other}) is None


async def test_an_empty_database_takes_any_secrets(database: str, tmp_path: Path) -> None:
    """Somebody tries the engine, throws the folder away, and starts again."""
    assert await _starts(database, tmp_path / "first") is None
    with psycopg.connect(database) as owner:
        assert owner.execute("SELECT count(*) FROM event").fetchone() == (0,)
    assert await _starts(database, tmp_path / "second") is None
    assert await _starts(database, tmp_path / "third", **{**GIVEN, "master_key": None}) is None


async def test_a_database_of_an_earlier_version_gets_its_check_value_if_the_keys_fit(
    database: str, tmp_path: Path
) -> None:
    """The ids of its orders show whether the blind key fits."""
    await _filed(database, tmp_path, **GIVEN)
    with psycopg.connect(database) as owner:
        owner.execute("DELETE FROM secret_check")
    wrong = await _starts(database, tmp_path, **{**GIVEN, "blind_key": secrets.token_hex(32)})
    assert wrong is not None
    assert "MEDIATION_BLIND_KEY" in wrong
    with psycopg.connect(database) as owner:
        assert owner.execute("SELECT count(*) FROM secret_check").fetchone() == (0,)
        owner.execute("UPDATE keys.data_key SET master = NULL")
    unwrapped = await _starts(database, tmp_path, **{**GIVEN, "master_key": secrets.token_hex(32)})
    assert unwrapped is not None
    assert await _starts(database, tmp_path, **GIVEN) is None
    with psycopg.connect(database) as owner:
        assert owner.execute("SELECT name FROM secret_check").fetchall() == [("blind",)]


async def test_a_log_without_its_key_store_is_refused(database: str, tmp_path: Path) -> None:
    await _filed(database, tmp_path)
    with psycopg.connect(database) as owner:
        owner.execute("DELETE FROM keys.data_key")
    told = await _starts(database, tmp_path)
    assert told is not None
    assert "the log holds disputes, and the key store is empty" in told


WEAK = (ZEROS, "ff" * 32, "deadbeef" * 8, "0123456789abcdef" * 4)


@pytest.mark.parametrize("name", ["TOKEN", "SIGNING"])
def test_a_key_that_can_be_guessed_is_refused(typing: Typing, tmp_path: Path, name: str) -> None:
    """A former key may be one, so that it can be replaced."""
    for weak in WEAK:
        done = typing(environment(tmp_path) | {f"MEDIATION_{name}_KEY": weak})("serve", "--port", free_port())
        assert (done.code, done.out) == (1, "")
        assert f"MEDIATION_{name}_KEY can be guessed" in " ".join(done.err.split())
    assert not (tmp_path / "secrets").exists()
    given: dict[str, Any] = {**GIVEN, "former_master_key": ZEROS, "former_signing_key": ZEROS}
    former = Settings(data_dir=tmp_path, **given)
    assert former.secret.former_signing == bytes(32)
    former.secret.read()


@pytest.mark.parametrize("name", ["master", "blind"])
async def test_new_data_are_not_begun_with_a_key_that_can_be_guessed(database: str, tmp_path: Path, name: str) -> None:
    """Data that were made with one by an earlier version can't be opened with any other: they are served, and the log
    says so at each start."""
    for weak in WEAK:
        told = await _starts(database, tmp_path, **{**GIVEN, f"{name}_key": weak})
        assert told is not None
        assert f"MEDIATION_{name.upper()}_KEY can be guessed" in told
    with pytest.MonkeyPatch.context() as earlier:
        earlier.setattr("api.settings._FEWEST", 0)
        await _filed(database, tmp_path, **{**GIVEN, f"{name}_key": ZEROS})
    with capture_logs() as logs:
        assert await _starts(database, tmp_path, **{**GIVEN, f"{name}_key": ZEROS}) is None
    assert [one["name"] for one in logs if one["event"] == "key_can_be_guessed"] == [f"MEDIATION_{name.upper()}_KEY"]


def test_a_token_is_not_minted_with_secrets_made_on_the_spot(typing: Typing, tmp_path: Path) -> None:
    given = {"MEDIATION_TOKEN_KEY": GIVEN["token_key"]}
    done = typing(environment(tmp_path) | given)("token", "--role", str(Role.ADMINISTRATOR), "--marketplace", "demo")
    assert (done.code, done.out) == (1, "")
    assert "MEDIATION_BLIND_KEY is missing" in done.err
    assert not (tmp_path / "secrets").exists()


def test_servers_that_start_at_once_share_the_secrets_that_one_of_them_makes(tmp_path: Path) -> None:
    """A reader never sees a file that another server has begun to write."""
    at_once = 16
    with ThreadPoolExecutor(at_once) as many:
        for number in range(20):
            settings, together = Settings(data_dir=tmp_path / str(number)), Barrier(at_once)

            def read(_: int, settings: Settings = settings, together: Barrier = together) -> bytes:
                together.wait()
                return Secrets(settings).blind

            assert len(set(many.map(read, range(at_once)))) == 1
            assert [file.name for file in (settings.data_dir / "secrets").iterdir()] == ["blind"]
