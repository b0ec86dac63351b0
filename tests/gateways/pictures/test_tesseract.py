"""Tesseract reads photographed papers, with the boxes where the text is; and survives whatever else is sent to it."""

import asyncio
import io
import os
import pwd
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from difflib import SequenceMatcher
from pathlib import Path

import pytest
import uvloop
from PIL import Image

from mediation.gateways.pictures import pdf
from mediation.gateways.pictures.limited import run
from mediation.gateways.pictures.port import Found, NotReadable
from mediation.gateways.pictures.tesseract import Tesseract
from tests.gateways.pictures.drawn import ARABIC, CHINESE, RECEIPT, WAYBILL, Line, Picture, photographed
from tests.gateways.pictures.installed import readers
from tests.gateways.pictures.papers import locked, paper, scanned

OF_A_CASE = ("it", "zh-Hans", "en")


@pytest.fixture(autouse=True)
def _installed() -> Iterator[None]:
    with readers():
        yield


def alike(found: str, written: str) -> float:
    """From 0 to 1, without spaces: how they are set is nobody's business."""
    return SequenceMatcher(None, "".join(found.split()), "".join(written.split()), autojunk=False).ratio()


def read_as(found: Found, line: Line) -> str:
    """What was read where the line is. A block may hold more lines than one."""
    return " ".join(block.text for block in found.blocks if line.is_in(block))


def missed(found: Found, picture: Picture, enough: float) -> list[str]:
    """The lines of which not enough was read in the box that lies over them."""
    return [line.text for line in picture.lines if _part(read_as(found, line), line.text) < enough]


def _part(text: str, line: str) -> float:
    """How much of the line is in a text that may be longer."""
    text, line = "".join(text.split()), "".join(line.split())
    matched = sum(m.size for m in SequenceMatcher(None, text, line, autojunk=False).get_matching_blocks())
    return matched / len(line)


@pytest.mark.parametrize("degrees", [2.0, -3.0])
async def test_a_photographed_waybill(degrees: float) -> None:
    """Chinese with an Italian address, askew and blurred. Each line is read where it stands."""
    picture = photographed(WAYBILL, CHINESE, degrees=degrees)
    found = await Tesseract().read(picture.jpeg(), "image/jpeg", OF_A_CASE)
    assert missed(found, picture, 0.8) == []
    assert found.engine == "tesseract"
    assert found.version.startswith("5.")
    assert [(page.number, page.found_by) for page in found.pages] == [(1, "picture")]
    assert (found.pages[0].width, found.pages[0].height) == picture.image.size


@pytest.mark.parametrize("degrees", [1.0, -2.0])
async def test_a_photographed_receipt(degrees: float) -> None:
    """Arabic runs from the right, and the text comes in the order in which it is read."""
    picture = photographed(RECEIPT, ARABIC, size=34, degrees=degrees, rtl=True)
    found = await Tesseract().read(picture.jpeg(), "image/jpeg", ("ar", "en"))
    assert missed(found, picture, 0.7) == []


@pytest.mark.parametrize("orientation", [3, 6, 8])
async def test_a_phone_held_sideways(orientation: int) -> None:
    """The boxes are where a viewer shows the text, who turns the picture as the phone says."""
    picture = photographed(WAYBILL[4:], CHINESE)
    found = await Tesseract().read(picture.jpeg(orientation), "image/jpeg", ("zh-Hans",))
    assert missed(found, picture, 0.7) == []
    assert (found.pages[0].width, found.pages[0].height) == picture.image.size


async def test_a_pdf_of_scans_and_text() -> None:
    """A page with text of its own is not guessed. One without is read as a picture."""
    picture = photographed(WAYBILL[4:], CHINESE)
    read = await Tesseract().read(scanned(picture.image), "application/pdf", ("zh-Hans",))
    assert missed(read, picture, 0.7) == []
    own = await Tesseract().read(paper(["Ricevuta n. 4711 del 3 novembre 2026"]), "application/pdf", OF_A_CASE)
    (block,) = own.blocks
    assert (block.text, block.confidence) == ("Ricevuta n. 4711 del 3 novembre 2026", None)
    assert [page.found_by for page in own.pages] == ["text_layer"]
    assert block.box.left == pytest.approx(1000 * 72 / 595, abs=2)
    assert block.box.top == pytest.approx(1000 * (842 - 740) / 842, abs=20)


async def test_a_pdf_of_a_thousand_pages() -> None:
    """The first are read. How many there are is said."""
    found = await Tesseract().read(
        paper([f"This is page number {n} of many" for n in range(1000)]), "application/pdf", ("en",)
    )
    assert (len(found.pages), found.pages_in_file) == (pdf.MAX_PAGES, 1000)
    assert [block.page for block in found.blocks] == [*range(1, pdf.MAX_PAGES + 1)]


async def test_a_picture_without_text() -> None:
    """Nothing is found, and nothing is made up."""
    empty = Picture(Image.effect_mandelbrot((600, 400), (-3, -2.5, 2, 2.5), 50), [])
    found = await Tesseract().read(empty.png(), "image/png", OF_A_CASE)
    assert (len(found.pages), list(found.blocks)) == (1, [])


