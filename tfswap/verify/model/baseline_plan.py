"""The baseline plan as the verifier gets it: of the same world, without the swap."""

from __future__ import annotations

from dataclasses import dataclass

from tfswap.plan.document import Plan


@dataclass(frozen=True)
class BaselinePlan:
    """A plan of the same configuration and state, with the tables' names as they were."""

    plan: Plan
    origin: str
    """Where it comes from, in words: ``made by tfswap run at 21:04 UTC``."""
