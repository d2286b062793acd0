"""``tfswap status``: where the swap stands, and the one command to run next.

Read from what is: git, the tfvars, the state, the saved plan and its verdict. The journal only
tells what was begun.
"""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import timedelta

from tfswap.commands.status.output import SwapStatus, status_document, status_text
from tfswap.context import errored_state, unfinished_applies
from tfswap.context.adopt import next_edit_command
from tfswap.context.command_context import CommandContext
from tfswap.context.defaults import MAX_AGE_MINUTES
from tfswap.context.next_steps import is_finished, next_steps, next_steps_once_merged
from tfswap.context.preflight import pull
from tfswap.context.written_names import written_names
from tfswap.errors import ExitCode, TfswapError
from tfswap.report.documents import PHASE_CODES, SwapPhase, render_document
from tfswap.report.event_text import skipped_note
from tfswap.steps import verdict as verdicts
from tfswap.steps.swap_steps import steps_of
from tfswap.steps.verdict import BoundVerdict
from tfswap.swap import Swap
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform.child_processes import ChildProcesses
from tfswap.terraform.state_file import State


def status(
    context: CommandContext,
    *,
    offline: bool = False,
    form: str = "text",
    tell_phase: bool = False,
) -> int:
    """Print what is done and what is next.

    Args:
        context: The command's surroundings.
        offline: Do not read the state.
        form: ``text`` or ``json``.
        tell_phase: Return the phase's number.

    Returns:
        0; the answer is the text. 3 where the state cannot be read: where it stands is not known.
        With ``tell_phase`` the number of ``PHASE_CODES``.
    """
    if skipped := context.journal.read().skipped:
        context.console.warn(skipped_note(skipped))
    swap = context.directory.find()
    if swap is None:
        found = _nothing_prepared(context)
    else:
        found = _running(context) or _swap_status(context, swap, offline=offline)
        if again := _guided_run(context)[0]:
            either = (("or continue the guided run:", again),)
            found = replace(found, alternatives=either)
    if form == "json":
        context.console.out(render_document(status_document(swap, found)))
    else:
        context.console.out(status_text(swap, found, context.console.width))
    if tell_phase:
        return PHASE_CODES[found.phase]
    return int(ExitCode.CANNOT_TELL if found.unread else ExitCode.OK)


def _nothing_prepared(context: CommandContext) -> SwapStatus:
    """Say so; a guided run that was begun is gone on with, or given up."""
    again, give_up = _guided_run(context)
    none = "No swap is prepared in this repository."
    if not again:
        following = "tfswap prepare Lpas-20240715 (the restored table's name)"
        return SwapStatus(
            (none,), following, SwapPhase.NONE, alternatives=stopped_pipeline(context)
        )
    either = (("To cancel it:", give_up),) if give_up else ()
    lines = (none, "A guided run was started here.")
    return SwapStatus(lines, again, SwapPhase.NONE, alternatives=either)


def stopped_pipeline(context: CommandContext) -> tuple[tuple[str, str], ...]:
    """Say which pipeline a guided run that was rolled back has left standing, and how it starts."""
    progress = context.journal.progress()
    name, environment = progress.tables.stopped_pipeline, progress.guide.environment
    if not name:
        return ()
    where = ["--environment", environment] if environment else []
    start = shlex.join(["tfswap", "pipeline", "start", name, *where])
    words = f"The ingestion pipeline {name} was stopped and not started again."
    return ((f"{words}\nIf you do not continue the swap:", start),)


def _guided_run(context: CommandContext) -> tuple[str, str]:
    """Return the commands that go on with the guided run under way, and that give it up early.

    Empty where no guided run is under way, and where it stopped no pipeline.
    """
    guide = context.journal.progress().guide
    if not guide.under_way or guide.rolled_back:
        return "", ""
    start = ["tfswap", "pipeline", "start", "--environment", guide.environment]
    return guide.again, shlex.join(start) if "pipeline-stopped" in guide.kinds else ""


def _running(context: CommandContext) -> SwapStatus | None:
    """Return how things stand while another tfswap is at work, or a Terraform that outlived one."""
    if other := context.directory.is_running():
        line = f"· running: {other}"
        return SwapStatus((line,), "wait until it ends, then tfswap status", SwapPhase.BUSY)
    child = ChildProcesses(context.directory.children).is_running()
    if child is None:
        return None
    line = (
        f"· terraform {child.command} is still running (process {child.pid}, "
        f"{child.since:%H:%M} UTC)"
    )
    return SwapStatus((line,), "wait until it ends, then tfswap status", SwapPhase.BUSY)


