"""A verdict belongs to one plan (design.md, decision 4).

Kept beside the saved plan: the plan file's sha256, the lineage and serial of the state it was made
from, workspace and time. ``apply`` refuses when any of them moved.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from tfswap.errors import PlanError, RejectedError, RepoError
from tfswap.files import write_atomically

VERSION = 1


class BoundVerdict(msgspec.Struct, frozen=True):
    """What was said of one saved plan."""

    verdict: str
    """``ready``, ``applied``, ``rejected`` or ``cannot tell``."""
    plan: str
    """Absolute path of the plan file."""
    sha256: str
    lineage: str
    serial: int
    """Serial of the state the plan was made from."""
    workspace: str
    at: datetime
    """When, in UTC."""
    version: int = VERSION


def bind(verdict: str, plan: Path, workspace: str) -> BoundVerdict:
    """Bind a verdict to a saved plan file.

    Raises:
        PlanError: The file is not a plan Terraform saved.
    """
    lineage, serial = _state_of(plan)
    return BoundVerdict(
        verdict, str(plan), digest(plan), lineage, serial, workspace, datetime.now(UTC)
    )


def save(path: Path, bound: BoundVerdict) -> None:
    """Write the verdict, 0600."""
    write_atomically(path, msgspec.json.encode(bound) + b"\n", 0o600)


def load(path: Path) -> BoundVerdict | None:
    """Return the verdict kept at ``path``, or None where there is none.

    Raises:
        RepoError: The file is damaged.
    """
    try:
        bound = msgspec.json.decode(path.read_bytes(), type=BoundVerdict)
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, OSError) as error:
        raise RepoError(
            f"{path} cannot be read as a verdict: {error}.",
            hint="Run tfswap verify-plan; it writes it anew.",
        ) from error
    return bound if bound.version == VERSION else None


def check_plan(bound: BoundVerdict | None, workspace: str, max_age: timedelta) -> BoundVerdict:
    """Return the verdict when the plan file may be applied as far as the disk tells.

    Raises:
        RejectedError: Never verified, not ready, changed since, too old, or another workspace's.
    """
    if bound is None:
        raise _refusal("No plan was verified yet.")
    plan = Path(bound.plan)
    if not plan.is_file():
        raise _refusal(f"The verified plan {plan} is gone.")
    if bound.verdict != "ready":
        raise _refusal(
            f"The saved plan's verdict is: {bound.verdict}. Only a ready one is applied."
        )
    if digest(plan) != bound.sha256:
        raise _refusal(f"The plan file {plan} changed since it was verified.")
    if bound.workspace != workspace:
        raise _refusal(
            f"The plan was verified for the workspace {bound.workspace!r}, not {workspace!r}."
        )
    age = datetime.now(UTC) - bound.at
    if not timedelta(0) <= age <= max_age:
        minutes = int(age.total_seconds() // 60)
        raise _refusal(
            f"The verdict is {minutes} minutes old; what it was made from may have moved."
        )
    return bound


def check_state(bound: BoundVerdict, lineage: str, serial: int) -> None:
    """Make sure the state is the one the plan was made from.

    Raises:
        RejectedError: It moved.
    """
    if (lineage, serial) != (bound.lineage, bound.serial):
        raise _refusal(
            f"The state moved since the plan was verified (serial {bound.serial}, now {serial})."
        )


def digest(path: Path) -> str:
    """Return the sha256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _refusal(message: str) -> RejectedError:
    return RejectedError(message, hint="Make and verify a new plan: tfswap verify-plan")


def _state_of(plan: Path) -> tuple[str, int]:
    """Read lineage and serial from the prior state inside a saved plan.

    A saved plan is a zip with a member ``tfstate`` (Terraform source, internal/plans/planfile).
    """
    try:
        with zipfile.ZipFile(plan) as archive:
            state = json.loads(archive.read("tfstate"))
        return str(state["lineage"]), int(state["serial"])
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise PlanError(
            f"{plan} is not a plan that terraform plan -out saved.",
            hint="Make one: tfswap verify-plan, without a file, plans and saves by itself.",
        ) from error
