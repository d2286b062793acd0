"""The one write to the real state: a push that is a compare-and-swap.

Terraform refuses, under its own lock, a pushed state whose serial is not above the remote's. With
*pulled serial + 1* any write in between makes ours fail (facts.md, "Swapping in state"; a higher
serial would overwrite it silently).
"""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from typing import NamedTuple

from tfswap.errors import StateLockedError, StateMovedError, TfswapError
from tfswap.files import write_atomically
from tfswap.journal import events as e
from tfswap.journal.writer import Journal
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform import arguments
from tfswap.terraform.client import Terraform
from tfswap.terraform.state_file import State, content, differing, parse, with_serial

_UNSURE = "The state may or may not be written; the next tfswap command checks it."


class WriteKinds(NamedTuple):
    """The journal's events for one kind of write."""

    begun: type[e.PushBegun] | type[e.RollbackPushBegun]
    done: type[e.Pushed] | type[e.RollbackPushed]
    refused: type[e.PushRefused] | type[e.RollbackPushRefused]
    failed: type[e.PushFailed] | type[e.RollbackPushFailed]


PUSH = WriteKinds(e.PushBegun, e.Pushed, e.PushRefused, e.PushFailed)
ROLLBACK_PUSH = WriteKinds(
    e.RollbackPushBegun, e.RollbackPushed, e.RollbackPushRefused, e.RollbackPushFailed
)


def back_up(directory: SwapDirectory, workspace: str, state: bytes, serial: int) -> None:
    """Keep the pulled state as it came; nothing kept before is overwritten."""
    path = directory.backup(workspace, serial, state)
    if not path.exists():
        write_atomically(path, state, 0o600)


def push(
    terraform: Terraform,
    directory: SwapDirectory,
    journal: Journal,
    pulled: State,
    wanted: bytes,
    *,
    kinds: WriteKinds = PUSH,
    doing: str = "push the rehearsed state",
) -> int:
    """Replace the state that was pulled by another, unless somebody wrote it since.

    What is pushed is kept under ``.tfswap/``, so that ``rollback`` can tell it from what somebody
    wrote afterwards, however this process ends.

    Args:
        terraform: Terraform in the real root module.
        directory: Where the pushed state is kept.
        journal: Told before and after, also when it was refused or failed.
        pulled: The state as it was pulled.
        wanted: The state to put in its place, of the same lineage; its serial does not matter.
        kinds: The journal's events for the beginning and each end of this write.
        doing: What it is for, for the error.

    Returns:
        The remote's serial afterwards: Terraform raises it once more when it writes.

    Raises:
        StateMovedError: Somebody wrote since the pull, and nothing was changed; or wrote right
            after the push, against the lock.
        StateLockedError: Somebody holds the lock; nothing was changed.
        TerraformError: Another failure, after which the state may be written or not.
    """
    data = with_serial(wanted, pulled.serial + 1)
    kept = directory.pushed(terraform.workspace or "default", pulled.serial + 1, data)
    write_atomically(kept, data, 0o600)
    digest = hashlib.sha256(data).hexdigest()
    journal.note(kinds.begun(pulled_serial=pulled.serial, sha256=digest))
    try:
        terraform.run(arguments.state_push(str(kept)), doing)
    except (StateMovedError, StateLockedError) as error:
        journal.note(kinds.refused(error=type(error).__name__))
        kept.unlink(missing_ok=True)
        raise
    except BaseException as error:
        journal.note(kinds.failed(error=type(error).__name__))
        if isinstance(error, TfswapError):
            error.hint = f"{error.hint} {_UNSURE}".strip()
        raise
    journal.note(kinds.done(serial=pulled.serial + 2, lineage=pulled.lineage))
    _read_back(terraform, journal, pulled, data)
    return pulled.serial + 2


def _read_back(terraform: Terraform, journal: Journal, pulled: State, pushed: bytes) -> None:
    """Make sure that the remote holds what was pushed: a writer that ignores the lock is seen here.

    Raises:
        StateMovedError: It holds something else.
        TerraformError: It cannot be read.
    """
    data, now = _pulled(terraform)
    ours, left = pulled.serial + 2, parse(pushed)
    same = now.lineage == pulled.lineage
    if same and now.serial == ours and content(data) == content(pushed):
        return
    others = differing(left, now)
    if same and now.serial > ours and not others & differing(pulled, left):
        # Somebody wrote on top of it, under the lock: what was pushed is still there.
        return
    journal.note(e.PushOverwritten(serial=now.serial, lineage=now.lineage))
    raise StateMovedError(
        f"The state was pushed (serial {ours}), but the backend now has another one "
        f"(serial {now.serial}): someone else wrote it at the same time"
        + ("." if same and now.serial > ours else ", and ignored the lock."),
        hint="Find out who (a run with -lock=false, a backend without locking), and stop "
        "other writers. Then run: tfswap status",
        details=(
            *(() if same else (f"lineage {now.lineage}, not {pulled.lineage}",)),
            *(f"differs: {address}" for address in sorted(others)[:8]),
        ),
    )


def _pulled(terraform: Terraform) -> tuple[bytes, State]:
    """Pull the state; once more where that fails: a local backend is read while it is written."""
    for pause in (0.3, 1.0):
        with suppress(TfswapError):
            data = terraform.pull()
            return data, parse(data)
        time.sleep(pause)
    try:
        data = terraform.pull()
        return data, parse(data)
    except TfswapError as error:
        raise type(error)(
            f"The state was pushed, but could not be read back: {error.message}",
            hint=f"{error.hint} Then run: tfswap status".lstrip(),
            details=error.details,
        ) from error


def confirm_push(journal: Journal, state: State) -> None:
    """Note that an earlier write is found done, where the command that began it never said so."""
    if journal.progress().writes.unconfirmed:
        journal.note(e.Pushed(serial=state.serial, lineage=state.lineage, found=True))
