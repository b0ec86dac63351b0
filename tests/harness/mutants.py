"""Mutation tests of `domain/`: every rule is changed in small ways, and each time a law report must fail.

    python -m tests.harness.mutants [--again] [domain/kernel/money.py …]     prints the killed and the surviving changes

`--again` tries only the changes that no report has killed yet.

mutmut makes the mutants and stores their results (`mutmut show`, `mutmut browse`). They run here, because `mutmut run` starts
pytest again for each; this program collects the law reports once, and forks. A mutant runs only the reports that execute the
changed line, those that killed its neighbours first. Code that runs at import gets its own pytest.

The state machine is left out: it takes a minute, and finds by chance what a law report should find.
"""

import gc
import os
import resource
import signal
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import monotonic
from typing import Literal, TypeVar

import pytest
from coverage import Coverage
from hypothesis import settings
from mutmut.__main__ import create_mutants
from mutmut.mutation import trampoline
from mutmut.mutation.data import MutantLineSpans, SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.utils.file_utils import copy_src_dir, walk_mutatable_files
from mutmut.utils.format_utils import mangled_name_from_mutant_name
from rich.console import Console
from rich.progress import track
from rich.table import Table

REPORTS = ["tests/domain", "--ignore=tests/domain/machine/test_machine.py"]
WITHOUT = (
    "anyio cacheprovider faulthandler logging schemathesis threadexception timeout unraisableexception warnings xdist"
)
BARELY = ["-x", "-q", "-s", "-oaddopts=", "--import-mode=importlib", "--assert=plain", "--tb=native"]
BARELY += [f"-pno:{plugin}" for plugin in WITHOUT.split()]
SURVIVED, KILLED, UNTESTED, TIMEOUT = 0, 1, 33, 36  # as mutmut stores them
ALIVE = (None, SURVIVED, UNTESTED)
MEMORY = 2 * 2**30
PATIENCE = 1.5  # seconds of work; no report takes a third of it

out = Console(file=os.fdopen(os.dup(1), "w"), highlight=False)
T = TypeVar("T")


def forked(work: Callable[[], T]) -> T | None:
    """The result of `work` in a copy of this process; None where the copy dies or reaches its alarm."""
    context = get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=lambda: there.send(work()))
    process.start()
    there.close()
    try:
        return here.recv()  # type: ignore[no-any-return]
    except EOFError:
        return None
    finally:
        process.join()
        here.close()


def pytest_with(plugin: object, *options: str) -> int:
    """Runs on the mutated `domain`, which comes first on the path."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.path.insert(0, str(Path("mutants").absolute()))
    settings.register_profile("mutants", derandomize=True, deadline=None)
    options = (*BARELY, "--hypothesis-profile=mutants", "-opythonpath=mutants .", *options)
    return int(pytest.main([*options], plugins=[plugin]))


@dataclass
class Touch:
    """Records for each report which lines it executes, and how long it takes."""

    coverage: Coverage
    seconds: dict[str, float] = field(default_factory=dict)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.coverage.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.seconds[report.nodeid] = report.duration


@dataclass
class Seen:
    """Which reports execute a line of a mutated file (its import counts as the report ""), and how long each takes."""

    reports: dict[Path, dict[int, list[str]]]
    seconds: dict[str, float]

    def of(self, name: str, file: Path) -> list[str]:
        """The reports that execute the changed line, or the last line before it."""
        function = mangled_name_from_mutant_name(name).rpartition(".")[2]
        spans = MutantLineSpans.load(file)
        assert spans is not None
        there = spans.span_by_function_name[f"{function}__mutmut_orig"]
        sources = spans.read_function_sources([f"{function}__mutmut_orig", name.rpartition(".")[2]])
        was, becomes = ([line for line in source.splitlines() if f"def {function}__" not in line] for source in sources)
        changed = next((n for n, (old, new) in enumerate(zip(was, becomes, strict=False)) if old != new), 0)
        lines = [*range(there.start + 1 + changed, there.start, -1), *range(there.start + 1, there.end + 1)]
        found = [reports for line in lines if (reports := self.reports[file].get(line))]
        return found[0] if found else []


def touch(files: list[Path]) -> Seen | None:
    mutated = {file: str((Path("mutants") / file).absolute()) for file in files}
    coverage = Coverage(data_file=None, config_file=False, include=list(mutated.values()))
    plugin = Touch(coverage)
    with coverage.collect():
        if pytest_with(plugin, *REPORTS) != 0:
            return None
    lines = {file: coverage.get_data().contexts_by_lineno(path) for file, path in mutated.items()}
    return Seen(lines, plugin.seconds)


@dataclass
class Run:
    """Runs the mutants of these files instead of the reports themselves."""

    files: list[Path]
    seen: Seen
    again: bool
    failed: bool = False
    killers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        gc.collect()
        gc.freeze()  # what exists now stays shared with every copy of this process
        for file in self.files:
            data = loaded(file)
            names = [name for name, code in data.exit_code_by_key.items() if not self.again or code in ALIVE]
            for name in track(names, str(file), console=out, transient=True):
                began = monotonic()
                data.exit_code_by_key[name] = self._became(name, file, items)
                data.durations_by_key[name] = monotonic() - began
            data.save()
            out.print(*score(data))
        return True

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """A failure is enough; its explanation would take longer than the report."""
        self.failed = self.failed or call.excinfo is not None
        assert call.when != "collect"
        outcome: Literal["failed", "passed"] = "failed" if call.excinfo else "passed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)

    def _became(self, name: str, file: Path, items: dict[str, pytest.Item]) -> int:
        killers = self.killers[mangled_name_from_mutant_name(name)]
        there = (test for test in self.seen.of(name, file) if test)
        seconds, first = self.seen.seconds, str(own(file))
        order = sorted(there, key=lambda test: (test not in killers, not test.startswith(first), seconds[test]))
        if not order:
            return UNTESTED
        killer = forked(lambda: self._killer(name, [items[test] for test in order]))
        if killer:
            killers.add(killer)
        return TIMEOUT if killer is None else KILLED if killer else SURVIVED

    def _killer(self, name: str, items: list[pytest.Item]) -> str:
        """The first report that fails, or "" if none does."""
        begin(name)
        for item in items:
            alarm(PATIENCE)
            item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
            if self.failed:
                return item.nodeid
        return ""


def alarm(seconds: float) -> None:
    """Ends this process after so much work."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def own(file: Path) -> Path:
    """The law reports of a module: `domain/ruling/appeal.py` has `tests/domain/ruling/test_appeal.py`."""
    return Path("tests", file.parent, f"test_{file.stem.removesuffix('_facts')}.py")


