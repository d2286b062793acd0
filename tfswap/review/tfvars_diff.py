"""Two versions of a tfvars file, value by value: white space, order and line ends do not count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from tfswap.discovery.name_sources import dated
from tfswap.edit.tfvars import Tfvars, join
from tfswap.git.file_change import FileChange
from tfswap.review.facts import FileLine, StringEdit

_Path = tuple[str, ...]
_SUFFIXES = (".tfvars", ".tfvars.json")
_QUOTED = re.compile(rb'"([^"\\\n]{1,255})"')


class TfvarsDiff(NamedTuple):
    """What changed between two versions."""

    edits: tuple[StringEdit, ...]
    """Strings that became other strings."""
    others: tuple[FileLine, ...]
    """Everything else: values added, removed, or of another kind; by pointer."""


def diff_tfvars(base: Tfvars, head: Tfvars) -> TfvarsDiff:
    """Return what changed, with the lines of ``head``.

    Args:
        base: The file at the merge base.
        head: The same file now; it may have been renamed.
    """
    before, after = dict(_leaves(base.value)), dict(_leaves(head.value))
    edits, others = [], []
    for path in dict.fromkeys((*before, *after)):
        old, new = before.get(path), after.get(path)
        if old == new:
            continue
        pointer = join(path)
        if old is not None and new is not None and (old[0], new[0]) == (str, str):
            edits.append(StringEdit(head.file, pointer, head.leaf(pointer).line, old[1], new[1]))
        else:
            others.append(path)
    lines = _Lines(base, head) if others else None
    placed = (FileLine(head.file, lines.of(path), join(path)) for path in others if lines)
    return TfvarsDiff(tuple(edits), tuple(placed))


def _leaves(value: Any) -> Iterator[tuple[_Path, tuple[type, Any]]]:
    """Yield every value that holds no other, with its type: ``true`` is not 1, 1 not 1.0."""
    stack: list[tuple[_Path, Any]] = [((), value)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, dict) and item:
            stack += [((*path, key), inner) for key, inner in reversed(item.items())]
        elif isinstance(item, list) and item:
            stack += [((*path, str(i)), inner) for i, inner in reversed(list(enumerate(item)))]
        else:
            yield path, (type(item), item)


class _Lines:
    """The lines of ``head`` that differ, to show where a value that is no string changed."""

    def __init__(self, base: Tfvars, head: Tfvars) -> None:
        self._text = head.text.splitlines()
        matcher = SequenceMatcher(None, base.text.splitlines(), self._text, autojunk=False)
        self._changed = [
            number
            for tag, _, _, start, end in matcher.get_opcodes()
            if tag != "equal"
            for number in range(start, max(end, start + 1))
            if number < len(self._text)
        ]

    def of(self, path: _Path) -> int:
        """Return the changed line that holds the nearest key, or else the first changed one."""
        for key in reversed(path):
            for number in self._changed:
                if f'"{key}"' in self._text[number]:
                    return number + 1
        return self._changed[0] + 1 if self._changed else 1


def paired(changes: Sequence[FileChange]) -> list[tuple[str | None, str]]:
    """Return the changed tfvars, before and after; one gone and one come are one renamed."""
    known = [c for c in changes if (c.new or c.old or "").endswith(_SUFFIXES)]
    gone = [change.old for change in known if change.new is None]
    come = [change.new for change in known if change.old is None]
    pairs = [(change.old, change.new) for change in known if change.new is not None]
    if len(gone) == len(come) == 1:
        pairs = [(old or gone[0], new) for old, new in pairs]
    return pairs


def hcl_renames(base: bytes, head: bytes, file: str) -> Iterator[FileLine]:
    """Yield the strings of an HCL tfvars file that change as a table's name does in a swap.

    Names are followed through JSON tfvars only, so all that can be said is that it may be one.
    """
    before, after = set(_QUOTED.findall(base)), set(_QUOTED.findall(head))
    gone = {_base(text) for text in before - after}
    for match in _QUOTED.finditer(head):
        if match[1] not in before and _base(match[1]) in gone:
            line = head.count(b"\n", 0, match.start()) + 1
            shown = match[1].decode(errors="replace")
            yield FileLine(
                file, line, f"{shown!r} is in HCL tfvars; names are only followed in JSON"
            )


def _base(text: bytes) -> str:
    return dated(text.decode(errors="replace")).base
