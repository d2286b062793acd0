"""Plain words (``orders``) that are a table's name and also mean something else."""

from __future__ import annotations

import re
from typing import Any

from tfswap.names import is_common_word
from tfswap.plan.values import Path

_OTHER = re.compile(
    r"service|application|component|namespace|owner|product|project|team|(?:^|_)app(?:$|_)", re.I
)
_TABLE = re.compile(r"table|dynamo", re.I)
"""How a value is called that is no table's name where it is a plain word, and that is one."""


def is_other_word(document: Any, path: Path) -> bool:
    """Return whether a plain word stands where something else than a table is called by it.

    ``SERVICE = orders`` names no table; members of lists of ``name`` and ``value`` are called by
    their ``name``.

    Args:
        document: A decoded value.
        path: Where in it a text stands.
    """
    names = [part for part in path if isinstance(part, str)]
    if not names or _TABLE.search(".".join(names)):
        return False
    holder = document
    for part in path[:-1]:
        holder = holder[part]
    label = names[-1]
    if label in ("value", "Value") and isinstance(holder, dict):
        label = str(holder.get("name", holder.get("Name", "")))
    if not _OTHER.search(label) or _TABLE.search(label):
        return False
    text = holder.get(path[-1]) if isinstance(holder, dict) else None
    return isinstance(text, str) and is_common_word(text)
