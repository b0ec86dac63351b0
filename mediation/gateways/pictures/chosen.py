"""Whether this installation reads the text in pictures, and with what."""

import structlog

from mediation.gateways.pictures.port import PictureReader
from mediation.gateways.pictures.tesseract import Tesseract

_log = structlog.get_logger(__name__)


class NotInstalled(Exception):
    """The operator wants pictures to be read, and what reads them is not there. The message says what to install."""


def picture_reader(wanted: bool | None) -> PictureReader | None:
    """What reads pictures. Without a wish (None): if it is installed. Raises NotInstalled."""
    there = Tesseract.is_installed()
    if wanted and not there:
        raise NotInstalled(
            "MEDIATION_READS_PICTURES is true, and Tesseract or Poppler is not installed: apt install tesseract-ocr "
            "poppler-utils, and a package of each language, such as tesseract-ocr-chi-sim"
        )
    return Tesseract() if there and wanted is not False else None


def tell_of_pictures(wanted: bool | None) -> None:
    """Writes into the log whether pictures are read, and if not, why."""
    if wanted is False:
        _log.info("pictures_are_not_read", why="switched_off")
    elif Tesseract.is_installed():
        _log.info("pictures_are_read", by=Tesseract.name)
    else:
        _log.info("pictures_are_not_read", why="tesseract_or_poppler_not_installed")
