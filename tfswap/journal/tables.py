"""What was done with tables and pipelines in AWS, folded from the journal's events. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from tfswap.journal import events as e


class ProtectedTable(NamedTuple):
    """A table whose deletion protection ``run --protect`` found off."""

    table: str
    region: str


@dataclass(frozen=True)
class TableProgress:
    """What was done with tables and pipelines."""

    protected: tuple[ProtectedTable, ...] = ()
    """Protected only because of ``run --protect``, oldest first. None after an apply, be it cut off
    midway: from there on the configuration decides."""
    protected_before: tuple[ProtectedTable, ...] = ()
    """The same from before that apply: one that Terraform refused decided nothing."""
    jobs: tuple[str, ...] = ()
    """Restore jobs that AWS took, oldest first."""
    keys: Mapping[str, str | None] = field(default_factory=dict)
    """Restored table -> the key that was asked for."""
    asked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Restored table -> what ``--at`` was, as typed and as a fixed time."""
    restoring: tuple[str, ...] = ()
    """Tables that are being restored to a point in time, as far as is known; oldest first."""
    sources: tuple[e.SourceAccepted, ...] = ()
    """Who vouched for which restored table."""
    retiring: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Outgoing table -> the regions it was in when retiring began."""
    deleted: frozenset[str] = frozenset()
    """Outgoing tables that ``retire`` deleted."""
    retired: frozenset[str] = frozenset()
    """Outgoing tables of which nothing is left."""
    stopped_pipeline: str = ""
    """The pipeline that was stopped, and neither started nor made anew by an apply since."""

    def after(self, event: e.Event) -> TableProgress:
        """Return the progress after one more event."""
        match event:
            case e.ApplyBegun() | e.Applied() | e.ApplyRefused():
                return self._after_apply(event)
            case e.ProtectBegun() | e.Unprotected():
                one = ProtectedTable(event.table, event.region)
                others = tuple(each for each in self.protected if each != one)
                again = (one,) if isinstance(event, e.ProtectBegun) else ()
                return replace(self, protected=(*others, *again))
            case e.RestoreRequested():
                return self._after_request(event)
            case e.Restored() | e.RestoreFailed():
                left = tuple(name for name in self.restoring if name != event.table)
                return replace(self, restoring=left)
            case e.RestoreStarted(job=job) if job:
                return replace(self, jobs=tuple(dict.fromkeys((*self.jobs, job))))
            case e.SourceAccepted():
                return replace(self, sources=(*self.sources, event))
            case e.RetireBegun():
                before = self.retiring.get(event.table, ())
                regions = tuple(dict.fromkeys((*before, *event.regions)))
                return replace(self, retiring={**self.retiring, event.table: regions})
            case e.RetireDeleted():
                return replace(self, deleted=self.deleted | {event.table})
            case e.Retired():
                return replace(self, retired=self.retired | {event.table})
            case e.PipelineStopped():
                return replace(self, stopped_pipeline=event.pipeline)
            case e.PipelineStarted():
                return replace(self, stopped_pipeline="")
        return self

    def _after_request(self, event: e.RestoreRequested) -> TableProgress:
        asked = frozenset({event.asked, event.said}) - {""}
        left = tuple(name for name in self.restoring if name != event.table)
        return replace(
            self,
            keys={**self.keys, event.table: event.key},
            asked={**self.asked, event.table: asked},
            restoring=(*left, event.table) if event.moment else left,
        )

    def _after_apply(self, event: e.Event) -> TableProgress:
        if isinstance(event, e.ApplyRefused):
            back = tuple(dict.fromkeys((*self.protected_before, *self.protected)))
            return replace(self, protected=back, protected_before=())
        recreated = isinstance(event, e.Applied)
        stopped = "" if recreated else self.stopped_pipeline
        return replace(
            self, protected=(), protected_before=self.protected, stopped_pipeline=stopped
        )

    def accepted(self, name: str, identity: str) -> str:
        """Return who vouched for a table and when; empty where nobody did.

        Said without an identity it holds for the name, whatever AWS then shows.
        """
        for one in reversed(self.sources):
            if one.table == name and one.id in ("", identity):
                return f"{one.pair or one.who} at {one.at[:16]}"
        return ""
