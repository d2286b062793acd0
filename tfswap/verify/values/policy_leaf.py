"""An IAM policy before and after, as one leaf: renamed, the same by meaning, or not explained."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tfswap.plan.values import Path
from tfswap.verify.model.leaf_diff import LeafDiff, changed
from tfswap.verify.model.report_data import LeafKind
from tfswap.verify.values.equality import Renaming, deep_rename, identical
from tfswap.verify.values.iam_policy import Policy, canonical, difference

_LINES = 3


def policies(before: Policy, after: Policy, path: Path, renaming: Renaming) -> LeafDiff:
    """Compare two IAM policies by meaning, the first one renamed.

    Args:
        before: The policy now, decoded.
        after: The policy as planned.
        path: Where it stands in its resource.
        renaming: From the outgoing names to the restored ones.
    """
    renamed = deep_rename(before, renaming)
    if not identical(renamed, after) and canonical(renamed) != canonical(after):
        lines = difference(renamed, after)
        more = f"; {len(lines) - _LINES} more" if len(lines) > _LINES else ""
        reason = "the policy differs in meaning"
        text, sides = "; ".join(lines[:_LINES]) + more, (before, after)
        leaf = LeafDiff(path, LeafKind.UNEXPLAINED, text, reason, sides=sides)
        only_old = canonical(renamed) == canonical(deep_rename(after, renaming))
        return replace(leaf, about_policy=True, only_old=only_old)
    mentions = _renamed_texts(before, renaming)
    if not mentions:
        return LeafDiff(path, LeafKind.EQUIVALENT, "same policy", "only its formatting differs")
    reason = f"same policy otherwise; {len(mentions)} names changed"
    return changed(path, LeafKind.RENAMED, mentions[0], renaming(mentions[0]), reason)


def _renamed_texts(value: Any, renaming: Renaming) -> list[str]:
    if isinstance(value, str):
        return [value] if renaming(value) != value else []
    items = value.values() if isinstance(value, dict) else value
    listed = items if isinstance(value, dict | list) else []
    return [text for item in listed for text in _renamed_texts(item, renaming)]
