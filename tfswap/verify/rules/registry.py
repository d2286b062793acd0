"""What a rule is: one check under ``@rule``, which holds its id and its texts.

``tfswap rules``, ``tfswap explain TFS###``, ``docs/rules.md`` and the reports' hints are all made
from what is registered here; ``tfswap.rule_catalogue`` has all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeVar

from tfswap.plan.changes import Change
from tfswap.plan.values import Path, show_path
from tfswap.verify.completeness.by_reference import MissedConsumer
from tfswap.verify.completeness.by_value import StaleReference
from tfswap.verify.context.baseline import Baseline
from tfswap.verify.context.effects import Effect, effects
from tfswap.verify.context.plan_context import Context
from tfswap.verify.explain.explainer import ChangeExplanation
from tfswap.verify.model.allowance import Allowance
from tfswap.verify.model.report_data import Finding, Location, Severity

Check = Callable[..., Iterator[Finding]]
F = TypeVar("F", bound=Check)


@dataclass(frozen=True)
class Rule:
    """What a rule is about."""

    id: str
    title: str
    meaning: str
    """What a finding of this rule says."""
    why: str
    """Why it matters during the swap."""
    todo: str
    """What to do about it."""
    source: str
    """Where the rule comes from: facts.md, Terraform's documentation, the runbook."""
    check: Check
    """The function that finds it; several rules may share one."""


_REGISTERED: dict[str, Rule] = {}


def rule(
    id: str, title: str, *, meaning: str, why: str, todo: str, source: str
) -> Callable[[F], F]:
    """Register a function as the check of a rule.

    Raises:
        ValueError: The id is taken, which is a bug.
    """

    def register(check: F) -> F:
        if id in _REGISTERED:
            raise ValueError(f"{id} is taken: {_REGISTERED[id].title}")
        _REGISTERED[id] = Rule(id, title, meaning, why, todo, source, check)
        return check

    return register


def registered() -> dict[str, Rule]:
    """Return the rules of every module imported so far, by id and in order."""
    return dict(sorted(_REGISTERED.items()))


def checks_of(package: str) -> tuple[Check, ...]:
    """Return the checks of a package's imported modules, each once, in the order of their ids."""
    found = (one.check for one in registered().values())
    return tuple(dict.fromkeys(one for one in found if one.__module__.startswith(package)))


@dataclass(frozen=True)
class RuleInput:
    """What a check of a plan looks at: the context, and every change explained."""

    context: Context
    explanations: dict[str, ChangeExplanation]
    """By address, resources and outputs."""
    stale: tuple[StaleReference, ...] = ()
    """Texts still bound to an outgoing table."""
    missed: tuple[MissedConsumer, ...] = ()
    """Consumers by reference that do not follow."""
    given_baseline: Baseline | None = None
    """The baseline the explanations were made with."""

    @cached_property
    def baseline(self) -> Baseline:
        """What a plan made without the swap settles; nothing where there is none."""
        return self.given_baseline or Baseline(self.context)

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
    def stale_by_address(self) -> dict[str, tuple[StaleReference, ...]]:
        """The stale references of each address that has any."""
        found: dict[str, list[StaleReference]] = {}
        for one in self.stale:
            found.setdefault(one.address, []).append(one)
        return {address: tuple(listed) for address, listed in found.items()}


class Placed(Protocol):
    """What stands on a line of a file."""

    @property
    def file(self) -> str:
        """Path in the repository."""

    @property
    def line(self) -> int:
        """Line number."""


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
    at: Placed | None = None,
) -> Finding:
    """Return a finding of a registered rule; its hint is the rule's own unless one is given.

    Raises:
        KeyError: There is no such rule, which is a bug.
    """
    known = _REGISTERED[rule]
    return Finding(
        rule=known.id,
        severity=severity,
        message=message,
        address=change.address if change is not None else address,
        path=show_path(path),
        evidence=evidence,
        hint=hint or known.todo,
        location=Location(at.file, at.line) if at else None,
    )
