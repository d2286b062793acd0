"""``terraform state rm``: the outgoing table, or a replica that is left alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar

from tfswap.errors import TerraformError
from tfswap.names import mentions
from tfswap.swap import TableSwap
from tfswap.terraform import arguments
from tfswap.terraform.arguments import Words
from tfswap.terraform.state_file import State


@dataclass(frozen=True)
class StateRmTable:
    """Take the outgoing table out of the state; in AWS it stays (runbook, "Remove the table")."""

    table: TableSwap

    configured: ClassVar[bool] = False

    @property
    def title(self) -> str:
        """Words for the progress display."""
        return f"remove {self.table.old_name} from state ({self.table.address})"

    def words(self) -> Words:
        """``state rm ADDRESS``."""
        return arguments.state_rm(self.table.address)

    def due(self, state: State) -> bool:
        """Due while the address holds the outgoing table, or the restored one under an ARN id.

        An import by ARN leaves the ARN as the id (hashicorp/terraform-provider-aws#39635); it is
        mended by forgetting and importing by name.
        """
        held = state.instances.get(self.table.address)
        if held is None:
            return False
        name = held.attributes.get("name")
        if name == self.table.new_name:
            return bool(held.attributes.get("id") != name)
        if name != self.table.old_name:
            raise TerraformError(
                f"The state has the table {name!r} at {self.table.address}; this swap is from "
                f"{self.table.old_name} to {self.table.new_name}.",
                hint="Check environment and workspace with tfswap status; nothing was changed.",
            )
        return True


@dataclass(frozen=True)
class StateRmReplica:
    """Take something that belongs to the outgoing table out of the state, so that it is kept.

    Without it the plan would replace a replica, which deletes the outgoing table's copy of the
    data (facts.md, "Swapping in state").
    """

    address: str
    tables: tuple[TableSwap, ...]

    configured: ClassVar[bool] = False

    @property
    def title(self) -> str:
        """Words for the progress display."""
        return f"remove {self.address} from state (AWS keeps it)"

    def words(self) -> Words:
        """``state rm ADDRESS``."""
        return arguments.state_rm(self.address)

    def due(self, state: State) -> bool:
        """Due while the address holds something that names an outgoing table."""
        held = state.instances.get(self.address)
        if held is None:
            return False
        text = json.dumps(dict(held.attributes))
        return any(mentions(text, table.old_name) for table in self.tables)
