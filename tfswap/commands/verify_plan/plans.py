"""``tfswap verify-plan``: is this plan the swap, the whole swap and nothing but the swap?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from tfswap.console import Console
from tfswap.context import errored_state
from tfswap.context.baseline import with_baseline
from tfswap.context.command_context import CommandContext
from tfswap.context.configuration_record import record, snapshot
from tfswap.context.intent import intent_of
from tfswap.context.judge_plan import (
    JudgedPlan,
    bytes_of,
    is_saved,
    judge_plan,
    refuse_piped,
    show,
    show_next,
    with_given_baseline,
)
from tfswap.context.next_steps import next_steps
from tfswap.context.preflight import check_workspace, pull, ready_to_work
from tfswap.context.report_output import ReportOutput
from tfswap.context.saved_reports import save_report
from tfswap.context.unfinished_applies import forget_unfinished, with_unfinished
from tfswap.errors import UsageError
from tfswap.files import write_atomically
from tfswap.journal.events import Verified
from tfswap.plan.document import read_plan
from tfswap.steps import verdict as verdicts
from tfswap.swap import Swap
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform import arguments
from tfswap.terraform.client import Terraform
from tfswap.terraform.state_file import State
from tfswap.verify.model.intent import Intent, Origin
from tfswap.verify.model.report_data import Verdict
from tfswap.verify.verifier import verify


def verify_own_plan(
    context: CommandContext, *, output: ReportOutput, address: str | None = None
) -> int:
    """Plan the root module, save the plan, verify it and keep the verdict for ``apply``.

    Args:
        context: The command's surroundings.
        output: How the report is shown, and which files get it.
        address: Show why this resource passed or failed instead of the report.

    Returns:
        The verdict's exit code.
    """
    swap, terraform = ready_to_work(context)
    done = plan_and_verify(context, swap, terraform)
    show(context.console, done, output, address)
    show_next(context.console, done.report, can_apply=True, left=_left(context, swap, done))
    return int(done.report.verdict.exit_code)


def plan_and_verify(context: CommandContext, swap: Swap, terraform: Terraform) -> JudgedPlan:
    """Plan the root module, save the plan and verify it; the verdict is kept for ``apply``.

    Raises:
        TerraformError, AwsError: The plan failed.
    """
    directory, console = context.directory, context.console
    _forget_verdict(directory)
    check_workspace(context, terraform, swap)
    if errored_state.path_of(context, swap).is_file():
        _, now = pull(context, terraform, swap)
        errored_state.refuse_unsaved(context, swap, terraform, now)
    before = snapshot(context, swap)
    with console.step(f"plan {swap.root_module}"):
        # Exit code 2 is TF_CLI_ARGS_plan=-detailed-exitcode saying that there are changes.
        terraform.run(arguments.plan(str(directory.plan), swap.var_files), "plan", accept=(0, 2))
        directory.plan.chmod(0o600)
    with console.step("verify the plan"):
        return _verify_saved(context, swap, terraform, before=before)


def judge_saved(
    context: CommandContext, swap: Swap, terraform: Terraform, path: Path, now: State | None = None
) -> JudgedPlan:
    """Read a saved plan's own bytes and verify them; nothing is kept.

    Args:
        context: The command's surroundings.
        swap: What the plan is for.
        terraform: Reads the plan.
        path: The saved plan.
        now: The state as it is, where the plan was not made just now.
    """
    plan = read_plan(terraform.show(str(path)))
    intent = with_unfinished(context, terraform, intent_of(context, swap), path)
    intent = with_baseline(context, swap, terraform, intent, verdicts.made_from(path)[0])
    if now is not None:
        made_from = Origin("", *verdicts.made_from(path))
        state_now = Origin(swap.workspace, now.lineage, now.serial)
        intent = replace(intent, made_from=made_from, state_now=state_now)
    return JudgedPlan(plan, intent, verify(plan, intent))


def _verify_saved(
    context: CommandContext,
    swap: Swap,
    terraform: Terraform,
    now: State | None = None,
    before: Mapping[str, str] | None = None,
) -> JudgedPlan:
    """Verify ``.tfswap/plan`` and keep the verdict, bound to the very bytes that were read."""
    directory = context.directory
    sha256 = verdicts.digest(directory.plan)
    done = judge_saved(context, swap, terraform, directory.plan, now)
    report = done.report
    record(context, swap, sha256, before)
    bound = verdicts.bind(report.verdict.value, directory.plan, sha256, swap)
    verdicts.save(directory.verdict, bound)
    save_report(directory, bound.sha256, report)
    context.journal.note(
        Verified(verdict=bound.verdict, plan_sha256=bound.sha256, serial=bound.serial)
    )
    if report.verdict is Verdict.APPLIED:
        forget_unfinished(directory)
    return done


def _forget_verdict(directory: SwapDirectory) -> None:
    directory.verdict.unlink(missing_ok=True)
    directory.plan.unlink(missing_ok=True)


def verify_given_plan(
    context: Callable[[], CommandContext],
    console: Console,
    plan: str,
    intent: Intent | None,
    output: ReportOutput,
    address: str | None = None,
    baseline: str | None = None,
) -> int:
    """Verify a plan somebody else made.

    Args:
        context: Opens the repository, when the plan or the swap needs it.
        console: Where the report goes.
        plan: A saved plan, a ``terraform show -json`` file, or ``-`` for that on standard input.
        intent: The swap, where its names are given by hand; else it is the prepared one.
        output: How the report is shown, and which files get it.
        address: Show why this resource passed or failed instead of the report.
        baseline: Plan JSON made without the swap.

    Returns:
        The verdict's exit code.
    """
    data = bytes_of(plan)
    saved = is_saved(data)
    swap = context().directory.load() if intent is None else None
    if saved and swap is not None and baseline:
        raise UsageError(
            "A saved plan of the prepared swap is always compared with the baseline "
            "kept by tfswap run.",
            hint="Remove --baseline, or pass the plan as JSON: terraform show -json PLAN",
        )
    if saved and swap is not None:
        done = _adopt(context(), swap, bytes(data))
    else:
        if saved:
            data = _show_saved(context(), plan)
        meant = intent or intent_of(context(), context().directory.load())
        done = judge_plan(data, with_given_baseline(meant, baseline), output)
    show(console, done, output, address)
    adopted = swap if saved else None
    left = _left(context(), adopted, done) if adopted else "tfswap status" if swap else ""
    show_next(console, done.report, can_apply=adopted is not None, left=left)
    return int(done.report.verdict.exit_code)


def _left(context: CommandContext, swap: Swap, done: JudgedPlan) -> str:
    return next_steps(context, swap) if done.report.verdict is Verdict.APPLIED else ""


def _adopt(context: CommandContext, swap: Swap, data: bytes) -> JudgedPlan:
    """Verify a saved plan somebody made by hand, on a private copy that ``apply`` may then use."""
    context.directory.lock()
    _forget_verdict(context.directory)
    write_atomically(context.directory.plan, data, 0o600)
    terraform = context.terraform(swap)
    _, now = pull(context, terraform, swap)
    return _verify_saved(context, swap, terraform, now)


def _show_saved(context: CommandContext, plan: str) -> bytes:
    """Return the JSON of a saved plan of no prepared swap; its root module may need naming."""
    refuse_piped(plan)
    root = context.config.root_module or "."
    return context.terraform_in(root, None).show(str(Path(plan).resolve()))
