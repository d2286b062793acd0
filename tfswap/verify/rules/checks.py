"""All checks of a plan, in the order of their ids: every rule of every module in this folder."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tfswap.verify import rules
from tfswap.verify.rules.registry import checks_of

for _module in iter_modules(rules.__path__, f"{rules.__name__}."):
    if _module.name != __name__:
        import_module(_module.name)

CHECKS = checks_of(rules.__name__)
