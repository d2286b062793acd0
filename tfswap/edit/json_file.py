"""Name sources in JSON: tfvars, ``.tf.json`` files, and what ``jsondecode(file(…))`` reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tfswap.edit import tfvars
from tfswap.edit.tfvars import Edit, Tfvars
from tfswap.swap import NameSource

_TEMPLATE = ("${", "%{")


@dataclass(frozen=True)
class JsonFile:
    """A JSON file."""

    document: Tfvars

    @property
    def file(self) -> str:
        """Its path in the repository."""
        return self.document.file

    @property
    def data(self) -> bytes:
        """What it holds."""
        return self.document.data

    def leaves(self, containing: str = "") -> Iterator[NameSource]:
        """Yield the strings that contain ``containing``; none that Terraform takes for templates.

        In ``.tf.json`` a string is a template (Terraform documentation, "JSON Configuration
        Syntax"), in other JSON it is what it is.
        """
        is_code = self.file.endswith(".tf.json")
        for leaf in self.document.leaves():
            is_template = is_code and any(mark in leaf.value for mark in _TEMPLATE)
            if containing in leaf.value and not is_template:
                yield leaf

    def leaf(self, pointer: str) -> NameSource:
        """Return the string at ``pointer``.

        Raises:
            RepoError: There is none.
        """
        return self.document.leaf(pointer)

    def edit(self, pointer: str, old: str, new: str) -> Edit:
        """Return the edit that changes the string at ``pointer``.

        Raises:
            RepoError: Another string is there.
        """
        return tfvars.edit(self.document, pointer, old, new)
