"""Names for shell completion, from a text search of the repository: no parsing, no Terraform.

A name that is missing here costs a few keys; whoever presses Tab waits for every millisecond.
What is typed in the end is judged by ``discover``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from tfswap.errors import UsageError
from tfswap.files import is_special, read_regular
from tfswap.names import parse_dated

_MAX_FILES, _MAX_BYTES = 2000, 300_000
"""A repository may be huge, and a state file may be called anything."""
_ENDS = (".tf", ".tfvars", ".tf.json", ".tfvars.json", ".hcl")
_TABLE = re.compile(
    r'(?:resource\s+"aws_dynamodb_table"\s+"[^"]*"\s*\{|"aws_dynamodb_table"\s*:)'
    r'(?:(?!\n\}).)*?\bname"?\s*[:=]\s*(?P<value>"[^"\n]*"|[^\n]+)',
    re.DOTALL,
)
_LITERAL = re.compile(r'(?:"|\}[-_.]?)([A-Za-z][\w.-]{2,})"')
"""A whole string, or what stands behind its last interpolation."""
_REFERENCE = re.compile(r"\b(?:var|local|each)(?:\.|\[[^\]]*\])[\w.\[\]-]*?(\w+)(?=[\s}\[,)]|$)")
_EVERYDAY = {"name", "key", "value", "id", "workspace"}
"""Last words of a reference that lead to anything."""
_VALUE = (
    r'(?:"?\b{0}"?\s*[:=]\s*|variable\s+"{0}"\s*\{{[^}}]*?\bdefault\s*=\s*)"([A-Za-z][\w.-]{{2,}})"'
)
_ENVIRONMENTS = re.compile(r'\benvironments"?\s*[:=]\s*\{')
_TOKEN = re.compile(
    r'"(?P<text>(?:\\.|[^"\\])*)"|(?:#|//)[^\n]*|(?P<word>[\w-]+)|(?P<sign>[{}\[\]:=])'
)


def base_names(repo: Path) -> list[str]:
    """Return the names, without dates, that tables seem to have in the configuration."""
    texts = list(_texts(repo))
    values = [match["value"] for text in texts for match in _TABLE.finditer(text)]
    keys = {key for value in values for key in _REFERENCE.findall(value)} - _EVERYDAY
    whole = "\n".join(texts)
    found = [name for value in values for name in _LITERAL.findall(value)]
    for key in keys:
        found += re.findall(_VALUE.format(re.escape(key)), whole)
    return sorted({base for name in found if (base := _base(name))})


def environments(repo: Path) -> list[str]:
    """Return the keys of the maps called ``environments``."""
    found = (
        key
        for text in _texts(repo)
        for match in _ENVIRONMENTS.finditer(text)
        for key in _keys(text, match.end())
    )
    return sorted(set(found))


def _keys(text: str, begin: int) -> Iterator[str]:
    """Yield the keys of the map that is open at ``begin``."""
    depth, last = 1, ""
    for token in _TOKEN.finditer(text, begin):
        sign = token["sign"]
        if sign in ("{", "["):
            depth += 1
        elif sign in ("}", "]"):
            depth -= 1
        elif sign and depth == 1 and last:
            yield last
        if not depth:
            return
        last = (token["text"] or token["word"] or "") if not sign else ""


def _base(name: str) -> str:
    try:
        return parse_dated(name).base
    except UsageError:
        return ""


def _texts(repo: Path) -> Iterator[str]:
    """Yield what the configuration's files hold, hidden folders left out."""
    read = 0
    for folder, folders, files in os.walk(repo):
        folders[:] = [name for name in folders if not name.startswith((".", "node_modules"))]
        for file in files:
            path = Path(folder, file)
            if not file.endswith(_ENDS) or path.stat().st_size > _MAX_BYTES:
                continue
            read += 1
            if read > _MAX_FILES:
                return
            if not is_special(path):
                yield read_regular(path).decode("utf-8", "replace")
