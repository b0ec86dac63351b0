"""Tesseract, Poppler and fonts for the tests: Debian's, unpacked where they aren't installed. Where they can't be had, the
tests fail and say so.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch

from tests.debian import libraries, unpacked

LANGUAGES = ("eng", "ita", "por", "chi-sim", "ara")
_PACKAGES = tuple(f"tesseract-ocr-{language}" for language in LANGUAGES)
_FONTS = ("fonts-wqy-microhei", "fonts-hosny-amiri")
_DATA = Path("usr/share/tesseract-ocr/5/tessdata")


@contextmanager
def readers() -> Iterator[None]:
    """Within it, the programs are found where programs are looked for."""
    if _are_installed():
        yield
        return
    root = unpacked("tesseract-ocr", *_PACKAGES, "poppler-utils")
    path = f"{root / 'usr/bin'}{os.pathsep}{os.environ['PATH']}"
    found = {"PATH": path, "LD_LIBRARY_PATH": libraries(root), "TESSDATA_PREFIX": str(root / _DATA)}
    with patch.dict(os.environ, found):
        yield


@cache
def font(name: str) -> Path:
    """The file of a font of Debian's packages, such as `wqy-microhei.ttc`."""
    installed = next(Path("/usr/share/fonts").rglob(name), None)
    return installed or next(unpacked(*_FONTS).rglob(name))


def _are_installed() -> bool:
    there = all(shutil.which(program) for program in ("tesseract", "pdfinfo", "pdftotext", "pdftoppm"))
    packs = [language.replace("-", "_") for language in LANGUAGES]
    return there and all((Path("/") / _DATA / f"{pack}.traineddata").exists() for pack in packs)
