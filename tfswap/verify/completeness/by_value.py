"""Who still names an outgoing table after the plan: found by value, in every object there is.

A cheap search through the undecoded bytes comes first (``plan.name_search`` says why it misses
nothing);
only what may hold a name is decoded. What is read then: texts as they are, as JSON inside texts,
percent-encoded, with YAML's and the shell's escapes, and in base64.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from tfswap.names import Rename, is_common_word, mentions_table
from tfswap.plan.changes import Change
from tfswap.plan.name_search import PlanSearch
from tfswap.plan.values import Path, decode, leaves
from tfswap.verify.context.memo import Memo
from tfswap.verify.context.plan_context import Context
from tfswap.verify.model.evidence import SENSITIVE
from tfswap.verify.values.common_words import is_other_word
from tfswap.verify.values.embedded_documents import open_base64, open_json, readings

_PATTERN = re.compile(r"table/(?P<name>[A-Za-z0-9_.*?-]*[*?][A-Za-z0-9_.*?-]*)")
_ARN_PATTERN = re.compile(
    r"arn:[^:\s]*:dynamodb:[^:\s]*:[^:\s]*:(?P<rest>[^\s\"',;:]*[*?][^\s\"',;:]*)"
)
_JOINED = re.compile(r"\\\r?\n[ \t]*")
_HEX = re.compile(r"\\(?:x|u00|U000000)([0-9a-fA-F]{2})")
_BLANK = re.compile(r"\\[abefnrtv0]")
_PACKED = re.compile(r"[A-Za-z0-9+/]{16,}")

_OWN = (("name",), ("id",), ("family",), ("function_name",), ("tags",), ("tags_all",))
"""What an object is called by itself: where that is a plain word, it is no table's name."""


class How(Enum):
    """In which way a text is bound to an outgoing table."""

    NAMED = "uses it"
    MISSED = "a pattern that covers the outgoing table only"
    COVERED = "a pattern that covers both"


@dataclass(frozen=True)
class StaleReference:
    """A text that is bound to an outgoing table after the plan."""

    address: str
    path: Path
    how: How
    name: str
    """The outgoing table's name, or the pattern."""
    also_new: bool
    """Whether the same object names the restored table as well."""
    change: Change | None


def stale_references(context: Context) -> Iterator[StaleReference]:
    """Yield every hold in what is planned, and in data sources read while planning."""
    reader = _Reader(context)
    found: Memo[tuple[StaleReference, ...]] = Memo(context.alike_changes)

    def of(change: Change) -> tuple[StaleReference, ...]:
        return tuple(reader.read(change.address, change.after, change))

    for change in context.live.sifted(reader.search.sift):
        for stale in found.get(change, of):
            same = stale.change is change
            yield stale if same else replace(stale, address=change.address, change=change)
    for output in context.plan.outputs:
        if reader.search.may_hold(output.entry.change.after):
            yield from of(output)
    for resource in context.plan.state.others:
        if resource.address in context.live or resource.deposed_key or resource.mode != "data":
            continue
        if reader.search.may_hold(resource.values):
            value = decode(resource.values, where=f"{resource.address} (prior_state)")
            yield from reader.read(resource.address, value, None)


