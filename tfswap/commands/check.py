"""``tfswap check``: may this branch be merged, and these plans be applied?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tfswap.commands.branch import read_branch
from tfswap.commands.intent import allowances
from tfswap.commands.publish import publish
from tfswap.commands.workbench import Workbench
from tfswap.errors import PlanError
from tfswap.plan.document import read_plan
from tfswap.plan.source import map_plan
from tfswap.repo.revisions import Revisions
from tfswap.report import Format
from tfswap.review.pull import Judged, is_of, judge
from tfswap.swap import Swap
from tfswap.verify.guard import guard
from tfswap.verify.intent import Intent
from tfswap.verify.report_data import PullState, Report
from tfswap.verify.verifier import verify

_TFVARS = (".tfvars", ".tfvars.json")
_ZIP = b"PK\x03\x04"
"""A saved plan is a zip archive (Terraform source, internal/plans/planfile)."""


def check(
    bench: Workbench,
    *,
    base: str | None,
    plans: Sequence[str],
    form: Format,
    writes: Sequence[tuple[Format, Path]] = (),
    staged: bool = False,
) -> int:
    """Check what a branch changes, and every plan handed in.

    Args:
        bench: The command's surroundings; no state is read and no terraform run, unless a plan is
            in Terraform's binary form.
        base: What the branch is to be merged into; found out when None.
        plans: Files with plan JSON, or saved plans.
        form: How the report is shown.
        writes: Further forms, and the files they go to.
        staged: Check what is staged instead of HEAD.

    Returns:
        The verdict's exit code.

    Raises:
        RepoError: The revisions cannot be compared.
        PlanError: A plan cannot be read.
    """
    revisions, console = Revisions(bench.git), bench.console
    start = revisions.base(base, os.environ, bench.config.default_branch)
    console.say(f"compare with {start.origin}, from commit {start.commit[:12]}")
    if not staged and any(path.endswith(_TFVARS) for path in bench.git.changed()):
        console.warn("The tfvars have changes that are not committed; HEAD is checked.")
    with console.step("read what the branch changes"):
        head = revisions.staged() if staged else "HEAD"
        branch = read_branch(bench, start.commit, head)
    judged = [_judge(bench, file, branch.swap) for file in plans]
    reports = judge(branch.findings, branch.swap, judged, is_swap=branch.is_swap)
    publish(console, reports, branch.facts.tables, form, writes)
    console.note(_next(reports[0][1]))
    return int(reports[0][1].verdict.exit_code)


def _judge(bench: Workbench, file: str, swap: Swap | None) -> Judged:
    """Read one plan: verify it when it is of the swap's environment, else guard it."""
    try:
        with bench.console.step(f"read {file}"):
            plan = read_plan(_json(bench, file, swap))
            if swap is None or not is_of(plan, swap):
                return Judged(file, False, guard(plan))
            intent = Intent.from_swap(swap, allowances=allowances(bench.config))
            return Judged(file, True, verify(plan, intent))
    except PlanError as error:
        message = error.message if file in error.message else f"{file}: {error.message}"
        raise PlanError(message, hint=error.hint, details=error.details) from error


def _json(bench: Workbench, file: str, swap: Swap | None) -> bytes | memoryview:
    data = map_plan(file)
    if bytes(data[: len(_ZIP)]) != _ZIP:
        return memoryview(data)
    root = swap.root_module if swap else bench.config.root_module or "."
    return bench.terraform_in(root, None).show(str(Path(file).resolve()))


def _next(report: Report) -> str:
    """Say the verdict once more, where the eye is after a long report, and what to do."""
    verdict = report.verdict.value.upper()
    if report.pull is PullState.DO_NOT_MERGE:
        held = any(found.rule == "TFS201" for found in report.findings)
        todo = "tfswap run brings the restored table into the state" if held else "plan again"
        return f"{verdict}: do not merge, do not apply. next: {todo}; then check the new plan"
    following = {
        PullState.BEFORE: "apply this plan (tfswap apply), then merge",
        PullState.AFTER: "merge; once it has reached the environment, release the change freeze",
        PullState.NOT_PLANNED: "hand in the plan: tfswap check --plan plan.json",
        PullState.NO_SWAP: "nothing to do",
    }
    if report.verdict.exit_code and report.pull is PullState.NO_SWAP:
        return f"{verdict}: do not apply. next: mend what is named above, plan again, check again"
    if report.verdict.exit_code:
        return f"{verdict}. next: mend what is named above, then check again"
    if report.pull is PullState.NO_SWAP and report.findings:
        return f"{verdict}. next: make sure that what is named above is meant"
    return f"{verdict}. next: {following[report.pull or PullState.NO_SWAP]}"
