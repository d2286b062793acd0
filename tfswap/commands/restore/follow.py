"""Follow restores that are under way, all of them together, until each table is ``ACTIVE``.

AWS runs up to 50 restores at a time in an account (AWS Backup developer guide, "Quotas"), so
several tables take as long as the longest of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tfswap.aws.formatting import duration
from tfswap.aws.restore_jobs import RestoreJob, check_completed, describe_job
from tfswap.aws.restore_pace import Pace
from tfswap.aws.table_status import TableState, check_active, find_table
from tfswap.aws.wait import WaitOptions, wait_until
from tfswap.context.table_target import TableTarget
from tfswap.errors import AwsError


@dataclass(frozen=True)
class RunningRestore:
    """One restore under way in AWS."""

    target: TableTarget
    name: str
    """Physical name of the table to be."""
    job: str = ""
    """Id of the restore job; empty for point-in-time recovery, which has none."""
    size: int | None = None
    pace: Pace | None = None


@dataclass(frozen=True)
class RestoreProgress:
    """Where one restore is."""

    words: str
    """Without the time that passed."""
    elapsed: float = 0.0
    """Seconds since AWS began."""
    left: str = ""
    """An estimate in words; empty where there is none."""
    size: int | None = None
    table: TableState | None = None
    """The table once it is ``ACTIVE``."""
    error: AwsError | None = None
    """Why it came to nothing."""

    @property
    def ended(self) -> bool:
        """Whether there is nothing left to wait for."""
        return self.table is not None or self.error is not None

    def line(self, name: str) -> str:
        """Return all of it in a line."""
        parts = [self.words, f"{duration(self.elapsed)} so far" if self.elapsed >= 1 else ""]
        return f"{name}: {', '.join(part for part in (*parts, self.left) if part)}"


@dataclass
class _Watch:
    """Asks AWS about those that have not ended; keeps what it saw."""

    restores: Sequence[RunningRestore]
    wait_options: WaitOptions
    seen: dict[str, RestoreProgress] = field(default_factory=dict)

    def look(self) -> list[RestoreProgress]:
        for each in self.restores:
            if not (each.name in self.seen and self.seen[each.name].ended):
                self.seen[each.name] = self._progress(each)
        return [self.seen[each.name] for each in self.restores]

    def _progress(self, restore: RunningRestore) -> RestoreProgress:
        if not restore.job:
            return self._table(restore, None)
        job = describe_job(restore.target.aws.client("backup"), restore.job)
        if job.under_way:
            size = job.size or restore.size
            return self._under_way(restore, job.words, size, job)
        try:
            check_completed(job)
        except AwsError as error:
            return RestoreProgress(job.words, error=error)
        return self._table(restore, job)

    def _under_way(
        self, restore: RunningRestore, words: str, size: int | None, made: RestoreJob | TableState
    ) -> RestoreProgress:
        elapsed = max(0.0, (self.wait_options.clock.now() - made.created).total_seconds())
        left = restore.pace.words(size, elapsed) if restore.pace else ""
        return RestoreProgress(words, elapsed, left, size)

    def _table(self, restore: RunningRestore, job: RestoreJob | None) -> RestoreProgress:
        table = find_table(restore.target.aws.client("dynamodb"), restore.name)
        size = job.size if job else restore.size
        if table is not None and table.is_coming:
            return self._under_way(restore, f"table is {table.status}", size, job or table)
        try:
            return RestoreProgress("ACTIVE", size=size, table=check_active(restore.name, table))
        except AwsError as error:
            return RestoreProgress(table.words if table else "no table", error=error)


def follow_all(
    restores: Sequence[RunningRestore], wait_options: WaitOptions
) -> list[RestoreProgress]:
    """Wait until every restore has ended, well or not, and return how.

    Raises:
        AwsError: They cannot be looked at, or the time is up.
    """
    watch = _Watch(restores, wait_options)

    def words(seen: Sequence[RestoreProgress]) -> str:
        pairs = zip(restores, seen, strict=True)
        return "\n".join(progress.line(each.name) for each, progress in pairs)

    return wait_until(
        watch.look,
        lambda seen: all(each.ended for each in seen),
        what=" and ".join(_title(each) for each in restores),
        words=words,
        news=lambda seen: "\n".join(each.words for each in seen),
        wait_options=wait_options,
    )


def _title(restore: RunningRestore) -> str:
    return f"the restore job {restore.job}" if restore.job else f"the restore of {restore.name}"
