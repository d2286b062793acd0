"""Policy documents that are read during apply: the policy each of them will produce.

A document may merge others (``source_policy_documents``, ``override_policy_documents``). Where
those are read during apply too, they are rendered first, as far as the plan tells which they are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from tfswap.plan.address import ModulePath
from tfswap.plan.changes import Change
from tfswap.plan.configuration import Configuration, Expression, expression_at
from tfswap.plan.values import child_mark, marked
from tfswap.verify.context.references import ReferenceTarget
from tfswap.verify.values.iam_policy import Policy
from tfswap.verify.values.policy_rendering import UnresolvedPolicyError, render, statements_of

DOCUMENT = "aws_iam_policy_document"
_MERGED = ("source_policy_documents", "override_policy_documents")
_JSON = ("json", "minified_json")

Origins = Callable[[Expression, ModulePath], list[tuple[ReferenceTarget, Change]]]
"""Returns what an expression's unknown parts come from; raises ``UnresolvedPolicyError``."""


def is_document(target: ReferenceTarget) -> bool:
    """Whether a reference is to the JSON of a policy document."""
    return target.mode == "data" and target.type == DOCUMENT and target.attribute in _JSON


class Documents:
    """Renders the deferred documents of one plan."""

    def __init__(self, configuration: Configuration, origins: Origins) -> None:
        self._configuration = configuration
        self._origins = origins

    def planned(self, source: Change, above: tuple[str, ...] = ()) -> Policy:
        """Return the policy that a document's planned read will produce.

        Args:
            source: The data source's change.
            above: Addresses of the documents that are being rendered with it.

        Raises:
            UnresolvedPolicyError: Something the result depends on is not known.
        """
        if source.address in above:
            raise UnresolvedPolicyError("it merges itself")
        after, unknown = source.after, source.unknown
        if isinstance(after, dict) and isinstance(unknown, dict):
            for name in _MERGED:
                if marked(unknown.get(name)):
                    found = self._merged(source, name, (*above, source.address))
                    after, unknown = {**after, name: found}, {**unknown, name: False}
        return render(after, unknown)

    def hides(self, source: Change, above: tuple[str, ...] = ()) -> bool:
        """Whether a document, or one it merges, is made of what may not be shown.

        Args:
            source: The data source's change.
            above: Addresses of the documents that merge it.
        """
        if marked(source.after_sensitive) or source.address in above:
            return marked(source.after_sensitive)
        inner: list[Change] = []
        for name in _MERGED:
            if marked(child_mark(source.unknown, name)):
                # What cannot be followed is not rendered either: nothing of it is shown.
                with suppress(UnresolvedPolicyError):
                    found = self._origins(self._expression(source, name), source.module)
                    inner += [other for _, other in found]
        return any(self.hides(other, (*above, source.address)) for other in inner)

    def _expression(self, source: Change, name: str) -> Expression:
        entry = source.entry
        block = self._configuration.resource(source.module, entry.mode, entry.type, entry.name)
        return expression_at(block or {}, (name,)) or {}

    def _merged(self, source: Change, name: str, above: tuple[str, ...]) -> list[Any]:
        """Return the texts of a list of documents, those rendered that are not known."""
        texts, marks = source.after.get(name), source.unknown[name]
        if not isinstance(texts, list) or not isinstance(marks, list) or len(texts) != len(marks):
            raise UnresolvedPolicyError(f"its {name} is known only after apply")
        # What is not known is null (facts.md, "Plan JSON"); else the plan says two things at once.
        if any((text is None) != (mark is True) for text, mark in zip(texts, marks, strict=True)):
            raise UnresolvedPolicyError(f"its {name} is both known and unknown")
        open_ = [place for place, mark in enumerate(marks) if mark is True]
        origins = self._origins(self._expression(source, name), source.module)
        if len(origins) != len(open_) or not all(is_document(target) for target, _ in origins):
            listed = (
                ", ".join(change.address for _, change in origins)
                or "a value the plan does not show"
            )
            raise UnresolvedPolicyError(f"its {name} may come from {listed}")
        rendered = [json.dumps(self.planned(other, above)) for _, other in origins]
        found = list(texts)
        for place, text in zip(open_, rendered, strict=True):
            found[place] = text
        if len(open_) > 1:
            _check_order(found, name)
        return found


def _check_order(texts: Iterable[Any], name: str) -> None:
    """Refuse documents that replace each other: plan JSON does not tell their order."""
    sids = Counter(
        sid
        for text in texts
        for sid in {item.get("Sid") for item in statements_of(text) if item.get("Sid")}
    )
    twice = [str(sid) for sid, count in sids.items() if count > 1]
    if twice:
        raise UnresolvedPolicyError(f"documents of its {name} share the Sid {twice[0]}")
