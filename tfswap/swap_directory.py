"""``.tfswap/``: what a swap keeps on disk (design.md, decision 10).

At the repository's root, ignored by git through its own ``.gitignore``, mode 0700, files 0600.
"""

from __future__ import annotations

import fcntl
import getpass
import hashlib
import os
import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tfswap.errors import RepoError
from tfswap.files import FOLDER, HARD_LINK, foreign_entry, leftover_files, write_atomically
from tfswap.swap import Swap, decode, encode

_HELD: dict[Path, int] = {}
"""The lock files this process holds, and the descriptors that hold them."""


def release_locks() -> None:
    """Let go of every lock: for a process that runs one command line after the other."""
    while _HELD:
        os.close(_HELD.popitem()[1])


@dataclass(frozen=True)
class SwapDirectory:
    """The folder and the files in it."""

    repo: Path
    """The repository's root."""

    @property
    def folder(self) -> Path:
        """The folder itself."""
        return self.repo / FOLDER

    @property
    def swap_file(self) -> Path:
        """The swap as JSON."""
        return self.folder / "swap.json"

    @property
    def script(self) -> Path:
        """The commands as a script a person can run by hand."""
        return self.folder / "commands.sh"

    @property
    def journal(self) -> Path:
        """What was done, one JSON object a line."""
        return self.folder / "journal.jsonl"

    @property
    def log(self) -> Path:
        """Terraform's own output."""
        return self.folder / "terraform.log"

    @property
    def scratch(self) -> Path:
        """The scratch folder of a rehearsal."""
        return self.folder / "rehearsal"

    @property
    def baseline_scratch(self) -> Path:
        """The scratch folder of the baseline plan beside it."""
        return self.folder / "rehearsal-baseline"

    @property
    def baseline(self) -> Path:
        """The JSON of the baseline plan (docs/baseline.md)."""
        return self.folder / "baseline.json"

    @property
    def baseline_facts(self) -> Path:
        """What that plan was made from."""
        return self.folder / "baseline-facts.json"

    @property
    def plan(self) -> Path:
        """The saved plan that ``verify-plan`` made."""
        return self.folder / "plan"

    @property
    def verdict(self) -> Path:
        """The verdict on the saved plan, bound to it."""
        return self.folder / "verdict.json"

    @property
    def configuration(self) -> Path:
        """Which files the verified plan rests on, by content."""
        return self.folder / "configuration.json"

    @property
    def applying(self) -> Path:
        """The private copy of the verified plan that is being applied."""
        return self.folder / "applying.plan"

    @property
    def begun(self) -> list[Path]:
        """Private copies of verified plans whose applies did not end well, the newest last."""
        older = sorted(self.folder.glob("begun-*.plan"), key=lambda path: path.stat().st_mtime)
        return [*older, *([self.applying] if self.applying.is_file() else [])]

    @property
    def apply_log(self) -> Path:
        """What ``terraform apply`` said, message by message."""
        return self.folder / "apply.log"

    @property
    def children(self) -> Path:
        """Which Terraforms took the state's lock."""
        return self.folder / "children.jsonl"

    @property
    def lock_file(self) -> Path:
        """Held by the one command at work here."""
        return self.folder / "lock"

    def backup(self, workspace: str, serial: int, state: bytes) -> Path:
        """Where a state as it was pulled is kept; another content is another file."""
        digest = hashlib.sha256(state).hexdigest()[:8]
        return self.folder / f"state-{_slug(workspace)}-{serial}-{digest}.tfstate"

    def backups(self, workspace: str) -> list[Path]:
        """Return the kept states of a workspace, the highest serial first."""
        found = self.folder.glob(f"state-{_slug(workspace)}-*.tfstate")
        return sorted(found, key=_serial_and_time, reverse=True)

    def taken_by_hand(self) -> list[Path]:
        """Return the states that ``commands.sh`` kept before it began."""
        return sorted(self.folder.glob("before-commands-*.tfstate"))

    def pushed(self, workspace: str, serial: int, state: bytes) -> Path:
        """Where a state is kept that is about to be pushed, or was."""
        digest = hashlib.sha256(state).hexdigest()[:8]
        return self.folder / f"pushed-{_slug(workspace)}-{serial}-{digest}.tfstate"

    def all_pushed(self, workspace: str) -> list[Path]:
        """Return the states that were pushed to a workspace, as far as they are kept."""
        return sorted(self.folder.glob(f"pushed-{_slug(workspace)}-*.tfstate"))

    def lock(self) -> None:
        """Keep every other command that writes out of this folder until this process ends.

        Held already by this process, it stays so: one command may go over into another.

        Raises:
            RepoError: Another one is at work; the message says which and since when.
        """
        self.make()
        if (held := self.lock_file.resolve()) in _HELD:
            return
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self.lock_file, flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.read(descriptor, 200).decode("utf-8", "replace").strip()
            raise RepoError(
                f"Another tfswap is running in this repository ({owner or 'just started'}).",
                hint="Wait until it ends, or stop it in its terminal (suspended with Ctrl-Z? "
                "Type fg there). Then run: tfswap status",
            ) from error
        for path in leftover_files(self.folder):
            path.unlink(missing_ok=True)
        os.ftruncate(descriptor, 0)
        since = datetime.now().astimezone().isoformat(timespec="seconds")
        command = " ".join(["tfswap", *sys.argv[1:2]])
        text = f"{command} of {getpass.getuser()}, process {os.getpid()} since {since}\n"
        os.write(descriptor, text.encode("utf-8", "replace"))
        # Left open on purpose: the lock goes with the process, however that ends.
        _HELD[held] = descriptor

    def is_running(self) -> str:
        """Return which other command holds this folder now and since when; empty for none."""
        try:
            descriptor = os.open(self.lock_file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return ""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(descriptor, 200).decode("utf-8", "replace")
            return " ".join(owner.split()) or "just started"
        finally:
            os.close(descriptor)
        return ""

    def make(self) -> None:
        """Make the folder, closed to others and to git.

        Raises:
            RepoError: It is a link or a file, or cannot be made.
        """
        self.refuse_foreign()
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            self.folder.chmod(0o700)
        except OSError as error:
            raise RepoError(
                f"{self.folder} cannot be created: {error.strerror}.",
                hint="Fix the permissions of the repository folder.",
            ) from error
        ignore = self.folder / ".gitignore"
        if not ignore.is_file():
            write_atomically(ignore, b"*\n", 0o600)

    def refuse_foreign(self) -> None:
        """Use nothing here that somebody else may have made.

        Raises:
            RepoError: The folder is a link or a file, or something in it is a link, a FIFO or the
                like.
        """
        if self.folder.is_symlink() or (self.folder.exists() and not self.folder.is_dir()):
            raise RepoError(
                f"{self.folder} exists, but was not created by tfswap.",
                hint="Move it away, then run the same command again.",
            )
        if self.folder.is_dir() and (odd := foreign_entry(self.folder)):
            path, kind = odd
            name = shlex.quote(str(path))
            own = f"cp -p {name} {name}.own && mv {name}.own {name}"
            raise RepoError(
                f"{path} is {kind}; tfswap does not create or write to those.",
                hint=f"Replace it with a regular file: {own}"
                if kind == HARD_LINK
                else f"Move it away and run the same command again: mv {name} /tmp/",
            )

    def refuse_tracked(self, tracked: Sequence[str]) -> None:
        """Use no folder that is part of the repository: it would be whoever's wrote it.

        Args:
            tracked: What git tracks below it.

        Raises:
            RepoError: Git tracks something.
        """
        if tracked:
            # As it is committed: .TFSWAP is the same folder where case plays no part.
            own = tracked[0].partition("/")[0]
            raise RepoError(
                f"{tracked[0]} is committed in this repository. {own}/ must not be "
                "committed: it names programs that tfswap runs.",
                hint=f"git rm -r --cached {own} && git commit -m 'Remove {own}'. If you "
                f"did not create it yourself, move it away too (mv {own} /tmp/). Then "
                "run tfswap prepare.",
            )

    def load(self) -> Swap:
        """Return the prepared swap.

        Raises:
            RepoError: None is prepared here, or its file is damaged.
        """
        swap = self.find()
        if swap is None:
            raise RepoError(
                "No swap is prepared in this repository.",
                hint="Prepare one: tfswap prepare Lpas-20240715 (the restored table's name)",
            )
        return swap

    def find(self) -> Swap | None:
        """Return the prepared swap, or None where there is none."""
        if self.swap_file.is_symlink():
            raise RepoError(
                f"{self.swap_file} is a symbolic link.",
                hint="Remove it, then run tfswap prepare again.",
            )
        try:
            data = self.swap_file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RepoError(
                f"{self.swap_file} cannot be read: {error.strerror}.",
                hint="Fix its permissions, then run the same command again.",
            ) from error
        return decode(data)

    def save(self, swap: Swap) -> None:
        """Write the swap."""
        self.make()
        write_atomically(self.swap_file, encode(swap), 0o600)


def _serial_and_time(backup: Path) -> tuple[int, float]:
    """Order backups by serial: a clock that was set back says nothing of which is newer."""
    serial = backup.stem.split("-")[-2]
    return int(serial) if serial.isdecimal() else -1, backup.stat().st_mtime


def _slug(workspace: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", workspace)
