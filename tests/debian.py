"""Programs that the tests need and that no Python package has: from Debian's packages, unpacked where they aren't installed."""

import fcntl
import os
import subprocess
import tempfile
from pathlib import Path

CACHE = Path("/var/cache/mediation-engine") if os.geteuid() == 0 else Path(__file__).parents[1] / ".data"
"""Where packages are unpacked. For root it is outside the checkout, which other accounts may not be able to enter."""


def unpacked(name: str, *more: str) -> Path:
    """The folder with the files of these packages: of `name`, after which it is called, and more. They are unpacked once."""
    root = CACHE / name
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.exists():
            _unpack((name, *more), root)
    return root


def libraries(root: Path) -> str:
    """What `LD_LIBRARY_PATH` has to be for the programs in the folder."""
    return os.pathsep.join(sorted({str(file.parent) for file in root.glob("**/*-linux-gnu*/*.so*")}))


def _unpack(packages: tuple[str, ...], root: Path) -> None:
    """Unpacks Debian's packages, and libraries that this machine lacks, into a folder. Installs nothing.

    apt works on its own state, so no rights are needed, and the machine's package lists stay unchanged.
    """
    with tempfile.TemporaryDirectory(dir=root.parent) as temporary:
        work = Path(temporary)
        for folder in ("lists/partial", "cache/archives/partial", "debs", "tree"):
            (work / folder).mkdir(parents=True)
        options = {"Dir::State::lists": work / "lists", "Dir::Cache": work / "cache", "APT::Sandbox::User": "root"}
        apt = ["apt-get", "-q", *(f"-o{name}={value}" for name, value in options.items())]
        _run([*apt, "update"], work, packages)
        plan = _run([*apt, "--simulate", "--no-install-recommends", "install", *packages], work, packages)
        wanted = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
        libraries = [name for name in wanted if name.startswith("lib") and not name.startswith(("libllvm", "libperl"))]
        _run([*apt, "download", *packages, *libraries], work / "debs", packages)
        for deb in (work / "debs").iterdir():
            _run(["dpkg-deb", "--extract", str(deb), str(work / "tree")], work, packages)
        (work / "tree").chmod(0o755)
        (work / "tree").rename(root)


def _run(command: list[str], folder: Path, packages: tuple[str, ...]) -> str:
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(
            f"the tests need these packages of Debian, which could not be had: {' '.join(packages)}. Install them, or see why "
            f"`{' '.join(command)}` failed:\n{done.stderr}"
        )
    return done.stdout
