"""Version constraints such as ``>= 1.5, < 2.0`` and ``~> 1.9``.

Terraform documentation, "Version Constraints". Versions are read and ordered by ``packaging``; two
rules are Terraform's own: ``~>``, and that a pre-release satisfies only a constraint that names one
of the same version (hashicorp/go-version).
"""

from __future__ import annotations

import operator
import re
from itertools import zip_longest

from packaging.version import InvalidVersion, Version

_PART = re.compile(r"\s*(=|!=|>=|<=|~>|>|<|)\s*(\S+)\s*")
_ORDER = {">": operator.gt, ">=": operator.ge, "~>": operator.ge, "<": operator.lt}
_ORDER |= {"<=": operator.le, "=": operator.eq, "": operator.eq, "!=": operator.ne}


def satisfies(version: str, constraint: str) -> bool:
    """Say whether a version fits every part of a constraint.

    Raises:
        ValueError: One of the two cannot be read.
    """
    have = _version(version)
    parts = [_PART.fullmatch(part) for part in constraint.split(",")]
    if not all(parts):
        raise ValueError(f"{constraint!r} is not a version constraint")
    wanted = [(part[1], _version(part[2])) for part in parts if part]
    return all(_fits(have, sign, want) for sign, want in wanted)


def _version(text: str) -> Version:
    try:
        found = Version(text.strip())
    except InvalidVersion as error:
        raise ValueError(f"{text!r} is not a version") from error
    if found.is_postrelease or found.epoch:
        # Python's own: "1.5.0-2023" is a pre-release to Terraform.
        raise ValueError(f"{text!r} is not a version that Terraform has")
    # What follows a plus (``+ent``) plays no part in Terraform's order.
    return Version(found.public)


def _fits(have: Version, sign: str, want: Version) -> bool:
    if have.is_prerelease and sign not in ("=", "", "!="):
        same = all(a == b for a, b in zip_longest(have.release, want.release, fillvalue=0))
        if not (want.is_prerelease and same):
            return False
    # "~> 1.5" leaves the last part that was written free to rise, "~> 1" all of them.
    fixed = len(want.release) - 1 if sign == "~>" else 0
    return _ORDER[sign](have, want) and have.release[:fixed] == want.release[:fixed]