def begin(name: str) -> None:
    set_mutant_under_test(name)
    trampoline.get_mutant_under_test = lambda: name  # the original reads the environment at every call
    gc.disable()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def survives_import(name: str, file: Path) -> bool:
    """Whether no report of the module fails for a mutant that is active from the first import on."""
    begin(name)
    alarm(20 * PATIENCE)
    return pytest_with(object(), str(own(file))) == 0


def loaded(file: Path) -> SourceFileMutationData:
    data = SourceFileMutationData(path=file)
    data.load()
    return data


def score(data: SourceFileMutationData) -> list[str]:
    found = list(data.exit_code_by_key.values())
    killed = sum(code not in ALIVE for code in found)
    counts = [killed, found.count(SURVIVED), found.count(UNTESTED), found.count(TIMEOUT)]
    return [str(data.path), str(len(found)), *map(str, counts), f"{killed / (len(found) or 1):.1%}"]


def survivors(data: SourceFileMutationData) -> Iterator[str]:
    for name, code in data.exit_code_by_key.items():
        if code in ALIVE:
            lines = get_diff_for_mutant(name, path=data.path).splitlines()[2:]
            changed = "\n".join(line for line in lines if line[:1] in "+-")
            yield f"{name}{' (untested)' if code == UNTESTED else ''}\n{changed}"


def main(chosen: list[str], *, again: bool) -> None:
    set_mutant_under_test("mutant_generation")
    Path("mutants").mkdir(exist_ok=True)
    with out.status("making mutants"), open(os.devnull, "w") as nowhere:
        copy_src_dir()
        printed, sys.stdout = sys.stdout, nowhere
        create_mutants(1)
        sys.stdout = printed
    files = [Path(file) for file in chosen] or sorted(walk_mutatable_files())
    files = [file for file in files if loaded(file).exit_code_by_key]
    with out.status("what each report touches"):
        seen = forked(lambda: touch(files))
    assert seen is not None, "the law reports fail without any mutant"
    set_mutant_under_test("")
    forked(lambda: pytest_with(Run(files, seen, again), *REPORTS))
    for file in files:
        data = loaded(file)
        for name, code in data.exit_code_by_key.items():
            if code in ALIVE and own(file).exists() and "" in seen.of(name, file):
                survived = forked(partial(survives_import, name, file))
                data.exit_code_by_key[name] = SURVIVED if survived else KILLED
        data.save()
    table = Table("module", "mutants", "killed", "survived", "untested", "timeout", "")
    for file in files:
        data = loaded(file)
        out.print(*survivors(data), sep="\n", markup=False)
        table.add_row(*score(data))
    out.print(table)


if __name__ == "__main__":
    main([given for given in sys.argv[1:] if given != "--again"], again="--again" in sys.argv)
