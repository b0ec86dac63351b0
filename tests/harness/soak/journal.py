"""Records in files what each writer was about to do, and the answer that it got. Every check compares these files with
the log.

A worker appends to one file for each of its lives. An acknowledgement is on disk before its writer continues. Lines are
JSON:

    begin  writer, n (the n-th act of the writer), at, and the intent: op, key, segments, dispute, …
    end    writer, n, at, outcome (stored, nothing, or the code of a refusal), first, last, events
    rewind writer, n, last, promotions: facts were lost with a promotion, so the writer does its acts from n on again. The
           act `last` was under way at the promotion, and may have been stored after it
    read   writer, asked, seen: the writer learned that a view was at position `asked`; it was at `seen`
    odd    writer, what: an unforeseen error

`at` is in nanoseconds of a clock that all processes of the machine share.
"""

import asyncio
import json
import os
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic_ns
from typing import Any

Line = dict[str, Any]


class Journal:
    """Flushes are shared: a flush serves every line that was written before it began."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL)
        self._lock = asyncio.Lock()
        self._written = self._flushed = 0

    def note(self, t: str, **line: Any) -> None:
        """A noted line survives the death of this process. `keep` also survives that of the machine."""
        os.write(self._file, json.dumps({"t": t, "at": monotonic_ns(), **line}).encode() + b"\n")
        self._written += 1

    async def keep(self, t: str, **line: Any) -> None:
        self.note(t, **line)
        mine = self._written
        async with self._lock:
            if self._flushed < mine:
                reaches = self._written
                await asyncio.to_thread(os.fdatasync, self._file)
                self._flushed = reaches


@dataclass(slots=True)
class Past:
    """How far a writer is: the instants at which its acts ended, and the act without an answer, if any.

    `promotions` are those that it knows of. After one it does acts again, and ends as far
    as `redo` whatever happens: what was begun gets an answer.
    """

    ends: list[int] = field(default_factory=list)
    pending: Line | None = None
    promotions: int = 0
    redo: int = 0

    @property
    def done(self) -> int:
        return len(self.ends)

    def ended(self, at: int) -> None:
        self.ends.append(at)
        self.pending = None

    def first_since(self, at: int) -> int:
        """The first act that ended at this instant or later, or has not ended."""
        return bisect_left(self.ends, at)

    def rewind(self, n: int, promotions: int) -> None:
        """Back to before act `n`."""
        self.redo = max(self.redo, self.done + (self.pending is not None))
        del self.ends[n:]
        self.pending = None
        self.promotions = promotions


def lines(files: Iterable[Path]) -> Iterator[Line]:
    for file in files:
        with file.open("rb") as journal:
            for line in journal:
                if line.endswith(b"\n"):  # the process may have died while it wrote this line
                    yield json.loads(line)


def files(folder: Path, worker: int | None = None) -> list[Path]:
    """The files of one worker or of all, in the order in which they were written."""
    name = "*" if worker is None else f"{worker:02}"
    return sorted(folder.glob(f"journal-{name}-*.jsonl"))


def next_file(folder: Path, worker: int) -> Path:
    return folder / f"journal-{worker:02}-{len(files(folder, worker)):04}.jsonl"


def pasts(folder: Path, worker: int) -> dict[int, Past]:
    known = defaultdict[int, Past](Past)
    for line in lines(files(folder, worker)):
        match line["t"]:
            case "begin":
                known[line["w"]].pending = line
            case "end":
                known[line["w"]].ended(line["at"])
            case "rewind":
                known[line["w"]].rewind(line["n"], line["promotions"])
    return known
