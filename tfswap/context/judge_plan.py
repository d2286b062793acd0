"""Judge a plan's JSON for names given by hand, and show what was found.

This is the way of ``verify-plan PLAN --from … --to …``. It needs no repository, no state and no
Terraform, and imports nothing that knows of them: start-up time is a feature.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tfswap.context.allowances import allowances_at
from tfswap.context.report_output import ReportOutput
from tfswap.errors import PlanError, UsageError
from tfswap.names import Rename, check_physical
from tfswap.plan.document import Plan, read_plan
from tfswap.plan.plan_file import map_plan
from tfswap.report.wrap import wrap_next
from tfswap.verify.model.baseline_plan import BaselinePlan
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.report_data import Report
from tfswap.verify.verifier import verify

if TYPE_CHECKING:
    import mmap

    from tfswap.console import Console

_ZIP = b"PK\x03\x04"
"""A saved plan is a zip archive (Terraform source, internal/plans/planfile)."""
_NOT_SWAPPED = "TFS201"
"""The rule that tells a plan made before ``tfswap run``."""


class JudgedPlan(NamedTuple):
    """A plan, what it was to do, and what was found."""

    plan: Plan
    intent: Intent
    report: Report


def pair(olds: Sequence[str], news: Sequence[str]) -> tuple[Rename, ...]:
    """Put ``--from`` and ``--to`` together.

    Raises:
        UsageError: Not as many of one as of the other, the same name twice, or an illegal one.
    """
    if len(olds) != len(news):
        raise UsageError(
            f"There are {len(olds)} --from and {len(news)} --to options.",
            hint="Use both for each table: --from production-Lpas --to production-Lpas-20240715",
        )
    for name in (*olds, *news):
        check_physical(name)
    if len({*olds}) != len(olds) or len({*news}) != len(news) or set(olds) & set(news):
        raise UsageError("--from and --to name the same table twice.", hint="Name each table once.")
    return tuple(Rename(old, new) for old, new in zip(olds, news, strict=True))


def named(
    pairs: Sequence[Rename], release: Sequence[str], console: Console, folder: Path
) -> Intent:
    """Return the intent of names given by hand, with the allowances of the repository at hand.

    Args:
        pairs: Outgoing and restored names.
        release: Addresses taken out of the state, to be created anew (``prepare --release``).
        console: Told which ``tfswap.toml`` was read.
        folder: Where the command runs.

    Raises:
        UsageError: There is no pair.
        ConfigError: ``tfswap.toml`` cannot be read.
    """
    allowed, note = allowances_at(folder)
    console.say(note)
    intent = Intent.from_renames(tuple(pairs), allowances=allowed)
    return replace(intent, release=tuple(release))


def with_given_baseline(intent: Intent, file: str | None) -> Intent:
    """Return the intent with a baseline plan that was handed in (docs/baseline.md).

    Args:
        intent: The swap.
        file: A ``terraform show -json`` file of a plan made without the swap; None: none.

    Raises:
        PlanError: It is no plan JSON.
    """
    if file is None:
        return intent
    data = map_plan(file)
    if is_saved(data):
        hint = f"terraform show -json {file} > baseline.json"
        raise PlanError(f"--baseline needs plan JSON, but {file} is a saved plan.", hint=hint)
    return replace(intent, baseline=BaselinePlan(read_plan(data), f"in {file}"))


def bytes_of(plan: str) -> bytes | mmap.mmap:
    """Return the bytes of a plan file, or of standard input for ``-``."""
    return sys.stdin.buffer.read() if plan == "-" else map_plan(plan)


def is_saved(data: bytes | mmap.mmap) -> bool:
    """Whether these are the bytes of a saved plan rather than of its JSON."""
    return bytes(data[: len(_ZIP)]) == _ZIP


def judge_plan(data: bytes | mmap.mmap, intent: Intent, output: ReportOutput) -> JudgedPlan:
    """Read and verify the JSON of a plan; patches are made where a format shows them."""
    document = read_plan(data)
    return JudgedPlan(document, intent, verify(document, intent, patches=output.shows_patches))


def show(console: Console, done: JudgedPlan, output: ReportOutput, address: str | None) -> None:
    """Print the report, or one resource's story; files get the report in any case."""
    if address is None:
        output.show(console, done.report)
        return
    output.write_files(console, [("", done.report)])
    from tfswap.report.explain_text import explain_address

    note = explain_address(done.plan, done.intent, done.report, address, width=console.width)
    console.out(console.linked(f"{done.report.verdict.value.upper()}\n\n{note}"))


def show_next(console: Console, report: Report, *, can_apply: bool, left: str = "") -> None:
    """Say the verdict once more, where the eye is after a long report, and what to do.

    ``left``: what is left to do where a swap was prepared and the plan has nothing to do for it.
    """
    if any(finding.rule == _NOT_SWAPPED for finding in report.findings):
        console.note(
            "REJECTED: the state still has the outgoing table. next: tfswap run (it "
            "rehearses first)"
        )
        return
    following = {
        "ready": "READY. next: tfswap apply" if can_apply else "READY.",
        "applied": "\n".join(["APPLIED.", *(wrap_next(left, console.width) if left else ())]),
        "rejected": "REJECTED: do not apply this plan. next: fix the findings above, then verify "
        "again",
        "cannot tell": "CANNOT TELL: do not apply this plan. next: see the findings above",
    }
    console.note(following[report.verdict.value])


def refuse_piped(plan: str) -> None:
    """Raise ``PlanError`` where a saved plan comes on standard input: it has to be a file."""
    if plan == "-":
        raise PlanError(
            "Standard input is a saved plan; it must be plan JSON.",
            hint="terraform show -json PLAN | tfswap verify-plan -",
        )


def verify_named(
    console: Console, plan: str, intent: Intent, output: ReportOutput, address: str | None
) -> int | None:
    """Verify a plan's JSON for names given by hand.

    Args:
        console: Where the report goes.
        plan: A ``terraform show -json`` file, or ``-`` for that on standard input.
        intent: From ``named``.
        output: How the report is shown, and which files get it.
        address: Show why this resource passed or failed instead of the report.

    Returns:
        The verdict's exit code; None where the file is a saved plan, which Terraform must read.
    """
    data = bytes_of(plan)
    if is_saved(data):
        refuse_piped(plan)
        return None
    done = judge_plan(data, intent, output)
    show(console, done, output, address)
    show_next(console, done.report, can_apply=False)
    return int(done.report.verdict.exit_code)
