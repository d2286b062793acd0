"""``tfswap verify-plan``: is this plan the swap, the whole swap and nothing but the swap?"""

from __future__ import annotations

import mmap
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tfswap.commands.intent import intent_of
from tfswap.commands.preflight import check_workspace, pull, ready_to_work
from tfswap.commands.workbench import Workbench
from tfswap.console import Console
from tfswap.errors import PlanError, UsageError
from tfswap.files import write_atomically
from tfswap.home import Home
from tfswap.names import Rename, check_physical
from tfswap.plan.document import Plan, read_plan
from tfswap.plan.source import map_plan
from tfswap.report import Format, render
from tfswap.steps import verdict as verdicts
from tfswap.swap import Swap
from tfswap.terraform import commands
from tfswap.terraform.client import Terraform
from tfswap.terraform.state import State
from tfswap.verify.intent import Intent, Origin
from tfswap.verify.report_data import Report
from tfswap.verify.verifier import verify

_ZIP = b"PK\x03\x04"
"""A saved plan is a zip archive (Terraform source, internal/plans/planfile)."""


_NOT_SWAPPED = "TFS201"
"""The rule that tells a plan made before ``tfswap run``."""


class Verified(NamedTuple):
    """A plan, what it was to do, and what was found."""

    plan: Plan
    intent: Intent
    report: Report


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
    home, console = bench.home, bench.console
    _forget_verdict(home)
    check_workspace(bench, terraform, swap)
    with console.step(f"plan {swap.root_module}"):
        # Exit code 2 is TF_CLI_ARGS_plan=-detailed-exitcode saying that there are changes.
        terraform.run(commands.plan(out=str(home.plan)), "plan", accept=(0, 2))
        home.plan.chmod(0o600)
    with console.step("read and verify the plan"):
        done = _verify_saved(bench, swap, terraform)
    _show(console, done, form, address)
    _tell_next(console, done.report, can_apply=True)
    return int(done.report.verdict.exit_code)


def _verify_saved(
    bench: Workbench, swap: Swap, terraform: Terraform, now: State | None = None
) -> Verified:
    """Verify ``.tfswap/plan`` and keep the verdict, bound to the very bytes that were read.

    Args:
        bench: The command's surroundings.
        swap: What the plan is for.
        terraform: Reads the plan.
        now: The state as it is, where the plan was not made just now.
    """
    home = bench.home
    sha256 = verdicts.digest(home.plan)
    plan = read_plan(terraform.show(str(home.plan)))
    intent = intent_of(bench, swap)
    if now is not None:
        made_from = Origin("", *verdicts.made_from(home.plan))
        state_now = Origin(swap.workspace, now.lineage, now.serial)
        intent = replace(intent, made_from=made_from, state_now=state_now)
    report = verify(plan, intent)
    bound = verdicts.bind(report.verdict.value, home.plan, sha256, swap)
    verdicts.save(home.verdict, bound)
    bench.journal.note(
        "verified", verdict=bound.verdict, plan_sha256=bound.sha256, serial=bound.serial
    )
    return Verified(plan, intent, report)


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
) -> int:
    """Verify a plan somebody else made.

    Args:
        bench: Opens the repository, when the plan or the swap needs it.
        console: Where the report goes.
        plan: A saved plan, a ``terraform show -json`` file, or ``-`` for that on standard input.
        pairs: The swap, where given by hand; else the prepared one.
        form: How the report is shown.
        address: Show why this resource passed or failed instead of the report.

    Returns:
        The verdict's exit code.
    """
    data = _read(plan)
    saved = bytes(data[: len(_ZIP)]) == _ZIP
    swap = None if pairs else bench().home.load()
    if saved and swap is not None:
        done = _adopt(bench(), swap, bytes(data))
    else:
        if saved:
            data = _show_saved(bench(), plan)
        intent = intent_of(bench(), swap) if swap else Intent.from_renames(tuple(pairs))
        document = read_plan(data)
        done = Verified(document, intent, verify(document, intent))
    _show(console, done, form, address)
    _tell_next(console, done.report, can_apply=saved and swap is not None)
    return int(done.report.verdict.exit_code)


def _adopt(bench: Workbench, swap: Swap, data: bytes) -> Verified:
    """Verify a saved plan somebody made by hand, on a private copy that ``apply`` may then use."""
    bench.home.hold()
    _forget_verdict(bench.home)
    write_atomically(bench.home.plan, data, 0o600)
    terraform = bench.terraform(swap)
    _, now = pull(bench, terraform, swap)
    return _verify_saved(bench, swap, terraform, now)


def pair(olds: Sequence[str], news: Sequence[str]) -> tuple[Rename, ...]:
    """Put ``--from`` and ``--to`` together.

    Raises:
        UsageError: Not as many of one as of the other, the same name twice, or an illegal one.
    """
    if len(olds) != len(news):
        raise UsageError(
            f"{len(olds)} --from and {len(news)} --to were given.",
            hint="Give both for each table: --from production-Lpas --to production-Lpas-20240715",
        )
    for name in (*olds, *news):
        check_physical(name)
    if len({*olds}) != len(olds) or len({*news}) != len(news) or set(olds) & set(news):
        raise UsageError("--from and --to name a table twice.", hint="Name each table once.")
    return tuple(Rename(old, new) for old, new in zip(olds, news, strict=True))


def _read(plan: str) -> bytes | mmap.mmap:
    return sys.stdin.buffer.read() if plan == "-" else map_plan(plan)


def _show_saved(bench: Workbench, plan: str) -> bytes:
    """Return the JSON of a saved plan of no prepared swap; its root module may need naming."""
    if plan == "-":
        raise PlanError(
            "Standard input holds a saved plan; only its JSON can be read from there.",
            hint="terraform show -json PLAN | tfswap verify-plan -",
        )
    root = bench.config.root_module or "."
    return bench.terraform_in(root, None).show(str(Path(plan).resolve()))


def _show(console: Console, done: Verified, form: Format, address: str | None) -> None:
    """Print the report, or one resource's story."""
    if address is None:
        console.out(render(done.report, form, width=console.width, colour=console.colour))
        return
    from tfswap.report.explain_text import explain_address

    told = explain_address(done.plan, done.intent, done.report, address, width=console.width)
    console.out(f"{done.report.verdict.value.upper()}\n\n{told}")


def _tell_next(console: Console, report: Report, *, can_apply: bool) -> None:
    """Say the verdict once more, where the eye is after a long report, and what to do."""
    if any(finding.rule == _NOT_SWAPPED for finding in report.findings):
        console.note(
            "REJECTED: the state still holds the outgoing table. next: tfswap run (it rehearses)"
        )
        return
    following = {
        "ready": "READY. next: tfswap apply" if can_apply else "READY.",
        "applied": "APPLIED. next: tfswap status (it names what is left: commit, push, PR)",
        "rejected": "REJECTED: do not apply this plan. next: mend what is named above, then "
        "verify again",
        "cannot tell": "CANNOT TELL: do not apply this plan. next: see above what is unclear",
    }
    console.note(following[report.verdict.value])
