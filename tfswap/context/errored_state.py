"""``errored.tfstate``: the state Terraform could not save, which nothing but that file holds.

When the backend is lost while Terraform applies, it writes the newest state to ``errored.tfstate``
in the root module's folder (Terraform source, internal/backend/local, ``backupStateForError``).
Until that is pushed, a plan would create once more what was just created. tfswap names the way; it
neither pushes the file by itself nor removes it.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from tfswap.context.command_context import CommandContext
from tfswap.context.unfinished_applies import before_apply
from tfswap.errors import TerraformError
from tfswap.swap import Swap
from tfswap.terraform import arguments
from tfswap.terraform.client import Terraform
from tfswap.terraform.state_file import State, differing, parse

NAME = "errored.tfstate"
_FEW = 4


@dataclass(frozen=True)
class ErroredState:
    """Such a file, held against the state in the backend."""

    text: str
    """What it is, in one sentence."""
    following: str = ""
    """The next thing to do about it; empty where it need not stop anybody."""


def path_of(context: CommandContext, swap: Swap) -> Path:
    """Return where Terraform puts it."""
    return context.git.root / swap.root_module / NAME


def find_errored_state(
    context: CommandContext, swap: Swap, terraform: Terraform, now: State
) -> ErroredState | None:
    """Return what an ``errored.tfstate`` means for the state as it is now; None without one.

    Terraform takes a state with a higher serial even where somebody wrote meanwhile (facts, "state
    push"). So a push is the way on only where it loses nothing: whatever changed in the backend
    since the plan was made must be in the file too.
    """
    path = path_of(context, swap)
    if not path.is_file():
        return None
    try:
        kept = parse(path.read_bytes())
    except (TerraformError, OSError):
        return ErroredState(
            f"{path} exists, but cannot be read as a state",
            f"check {shlex.quote(str(path))} by hand first; do not delete it",
        )
    if kept.lineage != now.lineage:
        return ErroredState(
            f"{path} exists, but belongs to another workspace (lineage {kept.lineage})"
        )
    if not differing(kept, now):
        return ErroredState(
            f"{path} is the same as the state: it is saved, and you can delete the file"
        )
    text = f"{path} contains a state that was not saved (serial {kept.serial}; the backend has "
    return _unsaved(f"{text}{now.serial})", context, terraform, kept, now)


def _unsaved(
    text: str, context: CommandContext, terraform: Terraform, kept: State, now: State
) -> ErroredState:
    base = before_apply(context)
    push = f"{terraform.line(arguments.state_push(NAME))} ; then tfswap verify-plan"
    if base is None or base.lineage != now.lineage:
        return ErroredState(text, f"if you are sure that nobody wrote the state since: {push}")
    lost = differing(base, now) & differing(now, kept)
    if kept.serial > now.serial and not lost:
        return ErroredState(text, f"when nobody else is working on it: {push}")
    others = f": {', '.join(sorted(lost)[:_FEW])}" if lost else ""
    return ErroredState(
        f"{text}, and the backend's state was written in the meantime{others}",
        "do not push it. Find what only that file contains (terraform show "
        "errored.tfstate) and import it. Then run: tfswap verify-plan",
    )


def refuse_unsaved(context: CommandContext, swap: Swap, terraform: Terraform, now: State) -> None:
    """Make sure that no state waits to be saved before another plan is made.

    Raises:
        TerraformError: One does.
    """
    found = find_errored_state(context, swap, terraform, now)
    if found is not None and found.following:
        raise TerraformError(f"{found.text}.", hint=found.following)
