"""Which part of many like cases a run plays: all on ``make test-full``, else some by the seed.

The seed is chosen anew for each run and printed at its end; ``--seed`` repeats it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

Case = TypeVar("Case")


@dataclass(frozen=True)
class Run:
    """The run's options."""

    seed: int = 0
    full: bool = True


_RUNS = [Run()]


def begin(seed: int, *, full: bool) -> None:
    """Called once, by the root conftest."""
    _RUNS.append(Run(seed, full))


def run() -> Run:
    """The options of this run; everything, where pytest did not begin it."""
    return _RUNS[-1]


def count(everything: int, some: int) -> int:
    """Return how many cases of an endless kind this run plays."""
    return everything if run().full else some


def shuffled(cases: Sequence[Case]) -> list[Case]:
    """Return the cases in their order on a full run, else in the seed's, to take the first of."""
    return list(cases) if run().full else random.Random(run().seed).sample(cases, len(cases))


def part(cases: Sequence[Case], size: int) -> list[Case]:
    """Return all the cases on a full run, else ``size`` of them, in their order."""
    if run().full or size >= len(cases):
        return list(cases)
    chosen = random.Random(run().seed).sample(range(len(cases)), size)
    return [cases[index] for index in sorted(chosen)]
