"""``tfswap swap``: the whole night, phase by phase, each one a command anybody could type.

Every phase is this very program run once more, so that what is guided and what is typed are the
same. It asks before each, stops at the first that does not end well, and goes on there next time.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence

from tfswap.commands.night import (
    again,
    find_swap,
    line_of,
    names_of,
    night_of,
    recall,
    told_of,
)
from tfswap.commands.night_stand import check_way_back
from tfswap.commands.phases import Guide, NightStopped, stopping
from tfswap.commands.workbench import Workbench
from tfswap.errors import ExitCode, UsageError
from tfswap.night import progress
from tfswap.night.course import afterwards, course, preconditions
from tfswap.night.phase import Night, Phase
from tfswap.night.told import Told, told_in
from tfswap.night.words import shown
from tfswap.report.wrap import wrap


def swap(
    bench: Workbench,
    wanted: Sequence[str],
    *,
    restore: str = "",
    date: str = "",
    given: Sequence[tuple[str, str]] = (),
    skip: Sequence[str] = (),
    yes: bool = False,
    dry_run: bool = False,
) -> int:
    """Lead through the night, or go on where it stopped.

    Args:
        bench: The command's surroundings.
        wanted: Restored tables (``Lpas-20240715``), or base names with ``restore``.
        restore: Which backup to restore first: ``latest``, a time or an ARN.
        date: Date of restoration, ``YYYYMMDD``; today's where it is empty.
        given: Further flags with their values, for the phases that know them.
        skip: Names of phases to leave out. What was told earlier in a night holds beside it.
        yes: Ask nothing; the commands are told so as well.
        dry_run: Say what would be done.

    Returns:
        0 when every phase is done, else the exit code of the one that stopped it.

    Raises:
        UsageError: A name, date or phase cannot be meant.
        RepoError: As ``prepare``, when the repository does not tell.
    """
    names = names_of(bench, wanted, restore=restore, date=date)
    said = Told(restore=restore, given=tuple(given), skip=tuple(skip))
    bench, told = recall(bench, names, said)
    found = find_swap(bench, names)
    bench = bench.remembering(found)
    night = night_of(bench, found, names, told)
    check_way_back(bench, night)
    phases = course(night)
    _check_names(skip, phases)
    held = progress.begun(night, bench.journal.entries())
    ended = progress.done(phases, held or (), night.skip)
    _check_restored(bench, night, restore, ended)
    _overview(bench, night, phases, ended)
    if dry_run:
        return 0
    _keep(bench, night, new=held is None)
    guide = Guide(bench, night, found, yes)
    code = _preconditions_hold(guide, held or ())
    for number, phase in enumerate(phases, 1):
        if code:
            return code
        if phase.name not in ended and phase.name not in night.skip:
            code = guide.phase(phase, f"{number}/{len(phases)}")
    return code or _finished(bench, night)


def _check_names(skip: Collection[str], phases: Sequence[Phase]) -> None:
    names = [phase.name for phase in phases]
    for name in skip:
        if name not in names:
            raise UsageError(
                f"There is no phase {name!r}.",
                hint=f"There are: {', '.join(shlex.quote(each) for each in names)}.",
            )


def _check_restored(bench: Workbench, night: Night, restore: str, ended: Collection[str]) -> None:
    """Refuse to pass over another backup than the one a table was restored from tonight."""
    entry = progress.under_way(night.names, night.environment, bench.journal.entries())
    before = told_in(entry).restore
    restored = [name for name in night.names if f"restore {name}" in ended]
    if restored and restore and before and restore != before:
        raise UsageError(
            f"{restored[0]} is restored already this night, from {before}.",
            hint=f"Go on with it: {shlex.join(('tfswap', 'swap', *night.names))}. To restore "
            "another backup say another --date.",
        )


def _overview(
    bench: Workbench, night: Night, phases: Sequence[Phase], ended: Collection[str]
) -> None:
    console = bench.console
    title = f"The night of {', '.join(night.names)} in {night.environment}"
    console.out("\n".join(wrap(title, console.width)))
    for number, phase in enumerate(phases, 1):
        left_out = phase.name in night.skip and phase.name not in ended
        mark = "✓" if phase.name in ended else "–" if left_out else " "
        text = f"{phase.title} (left out: --skip)" if left_out else phase.title
        console.out("\n".join(wrap(text, console.width, f"  {mark} {number:>2}. ", " " * 8)))
        console.out(f"        {shown(line_of(phase), console.width - 8, ' ' * 10)}")
    console.explain("Where a phase ends by naming what is next, this command does that for you.")


def _keep(bench: Workbench, night: Night, *, new: bool) -> None:
    """Keep in the journal what the night was told, where that is news."""
    entry = progress.under_way(night.names, night.environment, bench.journal.entries())
    now = told_of(bench, night)
    if not new and told_in(entry) == now:
        return
    bench.home.make()
    bench.journal.note(
        progress.BEGUN if new else progress.TOLD,
        names=list(night.names),
        environment=night.environment,
        again=shlex.join(again(night)),
        told=now.facts(),
    )


def _preconditions_hold(guide: Guide, held: Sequence[progress.Entry]) -> int:
    """Ask what only people can know; what was answered earlier this night is not asked again.

    Returns:
        0 when all of it holds.
    """
    console, journal = guide.bench.console, guide.bench.journal
    answered = {entry.get("item") for entry in held if entry.get("event") == progress.CHECKED}
    for item in preconditions(guide.night):
        if item.name in answered:
            continue
        # The question stays with --quiet too: its answer is somebody's word.
        guide.say(item.question)
        console.explain(item.why)
        try:
            with stopping():
                holds = console.confirm("Is that so?", yes=guide.yes)
        except NightStopped:
            guide.say("Stopped at the questions before the first phase; nothing was changed.")
        else:
            if holds:
                by = "--yes" if guide.yes else "asked"
                journal.note(progress.CHECKED, item=item.name, by=by)
                continue
            guide.say("Nothing was changed. See to that first.")
        guide.next()
        return int(ExitCode.INTERRUPTED)
    return 0


def _finished(bench: Workbench, night: Night) -> int:
    bench.journal.note(progress.ENDED, names=list(night.names))
    bench.console.out()
    bench.console.out("Every phase is done. What is left:")
    for line in afterwards(night):
        bench.console.out("\n".join(wrap(line, bench.console.width, "  - ", "    ")))
    return 0