async def test_which_languages_it_can_read() -> None:
    """By Debian's packages. Chinese is in two scripts; a language without a package is left out."""
    known = await Tesseract().languages(["zh-CN", "it-CH", "xx", "pt-BR", "ar-EG", "en"])
    assert known == ("zh-CN", "it-CH", "pt-BR", "ar-EG", "en")


def bomb() -> bytes:
    """A PNG of 50,000 by 50,000 points in a few megabytes. Unpacked for Tesseract it fills ten gigabytes."""
    line, packer = bytes(50_000 // 8 + 1), zlib.compressobj(1)
    packed = b"".join(packer.compress(line * 5000) for _ in range(10)) + packer.flush()
    head = struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


async def test_a_page_as_large_as_a_wall() -> None:
    """It is scaled down, however large it says that it is."""
    found = await Tesseract().read(paper([""], size=(14_400, 14_400)), "application/pdf", ("en",))
    assert (found.pages[0].width, found.pages[0].height) == (2400, 2400)


@pytest.mark.parametrize(
    ("content", "media_type", "why"),
    [
        (bomb, "image/png", "too_large"),
        (b"\xff\xd8\xff\xe0", "image/jpeg", "damaged"),
        (lambda: photographed(WAYBILL[:2], CHINESE).jpeg()[:600], "image/jpeg", "damaged"),
        (b"\x89PNG\r\n\x1a\nThis is a text that somebody called a picture.", "image/png", "too_large"),
        (b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 40, 40) + b"text" * 99, "image/png", "damaged"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp", "damaged"),
        (b"%PDF-1.7\nThis is no PDF.", "application/pdf", "damaged"),
        (locked(), "application/pdf", "locked"),
        (b"", "image/png", "damaged"),
    ],
    ids=["bomb", "no jpeg", "cut jpeg", "text", "noise", "no webp", "no pdf", "locked", "nothing"],
)
async def test_what_cannot_be_read(content: bytes | Callable[[], bytes], media_type: str, why: str) -> None:
    """It is said why, quickly, and the next picture is read as if nothing had been."""
    reader = Tesseract()
    with pytest.raises(NotReadable) as caught:
        await reader.read(content() if callable(content) else content, media_type, ("en",))
    assert caught.value.why == why


async def test_a_truncated_photograph() -> None:
    """What is there is read, or nothing: it does not matter, as long as it ends."""
    whole = photographed(WAYBILL, CHINESE).jpeg()
    with suppress(NotReadable):
        found = await Tesseract().read(whole[: len(whole) // 2], "image/jpeg", OF_A_CASE)
        assert len(found.pages) == 1


# --- the limits ---


async def test_a_program_that_does_not_end() -> None:
    """One that waits and one that computes are both killed."""
    for endless in (("sleep", "1000"), ("sh", "-c", "while :; do :; done")):
        with pytest.raises(NotReadable) as caught:
            await run(endless, seconds=1)
        assert caught.value.why == "took_too_long"


async def test_a_program_that_wants_all_memory() -> None:
    greedy = ("dd", "if=/dev/zero", "of=/dev/null", "bs=200M", "count=1")
    assert (await run(greedy)).code == 0
    ended = await run(greedy, memory=100_000_000)
    assert ended.code != 0
    assert "memory" in ended.errors


async def test_nothing_is_written_to_a_disk(tmp_path: Path) -> None:
    """What is on a picture is sealed wherever it is stored. So no program writes a file of its own."""
    copy = tmp_path / "copy"
    copy.touch(0o666)
    copy.chmod(0o666)
    ended = await run(("sh", "-c", f"cat > {copy}"), b"what nobody else may see")
    assert ended.code != 0
    assert copy.read_bytes() == b""


async def test_no_secret_is_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIATION_MASTER_KEY", "5f" * 32)
    told = (await run(("env",))).output.decode()
    assert "MEDIATION" not in told
    assert "LC_ALL=C.UTF-8" in told


async def test_it_does_not_run_as_root() -> None:
    """Where the engine does."""
    account = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    assert (await run(("id", "-un"))).output.decode().strip() == account


def test_the_loop_that_serves() -> None:
    """The engine's own loop starts programs in another way than Python's. All of the limits hold there too."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for limit in (
            test_a_program_that_wants_all_memory,
            test_no_file_is_open_to_it,
            test_it_does_not_run_as_root,
            test_a_program_that_answers_without_end,
        ):
            runner.run(limit())
        with pytest.raises(NotReadable, match="took_too_long"):
            runner.run(run(("sleep", "1000"), seconds=1))
        found = runner.run(Tesseract().read(paper(["Ricevuta n. 4711 del 2026"]), "application/pdf", ("it",)))
        assert len(found.blocks) == 1


async def test_no_file_is_open_to_it() -> None:
    """Of the engine's own, such as its database or its evidence."""
    assert (await run(("ls", "/proc/self/fd"))).output.split() == [b"0", b"1", b"2", b"3"]  # the last is that folder


async def test_a_program_that_answers_without_end() -> None:
    with pytest.raises(NotReadable) as caught:
        await run(("yes",), seconds=20)
    assert caught.value.why == "too_large"


def test_the_pictures_are_what_they_say() -> None:
    """The photograph is not sharp, and the other ways to store it show the same."""
    picture = photographed(WAYBILL, CHINESE)
    turned = Image.open(io.BytesIO(picture.jpeg(6)))
    assert turned.size == picture.image.size[::-1]
