"""Damage to one consumer of the lab.

A kind edits the consumer's entry in the swap's plan. Some are *riders*: somebody's change, which
the baseline plan shows as well. The others are what the swap itself did wrong, and stand in its
plan only.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.verify.damage.patient import Path, Unfit, at, other, put, same, scalars
from tfswap.names import mentions_table

Document = dict[str, Any]


@dataclass
class Victim:
    """A consumer of a plan about to be damaged."""

    entry: Document
    old: str
    new: str
    dice: random.Random
    written: frozenset[str]
    """Arguments that the configuration sets."""

    @property
    def body(self) -> Document:
        """What is planned for it."""
        body: Document = self.entry["change"]
        return body

    def pick(self, choices: Any) -> Any:
        """One of the choices; ``Unfit`` when there is none."""
        listed = list(choices)
        if not listed:
            raise Unfit
        return self.dice.choice(listed)

    def texts(self, wanted: str) -> list[Path]:
        """Places of planned texts that hold ``wanted``, and name the restored table as a table."""
        after = self.body["after"]
        every = ((path, at(after, path)) for path in scalars(after))
        named = ((p, v) for p, v in every if isinstance(v, str) and wanted in v)
        return [path for path, value in named if mentions_table(value, self.new)]

    def edit(self, wanted: str, edit: Callable[[str], str]) -> None:
        """Change one planned text that holds ``wanted``."""
        path = self.pick(self.texts(wanted))
        self.body["after"] = same(self.body["after"])
        put(self.body["after"], path, edit(at(self.body["after"], path)))


Kind = Callable[[Victim], None]


def keep_one_old_name(victim: Victim) -> None:
    """One text still names the outgoing table."""
    victim.edit(victim.new, lambda text: text.replace(victim.new, victim.old))


def half_of_a_text(victim: Victim) -> None:
    """One text names both."""
    victim.edit(victim.new, lambda text: f"{text} {victim.old}/")


def not_brought_over(victim: Victim) -> None:
    """The consumer stays as it is."""
    victim.pick(victim.texts(victim.new))
    body = victim.body
    body.update(actions=["no-op"], after=same(body["before"]), after_unknown={})
    body.pop("replace_paths", None)
    victim.entry.pop("action_reason", None)


def one_character(victim: Victim) -> None:
    """Another table's name, by a slip."""
    place = victim.dice.randrange(len(victim.new))
    wrong = victim.new[:place] + other(victim.new[place]) + victim.new[place + 1 :]
    victim.edit(victim.new, lambda text: text.replace(victim.new, wrong))


def another_date(victim: Victim) -> None:
    """The table of another restore."""
    victim.edit(victim.new, lambda text: text.replace(victim.new, f"{victim.old}-20240714"))


def longer_name(victim: Victim) -> None:
    """A table whose name begins like the restored one's."""
    victim.edit(victim.new, lambda text: text.replace(victim.new, f"{victim.new}x"))


def another_account(victim: Victim) -> None:
    """A table of the restored one's name elsewhere."""
    here = f":123456789012:table/{victim.new}"
    victim.edit(here, lambda text: text.replace(here, here.replace("1234", "4321")))


def another_region(victim: Victim) -> None:
    """The same in another region."""
    here = "dynamodb:eu-west-1:"
    victim.edit(here, lambda text: text.replace(here, "dynamodb:eu-west-2:"))


def another_action(victim: Victim) -> None:
    """It is forgotten, or something nobody has heard of."""
    shapes = [["forget"], ["create", "forget"], ["delete", "update"], []]
    actions = victim.pick(shapes)
    victim.body.update(actions=actions)
    if actions == ["forget"]:
        victim.body.update(after=None, after_unknown={})


def deleted(victim: Victim) -> None:
    """It goes."""
    victim.body.update(actions=["delete"], after=None, after_unknown={})


def tainted(victim: Victim) -> None:
    """It is replaced because somebody tainted it."""
    if victim.entry["type"] == "aws_osis_pipeline":
        raise Unfit
    victim.body.update(actions=["delete", "create"], replace_paths=[])
    victim.entry["action_reason"] = victim.pick(["replace_because_tainted", "replace_by_request"])


def moved(victim: Victim) -> None:
    """It was at another address."""
    victim.entry["previous_address"] = f"{victim.entry['type']}.elsewhere"


def imported(victim: Victim) -> None:
    """An import block brings it in."""
    victim.body["importing"] = {"id": "x"}


def altered(victim: Victim) -> None:
    """A planned value that has nothing to do with the table."""
    body = victim.body
    body["after"] = same(body["after"])
    path = victim.pick(p for p in scalars(body["after"]) if _is_own(victim, p))
    value = at(body["after"], path)
    if isinstance(value, bool):
        put(body["after"], path, not value)
    elif isinstance(value, str):
        put(body["after"], path, _altered(victim, value))
    else:
        put(body["after"], path, value + 7)


def _is_own(victim: Victim, path: Path) -> bool:
    """Whether a planned value is set, and names no table unless it is long enough to alter."""
    value = at(victim.body["after"], path)
    if value in (None, "", False, 0) or path[0] == "id":
        return False
    return not isinstance(value, str) or victim.new not in value or len(value) > len(victim.new) + 4


def _altered(victim: Victim, text: str) -> str:
    start = text.find(victim.new)
    outside = [
        place
        for place, char in enumerate(text)
        if char.isalnum() and not (0 <= start <= place < start + len(victim.new))
    ]
    place = victim.pick(outside)
    return text[:place] + other(text[place]) + text[place + 1 :]


def dropped(victim: Victim) -> None:
    """An argument is no longer set: the object has none, or gets a default."""
    body = victim.body
    block = {n: v for n, v in body["after"].items() if v not in (None, "", [], {}, False, 0)}
    names = [n for n in block if n not in ("id", "arn", "tags_all") and body["before"].get(n)]
    name = victim.pick(names)
    body["after"] = {**body["after"], name: None}


def open_value(victim: Victim) -> None:
    """A value that was known is unknown, which nothing in the configuration accounts for."""
    body = victim.body
    names = [n for n, v in body["after"].items() if v not in (None, "", [], {}) and n != "id"]
    name = victim.pick(n for n in names if n in victim.written)
    body["after"] = {n: v for n, v in body["after"].items() if n != name}
    body["after_unknown"] = {**body["after_unknown"], name: True}


OWN: tuple[Kind, ...] = (
    keep_one_old_name,
    half_of_a_text,
    not_brought_over,
    one_character,
    another_date,
    longer_name,
    another_account,
    another_region,
    another_action,
    tainted,
)
"""What the swap did wrong."""
RIDERS: tuple[Kind, ...] = (altered, dropped, open_value, deleted, moved, imported)
"""What somebody else changed."""
KINDS: dict[str, Kind] = {kind.__name__: kind for kind in (*OWN, *RIDERS)}
