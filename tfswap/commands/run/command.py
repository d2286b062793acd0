"""``tfswap run``: swap the tables in the state, rehearsed first, with one push.

``--direct`` runs the same commands one by one against the real backend, as the runbook does.
"""

from __future__ import annotations

from tfswap.commands.run.rehearse import Rehearsal, rehearse
from tfswap.context.background_checks import BackgroundChecks
from tfswap.context.command_context import CommandContext, swap_line
from tfswap.context.deletion_protection import protect
from tfswap.context.preflight import pull, ready_to_work
from tfswap.context.report_output import TEXT_ONLY, ReportOutput
from tfswap.context.source_acceptance import accept
from tfswap.errors import ExitCode, UsageError
from tfswap.journal.events import DirectBegun, Pushed
from tfswap.steps.push import back_up, confirm_push, push
from tfswap.steps.runner import TerraformPair, run_steps
from tfswap.steps.swap_steps import steps_of
from tfswap.swap import Swap
from tfswap.terraform.client import Terraform

_NEXT = "next: tfswap verify-plan"


def run(
    context: CommandContext,
    *,
    yes: bool,
    rehearse_only: bool,
    output: ReportOutput = TEXT_ONLY,
    accept_source: bool = False,
    baseline: bool = True,
) -> int:
    """Rehearse the swap, show the verdict, ask, and push the rehearsed state once.

    Args:
        context: The command's surroundings.
        yes: Do not ask.
        rehearse_only: Stop before the push.
        output: How the verdict is shown, and which files get it.
        accept_source: Vouch for restored tables whose source AWS does not tell.
        baseline: Whether to compare with a plan made without the swap.

    Returns:
        The exit code: the verdict's, or 0 once pushed.
    """
    swap, terraform = _ready(context, accept_source)
    patches = output.shows_patches
    rehearsal = rehearse(context, swap, terraform, patches=patches, baseline=baseline)
    console = context.console
    output.show(console, rehearsal.report)
    code = rehearsal.report.verdict.exit_code
    if code or rehearse_only:
        return _stopped(context, rehearsal, int(code))
    if not rehearsal.changes_state:
        console.say("the state already has the restored table; nothing to push")
        confirm_push(context.journal, rehearsal.pulled)
        console.note(_NEXT)
        return 0
    counts = f"The apply will do this: {rehearsal.report.counts.totals}."
    question = f"READY. {counts} Write the new state ({swap_line(swap)})?"
    if not console.confirm(question, yes=yes, whole_word=True):
        console.note("Nothing was changed. next: tfswap run")
        return int(ExitCode.INTERRUPTED)
    if context.config.protect:
        protect(context, swap, rehearsal.pulled)
    with console.step("push the rehearsed state", writes=True):
        push(terraform, context.directory, context.journal, rehearsal.pulled, rehearsal.rehearsed)
    console.note(_NEXT)
    return 0


def _ready(context: CommandContext, accept_source: bool) -> tuple[Swap, Terraform]:
    swap, terraform = ready_to_work(context)
    if accept_source:
        accept(context, {table.new_name: "" for table in swap.tables})
    return swap, terraform


def _stopped(context: CommandContext, rehearsal: Rehearsal, code: int) -> int:
    word = "Rehearsed only: t" if code == 0 else "T"
    context.console.note(f"{word}he real state and AWS are unchanged.")
    if code == 0:
        context.console.note("next: tfswap run" if rehearsal.changes_state else _NEXT)
    else:
        context.console.note("next: fix the findings above, then tfswap run")
    return code


def run_direct(
    context: CommandContext,
    *,
    yes: bool,
    rehearse_only: bool = False,
    output: ReportOutput = TEXT_ONLY,
    accept_source: bool = False,
) -> int:
    """Run the state commands one by one against the real backend; arguments as ``run``'s.

    Returns:
        The exit code.

    Raises:
        UsageError: There is no rehearsal to stop after, and no plan to report on.
    """
    if rehearse_only:
        raise UsageError(
            "--direct and --rehearse-only cannot be combined.", hint="Use one of them."
        )
    if output != TEXT_ONLY:
        hint = "--direct makes no plan, so it has no report."
        raise UsageError("--direct cannot be combined with --format and --write.", hint=hint)
    swap, terraform = _ready(context, accept_source)
    console = context.console
    beside = BackgroundChecks(context, swap)
    with console.step("pull and back up the state"):
        data, pulled = pull(context, terraform, swap)
        back_up(context.directory, swap.workspace, data, pulled.serial)
        beside.settle()
    due = [step for step in steps_of(swap) if step.due(pulled)]
    if not due:
        console.say("the state already has the restored table; nothing to do")
        confirm_push(context.journal, pulled)
        console.note(_NEXT)
        return 0
    console.warn(
        "--direct: between `state rm` and `import` the state has no table. Let no pipeline run."
    )
    question = f"Run these commands on the state, one by one ({swap_line(swap)})?"
    if not console.confirm(question, yes=yes, whole_word=True):
        console.note("Nothing was changed. next: tfswap run")
        return int(ExitCode.INTERRUPTED)
    if context.config.protect:
        protect(context, swap, pulled)
    _run_real(context, swap, terraform)
    console.note(_NEXT)
    return 0


def _run_real(context: CommandContext, swap: Swap, terraform: Terraform) -> None:
    journal = context.journal.about(where="backend")
    journal.note(DirectBegun())
    place = TerraformPair(terraform, terraform)
    try:
        state = run_steps(swap, place, terraform.pull, journal, context.console, writes=True)
    except BaseException:
        context.console.warn(
            "stopped midway: the state may have no table now. Let no pipeline run.\n"
            "  To continue: tfswap run. To undo: tfswap rollback"
        )
        raise
    journal.note(Pushed(serial=state.serial, lineage=state.lineage))
