"""Runs the steps that are due, and looks at the state after each.

The same runner serves the rehearsal (local state file) and ``run --direct`` (the real backend);
only how the state is read differs.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from tfswap.errors import TerraformError
from tfswap.journal.events import StepBegun, StepDone
from tfswap.journal.writer import Journal
from tfswap.steps.step import Step
from tfswap.steps.swap_steps import steps_of, touched
from tfswap.swap import Swap
from tfswap.terraform.client import Terraform
from tfswap.terraform.state_file import State, differing, parse


class StepProgress(Protocol):
    """Where the runner tells what it is doing."""

    def step(self, title: str, *, writes: bool = False) -> AbstractContextManager[None]:
        """Show ``title`` while the block runs, then how it ended and how long it took."""

    def say(self, text: str) -> None:
        """Show one line."""


class TerraformPair(NamedTuple):
    """Where steps run: twice the real root module, or the two folders of a scratch copy."""

    configured: Terraform
    """With the configuration around it."""
    bare: Terraform
    """On the same state; no configuration is needed there."""


def run_steps(
    swap: Swap,
    place: TerraformPair,
    read_state: Callable[[], bytes],
    journal: Journal,
    progress: StepProgress,
    *,
    writes: bool = False,
) -> State:
    """Bring the state to where every step of the swap is done.

    Args:
        swap: What is to be done.
        place: Where the commands run.
        read_state: Returns that folder's state as it is now.
        journal: Told before and after every command; say with it where the commands run.
        progress: Told in words.
        writes: Whether it is the real state.

    Returns:
        The state after the last step.

    Raises:
        TerraformError: A command failed, or changed something it should not have.
    """
    before = state = parse(read_state())
    for step in steps_of(swap):
        if not step.due(state):
            progress.say(f"already done: {step.title}")
            continue
        terraform = place.configured if step.configured else place.bare
        _run_one(step, terraform, journal, progress, writes=writes)
        state = parse(read_state())
        if step.due(state):
            raise TerraformError(
                f"Terraform reported success, but the state did not change: {step.title}.",
                hint="tfswap stopped. Check .tfswap/terraform.log.",
            )
    check_untouched(swap, before, state)
    return state


def _run_one(
    step: Step, terraform: Terraform, journal: Journal, progress: StepProgress, *, writes: bool
) -> None:
    argv = list(terraform.binary.argv(step.words()))
    with progress.step(step.title, writes=writes):
        journal.note(StepBegun(title=step.title, argv=tuple(argv)))
        terraform.run(step.words(), step.title)
        journal.note(StepDone(title=step.title))


def check_untouched(swap: Swap, before: State, after: State) -> None:
    """Make sure that nothing rode along into the state.

    Raises:
        TerraformError: An address outside the swap changed.
    """
    others = sorted(differing(before, after) - touched(swap))
    if others:
        raise TerraformError(
            f"The state commands changed more than the swap: {', '.join(others[:5])}.",
            hint="Nothing was pushed. Check .tfswap/terraform.log, then run tfswap run again.",
            details=tuple(others),
        )
