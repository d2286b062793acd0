"""``tfswap verify-plan``: is this plan the swap, the whole swap and nothing but the swap?

The way of a plan's JSON with ``--from`` and ``--to`` needs no repository, no state and no
Terraform, and loads nothing that knows of them: start-up time is a feature.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tfswap.context.judge_plan import named, pair, verify_named, with_given_baseline
from tfswap.errors import UsageError

if TYPE_CHECKING:
    from tfswap.console import Console
    from tfswap.context.command_context import CommandContext
    from tfswap.context.report_output import ReportOutput


class PlanRequest(NamedTuple):
    """What was asked for."""

    plan: str | None
    """A saved plan, a ``terraform show -json`` file, or ``-``; None: plan the root module."""
    old: tuple[str, ...]
    """Outgoing tables' physical names (``--from``)."""
    new: tuple[str, ...]
    release: tuple[str, ...]
    """Addresses that were released from the state; with ``old`` and ``new`` only."""
    output: ReportOutput
    folder: Path
    """Where the command runs: the repository's ``tfswap.toml`` goes with ``old`` and ``new``."""
    explain: str | None
    """Show why this address passed or failed instead of the report."""
    baseline: str | None = None
    """Plan JSON made without the swap; goes with ``plan``."""


def verify_plan(
    console: Console, wanted: PlanRequest, context: Callable[[], CommandContext]
) -> int:
    """Verify a plan and return the verdict's exit code.

    Args:
        console: Where the report goes.
        wanted: What was asked for.
        context: Opens the repository, when the plan or the swap needs it.

    Raises:
        UsageError: Options that do not go together.
    """
    pairs = pair(wanted.old, wanted.new)
    if wanted.release and not pairs:
        hint = "Release it in prepare: tfswap prepare TABLE --release ADDRESS"
        raise UsageError("--release needs --from and --to.", hint=hint)
    if pairs and wanted.plan is None:
        hint = "tfswap verify-plan PLAN --from … --to …"
        raise UsageError("--from and --to need a plan file.", hint=hint)
    if wanted.baseline and wanted.plan is None:
        hint = (
            "tfswap verify-plan PLAN --baseline FILE; without PLAN, the baseline kept by "
            "tfswap run is used."
        )
        raise UsageError("--baseline needs a plan file.", hint=hint)
    intent = None
    if pairs and wanted.plan is not None:
        intent = named(pairs, wanted.release, console, wanted.folder)
        intent = with_given_baseline(intent, wanted.baseline)
        code = verify_named(console, wanted.plan, intent, wanted.output, wanted.explain)
        if code is not None:
            return code
    from tfswap.commands.verify_plan import plans

    if wanted.plan is None:
        return plans.verify_own_plan(context(), output=wanted.output, address=wanted.explain)
    return plans.verify_given_plan(
        context, console, wanted.plan, intent, wanted.output, wanted.explain, wanted.baseline
    )
