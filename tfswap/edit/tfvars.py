"""Read a ``*.tfvars.json`` and change one string in it, byte for byte.

People leave these files indented by hand, in any order, from any editor. Only the bytes of the one
string change (design.md, decision 5); the change is also an RFC 6902 patch (``test``, then
``replace``) so that it can be shown, checked and inverted. Pointers are RFC 6901.
"""

from __future__ import annotations

import codecs
import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple, cast

from tfswap.edit.json_spans import Path as Tokens
from tfswap.edit.json_spans import Span, position, scan
from tfswap.errors import RepoError
from tfswap.files import read_regular
from tfswap.swap import NameSource

Patch = list[dict[str, Any]]
"""An RFC 6902 patch."""

_CHARACTER = re.compile(r"(?:\\u[dD][89abAB][0-9a-fA-F]{2})?\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)
"""One character of a JSON string, as it is written."""
_BOMS_OF_OTHERS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAVE_AS = "Save it as UTF-8."


@dataclass(frozen=True)
class Tfvars:
    """A tfvars file: its bytes, what they say, and where."""

    file: str
    data: bytes
    value: Any
    text: str
    """``data`` decoded, without byte order mark."""
    strings: Mapping[Tokens, Span]

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(m.end() for m in re.finditer("\n", self.text))]

    def leaf(self, pointer: str) -> NameSource:
        """Return the string ``pointer`` points to.

        Raises:
            RepoError: There is nothing, or something that is no string.
        """
        tokens = split(pointer)
        if tokens in self.strings:
            return self._leaf(tokens)
        raise RepoError(
            f"{self.file} has no string at {pointer or 'its root'}.",
            hint="Check the pointer: /environments/<environment>/… down to the table's name.",
        )

    def leaves(self, under: str = "") -> Iterator[NameSource]:
        """Yield every string at or below ``under``, in the file's order."""
        prefix = split(under)
        return (self._leaf(path) for path in self.strings if path[: len(prefix)] == prefix)

    def _leaf(self, tokens: Tokens) -> NameSource:
        span = self.strings[tokens]
        line = bisect_right(self._starts, span.start)
        column = span.start - self._starts[line - 1] + 1
        value = json.loads(self.text[span.start : span.end])
        return NameSource(self.file, join(tokens), line, column, value)


class Edit(NamedTuple):
    """A replacement of some bytes by others at one place."""

    offset: int
    old: bytes
    new: bytes

    def apply(self, data: bytes) -> bytes:
        """Return ``data`` with the edit made.

        Raises:
            RepoError: The bytes at that place are not the expected ones.
        """
        end = self.offset + len(self.old)
        if data[self.offset : end] != self.old:
            raise RepoError("The file changed since it was read.", hint="Run the command again.")
        return data[: self.offset] + self.new + data[end:]


def split(pointer: str) -> Tokens:
    """Take an RFC 6901 pointer apart.

    Raises:
        RepoError: It does not start with ``/``.
    """
    if pointer and not pointer.startswith("/"):
        raise RepoError(
            f"{pointer!r} is not a JSON pointer.", hint="A JSON pointer starts with '/'."
        )
    return tuple(t.replace("~1", "/").replace("~0", "~") for t in pointer.split("/")[1:])


def join(tokens: Sequence[str]) -> str:
    """Put an RFC 6901 pointer together."""
    return "".join("/" + t.replace("~", "~0").replace("/", "~1") for t in tokens)


def read(path: Path, file: str | None = None) -> Tfvars:
    """Read a tfvars file.

    Args:
        path: Where it lies.
        file: Its name in messages and leaves; ``path`` itself by default.

    Raises:
        RepoError: It cannot be read, or is not a JSON object in UTF-8 (see ``parse``).
    """
    try:
        data = read_regular(path)
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "Terraform reads it too: make it a readable regular file, or remove it."
        raise RepoError(f"{file or path} cannot be read: {reason}.", hint=hint) from error
    return parse(data, file or str(path))


