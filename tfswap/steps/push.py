"""The one write to the real state: a push that is a compare-and-swap.

Terraform refuses, under its own lock, a pushed state whose serial is not above the remote's. With
*pulled serial + 1* any write in between makes ours fail (facts.md, "Swapping in state"; a higher
serial would overwrite it silently).
"""

from __future__ import annotations

import hashlib

from tfswap.errors import StateLockedError, StateMovedError, TfswapError
from tfswap.files import write_atomically
from tfswap.home import Home
from tfswap.steps.journal import Journal
from tfswap.terraform import commands
from tfswap.terraform.client import Terraform
from tfswap.terraform.state import State, with_serial

_UNSURE = (
    "Whether the state was written before that is not sure; every tfswap command looks itself."
)


def back_up(home: Home, workspace: str, state: bytes, serial: int) -> None:
    """Keep the pulled state as it came; nothing kept before is overwritten."""
    path = home.backup(workspace, serial, state)
    if not path.exists():
        write_atomically(path, state, 0o600)


def push(
    terraform: Terraform,
    home: Home,
    journal: Journal,
    pulled: State,
    wanted: bytes,
    *,
    events: tuple[str, str] = ("push", "pushed"),
    doing: str = "push the rehearsed state",
) -> int:
    """Replace the state that was pulled by another, unless somebody wrote it since.

    What is pushed is kept under ``.tfswap/``, so that ``rollback`` can tell it from what somebody
    wrote afterwards, however this process ends.

    Args:
        terraform: Terraform in the real root module.
        home: Where the pushed state is kept.
        journal: Told before and after, also when it was refused or failed.
        pulled: The state as it was pulled.
        wanted: The state to put in its place, of the same lineage; its serial does not matter.
        events: What the journal calls the beginning and the good end of this write.
        doing: What it is for, for the error.

    Returns:
        The remote's serial afterwards: Terraform raises it once more when it writes.

    Raises:
        StateMovedError: Somebody wrote since the pull; nothing was changed.
        StateLockedError: Somebody holds the lock; nothing was changed.
        TerraformError: Another failure, after which the state may be written or not.
    """
    data = with_serial(wanted, pulled.serial + 1)
    kept = home.pushed(terraform.workspace or "default", pulled.serial + 1, data)
    write_atomically(kept, data, 0o600)
    digest = hashlib.sha256(data).hexdigest()
    begun, done = events
    journal.note(begun, pulled_serial=pulled.serial, sha256=digest)
    try:
        terraform.run(commands.state_push(str(kept)), doing)
    except (StateMovedError, StateLockedError) as error:
        journal.note(f"{begun}-refused", error=type(error).__name__)
        kept.unlink(missing_ok=True)
        raise
    except BaseException as error:
        journal.note(f"{begun}-failed", error=type(error).__name__)
        if isinstance(error, TfswapError):
            error.hint = f"{error.hint} {_UNSURE}".strip()
        raise
    journal.note(done, serial=pulled.serial + 2, lineage=pulled.lineage)
    return pulled.serial + 2


def settle(journal: Journal, state: State) -> None:
    """Note that an earlier write is found done, where the command that began it never said so."""
    told = ("push", "push-failed", "direct", "pushed", "push-refused", "rollback-pushed")
    events = [entry.get("event") for entry in journal.entries() if entry.get("event") in told]
    if events and events[-1] in ("push", "push-failed", "direct"):
        journal.note("pushed", serial=state.serial, lineage=state.lineage, found=True)
