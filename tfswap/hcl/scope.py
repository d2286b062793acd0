"""What an expression is evaluated in: the modules' variables, locals, outputs and resources.

``Evaluator`` is the one that reads a repository. Expressions and lookups know no more of it than
this, so that neither has to import it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from tfswap.hcl.module_tree import Key, Module
from tfswap.hcl.project import PlacedBlock
from tfswap.hcl.syntax import Block, Expr
from tfswap.hcl.values import Unknown, Value

Names = Mapping[str, Value]
"""Names in scope besides the module's own: ``each``, ``count``, loop variables."""

State = Mapping[str, Mapping[str, Any]]
"""State address to attributes."""


class Scope(Protocol):
    """Values of what modules name; each is ``Unknown`` with a reason where nothing tells."""

    @property
    def workspace(self) -> str:
        """What ``terraform.workspace`` is."""

    @property
    def state(self) -> State | None:
        """Attributes by state address, where a state is known."""

    @property
    def files(self) -> set[str]:
        """Files of the repository that ``file()`` read."""

    def eval(self, expr: Expr, module: Module) -> Value:
        """Return an expression's value in ``module``."""

    def attribute(self, block: Block, name: str, module: Module, names: Names | None) -> Value:
        """Return the value of a block's attribute."""

    def local(self, module: Module, name: str) -> Value:
        """Return ``local.<name>``."""

    def variable(self, module: Module, name: str) -> Value:
        """Return ``var.<name>``."""

    def output(self, module: Module, name: str) -> Value:
        """Return a module's output."""

    def resource(self, module: Module, placed: PlacedBlock) -> None:
        """Note that a resource's or data source's own arguments were asked for."""

    def names(self, block: Block, key: Key | Unknown, module: Module) -> Names:
        """Return ``each`` and ``count`` as one instance of a block sees them."""
