"""The parts of plan JSON that are read, as msgspec Structs.

Field names and meaning are Terraform's ("JSON Output Format", ``internal/command/jsonplan``).
Unknown keys are ignored, as that page asks of readers. Values of resources stay ``Raw``: slices of
the file, decoded only when somebody asks.
"""

from __future__ import annotations

from typing import Any

import msgspec

NULL = msgspec.Raw(b"null")
FALSE = msgspec.Raw(b"false")


class ChangeBody(msgspec.Struct, frozen=True):
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


class ResourceEntry(msgspec.Struct, frozen=True):
    """One element of ``resource_changes`` or ``resource_drift``."""

    address: str
    change: ChangeBody
    mode: str = "managed"
    type: str = ""
    name: str = ""
    index: str | int | None = None
    module_address: str = ""
    provider_name: str = ""
    deposed: str | None = None
    """Key of a deposed object; it shares its address with the object in service."""
    previous_address: str | None = None
    action_reason: str = ""


class CheckAddress(msgspec.Struct, frozen=True):
    """What a check belongs to."""

    to_display: str = ""


class Check(msgspec.Struct, frozen=True):
    """A ``check`` block, pre- or postcondition: ``pass``, ``fail``, ``error`` or ``unknown``."""

    status: str
    address: CheckAddress = CheckAddress()


class StateResource(msgspec.Struct, frozen=True):
    """One resource in ``prior_state`` or ``planned_values``."""

    address: str
    mode: str = "managed"
    type: str = ""
    name: str = ""
    index: str | int | None = None
    deposed_key: str | None = None
    tainted: bool = False
    values: msgspec.Raw = NULL
    sensitive_values: msgspec.Raw = FALSE


class StateModule(msgspec.Struct, frozen=True):
    """One module in ``prior_state`` or ``planned_values``, with those inside it."""

    address: str = ""
    resources: tuple[StateResource, ...] = ()
    child_modules: tuple[StateModule, ...] = ()


class StateValues(msgspec.Struct, frozen=True):
    """``values`` of a state, or ``planned_values`` itself."""

    root_module: StateModule = StateModule()


class PriorState(msgspec.Struct, frozen=True):
    """``prior_state``: the refreshed state the plan was made from."""

    values: StateValues = StateValues()


class Variable(msgspec.Struct, frozen=True):
    """An input of the root module as this plan was made with it."""

    value: Any = None
