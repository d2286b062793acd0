"""``tfswap apply``: exactly the plan that was verified ready, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from tfswap.commands import begun, errored
from tfswap.commands.beside import Beside
from tfswap.commands.defaults import MAX_AGE_MINUTES
from tfswap.commands.left import left_to_do
from tfswap.commands.preflight import pull, ready_to_work
from tfswap.commands.verify_plan import judge_saved, plan_and_verify
from tfswap.commands.workbench import Workbench, told
from tfswap.console import Console
from tfswap.errors import ExitCode, RejectedError, TerraformError, TfswapError
from tfswap.home import Home
from tfswap.report import Format, render
from tfswap.report.wrap import wrap, wrap_next
from tfswap.steps import verdict as verdicts
from tfswap.steps.verdict import BoundVerdict
from tfswap.swap import Swap
from tfswap.terraform import commands, progress
from tfswap.terraform.client import Terraform
from tfswap.terraform.progress import End, Progress
from tfswap.terraform.state import State
from tfswap.verify.report_data import Report, Status, Verdict

_PROTECTIONS = ("deletion-protection", "pitr", "stream", "ttl", "tags")
"""Lines of the checklist about the restored table itself."""
_MARKS = {
    Status.SATISFIED: "✓",
    Status.FAILED: "✗",
    Status.CANNOT_TELL: "?",
    Status.NOT_APPLICABLE: "-",
}


def apply(bench: Workbench, *, yes: bool, max_age: int = MAX_AGE_MINUTES) -> int:
    """Apply the verified plan, then plan again to see that nothing is left to do.

    Args:
        bench: The command's surroundings.
        yes: Do not ask.
        max_age: Minutes a verdict may be old.

    Returns:
        The exit code: that of the verdict on the plan made afterwards.

    Raises:
        RejectedError: The plan, the state or the workspace is not what was verified.
        TerraformError: The apply failed part way.
    """
    swap, terraform = ready_to_work(bench)
    console, home = bench.console, bench.home
    limit = timedelta(minutes=max_age)
    bound = verdicts.check_plan(verdicts.load(home.verdict), swap, limit)
    _refuse_again(bench, bound)
    beside = Beside(bench, swap)
    with console.step("compare the state with the one that was verified"):
        _, state = pull(bench, terraform, swap)
        errored.refuse_unsaved(bench, swap, terraform, state)
        verdicts.check_state(bound, state.lineage, state.serial)
        beside.settle()
    with _private_copy(home, bound) as keep:
        with console.step("verify once more the very plan that will be applied"):
            counts = _judge_again(bench, swap, terraform, state)
        question = f"Apply the plan verified at {bound.at:%H:%M} UTC ({told(swap)})?"
        if not console.confirm(f"{counts}. {question}", yes=yes):
            console.note("Nothing was changed. next: tfswap apply")
            return int(ExitCode.INTERRUPTED)
        verdicts.check_age(bound, limit)
        verdicts.check_copy(bound, home.applying)
        keep()
    _apply(bench, terraform, bound)
    home.verdict.unlink(missing_ok=True)
    return _afterwards(bench, swap, terraform)


@contextmanager
def _private_copy(home: Home, bound: BoundVerdict) -> Iterator[Callable[[], None]]:
    """Copy the verified plan; the copy goes again unless what is handed over was called."""
    begun.set_aside(home)
    verdicts.take(bound, home.applying)
    kept: list[bool] = []
    try:
        yield lambda: kept.append(True)
    finally:
        if not kept:
            home.applying.unlink(missing_ok=True)


def _judge_again(bench: Workbench, swap: Swap, terraform: Terraform, state: State) -> str:
    """Verify the private copy from its own bytes, and return what it does in Terraform's count.

    ``verdict.json`` is a memory: whoever can write there could have written "ready" for any plan.

    Raises:
        RejectedError: It is not ready.
    """
    report = judge_saved(bench, swap, terraform, bench.home.applying, state).report
    if report.verdict is Verdict.READY:
        return report.counts.totals
    raise RejectedError(
        f"Verified once more right before the apply, this plan is: {report.verdict.value}. "
        "Nothing was changed.",
        hint="Make and verify a new plan: tfswap verify-plan",
        details=tuple(
            " ".join(filter(None, (finding.rule, finding.address, finding.message)))
            for finding in report.findings
        ),
    )


def _refuse_again(bench: Workbench, bound: BoundVerdict) -> None:
    """Make sure that this very plan was not begun before: its rest needs a plan of its own.

    The state may be as it was, where Terraform was killed before it saved what it had done.

    Raises:
        RejectedError: It was.
    """
    for entry in begun.unfinished(bench.journal):
        if entry.get("plan_sha256") == bound.sha256:
            raise RejectedError(
                f"The apply of this plan was begun {begun.spoken(entry)} and did not end well.",
                hint="Plan and verify what is left: tfswap verify-plan",
            )


def _apply(bench: Workbench, terraform: Terraform, bound: BoundVerdict) -> None:
    """Apply the private copy; whatever ends it, the journal says so and the copy is kept."""
    journal, console, home = bench.journal, bench.console, bench.home
    seen = Progress(console.say, console.width - 6)
    facts = {"plan_sha256": bound.sha256, "serial": bound.serial, "workspace": bound.workspace}
    journal.note("apply", **facts)
    words = commands.apply(str(home.applying), messages=True)
    try:
        with console.step("apply"):
            terraform.run(words, "apply", on_line=seen.line, into=home.apply_log)
    except BaseException as error:
        refused = not seen.began and isinstance(error, TfswapError)
        event = "apply-refused" if refused else "apply-failed"
        journal.note(event, **facts, error=type(error).__name__, **_count(seen))
        if refused:
            home.applying.unlink(missing_ok=True)
            raise
        _tell_standing(console, seen)
        if not isinstance(error, TfswapError):
            raise
        unsaved = (terraform.root / errored.NAME).is_file()
        raise _partly(error, seen, unsaved=unsaved) from error
    begun.forget(home)
    journal.note("applied", **facts, **_count(seen))
    console.say(f"{len(seen.works)} changes are done")


def _count(seen: Progress) -> dict[str, int]:
    """Return how many changes got how far, for the journal."""
    return {end.name.lower(): sum(work.end is end for work in seen.works) for end in End}


def _tell_standing(console: Console, seen: Progress) -> None:
    """Say of every change of the plan how far it got."""
    console.out("What the apply did, and what it did not:")
    for line in progress.told(seen.works, console.width - 2):
        console.out(f"  {line}")
    console.out(f"Everything Terraform said: {_LOG}")


_LOG = ".tfswap/apply.log"


def _partly(error: TfswapError, seen: Progress, *, unsaved: bool) -> TfswapError:
    """Return the error of an apply that had begun, with the one way on."""
    done = sum(work.end is End.DONE for work in seen.works)
    rest = "Mend what Terraform names, then: tfswap verify-plan (it plans the rest, and judges "
    rest += "it as the rest of this apply)."
    if unsaved:
        rest = f"The state is in {errored.NAME} and nowhere else: tfswap status names the way."
    return TerraformError(
        f"The apply ended midway: {done} of {len(seen.works)} changes are done. {error.message}",
        hint=rest,
        details=error.details,
    )


def _afterwards(bench: Workbench, swap: Swap, terraform: Terraform) -> int:
    """Plan once more and say what that shows."""
    console = bench.console
    try:
        report = plan_and_verify(bench, swap, terraform).report
    except TfswapError as error:
        raise type(error)(
            f"The plan is applied, but the one made afterwards failed: {error.message}",
            hint=f"{error.hint} Then: tfswap verify-plan (it should say: applied).",
            details=error.details,
        ) from error
    if report.verdict is not Verdict.APPLIED:
        return _something_left(console, report)
    console.out("APPLIED. A plan made afterwards has nothing left to do.")
    for line in _protections(report):
        console.out(f"  {line}")
    olds = ", ".join(table.old_name for table in swap.tables)
    still = f"Still there, no longer managed by Terraform: {olds}"
    console.out("\n".join(wrap(still, console.width, "", "  ")))
    console.note("\n".join(wrap_next(left_to_do(bench, swap), console.width)))
    return int(ExitCode.OK)


def _something_left(console: Console, report: Report) -> int:
    """Show what the plan made afterwards would still do."""
    console.out(render(report, Format.TEXT, width=console.width, colour=console.colour))
    ready = report.verdict is Verdict.READY
    console.note(
        "The verified plan is applied, but a plan made afterwards still has changes: see above. "
        + ("next: tfswap apply" if ready else "next: mend what is named, then tfswap verify-plan")
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
