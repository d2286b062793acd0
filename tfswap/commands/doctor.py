"""``tfswap doctor``: what stands in the way of the swap, before and after ``prepare``."""

from __future__ import annotations

from tfswap.context.command_context import CommandContext
from tfswap.context.doctor_context import doctor_context_of
from tfswap.doctor.checks import Examination, examine
from tfswap.doctor.context import DoctorContext
from tfswap.doctor.output import Form, as_json, as_text
from tfswap.doctor.result import CheckResult, Level, stop
from tfswap.errors import ExitCode, RepoError, TfswapError
from tfswap.swap import Swap


def doctor(context: CommandContext, *, offline: bool = False, form: str = Form.TEXT) -> int:
    """Look at everything a swap needs, and change nothing.

    Args:
        context: The command's surroundings.
        offline: Leave out what needs the backend, AWS or the git remote.
        form: How it is shown: ``text`` or ``json``.

    Returns:
        0 where nothing is in the way, warnings or not; 2 with a stop.
    """
    swap, damaged = _prepared(context)
    doctor_context = doctor_context_of(context, swap, offline=offline)
    with context.console.step("check repository, Terraform, state and AWS"):
        found = examine(doctor_context)
    found = Examination((*damaged, *found.lines))
    code = int(ExitCode.USAGE if found.count(Level.STOP) else ExitCode.OK)
    if Form(form) is Form.JSON:
        context.console.out(as_json(found, _heading(doctor_context), code))
        return code
    console = context.console
    console.out(as_text(found, width=console.width, colour=console.colour))
    console.note(f"next: {_following(swap, found)}")
    return code


def _prepared(context: CommandContext) -> tuple[Swap | None, list[tuple[str, CheckResult]]]:
    """Return the swap, and a line where its file cannot be read: the other checks go on."""
    try:
        return context.directory.find(), []
    except RepoError as error:
        return None, [("swap file", stop(error.message.removesuffix("."), error.hint))]


def _heading(doctor_context: DoctorContext) -> dict[str, str]:
    try:
        root, workspace = doctor_context.root_module, doctor_context.workspace
    except TfswapError:
        root = workspace = ""
    environment = doctor_context.swap.environment if doctor_context.swap else ""
    return {"environment": environment, "workspace": workspace, "root_module": root}


def _following(swap: Swap | None, found: Examination) -> str:
    if found.count(Level.STOP):
        return "fix the blockers above, then tfswap doctor"
    return "tfswap status" if swap else "tfswap prepare Lpas-20240715 (the restored table's name)"
