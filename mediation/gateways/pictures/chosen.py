"""Whether this installation reads the text in pictures, and with what."""

import structlog

from mediation.gateways.pictures.port import PictureReader
from mediation.gateways.pictures.tesseract import Tesseract

_log = structlog.get_logger(__name__)


class NotInstalled(Exception):
    """The operator wants pictures to be read, and what reads them is not there. The message says what to install."""


def picture_reader(wanted: bool | None, *, tells: bool) -> PictureReader | None:
    """What reads pictures. Without a wish (None): if it is installed. With `tells`, the log says what became of it.

    Raises NotInstalled.
    """
    there = Tesseract.is_installed()
    if wanted and not there:
        raise NotInstalled(
            "MEDIATION_READS_PICTURES is true, and Tesseract or Poppler is not installed: apt install tesseract-ocr "
            "poppler-utils, and a package of each language, such as tesseract-ocr-chi-sim"
        )
    reads = there and wanted is not False
    if tells and reads:
        _log.info("pictures_are_read", by=Tesseract.name)
    elif tells:
        _log.info("pictures_are_not_read", why="switched_off" if there else "tesseract_or_poppler_not_installed")
    return Tesseract() if reads else None
