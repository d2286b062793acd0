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
        told = (
            ("lock", self.id),
            ("held by", self.who),
            ("for", operation),
            ("since", self.created),
            ("of", self.path),
        )
        return tuple(f"{name:8}{value}" for name, value in told if value)


def parse_lock(text: str) -> LockInfo | None:
    """Return the lock an error of Terraform's tells of, None where it tells of none."""
    _, found, told = text.partition("Lock Info:")
    values = dict(_LINE.findall(told)) if found else {}
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
        return f"Wait, or ask who else is at work; never force-unlock a lock unknown. {_AGAIN}"
    if lock.who != _me():
        return (
            f"Ask {lock.who or 'around'} whether that is still at work (a runner's name leads to "
            f"its pipeline's job), and wait for its end; never force-unlock a lock that is not "
            f"your own. {_AGAIN}"
        )
    moment = lock.moment
    child = children.at(moment) if children is not None and moment is not None else None
    if child is None:
        return (
            "It is yours, but not of a tfswap in this repository: look for a terraform in another "
            f"terminal or folder (pgrep -af terraform) and let it end; never force-unlock while "
            f"one may be at work. {_AGAIN}"
        )
    return still_at_work(child) if child.alive else _left_behind(child, f"{unlock} {lock.id}")


def still_at_work(child: ChildProcess) -> str:
    """Return what to do about a Terraform of ours that an ended tfswap left at work."""
    return (
        f"It is your own terraform {child.command} (process {child.pid}), begun by a tfswap that "
        f"was killed; it is still at work. Let it end (tfswap status tells). {_AGAIN}"
    )


def _left_behind(child: ChildProcess, command: str) -> str:
    return (
        f"It was left behind by your own terraform {child.command} of {child.since:%H:%M} UTC "
        f"(process {child.pid}), which is not alive any more. Make sure that nobody else is at "
        f"work, then remove it by hand: {command} . {_AGAIN}"
    )


def _me() -> str:
    """This user, as Terraform names it in a lock."""
    with suppress(OSError, KeyError):
        return f"{getpass.getuser()}@{socket.gethostname()}"
    return ""
