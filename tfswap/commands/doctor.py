"""``tfswap doctor``: what stands in the way of the swap, before and after ``prepare``."""

from __future__ import annotations

from dataclasses import replace

from tfswap.aws.session import Aws
from tfswap.commands.aws_access import open_aws
from tfswap.commands.workbench import Workbench
from tfswap.doctor.checks import Examination, examine
from tfswap.doctor.line import Level, Line, stop
from tfswap.doctor.scene import Scene
from tfswap.doctor.show import Form, as_json, as_text
from tfswap.errors import ExitCode, RepoError, TfswapError
from tfswap.swap import Swap


def doctor(bench: Workbench, *, offline: bool = False, form: str = Form.TEXT) -> int:
    """Look at everything a swap needs, and change nothing.

    Args:
        bench: The command's surroundings.
        offline: Leave out what needs the backend, AWS or the git remote.
        form: How it is shown: ``text`` or ``json``.

    Returns:
        0 where nothing is in the way, warnings or not; 2 with a stop.
    """
    swap, damaged = _prepared(bench)
    scene = scene_of(bench, swap, offline=offline)
    with bench.console.step("look at repository, Terraform, state and AWS"):
        found = examine(scene)
    found = Examination((*damaged, *found.lines))
    code = int(ExitCode.USAGE if found.count(Level.STOP) else ExitCode.OK)
    if Form(form) is Form.JSON:
        bench.console.out(as_json(found, _heading(scene), code))
        return code
    console = bench.console
    console.out(as_text(found, width=console.width, colour=console.colour))
    console.note(f"next: {_following(swap, found)}")
    return code


def _prepared(bench: Workbench) -> tuple[Swap | None, list[tuple[str, Line]]]:
    """Return the swap, and a line where its file cannot be read: the other checks go on."""
    try:
        return bench.home.find(), []
    except RepoError as error:
        return None, [("swap file", stop(error.message.removesuffix("."), error.hint))]


def scene_of(bench: Workbench, swap: Swap | None, *, offline: bool = False) -> Scene:
    """Return what the checks look at."""
    told = bench.remembering(swap) if swap else bench

    def door(region: str) -> Aws:
        partition = swap.partition if swap else "aws"
        return replace(open_aws(told, region=region, partition=partition), role="")

    return Scene(told.git, told.config, told.home, swap, told.terraform_in, door, offline)


def _heading(scene: Scene) -> dict[str, str]:
    try:
        root, workspace = scene.root_module, scene.workspace
    except TfswapError:
        root = workspace = ""
    environment = scene.swap.environment if scene.swap else ""
    return {"environment": environment, "workspace": workspace, "root_module": root}


def _following(swap: Swap | None, found: Examination) -> str:
    if found.count(Level.STOP):
        return "clear the stops above, then tfswap doctor"
    return "tfswap status" if swap else "tfswap prepare <restored table>, e.g. Lpas-20240715"
