"""``terraform import``: the restored table takes the outgoing one's address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tfswap.swap import TableSwap
from tfswap.terraform import arguments
from tfswap.terraform.arguments import Words
from tfswap.terraform.state_file import State


@dataclass(frozen=True)
class ImportTable:
    """Import the restored table by name (runbook, "Next import the restored table").

    The runbook imports by ARN, which the provider keeps as the id: the name is imported instead.
    """

    table: TableSwap
    var_files: Words = ()
    """Files Terraform must be told of to know every variable."""

    configured: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """Words for the progress display."""
        return f"import {self.table.new_name} ({self.table.address})"

    def words(self) -> Words:
        """``import ADDRESS NAME``."""
        return arguments.import_(self.table.address, self.table.import_id, self.var_files)

    def due(self, state: State) -> bool:
        """Due until the address holds the restored table."""
        held = state.instances.get(self.table.address)
        return held is None or held.attributes.get("name") != self.table.new_name
