"""Account for values that are known only after apply, or admit that nothing does.

Three things make a value unknown in a good plan: the provider computes it (the configuration is
silent), it comes from another change of the plan, or it is the JSON of a policy document that is
read during apply and whose planned statements are known (facts.md, "Plan JSON").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tfswap.names import parse_arn
from tfswap.plan.address import ModulePath
from tfswap.plan.changes import Action, Change
from tfswap.plan.configuration import Expression, expression_at
from tfswap.plan.values import Path, child_mark, marked
from tfswap.verify.context.plan_context import Context
from tfswap.verify.context.policy_documents import Documents, is_document
from tfswap.verify.context.references import Ending, References, ReferenceTarget, Unresolved
from tfswap.verify.model.leaf_diff import LeafDiff, unknown, unresolved
from tfswap.verify.model.report_data import LeafKind
from tfswap.verify.values.attribute_kinds import is_provider_made, why_not_computed
from tfswap.verify.values.embedded_documents import open_json
from tfswap.verify.values.equality import same
from tfswap.verify.values.iam_policy import is_policy
from tfswap.verify.values.policy_leaf import policies
from tfswap.verify.values.policy_rendering import UnresolvedPolicyError

_REPLICA = "aws_dynamodb_table_replica"


class Unknowns:
    """Explains unknown values of one plan."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._references = References(context.plan.configuration, context.intent)
        self._documents = Documents(context.plan.configuration, self._origins)

    def explain(self, change: Change, path: Path, before: Any, sensitive: bool) -> LeafDiff:
        """Return the explanation of an unknown value, ``UNRESOLVED`` where there is none."""
        expression = self._expression(change, path)
        if isinstance(expression, str):
            return unresolved(path, before, expression, sensitive=sensitive)
        if expression is None:
            return self._computed(change, path, before, sensitive)
        endings = list(self._references.endings(expression, change.module))
        return self._from(change, path, before, endings, sensitive)

    def targets(self, change: Change, path: Path) -> Iterator[ReferenceTarget]:
        """Yield the attributes that the expression at ``path`` ends in, as far as it is known."""
        expression = self._expression(change, path)
        if isinstance(expression, dict):
            for ending in self._references.endings(expression, change.module):
                if isinstance(ending, ReferenceTarget):
                    yield ending

    def sources(self, target: ReferenceTarget) -> list[Change]:
        """Return the changes of the instances that a reference may mean."""
        return [source for _, source in self._sources(target)]

    def _expression(self, change: Change, path: Path) -> Expression | str | None:
        """Return the expression at ``path``, None when the configuration is silent, or a reason."""
        configuration, entry = self._context.plan.configuration, change.entry
        if entry.mode == "output":
            return (
                configuration.output((), entry.name)
                or "the configuration does not have this output"
            )
        block = configuration.resource(change.module, entry.mode, entry.type, entry.name)
        if block is None:
            return "the plan's configuration does not have this resource"
        if expression := expression_at(block, path):
            return expression
        if path[:1] and path[0] in block.get("expressions", {}):
            if is_provider_made(change.type, path):
                return None
            return "it is part of a block that plan JSON does not show"
        return None

    def _computed(self, change: Change, path: Path, before: Any, sensitive: bool) -> LeafDiff:
        """Accept what the configuration leaves to the provider.

        A dynamic block is not in plan JSON's configuration either: so a block, or a part of one,
        counts only where the schema says that the provider computes it.
        """
        why = why_not_computed(change.type, path, before, new_object=change.creates)
        if why:
            return unresolved(path, before, why, sensitive=sensitive)
        reason = "computed by the provider; the configuration does not set it"
        return unknown(path, LeafKind.COMPUTED, before, reason, sensitive=sensitive)

    def _from(
        self, change: Change, path: Path, before: Any, endings: list[Ending], sensitive: bool
    ) -> LeafDiff:
        for ending in endings:
            if isinstance(ending, Unresolved):
                why = f"its origin is unknown beyond {' -> '.join(ending.trail)}"
                return unresolved(path, before, why, sensitive=sensitive)
        origins = self._open(endings)
        if len(origins) != 1:
            names = ", ".join(str(target) for target, _ in origins) or "an unknown value"
            why = (
                f"it may come from {names}" if origins else "it does not refer to an unknown value"
            )
            return unresolved(path, before, why, sensitive=sensitive)
        target, source = origins[0]
        if target.mode == "data":
            return self._from_document(change, path, before, source, target, sensitive)
        return self._from_resource(path, before, source, target, sensitive)

    def _open(self, endings: list[Ending]) -> list[tuple[ReferenceTarget, Change]]:
        """Return the changes that endings lead to whose attribute is unknown."""
        targets = [end for end in endings if isinstance(end, ReferenceTarget)]
        sources = [found for target in targets for found in self._sources(target)]
        return [(target, source) for target, source in sources if self._is_open(target, source)]

    def _origins(
        self, expression: Expression, module: ModulePath
    ) -> list[tuple[ReferenceTarget, Change]]:
        endings = list(self._references.endings(expression, module))
        for ending in endings:
            if isinstance(ending, Unresolved):
                way = " -> ".join(ending.trail)
                raise UnresolvedPolicyError(f"the origin of what it merges is unknown beyond {way}")
        return self._open(endings)

    def _sources(self, target: ReferenceTarget) -> list[tuple[ReferenceTarget, Change]]:
        return [
            (target, other)
            for other in self._context.live.instances(target.type, target.name)
            if other.entry.mode == target.mode
            and target.key in (None, other.entry.index)
            and _compatible(other.module, target.module)
        ]

    def _is_open(self, target: ReferenceTarget, source: Change) -> bool:
        if not target.attribute:
            return marked(source.unknown)
        return marked(child_mark(source.unknown, target.attribute))

    def _from_resource(
        self, path: Path, before: Any, source: Change, target: ReferenceTarget, sensitive: bool
    ) -> LeafDiff:
        """Accept a value that was exactly the other resource's attribute before."""
        where = f"{source.address}.{target.attribute}"
        prior = source.before_value(target.attribute)
        if self._is_stream(source, target.attribute, before):
            prior = before
        if self._is_released(source, target.attribute, before):
            prior = before
        if self._was_begun(source, target.attribute, before):
            prior = before
        if not target.attribute or prior is None or not same(prior, before):
            why = f"it comes from {where}, but had another value before"
            return unresolved(path, before, why, sensitive=sensitive)
        reason = f"comes from {where}"
        leaf = unknown(path, LeafKind.COMPUTED, before, reason, sensitive=sensitive)
        return replace(leaf, by_reference=True)

    def settled(self, change: Change, leaf: LeafDiff) -> LeafDiff:
        """Return the leaf, explained where an apply that was begun has made its value known.

        What would have come from another resource's replacement is known once that is done: the
        value was exactly that resource's attribute before, and is exactly its attribute now.
        """
        expression = self._expression(change, leaf.path)
        before, after = leaf.sides
        if not isinstance(expression, dict) or not isinstance(after, str) or not after:
            return leaf
        for ending in self._references.endings(expression, change.module):
            if not isinstance(ending, ReferenceTarget) or not ending.attribute:
                continue
            for _, source in self._sources(ending):
                now = source.after_value(ending.attribute)
                as_planned = self._context.rest.made_as_planned(source)
                if (
                    now == after
                    and as_planned
                    and self._was_begun(source, ending.attribute, before)
                ):
                    reason = f"comes from {source.address}.{ending.attribute}, already replaced"
                    return replace(leaf, kind=LeafKind.COMPUTED, reason=reason, by_reference=True)
        return leaf

    def _was_begun(self, source: Change, attribute: str, before: Any) -> bool:
        """Whether ``before`` is what the attribute was before a replacement that was begun."""
        priors = self._context.rest.priors(source.address, attribute)
        return source.is_managed and any(same(prior, before) for prior in priors)

    def _is_stream(self, source: Change, attribute: str, before: Any) -> bool:
        """Whether ``before`` is the outgoing table's stream and a new one is being enabled."""
        if source.address not in self._context.tables or attribute != "stream_arn":
            return False
        table = str(before).partition("/stream/")[0]
        arn = source.before_value("arn")
        return bool(table != arn and self._context.renamed(table) == arn)

    def _is_released(self, source: Change, attribute: str, before: Any) -> bool:
        """Whether ``before`` is the copy left alone, and a new one is made at its address.

        A replica's ARN is its table's in another region; the region is its provider's, which does
        not change with the address.
        """
        if source.address not in self._context.intent.release or source.type != _REPLICA:
            return False
        arn = parse_arn(before) if attribute == "arn" and isinstance(before, str) else None
        wanted = parse_arn(str(source.after_value("global_table_arn")))
        if arn is None or wanted is None or source.action is not Action.CREATE:
            return False
        same_place = (arn.partition, arn.account) == (wanted.partition, wanted.account)
        names = {pair.old: pair.new for pair in self._context.intent.renames}
        return same_place and arn.region != wanted.region and names.get(arn.name) == wanted.name

    def _from_document(
        self,
        change: Change,
        path: Path,
        before: Any,
        source: Change,
        target: ReferenceTarget,
        sensitive: bool,
    ) -> LeafDiff:
        """Render the document from its planned statements and compare it with the policy now."""
        way = f" ({' -> '.join(target.trail)})" if len(target.trail) > 1 else ""
        if not is_document(target):
            why = f"{source.address} is read during apply{way}"
            return unresolved(path, before, why, sensitive=sensitive)
        now = open_json(before) if isinstance(before, str) else None
        if now is None or not is_policy(now):
            why = (
                f"{source.address} is read during apply, and the current policy cannot be read{way}"
            )
            return unresolved(path, before, why, sensitive=sensitive)
        hidden = sensitive or self._documents.hides(source)
        try:
            planned = self._documents.planned(source)
        except (UnresolvedPolicyError, KeyError, TypeError, AttributeError) as error:
            problem = "cannot be rendered" if hidden else error
            why = f"{source.address} is read during apply and {problem}{way}"
            return unresolved(path, before, why, sensitive=sensitive)
        leaf = policies(now, planned, path, self._context.renamed)
        if hidden:
            leaf = replace(leaf, evidence="(sensitive) -> (sensitive)", sensitive=True)
        reason = f"{leaf.reason}; resolved through {source.address}"
        return replace(leaf, reason=reason, by_reference=True)


def _compatible(instance: ModulePath, wanted: ModulePath) -> bool:
    """Whether an instance's module fits a reference; a reference may leave keys out."""
    return len(instance) == len(wanted) and all(
        step.name == want.name and want.key in (None, step.key)
        for step, want in zip(instance, wanted, strict=True)
    )
