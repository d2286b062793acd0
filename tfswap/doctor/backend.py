"""Whether the backend answers, and has the workspace; looking makes none."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.doctor.context import DoctorContext
from tfswap.doctor.result import CheckResult, ok, stop, warning


def workspace(context: DoctorContext) -> Iterator[CheckResult]:
    """Look for the workspace in the backend's list."""
    there = context.workspaces()
    wanted = context.workspace
    if wanted not in there:
        yield stop(
            f"the backend has no workspace {wanted!r}; it has {', '.join(there) or 'none'}",
            "Choose another: tfswap prepare … --environment or --workspace",
        )
        return
    yield ok(f"the backend has the workspace {wanted}")
    chosen = context.environ.get("TF_WORKSPACE")
    if chosen and chosen != wanted:
        yield warning(
            f"TF_WORKSPACE is {chosen}; tfswap uses {wanted}",
            "Your own terraform commands use the other workspace. To avoid that: unset "
            "TF_WORKSPACE",
        )


def state(context: DoctorContext) -> Iterator[CheckResult]:
    """Read the state."""
    found = context.state()
    if not found.instances:
        yield stop(
            f"the state of {context.workspace} has no resources: nothing was ever applied there",
            "Choose another: tfswap prepare … --environment or --workspace",
        )
        return
    yield ok(f"the state has serial {found.serial} and {len(found.instances)} resources")
