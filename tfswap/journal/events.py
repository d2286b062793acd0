"""The journal's events: one class a kind, told apart on disk by the word in ``event``.

A field that a line lacks has its default, so that the journals of earlier versions are read. Adding
a kind: a class here, its words in ``report/event_text.py`` (a test names one that has none), and a
line in ``progress.py`` where it changes what is done or left to do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Self

import msgspec

from tfswap.guide.inputs import GuideInputs

Names = tuple[str, ...]


def _kebab(name: str) -> str:
    """Return ``push-refused`` for ``PushRefused``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


class Event(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="event", tag=_kebab
):
    """What every line says."""

    v: int = 0
    """Version of the journal's format; the writer sets it."""
    at: str = ""
    """When, in UTC."""
    who: str = ""
    """User and machine."""
    pair: str = ""
    """The names given with ``--pair``."""
    where: str = ""
    """``backend`` or ``rehearsal``: which state the commands ran on."""

    @property
    def kind(self) -> str:
        """The word that stands for this kind of event on disk."""
        return str(self.__struct_config__.tag)

    def bare(self) -> Self:
        """Return the event without when and by whom it was written."""
        return msgspec.structs.replace(self, v=0, at="", who="", pair="", where="")


class Unknown(Event, frozen=True):
    """An event of another version of tfswap; only its name is read."""

    name: str = ""

    @property
    def kind(self) -> str:
        """The word it had on disk."""
        return self.name


# prepare


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


# rehearsal, and the writes of the state


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


# verify-plan and apply


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
    done: int = 0
    failed: int = 0
    half: int = 0
    open: int = 0
    not_begun: int = 0

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


# finish and rollback


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


# tables: protect, restore, compare, retire


class _OfTable(Event, frozen=True):
    table: str = ""
    region: str = ""


class ProtectBegun(_OfTable, frozen=True, tag="protect"):
    """``run --protect`` found deletion protection off and switches it on."""


class Protected(_OfTable, frozen=True):
    """It is on."""


class UnprotectBegun(_OfTable, frozen=True, tag="unprotect"):
    """``rollback`` switches it off again."""


class Unprotected(_OfTable, frozen=True):
    """It is off."""


class RestoreRequested(_OfTable, frozen=True, tag="restore-start"):
    """A restore job is asked for."""

    point: str = ""
    account: str = ""
    token: str = ""
    key: str | None = None


class RestoreStarted(_OfTable, frozen=True):
    """AWS took the job."""

    point: str = ""
    account: str = ""
    job: str = ""


class RestoreFailed(_OfTable, frozen=True):
    """The job failed."""

    job: str = ""
    why: str = ""


class Restored(_OfTable, frozen=True):
    """The restored table is ACTIVE."""

    job: str = ""
    account: str = ""


class KeyChangeBegun(_OfTable, frozen=True, tag="key-change"):
    """The restored table's key is changed in place."""

    key: str = ""
    account: str = ""


class KeyChanged(_OfTable, frozen=True):
    """It has the new key."""

    key: str = ""
    account: str = ""


class SourceAccepted(_OfTable, frozen=True):
    """Somebody vouches for a restored table whose source AWS does not show."""

    id: str = ""


class ScanCount(Event, frozen=True):
    """Both tables were read whole."""

    tables: Names = ()


class RetireBegun(_OfTable, frozen=True):
    """The outgoing table is about to be deleted."""

    arn: str = ""
    id: str = ""
    regions: Names = ()


class RetireBackup(_OfTable, frozen=True):
    """It has a final backup."""

    backup: str = ""
    made: bool = False


class RetireStopped(_OfTable, frozen=True):
    """Something changed since it was checked; it was not deleted."""

    why: Names = ()


class RetireUnprotect(_OfTable, frozen=True):
    """Its protection is switched off."""


class RetireReplica(_OfTable, frozen=True):
    """A replica is deleted."""


class RetireReplicaDeleted(_OfTable, frozen=True):
    """It is gone."""


class RetireDelete(_OfTable, frozen=True):
    """The table is deleted."""

    arn: str = ""


class RetireDeleted(_OfTable, frozen=True):
    """It is gone."""

    arn: str = ""


class RetireAlarms(_OfTable, frozen=True):
    """Its alarms are deleted."""

    alarms: Names = ()


class Retired(_OfTable, frozen=True):
    """Nothing of it is left."""


# pipeline


class _OfPipeline(Event, frozen=True):
    pipeline: str = ""
    account: str = ""


class PipelineStop(_OfPipeline, frozen=True):
    """It is asked to stop."""


class PipelineStopped(_OfPipeline, frozen=True):
    """It has."""


class PipelineStart(_OfPipeline, frozen=True):
    """It is asked to start."""


class PipelineStarted(_OfPipeline, frozen=True):
    """It has."""


# the guided run


class GuideBegun(Event, frozen=True):
    """A guided run begins."""

    names: Names = ()
    environment: str = ""
    again: str = ""
    """The command to continue with."""
    inputs: GuideInputs = GuideInputs()


class GuideChanged(GuideBegun, frozen=True):
    """It is continued with other inputs."""


class GuideEnded(Event, frozen=True):
    """Every phase is done."""

    names: Names = ()


class _OfPhase(Event, frozen=True):
    phase: str = ""


class PhaseBegun(_OfPhase, frozen=True, tag="phase"):
    """A phase begins."""

    argv: Names = ()


class PhaseDone(_OfPhase, frozen=True):
    """It ended well."""


class PhaseNotNeeded(_OfPhase, frozen=True):
    """It had nothing to do."""


class PhaseSkipped(_OfPhase, frozen=True):
    """Somebody left it out."""


class PhaseFailed(_OfPhase, frozen=True):
    """It did not end well."""

    exit: int | None = None


class Confirmed(Event, frozen=True):
    """Somebody confirmed what only people can know."""

    item: str = ""
    by: str = ""


def _kinds(base: type[Event]) -> dict[str, type[Event]]:
    """Return every public kind, by its word on disk."""
    found: dict[str, type[Event]] = {}
    for kind in base.__subclasses__():
        if not kind.__name__.startswith("_") and kind is not Unknown:
            found[str(kind.__struct_config__.tag)] = kind
        found |= _kinds(kind)
    return found


KINDS = _kinds(Event)
_EARLIER = {
    "night-begun": "guide-begun",
    "night-told": "guide-changed",
    "night-ended": "guide-ended",
    "phase-needless": "phase-not-needed",
    "checked": "confirmed",
}
"""Words that earlier versions wrote, and what stands for them now."""


def event_of(entry: dict[str, Any]) -> Event:
    """Return the event of a line's JSON object.

    A fact that is not of its field's type is left out and the event counts all the same: that a
    push was begun matters, whatever became of its serial.

    Raises:
        msgspec.ValidationError: It names no event.
    """
    word = msgspec.convert(entry.get("event"), str)
    word = _EARLIER.get(word, word)
    kind = KINDS.get(word, Unknown)
    facts = {**entry, "inputs": entry.get("inputs", entry.get("told")), "name": word}
    return kind(
        **{
            field.name: value
            for field in msgspec.structs.fields(kind)
            if (value := _fitting(facts.get(field.name), field.type)) is not None
        }
    )


def _fitting(value: Any, kind: Any) -> Any:
    """Return the value as its field has it; None where it does not fit."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return None
