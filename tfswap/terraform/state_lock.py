"""A state lock that is in the way: whose it is, and what a person may do about it.

tfswap never unlocks anything. It names the one command for that only where the lock is of a
Terraform that tfswap itself started here, and that is not alive any more.
"""

from __future__ import annotations

import getpass
import re
import socket
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from tfswap.terraform.child_processes import ChildProcess, ChildProcesses

_LINE = re.compile(
    r"^\s*(ID|Path|Operation|Who|Version|Created|Info):[ \t]*(.*?)\s*$", re.MULTILINE
)
_AGAIN = "Then run the same command again."


@dataclass(frozen=True)
class LockInfo:
    """What Terraform says of a lock (Terraform source, internal/states/statemgr, ``LockInfo``)."""

    id: str
    who: str
    """``user@host``."""
    operation: str = ""
    created: str = ""
    path: str = ""

    @property
    def moment(self) -> datetime | None:
        """When it was taken, in UTC; None where that cannot be read."""
        with suppress(ValueError):
            return datetime.strptime(self.created[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        return None

    def lines(self) -> tuple[str, ...]:
        """Return it for people."""
        operation = self.operation.removeprefix("OperationType").lower()
        rows = (
            ("lock", self.id),
            ("held by", self.who),
            ("for", operation),
            ("since", self.created),
            ("of", self.path),
        )
        return tuple(f"{name:8}{value}" for name, value in rows if value)


def parse_lock(text: str) -> LockInfo | None:
    """Return the lock an error of Terraform's tells of, None where it tells of none."""
    _, found, body = text.partition("Lock Info:")
    values = dict(_LINE.findall(body)) if found else {}
    if not values.get("ID"):
        return None
    names = ("Who", "Operation", "Created", "Path")
    return LockInfo(values["ID"], *(values.get(name, "") for name in names))


def advice(lock: LockInfo | None, children: ChildProcesses | None, unlock: str) -> str:
    """Return the next thing to do.

    Args:
        lock: What Terraform said of the lock.
        children: The Terraforms started here.
        unlock: The command line that removes a lock, to which its id is added.
    """
    if lock is None:
        return (
            f"Wait, or ask who else is working. Never force-unlock a lock you do not know. {_AGAIN}"
        )
    if lock.who != _me():
        return (
            f"Ask {lock.who or 'your team'} whether it is still running (for a CI runner, find its "
            f"job), and wait until it ends. Never force-unlock a lock that is not yours. {_AGAIN}"
        )
    moment = lock.moment
    child = children.at(moment) if children is not None and moment is not None else None
    if child is None:
        return (
            "The lock is yours, but not from tfswap in this repository. Find the "
            "terraform in another terminal or folder (pgrep -af terraform) and let it "
            f"end. Never force-unlock while one may be running. {_AGAIN}"
        )
    return still_running(child) if child.alive else _left_behind(child, f"{unlock} {lock.id}")


def still_running(child: ChildProcess) -> str:
    """Return what to do about a Terraform of ours that an ended tfswap left at work."""
    return (
        f"The lock belongs to your terraform {child.command} (process {child.pid}), "
        "started by a tfswap that was killed. It is still running. Wait until it ends "
        f"(tfswap status). {_AGAIN}"
    )


def _left_behind(child: ChildProcess, command: str) -> str:
    return (
        f"The lock was left by your terraform {child.command} of {child.since:%H:%M} UTC "
        f"(process {child.pid}), which has ended. Make sure that nobody else is working, "
        f"then unlock it: {command} . {_AGAIN}"
    )


def _me() -> str:
    """This user, as Terraform names it in a lock."""
    with suppress(OSError, KeyError):
        return f"{getpass.getuser()}@{socket.gethostname()}"
    return ""
