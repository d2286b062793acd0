"""One slip, told once: what follows from it is named beneath it.

Two kinds of slip are seen here from the values themselves. A *wrong name*: the configuration, or
the state, has the table under another name than the swap, and whatever differs by nothing but that
name only follows. A *document* that names a table, and the policy that is made of it.

A finding is only ever put beneath another one of at least its weight: verdicts do not change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import msgspec

from tfswap.names import Rename, mentions, rename
from tfswap.plan.address import strip_keys
from tfswap.plan.values import leaves, show_path
from tfswap.verify.model.leaf_diff import LeafDiff
from tfswap.verify.model.report_data import Finding, LeafKind, Severity
from tfswap.verify.rules.registry import RuleInput
from tfswap.verify.values.equality import deep_rename, same
from tfswap.verify.values.iam_policy import canonical, is_policy

_VALUES = ("TFS307", "TFS401", "TFS402")
_NAMED = ("TFS301", "TFS302", "TFS303")
_WEIGHT = (Severity.INFO, Severity.WARNING, Severity.UNKNOWN, Severity.ERROR)


class RootCause(NamedTuple):
    """A table's name that is not the swap's."""

    name: str
    new: str
    """What it ought to be."""
    rule: str
    address: str
    """With the rule: the finding that tells of it."""


def group_by_root_cause(findings: Iterable[Finding], case: RuleInput) -> list[Finding]:
    """Return the findings, those that only follow from another one named beneath it."""
    rest = _documents(list(findings), case)
    root_causes = _root_causes(rest, case)
    pairs = [
        *case.context.intent.renames,
        *(Rename(cause.name, cause.new) for cause in root_causes),
    ]
    for cause in root_causes:
        root = next((f for f in rest if (f.rule, f.address) == (cause.rule, cause.address)), None)
        if root is not None:
            effect = _Effect(case, cause, pairs)
            rest = _fold(rest, root, effect.is_effect)
    return rest


def inputs_first(findings: Iterable[Finding], case: RuleInput) -> list[Finding]:
    """Put the table's name beneath the input it comes from, and the state that agrees with it."""
    rest = list(findings)
    for address, table in case.context.tables.items():
        planned = next((f for f in rest if (f.rule, f.address) == ("TFS207", address)), None)
        wrong = next((f for f in rest if f.rule == "TFS206" and f.evidence == table.variable), None)
        if planned is None:
            continue
        change = case.context.live.get(address)
        if change is not None and change.before_value("name") == change.after_value("name"):
            more = f"{planned.message} The state also has that table."
            agreed = msgspec.structs.replace(planned, message=more)
            rest = [agreed if f is planned else f for f in rest]
            planned = agreed
            rest = _fold(rest, planned, lambda f, at=address: (f.rule, f.address) == ("TFS202", at))  # type: ignore[misc]
        planned = next(f for f in rest if (f.rule, f.address) == ("TFS207", address))
        if wrong is not None and wrong.severity is Severity.ERROR:
            rest = _fold(rest, wrong, lambda f, one=planned: f is one)  # type: ignore[misc]
    return rest


def _fold(
    findings: list[Finding], root: Finding, follows: Callable[[Finding], bool]
) -> list[Finding]:
    gone = [
        found
        for found in findings
        if found is not root
        and _WEIGHT.index(found.severity) <= _WEIGHT.index(root.severity)
        and follows(found)
    ]
    if not gone:
        return findings
    every = (a for found in gone for a in (found.address, *found.also))
    also = dict.fromkeys((*root.also, *(a for a in every if a and a != root.address)))
    named = msgspec.structs.replace(root, also=tuple(also))
    dropped = {id(found) for found in gone}
    return [named if f is root else f for f in findings if id(f) not in dropped]


def _root_causes(findings: list[Finding], case: RuleInput) -> list[RootCause]:
    context = case.context
    found: dict[str, RootCause] = {}
    for address, table in context.tables.items():
        change = context.live.get(address)
        if change is None or change.hides("name"):
            continue
        for name, rule in (
            (change.after_value("name"), "TFS207"),
            (change.before_value("name"), "TFS202"),
        ):
            if isinstance(name, str) and name != table.rename.new:
                found.setdefault(name, RootCause(name, table.rename.new, rule, address))
    if len(context.missing_tables) == 1:
        (missing,) = context.missing_tables
        for one in findings:
            if one.rule == "TFS209" and one.evidence:
                cause = RootCause(one.evidence, missing.rename.new, one.rule, one.address)
                found.setdefault(one.evidence, cause)
    return list(found.values())


class _Effect:
    """Tells whether a finding is nothing but the effect of a wrong name."""

    def __init__(self, case: RuleInput, cause: RootCause, pairs: list[Rename]) -> None:
        self._case = case
        self._cause = cause
        self._pairs = pairs

    def is_effect(self, finding: Finding) -> bool:
        explanation = self._case.explanations.get(finding.address)
        if explanation is None:
            return False
        if finding.rule == "TFS405":
            wrong = [leaf for leaf in explanation.leaves if not leaf.kind.explained]
            return bool(wrong) and all(map(self._follows, wrong))
        found = [leaf for leaf in explanation.leaves if show_path(leaf.path) == finding.path]
        return finding.rule in _VALUES and bool(found) and all(map(self._follows, found))

    def _follows(self, leaf: LeafDiff) -> bool:
        before, after = leaf.sides
        if leaf.kind is not LeafKind.UNEXPLAINED or leaf.sides == (None, None):
            return False
        if not any(map(self._named, (before, after))):
            return False
        one, other = (deep_rename(side, self._right) for side in (before, after))
        if is_policy(one) and is_policy(other):
            return canonical(one) == canonical(other)
        return same(one, other)

    def _named(self, value: Any) -> bool:
        texts = (leaf.value for leaf in leaves(value) if isinstance(leaf.value, str))
        return any(mentions(text, self._cause.name) for text in texts)

    def _right(self, text: str) -> str:
        return rename(text, self._pairs)


def _documents(findings: list[Finding], case: RuleInput) -> list[Finding]:
    """Put what is told of a policy document beneath the same told of a policy made of it."""
    for root in [f for f in findings if f.rule in _NAMED and not _is_document(f)]:
        current = next(f for f in findings if (f.rule, f.address, f.path) == _key(root))
        made_of = _documents_of(case, strip_keys(root.address))

        def follows(found: Finding, root: Finding = root, made_of: set[str] = made_of) -> bool:
            return (
                found.rule == root.rule
                and _is_document(found)
                and strip_keys(found.address) in made_of
            )

        if made_of:
            findings = _fold(findings, current, follows)
    return findings


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.address, finding.path


def _is_document(finding: Finding) -> bool:
    return "data.aws_iam_policy_document." in finding.address


def _documents_of(case: RuleInput, node: str) -> set[str]:
    reach = case.context.reach
    return {
        origin.source
        for edge in reach.graph.into.get(node, ())
        for origin, _ in reach.origins(edge)
        if "data.aws_iam_policy_document." in origin.source
    }
