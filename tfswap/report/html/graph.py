"""The consumers of the tables as an SVG drawing: tables left, what refers to them to the right.

The same graph as ``report.mermaid`` draws, as a tree along each block's shortest way to a table.
Changed, unchanged and failing blocks differ by sign and border; colour only repeats it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tfswap.plan.address import strip_keys
from tfswap.report.html.markup import anchor, text
from tfswap.report.links import left_out, parents, shown_links, split_module
from tfswap.report.sanitize import safe
from tfswap.verify.model.evidence import clip
from tfswap.verify.model.report_data import LinkRole, LinkStanding, PlanLink, Report

_SIGNS = {LinkStanding.CHANGED: "~", LinkStanding.UNCHANGED: "=", LinkStanding.FAILING: "✗"}
_LEGEND = (
    "~ changed by the swap · = unchanged, dashed border · ✗ has a finding, thick border "
    "· double border: the table"
)
_CHARACTER = 7.3
"""Width of a character of the drawing's font (12 px monospace), in px."""
_LINE, _PADDING, _GAP, _ACROSS = 15, 8, 12, 46
_LONGEST = 52


@dataclass(frozen=True)
class _Box:
    """A block with its place in the drawing, in px."""

    link: PlanLink
    lines: tuple[str, ...]
    x: float
    y: float
    width: float

    @property
    def height(self) -> float:
        return len(self.lines) * _LINE + 2 * _PADDING

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def graph(number: int, report: Report) -> Iterator[str]:
    """Yield the section with the drawing; nothing where there is no consumer to draw."""
    chosen = shown_links(report)
    nearest = parents(report, chosen)
    boxes = _layout(report, chosen, nearest)
    if not boxes:
        return
    targets = _targets(number, report)
    width = max(box.x + box.width for box in boxes.values()) + 2
    height = max(box.y + box.height for box in boxes.values()) + 2
    label = f"consumers-{number}"
    yield f'<section><h2 id="{label}">Consumers</h2>'
    yield f'<div class="graph" role="region" tabindex="0" aria-labelledby="{label}">'
    yield f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    yield f' aria-labelledby="{label}">'
    for address, box in boxes.items():
        yield from _edge(boxes.get(nearest[address]), box)
    for box in boxes.values():
        yield from _node(box, targets.get(box.link.address, ""))
    yield f"</svg></div><p class=legend>{_LEGEND}</p>"
    yield f"<p>{left_out(report, chosen)}</p></section>"


def _targets(number: int, report: Report) -> Mapping[str, str]:
    """Return the change that each block's node leads to: its first instance."""
    first: dict[str, str] = {}
    for change in report.changes:
        first.setdefault(strip_keys(change.address), anchor(number, "change", change.address))
    return first


def _layout(
    report: Report, chosen: Sequence[PlanLink], nearest: Mapping[str, str]
) -> dict[str, _Box]:
    """Place every block: a column a step away from its table, parents beside their first child."""
    children: dict[str, list[PlanLink]] = {}
    for link in chosen:
        children.setdefault(nearest[link.address], []).append(link)
    boxes: dict[str, _Box] = {}
    bottom = _GAP / 2

    def place(link: PlanLink, x: float) -> None:
        nonlocal bottom
        lines = _lines(report, link)
        width = max(map(len, lines)) * _CHARACTER + 2 * _PADDING
        box = boxes[link.address] = _Box(link, lines, x, bottom, width)
        start = bottom
        for child in children.get(link.address, ()):
            place(child, x + width + _ACROSS)
        bottom = max(bottom, start + box.height + _GAP)

    for root in children.get("", ()):
        place(root, 2)
    return boxes


def _lines(report: Report, link: PlanLink) -> tuple[str, ...]:
    lines = list(split_module(link.address))
    lines[0] = f"{_SIGNS[link.standing]} {lines[0]}"
    if link.role is LinkRole.TABLE:
        lines += [table.new for table in report.tables if strip_keys(table.address) == link.address]
    if link.role is LinkRole.OUTSIDER:
        lines.append("refers to no table")
    if link.instances > 1:
        lines.append(f"{link.instances} instances")
    return tuple(clip(safe(line), _LONGEST) for line in lines)


def _edge(parent: _Box | None, box: _Box) -> Iterator[str]:
    if parent is None:
        return
    x, end = parent.x + parent.width, box.x
    bend = (x + end) / 2
    yield (
        f'<path class="edge {box.link.standing.value}" '
        f'd="M{x:.0f} {parent.middle:.0f}C{bend:.0f} {parent.middle:.0f} '
        f'{bend:.0f} {box.middle:.0f} {end:.0f} {box.middle:.0f}"/>'
    )


def _node(box: _Box, target: str) -> Iterator[str]:
    link = box.link
    yield f'<a href="#{target}">' if target else "<g>"
    yield f"<title>{text(link.address)}: {link.standing.value}</title>"
    yield from _frame(box, 0)
    if link.role is LinkRole.TABLE:
        yield from _frame(box, 3)
    for row, line in enumerate(box.lines):
        y = box.y + _PADDING + row * _LINE + 11
        yield f'<text x="{box.x + _PADDING:.0f}" y="{y:.0f}">{text(line)}</text>'
    yield "</a>" if target else "</g>"


def _frame(box: _Box, inset: int) -> Iterator[str]:
    yield (
        f'<rect class="{box.link.standing.value}" x="{box.x + inset:.0f}" y="{box.y + inset:.0f}" '
        f'width="{box.width - 2 * inset:.0f}" height="{box.height - 2 * inset:.0f}" rx="4"/>'
    )
