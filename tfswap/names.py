"""Base, dated and physical names, table ARNs, and where a text mentions a table.

Pure functions over strings. The naming rule (original name, ``-``, ``YYYYMMDD``) is the runbook's
("Restore a table from a backup"); the physical name's alphabet and length are DynamoDB's
(Developer Guide, "Naming rules": 3 to 255 of ``a-zA-Z0-9_.-``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from tfswap.errors import UsageError

_PHYSICAL = re.compile(r"[A-Za-z0-9_.-]{3,255}")
_DATED = re.compile(r"(?P<base>.+)-(?P<date>\d{8})", re.DOTALL)
_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):dynamodb:(?P<region>[a-z0-9-]+):(?P<account>\d{12})"
    r":table/(?P<name>[A-Za-z0-9_.-]{3,255})"
)
_NAME_CHARS = "A-Za-z0-9_.-"


class DatedName(NamedTuple):
    """A table name as it stands in the tfvars, taken apart."""

    base: str
    """The name with no date: ``Lpas``."""
    date: date | None
    """The date of restoration, or None for a table never restored."""

    def __str__(self) -> str:
        return f"{self.base}-{self.date:%Y%m%d}" if self.date else self.base


class TableArn(NamedTuple):
    """A DynamoDB table's ARN, taken apart."""

    partition: str
    region: str
    account: str
    name: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:dynamodb:{self.region}:{self.account}:table/{self.name}"


class Rename(NamedTuple):
    """One table's physical name before and after the swap."""

    old: str
    new: str


def parse_dated(value: str) -> DatedName:
    """Take ``Lpas-20240715`` or ``Lpas`` apart.

    Eight digits at the end that are no date of the calendar are refused rather than taken as part
    of the base name: a slip of the finger in the date must not become a new table.

    Raises:
        UsageError: The value is empty or its date does not exist.
    """
    if not value.strip():
        raise UsageError("The table name is empty.", hint="Write it like Lpas-20240715.")
    match = _DATED.fullmatch(value)
    if match is None:
        return DatedName(value, None)
    try:
        # The time of day and zone play no part: the runbook dates a restore by day.
        day = datetime.strptime(match["date"], "%Y%m%d").date()
    except ValueError:
        raise UsageError(
            f"{value!r} ends in {match['date']}, which is not a date (YYYYMMDD).",
            hint="Use the date in the restored table's name.",
        ) from None
    return DatedName(match["base"], day)


def check_physical(name: str) -> str:
    """Return ``name`` when DynamoDB would take it.

    Raises:
        UsageError: It is too short, too long, or holds a character DynamoDB refuses.
    """
    if _PHYSICAL.fullmatch(name):
        return name
    wrong = sorted(set(re.findall(rf"[^{_NAME_CHARS}]", name)))
    why = f"it contains {' '.join(map(repr, wrong))}" if wrong else f"it has {len(name)} characters"
    raise UsageError(
        f"{name!r} is not a valid DynamoDB table name: {why}.",
        hint="A table name has 3 to 255 characters of a-z, A-Z, 0-9, '_', '.' and '-'.",
    )


def parse_arn(text: str) -> TableArn | None:
    """Return the table ARN that ``text`` is, whole and exactly, else None."""
    match = _ARN.fullmatch(text)
    return TableArn(**match.groupdict()) if match else None


def split_at_date(physical: str, day: str) -> tuple[str, str] | None:
    """Return what stands before and after a date in a physical name; None where it holds none.

    Args:
        physical: ``production-Lpas-20240715``.
        day: ``20240715``.
    """
    before, found, after = physical.rpartition(day)
    return (before, after) if found else None


def dates_of(physical: str, before: str, after: str) -> str | None:
    """Return the date of a physical name that is one table's under any date, or none.

    Args:
        physical: The name in question.
        before: What stands before the date in the table's names, separator included.
        after: What stands behind it.

    Returns:
        ``YYYYMMDD``; empty for the name without a date; None for another table's name.
    """
    stem, gap = re.escape(before[:-1]), re.escape(before[-1:])
    match = re.fullmatch(rf"{stem}(?:{gap}(\d{{8}}))?{re.escape(after)}", physical)
    return (match[1] or "") if match else None


class Family(NamedTuple):
    """The names a restored table may have been restored from."""

    outgoing: str
    """Physical name of the table in service."""
    restored: str
    before: str
    """What stands before the date in the table's names, separator included."""
    after: str
    day: str
    """Date in the restored table's name; empty where it has none."""

    def takes(self, name: str) -> bool:
        """Say whether a table is the outgoing one, or an earlier one of the same base."""
        found = dates_of(name, self.before, self.after)
        return name == self.outgoing or (found is not None and (found < self.day or not found))


@lru_cache(maxsize=256)
def _bounded(names: tuple[str, ...]) -> re.Pattern[str]:
    """Match any of ``names`` where it is not part of a longer table name.

    A full stop belongs to DynamoDB's alphabet and also ends sentences: it only continues a name
    when another name character follows it.
    """
    longest_first = sorted(set(names), key=len, reverse=True)
    alternatives = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<![{_NAME_CHARS}])(?:{alternatives})(?![A-Za-z0-9_-]|\.[{_NAME_CHARS}])")


WRITTEN_FORMS: tuple[Callable[[str], str], ...] = (
    str,
    str.lower,
    str.upper,
    lambda name: name.replace("-", "_"),
    lambda name: name.replace("-", "_").lower(),
    lambda name: name.replace(".", "-"),
)
"""What configurations do to a name that has to be of another alphabet."""


def mentions(text: str, name: str) -> list[tuple[int, int]]:
    """Return the spans where ``text`` names the table ``name``, at name boundaries.

    ``production-Lpas`` is not mentioned by ``production-Lpas-20240715`` nor by
    ``preproduction-Lpas``; it is by ``arn:…:table/production-Lpas/index/*``.
    """
    return [m.span() for m in _bounded((name,)).finditer(text)]


def is_common_word(name: str) -> bool:
    """Return whether a table's name is a plain word (``orders``), which texts hold by chance."""
    return re.fullmatch(r"[A-Z]?[a-z]+|[A-Z]+", name) is not None


def mentions_table(text: str, name: str) -> list[tuple[int, int]]:
    """Return the spans where ``text`` can only mean a table.

    As ``mentions``; of a plain word alone where it is the whole text or follows ``table/``.
    """
    found = mentions(text, name)
    if not is_common_word(name) or text.strip() == name:
        return found
    return [span for span in found if text[: span[0]].endswith("table/")]


def rename(text: str, renames: Sequence[Rename]) -> str:
    """Replace every old physical name in ``text`` by its new one, all at once.

    One pass, so that swapping back, or two tables exchanging names, cannot chain.
    """
    if not renames:
        return text
    new_of = {pair.old: pair.new for pair in renames}
    return _bounded(tuple(new_of)).sub(lambda match: new_of[match.group()], text)
