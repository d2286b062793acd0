"""What a step is: one change of the state, and how to tell from a state whether it is due.

One class per kind of step, a file each; ``steps.swap_steps`` puts them in order.
"""

from __future__ import annotations

from typing import Protocol

from tfswap.terraform.arguments import Words
from tfswap.terraform.state_file import State


class Step(Protocol):
    """One state command of a swap."""

    @property
    def title(self) -> str:
        """What it does, in words for the progress display."""

    @property
    def configured(self) -> bool:
        """Whether its command needs the configuration; one that does not is quicker without."""

    def words(self) -> Words:
        """Return the terraform command, without the binary."""

    def due(self, state: State) -> bool:
        """Say whether it is still to be done; the state decides, not the journal.

        Raises:
            TerraformError: The state holds something this swap is not about.
        """
