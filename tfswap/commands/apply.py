"""``tfswap apply``: exactly the plan that was verified ready, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from tfswap.commands.verify_plan.plans import judge_saved, plan_and_verify
from tfswap.console import Console
from tfswap.context import errored_state, unfinished_applies
from tfswap.context.background_checks import BackgroundChecks
from tfswap.context.command_context import CommandContext, swap_line
from tfswap.context.defaults import MAX_AGE_MINUTES
from tfswap.context.interrupts import interrupt_names
from tfswap.context.next_steps import next_steps
from tfswap.context.preflight import pull, ready_to_work
from tfswap.context.report_output import TEXT_ONLY
from tfswap.errors import ExitCode, RejectedError, TerraformError, TfswapError
from tfswap.journal.events import Applied, ApplyBegun, ApplyFailed, ApplyRefused
from tfswap.report.wrap import wrap, wrap_next
from tfswap.steps import verdict as verdicts
from tfswap.steps.verdict import BoundVerdict
from tfswap.swap import Swap
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform import apply_progress, arguments
from tfswap.terraform.apply_progress import ApplyProgress, End
from tfswap.terraform.client import Terraform
from tfswap.terraform.state_file import State
from tfswap.verify.model.report_data import Report, Status, Verdict

_PROTECTIONS = ("deletion-protection", "pitr", "stream", "ttl", "tags")
"""Lines of the checklist about the restored table itself."""
_MARKS = {
    Status.SATISFIED: "✓",
    Status.FAILED: "✗",
    Status.CANNOT_TELL: "?",
    Status.NOT_APPLICABLE: "-",
}


def apply(context: CommandContext, *, yes: bool, max_age: int = MAX_AGE_MINUTES) -> int:
    """Apply the verified plan, then plan again to see that nothing is left to do.

    Args:
        context: The command's surroundings.
        yes: Do not ask.
        max_age: Minutes a verdict may be old.

    Returns:
        The exit code: that of the verdict on the plan made afterwards.

    Raises:
        RejectedError: The plan, the state or the workspace is not what was verified.
        TerraformError: The apply failed part way.
    """
    swap, terraform = ready_to_work(context)
    console, directory = context.console, context.directory
    limit = timedelta(minutes=max_age)
    saved = verdicts.load(directory.verdict)
    if _already_applied(context, swap, terraform, saved):
        return int(ExitCode.OK)
    bound = verdicts.check_plan(saved, swap, limit)
    _refuse_again(context, bound)
    beside = BackgroundChecks(context, swap)
    with console.step("compare the state with the verified one"):
        _, state = pull(context, terraform, swap)
        errored_state.refuse_unsaved(context, swap, terraform, state)
        verdicts.check_state(bound, state.lineage, state.serial)
        beside.settle()
    with _private_copy(directory, bound) as keep:
        with console.step("verify the plan again before applying it"):
            counts = _judge_again(context, swap, terraform, state)
        question = f"Apply the plan verified at {bound.at:%H:%M} UTC ({swap_line(swap)})?"
        if not console.confirm(f"{counts}. {question}", yes=yes, whole_word=True):
            console.note("Nothing was changed. next: tfswap apply")
            return int(ExitCode.INTERRUPTED)
        verdicts.check_age(bound, limit)
        verdicts.check_copy(bound, directory.applying)
        keep()
    with interrupt_names("tfswap verify-plan"):
        _apply(context, terraform, bound)
        directory.verdict.unlink(missing_ok=True)
        return plan_again(context, swap, terraform)


def _already_applied(
    context: CommandContext, swap: Swap, terraform: Terraform, bound: BoundVerdict | None
) -> bool:
    """Say so where a plan of this very state had nothing left to do."""
    applied = bound is not None and bound.verdict == Verdict.APPLIED.value
    if bound is None or not applied or bound.swap != verdicts.swap_digest(swap):
        return False
    _, state = pull(context, terraform, swap)
    if (state.lineage, state.serial) != (bound.lineage, bound.serial):
        return False
    context.console.out("The swap is already applied; there is nothing to apply.")
    context.console.note("\n".join(wrap_next(next_steps(context, swap), context.console.width)))
    return True


@contextmanager
def _private_copy(directory: SwapDirectory, bound: BoundVerdict) -> Iterator[Callable[[], None]]:
    """Copy the verified plan; the copy goes again unless what is handed over was called."""
    unfinished_applies.keep_unfinished(directory)
    verdicts.copy_private(bound, directory.applying)
    kept: list[bool] = []
    try:
        yield lambda: kept.append(True)
    finally:
        if not kept:
            directory.applying.unlink(missing_ok=True)


def _judge_again(context: CommandContext, swap: Swap, terraform: Terraform, state: State) -> str:
    """Verify the private copy from its own bytes, and return what it does in Terraform's count.

    ``verdict.json`` is a memory: whoever can write there could have written "ready" for any plan.

    Raises:
        RejectedError: It is not ready.
    """
    report = judge_saved(context, swap, terraform, context.directory.applying, state).report
    if report.verdict is Verdict.READY:
        return report.counts.totals
    rows = ((found.rule, found.address, found.message) for found in report.findings)
    raise RejectedError(
        f"The plan was verified again: {report.verdict.value}. Nothing was changed.",
        hint="Make and verify a new plan: tfswap verify-plan",
        details=tuple(" ".join(filter(None, words)) for words in rows),
    )


def _refuse_again(context: CommandContext, bound: BoundVerdict) -> None:
    """Make sure that this very plan was not begun before: its rest needs a plan of its own.

    The state may be as it was, where Terraform was killed before it saved what it had done.

    Raises:
        RejectedError: It was.
    """
    for begun in context.journal.progress().applies.unfinished:
        if begun.plan_sha256 == bound.sha256:
            raise RejectedError(
                "The apply of this plan started "
                f"{unfinished_applies.describe_unfinished(begun)} and did not succeed.",
                hint="Plan and verify the remaining changes: tfswap verify-plan",
            )


def _apply(context: CommandContext, terraform: Terraform, bound: BoundVerdict) -> None:
    """Apply the private copy; whatever ends it, the journal says so and the copy is kept."""
    journal, console, directory = context.journal, context.console, context.directory
    seen = ApplyProgress(console.say, console.width - 6)
    begun = ApplyBegun(plan_sha256=bound.sha256, serial=bound.serial, workspace=bound.workspace)
    journal.note(begun)
    words = arguments.apply(str(directory.applying), messages=True)
    try:
        with console.step("apply", writes=True):
            terraform.run(words, "apply", on_line=seen.line, into=directory.apply_log)
    except BaseException as error:
        refused = not seen.began and isinstance(error, TfswapError)
        kind = ApplyRefused if refused else ApplyFailed
        journal.note(kind.of(begun, _count(seen), error=type(error).__name__))
        if refused:
            directory.applying.unlink(missing_ok=True)
            raise
        _show_progress(console, seen)
        if not isinstance(error, TfswapError):
            raise
        unsaved = (terraform.root / errored_state.NAME).is_file()
        raise _partly(error, seen, unsaved=unsaved) from error
    unfinished_applies.forget_unfinished(directory)
    journal.note(Applied.of(begun, _count(seen)))
    console.say(seen.totals)


def _count(seen: ApplyProgress) -> dict[str, int]:
    """Return how many changes got how far, for the journal."""
    return {end.name.lower(): sum(work.end is end for work in seen.works) for end in End}


def _show_progress(console: Console, seen: ApplyProgress) -> None:
    """Say of every change of the plan how far it got."""
    console.out("Done and not done by the apply:")
    for line in apply_progress.apply_report(seen.works, console.width - 2):
        console.out(f"  {line}")
    console.out(f"Terraform's full log: {_LOG}")


_LOG = ".tfswap/apply.log"


def _partly(error: TfswapError, seen: ApplyProgress, *, unsaved: bool) -> TfswapError:
    """Return the error of an apply that had begun, with the one way on."""
    done = sum(work.end is End.DONE for work in seen.works)
    rest = "Fix the errors Terraform reported, then: tfswap verify-plan (it plans and verifies "
    rest += "the remaining changes)"
    if unsaved:
        rest = (
            f"The only copy of the new state is {errored_state.NAME}. For the command "
            "that saves it: tfswap status"
        )
    return TerraformError(
        f"The apply stopped: {done} of {len(seen.works)} resources are done. {error.message}",
        hint=rest,
        details=error.details,
    )


def plan_again(context: CommandContext, swap: Swap, terraform: Terraform) -> int:
    """Plan once more and say what that shows."""
    console = context.console
    try:
        report = plan_and_verify(context, swap, terraform).report
    except TfswapError as error:
        raise type(error)(
            f"The plan is applied, but the plan made afterwards failed: {error.message}",
            hint=f"{error.hint} Then run: tfswap verify-plan (expected verdict: applied)",
            details=error.details,
        ) from error
    if report.verdict is not Verdict.APPLIED:
        return _something_left(console, report)
    console.out("APPLIED. A new plan has no changes left.")
    for line in _protections(report):
        console.out(f"  {line}")
    olds = ", ".join(table.old_name for table in swap.tables)
    still = f"Kept in AWS, no longer managed by Terraform: {olds}"
    console.out("\n".join(wrap(still, console.width, "", "  ")))
    console.note("\n".join(wrap_next(next_steps(context, swap), console.width)))
    return int(ExitCode.OK)


def _something_left(console: Console, report: Report) -> int:
    """Show what the plan made afterwards would still do."""
    TEXT_ONLY.show(console, report)
    ready = report.verdict is Verdict.READY
    console.note(
        "The verified plan is applied, but a new plan still has changes: see above. "
        + (
            "next: tfswap apply"
            if ready
            else "next: fix the findings above, then tfswap verify-plan"
        )
    )
    return int(report.verdict.exit_code)


def _protections(report: Report) -> list[str]:
    """Return what the restored tables have, line by line, from the plan made afterwards."""
    return [
        f"{_MARKS[item.status]} {item.title}: {evidence}"
        for key in _PROTECTIONS
        for item in report.checklist
        if item.key == key
        for evidence in item.evidence
    ]
