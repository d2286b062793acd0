"""Rules about what an apply does beside changing values: nobody can judge that from a plan."""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.verify.context.effects import ACTION, Effect
from tfswap.verify.model.report_data import Finding, Severity
from tfswap.verify.rules.registry import RuleInput, finding, rule


@rule(
    "TFS411",
    "The apply runs code",
    meaning="A provisioner, an invocation, an action or a program runs when the plan is applied.",
    why="The plan does not show what it does. It could delete a table.",
    todo="Check what it runs. If it may run in the swap, allow it in tfswap.toml with the "
    "attribute provisioner, invocation or action.",
    source="Terraform documentation: Provisioners, Actions",
)
def effects(case: RuleInput) -> Iterator[Finding]:
    """Provisioners, invocations, actions and programs, unless ``tfswap.toml`` allows them.

    One that names an outgoing table in so many words is no matter for an allowance.
    """
    for effect, allowance in case.effects:
        if allowance is None or effect.names_old:
            yield _finding(effect)


def invoked(case: RuleInput) -> Iterator[Finding]:
    """Of a plan that is no swap: actions alone, as there a replacement is no surprise."""
    for effect, _ in case.effects:
        if effect.attribute == ACTION:
            yield _finding(effect)


def _finding(effect: Effect) -> Finding:
    named = ", and it contains the outgoing table's name" if effect.names_old else ""
    entry = f'address = "{effect.address}", attribute = "{effect.attribute}"'
    return finding(
        "TFS411",
        f"The apply {effect.what}; the plan does not show what that does{named}.",
        effect.change,
        address=effect.address,
        evidence=effect.evidence,
        severity=Severity.ERROR if effect.names_old else effect.severity,
        hint=""
        if effect.names_old
        else f"Check it. If it may run, allow it in tfswap.toml: {entry}",
    )
