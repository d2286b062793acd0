"""The checks in order, and how they are gone through: one that fails hides none of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Flag, auto

from tfswap.doctor import (
    backend,
    binary,
    credentials,
    disk,
    hangers,
    initialised,
    lock,
    restored,
    variables,
    worktree,
)
from tfswap.doctor.line import Level, Line, stop, warning
from tfswap.doctor.scene import NotLookedError, Scene
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
    look: Callable[[Scene], Iterator[Line]]
    needs: Needs = Needs.NOTHING


BOTH = Needs.NETWORK | Needs.SWAP

CHECKS = (
    Check("work tree", worktree.look),
    Check("remote", worktree.remote, Needs.NETWORK),
    Check("folder", disk.folder),
    Check("disk", disk.room),
    Check("terraform", binary.look),
    Check("init", initialised.look),
    Check("workspace", backend.workspace, Needs.NETWORK),
    Check("state", backend.state, Needs.NETWORK),
    Check("variables", variables.look),
    Check("credentials", credentials.identity, Needs.NETWORK),
    Check("role", credentials.role, Needs.NETWORK),
    Check("lock", lock.look, Needs.NETWORK),
    Check("restored table", restored.look, BOTH),
    Check("managed once", restored.managed, BOTH),
    Check("ids", restored.arn_ids, Needs.NETWORK),
    Check("hangs on it", hangers.in_state, BOTH),
    Check("outside Terraform", hangers.in_aws, BOTH),
)


@dataclass(frozen=True)
class Examination:
    """What was found."""

    lines: tuple[tuple[str, Line], ...]
    """Name of the check, and what it said."""

    def count(self, level: Level) -> int:
        """Return how many lines are of a level."""
        return sum(line.level is level for _, line in self.lines)


def examine(scene: Scene) -> Examination:
    """Go through every check that can be made."""
    lines: list[tuple[str, Line]] = []
    blind: dict[str, list[str]] = {}
    for check in CHECKS:
        if _is_possible(check, scene):
            lines += [(check.name, line) for line in _asked(check, scene, blind)]
    for why, names in blind.items():
        lines.append(("not looked at", warning(f"{', '.join(names)}: {why}")))
    return Examination((*lines, *_left_out(scene)))


def _is_possible(check: Check, scene: Scene) -> bool:
    if scene.offline and Needs.NETWORK in check.needs:
        return False
    return not (scene.swap is None and Needs.SWAP in check.needs)


def _asked(check: Check, scene: Scene, blind: dict[str, list[str]]) -> Iterator[Line]:
    """Yield what a check says; an error that a line tells already goes into ``blind``."""
    try:
        yield from check.look(scene)
    except TfswapError as error:
        if error.message in {other.message for other in scene.told}:
            blind.setdefault(_sentence(error.message), []).append(check.name)
            return
        scene.told.append(error)
        # What tfswap cannot read, Terraform may; what stands in nobody's way is no stop.
        unread = isinstance(error, RepoError | NotLookedError) and not isinstance(
            error, AmbiguousError
        )
        yield (warning if unread else stop)(_sentence(error.message), error.hint)
    except Exception as error:
        # A check must not take the others with it, nor pass.
        yield warning(f"not known: the check itself failed ({type(error).__name__}: {error})")


def _left_out(scene: Scene) -> Iterator[tuple[str, Line]]:
    """Say what was not looked at, and why, in one line each."""
    unprepared = [c.name for c in CHECKS if scene.swap is None and Needs.SWAP in c.needs]
    unreached = [
        c.name
        for c in CHECKS
        if scene.offline and Needs.NETWORK in c.needs and c.name not in unprepared
    ]
    if unreached:
        yield "offline", warning(f"not looked at (--offline): {', '.join(unreached)}")
    if unprepared:
        text = f"not looked at before tfswap prepare: {', '.join(unprepared)}"
        yield "prepare", Line(Level.OK, text)


def _sentence(message: str) -> str:
    return message.removesuffix(".")
