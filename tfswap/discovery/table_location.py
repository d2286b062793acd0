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
"""The partition of most regions; and the provider's name."""


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
    """Return a region's partition; a test holds this against botocore's ``partitions.json``."""
    return next((found for start, found in _PARTITIONS if region.startswith(start)), _DEFAULT)


_PARTITIONS = (
    *(("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("us-iso-", "aws-iso")),
    *(("us-isob-", "aws-iso-b"), ("eu-isoe-", "aws-iso-e"), ("us-isof-", "aws-iso-f")),
    *(("eu-isof-", "aws-iso-f"), ("eusc-", "aws-eusc")),
)
"""How the regions' names begin, by partition."""


def assume_settings(evaluator: Evaluator, instance: Instance) -> dict[str, str]:
    """Return what else an instance's provider says when it assumes its role.

    AWS provider documentation, ``assume_role``: a trust policy may ask for the external id, or
    for the session's name or tags, and refuse whoever leaves them out. What is not known is left
    out: AWS refuses then, and says so. Tags are written ``tag:NAME``.
    """
    provider = _provider(instance.module, _alias(instance.block.get("provider")))
    blocks = list(provider[1].all("assume_role")) if provider else []
    if provider is None or len(blocks) != 1:
        return {}
    module, block = provider[0], blocks[0]
    named = {name: evaluator.attribute(block, name, module, None) for name in _SETTINGS}
    tags = evaluator.attribute(block, "tags", module, None)
    if isinstance(tags, dict):
        named |= {f"tag:{name}": value for name, value in tags.items()}
    return {name: value for name, value in named.items() if isinstance(value, str) and value}


_SETTINGS = ("external_id", "session_name", "source_identity", "policy", "duration")


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
