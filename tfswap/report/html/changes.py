"""The plan's changes, each with what it was and what it becomes; explained values are folded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tfswap.report.html.markup import anchors, code, text
from tfswap.report.text_lines import counted
from tfswap.verify.model.report_data import ExplainedChange, LeafNote, Report

_ARROW = " -> "


def changes(number: int, report: Report) -> Iterator[str]:
    """Yield the section of changes with its filter; nothing where none was explained."""
    if not report.changes:
        return
    count = Counter(change.explained for change in report.changes)
    yield f'<section class="changes"><h2>Changes ({len(report.changes)})</h2>'
    yield from _filter(number, count)
    ordered = sorted(report.changes, key=lambda one: one.explained)
    ids = anchors(number, "change", (change.address for change in ordered))
    for change, unique in zip(ordered, ids, strict=True):
        yield from _change(unique, change)
    yield "</section>"


def _filter(number: int, count: Counter[bool]) -> Iterator[str]:
    """Yield the choice of what is shown; hidden where no script can act on it."""
    yield '<fieldset class="filter" hidden><legend>Show</legend>'
    choices = (
        ("all", "all", count.total()),
        ("open", "not explained", count[False]),
        ("explained", "explained", count[True]),
    )
    for value, words, many in choices:
        checked = " checked" if value == "all" else ""
        yield (
            f'<label><input type="radio" name="show-{number}" value="{value}"{checked}> '
            f"{words} ({many})</label>"
        )
    yield "</fieldset>"


def _change(unique: str, change: ExplainedChange) -> Iterator[str]:
    state = "explained" if change.explained else "open"
    unfold = "" if change.explained else " open"
    sign, word = ("✓", "explained") if change.explained else ("✗", "not explained")
    yield f'<details id="{unique}" class="change {state}" data-state="{state}"{unfold}>'
    yield f'<summary><span aria-hidden="true">{sign}</span> {code(change.address)} '
    yield f'<span class="action">{text(change.action)} · {word}{_kinds(change.leaves)}</span>'
    yield "</summary>"
    if change.reason:
        yield f"<p>{text(change.reason)}</p>"
    if change.leaves:
        yield from _leaves(change.leaves)
    yield "</details>"


def _kinds(leaves: Sequence[LeafNote]) -> str:
    kinds = Counter(leaf.kind for leaf in leaves)
    return "".join(f" · {counted(kind, count)}" for kind, count in kinds.items())


def _leaves(leaves: Sequence[LeafNote]) -> Iterator[str]:
    """Yield the values: those without an explanation first, the others folded behind them."""
    ordered = [leaf for leaf in leaves if not leaf.kind.explained]
    explained = [leaf for leaf in leaves if leaf.kind.explained]
    if ordered:
        yield from _table(ordered)
        if explained:
            yield f"<details><summary>{len(explained)} explained values</summary>"
            yield from _table(explained)
            yield "</details>"
    else:
        yield from _table(explained)


def _table(leaves: Sequence[LeafNote]) -> Iterator[str]:
    yield '<table class="rows values"><thead><tr>'
    yield from (f"<th scope=col>{name}</th>" for name in ("Attribute", "Before", "After", "Why"))
    yield "</tr></thead><tbody>"
    for leaf in leaves:
        before, after = _sides(leaf.evidence)
        why = text(leaf.kind.value + (f": {leaf.reason}" if leaf.reason else ""))
        yield f"<tr><th scope=row>{code(leaf.path or 'value')}</th>"
        if after is None:
            yield f"<td colspan=2>{code(before)}</td><td>{why}</td></tr>"
        else:
            yield f'<td data-label="Before"><del>{code(before)}</del></td>'
            yield f'<td data-label="After"><ins>{code(after)}</ins></td>'
            yield f'<td data-label="Why">{why}</td></tr>'
    yield "</tbody></table>"


def _sides(evidence: str) -> tuple[str, str | None]:
    """Return before and after; the whole and None where a value holds the arrow itself."""
    before, _, after = evidence.partition(_ARROW)
    return (before, after) if evidence.count(_ARROW) == 1 else (evidence, None)
