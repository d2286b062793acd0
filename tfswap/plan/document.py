"""Read plan JSON: ``read_plan(data) -> Plan``.

Terraform's "JSON Output Format" says what stands where; ``door`` refuses what is no plan.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeVar

import msgspec

from tfswap.errors import PlanError
from tfswap.plan.changes import Change, OutputChange
from tfswap.plan.configuration import Configuration
from tfswap.plan.door import open_document
from tfswap.plan.structs import (
    ChangeBody,
    Check,
    PriorState,
    ResourceEntry,
    StateModule,
    StateResource,
    StateValues,
    Variable,
)
from tfswap.plan.values import check_keys, decode

T = TypeVar("T")


class Plan:
    """A plan, typed and lazy.

    Every property decodes its part when first asked for and raises ``PlanError`` where that part
    cannot be read.
    """

    def __init__(self, fields: dict[str, msgspec.Raw]) -> None:
        self._fields = fields
        self.terraform_version: str = self._typed("terraform_version", str, "")
        self.has_resource_changes = "resource_changes" in fields
        """False for a refresh-only plan and for what is no plan at all."""
        self.errored: bool = self._typed("errored", bool, False)
        """Planning stopped at an error; such plans are written too."""
        self.complete: bool | None = self._typed("complete", bool, None)
        """False when objects were left out (``-target``); None from older Terraform."""
        self.applyable: bool | None = self._typed("applyable", bool, None)
        """False when there is nothing to apply; None from older Terraform."""
        self.changes: tuple[Change, ...] = tuple(
            Change(entry) for entry in self._entries("resource_changes")
        )

    @cached_property
    def drift(self) -> tuple[Change, ...]:
        """What had changed outside Terraform; not changes to be made."""
        return tuple(Change(entry) for entry in self._entries("resource_drift"))

    @cached_property
    def outputs(self) -> tuple[OutputChange, ...]:
        """Changes of the root module's outputs; their address is ``output.NAME``."""
        bodies = self._typed("output_changes", dict[str, msgspec.Raw], {})
        if bodies:
            check_keys(self._fields["output_changes"], bodies, where="output_changes")
        return tuple(
            OutputChange(
                ResourceEntry(
                    address=f"output.{name}",
                    mode="output",
                    type="output",
                    name=name,
                    change=_convert(raw, ChangeBody, f"output_changes.{name}"),
                )
            )
            for name, raw in bodies.items()
        )

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """Results of checks, pre- and postconditions."""
        checks: tuple[Check, ...] = self._typed("checks", tuple[Check, ...], ())
        return checks

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """Inputs of the root module."""
        variables: dict[str, Variable] = self._typed("variables", dict[str, Variable], {})
        return variables

    @cached_property
    def deferred(self) -> tuple[str, ...]:
        """Names of the top-level lists of things this plan puts off or calls, when not empty."""
        names = ("deferred_changes", "action_invocations", "deferred_action_invocations")
        return tuple(name for name in names if self._typed(name, list[Any] | None, None))

    @cached_property
    def configuration(self) -> Configuration:
        """The configuration the plan was made from, as far as plan JSON tells it."""
        raw = self._fields.get("configuration")
        tree = decode(raw, where="configuration") if raw is not None else {}
        return Configuration(tree if isinstance(tree, dict) else {})

    @cached_property
    def state(self) -> tuple[StateResource, ...]:
        """Every resource and data source of the refreshed state before the plan."""
        prior = self._typed("prior_state", PriorState, PriorState())
        return tuple(_flatten(prior.values.root_module))

    @cached_property
    def planned(self) -> tuple[StateResource, ...]:
        """Every resource as it is planned to be."""
        values = self._typed("planned_values", StateValues, StateValues())
        return tuple(_flatten(values.root_module))

    @property
    def has_state(self) -> bool:
        """Whether the plan tells the state it was made from."""
        return "prior_state" in self._fields

    def _typed(self, name: str, kind: Any, default: Any) -> Any:
        raw = self._fields.get(name)
        return default if raw is None else _convert(raw, kind, name)

    def _entries(self, name: str) -> list[ResourceEntry]:
        raws = self._typed(name, list[dict[str, msgspec.Raw]] | None, None) or []
        whole = self._typed(name, list[msgspec.Raw] | None, None) or []
        for raw, fields in zip(whole, raws, strict=True):
            check_keys(raw, fields, where=name)
            if "change" in fields:
                inner = _convert(fields["change"], dict[str, msgspec.Raw], name)
                check_keys(fields["change"], inner, where=f"{name} (change)")
        return self._typed(name, list[ResourceEntry] | None, None) or []


def read_plan(data: bytes) -> Plan:
    """Read the JSON of a plan.

    A refresh-only plan (no ``resource_changes``, but the rest of a plan) is returned, so that the
    verifier can say what it is.

    Raises:
        PlanError: The bytes are no plan: cut short, not JSON, a binary plan, a state, a log, of an
            unknown major version, or with a repeated key.
    """
    fields = open_document(data)
    if "resource_changes" not in fields and "planned_values" not in fields:
        raise PlanError(
            "This is not a plan: it has no resource_changes.",
            hint="Write it with: terraform show -json PLAN > plan.json",
        )
    return Plan(fields)


def _convert(raw: msgspec.Raw, kind: Any, where: str) -> Any:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PlanError(
            f"The plan cannot be read at {where}: {error}.",
            hint="Write it anew with: terraform show -json PLAN > plan.json",
        ) from error


def _flatten(module: StateModule) -> list[StateResource]:
    found: list[StateResource] = []
    queue = [module]
    while queue:
        current = queue.pop(0)
        found.extend(current.resources)
        queue.extend(current.child_modules)
    return found
