"""The parts of plan JSON that are read, as msgspec Structs.

Field names, meaning and order are Terraform's ("JSON Output Format", ``internal/command/jsonplan``
and ``jsonstate``). Unknown keys are ignored, as that page asks of readers. Values of resources stay
``Raw``: slices of the file, decoded only when somebody asks.

What Terraform writes is written by these Structs again byte for byte; ``plan.duplicate_keys``
takes that
for the proof that no key was repeated. So fields that nobody reads are listed too, no default is a
value that Terraform writes out, and the order of fields is not free.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

NULL = msgspec.Raw(b"null")
FALSE = msgspec.Raw(b"false")
_ABSENT = msgspec.Raw(b"")


class ChangeBody(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What is to happen to one object; ``change`` in plan JSON."""

    actions: tuple[str, ...]
    before: msgspec.Raw = NULL
    after: msgspec.Raw = NULL
    after_unknown: msgspec.Raw = FALSE
    """True where ``after`` is known only after apply, in the shape of ``after``."""
    before_sensitive: msgspec.Raw = FALSE
    after_sensitive: msgspec.Raw = FALSE
    replace_paths: list[list[Any]] | None = None
    """Attributes that force a replacement; absent for a tainted object."""
    importing: dict[str, Any] | None = None
    generated_config: msgspec.Raw = _ABSENT
    before_identity: msgspec.Raw = _ABSENT
    after_identity: msgspec.Raw = _ABSENT


class ResourceEntry(msgspec.Struct, frozen=True, omit_defaults=True, gc=False, kw_only=True):
    """One element of ``resource_changes`` or ``resource_drift``."""

    address: str
    previous_address: str | None = None
    module_address: str = ""
    mode: str = ""
    type: str = ""
    name: str = ""
    index: str | int | None = None
    provider_name: msgspec.Raw = _ABSENT
    deposed: str | None = None
    """Key of a deposed object; it shares its address with the object in service."""
    change: ChangeBody
    action_reason: str = ""


class CheckAddress(msgspec.Struct, frozen=True):
    """What a check belongs to."""

    to_display: str = ""


class CheckEntry(msgspec.Struct, frozen=True):
    """A ``check`` block, pre- or postcondition: ``pass``, ``fail``, ``error`` or ``unknown``."""

    status: str
    address: CheckAddress = CheckAddress()


class StateResource(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One resource in ``prior_state`` or ``planned_values``."""

    address: str
    mode: str = ""
    type: str = ""
    name: str = ""
    index: str | int | None = None
    provider_name: msgspec.Raw = _ABSENT
    schema_version: msgspec.Raw = _ABSENT
    values: msgspec.Raw = NULL
    sensitive_values: msgspec.Raw = FALSE
    identity_schema_version: msgspec.Raw = _ABSENT
    identity: msgspec.Raw = _ABSENT
    depends_on: msgspec.Raw = _ABSENT
    tainted: bool = False
    deposed_key: str | None = None


class Variable(msgspec.Struct, frozen=True):
    """An input of the root module as this plan was made with it."""

    value: Any = None


ABSENT = _ABSENT
"""Stands for a value that is not there."""

_Verb = Literal["no-op", "create", "read", "update", "delete", "forget"]


class PlainBody(ChangeBody, frozen=True, omit_defaults=True, gc=False):
    """A change made of the documented verbs only: they need no memory of their own."""

    actions: tuple[_Verb, ...]


class PlainEntry(ResourceEntry, frozen=True, omit_defaults=True, gc=False, kw_only=True):
    """An element of ``resource_changes`` with nothing out of the ordinary."""

    mode: Literal["", "managed", "data"] = ""
    change: PlainBody


class ModuleEntry(msgspec.Struct, frozen=True, gc=False):
    """A module in ``prior_state`` or ``planned_values``; its resources stay undecoded."""

    resources: list[msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET
    address: msgspec.Raw = _ABSENT
    child_modules: list[ModuleEntry] | msgspec.UnsetType = msgspec.UNSET


class Values(msgspec.Struct, frozen=True, gc=False):
    """``planned_values``, and ``values`` of a state."""

    outputs: msgspec.Raw = _ABSENT
    root_module: ModuleEntry | msgspec.UnsetType = msgspec.UNSET


class PriorState(msgspec.Struct, frozen=True, gc=False):
    """``prior_state``."""

    format_version: msgspec.Raw = _ABSENT
    terraform_version: msgspec.Raw = _ABSENT
    values: Values | msgspec.UnsetType = msgspec.UNSET
    checks: msgspec.Raw = _ABSENT


class RawPlan(msgspec.Struct, frozen=True, gc=False):
    """A whole plan: the three great parts in their elements, every other one undecoded."""

    format_version: msgspec.Raw = _ABSENT
    terraform_version: msgspec.Raw = _ABSENT
    variables: msgspec.Raw = _ABSENT
    planned_values: Values | msgspec.UnsetType = msgspec.UNSET
    resource_drift: msgspec.Raw = _ABSENT
    resource_changes: list[PlainEntry] | msgspec.UnsetType = msgspec.UNSET
    deferred_changes: msgspec.Raw = _ABSENT
    output_changes: msgspec.Raw = _ABSENT
    prior_state: PriorState | msgspec.UnsetType = msgspec.UNSET
    configuration: msgspec.Raw = _ABSENT
    relevant_attributes: msgspec.Raw = _ABSENT
    checks: msgspec.Raw = _ABSENT
    timestamp: msgspec.Raw = _ABSENT
    applyable: msgspec.Raw = _ABSENT
    complete: msgspec.Raw = _ABSENT
    errored: msgspec.Raw = _ABSENT
