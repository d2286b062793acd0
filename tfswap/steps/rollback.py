"""The way back in the state: whether there is one, and which state goes back.

Read from what is: the state as it was just pulled, the backups, and the states that were pushed
(``steps.push`` keeps them). The journal only says what was begun. Nothing is put back unless the
state is exactly what tfswap left: whatever anybody wrote afterwards would be lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfswap.errors import TerraformError
from tfswap.journal.events import PushBegun
from tfswap.journal.progress import WriteProgress
from tfswap.journal.writer import Journal
from tfswap.names import mentions
from tfswap.steps.push import ROLLBACK_PUSH, push
from tfswap.steps.swap_steps import touched
from tfswap.swap import Swap
from tfswap.swap_directory import SwapDirectory
from tfswap.terraform.client import Terraform
from tfswap.terraform.state_file import State, differing, parse


@dataclass(frozen=True)
class Untouched:
    """The state holds the outgoing tables: there is nothing to undo in it."""

    now: State
    data: bytes
    block_earlier_push: bool
    """A push was begun and nobody knows how it ended: it may still be under way."""


@dataclass(frozen=True)
class RollbackPlan:
    """The backup that goes back."""

    now: State
    backup: Path
    data: bytes
    serial: int
    """The backup's own serial."""
    missing: tuple[str, ...]
    """Tables' addresses the state does not hold at all (``--direct``, half way)."""


@dataclass(frozen=True)
class RollbackBlocked:
    """The backup must not go back."""

    why: str
    details: tuple[str, ...]
    begun: bool = False
    """An apply was begun: consumers follow the restored table, in AWS or in the state."""
    missing: tuple[str, ...] = ()
    """Tables' addresses the state does not hold at all."""


@dataclass(frozen=True)
class _SavedState:
    """A state kept on disk."""

    path: Path
    data: bytes
    state: State


def rollback_plan(
    swap: Swap, data: bytes, directory: SwapDirectory, writes: WriteProgress
) -> Untouched | RollbackPlan | RollbackBlocked:
    """Say what can be undone in the state.

    Args:
        swap: The swap.
        data: The state as it was just pulled.
        directory: Holds the backups and what was pushed.
        writes: Whether an apply was begun, and which kind of write came last.
    """
    now = parse(data)
    if all(_name_in_state(now, table.address) == table.old_name for table in swap.tables):
        return Untouched(now, data, writes.push_open)
    before = _before(swap, now, directory)
    if _apply_begun(swap, now, before, writes):
        return RollbackBlocked(
            "An apply was started: resources already use the restored table.", (), begun=True
        )
    if before is None:
        why = ".tfswap/ has no backup of the state with the outgoing table."
        return RollbackBlocked(why, (f"serial now {now.serial}",), missing=_missing(swap, now))
    last = _pushed_last(swap, now, directory)
    if last is not None and _same(last, data, now):
        return _plan(swap, now, before)
    if writes.begun is not PushBegun and _left_by_commands(swap, before.state, now):
        return _plan(swap, now, before)
    return _written_since(swap, now, last, before)


def push_backup(
    terraform: Terraform, directory: SwapDirectory, journal: Journal, way: RollbackPlan
) -> int:
    """Push the backup's content over what tfswap left, by compare-and-swap.

    Returns:
        The state's serial afterwards.

    Raises:
        StateMovedError, StateLockedError: Somebody was quicker; nothing was changed.
    """
    doing = "restore the backed-up state"
    return push(terraform, directory, journal, way.now, way.data, kinds=ROLLBACK_PUSH, doing=doing)


def block_earlier_push(
    terraform: Terraform, directory: SwapDirectory, journal: Journal, way: Untouched
) -> int:
    """Write the state once more as it is, so that a push begun earlier cannot land any more.

    Its serial is then no longer above the state's, and Terraform refuses it.

    Returns:
        The state's serial afterwards.

    Raises:
        StateMovedError: It landed first, or somebody wrote; look again.
    """
    doing = "make sure that the earlier push can no longer succeed"
    return push(terraform, directory, journal, way.now, way.data, kinds=ROLLBACK_PUSH, doing=doing)


def _plan(swap: Swap, now: State, before: _SavedState) -> RollbackPlan:
    return RollbackPlan(now, before.path, before.data, before.state.serial, _missing(swap, now))


