"""The journal as a history: who did what and when in this swap, for people. Pure.

Times are UTC. What tfswap only looked at or did on its scratch copy is left out unless it is asked
for: an incident record needs the writes, the verdicts, and what was begun and never ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tfswap.journal.events import Event
from tfswap.journal.scope import of_this_swap
from tfswap.report import HistoryFormat
from tfswap.report.event_text import ENDS, NOISE, event_line
from tfswap.report.sanitize import safe
from tfswap.report.wrap import wrap


@dataclass(frozen=True)
class HistoryEntry:
    """One line of the history."""

    at: datetime
    who: str
    """Who ran tfswap, and on which machine."""
    event: str
    """The journal's own word."""
    text: str
    """What happened, in words."""


@dataclass(frozen=True)
class History:
    """A swap's history."""

    swap: str
    """The swap in one line; empty when none is prepared any more."""
    pair: str
    """The names given with ``--pair``, in the order they came."""
    happenings: tuple[HistoryEntry, ...]


def history(events: Sequence[Event], swap: str = "", *, everything: bool = False) -> History:
    """Return the history the journal tells.

    Args:
        events: The journal's, oldest first.
        swap: The prepared swap in one line.
        everything: Earlier swaps and every small step too.
    """
    found = events if everything else of_this_swap(events)
    pairs = dict.fromkeys(safe(event.pair) for event in found if event.pair)
    return History(swap, "; later ".join(pairs), tuple(_entries(found, everything)))


def render_history(swap_history: History, form: HistoryFormat, *, width: int = 80) -> str:
    """Return the history as text, Markdown or JSON.

    Args:
        swap_history: From ``history``.
        form: Which.
        width: Columns to keep to; text only.
    """
    if form is HistoryFormat.JSON:
        return _json(swap_history)
    if form is HistoryFormat.MARKDOWN:
        return _markdown(swap_history)
    return _text(swap_history, width)


def _entries(events: Sequence[Event], everything: bool) -> Iterator[HistoryEntry]:
    """Yield the events worth a line; one whose end was noted is told by its end."""
    for index, event in enumerate(events):
        at = _time(event.at)
        if at is None or not (everything or _is_worth(event)):
            continue
        text = event_line(event)
        if type(event) in ENDS:
            if not _ended(event, events[index + 1 :]):
                text += "; its end was not recorded (killed?)"
            elif not everything:
                continue
        yield HistoryEntry(at, safe(event.who or "?"), safe(event.kind), safe(text))


def _is_worth(event: Event) -> bool:
    """Say whether an event is a line: steps are where they touched the state itself."""
    return not isinstance(event, NOISE) or event.where == "backend"


def _ended(event: Event, later: Sequence[Event]) -> bool:
    """Say whether one of the ends came before the same thing began again."""
    for each in later:
        if isinstance(each, ENDS[type(event)]):
            return not getattr(each, "found", False)
        if type(each) is type(event):
            return False
    return False


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(swap_history: History, width: int) -> str:
    lines = wrap(swap_history.swap, width) if swap_history.swap else []
    if swap_history.pair:
        lines += wrap(f"pair: {swap_history.pair}", width)
    if not swap_history.happenings:
        return "\n".join([*lines, "Nothing was done yet."])
    day, who = "", ""
    for each in swap_history.happenings:
        if (f"{each.at:%d %B %Y}", each.who) != (day, who):
            day, who = f"{each.at:%d %B %Y}", each.who
            lines += ["", *wrap(f"{day} (UTC), {who}", width)]
        lines += wrap(each.text, width, f"  {each.at:%H:%M:%S}  ", " " * 12)
    return "\n".join(lines).lstrip("\n")


def _markdown(swap_history: History) -> str:
    lines = ["## What was done", ""]
    if swap_history.swap:
        lines += [_cell(swap_history.swap), ""]
    if swap_history.pair:
        lines += [f"Pair: {_cell(swap_history.pair)}", ""]
    lines += ["| time (UTC) | who | what |", "|---|---|---|"]
    for each in swap_history.happenings:
        lines.append(f"| {each.at:%Y-%m-%d %H:%M:%S} | {_cell(each.who)} | {_cell(each.text)} |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    """Return text that stays one cell: names may hold a bar, an underscore or a bracket."""
    return "".join(f"\\{char}" if char in r"\|`*_<>[]" else char for char in text)


def _json(swap_history: History) -> str:
    from tfswap.report.documents import LogDocument, LoggedEvent, render_document

    events = [
        LoggedEvent(each.at.isoformat(timespec="milliseconds"), each.who, each.event, each.text)
        for each in swap_history.happenings
    ]
    return render_document(
        LogDocument(swap=swap_history.swap, pair=swap_history.pair, events=events)
    )
