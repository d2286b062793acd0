"""``terraform taint``: the OSIS pipeline is recreated to read the restored table's stream."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar

from tfswap.names import mentions
from tfswap.swap import TableSwap
from tfswap.terraform import arguments
from tfswap.terraform.arguments import Words
from tfswap.terraform.state_file import State


@dataclass(frozen=True)
class TaintPipeline:
    """Mark a pipeline for recreation (runbook, "Tell terraform to recreate the … pipeline")."""

    address: str
    tables: tuple[TableSwap, ...]
    """The tables it reads."""

    configured: ClassVar[bool] = False

    @property
    def title(self) -> str:
        """Words for the progress display."""
        return f"taint {self.address} (the apply recreates it)"

    def words(self) -> Words:
        """``taint ADDRESS``."""
        return arguments.taint(self.address)

    def due(self, state: State) -> bool:
        """Due while the pipeline in the state reads the outgoing table and is not yet marked.

        One that is not in the state will be created by the plan; one that names the restored
        table already was recreated.
        """
        held = state.instances.get(self.address)
        if held is None or held.tainted:
            return False
        text = json.dumps(dict(held.attributes))
        return any(mentions(text, table.old_name) for table in self.tables)
