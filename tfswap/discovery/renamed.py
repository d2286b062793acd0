"""Whether two versions of a file differ in nothing but the date behind a table's name. Pure.

It knows no format: a file is names and what stands between them, so that JSON, HCL and YAML are
read alike. Which string names which table is for ``discover`` to say.
"""

from __future__ import annotations

import re

from tfswap.discovery.name_sources import dated

_NAMES = re.compile(r"[A-Za-z0-9_.-]+")


def renamed(before: bytes, now: bytes) -> dict[str, str] | None:
    """Return the names that got another date, old to new; None where anything else differs.

    Args:
        before: The file as it was.
        now: The file as it is.
    """
    old, new = (data.decode("utf-8", "surrogateescape") for data in (before, now))
    if _NAMES.split(old) != _NAMES.split(new):
        return None
    pairs = zip(_NAMES.findall(old), _NAMES.findall(new), strict=True)
    found = dict(pair for pair in pairs if len(set(pair)) > 1)
    alike = all(dated(one).base == dated(other).base for one, other in found.items())
    return found if alike else None
