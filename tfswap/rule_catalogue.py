"""All rules by id: those about plans and those about pull requests."""

from __future__ import annotations

from tfswap.review import plan_rules as plan_rules
from tfswap.review import rules as rules
from tfswap.verify import without_swap as without_swap
from tfswap.verify.rules import checks as checks
from tfswap.verify.rules.registry import registered

RULES = registered()
"""Importing the modules above is what registers their rules."""