class _Reader:
    """Reads names out of decoded values; a text that stands in many of them is read once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.search = PlanSearch(pair.old for pair in context.intent.renames)
        self._told: dict[str, tuple[tuple[How, str], ...]] = {}

    def read(self, address: str, value: Any, change: Change | None) -> Iterator[StaleReference]:
        """Yield the holds in one value of a change, or of a resource that has none."""
        if _is_elsewhere(self._context, address, value):
            return
        also_new = self._context.names_new(value)
        may_hold = self._sieve(value)
        for leaf in leaves(value):
            if not isinstance(leaf.value, str) or not may_hold(msgspec.json.encode(leaf.value)):
                continue
            if change is not None and _is_mirror(self._context, change, leaf.path):
                continue
            if leaf.path[:1] in _OWN and is_common_word(leaf.value):
                continue
            if is_other_word(value, leaf.path):
                continue
            # A key and its value share a path; a hidden one must not lend its name to the path.
            for how, name in self._in_text(leaf.value):
                path, hidden = _shown(change, leaf.path)
                shown = SENSITIVE if hidden and how is not How.NAMED else name
                yield StaleReference(address, path, how, shown, also_new, change)

    def _sieve(self, value: Any) -> Callable[[bytes], bool]:
        try:
            return self.search.within(msgspec.json.encode(value))
        except (ValueError, OverflowError, TypeError):  # A number this writer does not know.
            return self.search.may_hold

    def _in_text(self, text: str) -> tuple[tuple[How, str], ...]:
        if text not in self._told:
            self._told[text] = tuple(_in_text(self._context, self.search, text))
        return self._told[text]


def _is_elsewhere(context: Context, address: str, value: Any) -> bool:
    """Whether an object names tables of another place, or whatever tables there are.

    A bare name in an object beside a table of that name, elsewhere, is that of the table there.
    """
    if ".aws_dynamodb_tables." in f".{address}":
        return True
    arn = value.get("arn") if isinstance(value, dict) else None
    return context.places.is_beside_namesake(arn) and not _own_arn(context, value)


def _own_arn(context: Context, value: Any) -> bool:
    """Whether an object elsewhere names a table of the swap by its whole ARN."""
    texts = [leaf.value for leaf in leaves(value) if isinstance(leaf.value, str)]
    arns = [
        str(home._replace(name=pair.old))
        for home in context.places.tables
        for pair in context.intent.renames
    ]
    return any(arn in text for arn in arns for text in texts)


def _shown(change: Change | None, path: Path) -> tuple[Path, bool]:
    """Return the path as far as it may be told, and whether the value beneath is hidden."""
    if change is None:
        return path[:1], True
    if change.before_sensitive is True or change.after_sensitive is True:
        return (), True
    hidden = bool(path) and change.hides(str(path[0]))
    return (path[:1] if hidden else path), hidden


def _in_text(context: Context, search: PlanSearch, text: str) -> Iterator[tuple[How, str]]:
    # A plain word names a table where it is a whole value: so documents are opened for it.
    words = any(is_common_word(pair.old) for pair in context.intent.renames)
    closed = search.is_plain(text) and not (words and text.lstrip().startswith(("{", "[")))
    every = [text] if closed else list(_every_reading(text))
    every = list(map(context.places.own, every))
    for pair in context.intent.renames:
        if any(pair.old in reading and _names(reading, pair.old) for reading in every):
            yield How.NAMED, pair.old
        patterns = {found: None for reading in every for found in _patterns(reading, pair)}
        yield from patterns


def _every_reading(text: str) -> Iterator[str]:
    """Yield every text to be read in this one; each is shorter than the one it is read from."""
    seen = {text}
    queue = [text]
    while queue:
        current = queue.pop()
        yield current
        for other in (*readings(current), *_opened(current)):
            if other not in seen:
                seen.add(other)
                queue.append(other)


def _opened(text: str) -> Iterator[str]:
    if "\\" in text:
        yield _unescaped(text)
    if (document := open_json(text)) is not None:
        for leaf in leaves(document):
            if isinstance(leaf.value, str) and not is_other_word(document, leaf.path):
                yield leaf.value
    elif (plain := open_base64(text)) is not None:
        yield plain
    else:
        yield from _unpacked(text)


def _unpacked(text: str) -> Iterator[str]:
    """Yield what base64 inside another text may hold; a ``/`` before it may shift its beginning."""
    for match in _PACKED.finditer(text):
        for start in range(4):
            coded = match[0][start:]
            coded = coded[: len(coded) - (len(coded) % 4 == 1)]
            data = base64.b64decode(coded + "=" * (-len(coded) % 4))
            yield data.decode("ascii", errors="replace")


def _unescaped(text: str) -> str:
    """Return the text as YAML's double quotes, or a shell, would read it."""
    plain = _HEX.sub(lambda match: chr(int(match[1], 16)), _JOINED.sub("", text))
    return _BLANK.sub(" ", plain)


def _patterns(text: str, pair: Rename) -> Iterator[tuple[How, str]]:
    """Yield patterns that cover the outgoing table: of its name, or of the ARN before it."""
    if "*" not in text and "?" not in text:
        return
    for match in _PATTERN.finditer(text):
        if fnmatchcase(pair.old, match["name"]):
            covered = fnmatchcase(pair.new, match["name"])
            yield (How.COVERED if covered else How.MISSED), match["name"]
    for match in _ARN_PATTERN.finditer(text):
        rest = match["rest"]
        if not rest.startswith("table/") and fnmatchcase(f"table/{pair.old}", rest):
            covered = fnmatchcase(f"table/{pair.new}", rest)
            yield (How.COVERED if covered else How.MISSED), rest


def _names(text: str, name: str) -> bool:
    """Whether a text names a table other than as the beginning of a pattern."""
    spans = [match.span("name") for match in _PATTERN.finditer(text)]
    return any(
        not any(begin <= start < end for begin, end in spans)
        for start, _ in mentions_table(text, name)
    )


def _is_mirror(context: Context, change: Change, path: Path) -> bool:
    """Whether a text only mirrors another resource of the plan.

    The provider reads a role's inline policies into ``aws_iam_role.inline_policy`` even where
    ``aws_iam_role_policy`` owns them; the owner is judged by itself.
    """
    if change.type != "aws_iam_role" or path[:1] != ("inline_policy",) or len(path) < 2:
        return False
    listed = change.after_value("inline_policy")
    index = path[1]
    block = listed[index] if isinstance(listed, list) and isinstance(index, int) else None
    if not isinstance(block, dict):
        return False
    names = {change.after_value("name"), change.after_value("id")}
    return any(
        other.before_value("role") in names
        and other.before_value("name") == block.get("name")
        and other.before_value("policy") is not None
        for other in context.live.of("aws_iam_role_policy")
    )
