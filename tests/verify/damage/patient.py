"""A plan about to be damaged, and what damage needs to find its way in it."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
Path = tuple[str | int, ...]
Kind = Callable[["Patient"], None]


class Unfit(Exception):
    """The plan has nothing that could be damaged in this way."""


def damage(kind: Kind) -> Kind:
    """Mark a function as a kind of damage."""
    kind.is_damage = True  # type: ignore[attr-defined]
    return kind


@dataclass
class Patient:
    """A plan of one's own to damage, the swap it belongs to, and the dice."""

    plan: Document
    old: str
    new: str
    address: str
    dice: random.Random

    def pick(self, choices: Any) -> Any:
        """One of the choices; ``Unfit`` when there is none."""
        listed = list(choices)
        if not listed:
            raise Unfit
        return self.dice.choice(listed)

    def entries(self, kind: str = "") -> list[Document]:
        """Managed resources, of one type."""
        found = [e for e in self.plan["resource_changes"] if e["mode"] == "managed"]
        return [e for e in found if not kind or e["type"] == kind]

    def busy(self, kind: str = "") -> list[Document]:
        """Managed resources that change."""
        return [e for e in self.entries(kind) if e["change"]["actions"] != ["no-op"]]

    def idle(self, kind: str = "") -> list[Document]:
        """Managed resources that do not."""
        return [e for e in self.entries(kind) if e["change"]["actions"] == ["no-op"]]

    def table(self) -> Document:
        """The change of the swapped table; ``Unfit`` unless it is updated."""
        body: Document = self.pick(e for e in self.busy() if e["address"] == self.address)["change"]
        return body

    def texts(self, wanted: str) -> list[tuple[Document, Path]]:
        """Places of texts in planned values that hold ``wanted``."""
        return [
            (entry["change"]["after"], path)
            for entry in self.busy()
            for path in scalars(entry["change"]["after"])
            if isinstance(text := at(entry["change"]["after"], path), str) and wanted in text
        ]

    def edit_text(self, wanted: str, edit: Callable[[str], str]) -> None:
        """Change one planned text that holds ``wanted``."""
        side, path = self.pick(self.texts(wanted))
        put(side, path, edit(at(side, path)))

    def containers(self, edit: Callable[[Any], None]) -> None:
        """Edit the containers of a task definition that changes."""
        after = self.pick(self.busy("aws_ecs_task_definition"))["change"]["after"]
        found = json.loads(after["container_definitions"])
        edit(found)
        after["container_definitions"] = json.dumps(found)

    def add(self, address: str, kind: str, actions: list[str], **sides: Any) -> Document:
        """Append a resource change."""
        body = {"before": None, "after": None, "after_unknown": {}, **sides}
        marks = {"before_sensitive": {}, "after_sensitive": {}}
        added = {
            "address": address,
            "mode": "managed",
            "type": kind,
            "name": address.split(".")[-1],
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": {"actions": actions, **body, **marks},
        }
        self.plan["resource_changes"].append(added)
        return added


def scalars(value: Any, path: Path = ()) -> Iterator[Path]:
    """Paths of all scalars."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from scalars(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from scalars(item, (*path, index))
    else:
        yield path


def at(value: Any, path: Path) -> Any:
    """The value at a path."""
    for part in path:
        value = value[part]
    return value


def put(value: Any, path: Path, new: Any) -> None:
    """Set the value at a path."""
    at(value, path[:-1])[path[-1]] = new


def state_resources(plan: Document) -> Iterator[Document]:
    """Everything in the state before the plan."""
    queue = [plan["prior_state"]["values"]["root_module"]]
    while queue:
        module = queue.pop()
        yield from module.get("resources", [])
        queue += module.get("child_modules", [])


def other(char: str) -> str:
    """Another character of table names."""
    return "x" if char != "x" else "y"


def same(value: Any) -> Any:
    """A copy."""
    return copy.deepcopy(value)
