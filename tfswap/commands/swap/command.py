"""``tfswap swap``: the whole guided run, phase by phase, each one a command anybody could type.

Every phase is this very program run once more, so that what is guided and what is typed are the
same. It asks before each, stops at the first that does not end well, and goes on there next time.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence

from tfswap.commands.swap.inputs import (
    again,
    find_swap,
    fixed_time,
    guided_run_of,
    has_names,
    inputs_of,
    line_of,
    names_of,
    saved_inputs,
)
from tfswap.commands.swap.not_needed import check_rollback
from tfswap.commands.swap.offer import offered
from tfswap.commands.swap.run_phase import GuideStopped, PhaseRunner, stopping
from tfswap.context.command_context import CommandContext
from tfswap.errors import ExitCode, UsageError
from tfswap.guide.done_phases import done_phases
from tfswap.guide.flags import shown
from tfswap.guide.inputs import GuideInputs
from tfswap.guide.model import GuidedRun, Phase
from tfswap.guide.phases import afterwards, phases_of, preconditions
from tfswap.journal.events import Confirmed, GuideBegun, GuideChanged, GuideEnded
from tfswap.journal.guided_run import GuideProgress
from tfswap.report.wrap import wrap


def swap(
    context: CommandContext,
    wanted: Sequence[str],
    *,
    restore: str = "",
    date: str = "",
    given: Sequence[tuple[str, str]] = (),
    skip: Sequence[str] = (),
    yes: bool = False,
    dry_run: bool = False,
) -> int:
    """Lead through the guided run, or go on where it stopped.

    Args:
        context: The command's surroundings.
        wanted: Restored tables (``Lpas-20240715``), or base names with ``restore``.
        restore: Which backup to restore first: ``latest``, a time or an ARN.
        date: Date of restoration, ``YYYYMMDD``; today's where it is empty.
        given: Further flags with their values, for the phases that know them.
        skip: Names of phases to leave out. What was told earlier in a guided run holds beside it.
        yes: Ask nothing; the commands are told so as well.
        dry_run: Say what would be done.

    Returns:
        0 when every phase is done, else the exit code of the one that stopped it.

    Raises:
        UsageError: A name, date or phase cannot be meant.
        RepoError: As ``prepare``, when the repository does not tell.
    """
    if not (restore or date or yes) and not has_names(context, wanted):
        restore = offered(context, wanted)
    names = names_of(context, wanted, restore=restore, date=date)
    restore = fixed_time(context, names, restore)
    said = GuideInputs(restore=restore, given=tuple(given), skip=tuple(skip))
    context, inputs = saved_inputs(context, names, said)
    found = find_swap(context, names)
    context = context.remembering(found)
    guided_run = guided_run_of(context, found, names, inputs)
    check_rollback(context, guided_run)
    phases = phases_of(guided_run)
    _check_names(skip, phases)
    guide = context.journal.progress().guide.about(guided_run.names, guided_run.environment)
    kinds, marked = (guide.kinds, guide.done) if guide else ((), ())
    ended = done_phases(phases, kinds, marked, guided_run.skip)
    _check_restored(guided_run, guide, restore, ended)
    _overview(context, guided_run, phases, ended)
    if dry_run:
        return 0
    _keep(context, guided_run, guide)
    runner = PhaseRunner(context, guided_run, found, yes)
    code = _preconditions_hold(runner, guide.confirmed if guide else ())
    for number, phase in enumerate(phases, 1):
        if code:
            return code
        if phase.name in ended or phase.name in guided_run.skip:
            continue
        # Another terminal may be in the same guided run: what it did is not done again.
        now = context.journal.progress().guide.about(guided_run.names, guided_run.environment)
        if now is None:
            return _ended_elsewhere(runner)
        if phase.name not in done_phases(phases, now.kinds, now.done, guided_run.skip):
            code = runner.phase(phase, f"{number}/{len(phases)}")
    return code or _finished(context, guided_run)


def _check_names(skip: Collection[str], phases: Sequence[Phase]) -> None:
    names = [phase.name for phase in phases]
    for name in skip:
        if name not in names:
            raise UsageError(
                f"There is no phase {name!r}.",
                hint=f"There are: {', '.join(shlex.quote(each) for each in names)}.",
            )


def _check_restored(
    guided_run: GuidedRun, guide: GuideProgress | None, restore: str, ended: Collection[str]
) -> None:
    """Refuse to pass over another backup than the one a table was restored from in this run."""
    before = guide.inputs.restore if guide else ""
    restored = any(name.startswith("restore ") for name in ended)
    if restored and restore and before and restore != before:
        raise UsageError(
            f"{guided_run.names[0]} is already restored in this guided run, from {before}.",
            hint=f"To continue with it: {shlex.join(('tfswap', 'swap', *guided_run.names))}. "
            "To restore another backup, use another --date.",
        )


def _overview(
    context: CommandContext, guided_run: GuidedRun, phases: Sequence[Phase], ended: Collection[str]
) -> None:
    console = context.console
    title = f"Guided swap of {', '.join(guided_run.names)} in {guided_run.environment}"
    console.out("\n".join(wrap(title, console.width)))
    for number, phase in enumerate(phases, 1):
        left_out = phase.name in guided_run.skip and phase.name not in ended
        mark = "✓" if phase.name in ended else "–" if left_out else " "
        text = f"{phase.title} (skipped: --skip)" if left_out else phase.title
        console.out("\n".join(wrap(text, console.width, f"  {mark} {number:>2}. ", " " * 8)))
        console.out(f"        {shown(line_of(phase), console.width - 8, ' ' * 10)}")
    console.explain("You need not run the 'next' command of a phase; this command does it.")


def _keep(context: CommandContext, guided_run: GuidedRun, guide: GuideProgress | None) -> None:
    """Keep in the journal what the guided run was told, where that is news."""
    now = inputs_of(context, guided_run)
    if guide is not None and guide.inputs == now:
        return
    kind = GuideBegun if guide is None else GuideChanged
    context.directory.make()
    context.journal.note(
        kind(
            names=guided_run.names,
            environment=guided_run.environment,
            again=shlex.join(again(guided_run)),
            inputs=now,
        )
    )


def _preconditions_hold(guide: PhaseRunner, answered: Collection[str]) -> int:
    """Ask what only people can know; what was answered earlier this guided run is not asked again.

    Returns:
        0 when all of it holds.
    """
    console, journal = guide.context.console, guide.context.journal
    for item in preconditions(guide.guided_run):
        if item.name in answered:
            continue
        # The question stays with --quiet too: its answer is somebody's word.
        guide.say(item.question)
        console.explain(item.why)
        try:
            with stopping():
                holds = console.confirm("Confirmed?", yes=guide.yes)
        except GuideStopped:
            guide.say("Stopped before the first phase; nothing was changed.")
        else:
            if holds:
                by = "--yes" if guide.yes else "asked"
                journal.note(Confirmed(item=item.name, by=by))
                continue
            guide.say("Nothing was changed. Fix this first, then run the command again.")
        guide.next()
        return int(ExitCode.INTERRUPTED)
    return 0


def _ended_elsewhere(runner: PhaseRunner) -> int:
    """Say that another command ended this guided run, or took it back."""
    runner.say("Stopped: another tfswap ended this guided run. next: tfswap status")
    return int(ExitCode.INTERRUPTED)


def _finished(context: CommandContext, guided_run: GuidedRun) -> int:
    context.journal.note(GuideEnded(names=guided_run.names))
    context.console.out()
    context.console.out("Every phase is done. Left to do:")
    for line in afterwards(guided_run):
        context.console.out("\n".join(wrap(line, context.console.width, "  - ", "    ")))
    return 0
