"""The rehearsal: every state command and a plan on a scratch copy, and the verdict on that plan."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from tfswap.context.background_checks import BackgroundChecks
from tfswap.context.baseline import BaselineRun
from tfswap.context.command_context import CommandContext
from tfswap.context.intent import intent_of
from tfswap.context.preflight import pull
from tfswap.context.unfinished_applies import with_unfinished
from tfswap.journal.events import Rehearsed
from tfswap.plan.document import read_plan
from tfswap.steps.push import back_up
from tfswap.steps.runner import TerraformPair, run_steps
from tfswap.swap import Swap
from tfswap.terraform import arguments
from tfswap.terraform import scratch as workdir
from tfswap.terraform.client import Terraform
from tfswap.terraform.state_file import State, differing
from tfswap.verify.model.report_data import Report
from tfswap.verify.verifier import verify

_PLAN = "tfswap.plan"


@dataclass(frozen=True)
class Rehearsal:
    """What a rehearsal found."""

    pulled: State
    """The real state, as it was pulled."""
    rehearsed: bytes
    """The state after the steps."""
    changes_state: bool
    """False when the real state needs no step any more."""
    report: Report
    """The verifier's word on the plan made from the rehearsed state."""


def rehearse(
    context: CommandContext,
    swap: Swap,
    terraform: Terraform,
    *,
    patches: bool = True,
    baseline: bool = True,
) -> Rehearsal:
    """Pull and back up the state, run the steps on a scratch copy, plan there and verify.

    Args:
        context: The command's surroundings.
        swap: What is rehearsed.
        terraform: In the real root module.
        patches: Whether the report carries patches, for a format that shows them.
        baseline: Whether a plan without the swap is made beside it, and kept.

    Raises:
        TerraformError, AwsError: A command failed; the real state is as it was.
    """
    console = context.console
    with console.step("pull and back up the state, copy the repository"):
        pulled, scratch = _gather(context, swap, terraform)
    read = scratch.state_file.read_bytes
    beside = BaselineRun(context, swap, terraform, read(), pulled) if baseline else None
    try:
        place = TerraformPair(scratch.terraform, scratch.bare)
        journal = context.journal.about(where="rehearsal")
        after = run_steps(swap, place, read, journal, console)
        with console.step("plan on the scratch copy"):
            words = arguments.plan(_PLAN, swap.var_files)
            scratch.terraform.run(words, "plan on the scratch copy", accept=(0, 2))
        with console.step("verify that plan"):
            plan = read_plan(scratch.terraform.show(_PLAN))
            intent = intent_of(context, swap, pulled)
            intent = with_unfinished(context, terraform, intent, scratch.terraform.root / _PLAN)
            intent = replace(intent, baseline=beside.plan() if beside else None)
            report = verify(plan, intent, patches=patches)
        changed = bool(differing(pulled, after))
        context.journal.note(Rehearsed(serial=pulled.serial, verdict=report.verdict.value))
        return Rehearsal(pulled, read(), changed, report)
    finally:
        scratch.discard()
        if beside:
            beside.close()


def _gather(
    context: CommandContext, swap: Swap, terraform: Terraform
) -> tuple[State, workdir.Scratch]:
    """Pull the state while the scratch folder is made; neither needs the other."""
    folder = context.directory.scratch
    beside = BackgroundChecks(context, swap)
    with ThreadPoolExecutor(1) as helper:
        making = helper.submit(
            workdir.prepare,
            terraform,
            context.git.root,
            context.git.files(),
            folder,
            swap.workspace,
        )
        try:
            data, pulled = pull(context, terraform, swap)
            back_up(context.directory, swap.workspace, data, pulled.serial)
            beside.settle()
            scratch = making.result()
            scratch.place(data)
        except BaseException:
            making.exception()
            shutil.rmtree(folder, ignore_errors=True)
            raise
    return pulled, scratch
