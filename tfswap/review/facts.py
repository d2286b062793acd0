"""What was seen in a branch, as frozen data: the static rules work on nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from tfswap.discovery.root_module import ENVIRONMENTS
from tfswap.edit.tfvars import split


class StringEdit(NamedTuple):
    """A string of the tfvars that the branch changes."""

    file: str
    pointer: str
    """RFC 6901."""
    line: int
    """Where it stands now."""
    old: str
    new: str

    @property
    def environment(self) -> str:
        """The key under ``environments`` it stands beneath; empty where there is none."""
        tokens = split(self.pointer)
        return tokens[1] if len(tokens) > 2 and tokens[0] == ENVIRONMENTS else ""


class TableEdit(NamedTuple):
    """A changed string that names a table, by the repository's own code."""

    edit: StringEdit
    root_module: str
    environment: str
    workspace: str
    address: str
    old_name: str
    """Physical name of the outgoing table."""
    new_name: str


class FileLine(NamedTuple):
    """Something at a line of a file."""

    file: str
    line: int
    what: str = ""
    """What stands there, in words or as a pointer; never a value that may be secret."""


class Role(NamedTuple):
    """A line of a committed ``.envrc`` that sets the emergency role."""

    file: str
    line: int
    is_new: bool
    """Whether the branch itself wrote it."""


class LineMention(NamedTuple):
    """A line that names an outgoing table, spelt out or put together."""

    file: str
    line: int
    name: str
    is_comment: bool
    made_for: str = ""
    """The block and the argument that get it, where the code was evaluated."""
    is_certain: bool = True
    """False where the name is a common word that may mean something else."""


class TableLoss(NamedTuple):
    """A table that Terraform would no longer manage, or destroy."""

    file: str
    line: int
    address: str
    name: str
    """Its physical name; empty where it is not known."""
    what: str
    """What becomes of it, in words."""
    is_destroyed: bool = True


@dataclass(frozen=True)
class Facts:
    """A branch as it was read."""

    today: date
    """The day in UTC."""
    tables: tuple[TableEdit, ...] = ()
    others: tuple[FileLine, ...] = ()
    """Further changes in the tfvars of the swap."""
    broken: tuple[FileLine, ...] = ()
    """Changed tfvars that cannot be read, with the reason."""
    doubtful: tuple[FileLine, ...] = ()
    """Changes that may be a swap, with what stands in the way of telling."""
    ours: tuple[str, ...] = ()
    """Committed files of tfswap's own folder."""
    roles: tuple[Role, ...] = ()
    mentions: tuple[LineMention, ...] = ()
    losses: tuple[TableLoss, ...] = ()
    code: tuple[str, ...] = ()
    """Other files of the root module or its modules that the branch changes."""
