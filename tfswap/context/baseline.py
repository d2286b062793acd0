"""The baseline plan (docs/baseline.md): made beside a rehearsal, kept, and used while it fits.

It lies in ``.tfswap/``, and counts for a plan of the same swap, workspace and lineage, made from
the very same files within the same hours.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec

from tfswap.context.command_context import CommandContext
from tfswap.edit import files
from tfswap.errors import TfswapError
from tfswap.files import write_atomically
from tfswap.plan.document import read_plan
from tfswap.steps import verdict as verdicts
from tfswap.swap import Swap
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform import arguments, scratch
from tfswap.terraform.client import Terraform
from tfswap.terraform.file_set import files_to_copy
from tfswap.terraform.state_file import State
from tfswap.verify.model.baseline_plan import BaselinePlan
from tfswap.verify.model.intent import Intent

MAX_AGE = timedelta(hours=12)
_PLAN = "tfswap.plan"
_OWN = (_PLAN, "terraform.tfstate", "terraform.tfstate.d")


class SavedBaseline(msgspec.Struct, frozen=True):
    """What a kept baseline plan was made from."""

    plan_sha256: str
    files: dict[str, str]
    """Every file a plan may read -> sha256, with what the baseline plan itself wrote there."""
    lineage: str
    workspace: str
    swap: str
    """sha256 of the swap."""
    at: Annotated[datetime, msgspec.Meta(tz=True)]


class BaselineRun:
    """A baseline plan in the making, in a thread of its own.

    Args:
        context: The command's surroundings.
        swap: What is swapped.
        terraform: In the real root module.
        data: The real state, as it was pulled.
        pulled: The same, read.
    """

    def __init__(
        self, context: CommandContext, swap: Swap, terraform: Terraform, data: bytes, pulled: State
    ) -> None:
        self._context, self._swap = context, swap
        # What it waits for must not stand beneath the step of the rehearsal that runs beside it.
        self._terraform = replace(terraform, runner=replace(terraform.runner, progress=None))
        self._data, self._pulled = data, pulled
        self._pool = ThreadPoolExecutor(1)
        self._made: Future[tuple[bytes, SavedBaseline]] | None = None
        if all(_name_at(pulled, t.address) == t.old_name for t in swap.tables):
            self._made = self._pool.submit(self._make)

    def plan(self) -> BaselinePlan | None:
        """Wait for the plan and keep it; None where none can be made, which stops nothing."""
        if self._made is None:
            return None
        try:
            shown, saved = self._made.result()
            plan = read_plan(shown)
            # Not in the thread: a rehearsal that fails before this leaves nothing behind.
            _save(self._context.directory, shown, saved)
        except (TfswapError, OSError) as error:
            why = error.message if isinstance(error, TfswapError) else str(error)
            self._context.console.warn(f"No baseline plan: {why} The plan is verified without it.")
            return None
        return BaselinePlan(plan, "made now, without the swap")

    def close(self) -> None:
        """Wait for the thread, and remove its scratch folder."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        shutil.rmtree(self._context.directory.baseline_scratch, ignore_errors=True)

    def _make(self) -> tuple[bytes, SavedBaseline]:
        context, swap = self._context, self._swap
        repo, folder = context.git.root, context.directory.baseline_scratch
        before = _fingerprint(context, self._terraform)
        copy = scratch.prepare(self._terraform, repo, context.git.files(), folder, swap.workspace)
        top = folder / "repo"
        for file in dict.fromkeys(table.leaf.file for table in swap.tables):
            data = (top / file).read_bytes()
            write_atomically(top / file, files.swapped(data, file, swap.tables, back=True))
        copy.place(self._data)
        words = arguments.plan(_PLAN, swap.var_files)
        copy.terraform.run(words, "plan without the swap", accept=(0, 2))
        shown = copy.terraform.show(_PLAN)
        written = {name: _digest(top / name) for name in _written(top) if name not in before}
        saved = SavedBaseline(
            hashlib.sha256(shown).hexdigest(),
            {**written, **before},
            self._pulled.lineage,
            swap.workspace,
            verdicts.swap_digest(swap),
            datetime.now(UTC),
        )
        return shown, saved


