"""The journal's events about branch, state, plan and pull request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import msgspec

from tfswap.journal.event import Event, Names


class Preparing(Event, frozen=True):
    """``prepare`` leaves another branch for the swap's."""

    branch: str = ""
    came_from: str | None = None
    commit: str = ""
    created: bool = False


class Prepared(Event, frozen=True):
    """Branch, edit and script are there."""

    branch: str = ""
    environment: str = ""
    renames: tuple[tuple[str, str], ...] = ()


class Rehearsed(Event, frozen=True):
    """A plan on a scratch copy was judged."""

    serial: int | None = None
    verdict: str = ""


class StepBegun(Event, frozen=True, tag="step"):
    """A state command begins."""

    title: str = ""
    argv: Names = ()


class StepDone(Event, frozen=True):
    """It ended well."""

    title: str = ""


class DirectBegun(Event, frozen=True, tag="direct"):
    """``run --direct`` begins on the real state."""


class _WriteBegun(Event, frozen=True):
    pulled_serial: int | None = None
    sha256: str = ""


class _Written(Event, frozen=True):
    serial: int | None = None
    lineage: str = ""


class _WriteError(Event, frozen=True):
    error: str = ""
    """Name of the error's class."""


class PushBegun(_WriteBegun, frozen=True, tag="push"):
    """The rehearsed state is pushed."""


class Pushed(_Written, frozen=True):
    """The state holds the restored table."""

    found: bool = False
    """It was seen there later; the command that wrote it never said so."""


class PushRefused(_WriteError, frozen=True):
    """Nothing was written."""


class PushFailed(_WriteError, frozen=True):
    """Whether anything was written is not known."""


class PushOverwritten(_Written, frozen=True):
    """Another writer's state stands where the push was."""


class RollbackPushBegun(_WriteBegun, frozen=True, tag="rollback-push"):
    """The backed-up state is pushed back."""


class RollbackPushed(_Written, frozen=True):
    """It is back."""


class RollbackPushRefused(_WriteError, frozen=True):
    """Nothing was written."""


class RollbackPushFailed(_WriteError, frozen=True):
    """Whether anything was written is not known."""


class Verified(Event, frozen=True):
    """A saved plan was judged."""

    verdict: str = ""
    plan_sha256: str = ""
    serial: int | None = None


class ApplyBegun(Event, frozen=True, tag="apply"):
    """The verified plan is applied."""

    plan_sha256: str = ""
    serial: int | None = None
    workspace: str | None = None


class _ApplyEnded(Event, frozen=True):
    plan_sha256: str = ""
    serial: int | None = None
    workspace: str | None = None
    done: int | None = None
    failed: int | None = None
    half: int | None = None
    open: int | None = None
    not_begun: int | None = None

    @classmethod
    def of(cls, begun: ApplyBegun, counts: Mapping[str, int], **facts: str) -> Self:
        """Return the end of an apply, and how many changes got how far."""
        same = {name: getattr(begun, name) for name in ApplyBegun.__struct_fields__[:3]}
        return msgspec.convert({**same, **counts, **facts}, cls)


class Applied(_ApplyEnded, frozen=True):
    """Every change is done."""


class ApplyFailed(_ApplyEnded, frozen=True):
    """It ended midway."""

    error: str = ""


class ApplyRefused(_ApplyEnded, frozen=True):
    """Terraform refused before the first change."""

    error: str = ""


class Committed(Event, frozen=True):
    """The edit is committed."""

    branch: str = ""
    commit: str = ""


class _OnBranch(Event, frozen=True):
    branch: str = ""


class Proposed(_OnBranch, frozen=True):
    """The branch was pushed before the apply."""

    base: str = ""
    commit: str = ""
    url: str = ""


class Finished(Proposed, frozen=True):
    """The branch was pushed, with the swap applied."""


class RollbackBegun(_OnBranch, frozen=True):
    """``rollback`` undoes the swap."""


class RolledBack(_OnBranch, frozen=True):
    """It is undone."""


class Replaced(_OnBranch, frozen=True):
    """It is undone for a swap to another date."""


class RollbackBySwap(_OnBranch, frozen=True):
    """After an apply: the swap back is prepared."""
