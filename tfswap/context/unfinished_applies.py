"""Applies that did not end well: their plans are kept, and the next plan is judged as their rest.

The journal tells which applies were begun and never ended well; the private copies of their plans
lie in ``.tfswap/`` until one apply has ended well, or a plan shows that nothing is left to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tfswap.context.command_context import CommandContext
from tfswap.errors import TfswapError
from tfswap.journal.events import ApplyBegun
from tfswap.plan.document import read_plan
from tfswap.steps import verdict as verdicts
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform.client import Terraform
from tfswap.terraform.state_file import State, parse
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.partial_apply import UnfinishedApply
from tfswap.verify.model.report_data import Verdict
from tfswap.verify.verifier import verify

_SHORT = 16


def keep_unfinished(directory: SwapDirectory) -> None:
    """Keep the plan of an earlier apply under a name of its own before another one begins."""
    if directory.applying.is_file():
        digest = verdicts.digest(directory.applying)
        directory.applying.replace(directory.folder / f"begun-{digest[:_SHORT]}.plan")


def forget_unfinished(directory: SwapDirectory) -> None:
    """Remove the kept plans: the swap is applied."""
    for path in directory.begun:
        path.unlink(missing_ok=True)


def with_unfinished(
    context: CommandContext, terraform: Terraform, intent: Intent, plan: Path
) -> Intent:
    """Return the intent with the plans that ``plan`` may be the rest of.

    A begun plan counts only while it is the very file the journal names, of this workspace, made
    from an earlier state of the same lineage, and ready under today's intent.

    Args:
        context: Holds the journal and the kept plans.
        terraform: Reads the kept plans.
        intent: What the plan is to do.
        plan: The saved plan that is about to be verified.
    """
    begun = context.journal.progress().applies.unfinished
    if not begun:
        return intent
    kept = {verdicts.digest(path): path for path in context.directory.begun}
    found: tuple[UnfinishedApply, ...] = ()
    for apply in _once(begun):
        path = kept.get(apply.plan_sha256)
        if path is None or not _is_earlier(path, plan):
            continue
        if apply.workspace not in (None, intent.workspace):
            continue
        if one := _ready(context, terraform, replace(intent, begun=found), apply, path):
            found = (*found, one)
    return replace(intent, begun=found)


def before_apply(context: CommandContext) -> State | None:
    """Return the state from before the last apply that did not end well; None where unknown."""
    kept = {verdicts.digest(path): path for path in context.directory.begun}
    for apply in reversed(context.journal.progress().applies.unfinished):
        path = kept.get(apply.plan_sha256)
        if path is not None:
            return parse(verdicts.state_in(path))
    return None


def _once(applies: Iterable[ApplyBegun]) -> Iterable[ApplyBegun]:
    """Return the first apply of each plan, oldest first."""
    found: dict[str, ApplyBegun] = {}
    for apply in applies:
        found.setdefault(apply.plan_sha256, apply)
    return found.values()


def _is_earlier(begun: Path, plan: Path) -> bool:
    """Whether the begun plan was made from an earlier, or the same, state of one lineage."""
    lineage, serial = verdicts.made_from(begun)
    now_lineage, now_serial = verdicts.made_from(plan)
    return lineage == now_lineage and serial <= now_serial


def _ready(
    context: CommandContext, terraform: Terraform, intent: Intent, apply: ApplyBegun, path: Path
) -> UnfinishedApply | None:
    """Read a begun plan and verify it once more: only a ready one may explain anything."""
    when = describe_unfinished(apply)
    try:
        plan = read_plan(terraform.show(str(path)))
        report = verify(plan, replace(intent, made_from=None, state_now=None), patches=False)
    except TfswapError as error:
        context.console.warn(
            f"The plan of the apply started {when} cannot be read: {error.message}"
        )
        return None
    if report.verdict is not Verdict.READY:
        context.console.say(
            f"the plan of the apply started {when} is not ready for this swap and is ignored"
        )
        return None
    return UnfinishedApply(plan, _time(apply), apply.who)


def describe_unfinished(apply: ApplyBegun) -> str:
    """Return when and by whom an apply was begun, for people."""
    return f"at {_time(apply)} by {apply.who or 'an unknown user'}"


def _time(apply: ApplyBegun) -> str:
    try:
        at = datetime.fromisoformat(apply.at).astimezone(UTC)
    except (ValueError, OverflowError):
        return "an unknown time"
    return f"{at:%H:%M} UTC on {at:%d %b}"
