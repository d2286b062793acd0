"""Where the tables of the swap are: a table of the same name elsewhere is another one.

Identity is partition, account, region and name. A text that has an ARN in it says all four.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tfswap.names import TableArn, parse_arn

_TABLE = re.compile(r"arn:(aws[a-z-]*):dynamodb:([a-z0-9-]+):([0-9]{12}):table/[A-Za-z0-9_.-]+")
_ANY = re.compile(r"arn:(aws[a-z-]*):[a-z0-9-]*:([a-z0-9-]*):([0-9]{12}):.*", re.DOTALL)


@dataclass(frozen=True)
class TablePlaces:
    """The places of the swap's tables; with none known, nothing is elsewhere."""

    tables: tuple[TableArn, ...]
    """ARNs of the tables, as the plan has them."""
    regions: frozenset[str]
    """Regions with copies of them."""
    namesakes: frozenset[tuple[str, str, str]] = frozenset()
    """Partition, region and account of tables in the plan that have an outgoing name elsewhere."""

    def is_elsewhere(self, partition: str, region: str, account: str) -> bool:
        """Return whether no table of the swap, nor a copy of one, can be in a place.

        An empty region is that of a global service, which is in all of them.
        """
        return bool(self.tables) and not any(
            (home.partition, home.account) == (partition, account)
            and region in ("", home.region, *self.regions)
            for home in self.tables
        )

    def is_beside_namesake(self, arn: Any) -> bool:
        """Return whether an object's own ARN puts it where a table of the same name is, elsewhere.

        A bare name means that table then. Without one, nobody knows which is meant.
        """
        match = _ANY.fullmatch(arn) if isinstance(arn, str) else None
        return match is not None and match.groups() in self.namesakes

    def parts(self, text: str) -> Iterator[tuple[str, bool]]:
        """Yield the text in parts, each with whether it is the ARN of a table elsewhere."""
        end = 0
        for match in _TABLE.finditer(text) if self.tables and ":dynamodb:" in text else ():
            if self.is_elsewhere(*match.groups()):
                yield text[end : match.start()], False
                yield match[0], True
                end = match.end()
        yield text[end:], False

    def own(self, text: str) -> str:
        """Return the text without the ARNs of tables elsewhere."""
        return "\0".join(part for part, elsewhere in self.parts(text) if not elsewhere)


def place_of(arn: Any) -> tuple[str, str, str] | None:
    """Return partition, region and account of a table's ARN."""
    found = parse_arn(arn) if isinstance(arn, str) else None
    return (found.partition, found.region, found.account) if found else None
