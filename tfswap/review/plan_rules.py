"""The rules about a swap of which no plan was handed in, TFS811 and TFS812."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
    meaning="The branch swaps a table, but no plan was checked.",
    why="The files do not show what an apply would do; that depends on the state.",
    todo="Check the plan too: run tfswap check --plan FILE.",
    source="README, promise 2; unknown is not a pass",
)
@rule(
    "TFS812",
    "No plan for the swap's environment",
    meaning="None of the checked plans contains the table that the branch renames.",
    why="They were checked for deletions, but the swap is not verified.",
    todo="Check the plan of the swap's workspace too, or no plan.",
    source="Unknown is not a pass",
)
def about_plans(swap: Swap | None, plans: Sequence[object]) -> Iterator[Finding]:
    """A swap of which there is no plan."""
    if not plans:
        message = "No plan was checked, only the files."
        yield finding("TFS811", message, severity=Severity.WARNING, at=swap_location(swap))
    elif swap is not None:
        named = "The plan is not" if len(plans) == 1 else f"None of the {len(plans)} plans is"
        yield finding(
            "TFS812",
            f"{named} of {swap.environment}.",
            severity=Severity.UNKNOWN,
            at=swap_location(swap),
        )


def swap_location(swap: Swap | None) -> Location | None:
    """Return where a swap stands in the repository: at its first edit."""
    return Location(swap.tables[0].leaf.file, swap.tables[0].leaf.line) if swap else None
