"""The consumers of the tables as a mermaid flowchart.

Changed, unchanged and failing blocks are told apart by shape, a sign before the name and the
border; colour only repeats it. Every character of a name that is no letter or digit is written as
an entity code, which mermaid resolves after everything else (mermaid documentation, "Entity codes
to escape characters"): no name can be syntax.
"""

from __future__ import annotations

from collections.abc import Iterator

from tfswap.report.links import left_out, parents, shown_links, split_module
from tfswap.report.sanitize import safe
from tfswap.verify.model.report_data import LinkRole, LinkStanding, PlanLink, Report

MAX_CHARACTERS = 20_000

LEGEND = (
    "Cylinder: the table · box with `~`: changed, as expected · round with `=` and a "
    "dashed border: unchanged · hexagon with `✗` and a thick border: has a finding."
)

_SHAPES = {
    LinkStanding.CHANGED: ('["', '"]', "~", "changed"),
    LinkStanding.UNCHANGED: ('(["', '"])', "=", "unchanged"),
    LinkStanding.FAILING: ('{{"', '"}}', "✗", "failing"),
}
_ARROWS = {
    LinkStanding.CHANGED: "-->",
    LinkStanding.UNCHANGED: "-.->",
    LinkStanding.FAILING: "==>",
}
_CLASSES = (
    "classDef changed fill:#ddf4e4,stroke:#1a7f37,color:#1f2328",
    "classDef unchanged fill:#f6f8fa,stroke:#6e7781,color:#1f2328,stroke-dasharray:5 4",
    "classDef failing fill:#ffdcd7,stroke:#a40e26,color:#1f2328,stroke-width:4px",
)
_LONGEST = 100


def flowchart(report: Report) -> tuple[str, str]:
    """Return the diagram and what it leaves out; both empty where there is nothing to draw."""
    chosen = shown_links(report)
    if not chosen:
        return "", ""
    while len(text := _Chart(report, chosen).text()) > MAX_CHARACTERS:
        chosen = chosen[: len(chosen) * 3 // 4]
    return text, left_out(report, chosen)


class _Chart:
    def __init__(self, report: Report, chosen: list[PlanLink]) -> None:
        self._report = report
        self._chosen = chosen
        self._ids = {link.address: f"n{number}" for number, link in enumerate(chosen)}
        self._parents = parents(report, chosen)

    def text(self) -> str:
        return "\n".join(("flowchart LR", *(f"  {line}" for line in self._lines()))) + "\n"

    def _lines(self) -> Iterator[str]:
        for link in self._chosen:
            yield self._node(link)
        for link in self._chosen:
            if parent := self._parents[link.address]:
                arrow = _ARROWS[link.standing]
                yield f"{self._ids[parent]} {arrow} {self._ids[link.address]}"
        yield from _CLASSES

    def _node(self, link: PlanLink) -> str:
        begin, end, sign, name = _SHAPES[link.standing]
        if link.role is LinkRole.TABLE:
            begin, end = '[("', '")]'
        label = f"{_coded(sign)}#160;{self._label(link)}"
        return f"{self._ids[link.address]}{begin}{label}{end}:::{name}"

    def _label(self, link: PlanLink) -> str:
        """Return the address, its module on a line of its own, and what else is worth a line."""
        lines = list(split_module(link.address))
        if link.role is LinkRole.TABLE:
            lines += [
                f"{table.old} → {table.new}"
                for table in self._report.tables
                if table.address == link.address or table.address.startswith(f"{link.address}[")
            ]
        if link.role is LinkRole.OUTSIDER:
            lines.append("refers to no table")
        if link.instances > 1:
            lines.append(f"{link.instances} instances")
        return "<br/>".join(map(_coded, lines))


def _coded(text: str) -> str:
    text = safe(text)
    text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return "".join(map(_code, text))


def _code(char: str) -> str:
    if char.isascii() and (char.isalnum() or char == " "):
        return char
    # Icons (fa:fa-car) are looked for once the codes are resolved.
    return f"#{ord(char)};#8203;" if char == ":" else f"#{ord(char)};"
