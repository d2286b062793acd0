"""``tfswap demo``: a whole restore on this machine, every command as a user would type it."""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from tfswap.console import Console
from tfswap.demo.aws_facts import read_aws
from tfswap.demo.world import World, build
from tfswap.errors import TfswapError, UsageError

_OLD, _NEW, _DATE = "production-Lpas", "production-Lpas-20240715", "20240715"
_FIRST, _LAST = 6, 2
"""Lines shown at both ends of a folded output."""
_PAGE = "plan.html"
"""The verified plan's report, beside the repository."""


@dataclass(frozen=True)
class _Typed:
    """A command as it is typed, and what to tell before it."""

    words: str
    heading: str = ""
    reaches: str = ""
    """What ``--until`` calls the stage after it."""
    file: str = ""
    """Where its standard output goes, as behind ``>``."""
    reads: bool = False
    """Whether it changes nothing."""
    folded: bool = False
    """Whether a long output is cut where nobody watches a terminal."""


COMMANDS = (
    _Typed(
        "backups Lpas", "Is there a backup to restore from? Nothing is changed yet.", reads=True
    ),
    _Typed("pipeline stop --yes", "Stop the ingestion pipeline."),
    _Typed(f"restore Lpas --date {_DATE} --yes", "Restore the backup. The table gets a new name."),
    _Typed(
        f"prepare Lpas-{_DATE}", "Change the name in the configuration: one string.", "prepared"
    ),
    _Typed("compare", "Compare the two tables.", reads=True),
    _Typed(
        "run --yes",
        "Rehearse on a copy, verify the plan, and write the state once.",
        reaches="pushed",
    ),
    _Typed(
        "verify-plan --format html",
        "Plan on the real state, and keep the report as a page.",
        file=_PAGE,
        reads=True,
    ),
    _Typed("apply --yes", "Apply that plan.", "applied"),
    _Typed("finish --yes", "Commit, push, and write the pull request.", folded=True),
    _Typed("log", "Show who did what, and when.", reads=True),
    _Typed("status", reads=True),
)
"""What is typed, in order."""


def demo(console: Console, *, keep: Path | None = None, until: str = "") -> int:
    """Build a small world, swap a table in it, and read AWS to show what came of it.

    Args:
        console: Where it is told.
        keep: A new folder to build in and leave there, server included; a temporary one if None.
        until: The stage to stop at; with ``keep`` only.

    Returns:
        0 when everything is as it should be after a swap.

    Raises:
        UsageError: The folder is there already, or there is none to keep.
    """
    if until and keep is None:
        hint = f"tfswap demo --keep play --until {until}"
        raise UsageError("--until needs --keep.", hint=hint)
    with _world(console, keep) as world:
        for command in COMMANDS:
            with _said_if_interrupted(console, world, command, kept=keep is not None):
                _type(console, world, command)
            if until and command.reaches == until:
                _show_how_to_continue(console, world)
                return 0
        code = _prove(console, world)
        if keep is not None:
            _show_how_to_continue(console, world)
        _show_next(console, kept=keep is not None)
    return code


@contextmanager
def _world(console: Console, keep: Path | None) -> Iterator[World]:
    """Build the world; take it down again unless it is to be kept."""
    if keep is not None:
        if keep.exists():
            raise UsageError(f"{keep} already exists.", hint="Choose a folder that does not exist.")
        yield _built(console, keep.absolute(), detached=True)
        return
    with tempfile.TemporaryDirectory(prefix="tfswap-demo-") as folder:
        world = _built(console, Path(folder), detached=False)
        try:
            yield world
        finally:
            world.close()


def _built(console: Console, folder: Path, *, detached: bool) -> World:
    console.out("# Set up a stand-in AWS on this machine and apply a small service to it.")

    def waiting(text: str) -> None:
        console.waiting_for = text

    return build(
        folder, detached=detached, step=console.step, progress=waiting if console.live else None
    )


