"""A prepared swap as text: what changes, the consumers as a tree, the commands. Pure."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from tfswap.swap import Consumer, Swap, TableSwap

_COMMANDS = "Commands (tfswap run executes them, on a scratch copy first):"
_SHOWN = ("resource", "data", "output")
"""Kinds that are lines of the tree; locals, inputs and modules only lead to them."""


def prepared_text(
    swap: Swap,
    diff: Sequence[str],
    commands: Sequence[str],
    *,
    stale: Sequence[str] = (),
    width: int,
    dry_run: bool = False,
    already: bool = False,
    full: bool = True,
) -> str:
    """Return what ``prepare`` prints.

    Args:
        swap: The swap.
        diff: Lines of the edit: a place, then ``-`` and ``+`` lines; none when it is made already.
        commands: The state commands and the plan, one shell line each.
        stale: Lines about what would still name an outgoing table.
        width: Columns to keep to, where words allow it.
        dry_run: Nothing was changed.
        already: It had been prepared before.
        full: Draw all consumers as a tree; else count them.
    """
    parts = [_heading(swap, dry_run=dry_run, already=already)]
    parts += [_table(swap, table) for table in swap.tables]
    parts.append(_edit(swap, diff))
    parts += [
        _tree(swap, table, width) if full else _counted(swap, table, width) for table in swap.tables
    ]
    if stale:
        parts.append("\n".join(stale))
    parts.append("\n".join([_COMMANDS, *_indented(commands)]))
    parts.append(_ending(swap, dry_run=dry_run))
    return "\n\n".join(parts)


def _heading(swap: Swap, *, dry_run: bool, already: bool) -> str:
    if dry_run:
        word = "Would prepare"
    else:
        word = "Already prepared; nothing changed:" if already else "Prepared"
    count = len(swap.tables)
    return f"{word} a swap of {count} table{'s' * (count > 1)} in {swap.environment}"


def _table(swap: Swap, table: TableSwap) -> str:
    rows = [
        ("outgoing", table.old_name),
        ("restored", table.new_name),
        ("address", table.address),
        ("arn", swap.arn(table) if swap.account else "account not found in the configuration"),
    ]
    return "\n".join(f"  {label:<9} {value}" for label, value in rows)


def _edit(swap: Swap, diff: Sequence[str]) -> str:
    lines = [f"Branch    {swap.branch}"]
    if diff:
        lines += ["Edit      one line per table", *_indented(line.rstrip() for line in diff)]
    else:
        places = ", ".join(f"{t.leaf.file}:{t.leaf.line}" for t in swap.tables)
        lines.append(f"Edit      already made: {places}")
    return "\n".join(lines)


def _indented(lines: Sequence[str] | Iterator[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _ending(swap: Swap, *, dry_run: bool) -> str:
    if dry_run:
        return "Nothing was changed (--dry-run)."
    return "Script    .tfswap/commands.sh (to do it by hand)\nnext: tfswap run"


def _counted(swap: Swap, table: TableSwap, width: int) -> str:
    """Say how many there are, and what draws them: ``prepare`` is safe to repeat."""
    shown = [one for one in table.consumers if one.kind in _SHOWN]
    if not shown:
        return f"Consumers of {table.address}: none found"
    files = len({one.file for one in shown})
    head = f"Consumers of {table.address}: {len(shown)} in {files} file{'s' * (files > 1)}"
    names = shlex.join(one.new_value for one in swap.tables)
    command = f"tfswap prepare {names} --full"
    return "\n".join([*textwrap.wrap(head, width, break_on_hyphens=False), f"  list: {command}"])


def _tree(swap: Swap, table: TableSwap, width: int) -> str:
    """Draw who refers to the table; what must be recreated is marked."""
    children = _children(table)
    count = sum(map(len, children.values()))
    head = f"Consumers of {table.address} ({count}), by reference in {swap.root_module}:"
    lines = textwrap.wrap(head, width, subsequent_indent="  ", break_on_hyphens=False)
    if not count:
        return "\n".join([*lines, "  none found"])
    again = {_bare(pipeline) for pipeline in swap.pipelines}
    prefix = swap.root_module.rstrip("/") + "/"

    def draw(parent: str, indent: str) -> Iterator[str]:
        nested = children.get(parent, [])
        for index, consumer in enumerate(nested):
            last = index == len(nested) - 1
            text = _short(consumer.address, parent)
            text += " (recreated)" if consumer.address in again else ""
            place = f"{consumer.file.removeprefix(prefix)}:{consumer.line}"
            yield from _row(f"{indent}{'└─ ' if last else '├─ '}{text}", place, indent, last, width)
            yield from draw(consumer.address, indent + ("   " if last else "│  "))

    return "\n".join([*lines, f"  {table.address}", *draw(_bare(table.address), "  ")])


def _short(address: str, parent: str) -> str:
    """Leave out the module path a nested consumer shares with the one above it."""
    module = re.match(r"(?:module\.[^.]+\.)+", parent)
    shared = module.group() if module else ""
    return f"….{address[len(shared) :]}" if shared and address.startswith(shared) else address


def _row(text: str, place: str, indent: str, last: bool, width: int) -> Iterator[str]:
    """Put the place at the right edge where it fits, else on a line of its own beneath."""
    if len(text) + 2 + len(place) <= width:
        yield f"{text}{place:>{width - len(text)}}"
    else:
        yield text
        yield f"{indent}{' ' if last else '│'}    {place}"


def _children(table: TableSwap) -> Mapping[str, list[Consumer]]:
    """Return the shown consumers under the nearest shown one they refer to."""
    by_address = {consumer.address: consumer for consumer in table.consumers}
    children: dict[str, list[Consumer]] = {}
    for consumer in table.consumers:
        if consumer.kind not in _SHOWN:
            continue
        parent, seen = consumer.parent, {consumer.address}
        while parent in by_address and by_address[parent].kind not in _SHOWN and parent not in seen:
            seen.add(parent)
            parent = by_address[parent].parent
        anchor = parent if parent in by_address else _bare(table.address)
        children.setdefault(anchor, []).append(consumer)
    return children


def _bare(address: str) -> str:
    """Return a state address without instance keys, as consumers are named."""
    bare, depth, quoted = [], 0, False
    for character in address:
        quoted ^= depth > 0 and character == '"'
        if character == "[" and not quoted:
            depth += 1
        if not depth:
            bare.append(character)
        if character == "]" and not quoted:
            depth -= 1
    return "".join(bare)
