"""Read plan JSON: ``read_plan(data) -> Plan``, ``open_plan(path) -> Plan``.

Terraform's "JSON Output Format" says what stands where; ``runner`` refuses what is no plan.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from tfswap.errors import PlanError
from tfswap.plan.change_list import Changes
from tfswap.plan.changes import Change, OutputChange
from tfswap.plan.configuration import Configuration
from tfswap.plan.duplicate_keys import Buffer, convert, decode, object_parts, typed_list
from tfswap.plan.fast_reader import resource_lists
from tfswap.plan.format_check import open_document
from tfswap.plan.json_types import ChangeBody, CheckEntry, RawPlan, ResourceEntry, Values, Variable
from tfswap.plan.plan_file import collector_off, map_plan
from tfswap.plan.state import StateList


class Plan:
    """A plan, typed and lazy.

    Every property decodes its part when first asked for and raises ``PlanError`` where that part
    cannot be read.
    """

    def __init__(self, fields: dict[str, msgspec.Raw], skeleton: RawPlan | None = None) -> None:
        self._fields = fields
        self._planned, self._prior = _states(skeleton)
        self.terraform_version: str = self._typed("terraform_version", str, "")
        listed = skeleton.resource_changes if skeleton else msgspec.UNSET
        self.has_resource_changes = "resource_changes" in fields or listed is not msgspec.UNSET
        """False for a refresh-only plan and for what is no plan at all."""
        self.timestamp: str = self._typed("timestamp", str, "")
        """When it was made; empty from older Terraform."""
        self.errored: bool = self._typed("errored", bool, False)
        """Planning stopped at an error; such plans are written too."""
        self.complete: bool | None = self._typed("complete", bool, None)
        """False when objects were left out (``-target``); None from older Terraform."""
        self.applyable: bool | None = self._typed("applyable", bool, None)
        """False when there is nothing to apply; None from older Terraform."""
        self.changes = (
            Changes(self._entries("resource_changes"))
            if listed is msgspec.UNSET
            else Changes(listed, proven=True)
        )

    @cached_property
    def drift(self) -> tuple[Change, ...]:
        """What had changed outside Terraform; not changes to be made."""
        return tuple(Changes(self._entries("resource_drift")))

    @cached_property
    def outputs(self) -> tuple[OutputChange, ...]:
        """Changes of the root module's outputs; their address is ``output.NAME``."""
        raw = self._fields.get("output_changes")
        bodies = {} if raw is None else object_parts(raw, "output_changes")
        return tuple(_output(name, body) for name, body in bodies.items())

    @cached_property
    def checks(self) -> tuple[CheckEntry, ...]:
        """Results of checks, pre- and postconditions."""
        checks: tuple[CheckEntry, ...] = self._typed("checks", tuple[CheckEntry, ...], ())
        return checks

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """Inputs of the root module."""
        variables: dict[str, Variable] = self._typed("variables", dict[str, Variable], {})
        return variables

    @cached_property
    def deferred(self) -> tuple[str, ...]:
        """Names of the top-level lists of things this plan puts off, when not empty.

        Invocations of actions count where they do not say which action.
        """
        names = ["deferred_changes", "deferred_action_invocations"]
        if len(self.actions) < len(self._typed("action_invocations", list[Any] | None, None) or ()):
            names.append("action_invocations")
        return tuple(name for name in names if self._typed(name, list[Any] | None, None))

    @cached_property
    def actions(self) -> tuple[dict[str, Any], ...]:
        """Invocations of actions that say which one, as they are written."""
        raw = self._fields.get("action_invocations")
        listed = decode(raw, where="action_invocations") if raw is not None else None
        items = listed if isinstance(listed, list) else ()
        return tuple(i for i in items if isinstance(i, dict) and i.get("address"))

    @cached_property
    def configuration(self) -> Configuration:
        """The configuration the plan was made from, as far as plan JSON tells it."""
        raw = self._fields.get("configuration")
        tree = decode(raw, where="configuration") if raw is not None else {}
        return Configuration(tree if isinstance(tree, dict) else {})

    @cached_property
    def state(self) -> StateList:
        """Every resource and data source of the refreshed state before the plan."""
        if self._prior is not None:
            return StateList.of(resource_lists(self._prior), "prior_state")
        return self._state_of("prior_state", "values", "root_module")

    @cached_property
    def planned(self) -> StateList:
        """Every resource as it is planned to be."""
        if self._planned is not None:
            return StateList.of(resource_lists(self._planned), "planned_values")
        return self._state_of("planned_values", "root_module")

    def _state_of(self, name: str, *inner: str) -> StateList:
        raw = self._fields.get(name)
        for key in inner:
            raw = object_parts(raw, name).get(key) if raw is not None else None
        return StateList(raw, name)

    @property
    def has_planned_values(self) -> bool:
        """Whether the plan tells what will be there afterwards."""
        return self._planned is not None or "planned_values" in self._fields

    def instances(self, mode: str, kind: str, name: str) -> list[Change]:
        """Return the changes of one block's instances, in all modules, deposed objects included."""
        found = map(self.changes.__getitem__, self.changes.of(kind, name))
        return [change for change in found if change.entry.mode == mode]

    def _typed(self, name: str, kind: Any, default: Any) -> Any:
        raw = self._fields.get(name)
        return default if raw is None else convert(raw, kind, name)

    def _entries(self, name: str) -> list[ResourceEntry]:
        raw = self._fields.get(name)
        if raw is None or bytes(memoryview(raw)[:4]) == b"null":
            return []
        return typed_list(raw, ResourceEntry, name, "change")


def read_plan(data: Buffer) -> Plan:
    """Read the JSON of a plan.

    A refresh-only plan (no ``resource_changes``, but the rest of a plan) is returned, so that the
    verifier can say what it is.

    Args:
        data: Bytes, or anything that lends them (a memory map). The plan is made of slices of it:
            it must neither change nor be closed while the plan is in use.

    Raises:
        PlanError: The bytes are no plan: cut short, not JSON, a binary plan, a state, a log, of an
            unknown major version, or with a repeated key.
    """
    with collector_off():
        plan = Plan(*open_document(data))
        if not plan.has_resource_changes and not plan.has_planned_values:
            raise PlanError(
                "This is not a plan: it has no resource_changes.",
                hint="Write it with: terraform show -json PLAN > plan.json",
            )
        return plan


def open_plan(path: Path | str) -> Plan:
    """Read the JSON of a plan from a file; a large one is mapped into memory, not read.

    Raises:
        PlanError: As ``read_plan``, or the file cannot be read.
    """
    return read_plan(map_plan(path))


def _output(name: str, raw: msgspec.Raw) -> OutputChange:
    where = f"output_changes.{name}"
    object_parts(raw, where)
    entry = ResourceEntry(
        address=f"output.{name}",
        mode="output",
        type="output",
        name=name,
        change=convert(raw, ChangeBody, where),
    )
    return OutputChange(entry)


def _states(skeleton: RawPlan | None) -> tuple[Values | None, Values | None]:
    """Return planned values and prior state, where one pass has taken them apart."""
    unset = msgspec.UNSET
    if skeleton is None:
        return None, None
    prior = skeleton.prior_state
    planned = None if skeleton.planned_values is unset else skeleton.planned_values
    if prior is unset:
        return planned, None
    return planned, Values() if prior.values is unset else prior.values
