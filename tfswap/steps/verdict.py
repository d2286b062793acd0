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
from typing import Annotated

import msgspec

from tfswap.errors import PlanError, RejectedError, RepoError
from tfswap.files import write_atomically
from tfswap.swap import Swap, encode

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
    swap: str
    """sha256 of the swap it was verified for."""
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    """When, in UTC."""
    version: int = VERSION


def bind(verdict: str, plan: Path, sha256: str, swap: Swap) -> BoundVerdict:
    """Bind a verdict to a saved plan file.

    Args:
        verdict: What was said of it.
        plan: The file.
        sha256: Its digest from before it was read and verified.
        swap: What it was verified for.

    Raises:
        PlanError: The file is not a plan Terraform saved, or changed while it was verified.
    """
    lineage, serial = made_from(plan)
    if digest(plan) != sha256:
        raise PlanError(
            f"The plan file {plan} changed while it was verified.",
            hint="Make sure nothing else writes there, then run tfswap verify-plan again.",
        )
    return BoundVerdict(
        verdict,
        str(plan),
        sha256,
        lineage,
        serial,
        swap.workspace,
        swap_digest(swap),
        datetime.now(UTC),
    )


def swap_digest(swap: Swap) -> str:
    """Return the sha256 of what a plan for this swap depends on, in hex.

    How Terraform is started, and who refers to the table, is no part of it: repeating ``prepare``
    with another prefix leaves a verdict as good as it was.
    """
    bare = tuple(msgspec.structs.replace(table, consumers=()) for table in swap.tables)
    same = msgspec.structs.replace(
        swap, tables=bare, prefix=(), terraform_bin="", role="", environment_origin=""
    )
    return hashlib.sha256(encode(same)).hexdigest()


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
            hint="Run tfswap verify-plan; it rewrites the file.",
        ) from error
    if bound.version != VERSION:
        return None
    # The plan lies beside its verdict, whatever path was written: .tfswap/ may be a copy.
    return msgspec.structs.replace(bound, plan=str(path.with_name(Path(bound.plan).name)))


def check_plan(bound: BoundVerdict | None, swap: Swap, max_age: timedelta) -> BoundVerdict:
    """Return the verdict when the plan file may be applied as far as the disk tells.

    Raises:
        RejectedError: Never verified, not ready, changed since, too old, or another swap's.
    """
    if bound is None:
        raise _refusal("No plan is verified yet.")
    plan = Path(bound.plan)
    if not plan.is_file():
        raise _refusal(f"The verified plan {plan} does not exist any more.")
    if bound.verdict != "ready":
        raise _refusal(
            f"The saved plan's verdict is: {bound.verdict}. Only a ready plan can be applied."
        )
    if digest(plan) != bound.sha256:
        raise _refusal(f"The plan file {plan} changed since it was verified.")
    if bound.workspace != swap.workspace:
        raise _refusal(
            f"The plan was verified for the workspace {bound.workspace!r}, not {swap.workspace!r}."
        )
    if bound.swap != swap_digest(swap):
        raise _refusal("The plan was verified for another swap.")
    check_age(bound, max_age)
    return bound


def check_age(bound: BoundVerdict, max_age: timedelta) -> None:
    """Make sure the verdict is not too old, nor from the future.

    Raises:
        RejectedError: It is.
    """
    now = datetime.now(UTC)
    age = now - bound.at
    if age < timedelta(0):
        raise _refusal(
            f"The verdict is dated {bound.at:%d %b %H:%M} UTC, and it is only {now:%d %b %H:%M} "
            "UTC now: this machine's clock was set back. The verdict's age is unknown."
        )
    if age > max_age:
        minutes = int(age.total_seconds() // 60)
        raise _refusal(
            f"The verdict is {minutes} minutes old; the state or configuration may have changed."
        )


def copy_private(bound: BoundVerdict, to: Path) -> None:
    """Copy the verified plan to a private file, and make sure of what was copied.

    Between a question and its answer the file may have been replaced: what is applied is the copy.

    Raises:
        RejectedError: It is not the plan that was verified.
    """
    data = Path(bound.plan).read_bytes()
    if hashlib.sha256(data).hexdigest() != bound.sha256:
        raise _refusal(f"The plan file {bound.plan} changed since it was verified.")
    write_atomically(to, data, 0o600)


def check_copy(bound: BoundVerdict, copy: Path) -> None:
    """Make sure once more, right before it is applied, that the private copy is that plan.

    Raises:
        RejectedError: It is not.
    """
    if digest(copy) != bound.sha256:
        raise _refusal(f"The private copy {copy} changed since it was verified.")


def check_state(bound: BoundVerdict, lineage: str, serial: int) -> None:
    """Make sure the state is the one the plan was made from.

    Raises:
        RejectedError: It moved.
    """
    if (lineage, serial) != (bound.lineage, bound.serial):
        raise _refusal(
            f"The state changed since the plan was verified (serial {bound.serial}, now {serial})."
        )


def digest(path: Path) -> str:
    """Return the sha256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _refusal(message: str) -> RejectedError:
    return RejectedError(message, hint="Make and verify a new plan: tfswap verify-plan")


def made_from(plan: Path) -> tuple[str, int]:
    """Return lineage and serial of the state a saved plan was made from.

    Raises:
        PlanError: The file is no saved plan.
    """
    try:
        state = json.loads(state_in(plan))
        return str(state["lineage"]), int(state["serial"])
    except (KeyError, ValueError, TypeError) as error:
        raise _no_plan(plan) from error


def state_in(plan: Path) -> bytes:
    """Return the state a saved plan was made from, as a state file.

    A saved plan is a zip with a member ``tfstate`` (Terraform source, internal/plans/planfile).

    Raises:
        PlanError: The file is no saved plan.
    """
    try:
        with zipfile.ZipFile(plan) as archive:
            return archive.read("tfstate")
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise _no_plan(plan) from error


def _no_plan(plan: Path) -> PlanError:
    return PlanError(
        f"{plan} is not a plan saved by terraform plan -out.",
        hint="Run tfswap verify-plan without a file: it makes and saves a plan.",
    )
