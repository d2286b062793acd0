"""One allowance of ``tfswap.toml``: a change somebody expects beside the swap, for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Allowance:
    """One ``[[allow]]`` of ``tfswap.toml``."""

    address: str
    """Resource address as Terraform prints it, ``output.NAME``, or a resource type for all of its
    resources; ``*`` and ``?`` are wildcards, brackets are not."""
    attribute: str
    """Path as reports show it (``environment[0].variables.X``); covers what is beneath it too, and
    may hold wildcards. The value of an output is called ``value``."""
    reason: str
    """Why the change is expected."""
    expires: date
    """The last day on which it counts."""

    def __str__(self) -> str:
        return f"{self.address}: {self.attribute}"


def objection(allowance: Allowance) -> str:
    """Return why an allowance cannot be used at all, in words; empty when it can.

    For the reader of ``tfswap.toml``, which refuses such a one with file and key.
    """
    for name in ("address", "attribute", "reason"):
        if not getattr(allowance, name).strip():
            return f"{name} is empty"
    if not allowance.address.strip("*?."):
        return "address matches everything; name the resource"
    if not allowance.attribute.strip("*?."):
        return "attribute matches everything; name the attribute"
    return ""