@lru_cache(maxsize=16)
def parse(data: bytes, file: str, *, any_root: bool = False) -> Tfvars:
    """Read a tfvars file's bytes.

    Args:
        data: The bytes.
        file: Its name in messages and leaves.
        any_root: It is other JSON, which need not be an object.

    Raises:
        RepoError: They are not one JSON object in UTF-8, with the line and column at fault.
    """
    text = _decode(data, file)
    document = scan(text, file)
    if any_root or isinstance(document.value, dict):
        return Tfvars(file, data, document.value, text, document.strings)
    raise RepoError(
        f"{file} is not a JSON object.", hint='Terraform expects { "variable": value, … } here.'
    )


def _decode(data: bytes, file: str) -> str:
    if data.startswith(_BOMS_OF_OTHERS) or b"\0" in data[:4]:
        what = f"{file} is UTF-16 or UTF-32, which Terraform cannot read."
        raise RepoError(what, hint=_SAVE_AS)
    body = data.removeprefix(codecs.BOM_UTF8)
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        good = body[: error.start].decode()
        line, column = position(good, len(good))
        what = f"{file}:{line}:{column}: byte {body[error.start]:#04x} is not UTF-8."
        raise RepoError(what, hint=_SAVE_AS) from error


def edit(tfvars: Tfvars, pointer: str, old: str, new: str) -> Edit:
    r"""Return the edit that turns the string at ``pointer`` from ``old`` into ``new``.

    Non-ASCII letters are written as the old string wrote them: ``\u00e9`` or ``é``.

    Raises:
        RepoError: No string stands there, or another one than ``old``.
    """
    leaf = tfvars.leaf(pointer)
    if leaf.value != old:
        raise RepoError(
            f"{leaf.file}:{leaf.line}: {pointer} is {leaf.value!r}, not {old!r}.",
            hint="The file was edited in the meantime; run the command again.",
        )
    span = tfvars.strings[split(pointer)]
    raw = tfvars.text[span.start : span.end]
    marks = len(codecs.BOM_UTF8) if tfvars.data.startswith(codecs.BOM_UTF8) else 0
    offset = marks + len(tfvars.text[: span.start].encode())
    return Edit(offset, raw.encode(), _literal(new, like=raw))


def _literal(value: str, *, like: str) -> bytes:
    """Write a string as another one is written: what both begin with stays, escapes and all."""
    same = like[:1]
    for match in _CHARACTER.finditer(like, 1, len(like) - 1):
        if not value.startswith(json.loads(f'{same}{match.group()}"')):
            break
        same += match.group()
    rest = value[len(json.loads(f'{same}"')) :]
    if "\\u" not in like:
        with suppress(UnicodeEncodeError):  # half a surrogate pair has no UTF-8
            return (same + json.dumps(rest, ensure_ascii=False)[1:]).encode()
    return (same + json.dumps(rest)[1:]).encode()


def splice(data: bytes, pointer: str, old: str, new: str, *, file: str = "the tfvars") -> bytes:
    """Return ``data`` with the one string changed and every other byte as it was.

    The result is read again and compared with what the RFC 6902 patch makes of the original.

    Raises:
        RepoError: ``data`` is no tfvars, or ``old`` does not stand at ``pointer``.
    """
    before = parse(data, file, any_root=True)
    spliced = edit(before, pointer, old, new).apply(data)
    if parse(spliced, file, any_root=True).value != apply_patch(
        before.value, patch(pointer, old, new)
    ):
        raise RepoError(  # would be a bug in the scanner; never write such a file
            f"{file}: changing {pointer} would change other values too.",
            hint="Edit the file by hand, and report this bug.",
        )
    return spliced


def patch(pointer: str, old: str, new: str) -> Patch:
    """Return the change as an RFC 6902 patch that first tests for the old value."""
    return [
        {"op": "test", "path": pointer, "value": old},
        {"op": "replace", "path": pointer, "value": new},
    ]


def apply_patch(value: Any, operations: Patch) -> Any:
    """Return a copy of ``value`` with the patch applied.

    Raises:
        RepoError: A ``test`` fails or a path does not exist.
    """
    import jsonpatch
    from jsonpointer import JsonPointerException

    try:
        patched: Any = jsonpatch.apply_patch(value, cast(Any, operations))
    except (jsonpatch.JsonPatchException, JsonPointerException) as error:
        hint = "The file changed since; run the command again."
        raise RepoError(f"The patch does not apply: {error}.", hint=hint) from error
    return patched
