"""Rules about where a plan comes from: the workspace and the state it was made from, where known.

Plan JSON tells neither; a saved plan does, and whoever hands it over says what it holds.
"""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.plan.values import marked
from tfswap.verify.model.report_data import Finding, Severity
from tfswap.verify.rules.registry import RuleInput, finding, rule

_WORKSPACE = ["terraform.workspace"]


@rule(
    "TFS011",
    "Plan is for another workspace",
    meaning="The plan was made in another workspace than the swap.",
    why="It would change another environment, or this one with another's settings.",
    todo="Select the swap's workspace and plan again; tfswap verify-plan does both.",
    source="A verdict belongs to one plan, state and workspace",
)
def other_workspace(case: RuleInput) -> Iterator[Finding]:
    """Said by the saved plan, or shown by an output that is the workspace's name."""
    intent = case.context.intent
    wanted = intent.workspace
    made = intent.made_from.workspace if intent.made_from else ""
    if wanted and made and made != wanted:
        message = f"It was made in the workspace {made!r}, the swap is in {wanted!r}."
        yield finding("TFS011", message)
        return
    for output in case.context.plan.outputs if wanted and not made else ():
        expression = case.context.plan.configuration.output((), output.entry.name) or {}
        value = output.after
        if expression.get("references") != _WORKSPACE or not isinstance(value, str):
            continue
        # Plan JSON does not tell a function around the name; one that keeps it is no sign.
        hidden = marked(output.before_sensitive) or marked(output.after_sensitive)
        if wanted.lower() not in value.lower() and not hidden:
            yield finding(
                "TFS011",
                f"This output comes from the workspace's name, which is {wanted!r} for the swap.",
                output,
                evidence=value[:80],
                severity=Severity.WARNING,
            )


@rule(
    "TFS012",
    "Plan is older than the state",
    meaning="The state was written after this plan was made, or it is another state.",
    why="Resources shown as unchanged may have changed. Terraform rejects such a plan as stale.",
    todo="Plan again.",
    source="A verdict belongs to one plan, state and workspace",
)
def older_than_state(case: RuleInput) -> Iterator[Finding]:
    """Another state, or one written since."""
    made, now = case.context.intent.made_from, case.context.intent.state_now
    if made is None or now is None:
        return
    if made.lineage and now.lineage and made.lineage != now.lineage:
        yield finding("TFS012", "It was made from another state: the lineage differs.")
    elif made.serial is not None and now.serial is not None and made.serial < now.serial:
        message = (
            f"It was made from serial {made.serial}, but the state now has serial {now.serial}."
        )
        yield finding("TFS012", message)
