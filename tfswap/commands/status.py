"""``tfswap status``: where the swap stands, and the one command to run next.

Read from what is: git, the tfvars, the state, the saved plan and its verdict. The journal only
tells what was begun.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from tfswap.commands import begun, errored
from tfswap.commands.left import is_finished, left_once_merged, left_to_do
from tfswap.commands.preflight import pull
from tfswap.commands.workbench import Workbench
from tfswap.errors import TfswapError
from tfswap.home import Home
from tfswap.night import progress
from tfswap.repo import tfvars
from tfswap.report.wrap import wrap, wrap_next
from tfswap.steps import verdict as verdicts
from tfswap.steps.sequence import steps_of
from tfswap.steps.verdict import BoundVerdict
from tfswap.swap import Swap
from tfswap.terraform.children import Children
from tfswap.terraform.state import State


@dataclass(frozen=True)
class Standing:
    """What was found."""

    lines: tuple[str, ...]
    """What is so, one thing a line, marked done or not."""
    following: str
    """The next command, and why."""


def status(bench: Workbench, *, offline: bool = False) -> int:
    """Print where the swap stands.

    Returns:
        0; the answer is the text.
    """
    swap = bench.home.find()
    if swap is None:
        return _nothing_prepared(bench)
    standing = _at_work(bench) or _stand(bench, swap, offline=offline)
    width, again = bench.console.width, _night(bench)[0]
    told = wrap(f"Swap in {swap.environment} (workspace {swap.workspace})", width)
    for line in standing.lines:
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        told += wrap(line, width, indent, f"{indent}  ")
    told += wrap_next(standing.following, width)
    told += _either("or go on with the guided night:", again, width) if again else []
    bench.console.out("\n".join(told))
    return 0


def _either(words: str, command: str, width: int) -> list[str]:
    """Return a command with the words before it, on a line of its own where it is long."""
    line = f"{words} {command}"
    return [line] if len(line) <= width else [words, f"  {command}"]


def _nothing_prepared(bench: Workbench) -> int:
    """Say so; a night that was begun is gone on with, or given up."""
    again, give_up = _night(bench)
    bench.console.out("No swap is prepared in this repository.")
    if not again:
        bench.console.out(
            "next: tfswap prepare <restored table>, e.g. tfswap prepare Lpas-20240715"
        )
        _tell_stopped(bench)
        return 0
    told = ["A guided night was begun here.", *wrap_next(again, bench.console.width)]
    told += _either("To give it up:", give_up, bench.console.width) if give_up else []
    bench.console.out("\n".join(told))
    return 0


def _tell_stopped(bench: Workbench) -> None:
    """Say which pipeline a night that was rolled back has left standing, and how it starts."""
    name, environment = progress.pipeline_left(bench.journal.entries())
    if not name:
        return
    where = ["--environment", environment] if environment else []
    start = shlex.join(["tfswap", "pipeline", "start", name, *where])
    told = [f"The ingestion pipeline {name} was stopped, and not started since."]
    told += _either("If no swap follows now:", start, bench.console.width)
    bench.console.out("\n".join(told))


def _night(bench: Workbench) -> tuple[str, str]:
    """Return the commands that go on with the night under way, and that give it up early.

    Empty where no night is under way, and where it stopped no pipeline.
    """
    entries = progress.open_night(bench.journal.entries())
    if not entries:
        return "", ""
    start = ["tfswap", "pipeline", "start", "--environment", str(entries[0].get("environment"))]
    stopped = any(entry.get("event") == "pipeline-stopped" for entry in entries)
    return str(entries[0].get("again", "")), shlex.join(start) if stopped else ""


def _at_work(bench: Workbench) -> Standing | None:
    """Return how things stand while a Terraform goes on whose tfswap was killed."""
    child = Children(bench.home.children).at_work()
    if child is None:
        return None
    line = f"✗ terraform {child.command} is at work (process {child.pid}, {child.since:%H:%M} UTC)"
    return Standing((line,), "wait for it to end, then tfswap status")


def _stand(bench: Workbench, swap: Swap, *, offline: bool) -> Standing:
    """Go through the stages in order; the first that is not done names the next command."""
    lines = [f"{t.old_name} -> {t.new_name} at {t.address}" for t in swap.tables]
    names = " ".join(shlex.quote(table.new_value) for table in swap.tables)
    on_branch = bench.git.branch() == swap.branch
    edited = _edited(bench, swap)
    if edited and not on_branch and is_finished(bench, swap):
        lines.append(f"✓ finished, and {bench.git.branch() or 'what is checked out'} has the edit")
        return Standing(tuple(lines), left_once_merged(bench, swap))
    lines += [
        _mark(on_branch, f"branch {swap.branch}", f"checked out: {bench.git.branch() or 'none'}"),
        _mark(edited, "tfvars name the restored table", "they name another"),
    ]
    if not (on_branch and edited):
        strange = _strange(bench, swap)
        return Standing(tuple(lines), strange or f"tfswap prepare {names}")
    if offline:
        there = errored.path_of(bench, swap).is_file()
        lines += [f"? {errored.NAME} is there, not compared with the state"] if there else []
        return Standing((*lines, "? state: not read (--offline)"), "tfswap status")
    try:
        _, state = pull(bench, bench.terraform(swap), swap)
    except TfswapError as error:
        return Standing((*lines, f"? state: {error.message}"), error.hint or "tfswap status")
    return _stand_in_state(bench, swap, state, lines)


def _stand_in_state(bench: Workbench, swap: Swap, state: State, lines: list[str]) -> Standing:
    due = [step.title for step in steps_of(swap) if step.due(state)]
    lines.append(_mark(not due, f"state (serial {state.serial}) holds the restored table", ""))
    lines += [f"    still to do: {title}" for title in due]
    lines += _unfinished(bench)
    lines += leftovers(bench.home)
    unsaved = errored.look(bench, swap, bench.terraform(swap), state)
    if unsaved is not None:
        lines.append(f"{'✗' if unsaved.following else '·'} {unsaved.told}")
    if unsaved is not None and unsaved.following:
        return Standing(tuple(lines), unsaved.following)
    if due:
        return Standing(tuple(lines), "tfswap run")
    bound, digest = verdicts.load(bench.home.verdict), verdicts.swap_digest(swap)
    found = bound and (bound.swap, bound.lineage, bound.serial)
    if bound is None or found != (digest, state.lineage, state.serial):
        return Standing((*lines, "✗ plan: none verified for this state"), "tfswap verify-plan")
    return _stand_with_verdict(bench, swap, bound, lines)


def _unfinished(bench: Workbench) -> list[str]:
    """Say which applies were begun and did not end well; ``verify-plan`` judges what is left."""
    return [
        f"✗ the apply begun {begun.spoken(entry)} did not end well"
        for entry in begun.unfinished(bench.journal)
    ]


def leftovers(home: Home) -> list[str]:
    """Return what a killed command left in ``.tfswap/``, and what becomes of it."""
    lines = []
    if home.scratch.exists():
        lines.append(
            f"· left behind: {home.scratch.name}/, of a killed rehearsal; the next clears it"
        )
    kept = [path.name for path in home.begun]
    if kept:
        lines.append(f"· kept until the swap is applied: {', '.join(kept)}")
    return lines


def _begun_since(bench: Workbench, bound: BoundVerdict) -> bool:
    """Whether the plan of this verdict was begun: what is left of it needs a plan of its own."""
    return any(
        entry.get("plan_sha256") == bound.sha256 for entry in begun.unfinished(bench.journal)
    )


def _stand_with_verdict(
    bench: Workbench, swap: Swap, bound: BoundVerdict, lines: list[str]
) -> Standing:
    when = f"{bound.at:%d %b %H:%M} UTC"
    good = bound.verdict in ("ready", "applied")
    lines.append(_mark(good, f"plan of {when}: {bound.verdict}", ""))
    if bound.verdict == "ready":
        again = _begun_since(bench, bound)
        return Standing(tuple(lines), "tfswap verify-plan" if again else "tfswap apply")
    if bound.verdict != "applied":
        return Standing(tuple(lines), "tfswap verify-plan (once what it names is mended)")
    return Standing(tuple(lines), left_to_do(bench, swap))


def _strange(bench: Workbench, swap: Swap) -> str:
    """Return how to undo an edit that is neither the outgoing nor the restored name."""
    for table in swap.tables:
        leaf = tfvars.read(bench.git.root / table.leaf.file, table.leaf.file).leaf(
            table.leaf.pointer
        )
        if leaf.value not in (table.leaf.value, table.new_value):
            where = f"{leaf.file}:{leaf.line}"
            return f"{where} is {leaf.value!r}, which is neither name: set it back by hand"
    return ""


def _edited(bench: Workbench, swap: Swap) -> bool:
    for table in swap.tables:
        found = tfvars.read(bench.git.root / table.leaf.file, table.leaf.file)
        if found.leaf(table.leaf.pointer).value != table.new_value:
            return False
    return True


def _mark(done: bool, text: str, otherwise: str) -> str:
    more = f" ({otherwise})" if otherwise and not done else ""
    return f"{'✓' if done else '✗'} {text}{more}"
