"""What is already so when a phase of the night is due, whatever the journal of this clone knows.

A colleague's night, a second clone or a rollback given up leave a state that holds the restored
table: a pipeline stopped then would be the new one, and there is nothing left to apply.
"""

from __future__ import annotations

from tfswap.commands.preflight import pull
from tfswap.commands.prepared import saved
from tfswap.commands.workbench import Workbench
from tfswap.errors import RepoError, TfswapError
from tfswap.night import progress
from tfswap.night.phase import Night
from tfswap.steps.sequence import steps_of
from tfswap.swap import Swap


def needless(bench: Workbench, swap: Swap, phase: str) -> str:
    """Return why a phase would do harm or nothing now; empty where it is to be done.

    Args:
        bench: The command's surroundings.
        swap: What the night is about.
        phase: The phase's name.
    """
    if phase == "pipeline" and _holds_restored(bench, swap):
        return (
            "The state holds the restored table already, so the pipeline there is, or is about to "
            "become, the new one: it is left as it is."
        )
    if phase == "apply" and progress.nothing_to_apply(bench.journal.entries()):
        return "The plan that was just verified has nothing left to apply."
    return ""


def _holds_restored(bench: Workbench, swap: Swap) -> bool:
    """Whether no step is left to do in the state; no where it cannot be read, or holds another."""
    try:
        _, state = pull(bench, bench.terraform(swap), swap)
        return not any(step.due(state) for step in steps_of(swap))
    except TfswapError:
        return False


def check_way_back(bench: Workbench, night: Night) -> None:
    """Refuse to begin while a way back that ``rollback`` prepared is under way.

    Raises:
        RepoError: It is; both at once would each undo half of the other.
    """
    prepared = saved(bench)
    if prepared is None or not progress.way_back(bench.journal.entries()):
        return
    back = {table.new_value for table in prepared.tables}
    if back & set(night.names):
        return
    raise RepoError(
        f"A rollback is under way here, back to {', '.join(sorted(back))}.",
        hint="tfswap status names what it still needs; to give it up instead: tfswap rollback",
    )
