"""Where a swap stands, as text and as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from tfswap.report.documents import (
    PHASE_CODES,
    Alternative,
    StatusDocument,
    StatusLine,
    SwappedTable,
    SwapPhase,
)
from tfswap.report.wrap import wrap, wrap_next
from tfswap.swap import Swap

_STATES = {"✓": "done", "✗": "open", "?": "unknown"}


@dataclass(frozen=True)
class SwapStatus:
    """What was found."""

    lines: tuple[str, ...]
    """What is so, one thing a line, marked done or not."""
    following: str
    """The next command, and why."""
    phase: SwapPhase
    unread: bool = False
    """The state could not be read."""
    alternatives: tuple[tuple[str, str], ...] = ()
    """Other commands that may be run, each behind the words that say why."""


def status_text(swap: Swap | None, found: SwapStatus, width: int) -> str:
    """Return it for people."""
    lines = []
    if swap is not None:
        lines = wrap(f"Swap in {swap.environment} (workspace {swap.workspace})", width)
    for line in found.lines:
        indent = " " * (len(line) - len(line.lstrip()) + 2 * (swap is not None))
        lines += wrap(line, width, indent, f"{indent}  ")
    lines += wrap_next(found.following, width)
    for words, command in found.alternatives:
        lines += _either(words, command, width)
    return "\n".join(lines)


def _either(words: str, command: str, width: int) -> list[str]:
    """Return a command with the words before it, on a line of its own where it is long."""
    *first, last = words.split("\n")
    line = f"{last} {command}"
    return [*first, *([line] if len(line) <= width else [last, f"  {command}"])]


def status_document(swap: Swap | None, found: SwapStatus) -> StatusDocument:
    """Return it for programs."""
    tables = swap.tables if swap else ()
    return StatusDocument(
        phase=found.phase,
        phase_code=PHASE_CODES[found.phase],
        environment=swap.environment if swap else "",
        workspace=swap.workspace if swap else "",
        tables=[SwappedTable(t.address, t.old_name, t.new_name) for t in tables],
        lines=[_line(text) for text in found.lines],
        next=found.following,
        alternatives=[Alternative(why.rstrip(":"), how) for why, how in found.alternatives],
    )


def _line(text: str) -> StatusLine:
    sign, _, rest = text.strip().partition(" ")
    if sign in _STATES:
        return StatusLine(_STATES[sign], rest)
    return StatusLine("note", text.strip().removeprefix("· "))
