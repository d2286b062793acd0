"""``tfswap apply``: exactly the plan that was verified ready, or nothing."""

from __future__ import annotations

import re
from datetime import timedelta

from tfswap.commands.preflight import pull, ready_to_work
from tfswap.commands.workbench import Workbench, told
from tfswap.errors import ExitCode, TerraformError, TfswapError
from tfswap.steps import verdict as verdicts
from tfswap.steps.verdict import BoundVerdict
from tfswap.terraform import commands
from tfswap.terraform.client import Terraform

MAX_AGE_MINUTES = 60
"""How long a verdict holds, unless ``--max-age`` says otherwise."""

_DONE = re.compile(r"^\S+: (?:Creation|Modifications|Destruction|Read) complete after .*")


def apply(bench: Workbench, *, yes: bool, max_age: int = MAX_AGE_MINUTES) -> int:
    """Apply the verified plan.

    Args:
        bench: The command's surroundings.
        yes: Do not ask.
        max_age: Minutes a verdict may be old.

    Returns:
        The exit code.

    Raises:
        RejectedError: The plan, the state or the workspace is not what was verified.
        TerraformError: The apply failed part way.
    """
    swap, terraform = ready_to_work(bench)
    console, home = bench.console, bench.home
    limit = timedelta(minutes=max_age)
    bound = verdicts.check_plan(verdicts.load(home.verdict), swap, limit)
    with console.step("compare the state with the one that was verified"):
        _, state = pull(bench, terraform, swap)
        verdicts.check_state(bound, state.lineage, state.serial)
    question = f"Apply the plan verified at {bound.at:%H:%M} UTC ({told(swap)})?"
    if not console.confirm(question, yes=yes):
        console.note("Nothing was changed. next: tfswap apply")
        return int(ExitCode.INTERRUPTED)
    verdicts.check_age(bound, limit)
    verdicts.take(bound, home.applying)
    _apply(bench, terraform, bound)
    home.verdict.unlink(missing_ok=True)
    console.out("Applied. The outgoing table is still there, no longer managed by Terraform.")
    console.note("next: tfswap verify-plan (it should say: applied)")
    return 0


def _apply(bench: Workbench, terraform: Terraform, bound: BoundVerdict) -> None:
    """Apply the private copy; whatever ends it, the journal says so."""
    journal, console = bench.journal, bench.console

    def progress(line: str) -> None:
        if _DONE.match(line):
            console.say(line)

    journal.note("apply", plan_sha256=bound.sha256, serial=bound.serial)
    words = commands.apply(str(bench.home.applying))
    try:
        with console.step("apply"):
            terraform.run(words, "apply the verified plan", on_line=progress)
    except BaseException as error:
        journal.note("apply-failed", plan_sha256=bound.sha256, error=type(error).__name__)
        if not isinstance(error, TfswapError):
            raise
        raise TerraformError(
            error.message,
            hint="What is listed above as complete is done, the rest is not. Mend what Terraform "
            "names, then plan what is left: tfswap verify-plan",
            details=error.details,
        ) from error
    finally:
        bench.home.applying.unlink(missing_ok=True)
    journal.note("applied", plan_sha256=bound.sha256)
