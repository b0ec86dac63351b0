"""Starts the worker processes, restarts those that died, and stops them."""

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

from tests.harness.soak.plan import Plan

ROOT = Path(__file__).parents[3]
_LOOK = 0.005


class NotQuiet(Exception):
    """Some writers did not finish their last act in time."""


@dataclass
class Crew:
    """`module` is what each worker runs. `consumer` is the number of a worker that only reads, if there is one."""

    plan: Plan
    module: str
    consumer: int | None = None
    deaths: int = 0
    stopping: bool = False
    _aside: "subprocess.Popen[bytes] | None" = None
    _processes: "dict[int, subprocess.Popen[bytes]]" = field(default_factory=dict)

    def start(self) -> None:
        self.plan.quiet.mkdir()
        numbers = [*range(self.plan.workers)] + ([self.consumer] if self.consumer is not None else [])
        for number in numbers:
            self._spawn(number)

    def pid(self, number: int) -> int:
        return self._processes[number].pid

    def kill(self, number: int) -> None:
        """Kills a worker. Its successor continues where it was."""
        process = self._processes[number]
        process.kill()
        process.wait()
        self._spawn(number)

    def mend(self) -> None:
        """Restarts workers that ended by themselves. That is a fault too, but their writers continue."""
        for number, process in [*self._processes.items()]:
            if process.poll() is not None:
                self.deaths += 1
                self._spawn(number)

    def aside(self, what: str) -> bool:
        """Starts other work on a view in a process of its own, one at a time. It may fail."""
        if self._aside is not None and self._aside.poll() is None:
            return False
        command = [sys.executable, "-m", "tests.harness.soak.aftermath", str(self.plan.path / "plan.json"), what]
        with (self.plan.path / "aside.log").open("ab") as log:
            self._aside = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return True

    def stop_writing(self, patience: float) -> None:
        """Returns when every writer has an answer to its last act."""
        self.stopping = True
        if self._aside is not None:
            self._aside.kill()
            self._aside.wait()
        for process in self._processes.values():
            self._tell(process)
        deadline = monotonic() + patience
        while len([*self.plan.quiet.iterdir()]) < self.plan.workers:
            self.mend()
            if monotonic() > deadline:
                raise NotQuiet(sorted(file.name for file in self.plan.quiet.iterdir()))
            sleep(_LOOK)

    def close(self) -> None:
        for process in self._processes.values():
            with contextlib.suppress(BrokenPipeError):
                assert process.stdin is not None
                process.stdin.close()
        deadline = monotonic() + 10
        for process in self._processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGCONT)
            try:
                process.wait(max(deadline - monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _spawn(self, number: int) -> None:
        command = [sys.executable, "-m", self.module, str(self.plan.path / "plan.json"), str(number)]
        with (self.plan.path / f"worker-{number}.log").open("ab") as log:
            # In a session of its own: when the shell of a run ends, the kernel wakes every stopped process of its group.
            process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
            )
        self._processes[number] = process
        if self.stopping:
            self._tell(process)

    def _tell(self, process: "subprocess.Popen[bytes]") -> None:
        with contextlib.suppress(BrokenPipeError):
            assert process.stdin is not None
            process.stdin.write(b"stop\n")
            process.stdin.flush()
