"""Proofs in the browser: facts that were changed are shown as such, and the browser finds what `verify.py` finds."""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import deepcopy
from typing import Any
from uuid import UUID

import psycopg
import pytest
from playwright.async_api import Browser, Page

from api.cli.demo.people import MARKETPLACE
from api.console import pages
from domain.kernel.base import Role
from mediation.proof import export
from mediation.proof.signing import Signer, note
from mediation.proof.verify import Checkpoint, Key, Unproven, verify_bundle
from tests.console.desk import Desk
from tests.console.screens import Screen

pytestmark = pytest.mark.asyncio(loop_scope="session")

_CASE = Screen("", "/disputes/{MP-31014}/proof")
_DAMAGED = b64encode(bytes(32)).decode()


async def _sealed(at: Desk) -> str:
    """The last checkpoint, when all facts are sealed."""
    services = at.house.services
    last = await services.log.last_position()
    async with asyncio.timeout(60):
        while True:
            async with services.pool.connection() as connection:
                with suppress(export.NothingSealed):
                    size, kept = await export.latest(connection)
                    if size >= last:
                        return kept


async def _checked(page: Page, *, own: str = "", keys: str = "") -> str:
    """What the page says after the button was pressed."""
    await page.get_by_label("A checkpoint that you kept").fill(own)
    await page.get_by_label("Public keys that you trust").fill(keys)
    await page.get_by_role("button", name="Check", exact=True).click()
    await page.locator("#proven.verdict").wait_for()
    return await page.locator("#proven").inner_text()


async def test_an_auditor_proves_a_case_and_sees_a_tampered_fact(
    browser: Browser, at_desk: Desk, shared_database: str
) -> None:
    kept = await _sealed(at_desk)
    async with at_desk.person(browser, Role.AUDITOR) as visit:
        page = await visit.open(at_desk.path(_CASE))
        trusted = await page.get_by_role("region", name="Public keys of the log").inner_text()
        said = await _checked(page, own=kept, keys=trusted)
        assert said.startswith("Proven: all facts shown here")
        assert "your checkpoint of size" in said
        assert "Not checked" not in said, "both were given"
        rows = page.locator("#facts > li")
        assert await rows.locator(".mark.good").count() == await rows.count() > 20
        await rows.first.get_by_text("What is sealed").click()
        assert "a sealed text" in await rows.first.locator(".of-leaf").inner_text(), "what people wrote is not told"

        position = int(await rows.nth(5).get_attribute("data-position") or 0)
        async with await psycopg.AsyncConnection.connect(shared_database, autocommit=True) as connection:
            (actor,) = await _one(connection, "SELECT actor FROM event WHERE position = %s", position)
            await connection.execute("ALTER TABLE event DISABLE TRIGGER ALL")
            await connection.execute("UPDATE event SET actor = %s WHERE position = %s", (UUID(int=7), position))
            try:
                await page.reload()
                said = await _checked(page, own=kept, keys=trusted)
                assert said.startswith("Not proven: some facts are not what was sealed (1 of ")
                bad = page.locator("#facts > li:has(.mark.bad)")
                assert await bad.get_attribute("data-position") == str(position)
                assert "not what was sealed here" in await bad.inner_text()
            finally:
                await connection.execute("UPDATE event SET actor = %s WHERE position = %s", (actor, position))
                await connection.execute("ALTER TABLE event ENABLE TRIGGER ALL")
        visit.check()


async def test_a_checkpoint_that_does_not_fit_is_told(browser: Browser, at_desk: Desk) -> None:
    """Checkpoints of another history, of a log that was cut off, of another log, by another key; and a text that is none."""
    kept = await _sealed(at_desk)
    origin, size, *_ = kept.split("\n")
    signer = Signer.of(origin, bytes(32))
    other, more = Checkpoint(origin, int(size), bytes(32)), Checkpoint(origin, int(size) + 10**6, bytes(32))
    foreign = Signer.of("other.example", bytes(32))
    async with at_desk.person(browser, Role.AUDITOR) as visit:
        page = await visit.open(at_desk.path(_CASE))
        trusted = await page.get_by_role("region", name="Public keys of the log").inner_text()
        both = f"{trusted}\n{signer.vkey}\n{foreign.vkey}"
        for own, said in (
            (note(other, [signer]), "are not one history"),
            (note(more, [signer]), "Facts were lost, or an older state was restored."),
            (note(Checkpoint("other.example", 5, bytes(32)), [foreign]), "your checkpoint is of another log"),
            ("Hello", "this is no checkpoint"),
        ):
            assert said in await _checked(page, own=own, keys=both)
        assert "none of these keys has signed" in await _checked(page, own=note(other, [signer]), keys=trusted)
        assert "no public key of a log" in await _checked(page, keys="a+b+c")
        visit.check("status of 422")


