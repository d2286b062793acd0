"""What every check works on: the lookups in plan and intent, and what refers to the tables."""

from __future__ import annotations

from functools import cached_property

from tfswap.verify.context.plan_lookup import PlanLookup
from tfswap.verify.context.reachability import Reachability


class Context(PlanLookup):
    """A plan, an intent, and all that is looked up in both more than once."""

    @cached_property
    def reach(self) -> Reachability:
        """What the tables' names can reach by reference."""
        return Reachability(self)
