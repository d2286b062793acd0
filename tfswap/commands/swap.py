"""``tfswap swap``: the whole night, phase by phase, each one a command anybody could type.

Every phase is this very program run once more, so that what is guided and what is typed are the
same. It asks before each, stops at the first that does not end well, and goes on there next time.
"""

from __future__ import annotations

import shlex
import sys
import textwrap
from collections.abc import Collection, Sequence

from tfswap.commands.night import find_night, night_line, tfswap_line
from tfswap.commands.workbench import Workbench
from tfswap.errors import ExitCode, UsageError
from tfswap.night import progress
from tfswap.night.course import afterwards, course, preconditions
from tfswap.night.phase import Night, Phase
from tfswap.terraform.handover import hand_over


def swap(
    bench: Workbench,
    wanted: Sequence[str],
    *,
    restore: str = "",
    date: str = "",
    skip: Collection[str] = (),
    yes: bool = False,
    dry_run: bool = False,
) -> int:
    """Lead through the night, or go on where it stopped.

    Args:
        bench: The command's surroundings.
        wanted: Restored tables (``Lpas-20240715``), or base names with ``restore``.
        restore: Which backup to restore first: ``latest``, a time or an ARN.
        date: Date of restoration, ``YYYYMMDD``; today's where it is empty.
        skip: Names of phases to leave out.
        yes: Ask nothing; the commands are told so as well.
        dry_run: Say what would be done.

    Returns:
        0 when every phase is done, else the exit code of the one that stopped it.
    """
    night = find_night(bench, wanted, restore=restore, date=date)
    phases = course(night)
    _check_names(skip, phases)
    held = progress.begun(night, bench.journal.entries())
    ended = progress.done(phases, held or ())
    _overview(bench, night, phases, ended | set(skip))
    if dry_run:
        return 0
    again = night_line(night, sorted(skip))
    if held is None:
        bench.home.make()
        bench.journal.note(
            progress.BEGUN,
            names=list(night.names),
            environment=night.environment,
            again=again,
        )
    if not _preconditions_hold(bench, night, held or (), yes=yes):
        bench.console.note(f"Nothing was changed. See to that first. next: {again}")
        return int(ExitCode.INTERRUPTED)
    for number, phase in enumerate(phases, 1):
        if phase.name in ended or phase.name in skip:
            continue
        code = _one(bench, phase, f"{number}/{len(phases)}", again, yes=yes)
        if code:
            return code
    return _finished(bench, night)


def _check_names(skip: Collection[str], phases: Sequence[Phase]) -> None:
    names = [phase.name for phase in phases]
    for name in skip:
        if name not in names:
            raise UsageError(f"There is no phase {name!r}.", hint=f"There are: {', '.join(names)}.")


def _overview(
    bench: Workbench, night: Night, phases: Sequence[Phase], ended: Collection[str]
) -> None:
    console = bench.console
    console.out(f"The night of {', '.join(night.names)} in {night.environment}")
    for number, phase in enumerate(phases, 1):
        mark = "✓" if phase.name in ended else " "
        console.out(f"  {mark} {number:>2}. {phase.title}")
        console.out(f"        {_line(phase)}")


def _line(phase: Phase) -> str:
    return shlex.join(phase.foreign) if phase.foreign else tfswap_line(phase.command)


def _preconditions_hold(
    bench: Workbench, night: Night, held: Sequence[object], *, yes: bool
) -> bool:
    """Ask what only people can know; what was answered earlier this night is not asked again."""
    answered = {
        entry.get("item")
        for entry in held
        if isinstance(entry, dict) and entry.get("event") == progress.CHECKED
    }
    for item in preconditions(night):
        if item.name in answered:
            continue
        # The question stays with --quiet too: its answer is somebody's word.
        bench.console.note(textwrap.fill(item.question, bench.console.width))
        bench.console.explain(item.why)
        if not bench.console.confirm("Is that so?", yes=yes):
            return False
        by = "--yes" if yes else "asked"
        bench.journal.note(progress.CHECKED, item=item.name, by=by)
    return True


def _one(bench: Workbench, phase: Phase, count: str, again: str, *, yes: bool) -> int:
    """Ask, run one phase, and keep how it ended."""
    console = bench.console
    console.out()
    console.out(f"── {count} {phase.title}")
    console.explain(phase.why)
    console.say(_line(phase))
    answer = "" if yes else console.ask("Enter goes on, 'skip' leaves it out, else it stops: ")
    if answer == "skip":
        bench.journal.note("phase-skipped", phase=phase.name)
        return 0
    if answer not in ("", "y", "yes"):
        console.note("Stopped here; nothing is under way.")
        console.note(f"next: {again}")
        return int(ExitCode.INTERRUPTED)
    argv = phase.foreign or _argv(phase, yes=yes)
    bench.journal.note("phase", phase=phase.name, argv=list(argv))
    code = hand_over(argv, bench.git.root, _told(bench))
    if code:
        bench.journal.note("phase-failed", phase=phase.name, exit=code)
        console.note(f"{phase.title}: not done (exit {code}); what to do stands above.")
        console.note(f"then, to go on from here: {again}")
        return code
    bench.journal.note(progress.DONE, phase=phase.name)
    return 0


def _argv(phase: Phase, *, yes: bool) -> tuple[str, ...]:
    agreed = ("--yes",) if yes and phase.asks else ()
    return (sys.executable, "-m", "tfswap", *phase.command, *agreed)


def _told(bench: Workbench) -> dict[str, str]:
    """Return what every phase is told by its environment."""
    return {"TFSWAP_PAIR": bench.config.pair} if bench.config.pair else {}


def _finished(bench: Workbench, night: Night) -> int:
    bench.journal.note(progress.ENDED, names=list(night.names))
    bench.console.out()
    bench.console.out("Every phase is done. What is left:")
    for line in afterwards(night):
        bench.console.out(
            textwrap.fill(
                line, bench.console.width, initial_indent="  - ", subsequent_indent="    "
            )
        )
    return 0
