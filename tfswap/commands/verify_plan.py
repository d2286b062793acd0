"""``tfswap verify-plan``: is this plan the swap, the whole swap and nothing but the swap?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tfswap.commands.intent import intent_of
from tfswap.commands.preflight import check_workspace, ready_to_work
from tfswap.commands.workbench import Workbench
from tfswap.console import Console
from tfswap.errors import PlanError, UsageError
from tfswap.names import Rename, check_physical
from tfswap.plan.document import Plan, read_plan
from tfswap.report import Format, render
from tfswap.steps import verdict as verdicts
from tfswap.swap import Swap
from tfswap.terraform import commands
from tfswap.verify.intent import Intent
from tfswap.verify.report_data import Report
from tfswap.verify.verifier import verify

_ZIP = b"PK\x03\x04"
"""A saved plan is a zip archive (Terraform source, internal/plans/planfile)."""


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
    home.verdict.unlink(missing_ok=True)
    home.plan.unlink(missing_ok=True)
    check_workspace(bench, terraform, swap)
    with console.step(f"plan {swap.root_module}"):
        terraform.run(commands.plan(out=str(home.plan)), "plan")
        home.plan.chmod(0o600)
    with console.step("read and verify the plan"):
        document = read_plan(terraform.show(str(home.plan)))
        intent = intent_of(bench, swap)
        report = verify(document, intent)
    _keep(bench, swap, home.plan, report)
    _show(console, Verified(document, intent, report), form, address)
    _tell_next(console, report, can_apply=True)
    return int(report.verdict.exit_code)


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
    swap = None if pairs else bench().home.load()
    intent = intent_of(bench(), swap) if swap else Intent.from_renames(tuple(pairs))
    saved = data.startswith(_ZIP)
    if saved:
        data = _show_saved(bench(), Path(plan), swap)
    document = read_plan(data)
    report = verify(document, intent)
    if saved and swap is not None:
        _keep(bench(), swap, Path(plan).resolve(), report)
    _show(console, Verified(document, intent, report), form, address)
    _tell_next(console, report, can_apply=saved and swap is not None)
    return int(report.verdict.exit_code)


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


def _read(plan: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if plan == "-" else Path(plan).read_bytes()
    except OSError as error:
        raise PlanError(
            f"The plan {plan} cannot be read: {error.strerror}.",
            hint="Name a file that terraform plan -out or terraform show -json wrote.",
        ) from error


def _show_saved(bench: Workbench, plan: Path, swap: Swap | None) -> bytes:
    root = swap.root_module if swap else (bench.config.root_module or ".")
    workspace = swap.workspace if swap else None
    return bench.terraform_in(root, workspace).show(str(plan.resolve()))


def _keep(bench: Workbench, swap: Swap, plan: Path, report: Report) -> None:
    bound = verdicts.bind(report.verdict.value, plan, swap.workspace)
    verdicts.save(bench.home.verdict, bound)
    bench.journal.note(
        "verified", verdict=bound.verdict, plan_sha256=bound.sha256, serial=bound.serial
    )


def _show(console: Console, done: Verified, form: Format, address: str | None) -> None:
    """Print the report, or one resource's story."""
    if address is None:
        console.out(render(done.report, form, width=console.width, colour=console.colour))
        return
    from tfswap.report.explain_text import explain_address

    told = explain_address(done.plan, done.intent, done.report, address, width=console.width)
    console.out(f"{done.report.verdict.value.upper()}\n\n{told}")


def _tell_next(console: Console, report: Report, *, can_apply: bool) -> None:
    following = {
        "ready": "next: tfswap apply" if can_apply else "",
        "applied": "next: commit the tfvars edit and raise the PR",
        "rejected": "Do not apply this plan. next: mend what is named above, then verify again",
        "cannot tell": "Do not apply this plan. next: see what could not be told, above",
    }[report.verdict.value]
    if following:
        console.note(following)
