"""``tfswap verify-plan``: is this plan the swap, the whole swap and nothing but the swap?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from tfswap.commands import errored
from tfswap.commands.begun import forget, with_begun
from tfswap.commands.given import (
    Verified,
    bytes_of,
    is_saved,
    judge,
    named,
    refuse_piped,
    show,
    tell_next,
)
from tfswap.commands.intent import intent_of
from tfswap.commands.kept import keep_report
from tfswap.commands.left import left_to_do
from tfswap.commands.preflight import check_workspace, pull, ready_to_work
from tfswap.commands.workbench import Workbench
from tfswap.console import Console
from tfswap.files import write_atomically
from tfswap.home import Home
from tfswap.names import Rename
from tfswap.plan.document import read_plan
from tfswap.report import Format
from tfswap.steps import verdict as verdicts
from tfswap.swap import Swap
from tfswap.terraform import commands
from tfswap.terraform.client import Terraform
from tfswap.terraform.state import State
from tfswap.verify.intent import Origin
from tfswap.verify.report_data import Verdict
from tfswap.verify.verifier import verify


def verify_own_plan(bench: Workbench, *, form: Format, address: str | None = None) -> int:
    """Plan the root module, save the plan, verify it and keep the verdict for ``apply``.

    Args:
        bench: The command's surroundings.
        form: How the report is shown.
        address: Show why this resource passed or failed instead of the report.

    Returns:
        The verdict's exit code.
    """
    swap, terraform = ready_to_work(bench)
    done = plan_and_verify(bench, swap, terraform)
    show(bench.console, done, form, address)
    tell_next(bench.console, done.report, can_apply=True, left=_left(bench, swap, done))
    return int(done.report.verdict.exit_code)


def plan_and_verify(bench: Workbench, swap: Swap, terraform: Terraform) -> Verified:
    """Plan the root module, save the plan and verify it; the verdict is kept for ``apply``.

    Raises:
        TerraformError, AwsError: The plan failed.
    """
    home, console = bench.home, bench.console
    _forget_verdict(home)
    check_workspace(bench, terraform, swap)
    if errored.path_of(bench, swap).is_file():
        _, now = pull(bench, terraform, swap)
        errored.refuse_unsaved(bench, swap, terraform, now)
    with console.step(f"plan {swap.root_module}"):
        # Exit code 2 is TF_CLI_ARGS_plan=-detailed-exitcode saying that there are changes.
        terraform.run(commands.plan(out=str(home.plan)), "plan", accept=(0, 2))
        home.plan.chmod(0o600)
    with console.step("read and verify the plan"):
        return _verify_saved(bench, swap, terraform)


def judge_saved(
    bench: Workbench, swap: Swap, terraform: Terraform, path: Path, now: State | None = None
) -> Verified:
    """Read a saved plan's own bytes and verify them; nothing is kept.

    Args:
        bench: The command's surroundings.
        swap: What the plan is for.
        terraform: Reads the plan.
        path: The saved plan.
        now: The state as it is, where the plan was not made just now.
    """
    plan = read_plan(terraform.show(str(path)))
    intent = with_begun(bench, terraform, intent_of(bench, swap), path)
    if now is not None:
        made_from = Origin("", *verdicts.made_from(path))
        state_now = Origin(swap.workspace, now.lineage, now.serial)
        intent = replace(intent, made_from=made_from, state_now=state_now)
    return Verified(plan, intent, verify(plan, intent))


def _verify_saved(
    bench: Workbench, swap: Swap, terraform: Terraform, now: State | None = None
) -> Verified:
    """Verify ``.tfswap/plan`` and keep the verdict, bound to the very bytes that were read."""
    home = bench.home
    sha256 = verdicts.digest(home.plan)
    done = judge_saved(bench, swap, terraform, home.plan, now)
    report = done.report
    bound = verdicts.bind(report.verdict.value, home.plan, sha256, swap)
    verdicts.save(home.verdict, bound)
    keep_report(home, bound.sha256, report)
    bench.journal.note(
        "verified", verdict=bound.verdict, plan_sha256=bound.sha256, serial=bound.serial
    )
    if report.verdict is Verdict.APPLIED:
        forget(home)
    return done


def _forget_verdict(home: Home) -> None:
    home.verdict.unlink(missing_ok=True)
    home.plan.unlink(missing_ok=True)


def verify_given_plan(
    bench: Callable[[], Workbench],
    console: Console,
    plan: str,
    pairs: Sequence[Rename],
    form: Format,
    address: str | None = None,
    release: Sequence[str] = (),
) -> int:
    """Verify a plan somebody else made.

    Args:
        bench: Opens the repository, when the plan or the swap needs it.
        console: Where the report goes.
        plan: A saved plan, a ``terraform show -json`` file, or ``-`` for that on standard input.
        pairs: The swap, where given by hand; else the prepared one.
        form: How the report is shown.
        address: Show why this resource passed or failed instead of the report.
        release: Addresses released from the state, where the swap is given by hand.

    Returns:
        The verdict's exit code.
    """
    data = bytes_of(plan)
    saved = is_saved(data)
    swap = None if pairs else bench().home.load()
    if saved and swap is not None:
        done = _adopt(bench(), swap, bytes(data))
    else:
        if saved:
            data = _show_saved(bench(), plan)
        intent = intent_of(bench(), swap) if swap else named(pairs, release)
        done = judge(data, intent, form)
    show(console, done, form, address)
    adopted = swap if saved else None
    left = _left(bench(), adopted, done) if adopted else "tfswap status" if swap else ""
    tell_next(console, done.report, can_apply=adopted is not None, left=left)
    return int(done.report.verdict.exit_code)


def _left(bench: Workbench, swap: Swap, done: Verified) -> str:
    return left_to_do(bench, swap) if done.report.verdict is Verdict.APPLIED else ""


def _adopt(bench: Workbench, swap: Swap, data: bytes) -> Verified:
    """Verify a saved plan somebody made by hand, on a private copy that ``apply`` may then use."""
    bench.home.hold()
    _forget_verdict(bench.home)
    write_atomically(bench.home.plan, data, 0o600)
    terraform = bench.terraform(swap)
    _, now = pull(bench, terraform, swap)
    return _verify_saved(bench, swap, terraform, now)


def _show_saved(bench: Workbench, plan: str) -> bytes:
    """Return the JSON of a saved plan of no prepared swap; its root module may need naming."""
    refuse_piped(plan)
    root = bench.config.root_module or "."
    return bench.terraform_in(root, None).show(str(Path(plan).resolve()))
