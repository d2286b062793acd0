"""Which blocks of the consumers' graph are drawn, and how they hang together in the drawing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tfswap.verify.model.report_data import LinkRole, LinkStanding, PlanLink, Report

MAX_NODES = 60
"""More cannot be read; mermaid itself stops at 500 edges and 50,000 characters."""

_ORDER = (LinkStanding.FAILING, LinkStanding.CHANGED, LinkStanding.UNCHANGED)


def shown_links(report: Report, most: int = MAX_NODES) -> list[PlanLink]:
    """Return the blocks to draw, tables first, then failing ones; none without a consumer."""
    if not any(link.role is LinkRole.CONSUMER for link in report.links):
        return []
    return sorted(report.links, key=_weight)[:most]


def _weight(link: PlanLink) -> tuple[bool, int]:
    return link.role is not LinkRole.TABLE, _ORDER.index(link.standing)


def left_out(report: Report, chosen: Iterable[PlanLink]) -> str:
    """Return the sentence that counts what a drawing leaves out; empty where that is nothing."""
    shown = {link.address for link in chosen}
    rest = [link for link in report.links if link.address not in shown]
    counts = [(sum(one.standing is s for one in rest), s.value) for s in _ORDER]
    missing = ", ".join(f"{count} {word}" for count, word in counts if count)
    whole = len(report.links)
    return (
        f"The diagram shows {whole - len(rest)} of {whole}; not shown: {missing}." if rest else ""
    )


def parents(report: Report, chosen: Iterable[PlanLink]) -> dict[str, str]:
    """Return for each drawn block the nearest drawn one on its way to the table, or nothing."""
    every = {link.address: link for link in report.links}
    shown = {link.address for link in chosen}
    return {address: _nearest(address, shown, every) for address in shown}


def _nearest(address: str, shown: set[str], every: dict[str, PlanLink]) -> str:
    seen = {address}
    parent = every[address].parent
    while parent and parent not in shown and parent not in seen:
        seen.add(parent)
        parent = every[parent].parent if parent in every else ""
    return parent if parent in shown and parent != address else ""


def split_module(address: str) -> Iterator[str]:
    """Yield the module path, where there is one, and the rest of a configuration address."""
    match = re.match(r"((?:module\.[\w-]+\.)+)(.+)", address, re.DOTALL)
    yield from (match[1], match[2]) if match else (address,)
