"""The one write to the real state: a push that is a compare-and-swap.

Terraform refuses, under its own lock, a pushed state whose serial is not above the remote's. With
*pulled serial + 1* any write in between makes ours fail (facts.md, "Swapping in state"; a higher
serial would overwrite it silently).
"""

from __future__ import annotations

import hashlib

from tfswap.files import write_atomically
from tfswap.home import Home
from tfswap.steps.journal import Journal
from tfswap.terraform import commands
from tfswap.terraform.client import Terraform
from tfswap.terraform.state import State, with_serial


def back_up(home: Home, workspace: str, state: bytes, serial: int) -> None:
    """Keep the pulled state as it came; nothing kept before is overwritten."""
    path = home.backup(workspace, serial, state)
    if not path.exists():
        write_atomically(path, state, 0o600)


def push(
    terraform: Terraform, home: Home, journal: Journal, pulled: State, rehearsed: bytes
) -> int:
    """Push the rehearsed state.

    Returns:
        The remote's serial afterwards: Terraform raises it once more when it writes.

    Raises:
        StateMovedError: Somebody wrote since the pull; nothing was changed.
        StateLockedError: Somebody holds the lock; nothing was changed.
    """
    data = with_serial(rehearsed, pulled.serial + 1)
    write_atomically(home.next_state, data, 0o600)
    digest = hashlib.sha256(data).hexdigest()
    journal.note("push", pulled_serial=pulled.serial, sha256=digest)
    terraform.run(commands.state_push(str(home.next_state)), "push the rehearsed state")
    journal.note("pushed", serial=pulled.serial + 2, lineage=pulled.lineage)
    home.next_state.unlink(missing_ok=True)
    return pulled.serial + 2
