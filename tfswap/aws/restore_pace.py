"""How long a restore may take, by how long earlier ones of this account took. Pure.

AWS says of a restore's time only that it grows with the table's size, indexes and how evenly its
keys are spread (DynamoDB developer guide, "Restoring a table"). Jobs of about the same size are the
best guess, so those nearest in size count.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tfswap.aws.formatting import duration
from tfswap.aws.restore_jobs import RestoreJob

_NEAREST = 5
_GB = 1e9


@dataclass(frozen=True)
class Pace:
    """What earlier restores took."""

    seconds_per_gb: float
    jobs: int
    """How many of them it is taken from."""

    def seconds(self, size: int) -> float:
        """Return how long a restore of so many bytes may take in all."""
        return self.seconds_per_gb * size / _GB

    def words(self, size: int | None, elapsed: float) -> str:
        """Return what is left of a restore, roughly; empty where its size is not known."""
        if not size:
            return ""
        left = self.seconds(size) - elapsed
        by = f"by {self.jobs} earlier job{'s' if self.jobs > 1 else ''}"
        if left <= 0:
            return f"longer than the {duration(self.seconds(size))} expected {by}"
        return f"about {duration(left)} left {by}"


def pace_of(jobs: Sequence[RestoreJob], size: int | None) -> Pace | None:
    """Return the pace of the completed jobs nearest in size; None where there is none.

    Args:
        jobs: Restore jobs of DynamoDB tables; those under way or without a size do not count.
        size: Bytes of the restore that is asked about.
    """
    if not size:
        return None
    known = [
        (abs(math.log(job.size / size)), (job.completed - job.created).total_seconds(), job.size)
        for job in jobs
        if job.status == "COMPLETED" and job.completed and job.size
    ]
    nearest = sorted(known)[:_NEAREST]
    if not nearest:
        return None
    return Pace(median(seconds / (size / _GB) for _, seconds, size in nearest), len(nearest))