def _missing(swap: Swap, now: State) -> tuple[str, ...]:
    return tuple(t.address for t in swap.tables if t.address not in now.instances)


def _name_in_state(state: State, address: str) -> object:
    held = state.instances.get(address)
    return held.attributes.get("name") if held else None


def _before(swap: Swap, now: State, directory: SwapDirectory) -> _SavedState | None:
    """Return the newest backup of this state in which no step was done."""
    kept = [
        each
        for each in _read([*directory.backups(swap.workspace), *directory.taken_by_hand()])
        if each.state.lineage == now.lineage
        and each.state.serial < now.serial
        and all(
            _name_in_state(each.state, table.address) == table.old_name for table in swap.tables
        )
    ]
    return max(kept, key=lambda each: each.state.serial, default=None)


def _pushed_last(swap: Swap, now: State, directory: SwapDirectory) -> _SavedState | None:
    """Return the newest state pushed here that the state may still be."""
    kept = [
        each
        for each in _read(directory.all_pushed(swap.workspace))
        if each.state.lineage == now.lineage and each.state.serial <= now.serial
    ]
    return max(kept, key=lambda each: each.state.serial, default=None)


def _read(paths: Iterable[Path]) -> Iterable[_SavedState]:
    """Yield the states that can be read; one that cannot tells nothing."""
    for path in paths:
        try:
            data = path.read_bytes()
            yield _SavedState(path, data, parse(data))
        except (TerraformError, OSError):
            continue


def _same(pushed: _SavedState, data: bytes, now: State) -> bool:
    """Say whether the state is the pushed one; Terraform raises its serial once as it writes.

    On a local backend it writes twice, first with the serial it was given (measured): killed in
    between, the state has that one.
    """
    serials = (pushed.state.serial, pushed.state.serial + 1)
    same = now.serial in serials and not differing(pushed.state, now)
    return same and _outputs(pushed.data) == _outputs(data)


def _outputs(data: bytes) -> Mapping[str, Any]:
    outputs: Mapping[str, Any] = json.loads(data).get("outputs") or {}
    return outputs


def _left_by_commands(swap: Swap, before: State, now: State) -> bool:
    """Say whether the steps' commands, one by one, explain all of the difference.

    Each command raises the serial by one (facts.md), so that the serial gives away any other write.
    """
    if differing(before, now) - touched(swap):
        return False
    done = 0
    for table in swap.tables:
        name = _name_in_state(now, table.address)
        if name not in (None, table.old_name, table.new_name):
            return False
        done += {None: 1, table.new_name: 2}.get(name, 0)
    done += sum(a in before.instances and a not in now.instances for a in swap.release)
    done += sum(_marked(before, now, address) for address in swap.pipelines)
    return now.serial == before.serial + done


def _marked(before: State, now: State, address: str) -> bool:
    was, held = before.instances.get(address), now.instances.get(address)
    return held is not None and held.tainted and not (was is not None and was.tainted)


def _apply_begun(swap: Swap, now: State, before: _SavedState | None, writes: WriteProgress) -> bool:
    if writes.apply_begun:
        return True
    old = before.state.instances if before else {}
    for address, instance in now.instances.items():
        if address in touched(swap) or (address in old and old[address].raw == instance.raw):
            continue
        text = json.dumps(dict(instance.attributes))
        if any(mentions(text, table.new_name) for table in swap.tables):
            return True
    return False


def _written_since(
    swap: Swap, now: State, last: _SavedState | None, before: _SavedState
) -> RollbackBlocked:
    """Say what differs from what tfswap left."""
    if last is not None:
        others = sorted(differing(last.state, now))
        left = last.state.serial + 1
    else:
        others = sorted(differing(before.state, now) - touched(swap))
        left = None
    serials = f"serial now {now.serial}" + (f"; tfswap wrote {left}" if left else "")
    shown = [f"changed since: {address}" for address in others[:8]]
    if len(others) > 8:
        shown.append(f"… and {len(others) - 8} more")
    if not others:
        shown = ["no resource differs; only outputs, or changes that were reverted"]
    why = "Someone wrote the state after tfswap did; a rollback would undo that too."
    return RollbackBlocked(why, (serials, *shown), missing=_missing(swap, now))
