"""The journal as a history: who did what and when in this swap, for people. Pure.

Times are UTC. What tfswap only looked at or did on its scratch copy is left out unless it is asked
for: an incident record needs the writes, the verdicts, and what was begun and never ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from tfswap.report.event_text import ENDS, NOISE, event_line
from tfswap.report.sanitize import safe
from tfswap.report.wrap import wrap

Entry = Mapping[str, Any]


class HistoryFormat(Enum):
    """How a history can be written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


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


def history(entries: Iterable[Entry], swap: str = "", *, everything: bool = False) -> History:
    """Return the history the journal tells.

    Args:
        entries: The journal's entries, oldest first.
        swap: The prepared swap in one line.
        everything: Earlier swaps and every small step too.
    """
    whole = list(entries)
    found = whole if everything else of_this_swap(whole)
    pairs = dict.fromkeys(safe(str(entry["pair"])) for entry in found if entry.get("pair"))
    return History(swap, "; later ".join(pairs), tuple(_entries(found, everything)))


def render_history(told: History, form: HistoryFormat, *, width: int = 80) -> str:
    """Return the history as text, Markdown or JSON.

    Args:
        told: From ``history``.
        form: Which.
        width: Columns to keep to; text only.
    """
    if form is HistoryFormat.JSON:
        return _json(told)
    if form is HistoryFormat.MARKDOWN:
        return _markdown(told)
    return _text(told, width)


def of_this_swap(entries: Sequence[Entry], branch: str | None = None) -> list[Entry]:
    """Return what came after another branch's swap, from this one's own beginning on.

    That beginning is its ``prepare``, or that of the guided night it is part of.

    Args:
        entries: The journal's entries, oldest first.
        branch: The swap's; the one the journal named last when None.
    """
    mine = branch or next((e["branch"] for e in reversed(entries) if e.get("branch")), None)
    begun = [i for i, e in enumerate(entries) if e.get("event") in ("preparing", "prepared")]
    last = max((i for i in begun if entries[i].get("branch") == mine), default=len(entries))
    foreign = max((i for i in begun if i < last and entries[i].get("branch") != mine), default=-1)
    if foreign < 0:
        return list(entries)
    later = range(foreign + 1, len(entries))
    own = next((i for i in later if entries[i].get("branch") == mine), foreign + 1)
    return list(entries[_night_before(entries, foreign, own) :])


def _night_before(entries: Sequence[Entry], after: int, own: int) -> int:
    """Return where the guided night began in which ``own`` was done; ``own`` where in none."""
    for index in range(own - 1, after, -1):
        if entries[index].get("event") == "night-ended":
            break
        if entries[index].get("event") == "night-begun":
            return index
    return own


def _entries(entries: Sequence[Entry], everything: bool) -> Iterator[HistoryEntry]:
    """Yield the events worth a line; one whose end was noted is told by its end."""
    for index, entry in enumerate(entries):
        at, event = _time(entry.get("at")), str(entry.get("event", ""))
        if at is None or not (everything or _is_worth(entry)):
            continue
        text = event_line(entry)
        if event in ENDS:
            if not _ended(entry, ENDS[event], entries[index + 1 :]):
                text += "; its end was never noted (killed?)"
            elif not everything:
                continue
        yield HistoryEntry(at, safe(str(entry.get("who", "?"))), event, safe(text))


def _is_worth(entry: Entry) -> bool:
    """Say whether an event is a line: steps are where they touched the state itself."""
    return entry.get("event") not in NOISE or entry.get("where") == "backend"


def _ended(entry: Entry, ends: tuple[str, ...], later: Sequence[Entry]) -> bool:
    """Say whether one of the ends came before the same thing began again."""
    for each in later:
        event = str(each.get("event"))
        if event in ends:
            return not each.get("found")
        if event == entry.get("event"):
            return False
    return False


def _time(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError:
        return None


def _text(told: History, width: int) -> str:
    lines = wrap(told.swap, width) if told.swap else []
    if told.pair:
        lines += wrap(f"pair: {told.pair}", width)
    if not told.happenings:
        return "\n".join([*lines, "Nothing was done yet."])
    day, who = "", ""
    for each in told.happenings:
        if (f"{each.at:%d %B %Y}", each.who) != (day, who):
            day, who = f"{each.at:%d %B %Y}", each.who
            lines += ["", *wrap(f"{day} (UTC), {who}", width)]
        lines += wrap(each.text, width, f"  {each.at:%H:%M:%S}  ", " " * 12)
    return "\n".join(lines).lstrip("\n")


def _markdown(told: History) -> str:
    lines = ["## What was done", ""]
    if told.swap:
        lines += [_cell(told.swap), ""]
    if told.pair:
        lines += [f"Pair: {_cell(told.pair)}", ""]
    lines += ["| time (UTC) | who | what |", "|---|---|---|"]
    for each in told.happenings:
        lines.append(f"| {each.at:%Y-%m-%d %H:%M:%S} | {_cell(each.who)} | {_cell(each.text)} |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    """Return text that stays one cell: names may hold a bar, an underscore or a bracket."""
    return "".join(f"\\{char}" if char in r"\|`*_<>[]" else char for char in text)


def _json(told: History) -> str:
    from tfswap.report.documents import LogDocument, LoggedEvent, render_document

    events = [
        LoggedEvent(each.at.isoformat(timespec="milliseconds"), each.who, each.event, each.text)
        for each in told.happenings
    ]
    return render_document(LogDocument(swap=told.swap, pair=told.pair, events=events))
