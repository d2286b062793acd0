"""Region, account and partition, from the provider the table is made with.

Terraform documentation: "Provider Configuration" (aliases, passing providers to modules).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tfswap.hcl.evaluator import Evaluator
from tfswap.hcl.instances import Instance
from tfswap.hcl.module_tree import Module
from tfswap.hcl.reference import flatten
from tfswap.hcl.syntax import Attr, Block, Expr, Index, Lit, Name, Object, Template
from tfswap.hcl.values import Unknown, Value

_ROLE = re.compile(r"arn:(?P<partition>aws[a-z-]*):iam::(?P<account>\d{12}):role/")
_DEFAULT = "aws"


class TableLocation(NamedTuple):
    """Where a table lives, as far as its provider tells; empty strings are not known."""

    region: str
    account: str
    partition: str


def table_location(evaluator: Evaluator, instance: Instance) -> TableLocation:
    """Return where an instance lives."""
    own = evaluator.attribute(instance.block, "region", instance.module, None)
    provider = _provider(instance.module, _alias(instance.block.get("provider")))
    if provider is None:
        return TableLocation(own if isinstance(own, str) else "", "", "")
    module, block = provider
    region = evaluator.attribute(block, "region", module, None)
    role = _role(evaluator, module, block)
    return TableLocation(
        next((r for r in (own, region) if isinstance(r, str)), ""),
        role["account"] if role else _allowed(evaluator, module, block),
        role["partition"] if role else "",
    )


def assumed_role(evaluator: Evaluator, instance: Instance) -> str | Unknown | None:
    """Return the ARN of the role that an instance's provider assumes, or None where it has none."""
    provider = _provider(instance.module, _alias(instance.block.get("provider")))
    if provider is None:
        return None
    module, block = provider
    blocks = list(block.all("assume_role"))
    if not blocks:
        return None
    value: Value = evaluator.attribute(blocks[0], "role_arn", module, None)
    if len(blocks) > 1:
        return Unknown("roles are assumed one after the other")
    return value if isinstance(value, str | Unknown) else Unknown("role_arn is not a string")


def partition_of(region: str) -> str:
    """Return a region's partition (AWS General Reference, "Partitions")."""
    for start, partition in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")):
        if region.startswith(start):
            return partition
    return "aws"


def _alias(expr: Expr | None) -> str:
    """Return ``aws.eu_west_1`` or ``aws``; older code writes it in quotes."""
    if isinstance(expr, Lit):
        return str(expr.value)
    reference = flatten(expr) if isinstance(expr, Name | Attr | Index) else None
    if reference is None:
        return _DEFAULT
    return ".".join([reference.root, *(step.name or "" for step in reference.steps)])


def _provider(module: Module, alias: str) -> tuple[Module, Block] | None:
    """Find the provider block, following ``providers = { … }`` up the module path."""
    for placed in module.folder.blocks("provider", alias.partition(".")[0]):
        given = placed.block.get("alias")
        name = str(given.value) if isinstance(given, Lit) else ""
        if name == alias.partition(".")[2]:
            return module, placed.block
    if module.parent is None or module.call is None:
        return None
    passed = module.call.block.get("providers")
    if not isinstance(passed, Object):
        return _provider(module.parent, alias)
    for key, value in passed.items:
        if _alias(key) == alias:
            return _provider(module.parent, _alias(value))
    return None


def _role(evaluator: Evaluator, module: Module, block: Block) -> re.Match[str] | None:
    for assumed in block.all("assume_role"):
        role = assumed.get("role_arn")
        if role is not None and (match := _ROLE.match(_known_text(evaluator, module, role))):
            return match
    return None


def _known_text(evaluator: Evaluator, module: Module, expr: Expr) -> str:
    """Evaluate a template up to where it is not known: the role's name need not be."""
    parts = expr.parts if isinstance(expr, Template) else (expr,)
    done = ""
    for part in parts:
        value: Value = evaluator.eval(part, module)
        if isinstance(value, Unknown):
            break
        done += str(value)
    return done


def _allowed(evaluator: Evaluator, module: Module, block: Block) -> str:
    allowed = evaluator.attribute(block, "allowed_account_ids", module, None)
    known = isinstance(allowed, list) and len(allowed) == 1 and not isinstance(allowed[0], Unknown)
    return str(allowed[0]) if known else ""
