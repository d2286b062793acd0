"""The lab: recorded plans of one table and its many consumers, good ones of the real provider.

``configuration/`` holds the code, ``python -m tests.lab`` plans it. Each world has the swap's plan
and the baseline, and two intents: of bare names, and as ``prepare`` makes it from the code.
"""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from tfswap.config import Config
from tfswap.discovery.discover import discover
from tfswap.hcl.parse_cache import ParseCache
from tfswap.names import Rename, is_common_word
from tfswap.plan.document import Plan, read_plan
from tfswap.verify.model.baseline_plan import BaselinePlan
from tfswap.verify.model.intent import Intent
from tfswap.verify.model.report_data import Report
from tfswap.verify.verifier import verify

CONFIGURATION = Path(__file__).parent / "configuration"
PLANS = Path(__file__).parents[2] / "fixtures" / "lab"
TABLE = "aws_dynamodb_table.this"
Document = dict[str, Any]


@dataclass(frozen=True)
class World:
    """One table with its consumers."""

    name: str
    old: str
    new: str

    @property
    def is_plain(self) -> bool:
        """Whether the table's name is a plain word."""
        return is_common_word(self.old)

    @cached_property
    def swap(self) -> bytes:
        """JSON of the swap's plan."""
        return self.data("swap")

    @cached_property
    def baseline(self) -> Plan:
        """The plan without the swap."""
        return read_plan(self.data("baseline"))

    def data(self, which: str) -> bytes:
        """Return the JSON of a recorded plan: ``swap`` or ``baseline``."""
        return gzip.decompress((PLANS / f"{self.name}-{which}.json.gz").read_bytes())

    @cached_property
    def named(self) -> Intent:
        """The swap as ``--from`` and ``--to`` tell it."""
        return Intent.from_renames([Rename(self.old, self.new)])

    @cached_property
    def prepared(self) -> Intent:
        """The swap as ``prepare`` finds it in the configuration."""
        with tempfile.TemporaryDirectory() as folder:
            repo = Path(folder)
            shutil.copytree(CONFIGURATION, repo / "lab")
            (repo / "lab" / "terraform.tfvars.json").write_text(
                json.dumps({"table_name": self.old})
            )
            swap = discover(repo, [self.new], Config(), cache=ParseCache(None))
        table = next(e for e in self.baseline.changes if e.address == TABLE)
        return Intent.from_swap(swap, outgoing={TABLE: table.before})

    def report(
        self, plan: Document | None = None, *, prepared: bool, baseline: bool | Plan
    ) -> Report:
        """Judge a plan, the recorded one unless another is given; the same for its baseline."""
        intent = self.prepared if prepared else self.named
        if baseline:
            beside = self.baseline if baseline is True else baseline
            intent = replace(intent, baseline=BaselinePlan(beside, "recorded"))
        data = self.swap if plan is None else msgspec.json.encode(plan)
        return verify(read_plan(data), intent, patches=False)


WORLDS = (
    World("named", "production-Lpas", "production-Lpas-20240715"),
    World("plain", "orders", "orders-20240715"),
)
"""One table whose name is like no other word, and one whose name is a plain word."""
