"""The checks in order, and how they are gone through: one that fails hides none of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Flag, auto

from tfswap.doctor import (
    backend,
    credentials,
    dependents,
    disk,
    init_state,
    restored_tables,
    source,
    state_lock,
    terraform_binary,
    variables,
    working_tree,
)
from tfswap.doctor.context import DoctorContext, NotCheckedError
from tfswap.doctor.result import CheckResult, Level, stop, warning
from tfswap.errors import AmbiguousError, RepoError, TfswapError


class Needs(Flag):
    """What a check cannot do without."""

    NOTHING = 0
    NETWORK = auto()
    """Backend, AWS or the git remote: left out with ``--offline``."""
    SWAP = auto()
    """A prepared swap."""


@dataclass(frozen=True)
class Check:
    """One check: its name in the list, and what looks."""

    name: str
    look: Callable[[DoctorContext], Iterator[CheckResult]]
    needs: Needs = Needs.NOTHING


BOTH = Needs.NETWORK | Needs.SWAP

CHECKS = (
    Check("working tree", working_tree.check_working_tree),
    Check("remote", working_tree.check_remote, Needs.NETWORK),
    Check("folder", disk.check_folder),
    Check("disk", disk.check_disk_space),
    Check("terraform", terraform_binary.check_binary),
    Check("init", init_state.check_init),
    Check("workspace", backend.workspace, Needs.NETWORK),
    Check("state", backend.state, Needs.NETWORK),
    Check("variables", variables.check_variables),
    Check("credentials", credentials.identity, Needs.NETWORK),
    Check("role", credentials.role, Needs.NETWORK),
    Check("lock", state_lock.check_lock, Needs.NETWORK),
    Check("restored table", restored_tables.check_restored, BOTH),
    Check("its source", source.look, BOTH),
    Check("already managed", restored_tables.managed, BOTH),
    Check("ids", restored_tables.arn_ids, Needs.NETWORK),
    Check("depends on it", dependents.in_state, BOTH),
    Check("outside Terraform", dependents.in_aws, BOTH),
)


@dataclass(frozen=True)
class Examination:
    """What was found."""

    lines: tuple[tuple[str, CheckResult], ...]
    """Name of the check, and what it said."""

    def count(self, level: Level) -> int:
        """Return how many lines are of a level."""
        return sum(line.level is level for _, line in self.lines)


def examine(context: DoctorContext) -> Examination:
    """Go through every check that can be made."""
    lines: list[tuple[str, CheckResult]] = []
    blind: dict[str, list[str]] = {}
    for check in CHECKS:
        if _is_possible(check, context):
            lines += [(check.name, line) for line in _asked(check, context, blind)]
    for why, names in blind.items():
        lines.append(("not checked", warning(f"{', '.join(names)}: {why}")))
    return Examination((*lines, *_left_out(context)))


def _is_possible(check: Check, context: DoctorContext) -> bool:
    if context.offline and Needs.NETWORK in check.needs:
        return False
    return not (context.swap is None and Needs.SWAP in check.needs)


def _asked(
    check: Check, context: DoctorContext, blind: dict[str, list[str]]
) -> Iterator[CheckResult]:
    """Yield what a check says; an error that a line tells already goes into ``blind``."""
    try:
        yield from check.look(context)
    except TfswapError as error:
        if error.message in {other.message for other in context.reported}:
            blind.setdefault(_sentence(error.message), []).append(check.name)
            return
        context.reported.append(error)
        # What tfswap cannot read, Terraform may; what stands in nobody's way is no stop.
        unread = isinstance(error, RepoError | NotCheckedError) and not isinstance(
            error, AmbiguousError
        )
        yield (warning if unread else stop)(_sentence(error.message), error.hint)
    except Exception as error:
        # A check must not take the others with it, nor pass.
        yield warning(f"unknown: the check itself failed ({type(error).__name__}: {error})")


def _left_out(context: DoctorContext) -> Iterator[tuple[str, CheckResult]]:
    """Say what was not looked at, and why, in one line each."""
    unprepared = [c.name for c in CHECKS if context.swap is None and Needs.SWAP in c.needs]
    unreached = [
        c.name
        for c in CHECKS
        if context.offline and Needs.NETWORK in c.needs and c.name not in unprepared
    ]
    if unreached:
        yield "offline", warning(f"not checked (--offline): {', '.join(unreached)}")
    if unprepared:
        text = f"not checked before tfswap prepare: {', '.join(unprepared)}"
        yield "prepare", CheckResult(Level.OK, text)


def _sentence(message: str) -> str:
    return message.removesuffix(".")
