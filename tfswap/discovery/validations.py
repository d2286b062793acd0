"""Whether the variables that make a table's name accept the new one.

Terraform documentation, "Custom Conditions", ``validation`` in a ``variable``: a condition that is
false ends the plan. One that cannot be evaluated here is left to Terraform's plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tfswap.discovery.view import View


class BrokenValidation(NamedTuple):
    """A condition that an edit makes false."""

    place: str
    """File and line of the condition."""
    variable: str
    message: str
    """What Terraform would say; empty where that is not known."""


def broken_validations(after: View) -> Iterator[BrokenValidation]:
    """Yield the validations that an edited configuration breaks, of variables in tables' names."""
    evaluator = after.evaluator
    for module, kind, name in list(evaluator.consulted):
        placed = module.folder.block("variable", name) if kind == "var" else None
        for block in placed.block.blocks if placed else ():
            condition = block.attributes.get("condition")
            if block.type != "validation" or condition is None or placed is None:
                continue
            if evaluator.eval(condition.value, module) is False:
                message = evaluator.attribute(block, "error_message", module, None)
                text = message if isinstance(message, str) else ""
                yield BrokenValidation(f"{placed.file}:{condition.line}", name, text)
