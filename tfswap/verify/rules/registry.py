"""Every rule's id and what it means, for ``tfswap rules`` and ``tfswap explain TFS###``.

The texts live in ``texts/``; this file turns them into data and builds findings from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tfswap.plan.changes import Change
from tfswap.plan.values import Path, show_path
from tfswap.verify.completeness.by_reference import MissedConsumer
from tfswap.verify.completeness.by_value import StaleReference
from tfswap.verify.context.effects import Effect, effects
from tfswap.verify.context.plan_context import Context
from tfswap.verify.explain.explainer import ChangeExplanation
from tfswap.verify.model.allowance import Allowance
from tfswap.verify.model.report_data import Finding, Severity
from tfswap.verify.rules.texts import TEXTS


@dataclass(frozen=True)
class Rule:
    """What a rule is about."""

    id: str
    title: str
    meaning: str
    """What a finding of this rule says."""
    why: str
    """Why it matters in the night of the swap."""
    todo: str
    """What to do about it."""
    source: str
    """Where the rule comes from: facts.md, Terraform's documentation, the runbook."""


RULES: dict[str, Rule] = {text[0]: Rule(*text) for text in TEXTS}
"""Rules by id, in order."""


@dataclass(frozen=True)
class RuleInput:
    """What a check looks at: the context and the stories of everything that changes."""

    context: Context
    explanations: dict[str, ChangeExplanation]
    """By address, resources and outputs."""
    stale: tuple[StaleReference, ...] = ()
    """Texts still bound to an outgoing table."""
    missed: tuple[MissedConsumer, ...] = ()
    """Consumers by reference that do not follow."""

    @cached_property
    def changing(self) -> tuple[ChangeExplanation, ...]:
        """The stories of what changes more than by being read."""
        return tuple(
            explanation
            for explanation in self.explanations.values()
            if not explanation.change.reads
        )

    @cached_property
    def effects(self) -> tuple[tuple[Effect, Allowance | None], ...]:
        """What the apply does that no value shows, each with the allowance that covers it."""
        allowances = self.context.allowances
        return tuple(
            (e, allowances.cover_in_words(e.address, e.attribute)) for e in effects(self.context)
        )

    @cached_property
    def held(self) -> dict[str, tuple[StaleReference, ...]]:
        """The holds of each address that has any."""
        found: dict[str, list[StaleReference]] = {}
        for hold in self.stale:
            found.setdefault(hold.address, []).append(hold)
        return {address: tuple(listed) for address, listed in found.items()}


def finding(
    rule: str,
    message: str,
    change: Change | None = None,
    *,
    severity: Severity = Severity.ERROR,
    address: str = "",
    path: Path = (),
    evidence: str = "",
    hint: str = "",
) -> Finding:
    """Return a finding of a registered rule; its hint is the rule's own unless one is given.

    Raises:
        KeyError: There is no such rule, which is a bug.
    """
    return Finding(
        rule=RULES[rule].id,
        severity=severity,
        message=message,
        address=change.address if change is not None else address,
        path=show_path(path),
        evidence=evidence,
        hint=hint or RULES[rule].todo,
    )
