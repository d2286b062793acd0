"""Kinds of damage to a good plan, as functions: ``KINDS`` has all of them by name.

Each takes a ``Patient`` and changes its plan in one way, chosen by its dice; it raises ``Unfit``
where a plan has nothing to be damaged in that way.
"""

from __future__ import annotations

from tests.verify.damage import consumers, names, policies, shape, tables
from tests.verify.damage.patient import Kind, Patient, Unfit

KINDS: dict[str, Kind] = {
    name: kind
    for module in (names, consumers, policies, tables, shape)
    for name, kind in vars(module).items()
    if getattr(kind, "is_damage", False)
}

__all__ = ["KINDS", "Kind", "Patient", "Unfit"]
