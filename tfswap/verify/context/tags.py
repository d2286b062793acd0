"""Tags that are not a resource's own: those of its provider configuration, and the tables'."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from tfswap.plan.changes import Change
from tfswap.plan.values import decode
from tfswap.verify.context.plan_context import Context
from tfswap.verify.values.equality import as_map

_SAMPLE = 300
"""Resources that tell which tags are common; a plan may hold very many."""


def common_tags(context: Context, change: Change) -> dict[str, str]:
    """Return the tags most resources under the same provider configuration carry.

    They come from its ``default_tags``; a tag of the table that differs from all others was not
    what the configuration says. The first few hundred resources tell; a plan may hold very many.
    """
    mine = _provider(context, change)
    if mine not in context.common_tags:
        context.common_tags[mine] = _most_common(_tagged(context, change, mine))
    return context.common_tags[mine]


def _tagged(context: Context, change: Change, provider: str) -> Iterator[Change]:
    for other in context.live.values():
        if not other.is_managed or other is change or _provider(context, other) != provider:
            continue
        if other.written_before("tags_all").startswith(b"{") and not other.hides("tags_all"):
            yield other


def _most_common(tagged: Iterator[Change]) -> dict[str, str]:
    # Most resources are tagged alike, byte for byte; the rest of them need not be decoded.
    written = Counter(
        (other.written_before("tags"), other.written_before("tags_all"))
        for other in islice(tagged, _SAMPLE)
    )
    seen = Counter[tuple[str, str]]()
    for (own, every), count in written.items():
        mine = as_map(decode(own or b"null", where="tags"))
        tags = as_map(decode(every, where="tags_all"))
        seen.update({(key, str(tags[key])): count for key in tags if key not in mine})
    common: dict[str, str] = {}
    for (key, value), _ in seen.most_common():
        common.setdefault(key, value)
    return common


def _provider(context: Context, change: Change) -> str:
    path = "".join(f"/{step.name}" for step in change.module)
    keys = context.plan.configuration.provider_keys
    return keys.get((path, change.type, change.entry.name), "")


def tables_tags(context: Context) -> dict[str, Any]:
    """Return the tags of the swap's tables: a copy may be alone under its provider."""
    tags: dict[str, Any] = {}
    for address in context.tables:
        change = context.live.get(address)
        tags |= as_map(change.after_value("tags_all")) if change is not None else {}
    return tags
