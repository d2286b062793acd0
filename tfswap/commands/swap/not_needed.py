"""What is already done when a phase is due, whatever the journal of this clone knows.

A colleague's guided run, a second clone or a rollback given up leave a state with the restored
table: a pipeline stopped then would be the new one, and there is nothing left to apply.
"""

from __future__ import annotations

from tfswap.context.command_context import CommandContext
from tfswap.context.preflight import pull
from tfswap.context.saved_swap import saved
from tfswap.errors import RepoError, TfswapError
from tfswap.guide.model import GuidedRun
from tfswap.steps.swap_steps import steps_of
from tfswap.swap import Swap


def not_needed(context: CommandContext, swap: Swap, phase: str) -> str:
    """Return why a phase would do harm or nothing now; empty where it is to be done.

    Args:
        context: The command's surroundings.
        swap: What the guided run is about.
        phase: The phase's name.
    """
    if phase == "pipeline" and _holds_restored(context, swap):
        return (
            "The state already has the restored table, so the pipeline is the new one "
            "or will be recreated. It is not stopped."
        )
    if phase == "apply" and context.journal.progress().applies.nothing_left:
        return "The verified plan has no changes left to apply."
    return ""


def _holds_restored(context: CommandContext, swap: Swap) -> bool:
    """Whether no step is left to do in the state; no where it cannot be read, or holds another."""
    try:
        _, state = pull(context, context.terraform(swap), swap)
        return not any(step.due(state) for step in steps_of(swap))
    except TfswapError:
        return False


def check_rollback(context: CommandContext, guided_run: GuidedRun) -> None:
    """Refuse to begin while a way back that ``rollback`` prepared is under way.

    Raises:
        RepoError: It is; both at once would each undo half of the other.
    """
    prepared = saved(context)
    if prepared is None or not context.journal.progress().applies.swapping_back:
        return
    back = {table.new_value for table in prepared.tables}
    if back & set(guided_run.names):
        return
    raise RepoError(
        f"A rollback is in progress, back to {', '.join(sorted(back))}.",
        hint="For its next command: tfswap status. To cancel it: tfswap rollback",
    )
