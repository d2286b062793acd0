"""How far the swap is that ``finish`` publishes: the last verdict and the journal say it."""

from __future__ import annotations

from tfswap.context.command_context import CommandContext
from tfswap.context.saved_reports import saved_report
from tfswap.errors import RejectedError, RepoError
from tfswap.journal.progress import Progress
from tfswap.report.pr_text import SwapOutcome
from tfswap.steps import verdict as verdicts
from tfswap.swap import Swap
from tfswap.verify.model.report_data import Report, Verdict


def check_branch(context: CommandContext, swap: Swap) -> None:
    """Check that the swap's branch is checked out.

    Raises:
        RepoError: Another one is, or none.
    """
    branch = context.git.branch()
    if branch != swap.branch:
        raise RepoError(
            f"The swap is on {swap.branch}; {branch or 'no branch'} is checked out.",
            hint=f"git switch {swap.branch}, then run tfswap finish again.",
        )


def outcome_of(context: CommandContext, swap: Swap, *, before_apply: bool) -> SwapOutcome:
    """Return how far the swap is, as the last verdict and the journal tell.

    Raises:
        RejectedError: It is not applied, and nobody said that it need not be.
    """
    bound = verdicts.load(context.directory.verdict)
    progress = context.journal.progress().of_swap(swap.branch)
    fits = bound is not None and bound.swap == verdicts.swap_digest(swap)
    if bound is not None and fits and bound.verdict == Verdict.APPLIED.value:
        report = _applied_report(context, progress) or saved_report(
            context.directory, Verdict.APPLIED, bound.sha256
        )
        return SwapOutcome(swap, True, bound.at, bound.serial, report, progress.events)
    if not before_apply:
        found = f"the last verdict is {bound.verdict}" if bound and fits else "there is no verdict"
        raise RejectedError(
            f"The swap is not verified as applied: {found}.",
            hint="For the next command: tfswap status. The verdict of tfswap verify-plan "
            "must be applied. To open a draft that must not be merged yet: tfswap "
            "finish --before-apply",
        )
    ready = saved_report(context.directory, Verdict.READY, bound.sha256) if bound and fits else None
    return SwapOutcome(swap, False, report=ready, events=progress.events)


def _applied_report(context: CommandContext, progress: Progress) -> Report | None:
    """Return the report on the plan that was applied: its checklist says what the apply did."""
    plan = progress.applies.plan
    return saved_report(context.directory, Verdict.READY, plan) if plan else None
