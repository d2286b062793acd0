"""What the repository names beside its tables: backup vaults, pipelines, encryption keys.

Names are expressions like a table's and are evaluated like it. AWS provider documentation:
``aws_backup_vault``, ``aws_osis_pipeline``, ``aws_kms_alias``, and ``server_side_encryption`` of
``aws_dynamodb_table``.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from tfswap.discovery.table_location import TableLocation, assume_settings, table_location
from tfswap.hcl.evaluator import Evaluator
from tfswap.hcl.instances import Instance, expand
from tfswap.hcl.module_tree import Key, Module, ModuleTree, index
from tfswap.hcl.reference import Reference, flatten
from tfswap.hcl.syntax import Attr, Block, Expr, Index, Lit, Name
from tfswap.hcl.values import Unknown

_DEEPEST = 12
"""Locals, inputs and outputs followed one into the other before we give up."""


class RelatedResource(NamedTuple):
    """A named thing of the configuration."""

    address: str
    name: str
    directory: TableLocation
    file: str
    line: int
    assume: tuple[tuple[str, str], ...] = ()
    """What its provider says beside the role's ARN when it assumes that."""

    def __str__(self) -> str:
        return f"{self.name}  {self.address}  {self.file}:{self.line}"


def related_resources(
    tree: ModuleTree, evaluator: Evaluator, kind: str, argument: str = "name"
) -> list[RelatedResource]:
    """Return the resources and data sources of a type whose names can be told.

    Args:
        tree: The root module and what it calls.
        evaluator: Evaluates for the environment.
        kind: Resource type, e.g. ``aws_backup_vault``.
        argument: The argument that holds the name.
    """
    found: list[RelatedResource] = []
    for mode in ("resource", "data"):
        folders = {f.name for f in tree.reachable() if f.declaring(mode, kind)}
        for module in tree.using(folders) if folders else ():
            for placed in module.folder.blocks(mode, kind):
                for instance in _instances(evaluator, module, placed.block):
                    name = _name(evaluator, instance, argument)
                    if name is not None:
                        where = table_location(evaluator, instance)
                        address = ("data." if mode == "data" else "") + _address(instance)
                        line = placed.block.line
                        assume = tuple(assume_settings(evaluator, instance).items())
                        found.append(
                            RelatedResource(address, name, where, placed.file, line, assume)
                        )
    return found


def _address(instance: Instance) -> str:
    return f"{instance.module.prefix}{'.'.join(instance.block.labels)}{index(instance.key)}"


def _instances(evaluator: Evaluator, module: Module, block: Block) -> list[Instance]:
    found = expand(evaluator, module, block)
    return [Instance(module, block, None)] if isinstance(found, Unknown) else found


def _name(evaluator: Evaluator, instance: Instance, argument: str) -> str | None:
    names = evaluator.names(instance.block, instance.key, instance.module)
    value = evaluator.attribute(instance.block, argument, instance.module, names)
    return value if isinstance(value, str) and value else None


class Encryption(Enum):
    """How a table's configuration has it encrypted (DynamoDB's three kinds of key)."""

    OWNED = "a key owned by AWS"
    MANAGED = "the key AWS manages for DynamoDB"
    CUSTOMER = "a key of the account"
    UNKNOWN = "not determined by the configuration"


class KeySetting(NamedTuple):
    """The key a table's configuration asks for."""

    kind: Encryption
    name: str = ""
    """For ``CUSTOMER``: ``alias/…``, a key's ARN or id."""


def key_of(evaluator: Evaluator, table: Instance) -> KeySetting:
    """Return the key a table is configured with, followed to a KMS alias where it is one."""
    blocks = list(table.block.all("server_side_encryption"))
    if not blocks:
        dynamic = any(b.labels == ("server_side_encryption",) for b in table.block.all("dynamic"))
        return KeySetting(Encryption.UNKNOWN if dynamic else Encryption.OWNED)
    block = blocks[0]
    names = evaluator.names(table.block, table.key, table.module)
    enabled = evaluator.attribute(block, "enabled", table.module, names)
    if enabled in (False, "false"):
        return KeySetting(Encryption.OWNED)
    if enabled not in (True, "true"):
        return KeySetting(Encryption.UNKNOWN)
    wanted = block.get("kms_key_arn")
    if wanted is None or (isinstance(wanted, Lit) and wanted.value is None):
        return KeySetting(Encryption.MANAGED)
    value = evaluator.eval(wanted, table.module, names)
    if isinstance(value, str) and value:
        return KeySetting(Encryption.CUSTOMER, value)
    name = _followed(evaluator, table.module, wanted, _DEEPEST)
    return KeySetting(Encryption.CUSTOMER, name) if name else KeySetting(Encryption.UNKNOWN)


_NAMING = {
    ("data", "aws_kms_alias"): "name",
    ("resource", "aws_kms_alias"): "name",
    ("data", "aws_kms_key"): "key_id",
}
"""What names a key, and the argument it does so with."""


def _followed(evaluator: Evaluator, module: Module, expr: Expr, depth: int) -> str | None:
    """Follow a reference through locals, inputs and outputs to a KMS alias or key."""
    reference = flatten(expr) if isinstance(expr, Name | Attr | Index) else None
    if reference is None or not depth:
        return None
    onward = _onward(module, reference)
    if onward is not None:
        return _followed(evaluator, *onward, depth - 1)
    steps = [step.name for step in reference.steps]
    mode = "data" if reference.root == "data" else "resource"
    labels = steps[:2] if mode == "data" else [reference.root, *steps[:1]]
    argument = _NAMING.get((mode, labels[0] or ""))
    placed = module.folder.block(mode, *map(str, labels)) if argument else None
    if placed is None or argument is None:
        return None
    key = _key(reference, 2 if mode == "data" else 1)
    return _name(evaluator, Instance(module, placed.block, key), argument)


def _onward(module: Module, reference: Reference) -> tuple[Module, Expr] | None:
    """Return the definition behind a local, an input or a module's output."""
    if not reference.steps or reference.steps[0].name is None:
        return None
    name = reference.steps[0].name
    if reference.root == "local" and len(reference.steps) == 1:
        found = module.folder.local(name)
        return (module, found[0].value) if found else None
    if reference.root == "var" and module.parent and module.call and len(reference.steps) == 1:
        given = module.call.block.get(name)
        return (module.parent, given) if given is not None else None
    if reference.root == "module" and reference.steps[-1].name:
        child = module.child(name)
        output = child.folder.block("output", reference.steps[-1].name) if child else None
        value = output.block.get("value") if output else None
        return (child, value) if child is not None and value is not None else None
    return None


def _key(reference: Reference, at: int) -> Key:
    """Return the instance key behind a resource's name, where one is written out."""
    steps = reference.steps
    step = steps[at].key if len(steps) > at else None
    if isinstance(step, Lit) and isinstance(step.value, str | int):
        return step.value
    return None