async def test_the_browser_finds_what_the_verifier_finds(browser: Browser, at_desk: Desk) -> None:
    """On a sound bundle, and on the same bundle spoilt in each of its parts."""
    dispute = UUID(at_desk.path(_CASE).split("/")[3])
    first = await _sealed(at_desk)
    async with at_desk.house.services.pool.connection() as connection:
        size = int(first.split("\n")[1])
        sound = await export.bundle(connection, MARKETPLACE, dispute, [size // 2])
        keys = [key for key, _ in await export.keys(connection)]
    asked = [sound, *(_spoilt(sound, way) for way in _WAYS.values())]
    async with at_desk.person(browser, Role.AUDITOR) as visit:
        page = await visit.open(at_desk.path(_CASE))
        found = await page.evaluate(
            """async ([verifier, bundles, keys, dispute]) => {
              const { verify } = await import(verifier);
              const good = (found) => !found.missing.length && !found.files.length && found.facts.every((one) => one.sealed);
              return Promise.all(bundles.map((one) => verify(one, { keys, dispute }).then(good, () => false)));
            }""",
            [pages.static("verify.js"), asked, keys, str(dispute)],
        )
    names = ["sound", *_WAYS]
    expected = [_verified(bundle, keys) for bundle in asked]
    assert dict(zip(names, found, strict=True)) == dict(zip(names, expected, strict=True))
    assert expected == [True, *([False] * len(_WAYS))], "each way spoils it"


def _verified(bundle: dict[str, Any], keys: list[str]) -> bool:
    try:
        verify_bundle(bundle, [Key.of(key) for key in keys])
    except Unproven:
        return False
    return True


def _spoilt(bundle: dict[str, Any], way: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    copy = deepcopy(bundle)
    way(copy)
    return copy


def _flipped(text: str, at: int) -> str:
    raw = bytearray(b64decode(text))
    raw[at] ^= 1
    return b64encode(raw).decode()


def _with_leaf(n: int, at: int) -> Callable[[dict[str, Any]], None]:
    def spoil(bundle: dict[str, Any]) -> None:
        bundle["facts"][n]["leaf"] = _flipped(bundle["facts"][n]["leaf"], at)

    return spoil


def _noted(change: Callable[[list[str]], None]) -> Callable[[dict[str, Any]], None]:
    def spoil(bundle: dict[str, Any]) -> None:
        lines = bundle["checkpoint"].split("\n")
        change(lines)
        bundle["checkpoint"] = "\n".join(lines)

    return spoil


_WAYS: Mapping[str, Callable[[dict[str, Any]], None]] = {
    **{f"bit of leaf at {at}": _with_leaf(3, at) for at in (0, 8, 16, 24, 40, 44, 46, 47, 60, 120, -1)},
    "a hash of a proof": lambda b: b["facts"][2]["proof"].__setitem__(0, _DAMAGED),
    "a hash too few": lambda b: b["facts"][2]["proof"].pop(),
    "a hash too many": lambda b: b["facts"][2]["proof"].append(_DAMAGED),
    "a fact left out": lambda b: b["facts"].pop(4),
    "the first left out": lambda b: b["facts"].pop(0),
    "two facts changed places": lambda b: b["facts"].insert(2, b["facts"].pop(3)),
    "a fact twice": lambda b: b["facts"].insert(2, deepcopy(b["facts"][2])),
    "no facts": lambda b: b["facts"].clear(),
    "another size": _noted(lambda lines: lines.__setitem__(1, str(int(lines[1]) - 1))),
    "another root": _noted(lambda lines: lines.__setitem__(2, _DAMAGED)),
    "another origin": _noted(lambda lines: lines.__setitem__(0, "other.example")),
    "no signature": _noted(lambda lines: lines.__delitem__(slice(4, None))),
    "a line more": _noted(lambda lines: lines.insert(3, "more")),
    "bytes after a leaf": lambda b: b["facts"][1].update(
        leaf=b64encode(b64decode(b["facts"][1]["leaf"]) + b"x").decode()
    ),
    "no base64": lambda b: b["facts"][1].update(leaf="!" + b["facts"][1]["leaf"][1:]),
    "another file": lambda b: b["exhibits"].append({"position": 1, "sealed_sha256": "0" * 64}),
}


async def _one(connection: Any, query: str, *about: object) -> Any:
    return await (await connection.execute(query, about)).fetchone()
