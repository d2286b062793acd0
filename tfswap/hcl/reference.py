"""References such as ``var.a["b"].c`` taken apart into a root and steps.

Terraform documentation: "References to Named Values".
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from tfswap.hcl.syntax import Attr, Expr, Index, Lit, Name


@dataclass(frozen=True)
class RefStep:
    """One step: an attribute's name, or an index."""

    name: str | None = None
    key: Expr | None = None

    @property
    def literal(self) -> str | None:
        """The step's key as far as it is written out: ``.a``, ``["a"]`` and ``[0]``."""
        if self.name is not None:
            return self.name
        plain = isinstance(self.key, Lit) and isinstance(self.key.value, str | int)
        return str(self.key.value) if plain and isinstance(self.key, Lit) else None


@dataclass(frozen=True)
class Reference:
    """A name and the steps behind it."""

    root: str
    line: int
    steps: tuple[RefStep, ...]

    def __str__(self) -> str:
        """Return the reference as plan JSON writes it, up to an index that is not written out."""
        text = self.root
        for step in self.steps:
            if step.name is None and step.literal is None:
                break
            text += f".{step.name}" if step.name is not None else f"[{_key(step.key)}]"
        return text


def _key(key: Expr | None) -> str:
    return json.dumps(key.value) if isinstance(key, Lit) else ""


def flatten(expr: Expr) -> Reference | None:
    """Take a reference apart; None when the expression begins with something else."""
    steps: list[RefStep] = []
    while not isinstance(expr, Name):
        if isinstance(expr, Attr):
            steps.append(RefStep(name=expr.name))
        elif isinstance(expr, Index):
            steps.append(RefStep(key=expr.key))
        else:
            return None
        expr = expr.of
    return Reference(expr.name, expr.line, tuple(reversed(steps)))
