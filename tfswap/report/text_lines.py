"""Single lines of the text report: a satisfied line of the checklist, a change that is fine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from tfswap.plan.address import strip_keys
from tfswap.report.sanitize import safe
from tfswap.report.short_address import Shortener
from tfswap.report.wrap import wrap
from tfswap.verify.model.report_data import (
    ChecklistItem,
    ExplainedChange,
    LeafKind,
    Report,
    Severity,
    Status,
)

_MAX = 4
_FOLDED = 4
"""Instances of one block that are told in one line."""
_WEIGHTS = (Severity.ERROR, Severity.UNKNOWN)

_KIND_WORDS = {
    LeafKind.RENAMED: ("value renamed", "values renamed"),
    LeafKind.COMPUTED: ("known after apply", "known after apply"),
    LeafKind.PROTECTION: ("restored protection", "restored protections"),
    LeafKind.EQUIVALENT: ("with the same meaning", "with the same meaning"),
    LeafKind.CAUSED: ("caused by the swap", "caused by the swap"),
    LeafKind.ALLOWED: ("allowed", "allowed"),
    LeafKind.UNEXPLAINED: ("not explained", "not explained"),
    LeafKind.UNRESOLVED: ("not verified", "not verified"),
}
"""What a number of values is followed by, one and several."""


def known_addresses(report: Report) -> Iterator[str]:
    """Yield every address a report names, and those that end like one of them."""
    yield from report.namesakes
    yield from (change.address for change in report.changes)
    for found in report.findings:
        yield from filter(None, (found.address, *found.also))
    yield from (table.address for table in report.tables if table.address)


def culprit(report: Report, names: Shortener) -> Iterator[str]:
    """Yield what is wrong, in a line that can stand beneath the verdict; nothing when all is well.

    Findings come worst first; the rest is told further down.
    """
    found = next((one for one in report.findings if one.severity in _WEIGHTS), None)
    if found is not None:
        yield f"{found.rule}: {found.message}"
        if found.address:
            yield names.short(found.address)
        if found.path:
            yield found.path
        if found.location:
            yield f"{found.location.file}:{found.location.line}"


def item_line(item: ChecklistItem, names: Shortener, columns: int) -> str:
    """Return the evidence of a satisfied line in one line, as much as ``columns`` holds.

    Args:
        item: The line of the checklist.
        names: Shortens its addresses.
        columns: Columns there are; a single address may run over, for no address is cut.
    """
    parts = item.evidence
    if item.status is Status.NOT_APPLICABLE and not any(names.split(line)[0] for line in parts):
        return ""
    address, words = names.split(parts[0])
    shown = names.short(address) if address else words
    more = f" and {len(parts) - 1} more" if len(parts) > 1 else ""
    full = f"{shown}: {words}" if address and not more else f"{shown}{more}"
    for text in (full, f"{shown}{more}", f"{len(parts)} resources" if more else shown):
        if len(text) <= columns:
            return safe(text)
    return safe(f"{len(parts)} resources" if more else shown)


def evidence_lines(item: ChecklistItem, names: Shortener, columns: int) -> Iterator[str]:
    """Yield what is at fault in a line of the checklist; a long address stands alone on its line.

    All of it is told again, whole, beneath "Wrong" or "Cannot be told".
    """
    lines = item.evidence[: item.at_fault] or item.evidence
    for line in lines[:_MAX]:
        address, words = names.split(line)
        shown = names.short(address)
        if not address or len(f"{shown}: {words}") <= columns:
            yield from wrap(f"{shown}: {words}" if address else line, columns)
            continue
        yield safe(shown)
        yield from wrap(words, columns, "  ")
    if len(lines) > _MAX:
        yield f"and {len(lines) - _MAX} more"


def fine_lines(changes: Iterable[ExplainedChange], names: Shortener, columns: int) -> Iterator[str]:
    """Yield a line for each explained change, one for all instances of a block that are alike.

    A line tells what was renamed, or how many values of each kind, as far as there is room.
    """
    alike: dict[tuple[str, str, tuple[str, ...]], list[ExplainedChange]] = {}
    known: dict[tuple[int, str], tuple[str, ...]] = {}
    for change in changes:
        what = id(change.leaves), change.reason  # Twins have the very same leaves.
        if what not in known:
            known[what] = tuple(_change_texts(change))
        key = strip_keys(change.address), change.action, known[what]
        alike.setdefault(key, []).append(change)
    for (block, _, _), found in alike.items():
        if len(found) < _FOLDED:
            for one in found:
                yield _fine_line(names.short(one.address), one, columns)
        else:
            yield _fine_line(f"{block} ({len(found)} instances)", found[0], columns)


def _fine_line(what: str, change: ExplainedChange, columns: int) -> str:
    action = change.action.partition(" ")[0]
    for words in _change_texts(change):
        if len(text := f"{what}: {action}, {words}") <= columns:
            return safe(text)
    text = f"{what}: {action}"
    return safe(text if len(text) <= columns else what)


def counted(kind: LeafKind, count: int) -> str:
    """Return how many values are of a kind, in words that say of what."""
    one, many = _KIND_WORDS[kind]
    return f"{count} {one if count == 1 else many}"


def _change_texts(change: ExplainedChange) -> Iterator[str]:
    """Yield what is said of a change, the longest first."""
    renamed = dict.fromkeys(leaf.path for leaf in change.leaves if leaf.kind is LeafKind.RENAMED)
    kinds = [leaf.kind for leaf in change.leaves]
    rest = Counter(kind for kind in kinds if kind is not LeafKind.RENAMED).most_common()
    others = [counted(kind, count) for kind, count in rest]
    if renamed:
        yield ", ".join((f"renamed {', '.join(renamed)}", *others))
        last = dict.fromkeys(path.rpartition(".")[2] for path in renamed)
        yield ", ".join((f"renamed {', '.join(last)}", *others))
        yield f"renamed {', '.join(last)}"
        yield counted(LeafKind.RENAMED, len(renamed))
    elif others:
        yield ", ".join(others)
        if more := sum(count for _, count in rest[1:]):
            yield f"{others[0]}, {more} more"
        yield f"{len(change.leaves)} values"
    elif change.reason:
        yield change.reason
