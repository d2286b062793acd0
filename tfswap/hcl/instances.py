"""From a configuration address to the instances Terraform's state knows.

``count`` and ``for_each`` along the module path are evaluated; what cannot be is read off the
state's addresses. Terraform documentation: "Resource Addressing".
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from tfswap.hcl.evaluator import Evaluator
from tfswap.hcl.module_tree import Key, Module, index
from tfswap.hcl.syntax import Block
from tfswap.hcl.values import Unknown

_KEY = re.compile(r'\[(?:(?P<number>\d+)|(?P<text>"(?:[^"\\]|\\.)*"))\]')


@dataclass(frozen=True)
class Instance:
    """One instance of a resource: where it is, and as what."""

    module: Module
    block: Block
    key: Key

    @property
    def address(self) -> str:
        """The address in Terraform's state."""
        return f"{self.module.prefix}{'.'.join(self.block.labels)}{index(self.key)}"


def without_keys(address: str) -> str:
    """Return the configuration address: no instance keys."""
    return _KEY.sub("", address)


def expand(evaluator: Evaluator, module: Module, block: Block) -> list[Instance] | Unknown:
    """Return the instances of a managed resource.

    Args:
        evaluator: Evaluates ``count`` and ``for_each``; knows the state if it is at hand.
        module: Where the block stands, in the configuration's tree.
        block: The resource.
    """
    evaluated = _evaluated(evaluator, module, block)
    if isinstance(evaluated, Unknown) and evaluator.state is not None:
        return _from_state(evaluator, module, block) or evaluated
    return evaluated


def _evaluated(evaluator: Evaluator, module: Module, block: Block) -> list[Instance] | Unknown:
    modules = module_instances(evaluator, module)
    if isinstance(modules, Unknown):
        return modules
    found: list[Instance] = []
    for concrete in modules:
        keys = evaluator.keys(block, concrete)
        if isinstance(keys, Unknown):
            return keys
        found.extend(Instance(concrete, block, key) for key in keys)
    return found


def module_instances(evaluator: Evaluator, module: Module) -> list[Module] | Unknown:
    """Return the instances of a module along its path."""
    if module.parent is None or module.call is None:
        return [module]
    parents = module_instances(evaluator, module.parent)
    if isinstance(parents, Unknown):
        return parents
    found: list[Module] = []
    for parent in parents:
        keys = evaluator.keys(module.call.block, parent)
        if isinstance(keys, Unknown):
            return keys
        children = (parent.child(module.name, key) for key in keys)
        found.extend(child for child in children if child is not None)
    return found


def _from_state(evaluator: Evaluator, module: Module, block: Block) -> list[Instance]:
    plain = f"{module.prefix}{'.'.join(block.labels)}"
    matching = [a for a in evaluator.state or {} if without_keys(a) == plain]
    return [_instance(address, module, block) for address in sorted(matching)]


def _instance(address: str, module: Module, block: Block) -> Instance:
    depth, path = 0, module
    while path.parent is not None:
        depth, path = depth + 1, path.parent
    concrete, rest = path, address
    for _ in range(depth):
        name, rest = re.match(r"module\.([\w-]+)(.*)", rest).groups()  # type: ignore[union-attr]
        key, rest = _take_key(rest)
        concrete = concrete.child(name, key) or concrete
        rest = rest.removeprefix(".")
    key, _ = _take_key(rest.removeprefix(".".join(block.labels)))
    return Instance(concrete, block, key)


def _take_key(text: str) -> tuple[Key, str]:
    match = _KEY.match(text)
    if match is None:
        return None, text
    key = int(match["number"]) if match["number"] else str(json.loads(match["text"]))
    return key, text[match.end() :]
