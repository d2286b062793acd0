"""The rules about a swap of which no plan was handed in, TFS811 and TFS812."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from tfswap.swap import Swap
from tfswap.verify.model.report_data import (
    Finding,
    Location,
    Severity,
)
from tfswap.verify.rules.registry import finding, rule


@rule(
    "TFS811",
    "Only the files were checked",
    meaning="The branch swaps a table, and no plan was handed in.",
    why="The files cannot tell what an apply would do; the state decides that.",
    todo="Hand in the JSON of the plan, with tfswap check --plan FILE.",
    source="Design promise 2; decision 8: unknown is not a pass",
)
@rule(
    "TFS812",
    "No plan of the swap's environment",
    meaning="Plans were handed in, and none of them holds the table that the branch renames.",
    why="They were guarded, but the swap itself stays unproved.",
    todo="Hand in the plan of the swap's workspace too, or none at all.",
    source="Design, decision 8: unknown is not a pass",
)
def about_plans(swap: Swap | None, plans: Sequence[object]) -> Iterator[Finding]:
    """A swap of which there is no plan."""
    if not plans:
        message = "No plan was handed in: only the files were checked."
        told = finding("TFS811", message, severity=Severity.WARNING)
        yield msgspec.structs.replace(told, location=swap_location(swap))
    elif swap is not None:
        named = "The plan is not" if len(plans) == 1 else f"None of the {len(plans)} plans is"
        told = finding("TFS812", f"{named} of {swap.environment}.", severity=Severity.UNKNOWN)
        yield msgspec.structs.replace(told, location=swap_location(swap))


def swap_location(swap: Swap | None) -> Location | None:
    """Return where a swap stands in the repository: at its first edit."""
    return Location(swap.tables[0].leaf.file, swap.tables[0].leaf.line) if swap else None
