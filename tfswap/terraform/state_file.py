"""State files (version 4) as Terraform writes them: what they hold, and what differs between two.

Pure functions over bytes. The format is Terraform's ``internal/states/statefile``; only version 4,
which every Terraform since 0.12 writes, is read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tfswap.errors import TerraformError

_SERIAL = re.compile(rb'^(\s*"serial":\s*)(\d+)(,?\s*)$', re.MULTILINE)


@dataclass(frozen=True)
class StateInstance:
    """One resource instance in a state."""

    address: str
    attributes: Mapping[str, Any]
    tainted: bool
    raw: Mapping[str, Any]
    """The instance with its resource's provider, for comparing two states."""


@dataclass(frozen=True)
class State:
    """A parsed state."""

    serial: int
    lineage: str
    instances: Mapping[str, StateInstance]
    """By address; managed resources only, deposed objects under ``ADDRESS (deposed KEY)``."""

    def attributes(self) -> dict[str, Mapping[str, Any]]:
        """Return address to attribute values, as ``discovery.discover`` wants them."""
        return {address: i.attributes for address, i in self.instances.items()}


def parse(data: bytes) -> State:
    """Read a state file.

    Raises:
        TerraformError: Empty, truncated, or not a state of version 4.
    """
    hint = "To see it: terraform state pull"
    if not data.strip():
        raise TerraformError(
            "The workspace has no state: nothing was ever applied there.", hint=hint
        )
    try:
        document = json.loads(data)
        if document["version"] != 4:
            raise TerraformError(
                f"State version {document['version']} is not supported.", hint=hint
            )
        instances = {i.address: i for r in document["resources"] for i in _instances(r)}
        return State(document["serial"], document["lineage"], instances)
    except (ValueError, KeyError, TypeError) as error:
        raise TerraformError(f"The state cannot be read: {error!r}.", hint=hint) from error


def _instances(resource: Mapping[str, Any]) -> Iterator[StateInstance]:
    if resource["mode"] != "managed":
        return
    base = ".".join(filter(None, (resource.get("module"), resource["type"], resource["name"])))
    for instance in resource["instances"]:
        address = base + _key(instance.get("index_key"))
        if "deposed" in instance:
            address += f" (deposed {instance['deposed']})"
        yield StateInstance(
            address,
            instance.get("attributes") or instance.get("attributes_flat") or {},
            instance.get("status") == "tainted",
            _comparable({"provider": resource.get("provider"), **instance}),
        )


def _comparable(instance: dict[str, Any]) -> dict[str, Any]:
    """Put the sets of an instance in order.

    Terraform writes the paths of sensitive attributes in the order of a Go map, another one each
    time (measured: ``aws_ssm_parameter``, which has two).
    """
    for key in ("sensitive_attributes", "dependencies"):
        if isinstance(instance.get(key), list):
            instance[key] = sorted(instance[key], key=lambda item: json.dumps(item, sort_keys=True))
    return instance


def _key(index: object) -> str:
    """Return an instance key as Terraform writes it in an address."""
    if index is None:
        return ""
    if isinstance(index, str):
        # HCL quoting: JSON's, and a template sequence is doubled to stay literal.
        quoted = json.dumps(index, ensure_ascii=False)
        return "[" + quoted.replace("${", "$${").replace("%{", "%%{") + "]"
    return f"[{index}]"


def with_serial(data: bytes, serial: int) -> bytes:
    """Return the state with another serial and not one other byte changed.

    ``state push`` compares serials: pulled serial + 1 makes it a compare-and-swap (facts.md,
    "Swapping in state").

    Raises:
        TerraformError: The file has no serial of its own at the top.
    """
    head_end = data.find(b'"resources"')
    match = _SERIAL.search(data, 0, head_end if head_end >= 0 else len(data))
    if match is None:
        raise TerraformError("The rehearsed state has no serial.", hint="Run tfswap run again.")
    changed = data[: match.start(2)] + b"%d" % serial + data[match.end(2) :]
    if {**json.loads(data), "serial": serial} != json.loads(changed):
        raise TerraformError("The serial could not be set.", hint="Run tfswap run again.")
    return changed


def content(data: bytes) -> str:
    """Return the sha256 of what a state holds: lineage, resources, outputs; not of its serial.

    Two that differ in nothing but the order in which Terraform writes sets have the same.
    """
    document = json.loads(data)
    for resource in document["resources"]:
        resource["instances"] = [_comparable(instance) for instance in resource["instances"]]
    held = [document["lineage"], document.get("outputs") or {}, document["resources"]]
    held[2] = sorted(held[2], key=lambda each: json.dumps(each, sort_keys=True))
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()


def differing(before: State, after: State) -> set[str]:
    """Return the addresses whose instance appeared, vanished or changed."""
    old, new = before.instances, after.instances
    return {
        address
        for address in old.keys() | new.keys()
        if address not in old or address not in new or old[address].raw != new[address].raw
    }
