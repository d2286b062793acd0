"""The journal's events about tables and pipelines in AWS."""

from __future__ import annotations

from tfswap.journal.event import Event, Names


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
    """A restore is asked for: a job, or one to a point in time."""

    point: str = ""
    """Of a job: the recovery point's ARN."""
    moment: str = ""
    """Of one to a point in time: which."""
    source: str = ""
    """Likewise: the table it is taken from."""
    account: str = ""
    token: str = ""
    key: str | None = None
    asked: str = ""
    """``--at``, as a fixed time where it was one."""
    said: str = ""
    """``--at`` as it was typed, where that is another (``20 minutes ago``)."""


class RestoreStarted(_OfTable, frozen=True):
    """AWS took it."""

    point: str = ""
    moment: str = ""
    """As above."""
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
