"""``tfswap demo``: a whole night on this machine, every command as a user would type it."""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tfswap.console import Console
from tfswap.demo.aws_facts import read_aws
from tfswap.demo.world import World, build
from tfswap.errors import TfswapError, UsageError

_OLD, _NEW, _DATE = "production-Lpas", "production-Lpas-20240715", "20240715"


def demo(console: Console, *, keep: Path | None = None) -> int:
    """Build a small world, swap a table in it, and read AWS to show what came of it.

    Args:
        console: Where it is told.
        keep: A new folder to build in and leave there, server included; a temporary one if None.

    Returns:
        0 when everything is as it should be after a swap.
    """
    with _world(console, keep) as world:
        console.out("\n# The commands of a restore, run in the repository:")
        for arguments in (
            ["pipeline", "stop", "--yes"],
            ["backups", "Lpas"],
            ["restore", "Lpas", "--date", _DATE, "--yes"],
            ["prepare", "Lpas-20240715"],
            ["compare"],
            ["run", "--yes"],
            ["verify-plan"],
            ["apply", "--yes"],
            ["status"],
        ):
            _type(console, world, arguments)
        code = _prove(console, world)
        if keep is not None:
            _tell_kept(console, world)
    return code


@contextmanager
def _world(console: Console, keep: Path | None) -> Iterator[World]:
    """Build the world; take it down again unless it is to be kept."""
    if keep is not None:
        if keep.exists():
            raise UsageError(f"{keep} already exists.", hint="Choose a folder that does not exist.")
        yield build(keep.absolute(), stay=True, say=console.say)
        return
    with tempfile.TemporaryDirectory(prefix="tfswap-demo-") as folder:
        world = build(Path(folder), say=console.say)
        try:
            yield world
        finally:
            world.close()


def _type(console: Console, world: World, arguments: list[str]) -> None:
    """Show a command as typed, run it with our own streams, and stop where it fails."""
    console.out(f"\n$ {shlex.join(['tfswap', *arguments])}")
    argv = [sys.executable, "-m", "tfswap", *arguments]
    code = subprocess.run(argv, cwd=world.repo, env=dict(world.env), check=False).returncode
    if code:
        raise TfswapError(
            f"The demo stopped: tfswap {arguments[0]} ended with {code}.",
            hint="Run it with --keep DIR, then read DIR/repo/.tfswap/terraform.log.",
        )


def _prove(console: Console, world: World) -> int:
    """Say what AWS holds now, and that a new plan has nothing left to do."""
    console.out("\n# What AWS reports now (read with boto3):")
    facts = read_aws(world.client, _OLD, _NEW)
    for fact in facts:
        console.out(f"  {'✓' if fact.holds else '✗'} {fact.what}")
    with console.step("plan once more"):
        empty = world.plan() == 0
    console.out("  ✓ a new plan has no changes" if empty else "  ✗ a new plan has changes")
    good = empty and all(fact.holds for fact in facts)
    console.out(
        "\nThe restored table is in service. Nothing else changed. The outgoing table still exists."
        if good
        else "\nSome checks failed: see ✗ above."
    )
    return 0 if good else 1


def _tell_kept(console: Console, world: World) -> None:
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
    console.out(f"To stop the stand-in AWS: kill {world.server.pid}")