def with_baseline(
    context: CommandContext, swap: Swap, terraform: Terraform, intent: Intent, lineage: str
) -> Intent:
    """Return the intent with the kept baseline plan, where it fits what is judged.

    Args:
        context: Holds the kept plan.
        swap: The swap as it is prepared now.
        terraform: In the real root module.
        intent: What the plan is to do.
        lineage: Of the state the judged plan was made from.
    """
    directory = context.directory
    try:
        saved = msgspec.json.decode(directory.baseline_facts.read_bytes(), type=SavedBaseline)
        data = directory.baseline.read_bytes()
    except (OSError, msgspec.DecodeError):
        return intent
    if why := _unfit(context, swap, terraform, saved, data, lineage):
        context.console.say(f"the saved baseline plan is not used: {why}")
        return intent
    origin = f"made at {saved.at:%H:%M} UTC, without the swap"
    return replace(intent, baseline=BaselinePlan(read_plan(data), origin))


def forget_baseline(directory: SwapDirectory) -> None:
    """Remove the kept baseline plan."""
    for path in (directory.baseline_facts, directory.baseline):
        path.unlink(missing_ok=True)


def _unfit(
    context: CommandContext,
    swap: Swap,
    terraform: Terraform,
    saved: SavedBaseline,
    data: bytes,
    lineage: str,
) -> str:
    """Return why a kept baseline plan is not one of the plan that is judged; empty where it is."""
    if hashlib.sha256(data).hexdigest() != saved.plan_sha256:
        return "the file was changed"
    if (saved.swap, saved.workspace) != (verdicts.swap_digest(swap), swap.workspace):
        return "it belongs to another swap"
    if saved.lineage != lineage:
        return "it belongs to another state"
    if saved.at > datetime.now(UTC):
        return "it is dated in the future: this machine's clock was set back"
    if datetime.now(UTC) - saved.at > MAX_AGE:
        return f"it is older than {MAX_AGE.total_seconds() / 3600:.0f} hours"
    now = _fingerprint(context, terraform)
    changed = sorted(name for name in now if saved.files.get(name) != now[name])
    return (f"{changed[0]} has changed since then") if changed else ""


def _name_at(state: State, address: str) -> object:
    held = state.instances.get(address)
    return held.attributes.get("name") if held is not None else None


def _fingerprint(context: CommandContext, terraform: Terraform) -> dict[str, str]:
    """Return every file a plan may read, with its digest."""
    repo = context.git.root
    data_dir = scratch.data_directory(terraform.root, terraform.runner.env)
    names = files_to_copy(repo, terraform.root, context.git.files(), data_dir)
    found = {name: _digest(repo / name) for name in names}
    return {**found, "modules": _digest(data_dir / "modules" / "modules.json")}


def _digest(path: Path) -> str:
    if path.is_symlink():
        return f"-> {path.readlink()}"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _written(top: Path) -> Iterator[str]:
    """Yield the files of a scratch copy; those Terraform and tfswap put there are left out."""
    for folder, below, names in os.walk(top):
        below[:] = [name for name in below if name not in (".terraform", *_OWN)]
        own = {name for name in names if name in _OWN or name.endswith(scratch.OVERRIDE)}
        yield from ((Path(folder) / n).relative_to(top).as_posix() for n in names if n not in own)


def _save(directory: SwapDirectory, data: bytes, saved: SavedBaseline) -> None:
    """Write the plan first: facts that name no such plan are not used."""
    write_atomically(directory.baseline, data, 0o600)
    write_atomically(directory.baseline_facts, msgspec.json.encode(saved), 0o600)
