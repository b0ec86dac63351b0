"""Writes every notice in every language as a page, to be looked at: `python -m tests.notices FOLDER`."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from api.notices.sentences import HAPPENED
from api.notices.writer import NoticeWriter
from api.words.languages import LANGUAGES
from domain.kernel.people import Side
from mediation.processes.notices.writing import ToWrite, Written

ZONES = {"zh-Hans": "Asia/Shanghai", "ar": "Africa/Cairo", "ru": "Europe/Moscow", "pt": "Europe/Lisbon"}
ENDS = datetime(2027, 3, 5, 22, 59, 59, tzinfo=UTC)


def samples() -> Iterator[tuple[str, ToWrite]]:
    """Each template alone, and one notice of many facts, in each language."""
    for language in LANGUAGES:
        told = {template: [template] for template in HAPPENED} | {"many": ["offer_made", "evidence_asked", "message"]}
        for name, templates in told.items():
            yield (
                f"{language}-{name}",
                ToWrite(
                    to=Side.SELLER,
                    language=language,
                    time_zone=ZONES.get(language, "Europe/Rome"),
                    templates=templates,
                    deadlines=[("offer", ENDS), ("evidence", ENDS)] if name in ("many", "offer_made") else [],
                    promises=[("ship", ENDS)] if name in ("many", "promise_owed") else [],
                    case_number="7KQ4-M2XR-X",
                    order_id="O-2027-000123",
                    page="https://bazaar.example/orders/O-2027-000123",
                ),
            )


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = ['<!doctype html><meta charset="utf-8"><title>Notices</title><ul>']
    for name, notice in samples():
        written: Written = NoticeWriter().write(notice)
        (folder / f"{name}.html").write_text(written.html, "utf-8")
        (folder / f"{name}.txt").write_text(written.text, "utf-8")
        lines.append(f'<li><a href="{name}.html">{escape(name)}</a> <bdi>{escape(written.heading)}</bdi>')
    (folder / "index.html").write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