@contextmanager
def _said_if_interrupted(
    console: Console, world: World, command: _Typed, *, kept: bool
) -> Iterator[None]:
    """Say to whoever interrupts what was changed until then, and where that is now."""
    try:
        with nullcontext() if command.reads else console.writing(f"tfswap {command.words}"):
            yield
    except KeyboardInterrupt as stop:
        left = "is still running" if kept else "is stopped and deleted with its files"
        again = f"To stop it: kill {world.server.pid}" if kept else "To start again: tfswap demo"
        stop.details = (f"The stand-in AWS {left}.",)  # type: ignore[attr-defined]
        stop.hint = again  # type: ignore[attr-defined]
        if kept:
            _show_how_to_continue(console, world)
        raise


def _type(console: Console, world: World, command: _Typed) -> None:
    """Show a command as typed, run it with our own streams, and stop where it fails."""
    words = command.words.split()
    into = world.folder / command.file if command.file else None
    if command.heading:
        console.out(f"\n# {command.heading}")
    redirected = f" > ../{command.file}" if command.file else ""
    console.out(f"$ tfswap {command.words}{redirected}")
    argv = [sys.executable, "-m", "tfswap", *words]
    folded = command.folded and not console.terminal
    with into.open("w") if into else nullcontext(subprocess.PIPE if folded else None) as out:
        done = subprocess.run(
            argv, cwd=world.repo, env=dict(world.env), stdout=out, check=False, text=True
        )
    if folded:
        console.out("\n".join(fold(done.stdout.splitlines())))
    if done.returncode:
        raise TfswapError(
            f"The demo stopped: tfswap {words[0]} ended with {done.returncode}.",
            hint="Run it with --keep DIR, then read DIR/repo/.tfswap/terraform.log.",
        )


def fold(lines: list[str]) -> list[str]:
    """Return an output's first and last lines; those between them are only counted."""
    between = len(lines) - _FIRST - _LAST
    if between <= 1:
        return lines
    return [*lines[:_FIRST], f"… {between} more lines", *lines[-_LAST:]]


def _prove(console: Console, world: World) -> int:
    """Say what AWS holds now."""
    console.out("\n# What AWS reports now (read with boto3, not with Terraform):")
    facts = read_aws(world.client, _OLD, _NEW)
    for fact in facts:
        console.out(f"  {'✓' if fact.holds else '✗'} {fact.what}")
    good = all(fact.holds for fact in facts)
    console.out(
        "\nThe restored table is in service. Nothing else changed. The outgoing table still exists."
        if good
        else "\nSome checks failed: see ✗ above."
    )
    return 0 if good else 1


def _show_how_to_continue(console: Console, world: World) -> None:
    """Say how to go on playing: where the repository is, the variables, and how to stop it."""
    script = world.folder / "env.sh"
    names = ("AWS_", "TF_", "NO_PROXY", "CHECKPOINT_")
    lines = [
        f"export {name}={shlex.quote(value)}"
        for name, value in sorted(world.env.items())
        if name.startswith(names)
    ]
    script.write_text("\n".join([*lines, ""]))
    console.out(f"\nTo continue with the demo: cd {shlex.quote(str(world.repo))} && . {script}")
    console.out("Then run: tfswap status")
    if (page := world.folder / _PAGE).is_file():
        console.out(f"The plan's report: {page}")
    console.out(f"To stop the stand-in AWS: kill {world.server.pid}")


def _show_next(console: Console, *, kept: bool) -> None:
    """Say what to try and to read next."""
    if not kept:
        stages = "|".join(command.reaches for command in COMMANDS if command.reaches)
        console.out(f"\nTo try the commands yourself: tfswap demo --keep play [--until {stages}]")
    console.out("The same as one guided run: tfswap swap Lpas --restore latest")
    console.out("More: tfswap help, tfswap rules, docs/tutorial.md")