def _swap_status(context: CommandContext, swap: Swap, *, offline: bool) -> SwapStatus:
    """Go through the stages in order; the first that is not done names the next command."""
    lines = [f"{t.old_name} -> {t.new_name} at {t.address}" for t in swap.tables]
    on_branch = context.git.branch() == swap.branch
    names = written_names(context.git.root, swap.tables)
    edited = all(name.is_restored for name in names)
    if edited and not on_branch and is_finished(context, swap):
        lines.append(
            f"✓ finished, and {context.git.branch() or 'what is checked out'} has the edit"
        )
        return SwapStatus(tuple(lines), next_steps_once_merged(context, swap), SwapPhase.FINISHED)
    lines += [
        _mark(
            on_branch,
            f"branch {swap.branch} is checked out",
            f"branch {swap.branch} is not checked out "
            f"(checked out: {context.git.branch() or 'none'})",
        ),
        _mark(
            edited,
            "the tfvars have the restored table's name",
            "the tfvars do not have the restored table's name",
        ),
    ]
    if not (on_branch and edited):
        if context.journal.progress().writes.rollback_begun:
            lines.append("✗ a rollback was started and not completed")
            return SwapStatus(tuple(lines), "tfswap rollback", SwapPhase.INTERRUPTED)
        return SwapStatus(tuple(lines), next_edit_command(context, swap), SwapPhase.EDIT)
    if offline:
        there = errored_state.path_of(context, swap).is_file()
        lines += (
            [f"? {errored_state.NAME} exists; it was not compared with the state"] if there else []
        )
        unread = "? state: not read (--offline)"
        return SwapStatus((*lines, unread), "tfswap status", SwapPhase.UNKNOWN)
    try:
        _, state = pull(context, context.terraform(swap), swap)
    except TfswapError as error:
        shown = (*lines, f"? state: {error.message}")
        return SwapStatus(shown, error.hint or "tfswap status", SwapPhase.UNKNOWN, unread=True)
    return _status_in_state(context, swap, state, lines)


def _status_in_state(
    context: CommandContext, swap: Swap, state: State, lines: list[str]
) -> SwapStatus:
    due = [step.title for step in steps_of(swap) if step.due(state)]
    serial = f"state (serial {state.serial})"
    lines.append(_mark(not due, f"{serial} has the restored table", f"{serial} needs these steps:"))
    lines += [f"    {title}" for title in due]
    lines += _unfinished(context)
    lines += leftovers(context.directory)
    unsaved = errored_state.find_errored_state(context, swap, context.terraform(swap), state)
    if unsaved is not None:
        lines.append(f"{'✗' if unsaved.following else '·'} {unsaved.text}")
    if unsaved is not None and unsaved.following:
        return SwapStatus(tuple(lines), unsaved.following, SwapPhase.INTERRUPTED)
    if context.journal.progress().writes.rollback_begun:
        lines.append("✗ a rollback was started and not completed")
        return SwapStatus(tuple(lines), "tfswap rollback", SwapPhase.INTERRUPTED)
    if due:
        return SwapStatus(tuple(lines), "tfswap run", SwapPhase.PREPARED)
    bound, digest = verdicts.load(context.directory.verdict), verdicts.swap_digest(swap)
    found = bound and (bound.swap, bound.lineage, bound.serial)
    if bound is None or found != (digest, state.lineage, state.serial):
        none = "✗ no plan is verified for this state"
        return SwapStatus((*lines, none), "tfswap verify-plan", SwapPhase.PUSHED)
    return _status_with_verdict(context, swap, bound, lines)


def _unfinished(context: CommandContext) -> list[str]:
    """Say which applies were begun and did not end well; ``verify-plan`` judges what is left."""
    return [
        f"✗ the apply started {unfinished_applies.describe_unfinished(apply)} did not succeed"
        for apply in context.journal.progress().applies.unfinished
    ]


def leftovers(directory: SwapDirectory) -> list[str]:
    """Return what a killed command left in ``.tfswap/``, and what becomes of it."""
    lines = []
    for folder in (directory.scratch, directory.baseline_scratch):
        if folder.exists():
            lines.append(
                f"· leftover folder {folder.name}/ of a stopped rehearsal; the next one deletes it"
            )
    for each in ChildProcesses(directory.children).orphans():
        lines.append(f"· leftover process {each.name} ({each.pid}); to end it: kill {each.pid}")
    kept = [path.name for path in directory.begun]
    if kept:
        lines.append(f"· kept until the swap is applied: {', '.join(kept)}")
    return lines


def _begun_since(context: CommandContext, bound: BoundVerdict) -> bool:
    """Whether the plan of this verdict was begun: what is left of it needs a plan of its own."""
    return any(
        apply.plan_sha256 == bound.sha256 for apply in context.journal.progress().applies.unfinished
    )


def _status_with_verdict(
    context: CommandContext, swap: Swap, bound: BoundVerdict, lines: list[str]
) -> SwapStatus:
    when = f"{bound.at:%d %b %H:%M} UTC"
    good = bound.verdict in ("ready", "applied")
    lines.append(_mark(good, *[f"plan of {when}: {bound.verdict}"] * 2))
    if bound.verdict == "ready":
        try:
            verdicts.check_plan(bound, swap, timedelta(minutes=MAX_AGE_MINUTES))
        except TfswapError as error:
            shown = (*lines, f"✗ {error.message}")
            return SwapStatus(shown, "tfswap verify-plan", SwapPhase.PUSHED)
        again = _begun_since(context, bound)
        if again:
            return SwapStatus(tuple(lines), "tfswap verify-plan", SwapPhase.PUSHED)
        return SwapStatus(tuple(lines), "tfswap apply", SwapPhase.VERIFIED)
    if bound.verdict != "applied":
        once = "tfswap verify-plan (after fixing its findings)"
        return SwapStatus(tuple(lines), once, SwapPhase.PUSHED)
    return SwapStatus(tuple(lines), next_steps(context, swap), SwapPhase.APPLIED)


def _mark(done: bool, text: str, otherwise: str) -> str:
    return f"✓ {text}" if done else f"✗ {otherwise}"
