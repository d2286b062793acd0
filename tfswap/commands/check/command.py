"""``tfswap check``: may this branch be merged, and these plans be applied?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tfswap.commands.check.outputs import write_reports
from tfswap.commands.check.read_branch import read_branch
from tfswap.context.allowances import allowances
from tfswap.context.command_context import CommandContext
from tfswap.context.judge_plan import with_given_baseline
from tfswap.context.report_output import ReportOutput
from tfswap.errors import PlanError
from tfswap.git.revisions import Revisions
from tfswap.plan.document import read_plan
from tfswap.plan.plan_file import map_plan
from tfswap.review.pull_request import JudgedRevision, is_of, judge
from tfswap.swap import Swap
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.report_data import PullState, Report
from tfswap.verify.verifier import verify
from tfswap.verify.without_swap import judge_without_swap

_TFVARS = (".tfvars", ".tfvars.json")
_ZIP = b"PK\x03\x04"
"""A saved plan is a zip archive (Terraform source, internal/plans/planfile)."""


def check(
    context: CommandContext,
    *,
    base: str | None,
    plans: Sequence[str],
    output: ReportOutput,
    staged: bool = False,
    baseline: str | None = None,
) -> int:
    """Check what a branch changes, and every plan handed in.

    Args:
        context: The command's surroundings; no state is read and no terraform run, unless a plan is
            in Terraform's binary form.
        base: What the branch is to be merged into; found out when None.
        plans: Files with plan JSON, or saved plans.
        output: How the report is shown, and which files get it.
        staged: Check what is staged instead of HEAD.
        baseline: A plan made without the swap, for the plan of the swap.

    Returns:
        The verdict's exit code.

    Raises:
        RepoError: The revisions cannot be compared.
        PlanError: A plan cannot be read.
    """
    context = _without_programs(context)
    revisions, console = Revisions(context.git), context.console
    start = revisions.base(base, os.environ, context.config.default_branch)
    console.say(f"compare with {start.origin}, from commit {start.commit[:12]}")
    if not staged and any(path.endswith(_TFVARS) for path in context.git.changed()):
        console.warn("The tfvars have uncommitted changes; only HEAD is checked.")
    with console.step("read the changes of the branch"):
        head = revisions.staged() if staged else "HEAD"
        branch = read_branch(context, start.commit, head)
    judged = [_judge(context, file, branch.swap, baseline) for file in plans]
    reports = judge(branch.findings, branch.swap, judged, is_swap=branch.is_swap)
    write_reports(console, reports, branch.facts.tables, output)
    console.note(_next(reports[0][1]))
    return int(reports[0][1].verdict.exit_code)


def _without_programs(context: CommandContext) -> CommandContext:
    """Run nothing that a branch's own settings name: whoever opens a pull request wrote them."""
    config = context.config
    if not config.programs_of_file:
        return context
    names = " and ".join(config.programs_of_file)
    context.console.warn(
        f"tfswap.toml's {names} are ignored: check runs no program named by a branch. Use "
        "--prefix or --terraform-bin, or set TFSWAP_PREFIX or TFSWAP_TERRAFORM_BIN."
    )
    return replace(context, config=config.without(config.programs_of_file))


def _judge(
    context: CommandContext, file: str, swap: Swap | None, baseline: str | None
) -> JudgedRevision:
    """Read one plan: verify it when it is of the swap's environment, else guard it."""
    try:
        with context.console.step(f"read {file}"):
            plan = read_plan(_json(context, file, swap))
            if swap is None or not is_of(plan, swap):
                return JudgedRevision(
                    file, False, judge_without_swap(plan, allowances(context.config))
                )
            intent = Intent.from_swap(swap, allowances=allowances(context.config))
            intent = with_given_baseline(intent, baseline)
            return JudgedRevision(file, True, verify(plan, intent))
    except PlanError as error:
        message = error.message if file in error.message else f"{file}: {error.message}"
        raise PlanError(message, hint=error.hint, details=error.details) from error


def _json(context: CommandContext, file: str, swap: Swap | None) -> bytes | memoryview:
    data = map_plan(file)
    if bytes(data[: len(_ZIP)]) != _ZIP:
        return memoryview(data)
    root = swap.root_module if swap else context.config.root_module or "."
    return context.terraform_in(root, None).show(str(Path(file).resolve()))


def _next(report: Report) -> str:
    """Say the verdict once more, where the eye is after a long report, and what to do."""
    verdict = report.verdict.value.upper()
    if report.pull is PullState.DO_NOT_MERGE:
        held = any(found.rule == "TFS201" for found in report.findings)
        todo = "tfswap run (imports the restored table into the state)" if held else "plan again"
        return f"{verdict}: do not merge, do not apply. next: {todo}; then check the new plan"
    following = {
        PullState.BEFORE: "apply this plan (tfswap apply), then merge",
        PullState.AFTER: "merge; when it has reached the environment, end the change freeze",
        PullState.NOT_PLANNED: "check the plan too: tfswap check --plan plan.json",
        PullState.NO_SWAP: "nothing to do",
    }
    if report.verdict.exit_code and report.pull is PullState.NO_SWAP:
        return (
            f"{verdict}: do not apply. next: fix the findings above, plan again, then check again"
        )
    if report.verdict.exit_code:
        return f"{verdict}. next: fix the findings above, then check again"
    if report.pull is PullState.NO_SWAP and report.findings:
        return f"{verdict}. next: make sure that the changes above are intended"
    return f"{verdict}. next: {following[report.pull or PullState.NO_SWAP]}"
