"""Version constraints such as ``>= 1.5, < 2.0`` and ``~> 1.9``.

Terraform documentation, "Version Constraints"; the details are those of the library it uses,
hashicorp/go-version. A pre-release satisfies only a constraint that names one of the same version.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_VERSION = re.compile(r"v?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z.~-]+))?(?:\+[0-9A-Za-z.~-]+)?")
_PART = re.compile(r"\s*(=|!=|>=|<=|~>|>|<|)\s*(\S+)\s*")


class Version(NamedTuple):
    """A version, compared part by part; at least three parts, zeros filled in."""

    parts: tuple[int, ...]
    pre: str
    given: int
    """How many parts were written."""


def parse(text: str) -> Version:
    """Read a version.

    Raises:
        ValueError: It is none.
    """
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no version")
    parts = tuple(int(part) for part in match[1].split("."))
    return Version(parts + (0,) * (3 - len(parts)), match[2] or "", len(parts))


def satisfies(version: str, constraint: str) -> bool:
    """Say whether a version fits every part of a constraint.

    Raises:
        ValueError: One of the two cannot be read.
    """
    have = parse(version)
    wanted = [_PART.fullmatch(part) for part in constraint.split(",")]
    if not all(wanted):
        raise ValueError(f"{constraint!r} is no version constraint")
    return all(_fits(have, part[1] or "=", parse(part[2])) for part in wanted if part)


def _fits(have: Version, sign: str, want: Version) -> bool:
    width = max(len(have.parts), len(want.parts))
    one, other = _padded(have, width), _padded(want, width)
    if sign in ("=", "!="):
        return ((one, have.pre) == (other, want.pre)) == (sign == "=")
    if not _comparable(have, want, one == other):
        return False
    order = _order(one, have.pre, other, want.pre)
    if sign == "~>":
        fixed = want.given - 1
        return order >= 0 and one[:fixed] == other[:fixed]
    return {">": order > 0, ">=": order >= 0, "<": order < 0, "<=": order <= 0}[sign]


def _comparable(have: Version, want: Version, same: bool) -> bool:
    """Say whether pre-releases allow comparing: with one, only to one of the same version."""
    if have.pre:
        return bool(want.pre) and same
    return True


def _padded(version: Version, width: int) -> tuple[int, ...]:
    return version.parts + (0,) * (width - len(version.parts))


def _order(one: tuple[int, ...], pre: str, other: tuple[int, ...], other_pre: str) -> int:
    if one != other:
        return 1 if one > other else -1
    first, second = _rank(pre), _rank(other_pre)
    return (first > second) - (first < second)


def _rank(pre: str) -> tuple[bool, tuple[tuple[bool, int, str], ...]]:
    """Order pre-releases: none is the highest; numbers below words (semver.org, rule 11)."""
    parts = pre.split(".") if pre else []
    return not pre, tuple(
        (not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts
    )
